"""How a dimension adds up its criteria, and what may not be written into a playbook about it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import planner.playbooks
from planner.domain.playbook_scoring import Dimension
from planner.playbooks.loader import load_playbook
from planner.services.standings import unknown_standing
from tests.support.factories import fsdl

FEASIBILITY = fsdl().feasibility
NAMES = [criterion.id for criterion in FEASIBILITY.criteria]


def dimension(names: list[str], aggregation: Mapping[str, Any]) -> Dimension:
    """A dimension of so many criteria."""
    criteria = [FEASIBILITY.criteria[0].model_copy(update={"id": name}) for name in names]
    said = {**FEASIBILITY.model_dump(), "criteria": [one.model_dump() for one in criteria], "aggregation": aggregation}
    return Dimension.model_validate(said)


@pytest.mark.parametrize(
    ("aggregation", "cure"),
    [
        ({"kind": "best_lens", "best": 0.6, "mean": 0.5}, "sum to 1"),
        ({"kind": "best_lens", "best": 1.2, "mean": -0.2}, "less than or equal to 1"),
        ({"kind": "weighted_mean"}, "either weights .* or order"),
        ({"kind": "weighted_mean", "weights": dict.fromkeys(NAMES, 1), "order": NAMES}, "either weights .* or order"),
        ({"kind": "weighted_mean", "weights": dict.fromkeys(NAMES, 0)}, "one must be above 0"),
        ({"kind": "weighted_mean", "weights": {**dict.fromkeys(NAMES, 1), NAMES[0]: -1}}, "none may be negative"),
        ({"kind": "weighted_mean", "order": NAMES[:2]}, "exactly the criteria"),
        ({"kind": "weighted_mean", "order": [*NAMES, "beauty"]}, "exactly the criteria"),
        ({"kind": "weighted_mean", "order": [*NAMES, NAMES[0]]}, "exactly the criteria"),
        ({"kind": "median"}, "best_lens"),
    ],
)
def test_an_aggregation_that_does_not_add_up_is_refused(aggregation: dict[str, Any], cure: str) -> None:
    with pytest.raises(ValidationError, match=cure):
        dimension(NAMES, aggregation)


@given(st.integers(1, 6), st.randoms())
def test_the_rank_order_centroid_is_the_mean_of_the_corners_that_respect_the_order(count: int, random: Any) -> None:
    names = [f"c{number}" for number in range(count)]
    order = random.sample(names, count)
    found = dict(zip(names, dimension(names, {"kind": "weighted_mean", "order": order}).weights, strict=True))
    # All weights that respect an order form a simplex; its corners share the weight among the first k of the order.
    corners = [[Fraction(1, k) if rank < k else Fraction(0) for rank in range(count)] for k in range(1, count + 1)]
    centre = [sum(column) / count for column in zip(*corners, strict=True)]
    assert [found[name] for name in order] == pytest.approx([float(weight) for weight in centre])
    assert all(found[one] > found[other] for one, other in pairwise(order))


def test_weights_that_are_given_are_scaled_to_one_in_the_order_of_the_criteria() -> None:
    weights = {NAMES[2]: 1, NAMES[0]: 3, NAMES[1]: 0}
    assert dimension(NAMES, {"kind": "weighted_mean", "weights": weights}).weights == (0.75, 0.0, 0.25)


def test_playbooks_read_twice_are_equal_and_serve_as_one_key() -> None:
    folder = Path(planner.playbooks.__file__).parent / "fsdl"
    first, second = load_playbook(folder), load_playbook(folder)
    assert first.feasibility.weights == second.feasibility.weights  # what is computed once must not break equality
    assert (first == second, hash(first) == hash(second)) == (True, True)
    assert unknown_standing(first, None) is unknown_standing(second, None)
