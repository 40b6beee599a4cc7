"""The published problems that stand in files: Petersen's seven, Pisinger's, and the example of RPM."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.domain.robust_selection import feasible_portfolios, non_dominated
from planner.domain.selection_problem import broken_rules
from planner.domain.selection_solver import solve
from tests.support.roadmaps import knapsack


def read(shared_dir: Path, name: str) -> Any:
    return json.loads((shared_dir / "data" / "decision" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("place", "optimum"), list(enumerate((3800, 8706.1, 4015, 6120, 12400, 10618, 16537))))
def test_petersens_problems(shared_dir: Path, place: int, optimum: float) -> None:
    # Petersen 1967, Mgmt Sci 13:736-750: real selections of R&D projects (OR-Library mknap1).
    stated = read(shared_dir, "petersen_mknap1.json")[place]
    problem = knapsack(stated["profit"], stated["weights"], stated["capacity"])
    found = solve(problem, 30)
    assert stated["optimum"] == optimum
    assert round(found.objective, 6) == optimum
    assert found.stopped == "optimal"
    assert not broken_rules(problem, found.starts)


@pytest.mark.parametrize(("name", "optimum"), [("knapPI_1_100", 9147), ("knapPI_2_200", 1634)])
def test_pisingers_knapsacks(shared_dir: Path, name: str, optimum: int) -> None:
    stated = next(one for one in read(shared_dir, "pisinger.json") if one["name"].startswith(name))
    found = solve(knapsack(stated["profit"], [stated["weight"]], [stated["capacity"]]), 30)
    assert (found.objective, found.stopped) == (optimum, "optimal")


def test_the_non_dominated_portfolios_of_fifteen_projects(shared_dir: Path) -> None:
    # Liesiö, Mild & Salo 2007, EJOR 181:1488-1505; the data and the expected set are those of tommite/rrpm.
    stated = read(shared_dir, "rpm15.json")
    scores = np.array(stated["scores"])
    portfolios = feasible_portfolios(np.array(stated["cost"])[:, None], np.array([stated["budget"]]))
    found = non_dominated(portfolios, scores, scores, np.eye(3))
    assert {tuple(row) for row in found} == {tuple(row) for row in stated["nondominated"]}
