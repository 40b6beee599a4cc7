"""The limits: what the same work takes with nothing around it. Run as servers by `tests.bench.servers`."""

from __future__ import annotations

import os
import sqlite3
from typing import Any

import orjson
from fastapi import FastAPI
from sqlalchemy import column, create_engine, event, insert
from sqlalchemy import table as bare_table
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from planner.store.project_lists import COLUMNS

PATH = os.environ.get("BENCH_DATABASE", "")


def bare_list() -> Starlette:
    """A Starlette route that reads the columns of the project list with sqlite3 and writes them with orjson."""
    connection = sqlite3.connect(PATH, check_same_thread=False)
    statement = (
        f"SELECT {', '.join(COLUMNS)} FROM project WHERE portfolio_id = 1 AND deleted_at IS NULL "
        "ORDER BY priority DESC, number LIMIT 50"
    )

    async def listed(_request: Request) -> Response:
        rows = connection.execute(statement).fetchall()
        return Response(
            orjson.dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows]), media_type="application/json"
        )

    return Starlette(routes=[Route("/", listed)])


def core_write() -> FastAPI:
    """A FastAPI route that makes one durable insert with SQLAlchemy Core, and nothing else."""
    engine = create_engine(f"sqlite:///{PATH}", connect_args={"timeout": 10})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    note = bare_table("note", column("name"), column("summary"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, name TEXT, summary TEXT)")
    app = FastAPI()

    @app.post("/", status_code=201)
    def write(body: dict[str, str]) -> dict[str, str]:
        with engine.begin() as connection:
            connection.execute(insert(note).values(name=body["name"], summary=body["summary"]))
        return body

    return app
