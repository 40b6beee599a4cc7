"""The infrastructure checklist of a project, and the components of a portfolio."""

from __future__ import annotations

from planner.domain.errors import Invalid, NotFound
from planner.domain.history import differences
from planner.domain.infrastructure import (
    Checklist,
    ChecklistDraft,
    ChecklistItem,
    ChecklistLine,
    ComponentCounts,
    build_checklist,
    component_counts,
)
from planner.domain.projects import Filters, Project
from planner.services.filters import check_words
from planner.services.workspace import Reading, Workspace, reading, reading_project, writing_project
from planner.store import infrastructure, project_lists

NO_FILTERS = Filters()


def load_checklist(found: Reading, project: Project) -> Checklist:
    """The checklist inside a transaction that is open already."""
    items = infrastructure.load_checklist_items(found.connection, project.id)
    return build_checklist(project.stage, project.archetype, project.problem_type, items, found.playbook)


def get_checklist(ws: Workspace, ref: str) -> Checklist:
    """The components of the playbook as they stand for a project; NotFound."""
    with reading_project(ws, ref) as (found, project):
        return load_checklist(found, project)


def record_component(
    ws: Workspace, ref: str, component: str, draft: ChecklistDraft, expected_version: int | None = None
) -> ChecklistLine:
    """States what there is of one component; saying the same again records nothing."""
    with writing_project(ws, ref, expected_version) as (change, project):
        if change.playbook.component(component) is None:
            known = ", ".join(entry.id for entry in change.playbook.components)
            raise NotFound(f"There is no component '{component[:60]}' in the playbook; there are: {known}.")
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


def list_component_counts(ws: Workspace, slug: str, filters: Filters = NO_FILTERS) -> tuple[ComponentCounts, ...]:
    """Components × status over the projects that the filters find."""
    with reading(ws, slug) as found:
        check_words(found, filters)
        return load_component_counts(found, filters)


def load_component_counts(found: Reading, filters: Filters) -> tuple[ComponentCounts, ...]:
    """The same inside a transaction that is open already."""
    counts = infrastructure.count_statuses(found.connection, found.portfolio.id, filters)
    total = project_lists.count(found.connection, found.portfolio.id, filters)
    return component_counts(found.playbook, counts, total)
