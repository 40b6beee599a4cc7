"""A test error in parts: the worked cases of the sources, and what holds of every analysis."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.domain.baselines import Baseline
from planner.domain.error_analysis import (
    LARGEST,
    SETS,
    ErrorAnalysis,
    ErrorAnalysisDraft,
    ErrorDecomposition,
    decompose,
    find_reference,
    resolve,
)
from planner.domain.errors import Invalid
from planner.domain.metrics import Contract
from tests.support.factories import NOW, contract, fsdl


def analysis(agreed: Contract | None = None, **said: Any) -> ErrorAnalysis:
    draft = ErrorAnalysisDraft.model_validate(said)
    return ErrorAnalysis(**{**dict(draft), **resolve(draft, agreed)}, recorded_at=NOW, recorded_by="Mara")


def apart(**said: Any) -> ErrorDecomposition:
    return decompose(analysis(**said), fsdl().error_advice)


def values(found: ErrorDecomposition) -> dict[str, float | None]:
    return {part.id: part.value for part in found.parts}


def next_part(found: ErrorDecomposition) -> str | None:
    return found.action.part if found.action else None


def test_the_pedestrians_of_the_lecture() -> None:
    # FSDL 2021, lecture 7: goal 1 %, training 20 %, validation 27 %, test 28 %.
    found = apart(human=1, train=20, validation=27, test=28, unit="%")
    assert values(found) == {
        "irreducible": 1,
        "avoidable_bias": 19,
        "variance": 7,
        "distribution_shift": None,
        "validation_overfitting": 1,
    }
    assert (found.total, found.two_sets, found.provisional) == (28, False, ())
    assert found.action is not None
    assert found.action.part == "avoidable_bias"
    assert [action.split()[0] for action in found.action.actions] == [
        "Make",
        "Regularise",
        "Look",
        "Take",
        "Tune",
        "Add",
    ]
    assert "FSDL 2021, lecture 7" in found.action.source


@pytest.mark.parametrize(
    ("errors", "part"),
    [
        ((1, 20, 27, 28), "avoidable_bias"),  # a bigger model
        ((1, 10, 19, 20), "avoidable_bias"),  # another architecture
        ((1, 3, 10, 10), "avoidable_bias"),  # another learning rate
        ((1, 0.8, 4, 4), "variance"),  # more data
        ((1, 1.5, 5, 6), "variance"),  # weight decay
    ],
)
def test_the_steps_of_the_lecture(errors: tuple[float, ...], part: str) -> None:
    # FSDL 2021, lecture 7: the same case, improved step by step.
    human, train, validation, test = errors
    assert next_part(apart(human=human, train=train, validation=validation, test=test)) == part


@pytest.mark.parametrize(
    ("errors", "expected", "part"),
    [
        ((1, 5, 5), (1, 4, 0), "variance"),
        ((10, 11, 12), (10, 1, 1), "avoidable_bias"),
        ((10, 11, 20), (10, 1, 9), "avoidable_bias"),
        ((1, 1.5, 10), (1, 0.5, 8.5), "distribution_shift"),
    ],
)
def test_the_cats_of_ng(errors: tuple[float, ...], expected: tuple[float, ...], part: str) -> None:
    # Machine Learning Yearning, chapter 41: people make no error; training, training-dev and dev set.
    train, training_dev, dev = errors
    found = apart(human=0, train=train, train_validation=training_dev, validation=dev)
    assert found.two_sets
    told = values(found)
    assert tuple(told[name] for name in ("avoidable_bias", "variance", "distribution_shift")) == expected
    assert told["validation_overfitting"] is None
    assert next_part(found) == part
    assert found.provisional == ("Validation overfitting",)


def test_the_parts_add_up_with_both_validation_sets_whatever_the_third_says() -> None:
    found = apart(human=1, train=2, validation=9, train_validation=4, test_validation=7, test=7.5)
    assert list(values(found).values()) == [1, 1, 2, 3, 0.5]
    assert found.total == 7.5
    assert "validation" not in found.errors


def test_beside_the_validation_set_like_the_test_data_the_other_is_like_the_training_data() -> None:
    found = apart(human=1, train=2, validation=3, test_validation=6, test=7)
    assert list(values(found).values()) == [1, 1, 1, 3, 1]


def test_a_negative_part_says_what_it_may_mean() -> None:
    found = apart(human=5, train=3, validation=2, test=1)
    by_id = {part.id: part for part in found.parts}
    assert "by heart" in by_id["avoidable_bias"].note
    assert "noise" in by_id["variance"].note
    assert "leak" in by_id["variance"].note
    assert "leak" in by_id["validation_overfitting"].note
    assert found.action is None
    assert found.advice.startswith("Nothing is left to gain")


def test_higher_is_better_is_turned_into_errors() -> None:
    share = apart(scale="share", human=0.99, train=0.8, validation=0.73, test=0.72)
    assert list(values(share).values()) == [0.01, 0.19, 0.07, None, 0.01]
    percent = apart(scale="percent", human=99, train=80, validation=73, test=72)
    assert list(values(percent).values()) == [1, 19, 7, None, 1]
    rows = apart(scale="value", human=40, train=35, validation=31, test=30)
    assert list(values(rows).values()) == [0, 5, 4, None, 1]
    assert (rows.errors["test"], rows.total) == (10, 10)


def test_without_a_baseline_differences_of_other_values_are_still_known() -> None:
    found = apart(scale="value", train=35, validation=31, test=30)
    assert values(found)["variance"] == 4
    assert (values(found)["irreducible"], values(found)["avoidable_bias"], found.total) == (None, None, None)
    assert "Avoidable bias" in found.provisional


def test_what_is_left_out_follows_from_the_contract() -> None:
    errors = analysis(contract("minimise mae"), train=2, test=3)
    assert (errors.metric, errors.scale) == ("mae", "error")
    assert analysis(contract("maximise recall"), train=0.9).scale == "share"
    assert analysis(contract("maximise recall"), train=90, unit="%").scale == "percent"
    assert analysis(contract("maximise reward"), train=90).scale == "value"
    assert (analysis(train=2).metric, analysis(train=2).scale) == ("error", "error")


def baseline(kind: str, **said: Any) -> Baseline:
    plain = {"name": kind, "metrics": {"recall": 0.9}, "recorded_at": NOW, "recorded_by": "Mara"}
    return Baseline.model_validate({"kind": kind, **plain, **said})


def test_the_best_baseline_that_is_reached_and_fair_stands_in_for_people() -> None:
    said = analysis(contract("maximise recall"), train=0.95, test=0.8)
    known = [
        baseline("requirement", metrics={"recall": 0.99}),
        baseline("published", metrics={"recall": 0.97}, fair="no"),
        baseline("domain_experts"),
        baseline("scripted", metrics={"recall": 0.4}),
    ]
    reference = find_reference(said, known, fsdl())
    assert reference is not None
    assert (reference.name, reference.value) == ("domain_experts", 0.9)
    found = decompose(said, fsdl().error_advice, reference)
    assert (found.reference, found.errors["human"]) == ("domain_experts", 0.1)
    assert find_reference(analysis(human=1, train=2), known, fsdl()) is None
    assert find_reference(said, known[:2], fsdl()) is None


@pytest.mark.parametrize("said", [{}, {"human": 1}, {"train": 1e13}, {"train": True}, {"test": "nan"}])
def test_what_says_nothing_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        analysis(**said)


def test_a_share_outside_its_range_is_refused_by_field() -> None:
    with pytest.raises(Invalid) as caught:
        analysis(scale="share", train=0.9, test=88)
    assert [error.field for error in caught.value.errors] == ["test"]


def test_a_playbook_without_advice_still_takes_apart() -> None:
    found = decompose(analysis(human=1, train=20, validation=27, test=28), None)
    assert list(values(found).values()) == [1, 19, 7, None, 1]
    assert (found.action, found.advice) == (None, "")


ERRORS = st.decimals(-1000, 1000, places=3).map(float) | st.none()
SAID = st.fixed_dictionaries(dict.fromkeys(SETS, ERRORS)).filter(
    lambda said: any(said[name] is not None for name in SETS[1:])
)


@given(SAID)
def test_parts_add_up_and_unknown_stays_unknown(said: dict[str, float | None]) -> None:
    found = apart(**said)
    counted = [part for part in found.parts if found.two_sets or part.id != "distribution_shift"]
    if all(part.value is not None for part in counted):
        assert sum(Decimal(repr(part.value)) for part in counted) == Decimal(repr(said["test"]))
    for part in counted:
        assert (part.value is None) == bool(part.missing)
        if part.value is not None and part.start is not None and part.end is not None:
            assert Decimal(repr(part.start)) + Decimal(repr(part.value)) == Decimal(repr(part.end))
        assert bool(part.note) == (part.id != "irreducible" and part.value is not None and part.value < 0)
    if said["human"] is None:
        assert values(found)["irreducible"] is values(found)["avoidable_bias"] is None
    if said["test"] is None:
        assert found.total is None
    gains = [part.value for part in found.parts[1:] if part.value is not None and part.value > 0]
    assert (found.action is not None) == bool(gains)
    assert apart(**said) == found


@given(st.lists(st.floats(-LARGEST, LARGEST), min_size=4, max_size=4))
def test_any_numbers_add_up_to_a_rounding(numbers: list[float]) -> None:
    human, train, validation, test = numbers
    found = apart(human=human, train=train, validation=validation, test=test)
    total = sum(Decimal(part.value) for part in found.parts if part.value is not None)
    assert abs(total - Decimal(test)) <= Decimal(2**-51) * max(abs(Decimal(number)) for number in numbers)


@given(SAID, st.sampled_from(["human", "train", "test"]))
def test_knowing_more_changes_no_other_part(said: dict[str, float | None], name: str) -> None:
    more = values(apart(**{**said, name: 5.0 if said[name] is None else said[name]}))
    for part, value in values(apart(**said)).items():
        assert value is None or more[part] == value
