"""Taking a portfolio to another playbook or version: looked at first, then done in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.history import FieldChange, differences
from planner.domain.lifecycle import Transition
from planner.domain.playbook import Playbook
from planner.domain.playbook_diff import playbook_difference
from planner.domain.playbook_migration import (
    Migration,
    MigrationDraft,
    check_draft,
    count_answers,
    mapped_answers,
    standing_moves,
    stray_words,
    weights_under,
)
from planner.domain.portfolios import PortfolioState
from planner.domain.projects import Project
from planner.domain.scoring import Answer, Standing, belief_state, current_answers, dimension_left_empty, standings
from planner.services.portfolios import check_revision
from planner.services.standings import rewrite_standings
from planner.services.workspace import Reading, Workspace, reading, writing
from planner.store import infrastructure, lifecycle, portfolios, projects, scoring


@dataclass(frozen=True)
class _Plan:
    """What is to be stored: the settings, the answers to repeat by project, the stages; and what it comes to."""

    values: dict[str, object]
    repeated: Mapping[int, Sequence[Answer]]
    restaged: Sequence[tuple[Project, str]]
    migration: Migration


def preview_migration(ws: Workspace, slug: str, draft: MigrationDraft) -> Migration:
    """What the migration would do. Nothing is stored.

    Invalid for an unknown playbook or mapping; Conflict where a project would be left without a value.
    """
    with reading(ws, slug) as found:
        return _plan(ws, found, draft).migration


def migrate_portfolio(
    ws: Workspace, slug: str, draft: MigrationDraft, expected_revision: int | None = None
) -> Migration:
    """Pins the playbook, repeats the mapped answers, and computes every standing anew. Refuses what the preview does.

    Stale when the portfolio is not at `expected_revision` any more: the preview told of another state.
    """
    with writing(ws, slug, alone=True) as change:
        check_revision(change, expected_revision)
        plan = _plan(ws, change, draft)
        found = projects.load_projects(change.connection, change.portfolio.id, deleted=True)
        for project in found:
            if repeated := plan.repeated.get(project.id, ()):
                scoring.append_answers(change.connection, project.id, repeated)
                told = [FieldChange(field=a.criterion, old=None, new=_in_words(a, draft.criteria)) for a in repeated]
                change.record(project.id, "answers.recorded", told)
        for project, stage in plan.restaged:
            move = Transition.placed(stage, change.now, ws.actor, project.stage)
            lifecycle.append_transitions(change.connection, [(project.id, move)])
            change.touch(project, stage=stage)
            change.record(project.id, "project.moved", [FieldChange(field="stage", old=project.stage, new=stage)])
        changes = list(differences(dict(change.portfolio), plan.values))
        if changes and draft.reason:
            changes.append(FieldChange(field="reason", old=None, new=draft.reason))
        portfolios.update_portfolio(change.connection, change.portfolio.id, plan.values)
        if changes:
            change.record(None, "portfolio.updated", changes)
        moved = portfolios.get_state(change.connection, slug)
        rewrite_standings(change.connection, moved, ws.playbook_of(moved))
        # What is told of a project, such as its checklist, follows the playbook although its standing may not move.
        projects.raise_all_versions(change.connection, change.portfolio.id)
        return plan.migration.model_copy(update={"applied": True})


def _plan(ws: Workspace, found: Reading, draft: MigrationDraft) -> _Plan:
    try:
        new = ws.playbooks.get(draft.playbook, draft.playbook_version)
    except NotFound as error:
        raise Invalid.one("playbook", str(error)) from None
    old = found.playbook
    plain = ws.playbooks.get(old.id, old.version)
    check_draft(draft, old, new)
    weights = weights_under(found.portfolio.weights, draft.criteria, new)
    values = {"playbook": new.id, "playbook_version": new.version, "weights": weights}
    after = found.portfolio.model_copy(update=values)
    effective = ws.playbook_of(after)
    answers = scoring.load_answers_by_project(found.connection, found.portfolio.id)
    now, actor = ws.clock(), ws.actor
    repeated = {
        project: mapped_answers(said, draft.criteria, old, new, now, actor) for project, said in answers.items()
    }
    everyone = projects.load_projects(found.connection, found.portfolio.id, deleted=True)
    fresh = _standings(everyone, answers, repeated, effective, after)
    present = [(project, standing) for project, standing in zip(everyone, fresh, strict=True) if not project.deleted_at]
    here = {project.id for project, _ in present}
    items = infrastructure.load_checklist_items_by_project(found.connection, found.portfolio.id)
    stated = Counter(component for id_ in here for component in {item.component for item in items.get(id_, ())})
    restaged = [(project, draft.stages[project.stage]) for project in everyone if project.stage in draft.stages]
    places = ws.playbooks.place(plain).shipped, ws.playbooks.place(new).shipped
    difference = playbook_difference(plain, new, places)
    given = [answer for id_ in here for answer in current_answers(answers.get(id_, ()))]
    again = sum(len(repeated.get(id_, ())) for id_ in here)
    migration = Migration.model_validate(
        {
            "applied": False,
            "difference": difference,
            "answers": count_answers(given, difference, again, draft.criteria, new),
            "weights_dropped": (found.portfolio.weights or {}) if weights is None else {},
            "stray": stray_words((project for project, _ in present), stated, draft.stages, new),
            "restaged": len(restaged),
            **standing_moves(present, old, new),
        }
    )
    return _Plan(values, repeated, restaged, migration)


def _standings(
    everyone: Sequence[Project],
    answers: Mapping[int, Sequence[Answer]],
    repeated: Mapping[int, Sequence[Answer]],
    playbook: Playbook,
    portfolio: PortfolioState,
) -> list[Standing]:
    """The standings under the playbook; Conflict when nothing of a dimension would apply to a project."""
    states = [
        belief_state(current_answers([*answers.get(p.id, ()), *repeated.get(p.id, ())]), playbook) for p in everyone
    ]
    empty = [p.key for p, state in zip(everyone, states, strict=True) if dimension_left_empty(state, playbook)]
    if empty:
        listed = ", ".join(empty[:10]) + (f" and {len(empty) - 10} more" if len(empty) > 10 else "")
        raise Conflict(
            f"Of {listed} no criterion of a dimension of '{playbook.id}' would apply, so they could have no value: "
            "change the answers that say that criteria do not apply, then try again."
        )
    return standings(states, playbook, portfolio.priority_impact_share)


def _in_words(answer: Answer, criteria: Mapping[str, str]) -> str:
    source = next((old for old, new in criteria.items() if new == answer.criterion), "")
    said = "does not apply" if answer.not_applicable else f"level {answer.level}"
    return f"{said} ({answer.assessor}), as to {source}"
