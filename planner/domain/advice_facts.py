"""What advice hangs on: what somebody says of a project, what it tells itself, and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from planner.domain.infrastructure import Checklist
from planner.domain.metrics import Contract
from planner.domain.model import Model, NotAFlag
from planner.domain.playbook import Playbook
from planner.domain.playbook_advice import (
    AdviceConstraint,
    Bounds,
    Condition,
    ConstraintId,
    Interpretability,
    Labels,
    Licence,
    YesNo,
)
from planner.domain.projects import Project
from planner.domain.wording import measure, spaced

CONSTRAINTS: tuple[ConstraintId, ...] = get_args(ConstraintId)
Value = float | str | None


class AdviceQuery(Model):
    """What is asked for, or only tried. What is left out is taken from the project, and else stays unknown."""

    problem_type: Annotated[
        str | None, Field(max_length=60, description="Id of a problem type, to try another than the project's.")
    ] = None
    data_size: Annotated[
        int | None, Field(ge=0, le=10**15, description="Number of examples to train on."), NotAFlag
    ] = None
    labels: Annotated[Labels | None, Field(description="How many of them carry the right answer.")] = None
    latency_ms: Annotated[
        float | None, Field(gt=0, le=1e12, description="Milliseconds within which it must answer."), NotAFlag
    ] = None
    edge: Annotated[YesNo | None, Field(description="Whether it runs on a device.")] = None
    licence: Annotated[Licence | None, Field(description="Which licences of code and weights will do.")] = None
    interpretability: Annotated[
        Interpretability | None, Field(description="Whether each decision must be explained.")
    ] = None
    offline: Annotated[YesNo | None, Field(description="Whether the data must stay in house.")] = None
    imbalance: Annotated[YesNo | None, Field(description="Whether the cases that matter are rare.")] = None


class ConstraintFact(Model):
    """A constraint and what is known of it."""

    constraint: ConstraintId = Field(description="Id of the constraint.")
    name: str
    question: str
    help: str
    value: float | str | None = Field(description="Null while nobody knows.")
    words: str = Field(description="The value in words.")
    origin: Literal["given", "project", "unknown"] = Field(description="Who tells it: the query, the project, nobody.")
    told_by: str = Field(description="What of the project tells it.")


def build_facts(
    query: AdviceQuery, contract: Contract | None, checklist: Checklist, playbook: Playbook
) -> tuple[ConstraintFact, ...]:
    """Every constraint: as the query gives it, else as contract or checklist tell it, else unknown."""
    facts = []
    for name in CONSTRAINTS:
        asked = _constraint(name, playbook)
        given: Value = getattr(query, name)
        told, by = _told(asked, contract, checklist) if asked and given is None else (None, "")
        value = told if given is None else given
        facts.append(
            ConstraintFact(
                constraint=name,
                name=constraint_name(name, playbook),
                question=asked.question if asked else "",
                help=asked.help if asked else "",
                value=value,
                words=value_words(name, value, playbook),
                origin="given" if given is not None else "project" if told is not None else "unknown",
                told_by=by,
            )
        )
    return tuple(facts)


def _told(asked: AdviceConstraint, contract: Contract | None, checklist: Checklist) -> tuple[Value, str]:
    """What the project tells of a constraint, and by what: a threshold of its contract, a line of its checklist."""
    for metric in contract.thresholded if contract else ():
        if metric.name in asked.metrics and metric.enabled and metric.against == "value" and metric.unit == asked.unit:
            return metric.threshold, f"the contract thresholds {metric.name}"
    line = next((line for line in checklist.lines if line.component == asked.component), None)
    if line is not None and line.status is not None and line.status != "missing":
        return "no" if line.status == "not_needed" else "yes", f"the checklist has {line.name}: {spaced(line.status)}"
    return None, ""


def known_values(facts: tuple[ConstraintFact, ...], problem_type: str | None, project: Project) -> dict[str, Value]:
    """All that a condition may ask about, by name; None where it is unknown."""
    told: dict[str, Value] = {fact.constraint: fact.value for fact in facts}
    return {**told, "problem_type": problem_type, "archetype": project.archetype, "stage": project.stage}


def holds(condition: Condition, known: Mapping[str, Value]) -> bool | None:
    """Whether a condition holds: no as soon as one known part fails, else unknown while a part is (Kleene's logic)."""
    answers: list[bool | None] = []
    for name, wanted in condition.asked.items():
        value = known.get(name)
        if value is None:
            answers.append(None)
        elif isinstance(wanted, Bounds):
            answers.append(isinstance(value, (int, float)) and wanted.holds(value))
        else:
            answers.append(value in wanted)
    return False if False in answers else None if None in answers else True


def constraint_name(name: str, playbook: Playbook) -> str:
    """A constraint as it is called."""
    asked = _constraint(name, playbook)
    return asked.name if asked else spaced(name).capitalize()


def value_words(name: str, value: Value, playbook: Playbook) -> str:
    """A value of a constraint, or of another fact a condition may ask about, as a person reads it."""
    if value is None:
        return "not known"
    asked = _constraint(name, playbook)
    if isinstance(value, (int, float)):
        return measure(value, asked.unit if asked else "")
    finders = {"problem_type": playbook.problem_type, "archetype": playbook.archetype, "stage": playbook.stage}
    if name in finders:
        entry = finders[name](value)
        return entry.name if entry else value
    return asked.choices.get(value, spaced(value)) if asked else spaced(value)


def bounds_words(name: str, bounds: Bounds, playbook: Playbook) -> str:
    """A span in words: below 1,000; 1,000 up to 10,000; 10,000 and more."""
    low = None if not bounds.at_least else value_words(name, bounds.at_least, playbook)
    high = None if bounds.below is None else value_words(name, bounds.below, playbook)
    if low and high:
        return f"{low} up to {high}"
    return f"below {high}" if high else f"{low} and more" if low else "known"


def condition_words(condition: Condition, playbook: Playbook) -> tuple[str, ...]:
    """What a condition asks beside the problem type, part by part: labels: few."""
    parts = []
    for name, wanted in condition.asked.items():
        if name == "problem_type":
            continue
        if isinstance(wanted, Bounds):
            said = bounds_words(name, wanted, playbook)
        else:
            said = " or ".join(value_words(name, value, playbook) for value in wanted)
        called = constraint_name(name, playbook)
        parts.append(f"{called[:1].lower()}{called[1:]}: {said}")
    return tuple(parts)


def _constraint(name: str, playbook: Playbook) -> AdviceConstraint | None:
    return next((entry for entry in playbook.advice_constraints if entry.id == name), None)
