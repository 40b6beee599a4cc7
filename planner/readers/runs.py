"""Runs in a file: a table with a row for each, or JSON as in the REST interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import ValidationError

from planner.domain.errors import FieldError, Invalid, Unreadable
from planner.domain.metrics_runs import RunDraft
from planner.readers.strict_json import parse_json
from planner.readers.tables import open_table

Kind = Literal["csv", "json"]
KINDS: tuple[Kind, ...] = ("csv", "json")
NAME_COLUMNS = ("name", "run", "run_id")  # the first of them that a table has names its runs
MISSING = frozenset({"", "-", "–", "na", "n/a", "null", "none"})
RECORDED = ("id", "recorded_at", "recorded_by")  # what a listed run has beside what was measured
MOST_PROBLEMS = 20


def read_runs(content: bytes, kind: Kind, origin: str) -> list[RunDraft]:
    """The runs in a file; `origin` names it in messages.

    In a table, a column is a metric when every value in it is a number, and else a parameter; an empty cell says that
    the value is missing. Raises Unreadable, TooLarge, or Invalid with the record and field of what is wrong.
    """
    if kind == "json":
        return _drafts(_listed(parse_json(content, origin), origin))
    table = open_table(content, origin)
    return _drafts(_records(table.header, list(table.rows), origin))


def _listed(data: Any, origin: str) -> list[Any]:
    if isinstance(data, dict) and len(data) == 1:
        data = data.get("runs", data.get("items", data))
    runs = data if isinstance(data, list) else [data]
    if not all(isinstance(run, dict) for run in runs):
        raise Unreadable(f'{origin}: a run is expected, as in {{"name": "a", "metrics": {{"recall": 0.83}}}}.')
    return [{name: value for name, value in run.items() if name not in RECORDED} for run in runs]


def _records(header: Sequence[str], rows: Sequence[Sequence[str]], origin: str) -> list[dict[str, Any]]:
    columns = [name.strip() for name in header]
    folded = [name.lower() for name in columns]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise Unreadable(f"{origin}: the column '{twice[0][:60]}' stands twice; a metric has one value.")
    named_by = next((name for name in NAME_COLUMNS if name in folded), None)
    if named_by is None:
        raise Unreadable(f"{origin}: no column names the runs; one of {', '.join(NAME_COLUMNS)} is needed.")
    cells = {name: [_cell(row, index) for row in rows] for index, name in enumerate(columns) if name}
    known = {name: name.lower() for name in cells if name.lower() in (named_by, "url", "measured_at")}
    metrics = [name for name, values in cells.items() if name not in known and _all_numbers(values)]
    params = [name for name, values in cells.items() if name not in known and name not in metrics]
    records = []
    for position in range(len(rows)):
        record: dict[str, Any] = {
            "metrics": {name: float(value) for name in metrics if (value := cells[name][position]) is not None},
            "params": {name: value for name in params if (value := cells[name][position]) is not None},
        }
        for name, field in known.items():
            value = cells[name][position]
            if value is not None:
                record["name" if field == named_by else field] = value
        records.append(record)
    return records


def _cell(row: Sequence[str], index: int) -> str | None:
    text = row[index].strip() if index < len(row) else ""
    return None if text.lower() in MISSING else text


def _all_numbers(values: Iterable[str | None]) -> bool:
    return all(value is None or is_number(value) for value in values)


def is_number(text: str) -> bool:
    """Whether a cell holds a number: with a decimal point, without separators."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # which Python takes between digits


def _drafts(records: Sequence[dict[str, Any]]) -> list[RunDraft]:
    drafts = []
    problems: list[FieldError] = []
    for number, record in enumerate(records, 1):
        try:
            drafts.append(RunDraft.model_validate(record))
        except ValidationError as error:
            problems += Invalid.from_pydantic(error, f"run {number}: ").errors
    if problems:
        raise Invalid(problems[:MOST_PROBLEMS])
    return drafts
