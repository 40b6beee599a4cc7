"""What is taken from the records of TensorBoard: scalars in each way that its writers write them, and hyperparameters.

Formats: tensorflow/core/util/event.proto, framework/summary.proto, framework/tensor.proto, framework/types.proto, and
tensorboard/plugins/hparams/plugin_data.proto and api.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from planner.readers.protobuf import body, double, read_fields, read_varints, signed, single, text

SESSION_START = 1
STATUSES = {1: "finished", 2: "failed", 3: "running"}  # of a session; 0 is unknown
_SCALARS, _HPARAMS = "scalars", "hparams"


@dataclass
class Event:
    """One record. `values` are (tag, value) of its scalars."""

    wall_time: float = 0.0
    step: int = 0
    restarts: bool = False
    values: list[tuple[str, float]] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    status: str = ""


def read_event(record: bytes, plugins: dict[str, str]) -> Event:
    """A record. `plugins` keeps which plugin a tag belongs to: writers may say it only the first time.

    ValueError for what is no event.
    """
    event = Event()
    for number, value in read_fields(record):
        match number:
            case 1:
                event.wall_time = double(value)
            case 2 if isinstance(value, int):
                event.step = signed(value)
            case 5:
                for part, summary in read_fields(body(value)):
                    if part == 1:
                        _read_summary(body(summary), plugins, event)
            case 7:
                event.restarts = any(part == 1 and said == SESSION_START for part, said in read_fields(body(value)))
    return event


def _read_summary(summary: bytes, plugins: dict[str, str], event: Event) -> None:
    tag, found, tensor, content = "", None, None, b""
    for number, value in read_fields(summary):
        match number:
            case 1:
                tag = text(value)
            case 2:
                found = single(value)
            case 8:
                tensor = body(value)
            case 9:
                plugin, content = _plugin(body(value))
                if plugin:
                    plugins.setdefault(tag, plugin)
    if plugins.get(tag) == _HPARAMS:
        _read_hparams(content, event)
    elif found is not None:
        event.values.append((tag, found))
    elif tensor is not None and plugins.get(tag) == _SCALARS:
        number_found = _scalar(tensor)
        if number_found is not None:
            event.values.append((tag, number_found))


def _plugin(metadata: bytes) -> tuple[str, bytes]:
    name, content = "", b""
    for number, value in read_fields(metadata):
        if number == 1:
            for part, said in read_fields(body(value)):
                if part == 1:
                    name = text(said)
                elif part == 2:
                    content = body(said)
    return name, content


def _scalar(tensor: bytes) -> float | None:
    """The one number of a tensor; None when it holds words, or not exactly one number."""
    dtype, raw, packed, sizes = 0, b"", b"", []
    for number, value in read_fields(tensor):
        if number == 1 and isinstance(value, int):
            dtype = value
        elif number == 2:
            sizes = list(_sizes(body(value)))
        elif number == 4:
            raw = body(value)
        elif number in _TYPED:
            packed += _varint_bytes(value) if isinstance(value, int) else value
    known = _DTYPES.get(dtype)
    if known is None or any(size != 1 for size in sizes):
        return None
    form, read = known
    if raw:
        return _widened(dtype, struct.unpack(f"<{form}", raw)[0]) if len(raw) == struct.calcsize(form) else None
    found = read(packed)
    return found[0] if len(found) == 1 else (0.0 if not packed else None)  # proto3 leaves a zero out


def _sizes(shape: bytes) -> Iterator[int]:
    for number, dimension in read_fields(shape):
        if number == 2:
            yield next((size for part, size in read_fields(body(dimension)) if part == 1 and isinstance(size, int)), 0)


def _floats(form: str) -> Callable[[bytes], list[float]]:
    size = struct.calcsize(form)

    def read(packed: bytes) -> list[float]:
        if len(packed) % size:
            raise ValueError("a broken list of numbers")
        return [one[0] for one in struct.iter_unpack(f"<{form}", packed)]

    return read


def _integers(packed: bytes) -> list[float]:
    return [float(signed(value)) for value in read_varints(packed)]


def _unsigned(packed: bytes) -> list[float]:
    return [float(value) for value in read_varints(packed)]


def _halves(packed: bytes) -> list[float]:
    return [struct.unpack("<e", struct.pack("<H", value & 0xFFFF))[0] for value in read_varints(packed)]


def _brains(packed: bytes) -> list[float]:
    return [_widened(_BFLOAT16, value & 0xFFFF) for value in read_varints(packed)]


def _widened(dtype: int, value: float) -> float:
    """A bfloat16 is the upper half of a float32."""
    return struct.unpack("<f", struct.pack("<I", int(value) << 16))[0] if dtype == _BFLOAT16 else float(value)


def _varint_bytes(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


_BFLOAT16 = 14
_TYPED = frozenset({5, 6, 7, 10, 11, 13, 16, 17})  # fields of a tensor that list its numbers
# By the number of its type: how it lies in memory, and how its list of numbers is read.
_DTYPES: dict[int, tuple[str, Callable[[bytes], list[float]]]] = {
    1: ("f", _floats("f")),
    2: ("d", _floats("d")),
    3: ("i", _integers),
    4: ("B", _integers),
    5: ("h", _integers),
    6: ("b", _integers),
    9: ("q", _integers),
    10: ("?", _integers),
    _BFLOAT16: ("H", _brains),
    17: ("H", _integers),
    19: ("e", _halves),
    22: ("I", _unsigned),
    23: ("Q", _unsigned),
}


def _read_hparams(content: bytes, event: Event) -> None:
    for number, value in read_fields(content):
        if number == 3:  # the session begins
            for part, entry in read_fields(body(value)):
                if part == 1:
                    name, said = _entry(body(entry))
                    if name and said is not None:
                        event.params[name] = said
        elif number == 4:  # the session ends
            ended = next((said for part, said in read_fields(body(value)) if part == 1), 0)
            event.status = STATUSES.get(ended, "") if isinstance(ended, int) else ""


def _entry(entry: bytes) -> tuple[str, float | str | bool | None]:
    name, found = "", None
    for number, value in read_fields(entry):
        if number == 1:
            name = text(value)
        elif number == 2:
            found = _parameter(body(value))
    return name, found


def _parameter(value: bytes) -> float | str | bool | None:
    for number, said in read_fields(value):
        match number:
            case 2:
                return double(said)
            case 3:
                return text(said)
            case 4:
                return bool(said)
    return None
