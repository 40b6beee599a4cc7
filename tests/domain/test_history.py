"""Changes as the history words them."""

from __future__ import annotations

import pytest

from planner.domain.history import FieldChange, differences, in_words
from planner.domain.projects import Link


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, None),
        ("", None),
        ((), None),
        ({}, None),
        (0, "0"),
        (0.0, "0"),
        (False, "no"),
        (True, "yes"),
        (0.5, "0.5"),
        (4.0, "4"),
        (1234567.0, "1234567"),
        (1e12, "1000000000000"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-9, "1e-09"),
        ("churn", "churn"),
        (("a", "b"), "a, b"),
        ({"gpu_hours": 400.0, "seats": 2}, "gpu_hours: 400, seats: 2"),
        ((Link(title="Board", url="https://example.org/a"), Link(url="https://example.org/b")),
         "Board, https://example.org/a, https://example.org/b"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_in_words(value: object, words: str | None) -> None:
    assert in_words(value) == words


def test_numbers_that_differ_never_look_the_same() -> None:
    (change,) = differences({"cost": 1234567.0}, {"cost": 1234568.0})
    assert change == FieldChange(field="cost", old="1234567", new="1234568")


def test_only_what_differs_is_a_change_in_the_order_of_the_new_values() -> None:
    old: dict[str, object] = {"name": "a", "owner": None, "tags": ("x",), "effort": 3.0}
    new: dict[str, object] = {"effort": 3, "tags": ("y",), "owner": "Mara", "name": "a"}
    assert differences(old, new) == (
        FieldChange(field="tags", old="x", new="y"),
        FieldChange(field="owner", old=None, new="Mara"),
    )


def test_what_was_not_there_before_has_no_old_value() -> None:
    assert differences({}, {"name": "a"}) == (FieldChange(field="name", old=None, new="a"),)
    assert differences({"a": 1}, {}) == ()
