"""What planning reports are built from."""

from __future__ import annotations

from pydantic import Field

from planner.domain.advice_models import Advice
from planner.domain.agenda import AgendaPage
from planner.domain.agreement import Agreement, ProjectAgreement
from planner.domain.baseline_gap import BaselineGap
from planner.domain.baselines import Baseline
from planner.domain.changes import Changes
from planner.domain.error_analysis import ErrorDecomposition
from planner.domain.flow_portfolio import PortfolioFlow
from planner.domain.history import Event
from planner.domain.infrastructure import Checklist, ComponentCounts
from planner.domain.infrastructure_needs import Demand
from planner.domain.infrastructure_plan import BuildPlan
from planner.domain.lifecycle import Move, TaskLine, Transition
from planner.domain.matrix import Matrix
from planner.domain.metrics import Contract
from planner.domain.metrics_progress import Progress
from planner.domain.metrics_tradeoff import Tradeoff
from planner.domain.metrics_verdict import Verdict
from planner.domain.model import Model
from planner.domain.portfolios import PortfolioState
from planner.domain.project_readiness import ProjectReadiness
from planner.domain.projects import Filters, Project, ProjectSummary
from planner.domain.ranking import Ranking
from planner.domain.readiness_counts import PortfolioReadiness
from planner.domain.scoring import Answer
from planner.domain.selection_plan import Plan
from planner.domain.sizing import SizingAnswer
from planner.domain.track_records import PortfolioForecasts


class ProjectRecord(Model):
    """All that is known about one project: what the report of it is built from."""

    portfolio: PortfolioState
    project: Project
    answers: tuple[Answer, ...]
    contract: Contract | None
    verdict: Verdict | None = Field(description="With the runs that are to be listed, the best first.")
    not_finite: tuple[tuple[str, str], ...] = Field(
        default=(), description="Run and metric of each value of these that was measured but is no finite number."
    )
    baselines: tuple[Baseline, ...] = Field(default=(), description="Those that count.")
    gap: BaselineGap | None = None
    decomposition: ErrorDecomposition | None = None
    readiness: ProjectReadiness | None = None
    advice: Advice | None = None
    sizing: SizingAnswer | None = None
    tradeoff: Tradeoff | None = None
    progress: Progress | None = None
    tasks: tuple[TaskLine, ...]
    moves: tuple[Move, ...]
    checklist: Checklist
    transitions: tuple[Transition, ...]
    events: tuple[Event, ...] = Field(description="In any order.")
    matrix: Matrix = Field(description="Of the portfolio, or of this project alone.")


class ContractEntry(Model):
    """The contract of one project of a portfolio, and how its runs stand under it."""

    key: str
    name: str
    contract: Contract
    verdict: Verdict | None


class Decisions(Model):
    """What helps to decide; in a report of a part of the portfolio only the ranking and the agenda of that part."""

    ranking: Ranking
    agenda: AgendaPage
    only_open: bool = Field(default=True, description="Whether both leave closed projects out.")
    agreement: Agreement | None = None
    talk: tuple[ProjectAgreement, ...] = ()
    data: tuple[ProjectAgreement, ...] = ()
    forecasts: PortfolioForecasts | None = None
    roadmap: Plan | None = Field(default=None, description="Null without settings, or when they conflict.")
    readiness: PortfolioReadiness | None = None
    flow: PortfolioFlow | None = None
    changes: Changes | None = None


class PortfolioRecord(Model):
    """All that the report of a portfolio is built from; `projects` are those that the filters find."""

    portfolio: PortfolioState
    filters: Filters
    projects: tuple[ProjectSummary, ...]
    matrix: Matrix
    components: tuple[ComponentCounts, ...]
    contracts: tuple[ContractEntry, ...]
    demand: tuple[Demand, BuildPlan] | None = Field(
        default=None, description="What is missed most and to be built next; null where only some projects are told of."
    )
    decisions: Decisions
    events: tuple[Event, ...] = Field(description="The latest ones, in any order.")
