"""Runs of a real MLflow server, through the reader, the service and the terminal. One server serves all of them."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest

from planner.domain.errors import Forbidden, Invalid, NotFound, PlannerError, Unavailable, Unreadable
from planner.domain.metrics_imports import RunsFound
from planner.domain.metrics_runs import RunDraft
from planner.readers import mlflow_folder
from planner.readers.mlflow_server import MlflowServer
from planner.readers.run_files import find_runs
from tests.cli.conftest import Planner
from tests.support.trackers import run_there, running_mlflow

pytestmark = pytest.mark.timeout(400)  # the server alone takes half a minute to start, and longer on a loaded machine

SEED = """
import math, sys
import mlflow
uri, csv = sys.argv[1:3]
mlflow.set_tracking_uri(uri)
mlflow.set_experiment("churn")
for number in range(3):
    with mlflow.start_run(run_name="same" if number < 2 else "last"):
        mlflow.log_params({"lr": 0.1, "note": "a b"})
        mlflow.set_tag("team", "vision")
        mlflow.log_metrics({"recall": (0.7, 0.1 + 0.2, 1 / 3)[number], "tiny": 5e-324, "accuracy/de": 0.25})
        mlflow.log_metrics({"nan": math.nan, "inf": math.inf, "ninf": -math.inf})
        for step, loss in enumerate((3.0, 2.0)):
            mlflow.log_metric("loss", loss, step=step)
        mlflow.log_metrics({"share": 0.5, "share.n": 400})
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("churn").experiment_id
client.set_terminated(client.create_run(experiment, run_name="broken").info.run_id, "FAILED")
client.set_terminated(client.create_run(experiment, run_name="ended").info.run_id, "KILLED")
print(client.create_run(experiment, run_name="going").info.run_id)
if not uri.startswith("file:"):
    mlflow.search_runs(experiment_names=["churn"]).to_csv(csv, index=False)
"""
NUMBERS = {"tiny": 5e-324, "accuracy/de": 0.25, "inf": math.inf, "ninf": -math.inf, "loss": 2.0, "share": 0.5}


class Tracker:
    """The server and what was put into it."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri = uri
        self.export = folder / "export.csv"
        self.going = run_there(SEED, uri, str(self.export)).split()[-1]

    def ask(self, path: str, **content: Any) -> Any:
        return httpx2.post(f"{self.uri}/api/2.0/mlflow/{path}", json=content, timeout=60).raise_for_status().json()


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    folder = tmp_path_factory.mktemp("mlflow")
    with running_mlflow(folder) as uri:
        yield Tracker(uri, folder)


def drafts(found: RunsFound) -> list[RunDraft]:
    every = [one for batch in found.batches for one in batch]
    taken = [one for one in every if isinstance(one, RunDraft)]
    assert taken == every
    return taken


def agrees(run: RunDraft, recall: float, *, nan: bool = True) -> None:
    """The run says what was logged, to the last digit."""
    metrics = dict(run.metrics)
    if nan:
        assert math.isnan(metrics.pop("nan"))
    assert metrics == {**NUMBERS, "recall": recall}
    assert run.uncertainty["share"].n == 400
    assert (run.params["lr"], run.params["note"], run.params["tags.team"]) == ("0.1", "a b", "vision")
    assert run.source == "mlflow"


@pytest.mark.parametrize("page", [2, 1_000])
def test_a_live_server_is_read_to_the_last_digit_and_page_by_page(tracker: Tracker, page: int) -> None:
    with closing(MlflowServer(tracker.uri, {}, page)) as server:
        found = drafts(server.find_runs("churn"))
    assert [(run.name, run.status) for run in found] == [
        *[("same", "finished"), ("same", "finished"), ("last", "finished")],
        *[("broken", "failed"), ("ended", "failed"), ("going", "running")],
    ]
    for run, recall in zip(found, (0.7, 0.30000000000000004, 1 / 3), strict=False):
        agrees(run, recall)
        assert run.url.startswith(f"{tracker.uri}/#/experiments/")
        assert run.url.endswith(f"/runs/{run.source_id}")
        assert run.measured_at is not None
    assert len({run.source_id for run in found}) == 6


def test_a_filter_is_the_servers_own(tracker: Tracker) -> None:
    with closing(MlflowServer(tracker.uri, {})) as server:
        assert [run.name for run in drafts(server.find_runs("churn", "metrics.recall < 0.4"))] == ["same", "last"]
        assert drafts(server.find_runs("churn", "tags.team = 'nobody'")) == []
        with pytest.raises(Invalid) as caught:
            drafts(server.find_runs("churn", "recall is high"))
        assert caught.value.errors[0].field == "--filter"
        with pytest.raises(NotFound, match="nowhere"):
            server.find_runs("nowhere")


def test_its_export_as_csv_says_the_same(tracker: Tracker) -> None:
    for source in ("mlflow", None):  # which its headers say too
        found = drafts(find_runs(tracker.export.read_bytes(), "export.csv", source))
        by_recall = {run.metrics["recall"]: run for run in found if run.metrics}
        for recall in (0.7, 0.30000000000000004, 1 / 3):
            agrees(by_recall[recall], recall, nan=False)  # pandas leaves the cell of a NaN empty
        assert sorted(run.status for run in found) == ["failed", "failed", *["finished"] * 3, "running"]


def test_a_folder_of_runs_says_the_same(tmp_path: Path) -> None:
    run_there("import os; os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'\n" + SEED, f"file:{tmp_path / 'mlruns'}", "")
    found = {run.source_id: run for run in drafts(mlflow_folder.find_folder(tmp_path / "mlruns"))}
    finished = [run for run in found.values() if run.status == "finished"]
    assert sorted(run.name for run in found.values()) == ["broken", "ended", "going", "last", "same", "same"]
    for run in finished:
        agrees(run, run.metrics["recall"])
    assert {run.metrics["recall"] for run in finished} == {0.7, 0.30000000000000004, 1 / 3}
    with pytest.raises(NotFound):
        mlflow_folder.find_folder(tmp_path / "mlruns" / ".trash")


def test_the_terminal_imports_resumes_and_writes_back(tracker: Tracker, shop: Planner) -> None:
    source = ("runs", "add", "SHOP-1", "--from", "mlflow", "--uri", tracker.uri, "--experiment", "churn")
    dry = shop.json(*source, "--dry-run")
    assert (dry["read"], dry["added"], dry["left"]) == (6, 5, 1)
    assert shop.json("runs", "list", "SHOP-1")["items"] == []
    first = shop(*source)
    assert (first.exit_code, first.stdout) == (0, "Added 5 runs to SHOP-1: planner gate SHOP-1\n")
    assert "1 not ended yet, so left for the next time." in first.stderr
    runs = shop.json("runs", "list", "SHOP-1")["items"]
    second = next(run for run in runs if run["name"].startswith("same ("))
    assert second["name"] == f"same ({second['source_id'][:8]})"
    assert (runs[0]["metrics"]["nan"], runs[0]["metrics"]["inf"], runs[0]["metrics"]["ninf"]) == (
        *("NaN", "Infinity", "-Infinity"),
    )
    tracker.ask("runs/update", run_id=tracker.going, status="FINISHED")
    try:
        again = shop.json(*source)
    finally:
        tracker.ask("runs/update", run_id=tracker.going, status="RUNNING")
    assert {name: again[name] for name in ("read", "added", "skipped", "left", "rejected")} == {
        "read": 6,
        "added": 1,
        "skipped": 5,
        "left": 0,
        "rejected": 0,
    }
    shop.ok("metrics", "set", "SHOP-1", "--optimise", "recall:maximise", "--threshold", "loss<=2")
    assert shop.ok("runs", "tag", "SHOP-1", "--uri", tracker.uri, "--dry-run").startswith("Would tag 6 runs")
    told = tracker.ask("runs/search", experiment_ids=["1"], filter="tags.`planner.project` = 'SHOP-1'")
    assert told.get("runs", []) == []
    assert shop.ok("runs", "tag", "SHOP-1", "--uri", tracker.uri) == f"Tagged 6 runs of {tracker.uri}.\n"
    told = tracker.ask("runs/search", experiment_ids=["1"], filter="tags.`planner.verdict` = 'winner'")
    assert [run["info"]["run_name"] for run in told["runs"]] == ["same"]
    tags = {tag["key"]: tag["value"] for tag in told["runs"][0]["data"]["tags"]}
    assert (tags["planner.contract_version"], tags["planner.project"]) == ("1", "SHOP-1")


class _Stranger(BaseHTTPRequestHandler):
    """A server that answers as it is told, and remembers who asked."""

    answer: ClassVar[tuple[int, bytes]] = (200, b"{}")
    asked_by: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.asked_by.append(self.headers["Authorization"])
        self.send_response(self.answer[0])
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(self.answer[1])))
        self.end_headers()
        self.wfile.write(self.answer[1])

    do_POST = do_GET  # noqa: N815 (its name is given)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name is given)
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ((401, b"Unauthorized"), Forbidden, "MLFLOW_TRACKING_TOKEN"),
        ((403, b"{}"), Forbidden, "answers 403"),
        ((404, b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No Experiment"}'), NotFound, "No Experiment"),
        ((404, b"<html>"), Unreadable, "not as MLflow does"),
        ((302, b""), Unreadable, "not as MLflow does"),
        ((200, b"<html>"), Unreadable, "not as MLflow does"),
        ((200, b"[" * 100_000), Unreadable, "not as MLflow does"),
        ((503, b""), Unavailable, "answers 503"),
        ((429, b"{}"), Unavailable, "try again"),
    ],
)
def test_what_another_server_answers_is_told_plainly(
    stranger: str, answer: tuple[int, bytes], error: type[PlannerError], said: str
) -> None:
    _Stranger.answer = answer
    with closing(MlflowServer(stranger, {})) as server, pytest.raises(error, match=said):
        server.find_runs("churn")


def test_pages_that_never_end_are_refused(stranger: str) -> None:
    _Stranger.answer = (200, json.dumps({"experiment": {"experiment_id": "1"}, "next_page_token": "x"}).encode())
    with closing(MlflowServer(stranger, {})) as server, pytest.raises(Unreadable):
        drafts(server.find_runs("churn"))


@pytest.mark.parametrize(
    ("environment", "sent"),
    [
        ({}, None),
        ({"MLFLOW_TRACKING_TOKEN": "t0k"}, "Bearer t0k"),
        ({"MLFLOW_TRACKING_USERNAME": "mara", "MLFLOW_TRACKING_PASSWORD": "s"}, "Basic bWFyYTpz"),
    ],
)
def test_it_signs_in_as_mlflow_does(stranger: str, environment: dict[str, str], sent: str | None) -> None:
    _Stranger.answer = (200, b"{}")
    with closing(MlflowServer(stranger, environment)) as server:
        server.find_runs("churn")
    assert _Stranger.asked_by[-1] == sent


def test_a_server_that_is_away_is_told(shop: Planner) -> None:
    said = shop.refused("runs", "add", "SHOP-1", "--uri", "http://127.0.0.1:9", "--experiment", "churn")
    assert said.startswith("planner: http://127.0.0.1:9 cannot be reached")
    for uri in ("ftp://x", "nonsense", "http://"):
        assert "--uri" in shop.refused("runs", "add", "SHOP-1", "--uri", uri, "--experiment", "churn")
    assert "leave the password out" in shop.refused(
        "runs", "add", "SHOP-1", "--uri", "http://a:b@x", "--experiment", "c"
    )
    assert "--experiment" in shop.refused("runs", "add", "SHOP-1", "--uri", "http://127.0.0.1:9")
