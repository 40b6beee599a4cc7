"""A real server that is killed while it writes: what it acknowledged is there, once, and nothing is half-written."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import httpx2
import pytest

from tests.api.reading import API, LAB, PROJECT

WRITERS, CYCLES, ENOUGH = 4, 2, 40
CLIENTS, INCREMENTS = 8, 25


@contextmanager
def running(database: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The program as people start it, ready to answer: its process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "planner", "serve", "--port", str(port)]
    told = {"PLANNER_DATABASE_URL": f"sqlite:///{database}", "PLANNER_ACTOR": "Mara", "PLANNER_LOG_LEVEL": "error"}
    server = subprocess.Popen(command, env=os.environ | told, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, address)
        yield server, address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(400):
        assert server.poll() is None, "the server ended by itself"
        try:
            if httpx2.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer within 20 seconds")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "planner.db"


def write_until_it_dies(address: str, writer: str, acknowledged: Queue[str], unknown: Queue[str]) -> None:
    """Adds projects, each under a key of its own, until the server is gone."""
    with httpx2.Client(base_url=address, timeout=10) as client:
        for number in range(100_000):
            name = f"{writer}-{number}"
            try:
                answer = add(client, name)
            except httpx2.TransportError:
                unknown.put(name)
                return
            assert answer.status_code == 201, answer.text
            acknowledged.put(name)


def add(client: httpx2.Client, name: str) -> httpx2.Response:
    return client.post(f"{LAB}/projects", json={"name": name}, headers={"idempotency-key": name})


def stored_names(database: Path) -> list[str]:
    """The names of all projects; fails when the file is not whole."""
    connection = sqlite3.connect(database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        names = [name for (name,) in connection.execute("SELECT name FROM project")]
        (created,) = connection.execute("SELECT count(*) FROM event WHERE action = 'project.created'").fetchone()
        (following,) = connection.execute("SELECT next_number FROM portfolio").fetchone()
        (indexed,) = connection.execute("SELECT count(*) FROM project_search").fetchone()
        assert (created, following - 1, indexed) == (len(names),) * 3
    finally:
        connection.close()
    return names


def test_what_was_acknowledged_survives_a_kill_in_the_middle_of_writing(database: Path) -> None:
    kept: set[str] = set()  # names that were acknowledged
    open_ended: list[str] = []  # names of which nobody knows: the answer did not come
    for cycle in range(CYCLES + 1):
        with running(database) as (server, address), httpx2.Client(base_url=address, timeout=10) as client:
            if cycle == 0:
                assert client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"}).status_code == 201
            for name in open_ended:  # asked again under the same key, it is done once, or the answer says to look
                answer = add(client, name)
                assert answer.status_code in (201, 409), answer.text
                kept |= {name} if answer.status_code == 201 else set()
            if cycle < CYCLES:
                acknowledged, unknown = _kill_in_the_middle(server, address, str(cycle))
        names = stored_names(database)
        assert len(names) == len(set(names))
        kept |= acknowledged
        assert kept <= set(names)
        assert set(names) <= {*kept, *unknown, *open_ended}
        kept, open_ended = set(names), unknown
    assert len(kept) >= CYCLES * ENOUGH


def _kill_in_the_middle(server: subprocess.Popen[bytes], address: str, prefix: str) -> tuple[set[str], list[str]]:
    """(names acknowledged, names without an answer) of writers whose server is killed once it has answered enough."""
    acknowledged, unknown = Queue[str](), Queue[str]()
    with ThreadPoolExecutor(WRITERS) as writers:
        done = [
            writers.submit(write_until_it_dies, address, f"{prefix}-{writer}", acknowledged, unknown)
            for writer in range(WRITERS)
        ]
        first = {acknowledged.get(timeout=20) for _ in range(ENOUGH)}
        server.send_signal(signal.SIGKILL)
        for writer in done:
            writer.result(timeout=20)
    return first | {acknowledged.get() for _ in range(acknowledged.qsize())}, [*unknown.queue]


def test_of_two_hundred_increments_by_eight_clients_none_is_lost(database: Path) -> None:
    def increment(address: str) -> int:
        refused = 0
        with httpx2.Client(base_url=address, timeout=20) as client:
            for _ in range(INCREMENTS):
                while True:
                    read = client.get(PROJECT)
                    body, version = {"effort": read.json()["effort"] + 1}, {"if-match": read.headers["etag"]}
                    written = client.patch(PROJECT, json=body, headers=version)
                    if written.status_code == 200:
                        break
                    assert written.status_code == 412, written.text
                    refused += 1
        return refused

    with running(database) as (_, address):
        httpx2.post(f"{address}{API}/portfolios", json={"slug": "lab", "name": "Lab"})
        httpx2.post(f"{address}{LAB}/projects", json={"name": "Counter", "effort": 0})
        with ThreadPoolExecutor(CLIENTS) as clients:
            refused = sum(clients.map(increment, [address] * CLIENTS))
        project = httpx2.get(f"{address}{PROJECT}").json()
        events = httpx2.get(f"{address}{PROJECT}/history").json()["items"]
    assert project["effort"] == CLIENTS * INCREMENTS
    assert project["version"] == 1 + CLIENTS * INCREMENTS == len(events)
    assert refused > 0  # else they never met
