"""planner metrics, runs and gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Planner

Write = Callable[[str, str], Path]

CONTRACT = ("--optimise", "recall:maximise", "--baseline", "recall=0.7", "--threshold", "latency_p95<=100 ms")
RUNS = "name,recall,latency_p95,model\na,0.8,90,vit\nb,0.9,120,\nc,0.9,,x\nd,nan,3,x\ne,0.8,100,y\n"


@pytest.fixture
def measured(shop: Planner, write: Write) -> Planner:
    shop.ok("metrics", "set", "SHOP-1", *CONTRACT)
    shop.ok("runs", "add", "SHOP-1", write("runs.csv", RUNS))
    return shop


def test_a_contract_is_stated_by_options(shop: Planner) -> None:
    contract = shop.json(
        *("metrics", "set", "SHOP-1", "--optimise", "cost per case:minimise:EUR", "--baseline", "cost per case=2.5"),
        *("--threshold", "latency_p95 <= 1e2 ms", "--threshold", "top1≥80", "--threshold", "drift>=-0.5 σ"),
        *("--off", "top1=no labels yet", "--baseline", "latency_p95=140", "--reason", "agreed in May"),
    )
    assert contract["optimised"] == {
        "name": "cost per case",
        "direction": "minimise",
        "unit": "EUR",
        "baseline": 2.5,
        "slices": [],
    }
    latency, top1, drift = contract["thresholded"]
    assert (latency["direction"], latency["threshold"], latency["unit"], latency["baseline"]) == (
        "minimise",
        100,
        "ms",
        140,
    )
    assert (top1["direction"], top1["enabled"], top1["reason"]) == ("maximise", False, "no labels yet")
    assert (drift["threshold"], drift["unit"]) == (-0.5, "σ")
    assert shop.json("metrics", "show", "SHOP-1") == contract
    lines = [line.split("\t") for line in shop.ok("metrics", "show", "SHOP-1").splitlines()]
    assert lines[1] == ["cost per case", "optimised", "minimise", "EUR", "2.5", ""]
    assert lines[2] == ["latency_p95", "thresholded", "at most 100 ms", "ms", "140", ""]


def test_slices_confidence_and_production_are_stated_by_options(shop: Planner) -> None:
    contract = shop.json(
        *("metrics", "set", "SHOP-1", "--optimise", "recall:maximise", "--threshold", "precision>=0.9"),
        *("--slices", "recall=de, fr,it", "--confidence", "precision=0.95", "--no-worse", "recall=0.01"),
    )
    precision, floor = contract["thresholded"]
    assert contract["optimised"]["slices"] == ["de", "fr", "it"]
    assert precision["confidence"] == 0.95
    assert (floor["against"], floor["threshold"], floor["direction"]) == ("production", 0.01, "maximise")
    assert floor["slices"] == ["de", "fr", "it"]
    lines = [line.split("\t")[:3] for line in shop.ok("metrics", "show", "SHOP-1").splitlines()[1:4]]
    assert lines == [
        ["recall", "optimised", "maximise, worst of de, fr, it"],
        ["precision", "thresholded", "at least 0.9, with 95 % probability"],
        ["recall", "thresholded", "no worse than production by more than 0.01, worst of de, fr, it"],
    ]
    history = json.dumps(shop.json("history", "SHOP-1"))
    assert "recall no worse than production by more than 0.01, worst of de, fr, it" in history
    said = shop.refused(
        *("metrics", "set", "SHOP-1", "--optimise", "recall:maximise", "--slices", "x=a", "--no-worse", "y=1"),
        *("--confidence", "recall=0.9"),
    )
    fields = {line.split(":")[0].strip() for line in said.splitlines()[1:]}
    assert fields == {"--slices", "--no-worse", "--confidence"}
    assert "more than 0.5" in shop.refused(
        *("metrics", "set", "SHOP-1", "--optimise", "recall:maximise", "--threshold", "f>=1", "--confidence", "f=0.3")
    )


def test_a_value_of_the_contract_that_is_no_number_is_not_taken(shop: Planner, write: Write) -> None:
    shop.ok("metrics", "set", "SHOP-1", *CONTRACT)
    rows = "name,recall,latency_p95,model\na,0.8,90,vit\nb,0.9,12 ms,x\n"
    result = shop("runs", "add", "SHOP-1", write("runs.csv", rows))
    assert (result.exit_code, result.stdout) == (2, "Added 1 run to SHOP-1: planner gate SHOP-1\n")
    assert "record 2 ('b'): column 'latency_p95': '12 ms' is not a number" in result.stderr
    rows = 'name,recall,latency_p95\nc,0.8,90\nd,"0,9",120\n'
    said = shop.refused("runs", "add", "SHOP-1", write("mixed.csv", rows))
    assert "column recall: '0.8' in record 1 has a decimal point and '0,9' in record 2 a decimal comma" in said


def test_a_value_that_is_not_finite_is_not_called_missing(measured: Planner) -> None:
    said = measured("gate", "SHOP-1", "--run", "d").stdout
    assert "recall\t\tnot finite" in said
    assert "latency_p95\t\tmissing" in measured("gate", "SHOP-1", "--run", "c").stdout


def test_a_contract_changes_with_a_reason_and_keeps_its_versions(shop: Planner, write: Write) -> None:
    shop.ok("metrics", "set", "SHOP-1", *CONTRACT)
    assert shop.json("metrics", "set", "SHOP-1", *CONTRACT)["version"] == 1
    printed = json.loads(shop.ok("metrics", "show", "SHOP-1", "--json"))
    printed["thresholded"][0]["threshold"] = 90
    source = write("contract.json", json.dumps(printed))
    assert shop.refused("metrics", "set", "SHOP-1", "--from", source).startswith("planner: reason: say why")
    changed = shop.json("metrics", "set", "SHOP-1", "--from", source, "--reason", "faster cameras")
    assert (changed["version"], changed["thresholded"][0]["threshold"]) == (2, 90)
    history = shop.ok("metrics", "history", "SHOP-1").splitlines()
    assert [line.split("\t")[0] for line in history[1:]] == ["1", "2"]
    assert history[2].endswith("faster cameras")


def test_every_option_that_cannot_be_read_is_named(shop: Planner, write: Write) -> None:
    said = shop.refused(
        *("metrics", "set", "SHOP-1", "--optimise", "recall:maximize", "--threshold", "x<3", "--threshold", "y<=many"),
        *("--threshold", "z<=1", "--threshold", "z>=0", "--baseline", "q=3", "--off", "q=why"),
    )
    fields = [line.split(":")[0].strip() for line in said.splitlines()[1:]]
    assert fields == ["--optimise", "--threshold", "--threshold", "--threshold", "--baseline", "--off"]
    assert "state the contract with --optimise" in shop.refused("metrics", "set", "SHOP-1")
    assert "leave the other options out" in shop.refused(
        *("metrics", "set", "SHOP-1", "--from", write("c.yaml", "a: 1\n"), "--threshold", "x<=3")
    )
    assert "a contract is expected" in shop.refused("metrics", "set", "SHOP-1", "--from", write("d.yaml", "- 1\n"))
    assert "each metric has one role" in shop.refused(
        *("metrics", "set", "SHOP-1", "--optimise", "recall:maximise", "--threshold", "recall>=0.5")
    )


def test_runs_are_read_from_csv_and_json(measured: Planner, write: Write) -> None:
    runs = {run["name"]: run for run in measured.json("runs", "list", "SHOP-1")["items"]}
    assert runs["a"]["metrics"] == {"recall": 0.8, "latency_p95": 90}
    assert runs["c"]["metrics"] == {"recall": 0.9}
    assert runs["d"]["metrics"]["recall"] == "NaN"
    assert (runs["a"]["params"], runs["b"]["params"]) == ({"model": "vit"}, {})
    measured.ok("runs", "add", "SHOP-1", "-", "--from", "json", stdin='{"name": "f", "metrics": {"recall": NaN}}')
    assert measured.ok("runs", "list", "SHOP-1").splitlines()[-1].split("\t") == ["f", "nan", ""]
    again = write("again.csv", RUNS)
    repeated = measured("runs", "add", "SHOP-1", again)
    assert (repeated.exit_code, repeated.stderr) == (0, "5 here already.\n")
    other = measured("runs", "add", "SHOP-1", write("other.csv", "name,recall\na,0.1\n"))
    assert other.exit_code == 2
    assert "a: there is another run of this name; a run is a fact" in other.stderr
    assert "the name must end in one of: .csv, .json" in measured.refused("runs", "add", "SHOP-1", write("r.txt", RUNS))
    assert len(measured.json("runs", "list", "SHOP-1")["items"]) == 6


def test_the_gate_opens_for_a_run_that_qualifies(measured: Planner) -> None:
    result = measured("gate", "SHOP-1")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Qualified: 2 of 3; 2 not evaluable (contract version 1).",
        "Best recall: 0.8, 0.1 better than the baseline.",
        "Winners, tied: a and e.",
    ]
    assert measured("gate", "SHOP-1", "--run", "e").exit_code == 0
    assert json.loads(measured("gate", "SHOP-1", "--json").stdout)["winners"] == ["a", "e"]


@pytest.mark.parametrize(("run", "verdict"), [("b", "disqualified"), ("c", "not evaluable"), ("d", "not evaluable")])
def test_the_gate_stays_shut_for_a_run_that_does_not(measured: Planner, run: str, verdict: str) -> None:
    result = measured("gate", "SHOP-1", "--run", run)
    assert result.exit_code == 1
    assert f"{run} is {verdict}: " in result.stdout
    assert measured("gate", "SHOP-1", "--run", run, "--json").exit_code == 1


def test_the_gate_fails_closed(shop: Planner, write: Write) -> None:
    assert "SHOP-1 has no metric contract to judge runs by" in shop.refused("gate", "SHOP-1")
    shop.ok("runs", "add", "SHOP-1", write("r.csv", "run,recall\na,0.9\n"))
    assert "no metric contract" in shop.refused("gate", "SHOP-1")
    assert "no metric contract" in shop.refused("gate", "SHOP-1", "--run", "a", "--json")
    shop.ok("metrics", "set", "SHOP-1", *CONTRACT)
    result = shop("gate", "SHOP-1")
    assert result.exit_code == 1
    assert result.stdout.endswith("No run has a finite value of every metric of the contract; missing: latency_p95.\n")
    shop.ok("runs", "add", "SHOP-1", write("s.csv", "run,recall,latency_p95\nslow,0.9,130\n"))
    result = shop("gate", "SHOP-1")
    assert result.exit_code == 1
    assert "Nearest: slow; latency_p95 missed by 30 ms.\n" in result.stdout
    assert result.stdout.endswith("Least to relax: latency_p95 from 100 ms to 130 ms would admit slow.\n")
    assert "has no run 'zz'" in shop.refused("gate", "SHOP-1", "--run", "zz")
    assert shop.refused("gate", "NONE-1") == "planner: There is no project 'NONE-1'."


def test_the_gate_is_shut_without_runs_and_without_a_database(shop: Planner) -> None:
    shop.ok("metrics", "set", "SHOP-1", *CONTRACT)
    result = shop("gate", "SHOP-1")
    assert (result.exit_code, result.stdout) == (1, "No run is recorded yet.\n")
    assert "planner runs add SHOP-1 FILE" in result.stderr
    away = shop.process("gate", "SHOP-1", PLANNER_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert (away.returncode, away.stdout) == (2, "")
