"""The full-text search: whatever is typed it answers, it finds what it should, and both databases agree."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.domain.projects import Filters, ProjectPatch
from planner.services import projects
from planner.services.workspace import Workspace
from planner.store.search import search_words
from tests.support.factories import SLUG, add_portfolio, add_project

NAMES = (
    "Churn early warning",
    "C++ static analysis",
    "foo-bar ranking",
    "O'Brien's \"quoted\" model",
    "naïve Bayes für Ärzte",
    "数学 OCR",
    "Straße finden",
    "mail to ops@example.org",
    "see https://example.org/a/b?c=d",
    "version 1.2.3 of snake_case",
    "ﬁne print",
    "AND OR NOT NEAR",
    "back\\slash : & | ! <->",
    "🚀 rocket",
    "y" * 499,
)


@pytest.fixture(scope="module")
def filled(shared_ws: Workspace) -> Workspace:
    """A project for each name, LAB-1 first, and one that is found by its other fields."""
    add_portfolio(shared_ws)
    for name in NAMES:
        add_project(shared_ws, name)
    add_project(
        shared_ws,
        "Hidden",
        summary="finds **defects**",
        organisation="Umbrella",
        unit="Weld shop",
        owner="Søren",
        tags=["line-4"],
        risks="unsearched",
        attributes={"note": "unsearched"},
    )
    return shared_ws


def found(ws: Workspace, q: str) -> list[str]:
    return [item.name for item in projects.list_projects(ws, SLUG, Filters(q=q, sort="key")).items]


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("churn", NAMES[:1]),
        ("CHURN warn", NAMES[:1]),
        ("warning early", NAMES[:1]),
        ("churn late", ()),
        ("hurn", ()),
        ("c++", (*NAMES[:2], *NAMES[8:10])),  # the last word may be the beginning of one
        ("c++ analysis", NAMES[1:2]),
        ("foo-bar", NAMES[2:3]),
        ("foo bar", NAMES[2:3]),
        ("bar", NAMES[2:3]),
        ("foo-ba", NAMES[2:3]),
        ("o'brien", NAMES[3:4]),
        ('a"b', NAMES[8:9]),
        ('"quoted', NAMES[3:4]),
        ("naive", NAMES[4:5]),
        ("NAÏVE arzte", NAMES[4:5]),
        ("数学", NAMES[5:6]),
        ("strasse", NAMES[6:7]),
        ("Straße", NAMES[6:7]),
        ("ops", NAMES[7:8]),
        ("ops@example.org", NAMES[7:8]),
        ("example.org", NAMES[7:9]),
        ("https://example.org/a/b", NAMES[8:9]),
        ("1.2.3", NAMES[9:10]),
        ("2.3", NAMES[9:10]),
        ("snake", NAMES[9:10]),
        ("snake_case", NAMES[9:10]),
        ("fine", NAMES[10:11]),
        ("AND", NAMES[11:12]),
        ("and or", NAMES[11:12]),
        ("NEAR", NAMES[11:12]),
        ("NOT churn", ()),
        ("back\\slash", NAMES[12:13]),
        ("slash", NAMES[12:13]),
        ("🚀 rocket", NAMES[13:14]),
        ("rocket 🚀", NAMES[13:14]),
        ("y" * 300, NAMES[14:]),
        ("*", ()),
        ("churn*", NAMES[:1]),
        ("🚀", ()),
        ("'", ()),
        ("\\", ()),
        ("(", ()),
        (":*", ()),
        ("search_text:churn", ()),
        ("lab-3", NAMES[2:3]),
        ("LAB-3", NAMES[2:3]),
        ("defects", ("Hidden",)),
        ("umbrella weld", ("Hidden",)),
        ("søren", ("Hidden",)),
        ("line-4", ("Hidden",)),
        ("unsearched", ()),
    ],
)
def test_what_is_searched_is_found(filled: Workspace, q: str, names: tuple[str, ...]) -> None:
    assert found(filled, q) == list(names)


@pytest.mark.parametrize("q", [None, "", "   "], ids=repr)
def test_an_empty_search_finds_everything(filled: Workspace, q: str | None) -> None:
    page = projects.list_projects(filled, SLUG, Filters(q=q))
    assert page.total == len(NAMES) + 1


@settings(max_examples=120)
@given(q=st.text(st.characters(exclude_characters="\x00\r\n", exclude_categories=["Cs"]), max_size=60))
@example(q="foo AND (bar")
@example(q='"')
@example(q="a" * 300)
@example(q="x " * 150)
@example(q="^caret -minus +plus {col}: NEAR(a b, 2)")
@example(q="\u2028\u00a0\u3000\u1680")
@example(q="\u0301")
@example(q="İ")
@example(q="㍿" * 300)  # each is four letters when it is taken apart
def test_whatever_is_typed_gets_an_answer(filled: Workspace, q: str) -> None:
    names = found(filled, q)
    assert set(names) <= {*NAMES, "Hidden"}


@settings(max_examples=60)
@given(name=st.sampled_from(NAMES[:-1]), data=st.data())
def test_each_word_of_a_name_finds_it_and_so_does_the_beginning_of_the_last(
    filled: Workspace, name: str, data: st.DataObject
) -> None:
    words = data.draw(st.permutations(search_words(name)))
    assert name in found(filled, " ".join(words))
    begun = words[-1][: data.draw(st.integers(1, len(words[-1])))]
    assert name in found(filled, " ".join([*words[:-1], begun]))


def test_the_search_follows_a_change_and_the_bin(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    project = add_project(any_ws, "Alpha", tags=["one"])
    projects.update_project(any_ws, project.key, ProjectPatch(tags=("two",), owner="Zoë"), None)
    assert found(any_ws, "one") == []
    assert found(any_ws, "two") == found(any_ws, "zoe") == found(any_ws, "alpha") == ["Alpha"]
    projects.update_project(any_ws, project.key, ProjectPatch(name="Beta"), None)
    assert found(any_ws, "alpha") == []
    assert found(any_ws, "beta two") == ["Beta"]
    projects.delete_project(any_ws, project.key)
    assert found(any_ws, "beta") == []
    projects.restore_project(any_ws, project.key)
    assert found(any_ws, "beta") == ["Beta"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  ", []),
        ("Foo-Bar_baz", ["foo", "bar", "baz"]),
        ("Ärzte STRASSE Straße", ["arzte", "strasse", "strasse"]),
        ("ﬁne ½ x²", ["fine", "1", "2", "x2"]),
        ("C++ 🚀 #7", ["c", "7"]),
        ("İstanbul ı", ["istanbul", "ı"]),
    ],
)
def test_a_text_as_the_words_that_are_compared(text: str, words: list[str]) -> None:
    assert search_words(text) == words
