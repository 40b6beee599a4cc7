"""Event files of TensorBoard, whichever library wrote them: each folder with such files is a run.

A run has the last value of each scalar: the one of the greatest step, and of equal steps the one written last. When a
writer says that it starts again from a step, what was written from that step on before does not count, as in
TensorBoard itself.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from planner.domain.errors import NotFound, TooLarge, Unreadable
from planner.domain.metrics_imports import MAX_RUNS, Found, RunsFound, draft_run
from planner.readers.run_times import from_epoch
from planner.readers.tensor_scalars import Event, read_event
from planner.readers.tfrecords import Damaged, masked_crc, read_records

EVENTS = "tfevents"  # which the name of every event file holds
SOURCE = "tensorboard"
MOST_VALUES = 2_000_000  # scalars of one run, over all its steps


@dataclass
class _Written:
    """What the files of a run hold."""

    first: float = 0.0
    last: float = 0.0
    scalars: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    status: str = ""
    count: int = 0

    def take(self, event: Event) -> None:
        if event.restarts:
            for tag, values in self.scalars.items():
                self.scalars[tag] = [one for one in values if one[0] < event.step]
        for tag, value in event.values:
            self.scalars.setdefault(tag, []).append((event.step, value))
        self.count += len(event.values)
        if self.count > MOST_VALUES:
            raise TooLarge(f"A run has more than {MOST_VALUES:,} values.")
        self.params.update(event.params)
        self.status = event.status or self.status
        if event.values:  # the first event of a file has whole seconds only
            self.first = self.first or event.wall_time
        self.last = max(self.last, event.wall_time)

    def final(self) -> dict[str, float]:
        """The last value by tag."""
        found = {}
        for tag, values in self.scalars.items():
            if values:
                # Of equal steps the later one: max() takes the first, so it looks from the end.
                found[tag] = max(reversed(values), key=lambda one: one[0])[1]
        return found


def find_event_file(content: bytes, filename: str, name: str = "") -> RunsFound:
    """The run in one event file. Raises Unreadable for a file of another kind."""
    notes: list[str] = []
    written = _Written()
    _read(io.BytesIO(content), filename, written, notes)
    if not written.scalars:
        raise Unreadable(f"{filename} holds no scalars.")
    parent = PurePath(filename).parent.name
    return RunsFound([[_run(name or parent or PurePath(filename).name, PurePath(filename).name, written)]], notes)


def find_folder(folder: Path) -> RunsFound:
    """The runs below a folder, each with the path of its folder as name. NotFound when there is no event file."""
    runs = sorted(_runs_below(folder))
    if not runs:
        raise NotFound(f"There is no event file of TensorBoard in {folder} or below it.")
    notes: list[str] = []
    return RunsFound(_read_runs(folder, runs, notes), notes)


def _runs_below(folder: Path) -> Iterator[tuple[str, Sequence[str]]]:
    for count, (path, _, files) in enumerate(os.walk(folder)):
        if count > MAX_RUNS:
            raise TooLarge(f"{folder} has more than {MAX_RUNS:,} folders.")
        events = sorted(name for name in files if EVENTS in name)
        if events:
            yield path, events


def _read_runs(folder: Path, runs: Sequence[tuple[str, Sequence[str]]], notes: list[str]) -> Iterator[list[Found]]:
    for path, files in runs:
        relative = PurePath(path).relative_to(folder).as_posix()
        name = folder.resolve().name or "run" if relative == "." else relative
        written = _Written()
        # The names begin with the time at which a file was begun, so their order is that of writing.
        for file in files:
            try:
                with (Path(path) / file).open("rb") as stream:
                    _read(stream, f"{name}/{file}", written, notes)
            except (OSError, Unreadable) as error:  # which must not keep the other runs out
                notes.append(str(error))
        if not written.scalars:
            notes.append(f"{name} holds no scalars and was passed over.")
            continue
        yield [_run(name, files[0], written)]


def _read(stream: BinaryIO, origin: str, written: _Written, notes: list[str]) -> None:
    """Reads the records of a file up to its end or the first that is not whole, which is noted."""
    count = 0
    try:
        for record, checksum in read_records(stream):
            event = _event(record, checksum, written, count)
            if event is not None:
                written.take(event)
            count += 1
    except Damaged as damage:
        if count == 0:
            raise Unreadable(f"{origin} is no event file of TensorBoard: {damage}.") from None
        notes.append(f"{origin}: {damage}; the {count:,} records before were read.")


def _event(record: bytes, checksum: int, written: _Written, count: int) -> Event | None:
    """A record, whose checksum is compared where anything is taken from it: pictures and graphs are passed over."""
    try:
        event = read_event(record, written.plugins)
    except ValueError:
        if masked_crc(record) != checksum:
            raise Damaged(f"record {count + 1:,} is broken") from None
        return None  # whole, and of a kind that is not known
    if (event.values or event.params or event.restarts or event.status) and masked_crc(record) != checksum:
        raise Damaged(f"record {count + 1:,} is broken")
    return event


def _run(name: str, file: str, written: _Written) -> Found:
    return draft_run(
        name,
        {
            "name": name,
            "metrics": written.final(),
            "params": written.params,
            "status": written.status or "finished",
            "source": SOURCE,
            # A run may lie in another folder next time, but the moment of its first value is its own.
            "source_id": f"{file[:250]}@{written.first!r}",
            "measured_at": from_epoch(written.last),
        },
    )
