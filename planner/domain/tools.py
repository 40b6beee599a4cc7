"""The tool catalogue: today's options for each component, dated, since tools come and go faster than methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from planner.domain.model import Line, Model, Name, Text

ToolStatus = Literal["active", "absorbed", "unmaintained", "closed"]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class Tool(Model):
    """One product or library: what it is for, when not to use it, and how it stood when it was looked at."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    name: Name
    components: tuple[str, ...] = Field(min_length=1, max_length=20, description="Ids of the components that it fills.")
    licence: Line = Field(min_length=1, description="Its licence; Proprietary for none that is open.")
    offered: Literal["open_source", "service", "both"] = Field(description="To run oneself, as a service, or both.")
    status: ToolStatus = Field(description="Whether it can be chosen today, or what became of it, in a word.")
    status_note: Text = Field(default="", description="What became of it, where something did.")
    good_for: Text = Field(min_length=1, description="What it is for.")
    not_when: Text = Field(min_length=1, description="When not to use it.")
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$", max_length=300)]
    as_of: Month = Field(description="When it was looked at.")
    source: Text = Field(min_length=1)


def tools_for(tools: Iterable[Tool], component: str) -> tuple[Tool, ...]:
    """The tools for a component, those that can be chosen today first."""
    found = [tool for tool in tools if component in tool.components]
    return tuple(sorted(found, key=lambda tool: tool.status != "active"))


def named_tool(tools: Iterable[Tool], said: str) -> Tool | None:
    """The tool that somebody means who wrote this: its id, its name, or a name that it joins to others.

    `Docker`, `docker` and, for "Jupyter and marimo", `marimo`; None when it is none of the catalogue.
    """
    wanted = said.strip().casefold()
    if not wanted:
        return None
    return next((tool for tool in tools if wanted == tool.id or wanted in _names(tool.name)), None)


def _names(name: str) -> set[str]:
    whole = name.casefold()
    parts = whole.replace("(", ",").replace(")", "").replace(" and ", ",").split(",")
    return {whole, *(part.strip() for part in parts if part.strip())}
