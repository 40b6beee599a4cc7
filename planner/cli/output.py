"""What commands print. On a terminal, tables that fit its width; in a pipe, tab-separated lines that stay as they are.

Answers go to stdout and remarks to stderr, so that a pipe carries the answer alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import typer

NOTHING = "–"  # what stands on a terminal where a value is not known; in a pipe the cell is empty
Cell = str | int | float | bool | datetime | None


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


def plain(text: str) -> str:
    """The text line by line, without the characters that would steer a terminal: names come from foreign files too."""
    from planner.domain.labels import shown

    return "\n".join(shown(line.replace("\t", " ")) for line in text.splitlines())


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, wide: Collection[str] = ("Name",)) -> None:
    """Prints a table. On a terminal that is too narrow, the columns named in `wide` give way first."""
    if not on_terminal():
        for row in ([column.lower() for column in columns], *rows):
            typer.echo("\t".join(_in_line(cell) for cell in row))
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for position, column in enumerate(columns):
        number = bool(rows) and all(isinstance(row[position], (int, float, type(None))) for row in rows)
        given_way = column in wide
        table.add_column(
            column,
            justify="right" if number else "left",
            no_wrap=not given_way,
            overflow="fold" if given_way else "ellipsis",
        )
    for row in rows:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    _console().print(table)


def print_fields(fields: Mapping[str, Cell]) -> None:
    """Prints names and values below each other; on a terminal the values that are not known are left out."""
    if not on_terminal():
        for name, value in fields.items():
            typer.echo(f"{name.lower()}\t{_in_line(value)}")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields.items():
        if value is not None and value != "":
            table.add_row(name, Text(_shown(value)))
    _console().print(table)


def heading(text: str) -> None:
    """Begins a part of an answer on a terminal; in a pipe it is a line of its own."""
    if on_terminal():
        from rich.text import Text

        _console().print(Text(f"\n{plain(text)}", style="bold"))
    else:
        say(f"\n{text}")


def print_standing(standing: Any) -> None:
    """Prints a standing: what the answers say, with what they leave open."""
    from planner.domain.wording import pct

    rows = [
        (name, round(interval.expected, 2), round(interval.low, 2), round(interval.high, 2))
        for name, interval in (
            ("Impact", standing.impact),
            ("Feasibility", standing.feasibility),
            ("Priority", standing.priority),
        )
    ]
    print_table(("Dimension", "Expected", "Low", "High"), rows, wide=())
    if standing.quadrant is None:
        say("Nothing is answered yet: this is what the playbook expects of a project nobody knows.")
        return
    say(f"Quadrant: {standing.quadrant}, {pct(standing.quadrant_probability)} sure.")
    say(f"Answered: {standing.answered} of {standing.of} criteria.")


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, moved by calls of (done, of); nothing when stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(doing, total=None)
        yield lambda done, of: bars.update(bar, completed=done, total=of)


def _console() -> Any:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def _in_line(cell: Cell) -> str:
    """A cell for programs: nothing for the unknown, ISO 8601 for times, one line for texts."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return plain(" ".join(cell.splitlines())) if isinstance(cell, str) else f"{cell}"


def _shown(cell: Cell) -> str:
    """A cell for people."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, bool):
        return _in_line(cell)
    if isinstance(cell, float):
        return f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else plain(cell)
