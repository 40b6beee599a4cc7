"""What docs/concepts.md says about the playbook is so: its example, its questions, and every field."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from planner.domain import playbook as models
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Check
from planner.domain.scoring import Answer, Interval, belief_state, standings
from planner.playbooks import Playbooks

CONCEPTS = (Path(__file__).parents[2] / "docs" / "concepts.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def fsdl() -> Playbook:
    return Playbooks.shipped().get("fsdl", 1)


def test_questions_and_names_are_those_of_the_playbook(fsdl: Playbook) -> None:
    for criterion in fsdl.criteria:
        assert f"| {criterion.name} | {criterion.question} |" in CONCEPTS
    for entry in (*fsdl.quadrants, *fsdl.confidences, *fsdl.archetypes):
        assert entry.name in CONCEPTS
    for edge in fsdl.edges:
        names = " · ".join(reason.name[0].lower() + reason.name[1:] for reason in edge.reasons)
        assert not names or f"| {edge.start} → {edge.end} | {names} |" in CONCEPTS


def test_example_has_the_standing_it_is_told_with(fsdl: Playbook) -> None:
    def answer(criterion: str, assessor: str, level: int, confidence: str) -> Answer:
        return Answer(
            criterion=criterion,
            assessor=assessor,
            level=level,
            confidence=confidence,
            playbook=fsdl.id,
            playbook_version=fsdl.version,
            recorded_at=datetime(2026, 3, 1, tzinfo=UTC),
            recorded_by=assessor,
        )

    state = belief_state(
        [
            answer("cheap_prediction", "Ana", 4, "informed"),
            answer("data_availability", "Ana", 4, "informed"),
            answer("accuracy_requirement", "Ana", 4, "informed"),
            answer("problem_difficulty", "Ana", 5, "measured"),
            answer("data_availability", "Ben", 2, "measured"),
        ],
        fsdl,
    )
    (standing,) = standings([state], fsdl)

    def told(interval: Interval) -> str:
        return f"{interval.expected:.2f} ({interval.low:.2f} to {interval.high:.2f})"

    assert list(state.beliefs[4]) == [0, 0.5, 0.125, 0.25, 0.125]
    assert f"impact {told(standing.impact)}" in CONCEPTS
    assert f"feasibility {told(standing.feasibility)}" in CONCEPTS
    assert f"priority {told(standing.priority)}" in CONCEPTS
    assert standing.quadrant == "do_first"
    assert f"a probability of {standing.quadrant_probability:.0%}".replace("%", " %") in CONCEPTS


def test_every_field_and_check_is_documented() -> None:
    for name, model in vars(models).items():
        if isinstance(model, type) and issubclass(model, Model) and model.__module__ == models.__name__:
            missing = [
                field for field in model.model_fields if f"`{field}`" not in CONCEPTS and f"`{field}: " not in CONCEPTS
            ]
            assert (name, missing) == (name, [])
    assert [check for check in get_args(Check) if f"`{check}`" not in CONCEPTS] == []
