"""Runs in a table, CSV or XLSX: a row for each, its columns taken by their headers or as a mapping says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field, TypeAdapter, ValidationError

from planner.domain.attributes import Url
from planner.domain.errors import FieldError, Invalid, Unreadable, plain_message
from planner.domain.import_tables import Table
from planner.domain.metrics import MetricName
from planner.domain.metrics_imports import Found, RejectedRun, RunsFound, aside, draft_run
from planner.domain.metrics_runs import MAX_VALUES, RunDraft, RunStatus
from planner.domain.model import Line, Model, Name
from planner.readers.run_layouts import LAYOUTS, STATUS_WORDS, STATUSES, Layout, TableSource
from planner.readers.run_numbers import Cells, Decimal, Doubt, as_infinity, read_column, read_each
from planner.readers.run_packed import unpack
from planner.readers.run_times import read_time

MISSING = frozenset({"", "-", "–", "na", "n/a", "#n/a", "null", "none"})
LONGEST_MISSING = max(map(len, MISSING))
FIELDS = ("name", "id", "status", "url", "measured_at")  # what a mapping may fill beside metrics and params
BATCH = 5_000
MOST_TEXT = 20_000  # characters of a parameter
MOST_PROBLEMS = 20

_NAMES, _LINES, _URLS = TypeAdapter(list[Name]), TypeAdapter(list[Line]), TypeAdapter(list[Url])
_COLUMN_NAME: TypeAdapter[str] = TypeAdapter(MetricName)


class RunMapping(Model):
    """How a file of runs is to be read, where its headers do not say it."""

    columns: dict[Name, Name] = Field(
        default_factory=dict,
        max_length=MAX_VALUES,
        description="What to fill, and from which column: `name`, `id`, `status`, `url`, `measured_at`, a metric by "
        "its name, or a parameter as `params.name`.",
        examples=[{"name": "run_name", "recall": "val_recall"}],
    )
    decimal: Decimal | None = Field(
        default=None, description="How decimals begin where a column may be read in two ways."
    )
    name: Line = Field(default="", description="The name of the run in a file that holds one.", examples=[""])
    link: Line = Field(
        default="",
        description="The page of a run, with columns in braces: `https://tracker.example.org/runs/{run_id}`.",
        examples=[""],
    )


@dataclass
class _Plan:
    """Which column says what: of columns and fields, each by the header."""

    fields: dict[str, str]
    metrics: dict[str, str]  # the header by the name of the metric
    params: dict[str, str]
    required: frozenset[str]  # names of metrics that must be numbers


@dataclass
class _Columns:
    """A table by column; `wrong` holds the first reason by row of what cannot be taken."""

    count: int
    cells: Mapping[str, Cells]
    wrong: dict[int, str] = field(default_factory=dict)

    def reject(self, row: int, reason: str) -> None:
        self.wrong.setdefault(row, reason)


def find_table_runs(
    table: Table, origin: str, source: TableSource, mapping: RunMapping, needed: Sequence[str] = ()
) -> RunsFound:
    """The runs of a table; `needed` are metrics whose column must hold numbers.

    Else a column is a metric when every value in it is a number, and a parameter otherwise; an empty cell says that the
    value is missing. Raises Unreadable or Invalid for a table that cannot be used, TooLarge while it is read.
    """
    layout = LAYOUTS[source]
    columns = _by_column(table, origin)
    notes: list[str] = []
    plan = _plan(columns, origin, layout, mapping, needed)
    metrics = _metrics(columns, plan, layout, mapping.decimal, notes)
    drafts = _Drafts(columns, plan, layout, source, mapping, metrics, notes)
    drafts.read_fields()
    return RunsFound(_batches(drafts), notes)


def _batches(drafts: _Drafts) -> Iterator[Sequence[Found]]:
    for start in range(0, drafts.columns.count, BATCH):
        yield [drafts.build(row) for row in range(start, min(start + BATCH, drafts.columns.count))]


def _by_column(table: Table, origin: str) -> _Columns:
    headers = [name.strip() for name in table.header]
    twice = sorted({name for name in headers if name and headers.count(name) > 1})
    if twice:
        raise Unreadable(f"{origin}: the column '{twice[0][:60]}' stands twice; a metric has one value.")
    rows = list(table.rows)
    wide = next((number for number, row in enumerate(rows, 1) if any(map(str.strip, row[len(headers) :]))), None)
    if wide is not None:
        raise Unreadable(
            f"{origin}, record {wide}: more values than columns. A value with the delimiter in it, such as 1,556, must "
            "stand in quotes."
        )
    cells = {name: [_cell(row, index) for row in rows] for index, name in enumerate(headers) if name}
    return _Columns(len(rows), cells)


def _cell(row: Sequence[str], index: int) -> str | None:
    text = row[index].strip() if index < len(row) else ""
    return None if len(text) <= LONGEST_MISSING and text.lower() in MISSING else text


def _ended(cell: str | None) -> RunStatus | None:
    return None if cell is None else STATUSES.get(cell.lower())


def _plan(columns: _Columns, origin: str, layout: Layout, mapping: RunMapping, needed: Sequence[str]) -> _Plan:
    headers = {name.lower(): name for name in reversed(list(columns.cells))}
    said = _said(columns, mapping)
    fields = {target: header for target, header in said.items() if target in FIELDS}
    guesses = {"name": layout.name, "id": layout.source_id, "status": layout.status, "url": layout.url}
    guesses |= {"measured_at": layout.measured_at, "failed": layout.failed}
    used = set(said.values())
    for target, candidates in guesses.items():
        found = next((headers[name] for name in candidates if name in headers and headers[name] not in used), None)
        if target not in fields and found is not None:
            fields[target] = found
    if "name" not in fields:
        if "id" not in fields:
            tried = ", ".join(layout.name)
            raise Unreadable(
                f"{origin}: no column names the runs; one of {tried} is needed, or --map name=COLUMN says which it is."
            )
        fields["name"] = fields["id"]
    if "id" in fields and fields["id"] == fields["name"] and layout.source == "":
        del fields["id"]
    if layout.source == "" and "status" not in said and "status" in fields:
        words = {cell.lower() for cell in columns.cells[fields["status"]] if cell is not None}
        if words.isdisjoint(STATUSES):  # some other status than that of a run
            del fields["status"]
        elif odd := next((n for n, c in enumerate(columns.cells[fields["status"]], 1) if _ended(c) is None), 0):
            raise Unreadable(
                f"{origin}, record {odd}: column '{fields['status'][:60]}' says how runs ended, but not of this one. "
                f"Write {STATUS_WORDS}, or give the column another name."
            )
    plan = _Plan(fields, {}, {}, frozenset())
    for target, header in said.items():
        if target not in FIELDS:
            kind = plan.params if target.startswith("params.") else plan.metrics
            kind[target.removeprefix("params.").removeprefix("metrics.")] = header
    mapped = frozenset(plan.metrics)
    _take_others(columns, layout, plan, {*used, *fields.values()})
    _check_names(plan, origin)
    plan.required = mapped | {name for name in needed if name in plan.metrics}
    return plan


def _said(columns: _Columns, mapping: RunMapping) -> dict[str, str]:
    absent = [
        FieldError(field=f"map {target}", message=f"there is no column '{header[:60]}'; there are: {_shown(columns)}")
        for target, header in mapping.columns.items()
        if header not in columns.cells
    ]
    if absent:
        raise Invalid(absent[:MOST_PROBLEMS])
    return dict(mapping.columns)


def _shown(columns: _Columns) -> str:
    names = list(columns.cells)
    return ", ".join(name[:60] for name in names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _take_others(columns: _Columns, layout: Layout, plan: _Plan, used: set[str]) -> None:
    """Gives each column that nothing has taken its role: by its beginning, else a metric until its values say no."""
    for header in columns.cells:
        folded = header.lower()
        if header in used or folded in layout.packed:
            continue
        if folded not in layout.kept and (
            folded in layout.ignored or folded.startswith(layout.ignored_beginnings or ("\0",))
        ):
            continue
        for beginnings, kind in ((layout.metric_beginnings, plan.metrics), (layout.param_beginnings, plan.params)):
            start = next((one for one in beginnings if folded.startswith(one) and len(header) > len(one)), None)
            if start is not None:
                kind.setdefault(header[len(start) :], header)
                break
        else:
            (plan.params if folded in layout.kept else plan.metrics).setdefault(header, header)


def _check_names(plan: _Plan, origin: str) -> None:
    for name in (*plan.metrics, *plan.params):
        try:
            _COLUMN_NAME.validate_python(name)
        except ValidationError as error:
            said = plain_message(error.errors()[0])
            raise Unreadable(f"{origin}: the column '{name[:60]}' cannot be a metric or parameter: {said}.") from None


def _metrics(
    columns: _Columns, plan: _Plan, layout: Layout, decimal: Decimal | None, notes: list[str]
) -> dict[str, Sequence[float | None]]:
    """The values by metric. A column of words becomes a parameter, unless it must be a metric."""
    found: dict[str, Sequence[float | None]] = {}
    problems: list[FieldError] = []
    for name, header in list(plan.metrics.items()):
        cells = columns.cells[header]
        try:
            if name in plan.required:
                values, wrong = read_each(cells, decimal)
                for row in wrong:
                    columns.reject(row, f"column '{header[:60]}': '{str(cells[row])[:30]}' is not a number")
                numbers = read_column([None if row in set(wrong) else cell for row, cell in enumerate(cells)], decimal)
                note = numbers.note if numbers else ""
            else:
                numbers = read_column(cells, decimal)
                if numbers is None:
                    del plan.metrics[name]
                    plan.params.setdefault(name, header)
                    continue
                values, note = list(numbers.values), numbers.note
        except Doubt as doubt:
            problems.append(FieldError(field=f"column {header[:60]}", message=str(doubt)))
            continue
        found[name] = [as_infinity(value) for value in values] if layout.database_infinity else values
        if note:
            notes.append(f"Column '{header[:60]}' was {note}.")
    if problems:
        raise Invalid(problems[:MOST_PROBLEMS])
    return found


class _Drafts:
    """Rows as runs. What a column has is checked for all rows at once, which is ten times as fast as row by row."""

    def __init__(
        self,
        columns: _Columns,
        plan: _Plan,
        layout: Layout,
        source: TableSource,
        mapping: RunMapping,
        metrics: Mapping[str, Sequence[float | None]],
        notes: list[str],
    ) -> None:
        self.columns, self.plan, self.layout, self.notes = columns, plan, layout, notes
        self.link = mapping.link
        self.source = layout.source or (source if "id" in plan.fields else "")
        self.metrics = list(metrics.items())
        self.params = [(name, columns.cells[header]) for name, header in plan.params.items()]
        headers = {name.lower(): name for name in columns.cells}
        self.packed = [
            (kind, columns.cells[headers[name]], headers[name])
            for name, kind in layout.packed.items()
            if name in headers
        ]
        plain = len(metrics) <= MAX_VALUES and len(self.params) <= MAX_VALUES
        self.plain = plain and not self.packed and not any(aside(name, metrics) for name in metrics)
        empty: list[str | None] = [None] * columns.count
        self.names: list[str] = []
        self.ids: Cells = empty
        self.urls: Cells = empty
        self.times: Sequence[datetime | None] = [None] * columns.count
        self.statuses: list[RunStatus] = ["finished"] * columns.count

    def read_fields(self) -> None:
        """Reads the columns that are neither metrics nor parameters."""
        cells, fields = self.columns.cells, self.plan.fields
        self.ids = self._checked("id", _LINES) if "id" in fields else self.ids
        names = cells[fields["name"]]
        self.names = [name or self.ids[row] or "" for row, name in enumerate(names)]
        self._check("name", _NAMES, self.names)
        if "url" in fields:
            self.urls = self._checked("url", _URLS)
        if self.link:
            self.urls = [url or self._linked(row) for row, url in enumerate(self.urls)]
            self._check("link", _URLS, [url or "" for url in self.urls])
        if "measured_at" in fields:
            zone_needed = self.layout.source == ""
            texts = cells[fields["measured_at"]]
            self.times = [None if text is None else read_time(text, zone_needed=zone_needed) for text in texts]
            for row, text in enumerate(texts):
                if text is not None and self.times[row] is None:
                    said = "is not a time with a zone, such as 2026-05-01T12:00:00Z"
                    self.columns.reject(row, f"column '{fields['measured_at'][:60]}': '{text[:40]}' {said}")
        self._read_statuses()

    def _read_statuses(self) -> None:
        cells, fields = self.columns.cells, self.plan.fields
        for row, word in enumerate(cells.get(fields.get("status", ""), ())):
            status = "finished" if word is None else STATUSES.get(word.lower())
            if status is None:
                header = fields["status"][:60]
                self.columns.reject(row, f"column '{header}': '{str(word)[:30]}' is none of {STATUS_WORDS}")
            else:
                self.statuses[row] = status
        for row, word in enumerate(cells.get(fields.get("failed", ""), ())):
            if word is not None and word.lower() in ("true", "1"):
                self.statuses[row] = "failed"

    def _linked(self, row: int) -> str:
        link = self.link
        for header, cells in self.columns.cells.items():
            mark = f"{{{header}}}"
            if mark in link:
                link = link.replace(mark, quote(cells[row] or "", safe=""))
        return link

    def _checked(self, target: str, rule: TypeAdapter[list[str]]) -> Cells:
        cells = self.columns.cells[self.plan.fields[target]]
        self._check(target, rule, [cell or "" for cell in cells])
        return cells

    def _check(self, target: str, rule: TypeAdapter[list[str]], values: list[str]) -> None:
        try:
            rule.validate_python(values)
        except ValidationError as error:
            for item in error.errors(include_input=False, include_url=False):
                self.columns.reject(int(item["loc"][0]), f"{target}: {plain_message(item)}")

    def build(self, row: int) -> Found:
        """The run of a row."""
        where = f"record {row + 1}" + (f" ('{self.names[row][:60]}')" if self.names[row] else "")
        if row in self.columns.wrong:
            return RejectedRun(where, self.columns.wrong[row])
        params = {name: text for name, cells in self.params if (text := cells[row]) is not None}
        stated: dict[str, Any] = {
            "name": self.names[row],
            "metrics": {name: value for name, values in self.metrics if (value := values[row]) is not None},
            "params": params,
            "status": self.statuses[row],
            "source": self.source if self.ids[row] else "",
            "source_id": self.ids[row],
            "url": self.urls[row] or "",
            "measured_at": self.times[row],
        }
        if self.plain and all(len(text) <= MOST_TEXT for text in params.values()):
            return RunDraft.model_construct(**stated, uncertainty={})
        for kind, cells, header in self.packed:
            try:
                metrics, others = unpack(cells[row] or "{}", "" if kind == "metrics" else "params")
            except ValueError as error:
                return RejectedRun(where, f"column '{header}': {error}")
            stated["metrics"] |= metrics
            stated["params"] |= others
        return draft_run(where, stated)
