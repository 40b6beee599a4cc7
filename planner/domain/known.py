"""What is not known yet of a project that has answers: a dimension about which they say nothing.

Its value is then that of the priors, and which side of a cut-off that falls on says nothing about the project. So
where a dimension is not known, the quadrant of the standing is not shown as a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Quadrant
from planner.domain.scoring import BeliefState, Interval, Standing, belief_state, standings
from planner.domain.wording import listed


@lru_cache(maxsize=16)
def _priors(playbook: Playbook) -> tuple[Interval, Interval]:
    standing = standings([belief_state((), playbook)], playbook)[0]
    return standing.impact, standing.feasibility


def not_known(standing: Standing, playbook: Playbook) -> str:
    """The dimension whose value is still that of the priors, in words; empty when both are known or nothing is.

    A dimension without an answer has exactly the interval of the priors, and the answers there are must fit into the
    other one.
    """
    if not standing.answered:
        return ""
    pairs = zip(playbook.dimensions, (standing.impact, standing.feasibility), _priors(playbook), strict=True)
    open_ones = [
        dimension.name.lower()
        for dimension, interval, prior in pairs
        if interval == prior and standing.answered <= len(playbook.criteria) - len(dimension.criteria)
    ]
    return _words(open_ones)


def state_not_known(state: BeliefState, playbook: Playbook) -> str:
    """The same from the beliefs, by any weights."""
    if not state.answered:
        return ""
    start, open_ones = 0, []
    for dimension in playbook.dimensions:
        end = start + len(dimension.criteria)
        beliefs = tuple(criterion.prior for criterion in dimension.criteria)
        if state.beliefs[start:end] == beliefs and all(state.applicable[start:end]):
            open_ones.append(dimension.name.lower())
        start = end
    return _words(open_ones)


def _words(dimensions: Sequence[str]) -> str:
    return f"{listed(dimensions)} not known yet".capitalize() if dimensions else ""


def place_of(standing: Standing, playbook: Playbook) -> Quadrant | None:
    """The quadrant to show: none as long as a dimension is not known."""
    return None if not_known(standing, playbook) else playbook.quadrant(standing.quadrant)
