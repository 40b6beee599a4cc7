"""The gate opens exactly when a run qualifies by the plain definition, whatever the contract and the runs."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from planner.cli import app_for
from planner.domain.metrics_certainty import chance_met
from planner.domain.metrics_runs import Uncertainty

NAMES = ("f1", "cost", "recall")
SLICES = ("de", "fr")
DIRECTIONS = st.sampled_from(["maximise", "minimise"])
# Few values, so that ties and values at the threshold are common; and those that are none.
NUMBERS = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
VALUES = NUMBERS | st.sampled_from(["NaN", "Infinity", "-Infinity", None])
CONFIDENCES = st.none() | st.sampled_from([0.6, 0.95])


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.permutations(NAMES))
    sliced = draw(st.sets(st.sampled_from(NAMES)))

    def metric(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "direction": draw(DIRECTIONS), "slices": SLICES if name in sliced else (), **more}

    def threshold(name: str, against: str) -> dict[str, Any]:
        more = {"threshold": draw(NUMBERS), "against": against, "confidence": draw(CONFIDENCES)}
        return metric(name, **more, enabled=draw(st.sampled_from([True, True, True, False])), reason="as agreed")

    bounds = [threshold(name, "value") for name in names[1 : draw(st.integers(1, 3))]]
    floors = [threshold(name, "production") for name in draw(st.sets(st.sampled_from(NAMES), max_size=1))]
    return {"optimised": metric(names[0]), "thresholded": [*bounds, *floors]}


@st.composite
def runs(draw: st.DrawFn, name: str) -> dict[str, Any]:
    columns = [*NAMES, *(f"{metric}/{part}" for metric in NAMES for part in SLICES)]
    measured = {column: draw(VALUES) for column in columns if draw(st.integers(0, 9))}
    sure = {
        column: draw(st.sampled_from([{"n": 50}, {"standard_error": 0.0}, {"standard_error": 0.1}]))
        for column, value in measured.items()
        if isinstance(value, float) and draw(st.booleans())
    }
    status = draw(st.sampled_from(["finished", "finished", "finished", "failed", "running"]))
    return {"name": name, "metrics": measured, "uncertainty": sure, "status": status}


def number(run: dict[str, Any], column: str) -> float | None:
    value = run["metrics"].get(column)
    return value if isinstance(value, float) and isfinite(value) else None


def columns_of(metric: dict[str, Any]) -> list[str]:
    return [f"{metric['name']}/{part}" for part in metric["slices"]] or [metric["name"]]


def qualifies(
    run: dict[str, Any], contract: dict[str, Any], production: dict[str, Any] | None, confidence: float | None
) -> bool:
    """The plain definition: every value is there and finite, and every threshold is met, as surely as is asked."""
    if run["status"] != "finished" or any(number(run, column) is None for column in columns_of(contract["optimised"])):
        return False
    for metric in contract["thresholded"]:
        if not metric["enabled"]:
            continue
        asked = max((one for one in (metric["confidence"], confidence) if one is not None), default=None)
        for column in columns_of(metric):
            value, bound = number(run, column), metric["threshold"]
            if metric["against"] == "production":
                there = number(production, column) if production and production["status"] == "finished" else None
                if there is None:
                    return False
                bound = there - bound if metric["direction"] == "maximise" else there + bound
            if value is None or not (value >= bound if metric["direction"] == "maximise" else value <= bound):
                return False
            if asked is not None:
                said = run["uncertainty"].get(column)
                if said is None or chance_met(metric["direction"], value, Uncertainty(**said), bound) < asked:
                    return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws")


def gate(folder: Path, contract: Any, listed: Any, *more: str) -> int:
    for name, data in (("contract.json", contract), ("runs.json", listed)):
        (folder / name).write_text(json.dumps(data), encoding="utf-8")
    files = ("--contract", str(folder / "contract.json"), "--runs", str(folder / "runs.json"))
    return CliRunner().invoke(app_for(["gate"]), ["gate", *files, *more]).exit_code


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(contracts(), st.integers(1, 4).flatmap(lambda n: st.tuples(*(runs(f"run {i}") for i in range(n)))), st.data())
def test_it_opens_exactly_when_a_run_qualifies(
    folder: Path, contract: dict[str, Any], listed: tuple[dict[str, Any], ...], data: st.DataObject
) -> None:
    production = data.draw(st.none() | st.sampled_from(listed))
    confidence = data.draw(CONFIDENCES)
    more = [] if confidence is None else ["--confidence", str(confidence)]
    more += [] if production is None else ["--production", production["name"]]
    compares = any(metric["enabled"] and metric["against"] == "production" for metric in contract["thresholded"])
    good = {run["name"] for run in listed if qualifies(run, contract, production, confidence)}
    unknown = 2 if compares and production is None else None
    assert gate(folder, contract, listed, *more) == (unknown or (0 if good else 1))
    for run in listed:
        code = gate(folder, contract, listed, "--run", run["name"], *more)
        assert code == (unknown or (0 if run["name"] in good else 1))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.sampled_from(["csv", "json"]))
def test_no_bytes_open_it(folder: Path, content: bytes, kind: str) -> None:
    (folder / "contract.json").write_text(
        json.dumps({"optimised": {"name": "a metric that nobody would guess", "direction": "maximise"}}),
        encoding="utf-8",
    )
    (folder / "any").write_bytes(content)
    files = ("--contract", str(folder / "contract.json"), "--runs", str(folder / "any"), "--from", kind)
    assert CliRunner().invoke(app_for(["gate"]), ["gate", *files]).exit_code in (1, 2)
    (folder / "any.yaml").write_bytes(content)
    files = ("--contract", str(folder / "any.yaml"), "--runs", str(folder / "any"), "--from", kind)
    assert CliRunner().invoke(app_for(["gate"]), ["gate", *files]).exit_code in (1, 2)
