"""A test error taken apart: what cannot be avoided, underfitting, overfitting, shift, and the validation set itself.

test error = irreducible + avoidable bias + variance [+ distribution shift] + validation overfitting.
Source: FSDL 2021, lecture 7; Ng, Machine Learning Yearning, chapters 20 to 24, 40 and 41 (there the two validation sets
are called training-dev and dev set).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.domain.baselines import Baseline, is_reference
from planner.domain.errors import FieldError, Invalid
from planner.domain.metrics import Contract, MetricName
from planner.domain.model import Line, Model, NotAFlag, Text, ZonedTime
from planner.domain.playbook import Playbook
from planner.domain.playbook_metrics import ErrorAdvice, ErrorPart, ErrorPartId

LARGEST = 1e12  # of an error, so that the differences of any two keep their digits
_EXACT = Context(prec=400)  # any two floats up to LARGEST are subtracted without loss

Scale = Literal["error", "share", "percent", "value"]
Measure = Annotated[float, Field(ge=-LARGEST, le=LARGEST), NotAFlag]
TOPS: Mapping[str, float] = {"share": 1.0, "percent": 100.0}  # what a perfect model reaches
# By whether there are two validation sets: each part with the data sets between which it lies.
STEPS: Mapping[bool, Sequence[tuple[ErrorPartId, str, str]]] = {
    False: (
        ("avoidable_bias", "human", "train"),
        ("variance", "train", "validation"),
        ("validation_overfitting", "validation", "test"),
    ),
    True: (
        ("avoidable_bias", "human", "train"),
        ("variance", "train", "train_validation"),
        ("distribution_shift", "train_validation", "test_validation"),
        ("validation_overfitting", "test_validation", "test"),
    ),
}
SETS = ("human", "train", "validation", "train_validation", "test_validation", "test")


class ErrorAnalysisDraft(Model):
    """What a model measures on each data set, to take its test error apart. What is left out is unknown."""

    metric: MetricName | None = Field(
        default=None, description="What is measured; when left out the optimised metric of the contract, else error."
    )
    scale: Scale | None = Field(
        default=None,
        description=(
            "How the values become errors. error: they are errors, lower is better. share: 1 − x. percent: 100 − x. "
            "value: by how much x is below the best baseline, in its unit. When left out it follows from the contract."
        ),
    )
    unit: Line | None = Field(default=None, description="When left out that of the contract's metric.", examples=["%"])
    run: Line = Field(default="", description="The run that was measured.")
    human: Measure | None = Field(
        default=None,
        description="What the best baseline reaches, people at best; when left out the best recorded one is taken.",
        examples=[1],
    )
    train: Measure | None = Field(default=None, description="On the training data.", examples=[20])
    validation: Measure | None = Field(
        default=None,
        description=(
            "On the validation set. Beside train_validation it is the one like the test data; beside test_validation "
            "the one like the training data; beside both it is kept and not counted."
        ),
        examples=[27],
    )
    train_validation: Measure | None = Field(
        default=None, description="On a validation set of the distribution that the training data come from."
    )
    test_validation: Measure | None = Field(
        default=None, description="On a validation set of the distribution that the test data come from."
    )
    test: Measure | None = Field(default=None, description="On the test data.", examples=[28])
    note: Text = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, name) is None for name in SETS[1:]):
            raise ValueError("give at least one of train, validation, train_validation, test_validation and test")
        return self


class ErrorAnalysis(ErrorAnalysisDraft):
    """An analysis as it was recorded; the last one counts."""

    metric: MetricName = Field(description="What is measured.")
    scale: Scale = Field(description="How the values become errors.")
    unit: Line
    recorded_at: ZonedTime
    recorded_by: str


class Reference(Model):
    """A recorded baseline that stands for what cannot be avoided."""

    name: str
    value: float


class PartOfError(Model):
    """A part of the test error."""

    id: ErrorPartId
    name: str
    short: str = Field(description="The name in a word or two.")
    value: float | None = Field(description="In the unit of the errors; null when an input is not known.")
    start: float | None = Field(description="The error that it begins at.")
    end: float | None = Field(description="The error that it leads to: the start plus the value.")
    missing: tuple[str, ...] = Field(default=(), description="The inputs that are not known.")
    help: str
    note: str = Field(default="", description="What a negative value means.")


class NextAction(Model):
    """The part to work on, and what to try, in order."""

    part: ErrorPartId = Field(description="The part to work on.")
    name: str
    actions: tuple[str, ...] = Field(description="What to try, the best first.")
    source: str
    share: float = Field(description="How much of what could be gained this part is.")


class ErrorDecomposition(Model):
    """A test error and its parts, which add up to it."""

    metric: str = Field(description="What is measured.")
    unit: str
    scale: Scale = Field(description="How the values become errors.")
    run: str = Field(description="The run that was measured; empty when not stated.")
    two_sets: bool = Field(description="Whether a shift can be told: there is a validation set of each distribution.")
    reference: str | None = Field(description="The recorded baseline that stands in for a human error left out.")
    errors: dict[str, float] = Field(description="The error on each data set that is known.")
    total: float | None = Field(description="The error on the test data; null when not known.")
    parts: tuple[PartOfError, ...] = Field(description="Irreducible first; those that are known add up to the total.")
    action: NextAction | None = Field(description="Null when nothing is left to gain, or nothing is known.")
    provisional: tuple[str, ...] = Field(description="Parts that are not known; one of them may come first.")
    advice: str = Field(description="What to do where no part calls for an action; empty where one does.")
    source: str


def resolve(draft: ErrorAnalysisDraft, contract: Contract | None) -> dict[str, object]:
    """What is measured, how it becomes an error and in which unit, where the draft leaves that to the contract.

    Invalid, by field, for a share that is none.
    """
    name = draft.metric or (contract.optimised.name if contract else "error")
    metric = next((one for one in contract.metrics if one.name == name), None) if contract else None
    unit = draft.unit if draft.unit is not None else metric.unit if metric else ""
    scale = draft.scale
    if scale is None:
        scale = "error"
        if metric is not None and metric.direction == "maximise":
            values = [value for one in SETS if (value := getattr(draft, one)) is not None]
            within = {top: all(0 <= value <= top for value in values) for top in (1, 100)}
            scale = "percent" if unit == "%" and within[100] else "share" if not unit and within[1] else "value"
    top = TOPS.get(scale)
    wrong = [one for one in SETS if top and (value := getattr(draft, one)) is not None and not 0 <= value <= top]
    if wrong:
        message = f"must be from 0 to {top:g}, since the scale is {scale}"
        raise Invalid([FieldError(field=one, message=message) for one in wrong])
    return {"metric": name, "scale": scale, "unit": unit}


def find_reference(said: ErrorAnalysis, baselines: Iterable[Baseline], playbook: Playbook) -> Reference | None:
    """The best recorded baseline of the metric that somebody reaches; None without one, or where a human error is said.

    Best is lowest where the values are errors, else highest.
    """
    if said.human is not None:
        return None
    stated = [
        Reference(name=one.name, value=value)
        for one in baselines
        if (value := one.metrics.get(said.metric)) is not None
        and abs(value) <= TOPS.get(said.scale, LARGEST)
        and is_reference(one, playbook)
    ]
    best = min if said.scale == "error" else max
    return best(stated, key=lambda one: one.value, default=None)


def decompose(
    said: ErrorAnalysis, advice: ErrorAdvice | None, reference: Reference | None = None
) -> ErrorDecomposition:
    """Takes the test error apart.

    `reference` stands in where `human` is left out. The errors make a chain, irreducible → train → validation [→
    validation of the test distribution] → test, and each part is a step of it: so the parts add up to the test error.
    Steps are exact differences of the decimals that were stated, rounded once to a float.
    """
    human = said.human if said.human is not None else reference.value if reference else None
    two_sets = said.train_validation is not None or said.test_validation is not None
    stated = {"human": human, "train": said.train, **_validations(said, two_sets=two_sets), "test": said.test}
    errors = {name: _error(value, human, said.scale) for name, value in stated.items()}
    told = {part.id: part for part in advice.parts} if advice else {}
    parts = [_part("irreducible", 0.0, errors["human"], errors["human"], ("human",), told)]
    for part, start, end in STEPS[two_sets]:
        # A difference does not depend on what the errors are measured from, so it may be known where they are not.
        a, b = (stated[start], stated[end]) if said.scale == "error" else (stated[end], stated[start])
        value = None if a is None or b is None else _minus(b, a)
        parts.append(_part(part, errors[start], errors[end], value, _missing(stated, start, end), told))
    if not two_sets:
        parts.insert(3, _part("distribution_shift", None, None, None, ("train_validation", "test_validation"), told))
    action, share = _most_urgent(parts, advice)
    entry = told.get(action.id) if action else None
    # With one validation set a shift is no part of its own: it shows as variance, or as overfitting to that set.
    unknown = tuple(
        part.short for part in parts[1:] if part.value is None and (two_sets or part.id != "distribution_shift")
    )
    return ErrorDecomposition(
        metric=said.metric,
        unit=said.unit,
        scale=said.scale,
        run=said.run,
        two_sets=two_sets,
        reference=reference.name if reference and said.human is None else None,
        errors={name: value for name, value in errors.items() if value is not None},
        total=errors["test"],
        parts=tuple(parts),
        action=NextAction(part=action.id, name=action.name, actions=entry.actions, source=entry.source, share=share)
        if action and entry
        else None,
        provisional=unknown,
        advice=advice.nothing_left if advice and action is None and not unknown else "",
        source=advice.source if advice else "",
    )


def _validations(said: ErrorAnalysis, *, two_sets: bool) -> dict[str, float | None]:
    """The validation sets of the chain; beside one of two, a validation set of no stated kind is the other one."""
    if not two_sets:
        return {"validation": said.validation}
    first, second = said.train_validation, said.test_validation
    return {
        "train_validation": said.validation if first is None else first,
        "test_validation": said.validation if second is None else second,
    }


def _error(value: float | None, human: float | None, scale: Scale) -> float | None:
    """A measured value as an error: lower is better, 0 is perfect or, in its own unit, as good as the best baseline."""
    if value is None:
        return None
    if scale == "error":
        return value
    top = TOPS.get(scale, human)
    return None if top is None else _minus(top, value)


def _minus(a: float, b: float) -> float:
    """The difference of the decimals as they are written: 0.28 − 0.27 is 0.01."""
    return float(_EXACT.subtract(Decimal(repr(a)), Decimal(repr(b)))) + 0.0  # and never −0.0


def _missing(stated: dict[str, float | None], *names: str) -> tuple[str, ...]:
    return tuple(name for name in names if stated[name] is None)


def _part(
    part: ErrorPartId,
    start: float | None,
    end: float | None,
    value: float | None,
    missing: tuple[str, ...],
    told: dict[ErrorPartId, ErrorPart],
) -> PartOfError:
    entry = told.get(part)
    return PartOfError(
        id=part,
        name=entry.name if entry else part.replace("_", " "),
        short=entry.short if entry else part.replace("_", " "),
        value=value,
        start=start,
        end=end,
        missing=missing if value is None else (),
        help=entry.help if entry else "",
        note=entry.negative if entry and value is not None and value < 0 else "",
    )


def _most_urgent(parts: list[PartOfError], advice: ErrorAdvice | None) -> tuple[PartOfError | None, float]:
    """The first part, in the order of the playbook, that is more than its material share of what could be gained."""
    if advice is None:
        return None, 0.0
    found = {part.id: part for part in parts[1:] if part.value is not None and part.value > 0}
    all_of_it = sum((Decimal(repr(part.value)) for part in found.values()), Decimal(0))
    for entry in advice.parts:
        part = found.get(entry.id)
        if part is not None:
            mine = Decimal(repr(part.value))
            if mine > Decimal(repr(advice.material)) * all_of_it:
                return part, float(mine / all_of_it)
    return None, 0.0
