"""Servers for a measurement: each in a process of its own, on a free port of this machine, ended by its id."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(factory: str, database: Path) -> Iterator[int]:
    """Serves an application factory (`module:function`) on the database and gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {
        "BENCH_DATABASE": str(database),
        "PLANNER_DATABASE_URL": f"sqlite:///{database}",
        "PLANNER_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--port", str(port)]
    options = ["--log-level", "warning", "--no-access-log"]
    server = subprocess.Popen([*command, *options], env=environment)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not answer within a minute")
