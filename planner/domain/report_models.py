"""What a planning report holds. Every name is resolved and every list is bounded: a template only has to print it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from planner.domain.history import Event
from planner.domain.infrastructure import AreaProgress, ChecklistLine, ComponentCounts
from planner.domain.lifecycle import Move, TaskLine
from planner.domain.matrix import Matrix
from planner.domain.metrics import Contract, OptimisedMetric
from planner.domain.metrics_progress import Progress
from planner.domain.metrics_tradeoff import Tradeoff
from planner.domain.metrics_verdict import RunVerdict, Verdict
from planner.domain.model import Model
from planner.domain.playbook_scoring import CutOffs
from planner.domain.scoring import Interval, Standing


class Fact(Model):
    """A name and its value; null when it is not stated."""

    name: str
    value: str | None


class AnswerLine(Model):
    """What one assessor says to a criterion, in the playbook's words."""

    assessor: str
    level: int | None = Field(description="Null when the criterion does not apply.")
    label: str
    low: int | None
    high: int | None
    confidence: str | None
    rationale: str
    evidence: str
    recorded_at: datetime


class CriterionPart(Model):
    """A criterion and all that is said to it; without an answer it is open."""

    name: str
    question: str
    answers: tuple[AnswerLine, ...]


class DimensionPart(Model):
    """A dimension, where the project stands on it, and the reasons."""

    name: str
    interval: Interval
    aggregation: str
    criteria: tuple[CriterionPart, ...]


class OpenQuestion(Model):
    """Where another answer would tell most."""

    kind: Literal["not_answered", "disagreement", "wide_range"]
    criterion: str
    detail: str


class QuadrantPart(Model):
    """The quadrant of a scored project and what the playbook advises there."""

    name: str
    advice: str
    probability: float | None


class ArchetypePart(Model):
    """The archetype of a project: what to ask, and the lever that moves it."""

    name: str
    definition: str
    key_questions: tuple[str, ...]
    lever: str
    lever_effect: str
    lever_examples: tuple[str, ...]


class StagePart(Model):
    """The present stage: what is done in it, its gate, and where the project can go from here."""

    name: str
    summary: str
    tasks: tuple[TaskLine, ...]
    gate: tuple[TaskLine, ...]
    moves: tuple[Move, ...]


class TransitionLine(Model):
    """A move with the names of its stages and its reason."""

    at: datetime
    by: str
    start: str | None
    to: str
    kind: Literal["placed", "forward", "back"]
    reason: str | None
    note: str
    open_points: tuple[str, ...]


class AreaPart(Model):
    """An area of the checklist: the components that are needed now, required ones first."""

    name: str
    progress: AreaProgress
    lines: tuple[ChecklistLine, ...]


class Report(Model):
    """What both reports have."""

    title: str
    portfolio: str
    generated_at: datetime
    playbook: str
    playbook_version: int
    sentences: tuple[str, ...] = Field(description="The report in a few sentences, made from the facts alone.")
    matrix: Matrix


class Section(Model):
    """Sentences and a table of words, for what every format prints alike."""

    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    numbers: tuple[bool, ...] = Field(description="Of each column, whether it holds numbers.")
    rows: tuple[tuple[str, ...], ...] = Field(description="The first cell names the row.")
    not_listed: int
    kind: str = Field(description="What those are that are not listed, as in: 4 more `questions are` not listed.")


class RunWords(Model):
    """How a run stands, in words; of each metric in the order of the contract, empty where nothing is judged."""

    status: str
    metrics: tuple[str, ...]


class ProjectReport(Report):
    """The plan of one project."""

    kind: Literal["project"] = "project"
    key: str
    summary: str | None
    facts: tuple[Fact, ...]
    links: tuple[Fact, ...] = Field(description="Title and address.")
    standing: Standing
    quadrant: QuadrantPart | None
    dimensions: tuple[DimensionPart, ...]
    open_questions: tuple[OpenQuestion, ...]
    archetype: ArchetypePart | None
    contract: Contract | None
    verdict: Verdict | None = Field(description="Its runs are listed apart, the best first.")
    runs: tuple[RunVerdict, ...]
    runs_not_listed: int
    baselines: tuple[Section, ...] = Field(description="Baselines, the gap to them, and the test error in parts.")
    readiness: tuple[Section, ...] = Field(default=(), description="The ML Test Score, ethics and risk.")
    advice: tuple[Section, ...] = Field(description="The path of techniques that the playbook advises.")
    sizing: tuple[Section, ...] = Field(default=(), description="Machines, time, money and labels, when recorded.")
    goals: tuple[str, ...] = Field(description="What is asked of each metric of the contract, in words.")
    run_words: tuple[RunWords, ...] = Field(description="The same for how each of the runs stands.")
    tradeoff: Tradeoff | None = Field(default=None, description="The chart of the first threshold.")
    progress: Progress | None = None
    stage: StagePart | None
    transitions: tuple[TransitionLine, ...] = Field(description="Oldest first.")
    areas: tuple[AreaPart, ...]
    later: tuple[str, ...] = Field(description="Components that a later stage needs.")
    not_applicable: tuple[str, ...]
    risks: str | None
    attributes: tuple[Fact, ...]
    events: tuple[Event, ...] = Field(description="Newest first.")
    events_not_listed: int


class StandingLine(Model):
    """A project in a list of the portfolio's report."""

    key: str
    name: str
    organisation: str | None
    owner: str | None
    archetype: str | None
    stage: str | None
    status: str | None
    quadrant: str | None
    standing: Standing


class QuadrantList(Model):
    """A quadrant and the first projects in it."""

    name: str
    advice: str
    count: int
    lines: tuple[StandingLine, ...]
    not_listed: int


class StageRow(Model):
    """A stage and how many projects of it have each status, in the order of the table's columns."""

    name: str
    counts: tuple[int, ...]
    total: int


class StageTable(Model):
    """Stage × status; the last row and the last column are those not stated."""

    statuses: tuple[str, ...]
    rows: tuple[StageRow, ...]
    totals: tuple[int, ...]


class ContractLine(Model):
    """One project's contract in a line."""

    key: str
    name: str
    version: int
    optimised: OptimisedMetric
    thresholds: int
    runs: int
    qualified: int
    winners: tuple[str, ...]
    best: float | None
    over_baseline: float | None


class ContractsPart(Model):
    """The contracts of a portfolio. A project whose runs all fall short is not qualified, one without runs is open."""

    without: int
    no_runs: int
    none_qualified: int
    qualified: int
    lines: tuple[ContractLine, ...]
    not_listed: int


class NotScoredPart(Model):
    """The projects nobody has answered a question about, and those that are answered in part."""

    count: int
    lines: tuple[Fact, ...] = Field(description="Key and name of the first.")
    not_listed: int
    partly: int
    of: int = Field(description="Questions there are.")


class MethodPart(Model):
    """How the numbers come about."""

    impact_name: str
    feasibility_name: str
    impact_share: float
    cut_offs: CutOffs
    aggregations: tuple[Fact, ...]
    source: str


class PortfolioReport(Report):
    """The plan of a portfolio."""

    kind: Literal["portfolio"] = "portfolio"
    slug: str
    summary: str
    filtered_by: tuple[Fact, ...]
    figures: tuple[Fact, ...]
    projects: int
    top: tuple[StandingLine, ...] = Field(description="The first by priority of those that are neither live nor ended.")
    top_not_listed: int
    quadrants: tuple[QuadrantList, ...]
    not_scored: NotScoredPart
    decisions: tuple[Section, ...] = Field(description="What helps to decide, such as what to ask next.")
    stages: StageTable
    components: tuple[ComponentCounts, ...]
    infrastructure: tuple[str, ...] = Field(default=(), description="What is missed most, and what to build next.")
    contracts: ContractsPart
    events: tuple[Event, ...] = Field(description="Newest first.")
    method: MethodPart
