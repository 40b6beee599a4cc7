from __future__ import annotations

import pytest
from pydantic import BaseModel

from planner.domain.errors import FieldError, Invalid
from planner.web.forms import Form, build, messages, plain


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
    assert plain(FieldError(field="name", message="String should have at least 1 character")) == "This is needed."
    assert plain(FieldError(field="name", message="is odd")) == "Is odd"
