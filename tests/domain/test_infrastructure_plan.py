"""What to build next: exact against brute force, on small and on published shapes of problems."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.domain.infrastructure_needs import Needs, Subject
from planner.domain.infrastructure_plan import SEARCHED, BuildPlan, BuildQuery, plan_building
from planner.domain.playbook_lifecycle import Component
from tests.support.factories import fsdl


def component(letter: str) -> Component:
    said = {"id": letter, "name": letter.upper(), "area": "data", "summary": "x", "stages": ("data",), "done": "x"}
    return Component.model_validate(said | {"requirement": "required", "source": "x"})


def needs_of(waits: list[str], priorities: list[float], letters: str = "abcdefg") -> Needs:
    """Projects by the letters of the components that each waits for; a priority of 0 means that it has no answer."""
    held = np.array([[letter in one for letter in letters] for one in waits], dtype=bool).reshape(-1, len(letters))
    subjects = tuple(
        Subject(n, f"P-{n}", "x", None, None, None, priority, int(priority > 0))
        for n, priority in enumerate(priorities, 1)
    )
    nothing = np.zeros_like(held)
    return Needs(tuple(map(component, letters)), subjects, held, held, held, nothing, nothing)


def chosen(plan: BuildPlan) -> str:
    return "".join(step.component for step in plan.steps)


def test_two_that_together_complete_much_beat_the_one_that_most_projects_wait_for() -> None:
    needs = needs_of(["ab", "ab", "ab", "ac", "ad", "ae", "c"], [5, 5, 5, 4, 4, 4, 2])
    plan = plan_building(needs, {}, BuildQuery(most=2))
    assert set(chosen(plan)) == {"a", "b"}
    assert (plan.completes, plan.worth, plan.waiting, plan.waiting_worth) == (3, 15.0, 7, 29.0)
    assert [step.worth for step in plan.steps] == [0.0, 15.0]
    assert plan.steps[1].projects == ("P-1", "P-2", "P-3")
    assert chosen(plan_building(needs, {}, BuildQuery(most=1))) == "c"


def test_a_budget_counts_only_what_has_a_cost_and_says_what_has_none() -> None:
    needs = needs_of(["a", "b", "c"], [3, 4, 5])
    costs = {"a": 10.0, "b": 25.0}
    plan = plan_building(needs, costs, BuildQuery(budget=30))
    assert (chosen(plan), plan.without_cost) == ("b", ("C",))
    assert plan.steps[0].spent == 25.0
    assert chosen(plan_building(needs, costs, BuildQuery(budget=35))) == "ba"
    assert chosen(plan_building(needs, costs, BuildQuery(budget=0))) == ""
    unlimited = plan_building(needs, costs, BuildQuery())
    assert (chosen(unlimited), unlimited.steps[0].cost) == ("cba", None)


def test_of_sets_worth_the_same_the_cheapest_then_the_smallest_then_the_first_is_taken() -> None:
    needs = needs_of(["a", "b", "cd"], [3, 3, 3])
    assert chosen(plan_building(needs, {"a": 2.0, "b": 1.0, "c": 9.0, "d": 9.0}, BuildQuery(most=1))) == "b"
    assert chosen(plan_building(needs, {}, BuildQuery(most=1))) == "a"
    same = {"a": 2.0, "b": 2.0, "c": 1.0, "d": 1.0}
    assert chosen(plan_building(needs, same, BuildQuery(budget=2))) == "a"


def test_what_nobody_has_scored_weighs_nothing_by_priority_and_counts_by_number() -> None:
    needs = needs_of(["a", "a", "bc"], [0, 0, 0])
    plan = plan_building(needs, {}, BuildQuery())
    assert (plan.steps, plan.worth, plan.least_components) == ((), 0.0, None)
    counted = plan_building(needs, {}, BuildQuery(by="projects", most=1))
    assert (chosen(counted), counted.worth, counted.completes_unscored) == ("a", 2.0, 2)


def test_where_the_limits_complete_nothing_it_says_how_many_would() -> None:
    plan = plan_building(needs_of(["abc", "bcd"], [4, 4]), {}, BuildQuery(most=2))
    assert (plan.steps, plan.least_components) == ((), 3)


def test_more_than_twenty_in_question_are_narrowed_and_named() -> None:
    letters = "abcdefghijklmnopqrstuvwxy"
    waits = [*letters, "ab"]
    needs = needs_of(waits, [5.0 - index / 10 for index in range(len(waits))], letters)
    plan = plan_building(needs, {}, BuildQuery(most=3))
    assert len(plan.not_searched) == len(letters) - SEARCHED
    assert plan.not_searched[-1] == "Y"
    assert set(chosen(plan)) == {"a", "b", "c"}


cases = st.lists(
    st.tuples(
        st.sets(st.sampled_from("abcdef"), min_size=0, max_size=4).map(lambda found: "".join(sorted(found))),
        st.sampled_from([0.0, 1.0, 2.5, 3.25, 5.0]),
    ),
    min_size=1,
    max_size=10,
)
prices = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9).map(float))


def worth_of(needs: Needs, letters: str) -> float:
    columns = ["abcdefg".index(letter) for letter in letters]
    rest = np.delete(needs.held_back, columns, axis=1)
    return float(needs.priorities[needs.held_back.any(axis=1) & (rest.sum(axis=1) == 0)].sum())


@settings(max_examples=150, deadline=None)
@given(cases, prices, st.integers(1, 6), st.none() | st.integers(0, 20).map(float))
def test_set_and_order_are_the_best_of_all(
    drawn: list[tuple[str, float]], costs: dict[str, float], most: int, budget: float | None
) -> None:
    needs = needs_of([waits for waits, _ in drawn], [priority for _, priority in drawn])
    plan = plan_building(needs, costs, BuildQuery(most=most, budget=budget))
    allowed = [
        "".join(letters)
        for count in range(most + 1)
        for letters in combinations("abcdef", count)
        if budget is None or (set(letters) <= set(costs) and sum(costs[letter] for letter in letters) <= budget)
    ]
    best = max(worth_of(needs, letters) for letters in allowed)
    assert chosen(plan) == "" or "".join(sorted(chosen(plan))) in allowed
    assert plan.worth == pytest.approx(worth_of(needs, chosen(plan))) == pytest.approx(best)

    def key(letters: str) -> tuple[int, float, int]:
        unpriced = sum(letter not in costs for letter in letters)
        return unpriced, sum(costs.get(letter, 0.0) for letter in letters), len(letters)

    ties = [letters for letters in allowed if worth_of(needs, letters) == pytest.approx(best)]
    assert key(chosen(plan)) == min(map(key, ties))

    def along(order: tuple[str, ...]) -> float:
        return sum(worth_of(needs, "".join(order[: count + 1])) for count in range(len(order)))

    assert sum(step.worth for step in plan.steps) == pytest.approx(max(map(along, permutations(chosen(plan)))))


@settings(max_examples=60, deadline=None)
@given(cases, st.integers(1, 6))
def test_it_is_never_worse_than_taking_the_greatest_gain_each_time(drawn: list[tuple[str, float]], most: int) -> None:
    assume(any(priority for _, priority in drawn))
    needs = needs_of([waits for waits, _ in drawn], [priority for _, priority in drawn])
    greedy = ""
    for _ in range(most):
        rest = [letter for letter in "abcdef" if letter not in greedy]
        greedy += max(rest, key=lambda letter: worth_of(needs, greedy + letter)) if rest else ""
    assert plan_building(needs, {}, BuildQuery(most=most)).worth >= worth_of(needs, greedy) - 1e-9


@settings(max_examples=60, deadline=None)
@given(cases, prices, st.integers(0, 20))
def test_more_money_or_more_components_never_complete_less(
    drawn: list[tuple[str, float]], costs: dict[str, float], budget: int
) -> None:
    needs = needs_of([waits for waits, _ in drawn], [priority for _, priority in drawn])
    worths = [plan_building(needs, costs, BuildQuery(budget=budget + more)).worth for more in (0, 3, 30)]
    assert worths == sorted(worths)
    counted = [plan_building(needs, costs, BuildQuery(most=most)).worth for most in (1, 2, 6)]
    assert counted == sorted(counted)


def test_all_seventeen_components_and_two_thousand_projects_are_searched_whole() -> None:
    components = fsdl().components
    draw = np.random.default_rng(7)
    held = draw.random((2130, len(components))) < 0.2
    subjects = tuple(Subject(n, f"P-{n}", "x", None, None, None, float(draw.uniform(1, 5)), 1) for n in range(2130))
    nothing = np.zeros_like(held)
    needs = Needs(components, subjects, held, held, held, nothing, nothing)
    plan = plan_building(needs, {}, BuildQuery(most=8))
    assert (plan.not_searched, len(plan.steps)) == ((), 8)
    swapped = np.flatnonzero(~np.isin([c.id for c in components], [step.component for step in plan.steps]))
    built = np.array([c.id in [step.component for step in plan.steps] for c in components])
    waiting = held.any(axis=1)
    priorities = needs.priorities
    for out in np.flatnonzero(built):
        for new in swapped:
            other = built.copy()
            other[[out, new]] = False, True
            assert priorities[waiting & ~held[:, ~other].any(axis=1)].sum() <= plan.worth + 1e-6
