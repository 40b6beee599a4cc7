"""Protocol Buffers on the wire, as much as is needed to take single fields out of a message.

Format: protobuf.dev/programming-guides/encoding. Nothing is known of a message but the numbers of its fields.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

Value = int | bytes
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def read_fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """(number, value) of each field: varints unsigned, all else as bytes. ValueError for what is broken."""
    position, end = 0, len(message)
    while position < end:
        key, position = _varint(message, position)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        if wire == _BYTES:
            size, position = _varint(message, position)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError("a field of no known kind")
        if size > end - position:
            raise ValueError("a field that is longer than its message")
        yield number, message[position : position + size]
        position += size


def read_varints(packed: bytes) -> Iterator[int]:
    """The numbers of a packed field."""
    position = 0
    while position < len(packed):
        value, position = _varint(packed, position)
        yield value


def signed(value: int) -> int:
    """A varint of a signed type, which is written as its two's complement of 64 bits."""
    return value - (1 << 64) if value >= 1 << 63 else value


def double(value: Value) -> float:
    """A field of 8 bytes as a number; ValueError for any other."""
    return float(_unpack("<d", value))


def single(value: Value) -> float:
    """A field of 4 bytes as a number; ValueError for any other."""
    return float(_unpack("<f", value))


def text(value: Value) -> str:
    """A field of text; ValueError for one that is not UTF-8."""
    return body(value).decode()


def body(value: Value) -> bytes:
    """A field that is a message or bytes; ValueError for a number."""
    if isinstance(value, int):
        raise ValueError("a number where bytes are expected")  # noqa: TRY004 (it is the data that is wrong)
    return value


def _unpack(form: str, value: Value) -> float:
    try:
        found: float = struct.unpack(form, body(value))[0]
    except struct.error as error:
        raise ValueError(str(error)) from None
    return found


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(message) or shift > 63:
            raise ValueError("a number without end")
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, position
        shift += 7
