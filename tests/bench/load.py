"""A bounded load over keep-alive connections: as many requests as asked for, then it stops."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass

CONNECTIONS = 4


@dataclass(frozen=True)
class Measured:
    """What a load met: requests per second, the slowest one in a hundred (seconds), and the statuses seen."""

    rate: float
    p99: float
    statuses: frozenset[int]


def load(port: int, requests: list[bytes], connections: int = CONNECTIONS) -> Measured:
    """Sends the requests over a few connections at once and waits for every answer."""
    times: list[float] = []
    statuses: set[int] = set()
    shares = [requests[number::connections] for number in range(connections)]
    threads = [threading.Thread(target=_send, args=(port, share, times, statuses)) for share in shares]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    times.sort()
    return Measured(len(requests) / elapsed, times[int(len(times) * 0.99) - 1], frozenset(statuses))


def request(path: str, *, body: bytes = b"", etag: str = "") -> bytes:
    """A request as it stands on the wire."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if etag:
        lines.append(f"If-None-Match: {etag}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _send(port: int, requests: list[bytes], times: list[float], statuses: set[int]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        stream = connection.makefile("rb")
        for one in requests:
            start = time.perf_counter()
            connection.sendall(one)
            statuses.add(_read(stream))
            times.append(time.perf_counter() - start)


def _read(stream: socket.SocketIO | object) -> int:
    status, length = 0, 0
    while True:
        line: bytes = stream.readline()  # type: ignore[union-attr]
        if line.startswith(b"HTTP/"):
            status = int(line[9:12])
        elif line[:15].lower() == b"content-length:":
            length = int(line[15:])
        elif line in (b"\r\n", b""):
            break
    if status != 304 and length:
        stream.read(length)  # type: ignore[union-attr]
    return status
