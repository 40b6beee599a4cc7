"""A file of runs of any kind: a table or JSON, of one's own or of a tracker, or an event file of TensorBoard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Literal, get_args

from planner.domain.errors import Invalid, TooLarge, Unreadable
from planner.domain.metrics_imports import BATCH, MAX_RUNS, Found, RejectedRun, RunsFound, draft_run
from planner.readers.limits import DEFAULT_LIMITS, Limits
from planner.readers.run_layouts import STATUSES
from planner.readers.run_packed import flatten
from planner.readers.run_tables import RunMapping, find_table_runs
from planner.readers.run_times import from_epoch, read_time
from planner.readers.strict_json import parse_json
from planner.readers.tables import open_table
from planner.readers.tensorboard import find_event_file

FileSource = Literal["csv", "json", "mlflow", "wandb", "neptune", "tensorboard"]
SOURCES: tuple[FileSource, ...] = get_args(FileSource)
RECORDED = ("id", "recorded_at", "recorded_by")  # what a listed run has beside what was measured
_EVENTS = "tfevents"  # which the name of every event file holds
_WANDB_FOLDER = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-([A-Za-z0-9]+)")
_NO_MAPPING = RunMapping()


def source_of(filename: str) -> FileSource:
    """What the name of a file says that it is; Invalid when it says nothing."""
    name = filename.lower()
    if _EVENTS in PurePath(name).name:
        return "tensorboard"
    if name.endswith("wandb-summary.json"):
        return "wandb"
    if name.endswith((".csv", ".tsv", ".xlsx")):
        return "csv"
    if name.endswith(".json"):
        return "json"
    raise Invalid.one(
        filename[-120:], f"the name must end in one of: .csv, .json; else say what it is: {', '.join(SOURCES)}"
    )


def find_runs(
    content: bytes,
    filename: str,
    source: FileSource | None = None,
    mapping: RunMapping | None = None,
    needed: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> RunsFound:
    """The runs in a file; `needed` are metrics that must be numbers in it.

    Raises Unreadable, TooLarge or Invalid for a file that cannot be used; single runs that cannot be taken are told
    among the others.
    """
    guessed, mapping = source is None, mapping or _NO_MAPPING
    source = source or source_of(filename)
    if len(content) > limits.max_bytes:
        raise TooLarge(f"{filename} has more than {limits.max_bytes:,} bytes, the most that is read.")
    if source == "tensorboard":
        return find_event_file(content, filename, mapping.name)
    if source == "json" or (source != "csv" and content.lstrip()[:1] in (b"{", b"[")):
        if mapping.columns or mapping.decimal:
            raise Invalid.one("mapping", "JSON has names and numbers of its own; only the columns of tables are mapped")
        listed = listed_runs(parse_json(content, filename), filename)
        if source == "json":
            return _batched([draft_run(f"run {number}", _ended(run)) for number, run in enumerate(listed, 1)])
        return _batched([_tracked(run, number, source, filename, mapping) for number, run in enumerate(listed, 1)])
    table = open_table(content, filename, limits=Limits(max_bytes=limits.max_bytes, max_records=MAX_RUNS))
    if guessed and {"run_id", "artifact_uri"} <= set(table.header) and any(map(_is_exported, table.header)):
        source = "mlflow"
    return find_table_runs(table, filename, source, mapping, needed)


def _is_exported(header: str) -> bool:
    return header.startswith("metrics.")  # as mlflow.search_runs() names what was measured


def listed_runs(data: Any, origin: str) -> list[dict[str, Any]]:
    """The runs that JSON holds: one, a list, or a list under `runs` or `items`, as REST lists them."""
    if isinstance(data, dict) and len(data) == 1:
        data = data.get("runs", data.get("items", data))
    runs = data if isinstance(data, list) else [data]
    if not all(isinstance(run, dict) for run in runs):
        raise Unreadable(f'{origin}: a run is expected, as in {{"name": "a", "metrics": {{"recall": 0.83}}}}.')
    return [
        {name: value for name, value in run.items() if name not in RECORDED} if "metrics" in run else run
        for run in runs
    ]


def _ended(run: dict[str, Any]) -> dict[str, Any]:
    """The run with the words of its tracker for how it ended as ours; unknown ones are left to be refused."""
    status = run.get("status")
    return {**run, "status": STATUSES.get(status.strip().lower(), status)} if isinstance(status, str) else run


def _batched(found: Sequence[Found]) -> RunsFound:
    return RunsFound([found[start : start + BATCH] for start in range(0, len(found), BATCH)])


def _tracked(data: dict[str, Any], number: int, source: str, filename: str, mapping: RunMapping) -> Found:
    """A run as the JSON of W&B or Neptune has it: `summary` and `config`, or the values themselves."""
    where = f"run {number}"
    said = {name.lower(): value for name, value in data.items() if isinstance(value, (str, int, float, bool))}
    folder = next((found for part in PurePath(filename).parts if (found := _WANDB_FOLDER.fullmatch(part))), None)
    ident = _first(said, "sys/id", "id", "run_id") or (folder[1] if folder else None)
    name = mapping.name or _first(said, "sys/name", "name", "display_name") or ident
    if name is None:
        return RejectedRun(where, "nothing in it names the run; say --name NAME (`name` of the mapping)")
    if isinstance(data.get("summary"), dict):
        metrics, params = flatten(data["summary"])
        config = data.get("config")
        params |= flatten(config, "params")[1] if isinstance(config, dict) else {}
    else:
        own = ("sys/", "monitoring/", "source_code/")
        named = {"id", "name", "state", "status", "url", "display_name", "run_id", "created_at"}
        kept = {k: v for k, v in data.items() if not k.startswith(own) and k.lower() not in named}
        metrics, params = flatten(kept)
    word = str(_first(said, "sys/state", "state", "status") or "finished").lower()
    status = "failed" if said.get("sys/failed") is True else STATUSES.get(word)
    if status is None:
        return RejectedRun(where, f"the state '{word[:30]}' is not known")
    timestamp = data.get("_timestamp")
    measured_at = from_epoch(timestamp) if isinstance(timestamp, (int, float)) else None
    created = _first(said, "sys/modification_time", "created_at")
    return draft_run(
        where,
        {
            "name": name,
            "metrics": metrics,
            "params": params,
            "status": status,
            "source": source if ident else "",
            "source_id": ident,
            "url": mapping.link or str(said.get("url") or ""),
            "measured_at": measured_at or (read_time(created) if created else None),
        },
    )


def _first(said: dict[str, Any], *names: str) -> str | None:
    return next((str(said[name]) for name in names if said.get(name) not in (None, "")), None)
