"""The ranking as a whole, and two projects compared."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.comparison import Comparison, Side, compare
from planner.domain.matrix import ProjectPoint
from planner.domain.ranking import CERTAINTY, Ranking, RankingQuery, build_ranking, with_weights_gathered
from planner.domain.scoring import Answer, BeliefState, belief_state, standings
from tests.domain.test_scoring_properties import answer_sets
from tests.support.factories import answer, fsdl

PLAYBOOK = fsdl()
CRITERIA = [criterion.id for criterion in PLAYBOOK.criteria]
FEW = RankingQuery(samples=200)


def measured(level: int) -> list[Answer]:
    return [answer(name, level, confidence="measured") for name in CRITERIA]


def ranked(sets: list[list[Answer]], k: int = 1, query: RankingQuery = FEW) -> Ranking:
    states = [belief_state(given, PLAYBOOK) for given in sets]
    points = [
        ProjectPoint(id=n, key=f"P-{n}", name=f"Project {n}", archetype=None, standing=standing)
        for n, standing in enumerate(standings(states, PLAYBOOK), 1)
    ]
    return build_ranking(points, states, PLAYBOOK, 0.5, k, query)


def compared(one: list[Answer], other: list[Answer], share: float = 0.5) -> Comparison:
    states: tuple[BeliefState, BeliefState] = (belief_state(one, PLAYBOOK), belief_state(other, PLAYBOOK))
    sides = [
        Side(
            key=f"P-{n}",
            name=f"Project {n}",
            answered=standing.answered,
            impact=standing.impact,
            feasibility=standing.feasibility,
            priority=standing.priority,
        )
        for n, standing in enumerate(standings(states, PLAYBOOK, share), 1)
    ]
    return compare((sides[0], sides[1]), states, PLAYBOOK, share)


def test_what_is_measured_is_in_a_sure_order_with_ties_marked() -> None:
    found = ranked([measured(2), measured(5), measured(4), measured(4)], 2)
    assert [(p.key, p.place, p.tie, p.band) for p in found.items] == [
        ("P-2", 1, False, 1),
        ("P-3", 2, True, 2),
        ("P-4", 2, True, 2),
        ("P-1", 4, False, 3),
    ]
    assert [p.p_top for p in found.items] == [1, 0.5, 0.5, 0]
    assert [(p.rank_low, p.rank_high) for p in found.items] == [(1, 1), (2, 2), (2, 2), (4, 4)]
    assert (found.top, found.bands, found.total, found.answered) == (2, 3, 4, 4)


def test_without_an_answer_all_are_one_band_of_ties() -> None:
    found = ranked([[] for _ in range(12)], 3)
    assert {(p.place, p.tie, p.band) for p in found.items} == {(1, True, 1)}
    assert found.answered == 0
    assert sum(p.p_top for p in found.items) == pytest.approx(3)


@given(st.lists(answer_sets(), min_size=1, max_size=10), st.integers(0, 50))
@settings(max_examples=10, deadline=None)
def test_laws_of_a_ranking(sets: list[list[Answer]], seed: int) -> None:
    query = RankingQuery(samples=100, seed=seed)
    found = ranked(sets, 1, query)
    assert found == ranked(sets, 1, query)
    expected = [p.priority.expected for p in found.items]
    assert expected == sorted(expected, reverse=True)
    assert [p.band for p in found.items] == sorted(p.band for p in found.items)
    for p in found.items:
        assert sum(entry.probability for entry in p.quadrants) == pytest.approx(1, abs=1e-5)
    by_key = {f"P-{n}": given for n, given in enumerate(sets, 1)}
    leaders = {p.band: p for p in reversed(found.items)}
    for band, leader in leaders.items():
        if band + 1 in leaders:
            assert compared(by_key[leader.key], by_key[leaders[band + 1].key]).p_before >= CERTAINTY - 1e-9


@given(answer_sets(), answer_sets(), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
@settings(max_examples=25, deadline=None)
def test_the_parts_of_the_criteria_sum_to_the_difference(one: list[Answer], other: list[Answer], share: float) -> None:
    found = compared(one, other, share)
    assert sum(part.share for part in found.shares) == pytest.approx(found.difference, abs=2e-6)
    turned = compared(other, one, share)
    assert turned.p_before == pytest.approx(1 - found.p_before, abs=1e-9)
    for part, back in zip(found.shares, turned.shares, strict=True):
        assert part.share == pytest.approx(-back.share, abs=1e-8)


def test_a_criterion_that_is_alike_in_both_speaks_for_neither() -> None:
    found = compared([answer("data_availability", 5)], [answer("data_availability", 2)])
    assert {part.criterion for part in found.shares if part.share} == {"data_availability"}
    assert found.p_before > 0.5
    alike = compared([], [])
    assert (alike.p_before, alike.difference) == (0.5, 0)


def test_weights_of_an_address_are_put_together() -> None:
    assert with_weights_gathered({"top": "3", "weight.a": "1", "weight.b": "2"}) == {
        "top": "3",
        "weights": {"a": "1", "b": "2"},
    }
    assert with_weights_gathered({"top": "3"}) == {"top": "3"}
