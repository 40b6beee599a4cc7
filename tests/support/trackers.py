"""Real trackers, from an environment of their own (.venv-mlflow): a server of MLflow, and scripts that run there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / ".venv-mlflow" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
PATIENCE = 240  # seconds that a loaded machine may take to start the server


def need_trackers() -> None:
    """Skips the test where `make test` has not set up the environment; in CI it must be there."""
    if not PYTHON.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs {PYTHON}: make test")


def run_there(script: str, *arguments: str) -> str:
    """What a script prints that runs where MLflow, TensorBoard and Optuna are installed."""
    need_trackers()
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=_surroundings(),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@contextmanager
def running_mlflow(folder: Path) -> Iterator[str]:
    """The address of an MLflow server with its files in the folder; it has ended when the block has."""
    need_trackers()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database, artifacts = f"sqlite:///{folder / 'mlflow.db'}", str(folder / "artifacts")
    command = [
        str(PYTHON),
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        database,
        "--artifacts-destination",
        artifacts,
    ]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=_surroundings(), start_new_session=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, folder / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(address, timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.2)  # until it listens there is nothing to wait at
    raise AssertionError(log.read_text(errors="replace")[-3000:])


def _surroundings() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "PYTHON"))}
    return {**own, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "GIT_PYTHON_REFRESH": "quiet"}
