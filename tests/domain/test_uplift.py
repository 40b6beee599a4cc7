"""How much longer projects take than was estimated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.uplift import uplift, uplifts

RATIOS = st.lists(st.floats(0.1, 10), min_size=1, max_size=30)


def test_the_uplift_is_the_quantile_of_the_ratios() -> None:
    ratios = [0.8, 1.0, 1.2, 1.5, 2.0]
    assert uplift(ratios, 0.5) == pytest.approx(1.2)
    assert uplift(ratios, 0.25) == pytest.approx(1.5)
    assert uplift(ratios, 0.2) == pytest.approx(1.6)  # between two of them


def test_a_small_class_leans_on_all_and_one_of_twenty_does_not() -> None:
    everyone, small, large = uplifts({"large": [1.0, 1.2] * 10, "a": [3.0, 3.1], None: [2.0]})
    assert (everyone.archetype, small.archetype, large.archetype) == (None, "a", "large")
    assert (everyone.projects, small.projects, large.projects) == (23, 2, 20)
    assert everyone.median < small.median < small.cautious
    assert (small.shrunk, large.shrunk) == (True, False)
    assert large.median == pytest.approx(1.1)


def test_one_odd_project_moves_its_class_only_part_of_the_way() -> None:
    _, odd, _ = uplifts({"a": [3.0], "b": [0.9, 1.0, 1.1, 1.0, 0.9, 1.6]})
    assert 1.0 < odd.median < 3.0
    assert odd.cautious > odd.median  # one ratio alone would have no scatter


def test_classes_that_do_not_differ_have_the_ratios_of_all() -> None:
    everyone, first, second = uplifts({"a": [1.0, 2.0], "b": [2.0, 1.0]})
    assert first.median == pytest.approx(everyone.median)
    assert second.cautious == pytest.approx(everyone.cautious)
    assert uplifts({}) == uplifts({"a": []}) == ()


@given(st.dictionaries(st.sampled_from([None, "a", "b", "c"]), RATIOS, min_size=1))
def test_factors_are_positive_and_the_cautious_one_is_no_less(ratios: dict[str | None, list[float]]) -> None:
    found = uplifts(ratios)
    assert [one.archetype for one in found] == [None, *sorted(name for name in ratios if name)]
    for one in found:
        assert 0 < one.median <= one.cautious
