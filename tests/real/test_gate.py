"""The gate on real tables of runs: from their files as they are, by REST, and from the database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench.servers import serving
from tests.cli.conftest import Planner

CASES = ("D1", "D2", "D3")


@pytest.fixture(scope="module")
def server(template_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Planner, str]]:
    path = tmp_path_factory.mktemp("gate") / "planner.db"
    shutil.copyfile(template_db, path)
    planner = Planner(path)
    planner.ok("portfolio", "create", "real", "--name", "Real runs", "--key-prefix", "REAL")
    with serving("planner.app:create_app", path) as port:
        yield planner, f"http://127.0.0.1:{port}"


def expected_of(folder: Path, case: str) -> dict[str, Any]:
    found = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return next(one for one in found["contracts"] if one["id"] == case)


def contract_of(said: dict[str, Any]) -> dict[str, Any]:
    name, direction = said["optimise"]
    words = {"max": "maximise", "min": "minimise", ">=": "maximise", "<=": "minimise"}
    return {
        "optimised": {"name": name, "direction": words[direction]},
        "thresholded": [{"name": n, "direction": words[sign], "threshold": t} for n, sign, t in said["constraints"]],
    }


def check(verdict: dict[str, Any], said: dict[str, Any]) -> None:
    """The numbers of the file. A run that the filter leaves out did not finish, so it is not evaluable here."""
    expected = said["expected"]
    left_out = expected["rows_in_table"] - expected["rows_after_filter"]
    assert verdict["total"] == expected["rows_in_table"]
    assert verdict["evaluable"] == expected["evaluable"]
    assert verdict["not_evaluable"] == expected["not_evaluable"] + left_out
    assert verdict["qualified"] == expected["feasible"]
    assert verdict["winners"] == [winner["run"] for winner in expected["winners"]]
    assert verdict["best"] == expected["winners"][0][said["optimise"][0]]
    assert sorted(verdict["pareto"]) == sorted(expected["pareto_feasible"])
    assert sum(not run["finished"] for run in verdict["runs"]) == left_out


@pytest.mark.parametrize("case", CASES)
def test_from_files_by_rest_and_from_the_database(
    server: tuple[Planner, str], shared_dir: Path, tmp_path: Path, case: str
) -> None:
    planner, address = server
    folder = shared_dir / "data" / "runs"
    said = expected_of(folder, case)
    contract, runs = tmp_path / "contract.json", folder / said["table"]
    contract.write_text(json.dumps(contract_of(said)), encoding="utf-8")
    files = planner("gate", "--contract", contract, "--runs", runs, "--json", PLANNER_DATABASE_URL="sqlite:////no/db")
    assert files.exit_code == 0, files.output
    check(json.loads(files.stdout), said)

    key = planner.json("add", case)["key"]
    planner.ok("metrics", "set", key, "--from", contract)
    planner.ok("runs", "add", key, runs)
    here = planner("gate", key, "--json")
    there = planner("gate", key, "--server", address, "--json")
    beside = planner("gate", key, "--runs", runs, "--json")
    assert (here.exit_code, there.exit_code, beside.exit_code) == (0, 0, 0)
    check(json.loads(here.stdout), said)
    assert there.stdout == here.stdout
    check(json.loads(beside.stdout), said)
    winner = said["expected"]["winners"][0]["run"]
    assert planner("gate", key, "--server", address, "--run", winner).exit_code == 0
    tied = "Winners, tied" if said["expected"]["tie"] else "Winner:"
    assert tied in planner("gate", key).stdout
