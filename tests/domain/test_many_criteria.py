"""A playbook with as many criteria as one may have: expected values stay exact, and nothing fills the memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.domain.agenda_joint import joint_gain
from planner.domain.attribution import expected_priorities
from planner.domain.playbook import Playbook
from planner.domain.scoring import GRID, BeliefState, Distribution, belief_state, on_grid, standings
from tests.support.factories import answer
from tests.support.own_playbooks import shelf


def with_criteria(count: int) -> Playbook:
    """RICE with so many criteria in each dimension, all of another weight."""
    data = shelf().get("rice").model_dump(mode="json")
    for side in ("impact", "feasibility"):
        first = data[side]["criteria"][0]
        names = [f"{side}_{number}" for number in range(count)]
        data[side]["criteria"] = [{**first, "id": name} for name in names]
        data[side]["aggregation"] = {"kind": "weighted_mean", "order": names}
    return Playbook.model_validate(data)


LARGEST = with_criteria(6)


def state(levels: list[int]) -> BeliefState:
    said = [answer(c.id, level, confidence="hunch") for c, level in zip(LARGEST.criteria, levels, strict=False)]
    return belief_state(said, LARGEST)


def test_six_criteria_are_the_most() -> None:
    with pytest.raises(ValidationError, match="at most 6 items"):
        with_criteria(7)


@settings(max_examples=10)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=12))
def test_the_expected_priority_is_exact_whatever_grid_it_is_told_on(levels: list[int]) -> None:
    found = state(levels)
    (standing,) = standings([found], LARGEST, 0.37)
    exact = expected_priorities(np.array([found.beliefs]), np.array([found.applicable]), LARGEST, 0.37)[0]
    assert standing.priority.expected == pytest.approx(exact, abs=2e-6)
    assert 1 <= standing.priority.low <= standing.priority.expected <= standing.priority.high <= 5


@given(st.lists(st.tuples(st.floats(1, 5), st.floats(0.01, 1)), min_size=1, max_size=30))
def test_a_grid_keeps_the_mean_and_moves_a_quantile_by_a_step_at_most(points: list[tuple[float, float]]) -> None:
    values = np.unique([value for value, _ in points])
    weights = np.array([weight for _, weight in points][: len(values)])
    exact = Distribution(values, (weights / weights.sum())[None])
    grid = on_grid(exact)
    assert grid.probabilities.sum() == pytest.approx(1)
    assert grid.expected()[0] == pytest.approx(exact.expected()[0], abs=1e-9)
    for q in (0.05, 0.95):
        assert (
            abs(grid.quantile(q)[0] - exact.quantile(q)[0])
            <= max(np.diff(values, prepend=values[0]).max(), 0) + 1 / GRID
        )


def test_all_questions_about_a_project_are_valued_together() -> None:
    states = [state([3] * 12), state([4] * 6), state([2])]
    everything = [(project, criterion) for project in (1, 2) for criterion in range(12)]
    gain = joint_gain(states, everything, LARGEST, 1)
    assert gain >= joint_gain(states, everything[:3], LARGEST, 1) > 0
