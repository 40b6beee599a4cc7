"""Tools that a portfolio adds to the playbook's catalogue, and the one that it makes its standard for a component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from planner.domain.model import Line, Model, Text, at_most
from planner.domain.playbook import Playbook
from planner.domain.tools import Month

MAX_TOOLS = 500  # of a portfolio
ToolName = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f/\x7f]+$")]
ComponentIds = Annotated[tuple[str, ...], Field(max_length=100), at_most(100)]


class OwnToolDraft(Model):
    """What a person states about a tool. A tool of the catalogue is named too, to make it the standard."""

    components: ComponentIds = Field(default=(), description="Ids of the components that it fills.")
    standard_for: ComponentIds = Field(
        default=(), description="Ids of the components for which it is the standard here; each has one standard."
    )
    licence: Line = Field(default="", description="Its licence.")
    note: Text = Field(default="", description="What it is for, whom to ask, when not to use it.")
    url: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s]+)?$", max_length=300)] = ""
    as_of: Month | None = Field(default=None, description="When it was looked at, as 2026-11; null when not stated.")


class OwnTool(OwnToolDraft):
    """A statement as it was recorded; the last one of a name counts."""

    name: ToolName
    withdrawn: bool = Field(default=False, description="Whether it takes the tool off the list.")
    recorded_at: datetime
    recorded_by: str

    @property
    def fills(self) -> tuple[str, ...]:
        """The components it is for, those that it is the standard of included."""
        return tuple(dict.fromkeys((*self.standard_for, *self.components)))


def current_tools(history: Iterable[OwnTool]) -> tuple[OwnTool, ...]:
    """The last statement on each tool, in the order in which they first came up; withdrawn ones are left out."""
    latest: dict[str, OwnTool] = {}
    for one in history:
        latest[one.name.casefold()] = one
    return tuple(one for one in latest.values() if not one.withdrawn)


def standards(tools: Iterable[OwnTool]) -> Mapping[str, str]:
    """The name of the standard tool by component; of two that claim one, that recorded last."""
    ordered = sorted(tools, key=lambda one: one.recorded_at)
    return {component: one.name for one in ordered for component in one.standard_for}


def offers(component: str, tools: Iterable[OwnTool], playbook: Playbook) -> tuple[str, ...]:
    """The names to offer for a component: the standard, then own tools, then what can be chosen of the catalogue."""
    own = list(tools)
    standard = standards(own).get(component)
    names = [
        *([standard] if standard else []),
        *(one.name for one in own if component in one.fills),
        *(tool.name for tool in playbook.tools_for(component) if tool.status == "active"),
    ]
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    return tuple(first.values())


def differs(said: str, standard: str | None, playbook: Playbook) -> bool:
    """Whether a project names another tool than the standard; nothing said, or no standard, is no difference."""
    if not said.strip() or not standard or said.strip().casefold() == standard.casefold():
        return False
    named = playbook.tool_named(said)
    return named is None or named != playbook.tool_named(standard)
