"""The tool catalogue: what somebody means, what can be chosen, and that it knows all tools of the course."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.domain.playbook import Playbook
from tests.support.factories import fsdl

# Every system that the notes of the course name, and how the catalogue says it stands.
NAMED = {
    "TensorBoard": "active",
    "MLflow": "active",
    "Weights & Biases": "active",
    "Neptune": "closed",
    "SigOpt": "closed",
    "SLURM": "active",
    "Docker": "active",
    "Kubernetes": "active",
    "Amazon SageMaker": "active",
    "Paperspace Gradient": "absorbed",
    "Determined AI": "unmaintained",
    "Vertex AI": "active",
    "Streamlit": "active",
    "JAX": "active",
    "PyTorch": "active",
}


@pytest.mark.parametrize(("name", "status"), NAMED.items())
def test_every_system_that_the_notes_name_is_there_with_its_state(name: str, status: str) -> None:
    tool = fsdl().tool_named(f" {name.upper()} ")
    assert tool is not None
    assert tool.status == status
    assert tool.source


def test_a_tool_that_is_gone_says_what_became_of_it() -> None:
    assert [tool.id for tool in fsdl().tools if tool.status != "active" and not tool.status_note] == []


def test_every_component_has_a_tool_that_can_be_chosen_and_those_come_first() -> None:
    for component in fsdl().components:
        states = [tool.status == "active" for tool in fsdl().tools_for(component.id)]
        assert states
        assert states == sorted(states, reverse=True)
        assert states[0]


def test_one_name_of_several_and_an_unknown_one() -> None:
    assert fsdl().tool_named("marimo") == fsdl().tool_named("jupyter")
    assert fsdl().tool_named("our own script") is None
    assert fsdl().tool_named("  ") is None


def test_a_tool_for_what_is_no_component_is_refused() -> None:
    fields = {name: getattr(fsdl(), name) for name in Playbook.model_fields}
    lost = fsdl().tools[0].model_copy(update={"components": ("data.lake",)})
    with pytest.raises(ValidationError, match=r"unknown component 'data\.lake'"):
        Playbook.model_validate({**fields, "tools": (lost, lost)})
