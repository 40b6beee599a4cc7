"""The answers that loops put in doubt, and whether the levels before loops foretold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from planner.domain.flow_loops import LoopNames, is_loop
from planner.domain.flow_paths import Path, Step
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Reason

FAVOURABLE = 4  # the level from which on an answer is one that a loop can speak against
ENOUGH = 5  # projects on either side from which on their levels are compared


class Level(NamedTuple):
    """An answer, as little of it as the loops need."""

    criterion: str
    assessor: str
    level: int | None
    withdrawn: bool
    at: datetime


class Doubt(Model):
    """Favourable answers to a criterion, and the loop after them that puts them in doubt."""

    key: str
    name: str
    criterion: str
    criterion_name: str = Field(description="The name of the criterion.")
    lowest: int = Field(description=f"The lowest of the favourable levels, {FAVOURABLE} or 5, given before the loop.")
    highest: int = Field(description="The highest.")
    assessors: tuple[str, ...] = Field(description="Who gave them.")
    answered_at: datetime = Field(description="When the last of these answers was given.")
    start: str
    end: str
    start_name: str = Field(description="The name of the stage left.")
    end_name: str = Field(description="The name of the stage gone back to.")
    reason: str = Field(description="The reason code of the loop.")
    reason_name: str = Field(description="The name of the reason.")
    looped_at: datetime = Field(description="When the project went back.")
    waiting_for: tuple[str, ...] = Field(description="Those of them whose answer from before the loop still counts.")
    answered_again_at: datetime | None = Field(description="When the last of them had answered anew; null until then.")


class Group(Model):
    """The levels of some projects."""

    projects: int = Field(description="Projects with a level before that time.")
    mean: float | None = Field(description="Of their mean levels; null without any.")


class Hindsight(Model):
    """The level of a criterion before projects looped for a reason, and before others passed the same stage."""

    reason: str = Field(description="The reason code.")
    reason_name: str = Field(description="The name of the reason.")
    stage: str
    stage_name: str = Field(description="The name of the stage.")
    criterion: str
    criterion_name: str = Field(description="The name of the criterion.")
    looped: Group = Field(description="Projects that looped for the reason: before they first did.")
    passed: Group = Field(
        description="Projects that passed the stage without going back from it: before they first did."
    )
    difference: float | None = Field(
        description=f"Looped − passed, in levels; null with fewer than {ENOUGH} projects on a side, too few to tell."
    )


Answers = Mapping[int, Sequence[Level]]  # of each project by its id, the oldest first


def doubted_criteria(playbook: Playbook) -> frozenset[str]:
    """The criteria that a reason of the playbook can put in doubt."""
    return frozenset(criterion for edge in playbook.edges for reason in edge.reasons for criterion in reason.doubts)


def build_doubts(paths: Iterable[Path], answers: Answers, playbook: Playbook) -> tuple[Doubt, ...]:
    """The favourable answers that a later loop puts in doubt: those to be answered again first, the newest loop first.

    Of several loops that put one answer in doubt the last one is told, and only of projects in the flow: what has ended
    is not to be answered again.
    """
    words = LoopNames(playbook)
    found = []
    for path in paths:
        given = answers.get(path.id, ()) if path.here is not None else ()
        last: dict[str, tuple[Step, Reason]] = {}
        for step in path.steps if given else ():
            reason = words.reason(step) if is_loop(step) else None
            if reason is not None:
                last |= dict.fromkeys(reason.doubts, (step, reason))
        for criterion, (step, reason) in last.items():
            doubt = _doubt(path, criterion, step, reason, given, words)
            if doubt is not None:
                found.append(doubt)
    found.sort(key=lambda doubt: (doubt.answered_again_at is not None, -doubt.looped_at.timestamp(), doubt.key))
    return tuple(found)


def _doubt(
    path: Path, criterion: str, step: Step, reason: Reason, given: Sequence[Level], words: LoopNames
) -> Doubt | None:
    before = [said for said in levels_before(given, criterion, step.at) if (said.level or 0) >= FAVOURABLE]
    if not before:
        return None
    levels = [said.level for said in before if said.level is not None]
    after = {said.assessor: said.at for said in given if said.criterion == criterion and said.at >= step.at}
    waiting = tuple(said.assessor for said in before if said.assessor not in after)
    return Doubt(
        key=path.key,
        name=path.name,
        criterion=criterion,
        criterion_name=words.criteria.get(criterion, criterion),
        lowest=min(levels),
        highest=max(levels),
        assessors=tuple(said.assessor for said in before),
        answered_at=max(said.at for said in before),
        start=step.start or "",
        end=step.to,
        start_name=words.stage(step.start or ""),
        end_name=words.stage(step.to),
        reason=reason.id,
        reason_name=reason.name,
        looped_at=step.at,
        waiting_for=waiting,
        answered_again_at=None if waiting else max(after[said.assessor] for said in before),
    )


def levels_before(given: Iterable[Level], criterion: str, at: datetime) -> list[Level]:
    """The answers to a criterion that counted at a time: the last one of each assessor, if it gives a level."""
    last = {answer.assessor: answer for answer in given if answer.criterion == criterion and answer.at < at}
    return [answer for answer in last.values() if not answer.withdrawn and answer.level is not None]


def _mean(answers: Sequence[Level]) -> float:
    return sum(answer.level or 0 for answer in answers) / len(answers)


def build_hindsight(paths: Sequence[Path], answers: Answers, playbook: Playbook) -> tuple[Hindsight, ...]:
    """For each reason that puts a criterion in doubt and was given: the levels before, of those who looped and passed.

    A project passes a stage when it moves on from it, or reaches its aim in it, and never went back from it.
    """
    words = LoopNames(playbook)
    looped: dict[tuple[str, str, str], dict[int, datetime]] = {}  # of each project its first loop for a reason
    passed: dict[str, dict[int, datetime]] = {}
    for path in (path for path in paths if not path.in_bin):
        back = {step.start for step in path.steps if is_loop(step)}
        for step in path.steps:
            if is_loop(step):
                looped.setdefault((step.start or "", step.to, step.reason or ""), {}).setdefault(path.id, step.at)
        for visit in path.visits:
            if visit.left in ("forward", "reached") and visit.until is not None and visit.stage not in back:
                passed.setdefault(visit.stage, {}).setdefault(path.id, visit.until)
    found = []
    for edge in playbook.edges:
        for reason in edge.reasons:
            those = looped.get((edge.start, edge.end, reason.id), {})
            for criterion in reason.doubts if those else ():
                first = _group(those, criterion, answers)
                second = _group(passed.get(edge.start, {}), criterion, answers)
                enough = min(first.projects, second.projects) >= ENOUGH
                found.append(
                    Hindsight(
                        reason=reason.id,
                        reason_name=reason.name,
                        stage=edge.start,
                        stage_name=words.stage(edge.start),
                        criterion=criterion,
                        criterion_name=words.criteria.get(criterion, criterion),
                        looped=first,
                        passed=second,
                        difference=round((first.mean or 0) - (second.mean or 0), 2) if enough else None,
                    )
                )
    return tuple(found)


def _group(times: Mapping[int, datetime], criterion: str, answers: Answers) -> Group:
    """The mean level of the projects that had one before their time."""
    before = (levels_before(answers.get(project, ()), criterion, at) for project, at in times.items())
    means = [_mean(levels) for levels in before if levels]
    return Group(projects=len(means), mean=round(sum(means) / len(means), 2) if means else None)
