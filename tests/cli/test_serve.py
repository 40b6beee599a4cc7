from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from planner.logs import log_config
from planner.settings import Settings
from tests.cli.conftest import Planner

Served = tuple[str, subprocess.Popen[str], list[str]]


@contextmanager
def served(planner: Planner, *arguments: str) -> Iterator[Served]:
    """A server in a process of its own; once it says so, gives its address and what it said before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "planner", "serve", "--port", "0", *arguments],
        env={**os.environ, **planner.surroundings},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        before: list[str] = []
        for line in process.stderr:
            if line.startswith("planner is at "):
                yield line.split()[3], process, before
                break
            before.append(line)
        else:
            pytest.fail("the server did not start")
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_it_serves_says_where_and_stops_on_ctrl_c(planner: Planner) -> None:
    with served(planner, "--example") as (url, process, before):
        assert before[-1].startswith("Loaded the example: ")
        assert url.startswith("http://127.0.0.1:")
        with urlopen(f"{url}/api/v1/portfolios", timeout=30) as answer:
            assert [found["slug"] for found in json.load(answer)["items"]] == ["example"]
            assert "server" not in {name.lower() for name in answer.headers}
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        rest = process.stderr.read()
        assert process.wait(30) == 0
    assert [json.loads(line)["level"] for line in rest.splitlines()] == ["info"]  # the request, as JSON in a pipe
    assert "Traceback" not in rest


def test_a_taken_port_is_said_before_anything_else(planner: Planner) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert planner.refused("serve", "--port", str(port)) == (
            f"planner: Cannot listen on 127.0.0.1:{port}: address already in use. Choose another with --host or --port."
        )


def test_sqlite_serves_from_one_process(planner: Planner) -> None:
    assert planner.refused("serve", "--workers", "2").startswith("planner: --workers: SQLite serves from one process")


def test_a_wrong_port_is_named_as_it_was_given(planner: Planner) -> None:
    assert planner.refused("serve", "--port", "99999").startswith("planner: --port: must be at most 65,535")
    assert planner("serve", PLANNER_PORT="x").stderr.startswith("planner: PLANNER_PORT: ")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_open_address_is_warned_of(planner: Planner, host: str) -> None:
    with served(planner, "--host", host) as (_, __, before):
        assert before[0].startswith("There are no accounts: whoever reaches this address can read and change")
        assert before[1].startswith("Only requests addressed to 127.0.0.1, localhost, [::1] are answered;")


@pytest.mark.parametrize(("chosen", "as_json"), [("json", True), ("text", False), ("auto", True)])
def test_the_log_is_text_for_people_and_json_for_machines(
    chosen: str, as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_LOG_FORMAT", chosen)
    config = log_config(Settings())
    assert config["formatters"]["line"]["as_json"] is as_json
