"""Short ways to say what a test is about; everything not named is plain and the same each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from planner.domain.assessments import EthicsAnswer, EthicsWord, ReadinessDraft
from planner.domain.metrics import Contract, ContractDraft, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_runs import Run
from planner.domain.playbook import Playbook
from planner.domain.portfolios import Portfolio, PortfolioDraft
from planner.domain.projects import Project, ProjectDraft
from planner.domain.scoring import Answer, AnswerDraft
from planner.domain.selection import CapacityPlanDraft, Resource
from planner.playbooks import Playbooks
from planner.services import portfolios, projects, scoring
from planner.services.workspace import Workspace

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
SLUG = "lab"


def fsdl() -> Playbook:
    """The shipped playbook."""
    return Playbooks.shipped().get("fsdl", 1)


def answer(criterion: str, level: int | None = None, **said: Any) -> Answer:
    """An answer as it is stored; `assessor` is Mara unless named."""
    return Answer(
        criterion=criterion,
        level=level,
        assessor=said.pop("assessor", "Mara"),
        playbook="fsdl",
        playbook_version=1,
        recorded_at=NOW,
        recorded_by="Mara",
        **said,
    )


def levels(**by_criterion: int) -> dict[str, AnswerDraft | None]:
    """Measured answers, which leave no doubt about their level."""
    return {criterion: AnswerDraft(level=level, confidence="measured") for criterion, level in by_criterion.items()}


def all_levels(level: int) -> dict[str, AnswerDraft | None]:
    """The same measured level for every criterion."""
    return levels(**{criterion.id: level for criterion in fsdl().criteria})


def all_ethics(answer: EthicsWord = "yes") -> ReadinessDraft:
    """The same answer to every question of the ethics checklist."""
    scheme = fsdl().ethics
    assert scheme is not None
    return ReadinessDraft(ethics={question.id: EthicsAnswer(answer=answer) for question in scheme.questions})


def metric(rule: str, **said: Any) -> ThresholdedMetric:
    """A thresholded metric as one writes it: `latency <= 100`."""
    name, sign, threshold = rule.split()
    direction: Literal["maximise", "minimise"] = "minimise" if sign == "<=" else "maximise"
    return ThresholdedMetric(name=name, direction=direction, threshold=float(threshold), **said)


def contract_draft(goal: str, *rules: str | ThresholdedMetric, **said: Any) -> ContractDraft:
    """A contract as one writes it: `maximise recall`, `latency <= 100`."""
    direction, name = goal.split()
    optimised = OptimisedMetric.model_validate(
        {"name": name, "direction": direction, "baseline": said.pop("baseline", None)}
    )
    thresholded = tuple(metric(rule) if isinstance(rule, str) else rule for rule in rules)
    return ContractDraft(optimised=optimised, thresholded=thresholded, **said)


def contract(goal: str, *rules: str | ThresholdedMetric, **said: Any) -> Contract:
    """The same as it was agreed."""
    return Contract(**dict(contract_draft(goal, *rules, **said)), version=1, recorded_at=NOW, recorded_by="Mara")


def runs(measured: Mapping[str, Mapping[str, Any]]) -> list[Run]:
    """Runs by name, in order."""
    return [
        Run(id=number, name=name, metrics=dict(metrics), recorded_at=NOW, recorded_by="Mara")
        for number, (name, metrics) in enumerate(measured.items(), 1)
    ]


def roadmap_settings(**said: Any) -> CapacityPlanDraft:
    """Settings of a roadmap: two periods with ten people in each, unless said otherwise."""
    plain: dict[str, Any] = {
        "periods": ("Q1", "Q2"),
        "resources": (Resource(id="people", name="People"),),
        "capacity": {"people": (10.0,)},
    }
    return CapacityPlanDraft(**{**plain, **said})


def add_portfolio(ws: Workspace, slug: str = SLUG, **fields: Any) -> Portfolio:
    """A portfolio in the database."""
    return portfolios.create_portfolio(ws, PortfolioDraft(slug=slug, **{"name": slug.title(), **fields}))


def add_project(ws: Workspace, name: str = "Churn early warning", *, slug: str = SLUG, **fields: Any) -> Project:
    """A project in the database."""
    return projects.create_project(ws, slug, ProjectDraft(name=name, **fields))


def add_scored(ws: Workspace, name: str, level: int, *, slug: str = SLUG, **fields: Any) -> Project:
    """A project of which every criterion was measured to be at the level."""
    project = add_project(ws, name, slug=slug, **fields)
    scoring.record_answers(ws, project.key, "Mara", all_levels(level))
    return projects.get_project(ws, project.key)
