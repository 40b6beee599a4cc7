"""What every entry of a playbook has, and the levels that criteria are answered on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from planner.domain.model import Model, Name, Text

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=60)]

LEVELS = (1, 2, 3, 4, 5)


class Entry(Model):
    """What every entry of a playbook has: an id that never changes, a name to show, and where it comes from."""

    id: Id
    name: Name
    source: Text = Field(min_length=1)
