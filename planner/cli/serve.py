"""planner serve: the web pages and the REST interface."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.output import note, progress
from planner.cli.workspace import bring_up_to_date, load_settings, open_database, workspace_on

if TYPE_CHECKING:
    from planner.settings import Settings

WAIT_SECONDS = 10  # for requests that are under way when the server is told to stop


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on; 127.0.0.1 unless PLANNER_HOST says.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port; 8000 unless PLANNER_PORT says. 0 takes any free one.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; more than one needs PostgreSQL.")] = 1,
    example: Annotated[
        bool, typer.Option("--example", help="Load the example portfolio first if there is none at all.")
    ] = False,
) -> None:
    """Serve the web pages and the REST interface until Ctrl-C. The database is made or upgraded first."""
    from planner.domain.errors import Invalid
    from planner.services.demo import is_empty, load_demo

    settings = load_settings(host=host, port=port)
    database = open_database(settings)
    if database.is_sqlite and workers > 1:
        raise Invalid.one(
            "--workers",
            "SQLite serves from one process, which is enough for most teams; for more, use PostgreSQL: "
            "PLANNER_DATABASE_URL=postgresql://…",
        )
    with _listen(settings.host, settings.port) as listener:
        bring_up_to_date(database)
        ws = workspace_on(database, settings)
        if example and is_empty(ws):
            with progress("Loading the example") as moved:
                loaded = load_demo(ws, moved)
            note(f"Loaded the example: {loaded.name}, {loaded.projects} projects.")
        database.close()
        _warn(settings)
        _run(settings, listener, workers)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that has the address, so that a taken port is told before anything else is done."""
    from planner.domain.errors import Unavailable

    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        if sys.platform != "win32":  # there it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if listener is not None:
            listener.close()
        why = (error.strerror or str(error)).lower()
        raise Unavailable(f"Cannot listen on {host}:{port}: {why}. Choose another with --host or --port.") from error
    listener.set_inheritable(True)
    return listener


def _warn(settings: Settings) -> None:
    if settings.host == "localhost" or _is(settings.host, "is_loopback"):
        return
    note("There are no accounts: whoever reaches this address can read and change everything.")
    if _is(settings.host, "is_unspecified") or settings.host not in settings.allowed_hosts:
        names = ", ".join(settings.allowed_hosts)
        note(f"Only requests addressed to {names} are answered; PLANNER_ALLOWED_HOSTS names others.")


def _is(host: str, what: str) -> bool:
    try:
        return bool(getattr(ipaddress.ip_address(host), what))
    except ValueError:
        return False


def _run(settings: Settings, listener: socket.socket, workers: int) -> None:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from planner.logs import log_config

    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                note(f"planner is at {url} (Ctrl-C stops it)")

    config = uvicorn.Config(
        "planner.app:create_app",
        factory=True,
        workers=workers,
        log_config=log_config(settings),
        server_header=False,
        timeout_graceful_shutdown=WAIT_SECONDS,
    )
    try:
        if workers == 1:
            Server(config).run(sockets=[listener])
        else:
            note(f"planner is at {url} with {workers} workers (Ctrl-C stops it)")
            Multiprocess(config, sockets=[listener]).run()
    except KeyboardInterrupt:  # the way to stop it, so no failure
        pass
