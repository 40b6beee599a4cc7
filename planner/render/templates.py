"""The Jinja2 environments: one that escapes everything (HTML, SVG), one for Markdown; and the filters they share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from planner.domain import metrics_words, sizing_words, wording

HEADING_SHIFT = 3  # a heading in somebody's text never outranks the headings of the page around it


def environment(templates_dir: Path) -> Environment:
    """The environment of every HTML page and SVG chart. Everything is escaped, whatever the file is called.

    A name that a template uses and nobody passed is an error, never an empty place on the page.
    """
    return _environment(templates_dir, autoescape=True)


def text_environment(templates_dir: Path) -> Environment:
    """The environment of Markdown reports: HTML escapes would be noise there; `md` makes a user's text harmless."""
    return _environment(templates_dir, autoescape=False)


def _environment(templates_dir: Path, autoescape: bool) -> Environment:
    env = Environment(
        loader=FileSystemLoader(templates_dir),
        autoescape=autoescape,  # noqa: S701 - off for Markdown only
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    filters: dict[str, Callable[..., object]] = {
        "num": wording.num,
        "measure": wording.measure,
        "signed": wording.signed,
        "better": wording.better,
        "pct": wording.pct,
        "date": wording.day,
        "datetime": wording.moment,
        "days": wording.days,
        "plural": wording.plural,
        "spaced": wording.spaced,
        "between": sizing_words.between,
        "listed": wording.listed,
        "requirement": metrics_words.requirement,
        "bound_words": metrics_words.bound_words,
        "share": metrics_words.share,
        "goal": metrics_words.goal,
        "metric_words": metrics_words.metric_words,
        "run_words": metrics_words.run_words,
        "markdown": markdown,
        "md": escape_markdown,
    }
    env.filters.update(filters)
    return env


def markdown_parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough. Raw HTML is text; there are no images, so that nothing is fetched."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.disable("image")


MARKDOWN = markdown_parser()


def markdown(text: str | None) -> Markup:
    """Somebody's Markdown as safe HTML: its HTML is shown as text, and no link with a script in it is made."""
    if not text:
        return Markup("")
    tokens = MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + HEADING_SHIFT)}"
    return Markup(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))  # noqa: S704 - the renderer escapes


_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_LEADING = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-=]|\+(?:\s|$)))")


def escape_markdown(text: object) -> str:
    """Plain text on one line such that Markdown shows it as it is, in a cell of a table too."""
    return escape_start(escape_marks(str(text)))


def escape_marks(text: str) -> str:
    """The text on one line, with what Markdown would read as a mark made plain."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def escape_start(text: str) -> str:
    """The text such that its beginning is not taken for that of a list or a rule."""
    return _LEADING.sub(r"\1\\", text)
