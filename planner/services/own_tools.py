"""Tools that a portfolio adds to the catalogue, and its standard for each component."""

from __future__ import annotations

from pydantic import ValidationError

from planner.domain.errors import Conflict, FieldError, Invalid, NotFound
from planner.domain.history import FieldChange, differences
from planner.domain.own_tools import MAX_TOOLS, OwnTool, OwnToolDraft, current_tools, standards
from planner.services.workspace import Workspace, Writing, reading, writing
from planner.store import own_tools as store
from planner.store import projects

FIELDS = tuple(OwnToolDraft.model_fields)


def list_tools(ws: Workspace, slug: str) -> tuple[OwnTool, ...]:
    """The own tools and standards of a portfolio as they stand; NotFound."""
    with reading(ws, slug) as found:
        return current_tools(store.load_tools(found.connection, found.portfolio.id))


def record_tool(ws: Workspace, slug: str, name: str, draft: OwnToolDraft) -> OwnTool:
    """States what a tool is for and whether it is the standard; saying the same again records nothing.

    Where another tool was the standard of a component, it is so no more. Invalid for unknown components, or for a tool
    that is for none.
    """
    with writing(ws, slug) as change:
        tool = _tool(change, name, draft)
        present = current_tools(store.load_tools(change.connection, change.portfolio.id))
        last = next((one for one in present if one.name.casefold() == tool.name.casefold()), None)
        if last is None and len(present) >= MAX_TOOLS:
            raise Conflict(f"A portfolio has {MAX_TOOLS} tools of its own at most; withdraw those that are gone.")
        if last is not None and last.name == tool.name and _said(last) == _said(tool):
            return last
        gave_way = [_without(one, tool, change) for one in present if one is not last and _claims(one, tool)]
        store.append_tools(change.connection, change.portfolio.id, [*gave_way, tool])
        _raise_versions(change, present)
        changes = list(_named(last, tool))
        for one in gave_way:
            before = next(other for other in present if other.name == one.name)
            changes += _named(before, one)
        change.record(None, "tool.recorded", changes)
        return tool


def withdraw_tool(ws: Workspace, slug: str, name: str) -> OwnTool:
    """Takes a tool off the list; what was recorded of it stays. NotFound."""
    with writing(ws, slug) as change:
        present = current_tools(store.load_tools(change.connection, change.portfolio.id))
        last = next((one for one in present if one.name.casefold() == name.strip().casefold()), None)
        if last is None:
            raise NotFound(f"'{name[:60]}' is no tool of {slug}'s own list.")
        said = {**dict(last), "withdrawn": True, "recorded_at": change.now, "recorded_by": ws.actor}
        withdrawn = OwnTool(**said)
        store.append_tools(change.connection, change.portfolio.id, [withdrawn])
        _raise_versions(change, present)
        change.record(None, "tool.withdrawn", [FieldChange(field="tool", old=last.name, new=None)])
        return withdrawn


def _raise_versions(change: Writing, before: tuple[OwnTool, ...]) -> None:
    """Raises the versions of the projects, each of whose checklists tells the standards, when these are others now."""
    after = current_tools(store.load_tools(change.connection, change.portfolio.id))
    if standards(before) != standards(after):
        projects.raise_all_versions(change.connection, change.portfolio.id)


def _tool(change: Writing, name: str, draft: OwnToolDraft) -> OwnTool:
    try:
        tool = OwnTool(**dict(draft), name=name, recorded_at=change.now, recorded_by=change.actor)
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None
    known = {component.id for component in change.playbook.components}
    problems = [
        FieldError(field=field, message=f"'{name[:60]}' is not a component of the playbook")
        for field in ("components", "standard_for")
        for name in getattr(tool, field)
        if name not in known
    ]
    if not tool.fills:
        problems.append(FieldError(field="components", message="say at least one component that it fills"))
    if problems:
        raise Invalid(problems)
    return tool


def _said(tool: OwnTool) -> dict[str, object]:
    return {name: getattr(tool, name) for name in FIELDS}


def _claims(one: OwnTool, tool: OwnTool) -> bool:
    return bool(set(one.standard_for) & set(tool.standard_for))


def _without(one: OwnTool, tool: OwnTool, change: Writing) -> OwnTool:
    """A tool that is the standard no more of what the other one is now; it still fills it."""
    rest = tuple(name for name in one.standard_for if name not in tool.standard_for)
    stamp = {"recorded_at": change.now, "recorded_by": change.actor}
    return one.model_copy(update={"standard_for": rest, "components": one.fills, **stamp})


def _named(last: OwnTool | None, tool: OwnTool) -> list[FieldChange]:
    old = {} if last is None else _said(last)
    found = differences(old, _said(tool))
    return [FieldChange(field=f"{tool.name}: {c.field}", old=c.old, new=c.new) for c in found if c.old or c.new]
