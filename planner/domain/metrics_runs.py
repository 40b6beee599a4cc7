"""Runs: the measured values of candidate models, as their tracker stated them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from statistics import fmean, stdev
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from planner.domain.attributes import Attribute, Url
from planner.domain.metrics import MetricName
from planner.domain.model import Line, Model, Name, NotAFlag

RunStatus = Literal["finished", "running", "failed"]
MAX_VALUES = 500  # of one run


def _number_as_trackers_write_it(value: object) -> object:
    """JSON has no NaN: trackers write it as a word. It is kept as NaN, which never passes a threshold."""
    if value is None:
        return float("nan")
    if isinstance(value, str) and value.strip().lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return float(value)
    return value


def _all_numbers(values: object) -> bool:
    return isinstance(values, (list, tuple)) and len(values) > 0 and all(type(v) in (int, float) for v in values)


def _mean(values: Sequence[float]) -> float:
    try:
        return fmean(values)
    except (OverflowError, ValueError):  # larger together than any number, or infinite either way
        raise ValueError("the repeats have no mean: each must be a finite number, and not a huge one") from None


Measured = Annotated[float, BeforeValidator(_number_as_trackers_write_it), NotAFlag]


class Uncertainty(Model):
    """How sure a measured value is, by one of three statements."""

    n: int | None = Field(
        default=None, ge=1, le=10**12, description="The value is a share among so many independent cases."
    )
    standard_error: float | None = Field(default=None, ge=0, description="Its standard error, in its unit.")
    repeats: tuple[float, ...] | None = Field(
        default=None, min_length=2, max_length=1000, description="The value of each seed; the value is their mean."
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        said = [part for part in (self.n, self.standard_error, self.repeats) if part is not None]
        if len(said) != 1:
            raise ValueError("give one of n, standard_error and repeats")
        try:
            _ = self.error
        except OverflowError:
            raise ValueError("the repeats are too far apart for a number to say how far") from None
        return self

    @property
    def error(self) -> float | None:
        """The standard error of the value; of a share it depends on the value and is None here."""
        if self.repeats is not None:
            return float(stdev(self.repeats) / len(self.repeats) ** 0.5)
        return self.standard_error


class RunDraft(Model):
    """One candidate model's measured values. A value that is not finite may be stored; it is never evaluated."""

    model_config = ConfigDict(allow_inf_nan=True, ser_json_inf_nan="strings")

    name: Name = Field(examples=["resnet50-a"])
    metrics: dict[MetricName, Measured] = Field(max_length=MAX_VALUES, description="Values by name.")
    uncertainty: dict[MetricName, Uncertainty] = Field(
        default_factory=dict, max_length=MAX_VALUES, description="By metric, or by metric/slice.", examples=[{}]
    )
    params: dict[MetricName, Attribute] = Field(default_factory=dict, max_length=MAX_VALUES)
    status: RunStatus = Field(default="finished", description="A run that did not finish is never evaluated.")
    source: Line = Field(default="", description="The tracker it comes from, such as mlflow.", examples=["mlflow"])
    source_id: Line | None = Field(
        default=None, description="Its id there; nothing of a source is recorded twice.", examples=[None]
    )
    url: Url = ""
    measured_at: datetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _mean_of_repeats(cls, data: object) -> object:
        """Seeds alone state the value too: their mean."""
        if not isinstance(data, dict) or not isinstance(stated := data.get("uncertainty"), dict):
            return data
        means = {
            name: _mean(said["repeats"])
            for name, said in stated.items()
            if isinstance(said, dict) and _all_numbers(said.get("repeats"))
        }
        metrics = data.get("metrics", {})
        return {**data, "metrics": {**means, **metrics}} if isinstance(metrics, dict) else data

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for name, said in self.uncertainty.items():
            value = self.metrics.get(name)
            if value is None:
                raise ValueError(f"uncertainty of '{name}', but no value of it")
            if said.n is not None and isfinite(value) and not 0 <= value <= 1:
                raise ValueError(f"'{name}' is given with n, so it is a share and must be from 0 to 1")
        return self

    @model_validator(mode="after")
    def _time_has_a_zone(self) -> Self:
        if self.measured_at is None:
            return self
        if self.measured_at.utcoffset() is None:
            raise ValueError("measured_at needs a time zone, such as 2026-05-01T12:00:00Z")
        if not 1970 <= self.measured_at.year < 9999:  # further out a database may not show it in its own time zone
            raise ValueError("measured_at must be a year from 1970 to 9998")
        return self


class Run(RunDraft):
    """A run as it was recorded."""

    id: int
    recorded_at: datetime
    recorded_by: str


class Promotion(Model):
    """That a run went to production, or that none is there any more."""

    run: int | None = Field(description="The id of the run; null takes the last one out of production.")
    note: Line = ""
    recorded_at: datetime
    recorded_by: str


def in_production(promotions: Sequence[Promotion]) -> int | None:
    """The id of the run that is in production after these; None when none is."""
    return promotions[-1].run if promotions else None


@dataclass(frozen=True)
class RunTable:
    """Many runs as columns, for what is computed of all of them at once.

    `values` holds a float array (runs,) for each name that was asked for, NaN where a run states no number; what is
    infinite stays so, and is no more evaluated than NaN.
    """

    ids: np.ndarray
    names: Sequence[str]
    finished: np.ndarray
    values: Mapping[str, np.ndarray]
    uncertainty: Mapping[int, Mapping[str, Uncertainty]]  # by row; only of runs that state any

    def __len__(self) -> int:
        return len(self.names)

    def column(self, name: str) -> np.ndarray:
        """The values of one name; all NaN where no run states it."""
        found = self.values.get(name)
        return np.full(len(self), np.nan) if found is None else found

    def row(self, run: int) -> int | None:
        """The row of the run with this id."""
        found = np.flatnonzero(self.ids == run)
        return int(found[0]) if len(found) else None


def run_table(runs: Iterable[Run], names: Iterable[str]) -> RunTable:
    """The runs as columns of these names."""
    listed = list(runs)
    return RunTable(
        ids=np.array([run.id for run in listed], dtype=np.int64),
        names=[run.name for run in listed],
        finished=np.array([run.status == "finished" for run in listed], dtype=bool),
        values={name: np.array([run.metrics.get(name, np.nan) for run in listed], dtype=float) for name in names},
        uncertainty={row: run.uncertainty for row, run in enumerate(listed) if run.uncertainty},
    )
