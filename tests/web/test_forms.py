from __future__ import annotations

import pytest
from pydantic import BaseModel

from planner.domain.errors import FieldError, Invalid
from planner.web.forms import Form, ambiguity, build, messages, plain, typed_number


def test_an_empty_box_states_nothing() -> None:
    form = Form((("name", "  "), ("owner", " Ada "), ("on", "on"), ("off", "")))
    assert form.given("name") is None
    assert form.given("absent") is None
    assert form.given("owner") == "Ada"
    assert form.text("name") == ""
    assert form.flag("on")
    assert not form.flag("off")


def test_what_was_typed_is_kept_as_it_was() -> None:
    assert Form((("a", " 1 "), ("a", " 2 "))).values == {"a": " 2 "}
    assert Form((("a", "1"), ("a", "2"))).all("a") == ["1", "2"]
    assert Form((("a", " x \n\n  \n y"),)).lines("a") == ["x", "y"]


def test_rows_are_found_by_their_numbers() -> None:
    names = (
        "row.10.name",
        "row.2.name",
        "row.2.unit",
        "row.x.name",
        "row.-1.name",
        "row.9999.name",
        "row.٣.name",
        "other",
    )
    assert Form(tuple((name, "") for name in names)).indices("row") == [2, 10]


class Draft(BaseModel):
    count: int


def test_a_draft_names_every_field_that_is_wrong() -> None:
    assert build(Draft, {"count": "3"}).count == 3
    with pytest.raises(Invalid) as caught:
        build(Draft, {"count": "three"})
    assert messages(caught.value) == {"count": "A whole number is needed."}


def test_an_error_in_a_part_stands_beside_the_field_of_the_form() -> None:
    error = Invalid([FieldError(field="links.0.url", message="no"), FieldError(field="links.1.url", message="no")])
    assert messages(error, ("links",)) == {"links": "No"}
    assert messages(error) == {"links.0.url": "No", "links.1.url": "No"}


def test_messages_are_in_words_for_a_person() -> None:
    assert plain(FieldError(field="name", message="must not be empty")) == "This is needed."
    assert plain(FieldError(field="name", message="is odd")) == "Is odd"


@pytest.mark.parametrize("text", ["12,5", "1,000", "1.000", "1.234.567", "1 000", "1'000", "-1,5"])
def test_a_number_that_may_be_read_in_two_ways_is_refused(text: str) -> None:
    assert "Ambiguous: write" in ambiguity(text)
    with pytest.raises(Invalid) as caught:
        build(Draft, {"count": text}, numbers={"count": text})
    assert [item.field for item in caught.value.errors] == ["count"]


@pytest.mark.parametrize("text", ["", "12.5", "1000", "0.125", "-3", "1e3", "1.0000", "1234.567", "many"])
def test_a_number_with_one_meaning_is_not(text: str) -> None:
    assert ambiguity(text) == ""


@pytest.mark.parametrize("value", [0.0, 0.125, 1.125, 12.5, 1e6, 1e12, 1234567.25])
def test_a_stored_number_can_be_sent_back_as_it_is_shown(value: float) -> None:
    assert ambiguity(typed_number(value)) == ""
    assert float(typed_number(value)) == value
