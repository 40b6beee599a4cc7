"""Scoring rounds: opening and closing them, who owes what, and what an assessor may see meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from planner.domain.agreement import disputed
from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.history import differences
from planner.domain.projects import Project
from planner.domain.rounds import (
    MAX_ROUNDS,
    Look,
    Owed,
    OwedProject,
    Round,
    RoundDraft,
    RoundPatch,
    RoundStatus,
    Sight,
    check_draft,
    owed_url,
    present_round,
    reminder,
)
from planner.domain.scoring import Standing, belief_state, standings
from planner.services.blindness import load_sight
from planner.services.opinions import Heard, load_heard, load_rounds, questions_asked, read_heard, status_of
from planner.services.workspace import Reading, Workspace, reading, reading_project, writing, writing_project
from planner.store import rounds, scoring


def open_round(ws: Workspace, slug: str, draft: RoundDraft) -> RoundStatus:
    """Opens a round. Conflict while another is open, Invalid for projects or criteria that there are not."""
    with writing(ws, slug) as change:
        heard = read_heard(change)
        if heard.present is not None:
            raise Conflict(f"Round {heard.present.number}, '{heard.present.name}', is open; close it first.")
        if len(heard.rounds) >= MAX_ROUNDS:
            raise Conflict(f"A portfolio has at most {MAX_ROUNDS:,} rounds.")
        keys = [point.key for point in heard.opinions.points]
        projects, criteria = check_draft(draft, change.playbook, keys, _scope(heard, draft))
        one = Round(
            number=len(heard.rounds) + 1,
            name=draft.name,
            assessors=draft.assessors,
            projects=projects,
            criteria=criteria,
            due=draft.due,
            opened_at=change.now,
            opened_by=ws.actor,
        )
        rounds.append_rounds(change.connection, change.portfolio.id, [one])
        told = {"round": one.number, "name": one.name, "assessors": one.assessors, "due": one.due}
        told |= {"projects": len(projects), "criteria": len(criteria)}
        change.record(None, "round.opened", differences({}, told))
    return get_round(ws, slug, one.number)


def _scope(heard: Heard, draft: RoundDraft) -> Collection[str]:
    """Keys of the projects in the scope of a draft."""
    if draft.scope == "all":
        return heard.opinions.places
    if draft.scope == "disputed":
        return disputed(heard.opinions)
    return {point.key for point in heard.opinions.points if bool(point.standing.answered) == (draft.scope == "scored")}


def list_rounds(ws: Workspace, slug: str) -> tuple[RoundStatus, ...]:
    """All rounds of a portfolio, the newest first; NotFound."""
    with reading(ws, slug) as found:
        heard = load_heard(ws, found)
        return load_rounds(heard)


def get_round(ws: Workspace, slug: str, number: int) -> RoundStatus:
    """One round; NotFound."""
    with reading(ws, slug) as found:
        heard = load_heard(ws, found)
        return status_of(heard, _find(heard.rounds, number))


def update_round(ws: Workspace, slug: str, number: int, patch: RoundPatch) -> RoundStatus:
    """Changes or closes a round. Conflict when it is closed already: what was asked then stays as it was."""
    if not patch.model_fields_set:
        raise Invalid.one("", "name at least one field to change")
    with writing(ws, slug) as change:
        one = _find(rounds.load_rounds(change.connection, change.portfolio.id), number)
        if not one.is_open:
            raise Conflict(f"Round {number} was closed by {one.closed_by}; open another.")
        values = {name: getattr(patch, name) for name in patch.model_fields_set if name != "closed"}
        changes = differences(dict(one), values)
        if patch.closed:
            values |= {"closed_at": change.now, "closed_by": ws.actor}
        if values:
            rounds.update_round(change.connection, change.portfolio.id, number, values)
        if changes:
            change.record(None, "round.updated", [*differences({}, {"round": number}), *changes])
        if patch.closed:
            change.record(
                None, "round.closed", differences({}, {"round": number, "name": values.get("name", one.name)})
            )
    return get_round(ws, slug, number)


def list_owed(ws: Workspace, slug: str, number: int, base: str = "") -> tuple[Owed, ...]:
    """What each assessor of a round has still to answer, who owes most first; NotFound.

    `base` is the address of the service, for the links in the reminders.
    """
    with reading(ws, slug) as found:
        heard = load_heard(ws, found)
        one = _find(heard.rounds, number)
        looks = rounds.load_looks(found.connection, found.portfolio.id)
        looked = Counter(who for who, _ in {(look.assessor, look.project) for look in looks if look.number == number})
        owed = [_owed(heard, one, name, looked[name], base, found) for name in one.assessors]
        return tuple(sorted(owed, key=lambda entry: (-entry.owed, entry.assessor)))


def _owed(heard: Heard, one: Round, name: str, looked: int, base: str, found: Reading) -> Owed:
    asked = questions_asked(heard, one)
    names = {point.key: point.name for point in heard.opinions.points}
    projects = tuple(
        OwedProject.model_construct(project=key, name=names[key], criteria=criteria, url=owed_url(key, name))
        for key, criteria in heard.open[one.number][name]
    )
    count = sum(len(project.criteria) for project in projects)
    owed = Owed(
        assessor=name,
        asked=asked,
        answered=asked - count,
        owed=count,
        looked=looked,
        projects=projects,
        reminder="",
    )
    text = reminder(one, found.portfolio.name, owed, found.playbook, base) if one.is_open else ""
    return owed.model_copy(update={"reminder": text})


@dataclass(frozen=True)
class ScoreSheet:
    """A project as an assessor scores it: what they may see, and the standing by that alone."""

    project: Project
    sight: Sight
    standing: Standing
    round: Round | None  # the open one, when it asks about the project
    looked: bool  # whether they saw the answers before giving theirs


def get_score_sheet(ws: Workspace, ref: str, assessor: str) -> ScoreSheet:
    """What an assessor may see of a project; NotFound."""
    with reading_project(ws, ref) as (found, project):
        history = scoring.load_answers(found.connection, project.id)
        seen, present, looked = load_sight(found, project, assessor, history)
        standing = project.standing
        if seen.hidden:
            state = belief_state(seen.answers, found.playbook)
            standing = standings([state], found.playbook, found.portfolio.priority_impact_share)[0]
        return ScoreSheet(project, seen, standing, present, looked)


def record_look(ws: Workspace, ref: str, assessor: str) -> None:
    """Shows an assessor the answers to a project that a round holds back, and keeps that it did.

    Invalid without a name. Conflict when nothing is held back: no round that is open asks about the project.
    """
    assessor = assessor.strip()
    if not 0 < len(assessor) <= 300:
        raise Invalid.one("assessor", "say who looks, in up to 300 characters")
    with writing_project(ws, ref) as (change, project):
        present = present_round(rounds.load_rounds(change.connection, change.portfolio.id))
        if present is None or project.key not in present.projects:
            raise Conflict(f"Nothing is held back: no open round asks about {project.key}.")
        if not rounds.has_looked(change.connection, project.id, present.number, assessor):
            look = Look(
                number=present.number,
                project=project.key,
                assessor=assessor,
                recorded_at=change.now,
                recorded_by=ws.actor,
            )
            rounds.append_looks(change.connection, [(project.id, look)])
            changes = differences({}, {"round": present.number, "assessor": assessor})
            change.record(project.id, "answers.revealed", changes)


def _find(every: tuple[Round, ...], number: int) -> Round:
    found = next((one for one in every if one.number == number), None)
    if found is None:
        raise NotFound(f"There is no round {number}; the portfolio has {len(every)}.")
    return found
