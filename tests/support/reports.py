"""Records that reports and matrices are built from: one project told in full, and portfolios of any size."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import planner
from planner.domain.agenda import AgendaPage, Question, Settling
from planner.domain.history import Event, FieldChange
from planner.domain.infrastructure import ChecklistItem, ComponentStatus, build_checklist, component_counts
from planner.domain.lifecycle import Facts, TaskMark, Transition, moves, task_lines
from planner.domain.matrix import Matrix, ProjectPoint, build_matrix
from planner.domain.metrics import Contract, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_judging import judge
from planner.domain.metrics_runs import Run
from planner.domain.playbook import Playbook
from planner.domain.portfolios import Portfolio
from planner.domain.projects import STATUSES, Filters, Link, Project, ProjectSummary
from planner.domain.ranking import Ranking, RankingQuery, build_ranking
from planner.domain.report import ContractEntry, Decisions, PortfolioRecord, ProjectRecord
from planner.domain.scoring import Answer, Standing, belief_state, standings
from planner.playbooks import load_playbook

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
NAMES = (
    "Churn early warning", "Invoice reading", "Defect detection on the line", "Demand forecast for spare parts",
    "Support ticket triage", "Radiology second reader", "Warehouse robot grasping", "Contract clause search",
    "Call summaries", "Next-best offer", "Predictive maintenance of pumps", "Fraud alerts on card payments",
    "Drone inspection of power lines", "Document translation", "Energy price forecast", "Résumé screening assistant",
    "Image search in the catalogue", "Autonomous forklift", "Email completion", "Fleet routing", "Leak detection",
    "Medical coding", "Speech to text for field notes", "Product description writer",
)  # fmt: skip


@cache
def shipped_playbook() -> Playbook:
    return load_playbook(Path(planner.__file__).parent / "playbooks" / "fsdl")


def answer(criterion: str, level: int | None, assessor: str = "ann", **more: object) -> Answer:
    return Answer.model_validate(
        {
            "criterion": criterion,
            "level": level,
            "not_applicable": level is None,
            "assessor": assessor,
            "playbook": "fsdl",
            "playbook_version": 1,
            "recorded_at": NOW,
            "recorded_by": assessor,
            **more,
        }
    )


def standing_of(answers: Iterable[Answer]) -> Standing:
    playbook = shipped_playbook()
    return standings([belief_state(answers, playbook)], playbook)[0]


def point(number: int, *levels: int, name: str = "", archetype: str | None = None) -> ProjectPoint:
    """A project whose criteria, in the playbook's order, are answered with these levels; with none it is unscored."""
    criteria = shipped_playbook().criteria
    given = [answer(criterion.id, level) for criterion, level in zip(criteria, levels, strict=False)]
    return ProjectPoint(
        id=number,
        key=f"P-{number}",
        name=name or NAMES[number % len(NAMES)],
        archetype=archetype,
        standing=standing_of(given),
    )


def random_points(count: int, seed: int = 1, scored: float = 0.9) -> list[ProjectPoint]:
    """Projects of all archetypes with random answers; about 1 − `scored` of them have none."""
    rng, playbook = random.Random(seed), shipped_playbook()
    confidences = [confidence.id for confidence in playbook.confidences]
    states = []
    for _ in range(count):
        given = [
            answer(criterion.id, rng.randint(1, 5), confidence=rng.choice(confidences))
            for criterion in (playbook.criteria if rng.random() < scored else ())
            if rng.random() < 0.9
        ]
        states.append(belief_state(given, playbook))
    archetypes = [*(archetype.id for archetype in playbook.archetypes), None]
    return [
        ProjectPoint(
            id=number,
            key=f"P-{number}",
            name=NAMES[(number - 1) % len(NAMES)] + (f" {number}" if count > len(NAMES) else ""),
            archetype=rng.choice(archetypes),
            standing=standing,
        )
        for number, standing in enumerate(standings(states, playbook), 1)
    ]


def matrix_of(points: Sequence[ProjectPoint]) -> Matrix:
    return build_matrix(points, shipped_playbook())


def portfolio(**changes: object) -> Portfolio:
    facts: dict[str, object] = {
        "id": 1, "slug": "demo", "name": "Example portfolio", "summary": "What a maker of pumps could do with ML.",
        "key_prefix": "P", "priority_impact_share": None, "capacity": 5, "weights": None,
        "playbook": "fsdl", "playbook_version": 1,
        "revision": 7, "is_example": True, "created_at": NOW, "updated_at": NOW, "projects": 24, "scored": 20,
    }  # fmt: skip
    return Portfolio.model_validate(facts | changes)


def told_in_full(**changes: object) -> ProjectRecord:
    """A project with answers of two assessors, a contract, runs, moves back and forth, components and risks."""
    playbook = shipped_playbook()
    ids = [criterion.id for criterion in playbook.criteria]
    why = "Half of the 40,000 contracts that ended last year were not called once in the quarter before."
    answers = (
        answer(ids[0], 4, confidence="informed", rationale=why, evidence="https://example.org/churn-2025"),
        answer(ids[1], 5, confidence="measured", rationale="Named first in three of four interviews with sales."),
        answer(ids[1], 3, "ben", confidence="guess", rationale="Retention has other levers."),
        answer(ids[2], None),
        answer(ids[4], 4, confidence="informed", rationale="Three years of contracts and calls, labelled by the end."),
        answer(ids[5], 4, confidence="guess"),
    )
    project = Project.model_validate(
        {
            "id": 3,
            "key": "P-3",
            "portfolio": "demo",
            "name": "Churn early warning",
            "summary": "Tells account managers **which customers may leave**, a month before.\n\n"
            "- first for the service contracts\n- later for spare parts",
            "organisation": "Northwind Pumps",
            "unit": "Customer service",
            "owner": "Ada Bergström",
            "archetype": playbook.archetypes[1].id,
            "problem_type": playbook.problem_types[0].id,
            "stage": playbook.stages[2].id,
            "status": "active",
            "tags": ("retention", "b2b"),
            "effort": 26,
            "cost": 40000,
            "needs": {"gpu_hours": 400},
            "links": (Link(title="Brief", url="https://example.org/brief"),),
            "risks": "1. The reason for leaving is often outside the data.\n2. Calls may annoy: *limit them*.",
            "attributes": {"Cost centre": "4711"},
            "created_at": NOW - timedelta(days=90),
            "updated_at": NOW,
            "version": 4,
            "standing": standing_of(answers),
            **changes,
        }
    )
    contract = Contract(
        version=2,
        recorded_at=NOW - timedelta(days=20),
        recorded_by="ann",
        reason="Latency added after the pilot with the call centre.",
        optimised=OptimisedMetric(name="recall", direction="maximise", baseline=0.71),
        thresholded=(
            ThresholdedMetric(name="precision", direction="maximise", threshold=0.4),
            ThresholdedMetric(name="latency_p95", direction="minimise", threshold=100, unit="ms", baseline=240),
            ThresholdedMetric(
                name="model_size", direction="minimise", threshold=50, unit="MB", enabled=False, reason="No phone yet."
            ),
        ),
    )
    measured = (
        ("gbdt-a", {"recall": 0.83, "precision": 0.46, "latency_p95": 84.0, "model_size": 12.0}),
        ("gbdt-b", {"recall": 0.83, "precision": 0.41, "latency_p95": 61.5, "model_size": 9.0}),
        ("transformer", {"recall": 0.9, "precision": 0.52, "latency_p95": 310.0, "model_size": 420.0}),
        ("logistic", {"recall": 0.74, "precision": float("nan"), "latency_p95": 3.0}),
    )
    runs = [
        Run(id=number, name=name, metrics=metrics, recorded_at=NOW, recorded_by="ann")
        for number, (name, metrics) in enumerate(measured, 1)
    ]
    verdict = judge(contract, runs)
    items = [
        ChecklistItem(component=component.id, status=status, tool=tool, note="", recorded_at=NOW, recorded_by="ann")
        for component, status, tool in zip(
            playbook.components,
            ("in_place", "partial", "missing", "planned", "in_place", "not_needed"),
            ("PostgreSQL", "DVC", "", "Label Studio", "MLflow", ""),
            strict=False,
        )
    ]
    checklist = build_checklist(project.stage, project.archetype, project.problem_type, items, playbook)
    facts = Facts(project=project, answers=answers, contract=contract, verdict=verdict, checklist=checklist.lines)
    stages = playbook.stages
    marks = [TaskMark(task=stages[2].tasks[0].id, done=True, note="Took a day.", recorded_at=NOW, recorded_by="ben")]
    lines = task_lines(stages, marks, facts, playbook)
    back = next(edge for edge in playbook.edges if (edge.start, edge.end) == (stages[2].id, stages[1].id))
    path: tuple[tuple[str | None, str, str, str | None, str], ...] = (
        (None, stages[0].id, "placed", None, ""),
        (stages[0].id, stages[1].id, "forward", None, "The owner accepts the open point."),
        (stages[1].id, stages[2].id, "forward", None, ""),
        (stages[2].id, stages[1].id, "back", back.reasons[0].id, "Two regions had no calls at all."),
        (stages[1].id, stages[2].id, "forward", None, ""),
    )
    transitions = tuple(
        Transition.model_validate(
            {
                "start": start,
                "to": to,
                "kind": kind,
                "reason": reason,
                "note": note,
                "open_points": ("An owner is named",) if note and kind == "forward" else (),
                "recorded_at": NOW - timedelta(days=80 - 15 * number),
                "recorded_by": "ann",
            }
        )
        for number, (start, to, kind, reason, note) in enumerate(path)
    )
    events = (
        event(1, "project.created", "P-3"),
        event(2, "project.updated", "P-3", FieldChange(field="owner", old=None, new="Ada Bergström")),
    )
    here = ProjectPoint(
        id=project.id, key=project.key, name=project.name, archetype=project.archetype, standing=project.standing
    )
    others = [other for other in random_points(24) if other.key != project.key]
    return ProjectRecord(
        portfolio=portfolio(),
        project=project,
        answers=answers,
        contract=contract,
        verdict=verdict,
        not_finite=(("logistic", "precision"),),
        tasks=lines,
        moves=moves(project.stage, lines, playbook),
        checklist=checklist,
        transitions=transitions,
        events=events,
        matrix=matrix_of([here, *others]),
    )


def nothing_stated(name: str = "Something with images") -> ProjectRecord:
    """A project of which only the name is known."""
    playbook = shipped_playbook()
    project = Project(
        id=9, key="P-9", portfolio="demo", name=name, stage=None, created_at=NOW, updated_at=NOW, version=1,
        standing=standing_of(()),
    )  # fmt: skip
    checklist = build_checklist(None, None, None, (), playbook)
    facts = Facts(project=project, answers=(), contract=None, verdict=None, checklist=checklist.lines)
    lines = task_lines(playbook.stages, (), facts, playbook)
    return ProjectRecord(
        portfolio=portfolio(),
        project=project,
        answers=(),
        contract=None,
        verdict=None,
        tasks=lines,
        moves=moves(None, lines, playbook),
        checklist=checklist,
        transitions=(),
        events=(),
        matrix=matrix_of([ProjectPoint(id=9, key="P-9", name=name, archetype=None, standing=project.standing)]),
    )


def event(number: int, action: str, project: str | None, *changes: FieldChange) -> Event:
    at = NOW - timedelta(hours=50 - number)
    return Event(id=number, at=at, actor="ann", action=action, project=project, changes=changes)


def nothing_ranked() -> Ranking:
    """A ranking of no projects."""
    return build_ranking((), (), shipped_playbook(), 0.5, 1, RankingQuery())


def agenda_of(points: Sequence[ProjectPoint]) -> AgendaPage:
    """An agenda of thirty telling questions, of which the first few are told."""
    asked = [
        Question(
            project=point.key, name=point.name, criterion=shipped_playbook().criteria[number % 7].id,
            gain=0.2 / (number + 1), flips=0.25, gain_of_project=0.3, place="out", known=False, answered_by=(),
            assessors=("Ada Bergström",) * (number % 2),
        )
        for number, point in enumerate(points[:15])
    ]  # fmt: skip
    telling = 30 if asked else 0
    return AgendaPage(
        items=tuple(asked), total=telling, telling=telling, top=8, projects=len(points), scored=len(points),
        settling=Settling(
            questions=4, share=0.81, of=15, gain=0.5, of_everything=0.09, enough=None, enough_share=None
        ) if asked else None,
        everything=5.5 if asked else 0, several=(), several_total=0, assessors=(),
    )  # fmt: skip


def portfolio_record(count: int = 24, seed: int = 1, scored: float = 0.9, **changes: object) -> PortfolioRecord:
    """A portfolio of projects with random answers, stages and statuses; every fifth has the contract of one in full."""
    rng, playbook = random.Random(seed), shipped_playbook()
    points = random_points(count, seed, scored)
    stages = [*(stage.id for stage in playbook.stages), None]
    summaries = tuple(
        ProjectSummary(
            id=point.id, key=point.key, portfolio="demo", name=point.name, summary=None,
            organisation="Northwind Pumps", unit=None,
            owner=rng.choice(("Ada Bergström", "Ben Ochieng", None)), archetype=point.archetype, problem_type=None,
            stage=rng.choice(stages), status=rng.choice((*STATUSES, None)), tags=(), effort=None, cost=None,
            created_at=NOW, updated_at=NOW, version=1, standing=point.standing,
        )
        for point in points
    )  # fmt: skip
    full = told_in_full()
    assert full.contract is not None
    kinds = (full.verdict, None, judge(full.contract, ()))
    contracts = tuple(
        ContractEntry(key=point.key, name=point.name, contract=full.contract, verdict=kinds[number % 3])
        for number, point in enumerate(points[::5])
    )
    stated: dict[tuple[str, ComponentStatus, str | None], int]
    stated = {(component.id, "in_place", None): min(3, count) for component in playbook.components[:4]}
    record: dict[str, object] = {
        "portfolio": portfolio(projects=count),
        "filters": Filters(),
        "projects": summaries,
        "matrix": matrix_of(points),
        "components": component_counts(playbook, stated, count),
        "contracts": contracts,
        "decisions": Decisions(ranking=nothing_ranked(), agenda=agenda_of(points)),
        "events": tuple(event(number, "answers.recorded", f"P-{number}") for number in range(1, 31)),
    }
    return PortfolioRecord.model_validate(record | changes)
