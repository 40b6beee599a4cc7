from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.render.prose import as_markdown, blocks
from planner.render.templates import MARKDOWN, escape_markdown


def plain(text: str) -> list[tuple[str, int, int | None, str]]:
    return [(b.kind, b.depth, b.number, "".join(run.text for run in b.runs)) for b in blocks(text)]


def test_paragraphs_headings_lists_code_and_tables_become_blocks() -> None:
    text = "# Head\n\nOne\ntwo\n\n3. c\n4. d\n   - e\n\n     more\n\n```\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"

    assert plain(text) == [
        ("heading", 0, None, "Head"),
        ("paragraph", 0, None, "One two"),
        ("item", 1, 3, "c"),
        ("item", 1, 4, "d"),
        ("item", 2, None, "e"),
        ("paragraph", 2, None, "more"),
        ("code", 0, None, "x = 1"),
        ("paragraph", 0, None, "a | b"),
        ("paragraph", 0, None, "1 | 2"),
    ]


def test_manners_are_kept() -> None:
    runs = {run.text: run for run in blocks("**a** *b* `c` ~~d~~ [e](https://example.org)")[0].runs}

    assert runs["a"].strong
    assert runs["b"].emphasis
    assert runs["c"].code
    assert runs["d"].struck
    assert runs["e"].href == "https://example.org"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/relative"])
def test_only_web_and_mail_addresses_are_links(address: str) -> None:
    assert not any(run.href for block in blocks(f"[x]({address})") for run in block.runs)


def test_an_empty_item_does_not_swallow_what_follows() -> None:
    assert plain("-\n\npara") == [("paragraph", 0, None, "para")]


@given(st.text(max_size=200))
def test_any_text_has_blocks(text: str) -> None:
    blocks(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_an_escaped_text_shows_as_it_is(text: str) -> None:
    line = " ".join(text.split())
    shown = [(b.kind, "".join(run.text for run in b.runs)) for b in blocks(escape_markdown(text))]

    assert shown == ([("paragraph", line)] if line else [])


@pytest.mark.parametrize(
    "text",
    ["a **b** *c*", "1. one\n2. two\n   - three", "# <b>Head</b>", "    code\n    more", "5 < 6 | 7 & #x _y_ \\*"],
)
def test_blocks_written_as_markdown_say_the_same(text: str) -> None:
    again = as_markdown(blocks(text))

    assert [line for *_, line in plain(again)] == [line for *_, line in plain(text)]
    assert "<b>" not in MARKDOWN.render(again)
