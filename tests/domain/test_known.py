from __future__ import annotations

import pytest

from planner.domain.known import not_known, place_of, state_not_known
from planner.domain.scoring import belief_state, standings
from tests.support.factories import answer, fsdl


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ((), ""),
        (("data_availability",), "Impact not known yet"),
        (("data_availability", "costs_of_errors"), "Impact not known yet"),
        (("inspiration",), "Feasibility not known yet"),
        (("inspiration", "data_availability"), ""),
    ],
)
def test_a_dimension_without_an_answer_is_not_known(criteria: tuple[str, ...], words: str) -> None:
    playbook = fsdl()
    known = {criterion.id for criterion in playbook.criteria}
    state = belief_state([answer(c, 4, confidence="measured") for c in criteria if c in known], playbook)
    (standing,) = standings([state], playbook)
    assert not_known(standing, playbook) == words
    assert state_not_known(state, playbook) == words
    assert (place_of(standing, playbook) is None) == (words != "" or not criteria)
