"""Runs in a folder `mlruns`, as MLflow keeps them without a server and without a database.

Layout: mlflow/store/tracking/file_store.py. A folder for each experiment, in it one for each run, and in that
`meta.yaml` and the folders `metrics`, `params` and `tags` with a file for each name; a line of a metric is its time,
value and step.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from planner.domain.errors import NotFound, TooLarge
from planner.domain.metrics_imports import MAX_RUNS, Found, RejectedRun, RunsFound, draft_run
from planner.domain.strict_yaml import Unsound, read_yaml
from planner.readers.mlflow_server import KEPT_TAGS, OWN_TAGS, SOURCE
from planner.readers.run_numbers import number
from planner.readers.run_times import from_epoch

MOST_BYTES = 8 * 1024 * 1024  # of one file
# The numbers of mlflow.entities.RunStatus.
STATUSES = {1: "running", 2: "running", 3: "finished", 4: "failed", 5: "failed"}


def find_folder(folder: Path) -> RunsFound:
    """The runs below `mlruns`, or of the folder of one experiment. NotFound when there is none."""
    runs = sorted(_runs_below(folder))
    if not runs:
        raise NotFound(f"There is no run of MLflow in {folder} or below it: a meta.yaml beside a folder metrics.")
    return RunsFound(_batches(runs))


def _runs_below(folder: Path) -> Iterator[Path]:
    for count, (path, folders, files) in enumerate(os.walk(folder)):
        if count > 10 * MAX_RUNS:
            raise TooLarge(f"{folder} has more than {10 * MAX_RUNS:,} folders.")
        if "meta.yaml" in files and "metrics" in folders:
            folders.clear()  # nothing of a run is a run
            yield Path(path)


def _batches(runs: Sequence[Path]) -> Iterator[list[Found]]:
    for start in range(0, len(runs), 500):
        yield [_run(run) for run in runs[start : start + 500]]


def _run(run: Path) -> Found:
    try:
        meta = read_yaml((run / "meta.yaml").read_bytes()[:MOST_BYTES]).data
        if not isinstance(meta, dict):
            return RejectedRun(run.name, "its meta.yaml has no fields")
        tags = dict(_files(run / "tags"))
        metrics = {name: last for name, text in _files(run / "metrics") if (last := _last(text)) is not None}
        params = dict(_files(run / "params"))
    except (OSError, Unsound, UnicodeDecodeError, ValueError):
        return RejectedRun(run.name, "its files cannot be read")
    ident = str(meta.get("run_id") or meta.get("run_uuid") or run.name)
    name = meta.get("run_name") or tags.get("mlflow.runName") or ident
    ended = meta.get("end_time") or meta.get("start_time")
    status = STATUSES.get(meta.get("status", 3))
    if status is None:
        return RejectedRun(str(name), f"the status '{str(meta.get('status'))[:30]}' is not known")
    own = {f"tags.{key}": value for key, value in tags.items() if not key.startswith(OWN_TAGS)}
    said: dict[str, Any] = {
        "name": name,
        "metrics": metrics,
        "params": {**{key: tags[key] for key in KEPT_TAGS if key in tags}, **own, **params},
        "status": status,
        "source": SOURCE,
        "source_id": ident,
        "measured_at": from_epoch(float(ended)) if isinstance(ended, (int, float)) else None,
    }
    return draft_run(f"{name} ({ident[:8]})", said)


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of each file below a folder; a name with a slash lies in a folder of its own."""
    for path, _, files in os.walk(folder):
        for file in sorted(files):
            found = Path(path) / file
            if found.stat().st_size > MOST_BYTES:
                raise ValueError("too large")
            yield found.relative_to(folder).as_posix(), found.read_text(encoding="utf-8").strip()


def _last(text: str) -> float | None:
    """The value of the greatest step, and of equal steps the last."""
    best: tuple[int, int] | None = None
    value = None
    for line in text.splitlines():
        parts = line.split()
        if len(parts) < 2:
            continue
        place = (int(parts[2]) if len(parts) > 2 else 0, int(parts[0]))
        if best is None or place >= best:
            best, value = place, number(parts[1], ".")
    return value
