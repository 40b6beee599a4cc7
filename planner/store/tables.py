"""The tables. Facts (answers, contracts, runs, moves, ticks, statements, forecasts, events) are only ever appended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, MetaData, Table, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

# Every constraint has a name from the start, so that a later migration can change it on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMING)


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """The parent of all rows: our own metadata, so that nothing outside can add a table to ours."""


def _json() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


def _project(*, index: bool = True) -> Any:
    return Field(sa_column_args=(ForeignKey("project.id", ondelete="CASCADE"),), index=index)


class PortfolioRow(Row, table=True):
    """A portfolio. `next_number` is the number of the next project's key; it never goes back."""

    __tablename__ = "portfolio"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    summary: str
    key_prefix: str = Field(unique=True)
    priority_impact_share: float | None
    capacity: int | None
    weights: dict[str, float] | None = Field(sa_column=Column(JSON(none_as_null=True)))
    playbook: str
    playbook_version: int
    revision: int
    next_number: int
    is_example: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class ProjectRow(Row, table=True):
    """A project, its standing materialised in columns so that lists sort, filter and page in SQL."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("portfolio_id", "number"),
        UniqueConstraint("portfolio_id", "external_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    portfolio_id: int = Field(foreign_key="portfolio.id")
    number: int
    key: str = Field(unique=True)
    deleted_at: datetime | None
    version: int
    impact: float
    impact_low: float
    impact_high: float
    feasibility: float
    feasibility_low: float
    feasibility_high: float
    priority: float
    priority_low: float
    priority_high: float
    quadrant: str | None
    quadrant_probability: float | None
    answered: int
    criteria: int
    stage: str | None
    status: str | None
    archetype: str | None
    problem_type: str | None
    name: str
    organisation: str | None
    unit: str | None
    owner: str | None
    effort: float | None
    cost: float | None
    tags: list[str] = _json()
    created_at: datetime
    updated_at: datetime
    external_id: str | None
    # The long texts come last: SQLite keeps what overflows a page elsewhere, and counts and lists never go there.
    needs: dict[str, float] = _json()
    links: list[dict[str, str]] = _json()
    summary: str | None
    risks: str | None
    attributes: dict[str, Any] = _json()
    search_text: str


class AnswerRow(Row, table=True):
    """One answer of one assessor; the last one to a criterion is current."""

    __tablename__ = "answer"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    criterion: str
    assessor: str
    level: int | None
    low: int | None
    high: int | None
    confidence: str | None
    not_applicable: bool
    withdrawn: bool
    rationale: str
    evidence: str
    playbook: str
    playbook_version: int
    recorded_at: datetime
    recorded_by: str


class ContractRow(Row, table=True):
    """A version of a metric contract; the body holds the optimised and the thresholded metrics."""

    __tablename__ = "contract"
    __table_args__ = (UniqueConstraint("project_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project(index=False)
    version: int
    body: dict[str, Any] = _json()
    reason: str
    recorded_at: datetime
    recorded_by: str


class RunRow(Row, table=True):
    """One candidate model's measured values; those that are not finite are kept as words."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("project_id", "name"), UniqueConstraint("project_id", "source", "source_id"))

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project(index=False)
    name: str
    metrics: dict[str, Any] = _json()
    params: dict[str, Any] = _json()
    url: str
    measured_at: datetime | None
    recorded_at: datetime
    recorded_by: str
    status: str
    source: str
    source_id: str | None
    uncertainty: dict[str, Any] | None = Field(sa_column=Column(JSON(none_as_null=True)))


class PromotionRow(Row, table=True):
    """That a run went to production; no run: none is there any more."""

    __tablename__ = "promotion"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    run_id: int | None = Field(sa_column=Column(ForeignKey("run.id", ondelete="CASCADE"), nullable=True, index=True))
    note: str
    recorded_at: datetime
    recorded_by: str


class BaselineRow(Row, table=True):
    """A baseline that was stated, corrected or withdrawn; the last row of a name counts."""

    __tablename__ = "baseline"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    kind: str
    name: str
    metrics: dict[str, Any] = _json()
    note: str
    url: str
    fair: str
    withdrawn: bool
    recorded_at: datetime
    recorded_by: str


class ErrorAnalysisRow(Row, table=True):
    """What a model measures on each data set; the last row counts."""

    __tablename__ = "error_analysis"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    metric: str
    scale: str
    unit: str
    run: str
    human: float | None
    train: float | None
    validation: float | None
    train_validation: float | None
    test_validation: float | None
    test: float | None
    note: str
    recorded_at: datetime
    recorded_by: str


class SizingRow(Row, table=True):
    """What a project's machines and labels were sized by; the last row counts."""

    __tablename__ = "sizing"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    inputs: dict[str, Any] = _json()
    recorded_at: datetime
    recorded_by: str


class TransitionRow(Row, table=True):
    """A move to a stage, with the gate's points that were open at the time."""

    __tablename__ = "transition"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    start: str | None
    to: str
    kind: str
    reason: str | None
    note: str
    open_points: list[str] = _json()
    recorded_at: datetime
    recorded_by: str


class TaskMarkRow(Row, table=True):
    """A tick of a task or an exit criterion, or its taking back; the last one counts."""

    __tablename__ = "task_mark"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    task: str
    done: bool
    note: str
    recorded_at: datetime
    recorded_by: str


class ChecklistItemRow(Row, table=True):
    """A statement about one component; the last one counts."""

    __tablename__ = "checklist_item"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    component: str
    status: str
    tool: str
    shared: str | None
    note: str
    recorded_at: datetime
    recorded_by: str


class SharedComponentRow(Row, table=True):
    """A statement about a component that the portfolio has once; the last one of a component and name counts."""

    __tablename__ = "shared_component"

    id: int | None = Field(default=None, primary_key=True)
    portfolio_id: int = Field(sa_column_args=(ForeignKey("portfolio.id", ondelete="CASCADE"),), index=True)
    component: str
    name: str
    status: str
    owner: str
    tool: str
    cost: float | None
    cost_per_month: float | None
    effort: float | None
    note: str
    recorded_at: datetime
    recorded_by: str


class OwnToolRow(Row, table=True):
    """A tool that the portfolio adds, or makes its standard; the last row of a name counts."""

    __tablename__ = "own_tool"

    id: int | None = Field(default=None, primary_key=True)
    portfolio_id: int = Field(sa_column_args=(ForeignKey("portfolio.id", ondelete="CASCADE"),), index=True)
    name: str
    components: list[str] = _json()
    standard_for: list[str] = _json()
    licence: str
    note: str
    url: str
    as_of: str | None
    withdrawn: bool
    recorded_at: datetime
    recorded_by: str


class AssessmentRow(Row, table=True):
    """A word on a test of readiness, on ethics or on risk; the last row on an item counts, no value takes it back."""

    __tablename__ = "assessment"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    kind: str
    rules: str
    rules_version: int | None
    item: str
    value: str | None
    evidence: str
    note: str
    recorded_at: datetime
    recorded_by: str


class ForecastRow(Row, table=True):
    """A probability of success as somebody forecast it; the last one of each forecaster counts."""

    __tablename__ = "forecast"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    forecaster: str
    probability: float
    success: str
    horizon: date | None
    rationale: str
    recorded_at: datetime
    recorded_by: str


class OutcomeRow(Row, table=True):
    """How a project ended; a later row corrects an earlier one."""

    __tablename__ = "outcome"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    outcome: str
    ended_on: date
    note: str
    actual_effort: float | None
    estimated_effort: float | None
    recorded_at: datetime
    recorded_by: str


class CapacityPlanRow(Row, table=True):
    """A version of the settings of a portfolio's roadmap; the body holds all but who, when and why."""

    __tablename__ = "capacity_plan"
    __table_args__ = (UniqueConstraint("portfolio_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    portfolio_id: int = Field(sa_column_args=(ForeignKey("portfolio.id", ondelete="CASCADE"),))
    version: int
    body: dict[str, Any] = _json()
    reason: str
    recorded_at: datetime
    recorded_by: str


class RoadmapRow(Row, table=True):
    """A plan that was proposed and kept, with the version of the settings that it was made with."""

    __tablename__ = "roadmap"

    id: int | None = Field(default=None, primary_key=True)
    portfolio_id: int = Field(sa_column_args=(ForeignKey("portfolio.id", ondelete="CASCADE"),), index=True)
    settings_version: int
    body: dict[str, Any] = _json()
    recorded_at: datetime
    recorded_by: str


class EventRow(Row, table=True):
    """Who did what, when: one line per action."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_portfolio_id_id", "portfolio_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    portfolio_id: int = Field(foreign_key="portfolio.id")
    project_id: int | None = _project()
    at: datetime
    actor: str
    action: str
    changes: list[dict[str, Any]] = _json()


class ScoringRoundRow(Row, table=True):
    """A scoring round: who is asked what about which projects. Keys never change, so they may stand here."""

    __tablename__ = "scoring_round"
    __table_args__ = (UniqueConstraint("portfolio_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    portfolio_id: int = Field(sa_column_args=(ForeignKey("portfolio.id", ondelete="CASCADE"),))
    number: int
    name: str
    assessors: list[str] = _json()
    projects: list[str] = _json()
    criteria: list[str] = _json()
    due: date | None
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None


class ScoringLookRow(Row, table=True):
    """Somebody saw what others said to a project before answering in a round."""

    __tablename__ = "scoring_look"

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = _project()
    number: int
    assessor: str
    recorded_at: datetime
    recorded_by: str


class SnapshotRow(Row, table=True):
    """A name for a moment of a portfolio; one that was taken away keeps its number."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("portfolio_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    portfolio_id: int = Field(sa_column_args=(ForeignKey("portfolio.id", ondelete="CASCADE"),))
    number: int
    name: str
    note: str
    at: datetime
    revision: int | None
    recorded_at: datetime
    recorded_by: str
    deleted_at: datetime | None


class ImportedRow(Row, table=True):
    """What the last import said of a project, so that the next one changes only what changed in the source."""

    __tablename__ = "imported"

    project_id: int = Field(sa_column_args=(ForeignKey("project.id", ondelete="CASCADE"),), primary_key=True)
    payload: dict[str, Any] = _json()
    imported_at: datetime


class IdempotencyRow(Row, table=True):
    """The answer once given to a POST with an Idempotency-Key."""

    __tablename__ = "idempotency"

    key: str = Field(primary_key=True)
    request: str
    status: int
    body: str
    recorded_at: datetime = Field(index=True)


def table(row: type[SQLModel]) -> Table:
    """The table behind a row class, for Core statements."""
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found
