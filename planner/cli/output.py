"""What commands print: the answer to stdout and remarks to stderr, so that a pipe carries the answer alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer


def on_terminal() -> bool:
    """Whether a person reads the answer, rather than a program or a file."""
    return sys.stdout.isatty()


def print_json(value: Any) -> None:
    """Prints models, and lists and dicts of them, as indented JSON in UTF-8."""
    from pydantic_core import to_json

    typer.echo(to_json(value, indent=2))


def say(text: str) -> None:
    """Prints a line of the answer."""
    typer.echo(plain(text))


def note(text: str) -> None:
    """Prints a remark beside the answer, to stderr."""
    typer.echo(plain(text), err=True)


def heading(text: str) -> None:
    """Begins a part of an answer, after an empty line."""
    typer.echo()
    typer.secho(plain(text), bold=True)


def plain(text: str) -> str:
    """The text line by line, without the characters that would steer a terminal: names come from foreign files too."""
    from planner.domain.labels import shown

    return "\n".join(shown(line.replace("\t", " ")) for line in text.splitlines())


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, moved by calls of (done, of); nothing when stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(plain(doing), total=None)
        yield lambda done, of: bars.update(bar, completed=done, total=of)
