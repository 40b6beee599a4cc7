"""What may be said of a project or a portfolio, and what filters may ask."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.domain.errors import Invalid
from planner.domain.portfolios import PortfolioDraft, PortfolioPatch, key_prefix_from
from planner.domain.projects import SORTS, Filters, ProjectDraft, ProjectPatch, unknown_words
from tests.support.factories import fsdl


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ({}, "name"),
        ({"name": ""}, "at least 1 character"),
        ({"name": "  "}, "at least 1 character"),
        ({"name": "a\nb"}, "pattern"),
        ({"name": "a\x00b"}, "pattern"),
        ({"name": "x" * 501}, "at most 500 characters"),
        ({"name": 7}, "valid string"),
        ({"name": "\ud800"}, "unicode"),
        ({"name": "x", "status": "done"}, "candidate"),
        ({"name": "x", "effort": -1}, "greater than or equal to 0"),
        ({"name": "x", "effort": float("nan")}, "finite"),
        ({"name": "x", "cost": 1e13}, "less than or equal to"),
        ({"name": "x", "tags": ["a,b"]}, "pattern"),
        ({"name": "x", "tags": [" "]}, "pattern"),
        ({"name": "x", "tags": ["t" * 61]}, "at most 60"),
        ({"name": "x", "tags": [f"t{n}" for n in range(51)]}, "at most 50"),
        ({"name": "x", "needs": {"gpu": float("inf")}}, "finite"),
        ({"name": "x", "needs": {"": 1}}, "pattern"),
        ({"name": "x", "needs": {"gpu": -1}}, "greater than or equal to 0"),
        ({"name": "x", "effort": True}, "not true or false"),
        ({"name": "x", "links": [{"url": "javascript:alert(1)"}]}, "http"),
        ({"name": "x", "links": [{"url": "http://a b"}]}, "pattern"),
        ({"name": "x", "links": [{"url": "http://["}]}, "IPv6"),
        ({"name": "x", "links": [{"title": "only"}]}, "Field required"),
        ({"name": "x", "attributes": {"a": 2**63}}, "64 bits"),
        ({"name": "x", "attributes": {"a": "b\x00"}}, "without NUL"),
        ({"name": "x", "attributes": {"a": ["b"]}}, "a text, a number, or true or false"),
        ({"name": "x", "key": "LAB-1"}, "Extra inputs"),
        ({"name": "x", "priority": 5}, "Extra inputs"),
    ],
)
def test_a_project_that_cannot_be_kept_is_refused(said: dict[str, object], cure: str) -> None:
    with pytest.raises(ValidationError, match=cure):
        ProjectDraft.model_validate(said)


def test_what_is_not_stated_stays_so_and_blank_is_not_stated() -> None:
    bare = ProjectDraft(name="x")
    assert bare.model_dump(exclude_defaults=True) == {"name": "x"}
    assert ProjectDraft(name=" x ", owner="  ", summary="", organisation="", unit="", risks="\n") == bare


def test_a_tag_is_kept_once_in_the_order_given() -> None:
    assert ProjectDraft(name="x", tags=("b", " a ", "b", "a")).tags == ("b", "a")


@pytest.mark.parametrize("value", ["7", 7, 7.5, True, False, "", -(2**63), 2**63 - 1], ids=repr)
def test_an_attribute_keeps_its_value_and_its_kind(value: object) -> None:
    kept = ProjectDraft.model_validate({"name": "x", "attributes": {"a": value}}).attributes["a"]
    assert kept == value
    assert type(kept) is type(value)


def test_a_change_names_a_field_and_null_empties_it() -> None:
    with pytest.raises(ValidationError, match="at least one field"):
        ProjectPatch()
    for said in ({"name": ""}, {"name": None}, {"tags": None}, {"stage": "data"}, {"version": 2}):
        with pytest.raises(ValidationError):
            ProjectPatch.model_validate(said)
    assert ProjectPatch(owner=None).model_fields_set == {"owner"}


def test_words_that_the_playbook_does_not_have_are_all_named() -> None:
    draft = ProjectDraft(name="x", archetype="robot", problem_type="magic")
    problems = unknown_words(draft, "production", fsdl())
    assert [field for field, _ in problems] == ["archetype", "problem_type", "stage"]
    assert "software_2_0, human_in_the_loop, autonomous" in problems[0][1]
    assert unknown_words(ProjectDraft(name="x", archetype="autonomous"), "data", fsdl()) == []


@pytest.mark.parametrize(
    ("sort", "fields"),
    [
        ("-priority", (("priority", True), ("key", False))),
        ("name,-updated_at", (("name", False), ("updated_at", True), ("key", False))),
        ("-key", (("key", True),)),
        ("key,name", (("key", False), ("name", False))),
        ("name,-name,status", (("name", False), ("status", False), ("key", False))),
        (" -impact , feasibility ", (("impact", True), ("feasibility", False), ("key", False))),
    ],
)
def test_a_sort_is_total_and_the_first_mention_wins(sort: str, fields: tuple[tuple[str, bool], ...]) -> None:
    assert Filters(sort=sort).sort_fields == fields


@pytest.mark.parametrize("sort", ["", "price", "name,", "-", "name;drop table project", "name desc"])
def test_an_unknown_sort_is_refused_with_those_there_are(sort: str) -> None:
    with pytest.raises(ValidationError, match=SORTS[0]):
        Filters(sort=sort)


@pytest.mark.parametrize(
    "said", [{"answered": -1}, {"q": "a\x00"}, {"stage": "a\nb"}, {"colour": "red"}, {"q": "x" * 301}]
)
def test_filters_take_plain_words_only(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Filters.model_validate(said)


def test_only_filters_that_are_set_stand_in_an_address() -> None:
    assert Filters().active == {}
    assert Filters(stage="data", answered=0, sort="name").active == {"stage": "data", "answered": "0", "sort": "name"}


# ── portfolios ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("slug", "prefix"),
    [
        ("fed", "FED"),
        ("federal", "FEDE"),
        ("us-fed-ai", "UFA"),
        ("2024-inventory", "INVE"),
        ("a.b_c-d-e-f-g", "ABCDE"),
        ("2024", "P"),
        ("x", "X"),
        ("1st-plan", "STPL"),
    ],
)
def test_a_key_prefix_from_a_slug(slug: str, prefix: str) -> None:
    assert key_prefix_from(slug) == prefix


@given(st.from_regex(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*", fullmatch=True).filter(lambda slug: len(slug) <= 80))
def test_every_slug_gives_a_usable_prefix(slug: str) -> None:
    prefix = key_prefix_from(slug)
    assert re.fullmatch(r"[A-Z][A-Z0-9]{0,9}", prefix)
    PortfolioDraft(slug=slug, name="x", key_prefix=prefix)


@pytest.mark.parametrize(
    "said",
    [
        {"slug": "Fed"},
        {"slug": "a b"},
        {"slug": "-a"},
        {"slug": "a--b"},
        {"slug": ""},
        {"slug": "a/b"},
        {"slug": "é"},
        {"slug": "a" * 81},
        {"key_prefix": "12"},
        {"key_prefix": "lab"},
        {"priority_impact_share": 1.01},
        {"priority_impact_share": float("nan")},
        {"capacity": 0},
        {"name": ""},
        {"revision": 3},
    ],
)
def test_a_portfolio_that_cannot_be_kept_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PortfolioDraft.model_validate({"slug": "lab", "name": "Lab", **said})


def test_a_portfolio_cannot_lose_its_name_or_change_its_slug() -> None:
    for said in ({"name": ""}, {"name": None}, {"slug": "other"}, {"capacity": 0}):
        with pytest.raises(ValidationError):
            PortfolioPatch.model_validate(said)


def test_an_error_never_echoes_the_input_that_failed() -> None:
    secret = "hunter2" * 30
    with pytest.raises(ValidationError) as failed:
        ProjectDraft.model_validate({"name": secret + "\x00", "links": [{"url": "ftp://" + secret}]})
    refused = Invalid.from_pydantic(failed.value, "body.")
    assert [error.field for error in refused.errors] == ["body.name", "body.links.0.url"]
    assert secret not in repr(refused.errors)
