"""The report of one project: everything recorded and derived, put in the order in which a board asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from planner.domain.history import in_words
from planner.domain.infrastructure import Checklist
from planner.domain.known import place_of
from planner.domain.lifecycle import TaskLine, Transition
from planner.domain.metrics import Contract
from planner.domain.metrics_verdict import RunVerdict
from planner.domain.metrics_words import cell_words, goal, requirement, run_words
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Criterion, Dimension
from planner.domain.projects import Project
from planner.domain.report_advice import advice_sections
from planner.domain.report_baselines import baseline_sections
from planner.domain.report_models import (
    AnswerLine,
    ArchetypePart,
    AreaPart,
    CriterionPart,
    DimensionPart,
    Fact,
    OpenQuestion,
    ProjectReport,
    QuadrantPart,
    RunWords,
    StagePart,
    TransitionLine,
)
from planner.domain.report_readiness import readiness_sections
from planner.domain.report_records import ProjectRecord
from planner.domain.report_sizing import sizing_sections
from planner.domain.report_words import (
    aggregation_words,
    checklist_sentence,
    contract_sentence,
    newest_first,
    stage_sentence,
    standing_sentence,
)
from planner.domain.scoring import Answer, Interval, answer_range
from planner.domain.wording import measure, spaced

EVENTS, ATTRIBUTES = 12, 40  # the most of each that a report lists
WIDE = 3  # an answer whose range spans so many levels tells little


def build_project_report(record: ProjectRecord, playbook: Playbook, now: datetime) -> ProjectReport:
    """The report of a project as of `now`."""
    project, standing = record.project, record.project.standing
    stage = _stage(record, playbook)
    quadrant = place_of(standing, playbook)
    checklist = record.checklist
    return ProjectReport(
        title=project.name,
        portfolio=record.portfolio.name,
        generated_at=now,
        playbook=playbook.name,
        playbook_version=playbook.version,
        sentences=(
            standing_sentence(standing, playbook),
            stage_sentence(project, stage.gate if stage else (), playbook),
            contract_sentence(record.contract, record.verdict),
            checklist_sentence(checklist.progress),
        ),
        matrix=record.matrix,
        key=project.key,
        summary=project.summary,
        facts=_facts(project, playbook),
        links=tuple(Fact(name=link.title or link.url, value=link.url) for link in project.links),
        standing=standing,
        quadrant=QuadrantPart(name=quadrant.name, advice=quadrant.advice, probability=standing.quadrant_probability)
        if quadrant
        else None,
        dimensions=tuple(
            _dimension(dimension, interval, record.answers, playbook)
            for dimension, interval in zip(playbook.dimensions, (standing.impact, standing.feasibility), strict=True)
        ),
        open_questions=tuple(_open_questions(record.answers, playbook)),
        archetype=_archetype(project, playbook),
        contract=record.contract,
        verdict=record.verdict.model_copy(update={"runs": ()}) if record.verdict else None,
        runs=record.verdict.runs if record.verdict else (),
        runs_not_listed=record.verdict.total - len(record.verdict.runs) if record.verdict else 0,
        baselines=baseline_sections(record.baselines, record.gap, record.decomposition, playbook),
        readiness=readiness_sections(record.readiness, playbook),
        advice=advice_sections(record.advice),
        sizing=sizing_sections(record.sizing),
        goals=_goals(record.contract),
        run_words=tuple(_run_words(run, record) for run in record.verdict.runs) if record.verdict else (),
        tradeoff=record.tradeoff,
        progress=record.progress if record.progress and record.progress.steps else None,
        stage=stage,
        transitions=tuple(_transition(move, playbook) for move in sorted(record.transitions, key=_when)),
        areas=_areas(checklist),
        later=tuple(line.name for line in checklist.lines if line.requirement == "later"),
        not_applicable=tuple(line.name for line in checklist.lines if line.requirement == "not_applicable"),
        risks=project.risks,
        attributes=tuple(
            Fact(name=name, value=in_words(value)) for name, value in list(project.attributes.items())[:ATTRIBUTES]
        ),
        events=newest_first(record.events, EVENTS, playbook),
        events_not_listed=max(0, len(record.events) - EVENTS),
    )


def _goals(contract: Contract | None) -> tuple[str, ...]:
    return (goal(contract.optimised), *map(requirement, contract.thresholded)) if contract else ()


def _run_words(run: RunVerdict, record: ProjectRecord) -> RunWords:
    not_finite = [metric for name, metric in record.not_finite if name == run.name]
    return RunWords(status=run_words(run), metrics=tuple(cell_words(found, not_finite) for found in run.metrics))


def _facts(project: Project, playbook: Playbook) -> tuple[Fact, ...]:
    archetype, problem = playbook.archetype(project.archetype), playbook.problem_type(project.problem_type)
    stage = playbook.stage(project.stage)
    needs = [f"{spaced(name)} {measure(amount)}" for name, amount in project.needs.items()]
    return (
        Fact(name="Owner", value=project.owner),
        Fact(name="Organisation", value=project.organisation),
        Fact(name="Unit", value=project.unit),
        Fact(name="Stage", value=stage.name if stage else None),
        Fact(name="Status", value=spaced(project.status) if project.status else None),
        Fact(name="Archetype", value=archetype.name if archetype else None),
        Fact(name="Problem type", value=problem.name if problem else None),
        Fact(name="Effort", value=None if project.effort is None else f"{measure(project.effort)} person-weeks"),
        Fact(name="Cost", value=None if project.cost is None else measure(project.cost)),
        Fact(name="Needs", value=", ".join(needs) or None),
        Fact(name="Tags", value=", ".join(project.tags) or None),
    )


def _dimension(
    dimension: Dimension, interval: Interval, answers: Sequence[Answer], playbook: Playbook
) -> DimensionPart:
    return DimensionPart(
        name=dimension.name,
        interval=interval,
        aggregation=aggregation_words(dimension),
        criteria=tuple(
            CriterionPart(
                name=criterion.name,
                question=criterion.question,
                answers=tuple(_answer(answer, criterion, playbook) for answer in _given(answers, criterion)),
            )
            for criterion in dimension.criteria
        ),
    )


def _given(answers: Iterable[Answer], criterion: Criterion) -> list[Answer]:
    return [answer for answer in answers if answer.criterion == criterion.id and not answer.withdrawn]


def _answer(answer: Answer, criterion: Criterion, playbook: Playbook) -> AnswerLine:
    confidence = playbook.confidence(answer.confidence)
    low, high = answer_range(answer, playbook) if answer.level is not None else (None, None)
    return AnswerLine(
        assessor=answer.assessor,
        level=answer.level,
        label=criterion.levels[answer.level - 1].label if answer.level is not None else "Does not apply",
        low=low,
        high=high,
        confidence=confidence.name if confidence else None,
        rationale=answer.rationale,
        evidence=answer.evidence,
        recorded_at=answer.recorded_at,
    )


def _open_questions(answers: Sequence[Answer], playbook: Playbook) -> Iterable[OpenQuestion]:
    """First what nobody has answered, then where assessors differ, then where an answer leaves nearly all open."""
    found: list[OpenQuestion] = []
    for criterion in playbook.criteria:
        given = _given(answers, criterion)
        levels = [answer for answer in given if answer.level is not None]
        values = [answer.level for answer in levels if answer.level is not None]
        ranges = [answer_range(answer, playbook) for answer in levels]
        if not given:
            found.append(OpenQuestion(kind="not_answered", criterion=criterion.name, detail=criterion.question))
        elif values and max(values) - min(values) > 1:
            said = f"Assessors say between {min(values)} and {max(values)}. {criterion.question}"
            found.append(OpenQuestion(kind="disagreement", criterion=criterion.name, detail=said))
        elif ranges and max(high - low for low, high in ranges) >= WIDE:
            low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
            said = f"The answer allows {low} to {high}. {criterion.question}"
            found.append(OpenQuestion(kind="wide_range", criterion=criterion.name, detail=said))
    kinds = ("not_answered", "disagreement", "wide_range")
    return sorted(found, key=lambda question: kinds.index(question.kind))


def _archetype(project: Project, playbook: Playbook) -> ArchetypePart | None:
    archetype = playbook.archetype(project.archetype)
    if archetype is None:
        return None
    return ArchetypePart(
        name=archetype.name,
        definition=archetype.definition,
        key_questions=archetype.key_questions,
        lever=archetype.lever,
        lever_effect=archetype.lever_effect,
        lever_examples=archetype.lever_examples,
    )


def _stage(record: ProjectRecord, playbook: Playbook) -> StagePart | None:
    stage = playbook.stage(record.project.stage)
    if stage is None:
        return None

    def lines(kind: str) -> tuple[TaskLine, ...]:
        return tuple(line for line in record.tasks if line.stage == stage.id and line.kind == kind)

    return StagePart(
        name=stage.name,
        summary=stage.summary,
        tasks=lines("task"),
        gate=lines("exit_criterion"),
        moves=record.moves,
    )


def _when(move: Transition) -> datetime:
    return move.recorded_at


def _transition(move: Transition, playbook: Playbook) -> TransitionLine:
    start, to = playbook.stage(move.start), playbook.stage(move.to)
    reasons = {reason.id: reason.name for edge in playbook.edges for reason in edge.reasons}
    return TransitionLine(
        at=move.recorded_at,
        by=move.recorded_by,
        start=start.name if start else move.start,
        to=to.name if to else move.to,
        kind=move.kind,
        reason=reasons.get(move.reason, move.reason) if move.reason else None,
        note=move.note,
        open_points=move.open_points,
    )


def _areas(checklist: Checklist) -> tuple[AreaPart, ...]:
    areas = []
    for progress in checklist.progress:
        lines = [
            *(line for line in checklist.lines if line.area == progress.area and line.requirement == "required"),
            *(line for line in checklist.lines if line.area == progress.area and line.requirement == "conditional"),
        ]
        if lines:
            areas.append(AreaPart(name=progress.name, progress=progress, lines=tuple(lines)))
    return tuple(areas)
