"""Somebody's Markdown as plain blocks, for the formats in which it must never become markup: typst, DOCX, Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markdown_it.token import Token

from planner.render.templates import MARKDOWN, escape_marks, escape_start


@dataclass(frozen=True)
class Run:
    """A stretch of text in one manner. `href` is a web address or empty."""

    text: str
    strong: bool = False
    emphasis: bool = False
    struck: bool = False
    code: bool = False
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading, a list item (its depth from 1, its number in a numbered list) or lines of code."""

    kind: Literal["paragraph", "heading", "item", "code"]
    runs: tuple[Run, ...]
    depth: int = 0
    number: int | None = None


def blocks(text: str | None) -> tuple[Block, ...]:
    """The blocks of a Markdown text. A row of a table becomes a paragraph, its cells set apart by bars."""
    reader = _Reader()
    for token in MARKDOWN.parse(text or ""):
        reader.read(token)
    return tuple(block for block in reader.found if any(run.text for run in block.runs))


class _Reader:
    """Where a walk through the tokens of a text is."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.depth = 0  # how many lists are open
        self.row: list[Run] | None = None  # the row of a table that is being read
        self.heading = False
        self.item = False  # whether the next paragraph begins a list item,
        self.number: int | None = None  # and its number

    def read(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open" | "bullet_list_close" | "ordered_list_close":
                self.depth += token.nesting
            case "list_item_open" | "list_item_close":
                self.item = token.nesting == 1
                self.number = int(token.info) if token.info else None
            case "heading_open" | "heading_close":
                self.heading = token.nesting == 1
            case "tr_open":
                self.row = []
            case "tr_close":
                self._add("paragraph", self.row or [])
                self.row = None
            case "fence" | "code_block":
                self._add("code", [Run(token.content.rstrip("\n"), code=True)])
            case "inline":
                self._inline(runs_of(token))

    def _inline(self, runs: list[Run]) -> None:
        if self.row is not None:
            self.row += [Run(" | "), *runs] if self.row else runs
        elif self.item:
            self._add("item", runs, self.number)
            self.item = False
        else:
            self._add("heading" if self.heading else "paragraph", runs)

    def _add(
        self, kind: Literal["paragraph", "heading", "item", "code"], runs: list[Run], number: int | None = None
    ) -> None:
        self.found.append(Block(kind, tuple(runs), self.depth, number))


def runs_of(inline: Token) -> list[Run]:
    """The runs of a paragraph, a heading or a cell."""
    found: list[Run] = []
    manner = Run("")
    for token in inline.children or ():
        match token.type:
            case "text" | "html_inline":
                found.append(replace(manner, text=token.content))
            case "code_inline":
                found.append(replace(manner, text=token.content, code=True))
            case "softbreak":
                found.append(replace(manner, text=" "))
            case "hardbreak":
                found.append(replace(manner, text="\n"))
            case "strong_open" | "strong_close":
                manner = replace(manner, strong=token.nesting == 1)
            case "em_open" | "em_close":
                manner = replace(manner, emphasis=token.nesting == 1)
            case "s_open" | "s_close":
                manner = replace(manner, struck=token.nesting == 1)
            case "link_open":
                href = str(token.attrGet("href") or "")
                manner = replace(manner, href=href if href.startswith(("http://", "https://", "mailto:")) else "")
            case "link_close":
                manner = replace(manner, href="")
    return [run for run in found if run.text]


def as_markdown(found: Sequence[Block]) -> str:
    """The blocks as Markdown again, in which nothing but what the blocks say is markup. A heading becomes bold."""
    parts = []
    for block in found:
        indent = "    " * max(0, block.depth - (block.kind == "item"))
        if block.kind == "code":
            lines = block.runs[0].text.split("\n")
            parts.append("\n".join(f"{indent}    {line}" for line in lines))
            continue
        text = escape_start("".join(_marked(run) for run in block.runs).strip())
        lead = ("- " if block.number is None else f"{block.number}. ") if block.kind == "item" else ""
        parts.append(f"{indent}{lead}**{text}**" if block.kind == "heading" else f"{indent}{lead}{text}")
    return "\n\n".join(parts)


def _marked(run: Run) -> str:
    text = escape_marks(run.text)
    if run.strong and text:
        text = f"**{text}**"
    if run.emphasis and text:
        text = f"*{text}*"
    before = " " if run.text[:1].isspace() else ""
    after = " " if run.text[-1:].isspace() and run.text.strip() else ""
    address = f" ({escape_marks(run.href)})" if run.href and run.href != run.text else ""
    return f"{before}{text}{address}{after}"
