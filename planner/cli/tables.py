"""Tables: on a terminal they fit its width; in a pipe they are tab-separated lines that stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from planner.cli.output import note, on_terminal, plain, say

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook
    from planner.domain.scoring import Standing

NOTHING = "–"  # what stands on a terminal where a value is not known; in a pipe the cell is empty
GAP = 2  # characters between columns
LEAST = 18  # characters that a column of long texts needs to be read

Cell = str | int | float | bool | datetime | None


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    wide: Collection[str] = ("Name",),
    spare: Sequence[str] = (),
) -> None:
    """Prints a table.

    On a terminal, the columns named in `wide` are wrapped. Where it is too narrow even so, those in `spare` are left
    out, first ones first, and a remark says so.
    """
    if not on_terminal():
        for row in ([column.lower() for column in columns], *rows):
            typer.echo("\t".join(_in_line(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    kept = _fitting(columns, rows, wide, spare, console.width)
    widths = {position: _width(columns[position], rows, position, wide) for position in kept}
    fits = sum(widths.values()) + GAP * (len(kept) - 1) <= console.width
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for position, width in widths.items():
        number = _is_number(rows, position)
        table.add_column(
            columns[position].replace(" ", "\n") if number else columns[position],
            justify="right" if number else "left",
            overflow="fold",
            min_width=width if fits else None,
        )
    for row in rows:
        table.add_row(*(Text(_shown(row[position])) for position in kept))
    console.print(table)
    if len(kept) < len(columns):
        left_out = [name for position, name in enumerate(columns) if position not in kept]
        note(f"Left out, for the terminal is narrow: {', '.join(left_out)}.")


def _fitting(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], wide: Collection[str], spare: Sequence[str], room: int
) -> list[int]:
    """The positions of the columns that fit, or of all that cannot be spared."""
    kept = list(range(len(columns)))
    for name in (*spare, None):
        needed = sum(_width(columns[position], rows, position, wide) + GAP for position in kept) - GAP
        if needed <= room or name is None:
            break
        kept.remove(columns.index(name))
    return kept


def _width(name: str, rows: Sequence[Sequence[Cell]], position: int, wide: Collection[str]) -> int:
    """The least width of a column, in characters."""
    if _is_number(rows, position):
        return max(len(text) for text in (*name.split(), *(_shown(row[position]) for row in rows)))
    lines = [line for row in rows for line in _shown(row[position]).split("\n")]
    longest = max(map(len, (name, *lines)))
    return min(longest, LEAST) if name in wide else longest


def _is_number(rows: Sequence[Sequence[Cell]], position: int) -> bool:
    values = [row[position] for row in rows if row[position] is not None]
    return bool(values) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def print_fields(fields: Mapping[str, Cell]) -> None:
    """Prints names and values below each other; on a terminal the values that are not known are left out."""
    if not on_terminal():
        for name, value in fields.items():
            typer.echo(f"{name.lower()}\t{_in_line(value)}")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, GAP))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields.items():
        if value is not None and value != "":
            table.add_row(plain(name), Text(_shown(value)))
    Console(highlight=False, markup=False, emoji=False).print(table)


def print_standing(standing: Standing, playbook: Playbook) -> None:
    """Prints a standing: what the answers say, with what they leave open."""
    from planner.domain.known import not_known
    from planner.domain.wording import pct

    named = {"Impact": standing.impact, "Feasibility": standing.feasibility, "Priority": standing.priority}
    rows = [(name, round(at.expected, 2), round(at.low, 2), round(at.high, 2)) for name, at in named.items()]
    print_table(("Dimension", "Expected", "Low", "High"), rows, wide=())
    if standing.quadrant is None:
        say("Nothing is answered yet: this is what the playbook expects of a project nobody knows.")
        return
    unknown = not_known(standing, playbook)
    say(f"{unknown}." if unknown else f"Quadrant: {standing.quadrant}, {pct(standing.quadrant_probability)} sure.")
    say(f"Answered: {standing.answered} of {standing.of} criteria.")


def _in_line(cell: Any) -> str:
    """A cell for programs: nothing for the unknown, ISO 8601 for times, one line for texts."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return plain(" ".join(cell.splitlines())) if isinstance(cell, str) else str(cell)


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
