"""Projects: create, find, change, delete, restore."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from planner.domain.errors import Conflict, FieldError, Invalid
from planner.domain.history import differences
from planner.domain.lifecycle import Transition
from planner.domain.playbook import Playbook
from planner.domain.portfolios import Count, Facets
from planner.domain.projects import (
    Filters,
    Page,
    Project,
    ProjectDraft,
    ProjectFields,
    ProjectPatch,
    ProjectSummary,
    unknown_words,
)
from planner.services.filters import check_words
from planner.services.kept import kept
from planner.services.standings import unknown_standing
from planner.services.workspace import (
    Reading,
    Workspace,
    Writing,
    reading,
    reading_project,
    writing,
    writing_project,
)
from planner.store import lifecycle, project_lists, projects

MAX_PAGE = 200


def create_project(ws: Workspace, slug: str, draft: ProjectDraft) -> Project:
    """Adds a project, with the standing of one about which nothing is known. Invalid for words not in the playbook."""
    with writing(ws, slug, numbers=1) as change:
        _check_words(draft, draft.stage, change.playbook)
        number = change.first_number
        standing = unknown_standing(change.playbook, change.portfolio.priority_impact_share)
        key = f"{change.portfolio.key_prefix}-{number}"
        project_id = projects.insert_project(
            change.connection,
            {
                **projects.field_columns(draft),
                **projects.standing_columns(standing),
                "portfolio_id": change.portfolio.id,
                "number": number,
                "key": key,
                "external_id": None,
                "stage": draft.stage,
                "created_at": change.now,
                "updated_at": change.now,
                "deleted_at": None,
                "version": 1,
            },
        )
        if draft.stage is not None:
            placement = Transition.placed(draft.stage, change.now, ws.actor)
            lifecycle.append_transitions(change.connection, [(project_id, placement)])
        change.record(project_id, "project.created", differences({}, draft.model_dump(exclude_defaults=True)))
        return Project.model_construct(
            **dict(draft),
            id=project_id,
            key=key,
            portfolio=slug,
            created_at=change.now,
            updated_at=change.now,
            version=1,
            deleted_at=None,
            standing=standing,
        )


def _check_words(
    fields: ProjectFields, stage: str | None, playbook: Playbook, changed: Collection[str] | None = None
) -> None:
    """Refuses unknown words; of a project that is there, only those that are new, since it may carry older ones."""
    problems = [
        (field, message)
        for field, message in unknown_words(fields, stage, playbook)
        if changed is None or field in changed
    ]
    if problems:
        raise Invalid([FieldError(field=field, message=message) for field, message in problems])


def get_project(ws: Workspace, ref: str) -> Project:
    """The project of an id or key; NotFound, also for one in the bin."""
    with reading_project(ws, ref) as (_, project):
        return project


def _within(limit: int) -> int:
    """The size of a page that is asked for, cut to what a page can be."""
    return max(1, min(limit, MAX_PAGE))


def list_projects(
    ws: Workspace, slug: str, filters: Filters, limit: int = 50, cursor: str | None = None
) -> Page[ProjectSummary]:
    """A page of the projects that the filters find.

    Invalid for a filter by a word that the playbook does not have, or for a cursor that is not of this list.
    """
    with reading(ws, slug) as found:
        check_words(found, filters)
        return project_lists.list_projects(found.connection, found.portfolio.id, slug, filters, _within(limit), cursor)


def list_projects_json(
    ws: Workspace, slug: str, filters: Filters, limit: int = 50, cursor: str | None = None
) -> tuple[int, bytes]:
    """(revision, the same page as JSON bytes), for the list that machines read most."""
    with reading(ws, slug) as found:
        check_words(found, filters)
        page = project_lists.list_projects_json(found.connection, found.portfolio, filters, _within(limit), cursor)
        return found.portfolio.revision, page


def update_project(ws: Workspace, ref: str, patch: ProjectPatch, expected_version: int | None) -> Project:
    """Changes the fields that are named; Stale when the project is not at `expected_version` any more."""
    with writing_project(ws, ref, expected_version) as (change, project):
        return change_project(change, project, patch)


def change_project(change: Writing, project: Project, patch: ProjectPatch) -> Project:
    """The same inside a transaction that is open already."""
    named = {name: getattr(patch, name) for name in ProjectFields.model_fields if name in patch.model_fields_set}
    old = {name: getattr(project, name) for name in ProjectFields.model_fields}
    changes = differences(old, named)
    if not changes:
        return project
    fields = ProjectFields.model_construct(**{**old, **named})
    _check_words(fields, None, change.playbook, {one.field for one in changes})
    columns = projects.field_columns(fields)
    change.touch(project, **{name: columns[name] for name in (*named, "search_text")})
    change.record(project.id, "project.updated", changes)
    return projects.get_project(change.connection, str(project.id))


def delete_project(ws: Workspace, ref: str, expected_version: int | None = None) -> Project:
    """Moves the project to the bin, from which it can be restored whole."""
    with writing_project(ws, ref, expected_version) as (change, project):
        change.touch(project, deleted_at=change.now)
        change.record(project.id, "project.deleted")
        return projects.get_project(change.connection, str(project.id), deleted=True)


def restore_project(ws: Workspace, ref: str) -> Project:
    """Takes the project out of the bin; Conflict when it is not there."""
    with writing_project(ws, ref, deleted=True) as (change, project):
        if project.deleted_at is None:
            raise Conflict(f"{project.key} is not in the bin.")
        change.touch(project, deleted_at=None)
        change.record(project.id, "project.restored")
        return projects.get_project(change.connection, str(project.id))


def list_bin(ws: Workspace, slug: str) -> tuple[ProjectSummary, ...]:
    """The projects in the bin, the last deleted first."""
    with reading(ws, slug) as found:
        return project_lists.load_bin(found.connection, found.portfolio.id, slug)


def list_facets(ws: Workspace, slug: str) -> Facets:
    """The values that each filter can take, with counts over the whole portfolio, the most frequent first."""
    with reading(ws, slug) as found:
        return kept(ws, found.portfolio, "facets", lambda: _facets(found))


def _facets(found: Reading) -> Facets:
    fields = ("stage", "status", "archetype", "problem_type", "quadrant", "organisation", "unit", "owner")
    counts: dict[str, Any] = {}
    for field in fields:
        rows = project_lists.count_by(found.connection, found.portfolio.id, Filters(), field)
        ordered = sorted(rows, key=lambda row: (-row[1], row[0][0] or ""))
        counts[field] = tuple(Count(value=value, count=count) for (value,), count in ordered)
    tags = project_lists.count_tags(found.connection, found.portfolio.id)
    return Facets(tag=tuple(Count(value=value, count=count) for value, count in tags), **counts)
