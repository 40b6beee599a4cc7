"""The command line on a database of the test's own: in this process, in one of its own, and on a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from planner.cli import app_for

# A process that begins a session takes the terminal it is given as its own, so that Ctrl-C reaches it.
_BEGIN = """
import fcntl, runpy, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
runpy.run_module("planner", run_name="__main__")
"""

APP = app_for(())  # with all commands; a process builds only the one that is called


class Terminal:
    """What a person sees and types: a command that runs in a terminal of its own."""

    def __init__(self, arguments: Sequence[str], surroundings: Mapping[str, str]) -> None:
        self._side, other = pty.openpty()
        command = [sys.executable, "-c", _BEGIN, *arguments]
        self._process = subprocess.Popen(
            command, stdin=other, stdout=other, stderr=other, env=surroundings, start_new_session=True
        )
        os.close(other)
        self._deadline = time.monotonic() + 60
        self._looked = 0
        self._again = ""
        self.seen = ""

    def wait_for(self, text: str) -> None:
        """Reads on until the text is seen, after what was waited for before."""
        while (found := self.seen.find(text, self._looked)) < 0:
            assert self._read(), f"{text!r} is not in {self.seen[self._looked :]!r}"
        self._looked = found + len(text)

    def type(self, text: str) -> None:
        os.write(self._side, text.encode())

    def ended(self, again: str = "") -> int:
        """Reads the rest and gives the exit code.

        `again` is typed anew each second: a Ctrl-C that comes while the prompt is being set up can be lost, and a
        person then presses it once more.
        """
        self._again = again
        while self._read():
            pass
        os.close(self._side)
        return self._process.wait(10)

    def _read(self) -> bool:
        """Reads what has come; False when nothing more will."""
        waited = 0
        while not select.select([self._side], [], [], 0.1)[0]:
            if self._process.poll() is not None:
                return False
            waited += 1
            if self._again and waited % 10 == 0:
                self.type(self._again)
            if time.monotonic() > self._deadline:
                self._process.kill()
                self._process.wait()
                return False
        try:
            found = os.read(self._side, 65_536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.seen += found.decode()
        return bool(found)


class Planner:
    """`planner` on the database of a test."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.surroundings = {"PLANNER_DATABASE_URL": f"sqlite:///{database}", "PLANNER_ACTOR": "Mara"}

    def __call__(self, *arguments: str | Path, stdin: str | bytes | None = None, **surroundings: str) -> Result:
        """Runs a command in this process, whatever comes of it."""
        given = [str(argument) for argument in arguments]
        return CliRunner().invoke(APP, given, input=stdin, env={**self.surroundings, **surroundings})

    def ok(self, *arguments: str | Path, stdin: str | bytes | None = None) -> str:
        """What a command prints that must succeed."""
        result = self(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str | Path) -> Any:
        """The data that a command prints as JSON."""
        return json.loads(self.ok(*arguments, "--json"))

    def refused(self, *arguments: str | Path, stdin: str | bytes | None = None) -> str:
        """What a command says on stderr that must be refused, without an answer on stdout."""
        result = self(*arguments, stdin=stdin)
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        assert "Traceback" not in result.stderr
        return result.stderr.strip()

    def process(self, *arguments: str | Path, **surroundings: str) -> subprocess.CompletedProcess[str]:
        """Runs a command in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "planner", *map(str, arguments)],
            env={**os.environ, **self.surroundings, **surroundings},
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )

    def terminal(self, *arguments: str | Path, columns: int = 100, **surroundings: str) -> Terminal:
        """Runs a command on a terminal of so many columns."""
        size = {"COLUMNS": str(columns), "LINES": "50", "TERM": "xterm"}
        return Terminal([*map(str, arguments)], {**os.environ, **self.surroundings, **size, **surroundings})


@pytest.fixture
def planner(template_db: Path, tmp_path: Path) -> Planner:
    """The command line on an empty database."""
    return Planner(Path(shutil.copyfile(template_db, tmp_path / "planner.db")))


@pytest.fixture
def shop(planner: Planner) -> Planner:
    """With one portfolio `shop` and one project SHOP-1."""
    planner.ok("portfolio", "create", "shop", "--name", "The shop", "--key-prefix", "SHOP")
    planner.ok("add", "Churn early warning", "--owner", "Mara")
    return planner


@pytest.fixture
def example(example_db: Path, tmp_path: Path) -> Planner:
    """With the example portfolio."""
    return Planner(Path(shutil.copyfile(example_db, tmp_path / "planner.db")))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file into the folder of the test."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file
