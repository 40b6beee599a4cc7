"""The runs of a project as they are looked at: judged, charted, and page by page. Only those shown are loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from planner.domain.errors import Invalid, NotFound
from planner.domain.metrics import Contract, ThresholdedMetric
from planner.domain.metrics_judging import Judgement
from planner.domain.metrics_progress import Progress, best_rows, build_progress, when
from planner.domain.metrics_relaxation import ThresholdEffect, threshold_effects
from planner.domain.metrics_runs import Run
from planner.domain.metrics_tradeoff import Tradeoff, build_tradeoff
from planner.domain.metrics_verdict import RunVerdict, Verdict
from planner.domain.model import Model
from planner.domain.projects import Project
from planner.services.kept import kept
from planner.services.metrics import load_judgement
from planner.services.workspace import Reading, Workspace, reading_project
from planner.store import metrics

PAGE = 50
MOST_PAGES = 1_000_000

Shown = Literal["winner", "qualified", "disqualified", "not_evaluable", "pareto"]


class RunsQuery(Model):
    """Which runs of a project are looked at, and in which chart."""

    verdict: Shown | None = None
    q: str = ""  # in the name, whatever its case
    page: int = 1
    metric: str = ""  # of the trade-off chart


@dataclass(frozen=True)
class ShownRun:
    """A run with what is said of it."""

    run: Run
    judged: RunVerdict
    winner: bool
    indistinguishable: bool
    pareto: bool
    nearest: bool
    production: bool


@dataclass(frozen=True)
class JudgedRuns:
    """A page of runs under the present contract, and what is said of all of them."""

    contract: Contract
    verdict: Verdict
    runs: tuple[ShownRun, ...]
    found: int  # by the query
    page: int
    pages: int
    effects: tuple[ThresholdEffect, ...]
    tradeoff: Tradeoff | None
    progress: Progress | None


@dataclass(frozen=True)
class UnjudgedRuns:
    """The runs of a project without a contract, the last ones first."""

    runs: tuple[Run, ...]
    total: int


class Relaxations(Model):
    """What each threshold in force costs, and how far each alone would have to be relaxed to admit a first run."""

    contract_version: int = Field(description="The version judged under.")
    qualified: int = Field(description="How many runs qualify as it is.")
    items: tuple[ThresholdEffect, ...] = Field(description="The thresholds in force, as the contract lists them.")


def look_at_runs(ws: Workspace, ref: str, query: RunsQuery) -> JudgedRuns | UnjudgedRuns:
    """The runs of a project under its present contract, best first; without a contract only those recorded last."""
    with reading_project(ws, ref) as (found, project):
        judged = load_judgement(found, project)
        if judged is None:
            last = metrics.load_last_runs(found.connection, project.id, PAGE)
            return UnjudgedRuns(last, metrics.count_runs(found.connection, project.id))
        contract, judgement = judged
        rows = _rows(judgement, query)
        pages = max(1, -(-len(rows) // PAGE))
        page = min(max(query.page, 1), pages)
        shown = rows[(page - 1) * PAGE : page * PAGE]
        metric = _metric(contract, query.metric)
        return JudgedRuns(
            contract=contract,
            verdict=judgement.verdict(contract.version, ()),
            runs=_shown(found, judgement, shown),
            found=len(rows),
            page=page,
            pages=pages,
            effects=_effects(found, project, contract, judgement),
            tradeoff=None if metric is None else _tradeoff(found, project, contract, judgement, metric),
            progress=load_progress(found, project, contract, judgement),
        )


def get_tradeoff(ws: Workspace, ref: str, name: str = "") -> Tradeoff:
    """The optimised metric against a thresholded one, the first unless it is named.

    NotFound without a contract, a second metric or runs; Invalid for a name that the contract does not know.
    """
    with reading_project(ws, ref) as (found, project):
        judged = load_judgement(found, project)
        if judged is None:
            raise NotFound("No metric contract is agreed yet, so there is nothing to chart.")
        contract, judgement = judged
        names = [metric.name for metric in charted(contract)]
        if name and name not in names:
            raise Invalid.one("metric", f"must be one of the thresholded metrics: {', '.join(names)}"[:500])
        metric = _metric(contract, name)
        tradeoff = None if metric is None else _tradeoff(found, project, contract, judgement, metric)
        if tradeoff is None:
            raise NotFound(f"{project.key} has no runs with two metrics of the contract, so there is nothing to chart.")
        return tradeoff


def get_relaxations(ws: Workspace, ref: str, version: int | None = None) -> Relaxations:
    """What each threshold costs, and what relaxing one would admit. NotFound without a contract or that version."""
    with reading_project(ws, ref) as (found, project):
        judged = load_judgement(found, project, version)
        if judged is None:
            raise NotFound("No metric contract is agreed yet, so there is no threshold to relax.")
        contract, judgement = judged
        effects = _effects(found, project, contract, judgement)
        return Relaxations(contract_version=contract.version, qualified=int(judgement.qualified.sum()), items=effects)


def charted(contract: Contract) -> tuple[ThresholdedMetric, ...]:
    """The metrics that the optimised one can be held against: each of another name once, those in force first."""
    first = sorted(contract.thresholded, key=lambda metric: not metric.enabled)
    by_name: dict[str, ThresholdedMetric] = {}
    for metric in first:
        by_name.setdefault(metric.name, metric)
    by_name.pop(contract.optimised.name, None)
    return tuple(by_name.values())


def load_charts(found: Reading, project: Project) -> tuple[Tradeoff | None, Progress | None]:
    """The chart of the first threshold, and the progress; in a transaction that is open."""
    judged = load_judgement(found, project)
    if judged is None:
        return None, None
    contract, judgement = judged
    metric = _metric(contract, "")
    tradeoff = None if metric is None else _tradeoff(found, project, contract, judgement, metric)
    return tradeoff, load_progress(found, project, contract, judgement)


def load_progress(found: Reading, project: Project, contract: Contract, judgement: Judgement) -> Progress | None:
    """The best qualified run over time; None without runs."""
    if not len(judgement.table):
        return None

    def build() -> Progress:
        connection, table = found.connection, judgement.table
        order = np.searchsorted(table.ids, metrics.load_ids_by_time(connection, project.id))
        best = best_rows(judgement, order)
        promotions = metrics.load_promotions(connection, project.id)
        first = int(table.ids[order[0]])
        runs = metrics.load_runs_by_id(connection, [first, *table.ids[best].tolist()])
        return build_progress(judgement, best, promotions, runs, when(runs[first]))

    return kept(found.ws, found.portfolio, ("progress", project.id, contract.version), build)


def _tradeoff(
    found: Reading, project: Project, contract: Contract, judgement: Judgement, metric: ThresholdedMetric
) -> Tradeoff | None:
    what = ("tradeoff", project.id, contract.version, metric.name)
    return kept(found.ws, found.portfolio, what, lambda: build_tradeoff(judgement, metric))


def _effects(found: Reading, project: Project, contract: Contract, judgement: Judgement) -> tuple[ThresholdEffect, ...]:
    what = ("relaxations", project.id, contract.version)
    return kept(found.ws, found.portfolio, what, lambda: threshold_effects(judgement))


def _metric(contract: Contract, name: str) -> ThresholdedMetric | None:
    metrics_of = charted(contract)
    return next((metric for metric in metrics_of if metric.name == name), metrics_of[0] if metrics_of else None)


def _rows(judgement: Judgement, query: RunsQuery) -> np.ndarray:
    """The rows that the query finds, the best first."""
    rows = judgement.order
    if query.verdict == "winner":
        rows = rows[np.isin(rows, judgement.winners) | np.isin(rows, judgement.indistinguishable)]
    elif query.verdict == "pareto":
        rows = rows[np.isin(rows, judgement.pareto)]
    elif query.verdict == "qualified":
        rows = rows[judgement.qualified[rows]]
    elif query.verdict == "disqualified":
        rows = rows[judgement.evaluable[rows] & ~judgement.qualified[rows]]
    elif query.verdict == "not_evaluable":
        rows = rows[~judgement.evaluable[rows]]
    wanted = query.q.strip().casefold()
    if wanted:
        names = judgement.table.names
        rows = np.array([row for row in rows.tolist() if wanted in names[row].casefold()], dtype=int)
    return rows


def _shown(found: Reading, judgement: Judgement, rows: np.ndarray) -> tuple[ShownRun, ...]:
    ids = judgement.table.ids
    runs = metrics.load_runs_by_id(found.connection, ids[rows].tolist())
    groups = (judgement.winners, judgement.indistinguishable, judgement.pareto, judgement.nearest)
    winner, indistinguishable, pareto, nearest = (np.isin(rows, group).tolist() for group in groups)
    return tuple(
        ShownRun(
            run=runs[int(ids[row])],
            judged=judgement.run_verdict(row),
            winner=winner[number],
            indistinguishable=indistinguishable[number],
            pareto=pareto[number],
            nearest=nearest[number],
            production=row == judgement.production,
        )
        for number, row in enumerate(rows.tolist())
    )
