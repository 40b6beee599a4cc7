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

from planner.cli.logs import log_config
from planner.settings import Settings
from tests.cli.conftest import Planner


@contextmanager
def served(planner: Planner, *arguments: str, **surroundings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own; gives its address once it says so."""
    process = subprocess.Popen(
        [sys.executable, "-m", "planner", "serve", "--port", "0", *arguments],
        env={**os.environ, **planner.surroundings, **surroundings},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if line.startswith("planner is at "):
                yield line.split()[3], process
                break
        else:
            pytest.fail("the server did not start")
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_it_serves_says_where_and_stops_on_ctrl_c(planner: Planner) -> None:
    with served(planner, "--example") as (url, process):
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
    assert planner.refused("serve", "--port", "99999").startswith("planner: --port: Input should be less than")
    assert planner("serve", PLANNER_PORT="x").stderr.startswith("planner: PLANNER_PORT: ")


def test_an_open_address_is_warned_of(planner: Planner) -> None:
    with served(planner, "--host", "127.0.0.2") as (url, _):
        assert url.startswith("http://127.0.0.2:")
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            "from planner.cli.serve import _warn; from planner.settings import Settings\n"
            "_warn(Settings(host='0.0.0.0'))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "There are no accounts" in result.stderr
    assert "PLANNER_ALLOWED_HOSTS names others" in result.stderr


@pytest.mark.parametrize(("chosen", "as_json"), [("json", True), ("text", False), ("auto", True)])
def test_the_log_is_text_for_people_and_json_for_machines(
    chosen: str, as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_LOG_FORMAT", chosen)
    config = log_config(Settings())
    assert config["formatters"]["line"]["as_json"] is as_json
