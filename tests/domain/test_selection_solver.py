"""The search: published optima, laws that hold for every problem, and what is told of how good a plan is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.selection_greedy import Placement, by_density, closure, fill_musts_first, without_idle_shared
from planner.domain.selection_model import build_matrix
from planner.domain.selection_problem import Problem, broken_rules
from planner.domain.selection_solver import NoPlan, Search, solve
from tests.support.roadmaps import (
    MULTI_PERIOD_OPTIMUM,
    MULTI_PERIOD_STARTS,
    best_by_trying,
    knapsack,
    multi_period,
    problem_of,
)


def test_petersens_first_problem() -> None:
    # Petersen 1967, Computational experience with a variant of the Balas algorithm applied to the selection of R&D
    # projects, Mgmt Sci 13:736-750; OR-Library mknap1. Optima may tie: the worth is what is published.
    found = solve(
        knapsack(
            (100, 600, 1200, 2400, 500, 2000),
            (
                (8, 12, 13, 64, 22, 41),
                (8, 12, 13, 75, 22, 41),
                (3, 6, 4, 18, 6, 4),
                (5, 10, 8, 32, 6, 12),
                (5, 13, 8, 42, 6, 20),
                (5, 13, 8, 48, 6, 20),
                (0, 0, 0, 0, 8, 0),
                (3, 0, 4, 0, 8, 0),
                (3, 2, 4, 0, 8, 4),
                (3, 2, 4, 8, 8, 4),
            ),
            (80, 96, 20, 36, 44, 48, 10, 18, 22, 24),
        ),
        10,
    )
    assert (found.objective, found.stopped, found.gap) == (3800, "optimal", 0)
    assert [item + 1 for item, start in enumerate(found.starts) if start is not None] == [2, 3, 6]


def test_several_periods_with_dependencies() -> None:
    # decision.md 3.10: exhaustive enumeration; the best plan is unique.
    found = solve(multi_period(), 10)
    assert found.objective == pytest.approx(MULTI_PERIOD_OPTIMUM, abs=1e-9)
    assert found.starts == MULTI_PERIOD_STARTS
    assert found.stopped == "optimal"


def test_enumeration_agrees_that_it_is_unique() -> None:
    # The plan must hold item 6; trying all plans of the other seven is quick enough with two fewer of them.
    small = problem_of(
        [(4, 4, 4)], (5, 4, 3, 2), [[(2,)], [(2, 2)], [(3,)], [(1, 1)]], pairs=[(0, 1)], groups=[(2, 3)], discount=0.9
    )
    tried = best_by_trying(small)
    assert tried is not None
    found = solve(small, 10)
    assert found.objective == pytest.approx(tried[0])
    assert found.starts in tried[1]


def test_an_either_or_group_and_must_not() -> None:
    problem = problem_of([(10,)], (3, 2, 1), [[(1,)]] * 3, groups=[(0, 1)], must_not=[2])
    assert solve(problem, 5).starts == (0, None, None)


def test_a_dependency_is_finish_to_start() -> None:
    # One row for each pair would let B start while A still runs.
    problem = problem_of([(9, 9, 9)], (0, 5), [[(1, 1)], [(1,)]], pairs=[(0, 1)], discount=0.9)
    assert solve(problem, 5).starts == (0, 2)


def test_shared_infrastructure_is_built_once_and_only_when_something_waits_for_it() -> None:
    uses = [[(4,)], [(3,)], [(3,)]]
    pairs = [(0, 1), (0, 2)]
    assert solve(problem_of([(6, 6)], (0, 2, 2), uses, pairs=pairs, shared=[0]), 5).starts == (0, 1, 1)
    assert solve(problem_of([(6, 2)], (0, 2, 2), uses, pairs=pairs, shared=[0]), 5).starts == (None, None, None)
    assert without_idle_shared(problem_of([(6,)], (0,), [[(1,)]], shared=[0]), (0,)) == (None,)


def test_amounts_are_tenths_and_not_nearly_tenths() -> None:
    # 0.1 + 0.2 is more than 0.3 in binary; ten times a tenth fits into one exactly.
    problem = problem_of([(0.3,)], (1, 1), [[(0.1,)], [(0.2,)]])
    assert solve(problem, 5).starts == (0, 0)
    assert solve(problem_of([(1,)], (1,) * 11, [[(0.1,)]] * 11), 5).objective == 10
    assert problem.amount(0, problem.capacity[0][0]) == 0.3


def test_what_must_be_done_and_cannot_be() -> None:
    for problem in (
        problem_of([(1,)], (1,), [[(2,)]], must=[0]),
        problem_of([(9,)], (1,), [[(2, 2)]], must=[0]),
        problem_of([(9,)], (1, 1), [[(1,)]] * 2, must=[0, 1], groups=[(0, 1)]),
        problem_of([(9,)], (1, 1), [[(1,)]] * 2, must=[1], pairs=[(0, 1)]),
        problem_of([(9, 9)], (1, 1), [[(1,)]] * 2, must=[1], must_not=[0], pairs=[(0, 1)]),
    ):
        with pytest.raises(NoPlan) as none:
            solve(problem, 5)
        assert none.value.proven


def test_what_must_be_done_is_found_room_for_where_filling_in_order_finds_none() -> None:
    # The two long items must lie side by side; each alone would be begun as early as the discount says.
    problem = problem_of(
        [(2, 2, 2, 2)], (9, 1, 1), [[(1, 1)], [(2, 2)], [(1, 1)]], must=[0, 1, 2], discount=0.5, pairs=[(1, 0)]
    )
    assert not broken_rules(problem, solve(problem, 5).starts)


def test_nothing_to_plan() -> None:
    empty = solve(problem_of([(5, 5)], (), []), 5)
    assert (empty.starts, empty.objective, empty.gap, empty.stopped) == ((), 0, 0, "optimal")
    worthless = solve(problem_of([(5,)], (0, 0), [[(1,)]] * 2), 5)
    assert (worthless.objective, worthless.gap) == (0, 0)
    nothing_there = solve(problem_of([(0, 0)], (3, 1), [[(1,)], [(0,)]]), 5)
    assert nothing_there.starts == (None, 0)


def test_nobody_waits_for_no_reason() -> None:
    # Without a discount late is as good as early, and the programme alone may say either.
    found = solve(problem_of([(2, 2, 2)], (1, 1, 1), [[(1,)], [(1, 1)], [(1,)]], pairs=[(0, 1)]), 5)
    assert found.starts == (0, 1, 0)


def test_prices_tell_what_one_more_would_add() -> None:
    found = solve(problem_of([(4,), (9,)], (6, 3, 1), [[(2,), (1,)], [(2,), (1,)], [(2,), (1,)]]), 5)
    assert found.prices[0][0] == pytest.approx(0.5)  # the third project's worth for its two units
    assert found.prices[1] == (0,)


def test_a_gap_stops_the_search_and_is_true() -> None:
    problem = multi_period()
    first = Search(problem).guided(5)
    assert first.bound >= MULTI_PERIOD_OPTIMUM - 1e-9
    assert first.objective <= MULTI_PERIOD_OPTIMUM + 1e-9
    loose = solve(problem, 5, gap=0.5)
    assert loose.gap <= 0.5
    assert loose.stopped in ("gap", "optimal")


def test_a_known_plan_is_never_given_up_for_a_worse_one() -> None:
    problem = multi_period()
    again = Search(problem).guided(5, MULTI_PERIOD_STARTS)
    assert again.objective == pytest.approx(MULTI_PERIOD_OPTIMUM)


def test_revaluing_gives_the_same_as_beginning_anew() -> None:
    problem = multi_period()
    other = problem.with_values([20, 1, 1, 50, 80, 60, 5, 2])
    search = Search(problem)
    search.guided(5)
    search.revalue(other)
    found = search.improved(search.guided(5), 5)
    assert found.objective == pytest.approx(solve(other, 5).objective)


def test_progress_is_told_with_a_bound_that_holds() -> None:
    told: list[tuple[float, float, float]] = []
    weights = [(37 * n * n) % 101 + 20 for n in range(60)]
    problem = knapsack([w + (n * 7) % 5 for n, w in enumerate(weights)], [weights, weights[::-1]], [900, 870])
    found = Search(problem).improved(
        Search(problem).guided(5), 5, watch=lambda seconds, worth, bound: told.append((seconds, worth, bound))
    )
    assert told
    assert all(worth <= bound + 1e-6 for _, worth, bound in told)
    assert found.bound <= min(bound for *_, bound in told) + 1e-6


AMOUNTS = st.sampled_from([0, 1, 2, 3, 0.5, 1.25, 0.1])


@st.composite
def problems(draw: st.DrawFn, items: int = 5) -> Problem:
    """Small problems, some of which have no plan."""
    periods, resources = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    count = draw(st.integers(1, items))
    pick = st.integers(0, count - 1)
    uses = []
    for _ in range(count):
        run = draw(st.integers(1, 3))
        uses.append(draw(st.lists(st.tuples(*[AMOUNTS] * run), min_size=resources, max_size=resources)))
    links = draw(st.lists(st.tuples(pick, pick).filter(lambda pair: pair[0] < pair[1]), max_size=3, unique=True))
    said: dict[str, Any] = {
        "pairs": links,
        "groups": [sorted(group) for group in draw(st.lists(st.sets(pick, min_size=2), max_size=2))]
        if count > 1
        else (),
        "must": draw(st.sets(pick, max_size=2)),
        "must_not": draw(st.sets(pick, max_size=1)),
        "discount": draw(st.sampled_from([1.0, 0.9])),
        "shared": draw(st.sets(pick, max_size=1)),
    }
    capacity = draw(
        st.lists(
            st.tuples(*[st.sampled_from([0, 1, 2, 3, 4, 5.5, 0.3])] * periods), min_size=resources, max_size=resources
        )
    )
    values = [0 if place in said["shared"] else draw(st.integers(0, 9)) for place in range(count)]
    return problem_of(capacity, values, uses, **said)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_best_of_all_plans_is_found_or_proven_not_to_be(problem: Problem) -> None:
    tried = best_by_trying(problem)
    if tried is None:
        with pytest.raises(NoPlan) as none:
            solve(problem, 10)
        assert none.value.proven
        return
    found = solve(problem, 10)
    assert not broken_rules(problem, found.starts)
    assert found.objective == pytest.approx(tried[0], abs=1e-6)
    assert found.bound >= tried[0] - 1e-6
    assert found.gap < 1e-6


@settings(max_examples=80, deadline=None)
@given(problems(items=14))
def test_no_plan_breaks_a_rule_or_falls_below_greedy(problem: Problem) -> None:
    by_hand = fill_musts_first(problem, by_density(problem))
    try:
        first = Search(problem).guided(10)
    except NoPlan:
        assert by_hand is None
        return
    assert not broken_rules(problem, first.starts)
    best = solve(problem, 10)
    assert not broken_rules(problem, best.starts)
    assert best.objective >= first.objective - 1e-9
    if by_hand is not None:
        assert not broken_rules(problem, by_hand)
        assert first.objective >= problem.objective(by_hand) - 1e-9
    assert first.bound >= best.objective - 1e-6


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 1), st.sampled_from([0.1, 1, 2.5]))
def test_more_of_something_is_never_worth_less(problem: Problem, resource: int, amount: float) -> None:
    more = problem.with_more({resource % len(problem.capacity): amount})
    try:
        before = solve(problem, 10)
    except NoPlan:
        return
    after = solve(more, 10)
    assert not broken_rules(more, before.starts)
    assert after.objective >= before.objective - 1e-6


def test_the_matrix_has_a_column_for_each_start_and_a_row_for_each_rule() -> None:
    matrix = build_matrix(multi_period())
    assert len(matrix.columns) == 4 * 4 + 4 * 3  # durations 1 and 2 in four periods
    once, capacity, dependency, group = 8, 2 * 4, 4 + 3, 1
    assert len(matrix.lower) == once + capacity + dependency + group
    assert matrix.begins[-1] == len(matrix.index)


def test_filling_checks_every_rule() -> None:
    problem = multi_period()
    placement = Placement(problem)
    assert not placement.fits(3, 1)  # waits for the first
    placement.fill([(0, 0), (2, 0)])
    assert placement.fits(3, 1)
    assert not placement.fits(3, 0)
    assert not placement.fits(5, 2)  # either this or the one that is in
    assert not placement.fits(0, 1)
    assert closure(problem, [3, 4]) == {0, 1, 3, 4}
