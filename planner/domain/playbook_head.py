"""What a list of playbooks tells of each."""

from __future__ import annotations

from pydantic import Field

from planner.domain.model import Model
from planner.domain.playbook import Playbook


class PlaybookHead(Model):
    """What a list of playbooks tells of each."""

    id: str
    version: int
    name: str
    summary: str
    shipped: bool = Field(description="Whether it came with the program; else it is of one's own.")

    @classmethod
    def of(cls, playbook: Playbook, shipped: bool) -> PlaybookHead:
        """The head of a playbook."""
        return cls(
            id=playbook.id, version=playbook.version, name=playbook.name, summary=playbook.summary, shipped=shipped
        )
