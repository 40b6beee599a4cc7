"""The comparison view, and that our own ranking passes the tests of rank reversal that the other methods fail."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.comparison_methods import METHODS
from planner.domain.comparison_scores import NORMALISATIONS, Candidate, expected_levels, normalisation_named
from planner.domain.comparisons import Comparisons, build_comparisons
from planner.domain.errors import Invalid
from planner.domain.matrix import ProjectPoint
from planner.domain.outranking import Preference, promethee
from planner.domain.scoring import belief_state, standings
from planner.domain.weighted_sum import by_scale, weighted_sum
from tests.support.reports import answer
from tests.support.reports import shipped_playbook as fsdl

Levels = Sequence[int | None]


def candidates(*projects: Levels, effort: Sequence[float | None] = (), **numbers: float) -> list[Candidate]:
    """Projects by the levels of their criteria in the playbook's order; None does not apply, no levels is unscored."""
    criteria = fsdl().criteria
    states = [
        belief_state(
            [answer(c.id, level, confidence="measured") for c, level in zip(criteria, levels, strict=False)], fsdl()
        )
        for levels in projects
    ]
    return [
        Candidate(
            ProjectPoint(id=number, key=f"P-{number}", name=f"Project {number}", archetype=None, standing=standing),
            state,
            effort[number - 1] if effort else None,
            numbers,
        )
        for number, (state, standing) in enumerate(zip(states, standings(states, fsdl()), strict=True), 1)
    ]


def compared(*projects: Levels, **more: object) -> Comparisons:
    return build_comparisons(candidates(*projects, **more), fsdl(), 0.5, 2)  # type: ignore[arg-type]


FLAT, SHARP, LOW, BEST = (3,) * 7, (5, 1, 1, 1, 3, 3, 3), (2,) * 7, (5,) * 7


def test_every_method_that_can_ranks_the_scored_projects_and_the_others_are_counted() -> None:
    found = compared(FLAT, SHARP, (), LOW)
    assert (found.unscored, [p.key for p in found.projects]) == (1, ["P-2", "P-1", "P-4"])
    assert [m.id for m in found.methods] == ["weighted_sum", "topsis", "vikor", "promethee", "pareto"]
    for project in found.projects:
        assert set(project.places) == {m.id for m in found.methods}
    assert Comparisons.model_validate(json.loads(found.model_dump_json())) == found


def test_a_project_of_one_outstanding_lens_is_where_the_methods_part() -> None:
    found = compared(FLAT, SHARP, LOW)
    [plain] = [m for m in found.methods if m.id == "weighted_sum"]
    assert (plain.spearman, plain.top, plain.same_top) == (0.5, 2, 2)
    assert {(gap.key, gap.rank_by_priority, gap.rank, gap.gap) for gap in plain.gaps} == {
        ("P-2", 1, 2, 1),
        ("P-1", 2, 1, -1),
    }


def test_a_project_that_is_best_at_everything_is_first_by_every_method() -> None:
    for normalisation in NORMALISATIONS:
        found = build_comparisons(candidates(FLAT, BEST, SHARP, LOW), fsdl(), 0.5, 2, normalisation)
        assert {place.rank for place in found.projects[0].places.values()} == {1}
        assert found.front is not None
        assert found.front.keys == ("P-2",)
        assert found.front.covered == 1
        assert found.compromise is not None
        assert found.compromise.keys == ("P-2",)


def test_orders_that_a_tie_leaves_open_are_no_gap() -> None:
    found = compared((5, 5, 5, 5, 1, 1, 1), (1, 1, 1, 1, 5, 5, 5), (4, 4, 4, 4, 2, 2, 2))
    [layers] = [m for m in found.methods if m.id == "pareto"]
    assert {p.places["pareto"].rank for p in found.projects} == {1}
    assert (layers.gaps, layers.spearman, layers.ws, layers.kendall) == ((), None, None, None)


def test_who_stands_in_the_way_is_named_with_its_chance() -> None:
    high, behind, ends = (4,) * 7, (4, 4, 4, 4, 4, 3, 3), ((5, 5, 5, 5, 1, 1, 1), (1, 1, 1, 1, 5, 5, 5))
    [layers] = [m for m in compared(high, behind, *ends).methods if m.id == "pareto"]
    [gap] = [gap for gap in layers.gaps if gap.dominated_by]
    assert (gap.key, gap.rank_by_priority, gap.rank) == ("P-2", 2, 4)
    assert gap.dominated_by is not None
    assert (gap.dominated_by.key, gap.dominated_by.chance) == ("P-1", 1)


def test_unknown_effort_stays_unknown() -> None:
    found = compared(FLAT, LOW, SHARP, effort=(10, None, 0))
    [per_effort] = [m for m in found.methods if m.id == "impact_per_effort"]
    assert (per_effort.compared, per_effort.left_out, per_effort.spearman) == (1, 2, None)
    places = {p.key: p.places.get("impact_per_effort") for p in found.projects}
    assert places["P-2"] is None
    assert places["P-3"] is None
    assert places["P-1"] is not None
    assert places["P-1"].score == pytest.approx((3 - 1) / 4 / 10)  # impact 3, ten person-weeks


def test_numbers_that_projects_state_become_columns() -> None:
    found = compared(FLAT, LOW, reach=10.0, impact=2.0, confidence=0.5, ease=3.0, cost_of_delay=4.0, duration=2.0)
    scores = {method: place.score for method, place in found.projects[0].places.items()}
    assert (scores["ice"], scores["cd3"]) == (3, 2)
    assert "rice" not in scores  # nobody states an effort
    assert "wsjf" not in scores


def test_what_does_not_apply_leaves_a_weighted_sum_as_without_it() -> None:
    [without] = expected_levels(candidates((5, 4, None, 3, 2, None, 4)), fsdl())
    weights = np.array(fsdl().feasibility.weights)
    assert without[2] == 4
    assert without[5] == pytest.approx((weights[0] * without[4] + weights[2] * without[6]) / (weights[0] + weights[2]))


def test_every_method_says_what_it_does_and_why_it_does_not_decide() -> None:
    for method in METHODS:
        for text in (method.does, method.not_default):
            assert text.endswith(".")
            assert len(text) > 30
        assert method.source
    assert len({method.id for method in METHODS}) == len(METHODS)


def test_nothing_and_one_project_can_be_compared() -> None:
    empty = compared((), ())
    assert (empty.unscored, empty.methods, empty.projects, empty.front) == (2, (), (), None)
    assert {m.spearman for m in compared(FLAT).methods} == {None}


def test_an_unknown_normalisation_is_refused_by_name() -> None:
    assert [normalisation_named(name) for name in NORMALISATIONS] == list(NORMALISATIONS)
    with pytest.raises(Invalid) as refused:
        normalisation_named("log")
    assert [(e.field, e.message) for e in refused.value.errors] == [
        ("normalisation", "one of: vector, range, sum, scale")
    ]


# The three tests of rank reversal of Wang & Triantaphyllou 2008, Omega 36:45–63, for the ranking by priority.

scored_levels = st.lists(st.integers(1, 5), min_size=7, max_size=7).map(tuple)
portfolios = st.lists(scored_levels, min_size=2, max_size=4)


def priorities(projects: Sequence[Levels]) -> list[float]:
    return [c.point.standing.priority.expected for c in candidates(*projects)]


@settings(max_examples=40)
@given(portfolios, st.data())
def test_first_test_a_worse_project_in_place_of_another_changes_no_order(
    projects: list[tuple[int, ...]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(projects) - 1))
    worse = tuple(data.draw(st.integers(1, level)) for level in projects[at])
    before, after = priorities(projects), priorities([*projects[:at], worse, *projects[at + 1 :]])
    assert after[at] <= before[at]
    assert [p for n, p in enumerate(after) if n != at] == [p for n, p in enumerate(before) if n != at]


@settings(max_examples=40)
@given(portfolios, scored_levels, st.data())
def test_adding_removing_or_cloning_a_project_changes_no_order(
    projects: list[tuple[int, ...]], another: tuple[int, ...], data: st.DataObject
) -> None:
    before, at = priorities(projects), data.draw(st.integers(0, len(projects) - 1))
    assert priorities([*projects, another])[:-1] == before
    assert priorities([*projects, projects[at]]) == [*before, before[at]]
    assert priorities([*projects[:at], *projects[at + 1 :]]) == [*before[:at], *before[at + 1 :]]


@settings(max_examples=30)
@given(portfolios)
def test_second_and_third_test_pairs_are_transitive_and_compose_the_whole_order(
    projects: list[tuple[int, ...]],
) -> None:
    whole = priorities(projects)
    for one in range(len(projects)):
        for other in range(len(projects)):
            pair = priorities([projects[one], projects[other]])
            assert (pair[0] > pair[1]) == (whole[one] > whole[other])


@given(portfolios, scored_levels)
def test_a_weighted_sum_on_the_fixed_scale_passes_them_too(
    projects: list[tuple[int, ...]], another: tuple[int, ...]
) -> None:
    weights, maximise = np.full(7, 1 / 7), [True] * 7

    def scores(rows: Sequence[tuple[int, ...]]) -> list[float]:
        scaled = by_scale(np.array(rows, dtype=float), maximise, 1, 5)
        return [float(score) for score in weighted_sum(scaled, weights).round(12)]

    assert scores([*projects, another])[:-1] == scores(projects)


def test_ten_thousand_projects_meet_each_other_at_once() -> None:
    levels = np.random.default_rng(1).integers(4, 21, (10_000, 7)) / 4
    started = time.perf_counter()
    flows = promethee(levels, [1 / 7] * 7, [True] * 7, [Preference(0.5, 2)] * 7)
    assert time.perf_counter() - started < 2  # 0.04 s alone; comparing all pairs takes half a minute and 8 GB
    assert flows.net.sum() == pytest.approx(0, abs=1e-6)
