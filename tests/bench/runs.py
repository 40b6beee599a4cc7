"""What a project of 100,000 runs with ten metrics takes: their import, verdict and front, and its pages."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np

from planner.domain.metrics import ContractDraft, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_judging import judge_table
from planner.domain.metrics_runs import RunTable
from planner.domain.portfolios import PortfolioDraft
from planner.domain.projects import ProjectDraft
from planner.services import metrics, metrics_imports, portfolios, projects
from planner.store.database import Database
from tests.support.database import migrated_file, workspace_of

RUNS, METRICS, ROUNDS = 100_000, 10, 5
NAMES = tuple(f"metric_{number}" for number in range(METRICS))


def contract(threshold: float) -> ContractDraft:
    """One metric to drive, and a threshold on each of the others."""
    first, *others = NAMES
    return ContractDraft(
        optimised=OptimisedMetric(name=first, direction="maximise"),
        thresholded=tuple(ThresholdedMetric(name=name, direction="maximise", threshold=threshold) for name in others),
    )


def values(correlated: bool) -> np.ndarray:
    """Values (runs, metrics) that say nothing of each other, or half of each other as those of real runs do."""
    chance = np.random.default_rng(1)
    own = chance.random((RUNS, METRICS))
    return (own + chance.random((RUNS, 1))) / 2 if correlated else own


def judged(correlated: bool) -> tuple[float, int, int]:
    """Seconds of the verdict with the front of all metrics, qualified runs, and how many are on the front."""
    found = values(correlated)
    table = RunTable(
        ids=np.arange(RUNS),
        names=[f"run {number}" for number in range(RUNS)],
        finished=np.ones(RUNS, dtype=bool),
        values={name: found[:, number] for number, name in enumerate(NAMES)},
        uncertainty={},
    )
    times, qualified, front = [], 0, 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        verdict = judge_table(contract(0.05), table).verdict(1, ())
        times.append(time.perf_counter() - start)
        qualified, front = verdict.qualified, len(verdict.pareto)
    return statistics.median(times), qualified, front


def filled(folder: Path) -> tuple[Path, float]:
    """A database with a project of so many runs, and the seconds that it took to import them from a CSV file."""
    folder.mkdir()
    template = migrated_file(folder)
    database = Database(f"sqlite:///{template}")
    ws = workspace_of(database)
    portfolios.create_portfolio(ws, PortfolioDraft(slug="runs", name="Runs"))
    key = projects.create_project(ws, "runs", ProjectDraft(name="Many runs")).key
    metrics.set_contract(ws, key, contract(0.05))
    lines = [f"run {n},{','.join(map(str, row))}" for n, row in enumerate(values(correlated=True).round(6).tolist())]
    content = "\n".join([f"name,{','.join(NAMES)}", *lines, ""]).encode()
    start = time.perf_counter()
    report = metrics_imports.import_run_file(ws, key, content, "runs.csv")
    took = time.perf_counter() - start
    database.close()
    assert report.added == RUNS
    return template, took
