"""Answers and the standing that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from planner.domain.errors import FieldError, Invalid
from planner.domain.history import FieldChange
from planner.domain.playbook import Playbook
from planner.domain.projects import Project
from planner.domain.rounds import asked_anew, present_round
from planner.domain.scoring import (
    Answer,
    AnswerDraft,
    Standing,
    assessor_problem,
    belief_state,
    current_answers,
    dimension_left_empty,
    standings,
    unknown_criteria,
)
from planner.services.as_of import standing_as_of
from planner.services.blindness import load_sight
from planner.services.workspace import Reading, Workspace, Writing, reading_project, writing_project
from planner.store import projects, rounds, scoring


def record_answers(
    ws: Workspace,
    ref: str,
    assessor: str,
    answers: Mapping[str, AnswerDraft | None],
    expected_version: int | None = None,
) -> Standing:
    """Appends an assessor's answers and moves the standing; criteria not named stay as they are.

    None withdraws the assessor's answer to a criterion. An answer equal to the present one is not recorded again,
    unless an open round asks the question once more.
    Invalid for unknown criteria or confidences, or when no criterion of a dimension would be left.
    """
    with writing_project(ws, ref, expected_version) as (change, project):
        return append_answers(change, project, assessor, answers)


def append_answers(
    change: Writing, project: Project, assessor: str, answers: Mapping[str, AnswerDraft | None]
) -> Standing:
    """The same inside a transaction that is open already."""
    assessor = assessor.strip()
    _check(assessor, answers, change.playbook)
    history = scoring.load_answers(change.connection, project.id)
    present = {a.criterion: a for a in current_answers(history) if a.assessor == assessor}
    again = _asked_anew(change, project, present)
    fresh = [
        _answer(assessor, criterion, draft, change.playbook, change.now, change.actor)
        for criterion, draft in answers.items()
        if criterion in again or _content(draft) != _content(present.get(criterion))
    ]
    if not fresh:
        return project.standing
    standing = _standing([*history, *fresh], change)
    scoring.append_answers(change.connection, project.id, fresh)
    changes = [FieldChange(field=a.criterion, old=_in_words(present.get(a.criterion)), new=_in_words(a)) for a in fresh]
    change.touch(project, **projects.standing_columns(standing))
    change.record(project.id, "answers.recorded", changes)
    return standing


def preview_standing(ws: Workspace, ref: str, assessor: str, answers: Mapping[str, AnswerDraft | None]) -> Standing:
    """The standing that these answers would give, by what the assessor may see; nothing is stored."""
    assessor = assessor.strip()
    with reading_project(ws, ref) as (found, project):
        _check(assessor, answers, found.playbook)
        history = scoring.load_answers(found.connection, project.id)
        history = load_sight(found, project, assessor, history)[0].answers
        fresh = [
            _answer(assessor, criterion, draft, found.playbook, ws.clock(), ws.actor)
            for criterion, draft in answers.items()
        ]
        return _standing([*history, *fresh], found)


def list_answers(ws: Workspace, ref: str, history: bool = False, assessor: str | None = None) -> tuple[Answer, ...]:
    """The current answers of all assessors; with `history` every one ever given, the oldest first.

    With an assessor, what that person may see: answers of others that an open round holds back are left out.
    """
    with reading_project(ws, ref) as (found, project):
        answers = scoring.load_answers(found.connection, project.id)
        chosen = answers if history else tuple(current_answers(answers))
        if assessor is None:
            return chosen
        hidden = load_sight(found, project, assessor.strip(), answers)[0].hidden
        return tuple(a for a in chosen if a.assessor == assessor.strip() or a.criterion not in hidden)


def get_standing(ws: Workspace, ref: str, as_of: str | None = None) -> Standing:
    """The standing of a project, now or as of a date, a time or a snapshot; NotFound, and Invalid for such a moment."""
    with reading_project(ws, ref) as (found, project):
        return project.standing if as_of is None else standing_as_of(ws, found, project, as_of)


def _asked_anew(change: Writing, project: Project, present: Mapping[str, Answer]) -> set[str]:
    """Criteria that an open round asks once more, so that saying the same again is an answer too."""
    every = rounds.load_rounds(change.connection, change.portfolio.id)
    this = present_round(every)
    if this is None:
        return set()
    return {criterion for criterion, answer in present.items() if asked_anew(answer, project.key, this, every)}


def _check(assessor: str, answers: Mapping[str, AnswerDraft | None], playbook: Playbook) -> None:
    problems = unknown_criteria(answers, playbook)
    if wrong := assessor_problem(assessor):
        problems.append(("assessor", wrong))
    if not answers:
        problems.append(("answers", "answer at least one criterion"))
    if problems:
        raise Invalid([FieldError(field=field, message=message) for field, message in problems])


def _standing(answers: list[Answer], found: Reading) -> Standing:
    state = belief_state(current_answers(answers), found.playbook)
    empty = dimension_left_empty(state, found.playbook)
    if empty is not None:
        raise Invalid.one("answers", f"at least one criterion of {empty.name} must apply, or it could have no value")
    return standings([state], found.playbook, found.portfolio.priority_impact_share)[0]


def _answer(
    assessor: str, criterion: str, draft: AnswerDraft | None, playbook: Playbook, at: datetime, by: str
) -> Answer:
    said = {"withdrawn": True} if draft is None else dict(draft)
    return Answer(
        **said,
        criterion=criterion,
        assessor=assessor,
        playbook=playbook.id,
        playbook_version=playbook.version,
        recorded_at=at,
        recorded_by=by,
    )


def _content(answer: AnswerDraft | None) -> dict[str, object] | None:
    """What an answer says, without who recorded it and when."""
    return None if answer is None else {name: getattr(answer, name) for name in AnswerDraft.model_fields}


def _in_words(answer: Answer | None) -> str | None:
    if answer is None or answer.withdrawn:
        return None
    if answer.not_applicable:
        return f"does not apply ({answer.assessor})"
    span = f", {answer.low or answer.level} to {answer.high or answer.level}" if answer.low or answer.high else ""
    return f"level {answer.level}{span} ({answer.assessor})"
