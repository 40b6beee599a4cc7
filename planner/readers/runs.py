"""Runs in a file: a table with a row for each, or JSON as in the REST interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import ValidationError

from planner.domain.errors import FieldError, Invalid, Unreadable
from planner.domain.metrics_runs import RunDraft, RunStatus
from planner.readers.strict_json import parse_json
from planner.readers.tables import open_table

Kind = Literal["csv", "json"]
KINDS: tuple[Kind, ...] = ("csv", "json")
NAME_COLUMNS = ("name", "run", "run_id")  # the first of them that a table has names its runs
# How a run ended, as MLflow, W&B and Optuna write it.
STATUSES: Mapping[str, RunStatus] = {
    **dict.fromkeys(("finished", "complete", "completed", "succeeded", "success", "done"), "finished"),
    **dict.fromkeys(("failed", "fail", "failure", "error", "killed", "crashed", "canceled", "cancelled"), "failed"),
    **dict.fromkeys(("pruned", "aborted", "stopped", "preempted"), "failed"),
    **dict.fromkeys(("running", "scheduled", "pending", "queued", "waiting", "preempting"), "running"),
}
MISSING = frozenset({"", "-", "–", "na", "n/a", "null", "none"})
RECORDED = ("id", "recorded_at", "recorded_by")  # what a listed run has beside what was measured
MOST_PROBLEMS = 20


def read_runs(content: bytes, kind: Kind, origin: str) -> list[RunDraft]:
    """The runs in a file; `origin` names it in messages.

    In a table, a column is a metric when every value in it is a number, and else a parameter; an empty cell says that
    the value is missing. A column `status` says how the runs ended, if its words do.

    Raises Unreadable, TooLarge, or Invalid with the record and field of what is wrong.
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
    return [_with_status({name: value for name, value in run.items() if name not in RECORDED}) for run in runs]


def _with_status(run: dict[str, Any]) -> dict[str, Any]:
    status = run.get("status")
    return {**run, "status": STATUSES.get(status.strip().lower(), status)} if isinstance(status, str) else run


def _records(header: Sequence[str], rows: Sequence[Sequence[str]], origin: str) -> list[dict[str, Any]]:
    columns = [name.strip() for name in header]
    folded = [name.lower() for name in columns]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise Unreadable(f"{origin}: the column '{twice[0][:60]}' stands twice; a metric has one value.")
    named_by = next((name for name in NAME_COLUMNS if name in folded), None)
    if named_by is None:
        raise Unreadable(f"{origin}: no column names the runs; one of {', '.join(NAME_COLUMNS)} is needed.")
    wide = next(
        (number for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row[len(columns) :])), None
    )
    if wide is not None:
        raise Unreadable(
            f"{origin}, run {wide}: more values than columns. A value with the delimiter in it, such as 1,556, must "
            "stand in quotes."
        )
    cells = {name: [_cell(row, index) for row in rows] for index, name in enumerate(columns) if name}
    known = {name: name.lower() for name in cells if name.lower() in (named_by, "url", "measured_at")}
    known |= {name: "status" for name, values in cells.items() if _is_status(name, values, origin)}
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
                record["name" if field == named_by else field] = STATUSES[value.lower()] if field == "status" else value
        records.append(record)
    return records


def _is_status(name: str, values: Sequence[str | None], origin: str) -> bool:
    """Whether a column says how the runs ended. One that does so for some of them only is Unreadable."""
    if name.lower() != "status":
        return False
    words = [None if value is None else STATUSES.get(value.lower()) for value in values]
    if any(words) and not all(words):
        number = words.index(None) + 1
        raise Unreadable(
            f"{origin}, run {number}: the column '{name}' says how runs ended, but not of this one; write FINISHED, "
            "RUNNING or FAILED, or give the column another name."
        )
    return any(words)


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
