"""Core, borderline, exterior: exactly by enumeration, and by sampling."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.errors import Invalid
from planner.domain.robust_selection import (
    core_index,
    feasible_portfolios,
    non_dominated,
    potentially_optimal,
    robust_selection,
    sample_priorities,
)
from planner.domain.scoring import Belief, BeliefState, standings
from planner.domain.selection_solver import NoPlan, solve
from tests.support.factories import fsdl
from tests.support.roadmaps import multi_period, problem_of

# decision.md 3.9: tommite/rrpm, 15 projects by 3 criteria, budget 300.
C1 = (46, 61, 22, 43, 8, 60, 72, 92, 81, 85, 50, 9, 64, 98, 9)
C2 = (55, 49, 65, 88, 82, 92, 62, 78, 75, 23, 17, 37, 32, 57, 16)
C3 = (31, 49, 57, 42, 51, 71, 38, 100, 37, 22, 53, 83, 51, 17, 13)
COST = (79, 32, 31, 73, 19, 32, 94, 22, 44, 10, 27, 100, 51, 98, 2)
SCORES = np.array([C1, C2, C3], dtype=float).T


def rpm() -> tuple[np.ndarray, np.ndarray]:
    portfolios = feasible_portfolios(np.array(COST, dtype=float)[:, None], np.array([300.0]))
    return portfolios, non_dominated(portfolios, SCORES, SCORES, np.eye(3))


def test_the_example_of_robust_portfolio_modeling() -> None:
    # Liesiö, Mild & Salo 2007, EJOR 181:1488-1505; reproduced by brute force in decision.md 3.9.
    portfolios, found = rpm()
    assert len(portfolios) == 10_189
    assert len(found) == 9
    index = core_index(found)
    assert [round(float(share), 4) for share in index] == [
        *(0.2222, 1, 0.6667, 0.3333, 0.6667, 1, 0, 1, 0.8889, 1, 0.8889, 0, 0.4444, 0.3333, 1),
    ]
    assert [place + 1 for place in range(15) if index[place] == 1] == [2, 6, 8, 10, 15]
    assert [place + 1 for place in range(15) if index[place] == 0] == [7, 12]
    assert {tuple(int(worth) for worth in row) for row in found @ SCORES} == {
        *((511, 585, 495), (532, 529, 504), (514, 552, 484), (494, 542, 509), (516, 537, 417)),
        *((545, 470, 438), (558, 472, 419), (544, 489, 413), (548, 437, 427)),
    }


def test_the_potentially_optimal() -> None:
    # decision.md 3.9: of these three the first and the third.
    assert potentially_optimal(np.array([[1, 1, 2], [1, 1, 1.5], [2, 1, 1]])) == [0, 2]


def test_of_equal_portfolios_all_are_potentially_optimal() -> None:
    assert potentially_optimal(np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 0.0]])) == [0, 1]


def test_wider_scores_leave_more_portfolios() -> None:
    portfolios, exact = rpm()
    wide = non_dominated(portfolios, SCORES * 0.95, SCORES * 1.05, np.eye(3))
    assert {tuple(row) for row in exact} < {tuple(row) for row in wide}


def test_known_weights_leave_the_best_alone() -> None:
    portfolios, _ = rpm()
    weights = np.array([[0.5, 0.3, 0.2]])
    found = non_dominated(portfolios, SCORES, SCORES, weights)
    best = (portfolios @ SCORES @ weights.T).max()
    assert len(found) == 1
    assert float((found @ SCORES @ weights.T).item()) == pytest.approx(best)


def test_too_many_to_enumerate() -> None:
    with pytest.raises(Invalid) as refused:
        feasible_portfolios(np.ones((21, 1)), np.array([3.0]))
    assert "at most 20" in refused.value.errors[0].message


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=6))
def test_every_feasible_portfolio_is_dominated_or_kept(projects: list[tuple[int, int, int]]) -> None:
    table = np.array(projects, dtype=float)
    scores = table[:, :2]
    portfolios = feasible_portfolios(table[:, 2:], np.array([7.0]))
    kept = {tuple(row) for row in non_dominated(portfolios, scores, scores, np.eye(2))}
    worth = portfolios @ scores
    for place, row in enumerate(portfolios):
        dominated = ((worth >= worth[place]).all(axis=1) & (worth > worth[place]).any(axis=1)).any()
        assert (tuple(row) in kept) != dominated


def state(mean: float, *, certain: bool) -> BeliefState:
    playbook = fsdl()
    count = len(playbook.criteria)
    sure = cast(Belief, tuple(float(level == mean) for level in range(1, 6)))
    belief = sure if certain else (0.2, 0.2, 0.2, 0.2, 0.2)
    return BeliefState(beliefs=(belief,) * count, applicable=(True,) * count, answered=count if certain else 0)


def test_priorities_are_drawn_from_the_beliefs() -> None:
    states = [state(4, certain=True), state(0, certain=False)]
    drawn = sample_priorities(states, fsdl(), 0.5, 2_000, seed=7)
    expected = standings(states, fsdl(), 0.5)[1].priority.expected
    assert drawn.shape == (2_000, 2)
    assert np.allclose(drawn[:, 0], 4)
    assert drawn[:, 1].mean() == pytest.approx(expected, abs=0.03)
    assert drawn[:, 1].std() > 0.2
    again = sample_priorities(states, fsdl(), 0.5, 2_000, seed=7)
    assert (again == drawn).all()
    other = sample_priorities(states, fsdl(), 0.5, 2_000, seed=8)
    assert (other != drawn).any()


def test_what_is_certain_is_core_or_exterior() -> None:
    problem = multi_period()
    values = np.tile([item.value for item in problem.items], (5, 1))
    found = robust_selection(problem, values, seed=1, time_limit=20)
    best = solve(problem, 10).starts
    assert (found.samples, found.asked) == (5, 5)
    for place, start in enumerate(best):
        assert found.share(place) == float(start is not None)
        assert found.verdict(place) == ("core" if start is not None else "exterior")


def test_two_that_exclude_each_other_share_the_plans() -> None:
    problem = problem_of([(1,)], (1, 1, 5), [[(1,)], [(1,)], [(0,)]])
    values = np.array([[2, 1, 5], [1, 2, 5], [3, 1, 5], [1, 4, 5]], dtype=float)
    told: list[tuple[int, int]] = []
    found = robust_selection(problem, values, 1, 20, lambda done, of: told.append((done, of)))
    assert found.held == (2, 2, 4)
    assert [found.verdict(place) for place in range(3)] == ["borderline", "borderline", "core"]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_time_ends_it_but_one_plan_is_made() -> None:
    problem = multi_period()
    values = np.tile([item.value for item in problem.items], (50, 1))
    found = robust_selection(problem, values, 1, 0.0)
    assert (found.samples, found.asked) == (1, 50)


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(NoPlan):
        robust_selection(problem_of([(1,)], (1,), [[(2,)]], must=[0]), np.ones((2, 1)), 1, 5)
