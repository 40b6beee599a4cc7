"""A real server that is killed while it writes: what it acknowledged is there, once, and nothing is half-written."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.api.reading import API, LAB, PROJECT

WRITERS, CYCLES, SECONDS = 4, 3, 0.7
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


def write_until_it_dies(address: str, writer: str, acknowledged: list[str], unknown: list[str]) -> None:
    """Adds projects, each under a key of its own, until the server is gone."""
    with httpx2.Client(base_url=address, timeout=10) as client:
        for number in range(100_000):
            name = f"{writer}-{number}"
            try:
                answer = client.post(f"{LAB}/projects", json={"name": name}, headers={"idempotency-key": name})
            except httpx2.TransportError:
                unknown.append(name)
                return
            assert answer.status_code == 201, answer.text
            acknowledged.append(name)


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
    acknowledged: list[str] = []
    for cycle in range(CYCLES):
        unknown: list[str] = []
        with running(database) as (server, address):
            if cycle == 0:
                assert httpx2.post(f"{address}{API}/portfolios", json={"slug": "lab", "name": "Lab"}).status_code == 201
            writers = [
                threading.Thread(target=write_until_it_dies, args=(address, f"{cycle}-{writer}", acknowledged, unknown))
                for writer in range(WRITERS)
            ]
            for thread in writers:
                thread.start()
            time.sleep(SECONDS)
            server.send_signal(signal.SIGKILL)
            for thread in writers:
                thread.join(timeout=20)
        names = stored_names(database)
        assert set(acknowledged) <= set(names)
        assert len(names) == len(set(names))
        assert set(names) <= {*acknowledged, *unknown}
        with running(database) as (_, address):
            # Whoever got no answer asks again under the same key: it is done once, or nobody knows and says so.
            for name in unknown:
                body, key = {"name": name}, {"idempotency-key": name}
                answer = httpx2.post(f"{address}{LAB}/projects", json=body, headers=key)
                assert answer.status_code in (201, 409), answer.text
                if answer.status_code == 201:
                    acknowledged.append(name)
        names = stored_names(database)
        assert len(names) == len(set(names))
        assert set(acknowledged) <= set(names)
        acknowledged = list(names)
    assert len(acknowledged) > CYCLES * WRITERS


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
