"""The infrastructure checklist of a project, and the components of a portfolio."""

from __future__ import annotations

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.history import FieldChange, differences
from planner.domain.infrastructure import (
    Checklist,
    ChecklistDraft,
    ChecklistItem,
    ChecklistLine,
    ComponentCounts,
    build_checklist,
    component_counts,
)
from planner.domain.infrastructure_needs import build_needs
from planner.domain.infrastructure_whole import Overview, build_overview
from planner.domain.own_tools import current_tools, standards
from planner.domain.projects import OPEN, Filters, Project
from planner.domain.shared_components import SharedComponent, SharedDraft, current_shared, shared_statuses
from planner.services.filters import check_words
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace, reading, reading_project, writing, writing_project
from planner.store import infrastructure, own_tools, project_lists, projects

NO_FILTERS = Filters()
STILL_OPEN = Filters(status=OPEN)
MAX_SHARED = 500  # shared components of a portfolio, retired ones included


def load_checklist(found: Reading, project: Project) -> Checklist:
    """The checklist inside a transaction that is open already."""
    return build_checklist(
        project.stage,
        project.archetype,
        project.problem_type,
        infrastructure.load_checklist_items(found.connection, project.id),
        found.playbook,
        shared_statuses(load_shared(found)),
        standards(current_tools(own_tools.load_tools(found.connection, found.portfolio.id))),
    )


def get_checklist(ws: Workspace, ref: str) -> Checklist:
    """The components of the playbook as they stand for a project; NotFound."""
    with reading_project(ws, ref) as (found, project):
        return load_checklist(found, project)


def record_component(
    ws: Workspace, ref: str, component: str, draft: ChecklistDraft, expected_version: int | None = None
) -> ChecklistLine:
    """States what there is of one component; saying the same again records nothing."""
    with writing_project(ws, ref, expected_version) as (change, project):
        _known(change, component)
        if draft.shared is not None and change.playbook.component(draft.shared) is None:
            raise Invalid.one("shared", "not a component of the playbook")
        items = infrastructure.load_checklist_items(change.connection, project.id)
        last = next((item for item in reversed(items) if item.component == component), None)
        old = {name: getattr(last, name, None) for name in ChecklistDraft.model_fields}
        changes = differences(old, dict(draft))
        if last is None or changes:
            item = ChecklistItem(**dict(draft), component=component, recorded_at=change.now, recorded_by=ws.actor)
            infrastructure.append_checklist_items(change.connection, [(project.id, item)])
            change.touch(project)
            named = [c.model_copy(update={"field": f"{component}.{c.field}"}) for c in changes if c.old or c.new]
            change.record(project.id, "component.recorded", named)
        checklist = load_checklist(change, project)
        return next(line for line in checklist.lines if line.component == component)


def _known(found: Reading, component: str) -> None:
    if found.playbook.component(component) is None:
        known = ", ".join(entry.id for entry in found.playbook.components)
        raise NotFound(f"There is no component '{component[:60]}' in the playbook; there are: {known}.")


def list_component_counts(ws: Workspace, slug: str, filters: Filters = NO_FILTERS) -> tuple[ComponentCounts, ...]:
    """Components × status over the projects that the filters find."""
    with reading(ws, slug) as found:
        check_words(found, filters)
        return load_component_counts(found, filters, load_shared(found))


def load_component_counts(
    found: Reading, filters: Filters, shared: tuple[SharedComponent, ...]
) -> tuple[ComponentCounts, ...]:
    """The same inside a transaction that is open already, given the current shared components."""
    counts = infrastructure.count_statuses(found.connection, found.portfolio.id, filters)
    total = project_lists.count(found.connection, found.portfolio.id, filters)
    return component_counts(found.playbook, counts, total, shared_statuses(shared))


def load_shared(found: Reading) -> tuple[SharedComponent, ...]:
    """The last statement on each shared component, inside a transaction that is open already."""
    return current_shared(infrastructure.load_shared(found.connection, found.portfolio.id))


def list_shared(ws: Workspace, slug: str) -> tuple[SharedComponent, ...]:
    """The last statement on each shared component of a portfolio; NotFound."""
    with reading(ws, slug) as found:
        return load_shared(found)


def list_shared_history(ws: Workspace, slug: str, component: str) -> tuple[SharedComponent, ...]:
    """All that was stated of one component as a shared one, the oldest first; NotFound for an unknown component."""
    with reading(ws, slug) as found:
        _known(found, component)
        history = infrastructure.load_shared(found.connection, found.portfolio.id)
        return tuple(one for one in history if one.component == component)


def record_shared(ws: Workspace, slug: str, component: str, draft: SharedDraft) -> SharedComponent:
    """States what the portfolio has of a component for all its projects; saying the same again records nothing.

    NotFound for an unknown component.
    """
    with writing(ws, slug) as change:
        _known(change, component)
        present = load_shared(change)
        last = next((one for one in present if (one.component, one.name) == (component, draft.name)), None)
        old = {name: getattr(last, name, None) for name in SharedDraft.model_fields}
        changes = differences(old, dict(draft))
        if last is not None and not changes:
            return last
        if last is None and len(present) >= MAX_SHARED:
            raise Conflict(f"A portfolio has {MAX_SHARED} shared components at most; give a retired one its new facts.")
        stated = SharedComponent(**dict(draft), component=component, recorded_at=change.now, recorded_by=ws.actor)
        infrastructure.append_shared(change.connection, change.portfolio.id, [stated])
        before, after = shared_statuses(present), shared_statuses(load_shared(change))
        if before.get(component) != after.get(component):  # which the checklists of those that use it tell
            projects.raise_versions(change.connection, _users(change, component))
        which = f"{component}.{draft.name}" if draft.name else component
        named = [
            FieldChange(field=f"{which}.{c.field}", old=c.old, new=c.new)
            for c in changes
            if c.field != "name" and (c.old or c.new)
        ]
        change.record(None, "shared_component.recorded", named)
        return stated


def _users(found: Reading, component: str) -> list[int]:
    """The ids of the projects that use the shared component."""
    stated = infrastructure.load_statements(found.connection, found.portfolio.id, NO_FILTERS)
    return [project_id for project_id, _, _, uses in stated if uses == component]


def get_overview(ws: Workspace, slug: str) -> Overview:
    """The components of a portfolio, what is shared of them, and what its open projects wait for; NotFound."""
    with reading(ws, slug) as found:
        return load_overview(found)


def load_overview(found: Reading) -> Overview:
    """The same inside a transaction that is open already; kept until the portfolio changes."""
    return kept(found.ws, found.portfolio, "infrastructure", lambda: _build(found))


def _build(found: Reading) -> Overview:
    connection, portfolio_id = found.connection, found.portfolio.id
    shared = load_shared(found)
    subjects = infrastructure.load_subjects(connection, portfolio_id, STILL_OPEN)
    statements = infrastructure.load_statements(connection, portfolio_id, STILL_OPEN)
    needs = build_needs(subjects, statements, shared, found.playbook)
    return build_overview(load_component_counts(found, NO_FILTERS, shared), shared, needs, found.playbook)
