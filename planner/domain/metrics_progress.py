"""How the best qualified run became better over time, beside the baseline and what was in production."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from pydantic import Field

from planner.domain.metrics import Direction
from planner.domain.metrics_judging import Judgement
from planner.domain.metrics_runs import Promotion, Run
from planner.domain.model import Model

MOST = 200  # steps of either line, the last ones


class ProgressStep(Model):
    """From this moment on the best value was this run's; `value` and `run` are null where there is none any more."""

    at: datetime
    value: float | None
    run: str | None


class Progress(Model):
    """The course of the optimised metric."""

    name: str
    unit: str
    direction: Direction
    baseline: float | None
    began: datetime = Field(description="When the first run was measured.")
    steps: tuple[ProgressStep, ...]
    production: tuple[ProgressStep, ...]


def best_rows(judgement: Judgement, order: np.ndarray) -> np.ndarray:
    """Of the rows in this order of time, those that qualify and are better than every one that qualifies before."""
    rows = order[judgement.qualified[order]]
    goal = judgement.goal[rows]
    before = np.concatenate(([-np.inf], np.maximum.accumulate(goal)[:-1])) if len(rows) else goal
    return np.asarray(rows[goal > before][-MOST:])


def build_progress(
    judgement: Judgement,
    best: Sequence[int] | np.ndarray,
    promotions: Sequence[Promotion],
    runs: Mapping[int, Run],
    began: datetime,
) -> Progress:
    """`best` are rows of best_rows; `runs` holds them and those that were promoted, by id."""
    optimised, table = judgement.contract.optimised, judgement.table
    value = judgement.columns[0].value
    steps = [
        ProgressStep(at=when(runs[int(table.ids[row])]), value=float(value[row]), run=table.names[row]) for row in best
    ]
    production = []
    for promotion in promotions[-MOST:]:
        row = None if promotion.run is None else table.row(promotion.run)
        known = row is not None and not np.isnan(value[row])
        production.append(
            ProgressStep(
                at=promotion.recorded_at,
                value=float(value[row]) if row is not None and known else None,
                run=None if row is None else table.names[row],
            )
        )
    return Progress(
        name=optimised.name,
        unit=optimised.unit,
        direction=optimised.direction,
        baseline=optimised.baseline,
        began=began,
        steps=tuple(steps),
        production=tuple(production),
    )


def when(run: Run) -> datetime:
    """When a run was measured; where it does not say, when it was recorded."""
    return run.measured_at or run.recorded_at
