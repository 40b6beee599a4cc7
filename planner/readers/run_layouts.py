"""How the tables of trackers are laid out: which column says what, and which say nothing about a model.

Sources: `mlflow.search_runs().to_csv()`, `mlflow experiments csv` and the download of MLflow's page; W&B's download of
its runs table and the export script of its documentation; Neptune's `fetch_runs_table().to_pandas()` and its page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TableSource = Literal["csv", "mlflow", "wandb", "neptune"]


@dataclass(frozen=True)
class Layout:
    """The headers of one tracker, in lower case; the first that a table has counts."""

    source: str = ""
    name: tuple[str, ...] = ()
    source_id: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    measured_at: tuple[str, ...] = ()
    url: tuple[str, ...] = ("url",)
    failed: tuple[str, ...] = ()  # a column that says true for a run that failed
    ignored: tuple[str, ...] = ()
    ignored_beginnings: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()  # though their beginning is ignored
    metric_beginnings: tuple[str, ...] = ()  # which are taken off
    param_beginnings: tuple[str, ...] = ()
    database_infinity: bool = False  # its database has no infinity and keeps the largest number in its place
    packed: Mapping[str, Literal["metrics", "params"]] = field(default_factory=dict)  # columns with whole objects


LAYOUTS: Mapping[TableSource, Layout] = {
    "csv": Layout(name=("name", "run", "run_id"), status=("status",), measured_at=("measured_at",)),
    "mlflow": Layout(
        source="mlflow",
        name=("tags.mlflow.runname", "mlflow.runname", "run_name", "run name", "name"),
        source_id=("run_id", "run id", "info.run_id", "run_uuid"),
        status=("status",),
        measured_at=("end_time", "start_time", "start time"),
        ignored=(
            *("experiment_id", "artifact_uri", "lifecycle_stage", "user_id", "start_time", "end_time", "start time"),
            *("duration", "source type", "source_type"),
        ),
        ignored_beginnings=("mlflow.", "tags.mlflow."),
        kept=("mlflow.source.git.commit", "tags.mlflow.source.git.commit", "mlflow.user", "tags.mlflow.user"),
        metric_beginnings=("metrics.",),
        param_beginnings=("params.",),
        database_infinity=True,
    ),
    "wandb": Layout(
        source="wandb",
        name=("name", "display_name"),
        source_id=("id", "run_id"),
        status=("state",),
        measured_at=("_timestamp", "created", "created_at"),
        url=("url", "link"),
        ignored=("created", "created_at", "runtime", "updated", "end time", "heartbeatat"),
        ignored_beginnings=("_",),
        metric_beginnings=("summary.",),
        param_beginnings=("config.",),
        packed={"summary": "metrics", "config": "params"},
    ),
    "neptune": Layout(
        source="neptune",
        name=("sys/name", "name", "sys/custom_run_id", "sys/id", "id"),
        source_id=("sys/id", "id"),
        status=("sys/state", "state"),
        measured_at=("sys/modification_time", "modification time", "sys/creation_time", "creation time"),
        failed=("sys/failed", "failed"),
        ignored=("creation time", "modification time", "ping time", "running time", "size", "trashed"),
        ignored_beginnings=("sys/", "monitoring/", "source_code/"),
        kept=("sys/owner", "sys/tags", "sys/description"),
        metric_beginnings=("metrics/",),
        param_beginnings=("parameters/", "params/"),
    ),
}

# What trackers call the ways in which a run may stand.
STATUSES: Mapping[str, Literal["finished", "running", "failed"]] = {
    **dict.fromkeys(("finished", "finish", "complete", "completed", "succeeded", "success", "done"), "finished"),
    **dict.fromkeys(("inactive", "idle"), "finished"),
    **dict.fromkeys(("running", "active", "scheduled", "pending", "queued", "waiting", "paused"), "running"),
    **dict.fromkeys(("failed", "fail", "failure", "killed", "crashed", "error", "aborted"), "failed"),
    **dict.fromkeys(("cancelled", "canceled", "preempted", "pruned", "stopped"), "failed"),
}
STATUS_WORDS = "finished, running or failed"
