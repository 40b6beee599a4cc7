"""What would move a project: levers, the flywheel and another archetype tried on its beliefs. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from planner.domain.archetype_effects import archetype_effects
from planner.domain.classifier import classify
from planner.domain.errors import FieldError, Invalid
from planner.domain.level_shifts import (
    CostOfAccuracy,
    accuracy_shift,
    cost_of_accuracy,
    expected_level,
    level_quantile,
    shifted,
)
from planner.domain.playbook import Playbook
from planner.domain.playbook_moves import Lever, Shift
from planner.domain.playbook_moves import Move as PlaybookMove
from planner.domain.projects import Project
from planner.domain.scoring import (
    HIGH,
    LOW,
    Answer,
    AnswerDraft,
    BeliefState,
    Said,
    Standing,
    belief_state,
    dimension_left_empty,
    standings,
)
from planner.domain.what_if_draft import WhatIfDraft, draft_problems
from planner.domain.what_if_models import CriterionMove, FlywheelLine, FlywheelTest, MoveMade, Recording, WhatIf

MAX_TEXT = 20_000  # of a rationale
SAME = 1e-12


class _Tried(NamedTuple):
    """A move of the playbook with the shifts that it makes here."""

    move: PlaybookMove
    shifts: tuple[Shift, ...]
    becomes: str | None


def build_what_if(
    project: Project,
    answers: Sequence[Answer],
    assessor: str,
    draft: WhatIfDraft,
    playbook: Playbook,
    impact_share: float | None,
    *,
    held_back: bool = False,
) -> WhatIf:
    """What the draft would do to the project, by the current answers that the assessor may see.

    Levers act one after the other in the playbook's order, the bonus of the flywheel last. Invalid, by field, for what
    the playbook does not have or that does not go together. `impact_share` is λ of the portfolio; the playbook's when
    None. `held_back` says that there are answers which the assessor may not see.
    """
    classification = classify(draft.classify, playbook)
    archetype = classification.archetype or project.archetype
    if problems := list(draft_problems(draft, archetype, playbook)):
        raise Invalid([FieldError(field=field, message=message) for field, message in problems])
    state = belief_state(answers, playbook)
    if empty := dimension_left_empty(state, playbook):
        raise Invalid.one("assessor", f"by what this person may see, no criterion of {empty.name} applies")
    flywheel = _test(draft, playbook)
    tried = _tried(draft, flywheel, playbook)
    after = _moved(state, [shift for one in tried for shift in one.shifts], playbook)
    then = next((one.becomes for one in reversed(tried) if one.becomes), archetype)
    criteria = _criteria(answers, state, after, playbook)
    planned = _answers(criteria, tried, draft, flywheel, playbook)
    stored = _recorded(answers, assessor, planned, playbook)
    alone = [_moved(state, one.shifts, playbook) for one in tried]
    was, will, recorded, *each = standings([state, after, stored, *alone], playbook, impact_share)
    return WhatIf(
        project=project.key,
        version=project.version,
        archetype=project.archetype,
        archetype_after=then,
        classification=classification,
        archetypes=archetype_effects(project, playbook),
        before=was,
        after=will,
        moves=tuple(_made(one, standing) for one, standing in zip(tried, each, strict=True)),
        criteria=criteria,
        flywheel=flywheel,
        accuracy=_cost(draft, playbook),
        held_back=held_back,
        recording=Recording(
            assessor=assessor,
            archetype=then if then != project.archetype else None,
            answers=planned,
            left_out=tuple(c.criterion for c in criteria if c.moved and not c.answered),
            standing=recorded,
        ),
    )


def _test(draft: WhatIfDraft, playbook: Playbook) -> FlywheelTest | None:
    if playbook.flywheel is None:
        return None
    built = {name: lever.name for lever in playbook.levers if lever.id in draft.levers for name in lever.builds}
    lines = []
    for question in playbook.flywheel.questions:
        said = draft.flywheel.get(question.id)
        lines.append(
            FlywheelLine(
                question=question,
                answer=said.answer if said else "unknown",
                evidence=said.evidence if said else "",
                built=built.get(question.id),
            )
        )
    missing = tuple(line.question.id for line in lines if not line.holds)
    return FlywheelTest(lines=tuple(lines), passed=not missing, missing=missing)


def _tried(draft: WhatIfDraft, flywheel: FlywheelTest | None, playbook: Playbook) -> list[_Tried]:
    tried = []
    for lever in playbook.levers:
        if lever.id in draft.levers:
            shifts = lever.shifts
            if lever.relaxes_accuracy and (read := _read_off(draft, playbook)):
                shifts = (*shifts, read)
            tried.append(_Tried(lever, shifts, lever.becomes))
    if flywheel and flywheel.passed and playbook.flywheel:
        tried.append(_Tried(playbook.flywheel, playbook.flywheel.shifts, None))
    return tried


def _read_off(draft: WhatIfDraft, playbook: Playbook) -> Shift | None:
    if playbook.accuracy_cost is None or draft.accuracy_from is None or draft.accuracy_to is None:
        return None
    return accuracy_shift(playbook.accuracy_cost, draft.accuracy_from, draft.accuracy_to)


def _moved(state: BeliefState, shifts: Sequence[Shift], playbook: Playbook) -> BeliefState:
    places = {criterion.id: index for index, criterion in enumerate(playbook.criteria)}
    beliefs = list(state.beliefs)
    for shift in shifts:
        place = places[shift.criterion]
        if state.applicable[place]:
            beliefs[place] = shifted(beliefs[place], shift)
    return state._replace(beliefs=tuple(beliefs))


def _criteria(
    answers: Sequence[Answer], before: BeliefState, after: BeliefState, playbook: Playbook
) -> tuple[CriterionMove, ...]:
    known = {answer.criterion for answer in answers if answer.level is not None}
    return tuple(
        CriterionMove(
            criterion=criterion.id,
            name=criterion.name,
            answered=criterion.id in known,
            applicable=applies,
            moved=any(abs(x - y) > SAME for x, y in zip(was, will, strict=True)),
            before=was,
            after=will,
            expected_before=expected_level(was),
            expected_after=expected_level(will),
        )
        for criterion, was, will, applies in zip(
            playbook.criteria, before.beliefs, after.beliefs, before.applicable, strict=True
        )
    )


def _made(one: _Tried, alone: Standing) -> MoveMade:
    move = one.move
    return MoveMade(
        id=move.id,
        name=move.name,
        summary=move.summary,
        rule=move.rule,
        assumes=move.assumes,
        source=move.source,
        shifts=one.shifts,
        becomes=one.becomes,
        alone=alone,
    )


def _cost(draft: WhatIfDraft, playbook: Playbook) -> CostOfAccuracy | None:
    if playbook.accuracy_cost is None or draft.accuracy_from is None or draft.accuracy_to is None:
        return None
    return cost_of_accuracy(playbook.accuracy_cost, draft.accuracy_from, draft.accuracy_to, draft.cost_per_nine)


def _answers(
    criteria: Sequence[CriterionMove],
    tried: Sequence[_Tried],
    draft: WhatIfDraft,
    flywheel: FlywheelTest | None,
    playbook: Playbook,
) -> dict[str, AnswerDraft]:
    """An answer for each criterion that moves and that somebody has answered: the new belief as level and range."""
    answers = {}
    for line in criteria:
        if not (line.moved and line.answered):
            continue
        by = [one for one in tried if any(shift.criterion == line.criterion for shift in one.shifts)]
        answers[line.criterion] = AnswerDraft(
            level=int(line.expected_after + 0.5),
            low=level_quantile(line.after, LOW),
            high=level_quantile(line.after, HIGH),
            rationale="\n\n".join(_reason(one.move, draft) for one in by)[:MAX_TEXT],
            evidence=_evidence(flywheel)[:MAX_TEXT] if any(one.move is playbook.flywheel for one in by) else "",
        )
    return answers


def _reason(move: PlaybookMove, draft: WhatIfDraft) -> str:
    relaxes = isinstance(move, Lever) and move.relaxes_accuracy
    asked = f" ({draft.accuracy_from:g} % → {draft.accuracy_to:g} %)" if relaxes else ""
    return f"{move.name}{asked}: {move.rule} [{move.source}]"


def _evidence(flywheel: FlywheelTest | None) -> str:
    return "; ".join(
        f"{line.question.name}: {line.evidence}" for line in (flywheel.lines if flywheel else ()) if line.evidence
    )


def _recorded(
    answers: Sequence[Answer], assessor: str, planned: dict[str, AnswerDraft], playbook: Playbook
) -> BeliefState:
    kept = [Said.of(a) for a in answers if not (a.assessor == assessor and a.criterion in planned)]
    fresh = [Said(name, assessor, False, d.level, d.low, d.high, None, False) for name, d in planned.items()]
    return belief_state([*kept, *fresh], playbook)
