"""planner gate on a database and on a running server: it asks, and never opens on anything but a whole verdict."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.bench.servers import serving
from tests.cli.conftest import Planner

Write = Callable[[str, str], Path]

METRICS = ("--optimise", "recall:maximise", "--baseline", "recall=0.7", "--threshold", "latency<=100 ms")
RUNS = "name,status,recall,latency\na,FINISHED,0.8,90\nb,FINISHED,0.9,120\nc,FAILED,0.95,50\nd,FINISHED,0.7,\n"


@pytest.fixture
def measured(shop: Planner, write: Write) -> Planner:
    shop.ok("metrics", "set", "SHOP-1", *METRICS, "--no-worse", "recall=0.01")
    shop.ok("runs", "add", "SHOP-1", write("runs.csv", RUNS))
    shop.ok("runs", "promote", "SHOP-1", "d")
    return shop


def test_database_and_server_say_the_same(measured: Planner, write: Write) -> None:
    new = write("new.csv", "name,recall,latency\nn,0.69,80\nm,0.68,80\n")
    asked: tuple[tuple[tuple[str | Path, ...], int], ...] = (
        ((), 0),
        (("--run", "a"), 0),
        (("--run", "b"), 1),
        (("--run", "c"), 1),
        (("--run", "d"), 1),
        (("--run", "zz"), 2),
        (("--confidence", "0.95"), 1),
        (("--format", "json"), 0),
        (("--runs", new), 0),
        (("--runs", new, "--run", "m"), 1),
        (("--runs", new, "--production", "m", "--json"), 0),
    )
    with serving("planner.app:create_app", measured.database) as port:
        server = f"http://127.0.0.1:{port}"
        for more, code in asked:
            here = measured("gate", "SHOP-1", *more)
            there = measured("gate", "SHOP-1", "--server", server, *more)
            assert (here.exit_code, there.exit_code) == (code, code), (more, here.output, there.output)
            assert here.stdout == there.stdout
        process = measured.process("gate", "SHOP-1", PLANNER_SERVER=server, PLANNER_DATABASE_URL="sqlite:////no/db")
        assert (process.returncode, "Winner: a." in process.stdout) == (0, True)
        assert measured.process("gate", "NONE-1", "--server", server).returncode == 2
        assert measured.process("gate", "SHOP-1", "--server", server + "/elsewhere").returncode == 2
    gone = measured.process("gate", "SHOP-1", "--server", server)
    assert (gone.returncode, gone.stdout) == (2, "")
    assert "cannot be reached" in gone.stderr


# ── servers that are not what they should be ─────────────────────────────────────────────────────────────────────

AGREED: dict[str, Any] = {
    "optimised": {"name": "recall", "direction": "maximise"},
    "thresholded": [{"name": "latency", "direction": "minimise", "threshold": 100}],
    "reason": "",
    "version": 1,
    "recorded_at": "2026-05-01T12:00:00Z",
    "recorded_by": "Mara",
}
JUDGED: dict[str, Any] = {
    "run": 1,
    "name": "a",
    "status": "qualified",
    "metrics": [
        {"name": "recall", "value": 0.8, "status": "measured"},
        {"name": "latency", "value": 90, "status": "met", "threshold": 100, "against": "value", "margin": 10},
    ],
}
VERDICT: dict[str, Any] = {
    "contract_version": 1,
    "total": 1,
    "evaluable": 1,
    "not_evaluable": 0,
    "qualified": 1,
    "winners": ["a"],
    "best": 0.8,
    "over_baseline": None,
    "pareto": ["a"],
    "nearest": [],
    "runs": [JUDGED],
}
Answer = tuple[int, str, bytes]


@contextmanager
def answering(contract: Answer | None, verdict: Answer | None) -> Iterator[str]:
    """A server that gives these answers: status, content type, body; None lets the asker wait."""
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = contract if self.path.split("?")[0].endswith("/metrics") else verdict
            if answer is None:
                done.wait(30)
                return
            status, kind, body = answer
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) + (status == 206)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        done.set()
        server.shutdown()
        thread.join()
        server.server_close()


def told(body: Any, status: int = 200, kind: str = "application/json") -> Answer:
    return status, kind, body if isinstance(body, bytes) else json.dumps(body).encode()


def judged(**changed: Any) -> Answer:
    return told({**VERDICT, "runs": [{**JUDGED, **changed}]})


def latency(**changed: Any) -> Answer:
    return judged(metrics=[JUDGED["metrics"][0], {**JUDGED["metrics"][1], **changed}])


AGREE = told(AGREED)
DOUBTFUL: dict[str, tuple[Answer | None, Answer | None]] = {
    "no contract": (told({"detail": "No metric contract is agreed yet."}, 404), told(VERDICT)),
    "not signed in": (AGREE, told({"detail": "Sign in."}, 401)),
    "forbidden": (AGREE, told({"detail": "Not yours."}, 403)),
    "a bug": (AGREE, told(b"oops", 500, "text/plain")),
    "overloaded": (AGREE, told(b"", 503, "text/html")),
    "a login page": (AGREE, told(b"<!doctype html><p>Sign in</p>", 200, "text/html")),
    "a login page that says it is JSON": (AGREE, told(b"<!doctype html>", 200)),
    "nothing": (AGREE, told(b"", 200)),
    "no content": (AGREE, told(b"", 204)),
    "cut off": (AGREE, told(json.dumps(VERDICT).encode()[:-9])),
    "shorter than it says": (AGREE, (206, "application/json", json.dumps(VERDICT).encode())),
    "another thing": (AGREE, told({"qualified": 1})),
    "a list": (AGREE, told([VERDICT])),
    "a word for a number": (AGREE, told({**VERDICT, "qualified": "many"})),
    "an unknown field": (AGREE, told({**VERDICT, "extra": 1})),
    "another contract": (told({**AGREED, "version": 2}), told(VERDICT)),
    "a contract that is none": (told({"optimised": {}}), told(VERDICT)),
    "winners without runs": (AGREE, told({**VERDICT, "runs": []})),
    "a count without winners": (AGREE, told({**VERDICT, "winners": []})),
    "counts that do not add up": (AGREE, told({**VERDICT, "total": 3})),
    "more qualified than evaluable": (AGREE, told({**VERDICT, "qualified": 5})),
    "a winner that is not qualified": (AGREE, judged(status="disqualified")),
    "a winner that did not finish": (AGREE, judged(finished=False)),
    "a winner without a metric": (AGREE, judged(metrics=[JUDGED["metrics"][0]])),
    "a winner with a value that is missing": (AGREE, latency(value=None)),
    "a winner beyond its threshold": (AGREE, latency(value=120)),
    "a winner under another threshold": (AGREE, latency(threshold=200, value=120)),
    "a winner that breaches": (AGREE, latency(status="breached")),
    "NaN": (AGREE, told(json.dumps(VERDICT).replace("0.8", "NaN").encode())),
    "silence": (None, None),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_whatever_a_server_says_wrongly_is_exit_code_2(planner: Planner, case: str) -> None:
    with answering(*DOUBTFUL[case]) as address:
        found = planner.process("gate", "SHOP-1", "--server", address, "--timeout", "2")
    assert (found.returncode, found.stdout) == (2, ""), found.stdout
    assert found.stderr.startswith("planner: ")
    assert "Traceback" not in found.stderr
    assert "unexpected" not in found.stderr


def test_what_it_says_rightly_opens_the_gate(planner: Planner) -> None:
    with answering(AGREE, told(VERDICT)) as address:
        found = planner("gate", "SHOP-1", "--server", address)
        assert (found.exit_code, "Winner: a." in found.stdout) == (0, True)
        # An older server that does not know the question judges without a confidence: that opens nothing.
        doubtful = planner("gate", "SHOP-1", "--server", address, "--confidence", "0.95")
        assert (doubtful.exit_code, "is not met" in doubtful.stderr) == (2, True)


@pytest.mark.parametrize(
    "address", ["planner.example", "ftp://planner.example", "file:///etc/passwd", "http://", "http://a?b"]
)
def test_what_is_no_address_of_a_server(planner: Planner, address: str) -> None:
    assert planner.refused("gate", "SHOP-1", "--server", address).startswith("planner: --server: ")


def test_a_server_that_hangs_up(planner: Planner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            listening.accept()[0].close()

        hangs = threading.Thread(target=hang_up)
        hangs.start()
        found = planner("gate", "SHOP-1", "--server", f"http://127.0.0.1:{listening.getsockname()[1]}")
        hangs.join()
    assert (found.exit_code, "cannot be reached" in found.stderr) == (2, True)
