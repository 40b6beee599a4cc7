"""TFRecord files: records one after another, each framed by its length and two checksums.

Format: tensorflow/core/lib/io/record_writer.h. A frame is the length (uint64), the masked CRC-32C of these 8 bytes, the
record, and the masked CRC-32C of the record; all little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

MOST_BYTES = 256 * 1024 * 1024  # of one record; what is longer is no event but a broken or hostile length
_HEAD = struct.Struct("<QI")
_FOOT = struct.Struct("<I")


class Damaged(Exception):
    """The file is cut off or broken; the text says where."""


def read_records(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """(record, its checksum) of all whole records; raises Damaged behind the last one when more bytes follow."""
    position = 0
    while head := stream.read(_HEAD.size):
        if len(head) < _HEAD.size:
            raise Damaged(f"it is cut off at byte {position:,}")
        length, said = _HEAD.unpack(head)
        if said != masked_crc(head[:8]) or length > MOST_BYTES:
            raise Damaged(f"the frame at byte {position:,} is broken")
        body = stream.read(length + _FOOT.size)
        if len(body) < length + _FOOT.size:
            raise Damaged(f"it is cut off in the record at byte {position:,}")
        yield body[:length], _FOOT.unpack(body[length:])[0]
        position += _HEAD.size + length + _FOOT.size


def masked_crc(data: bytes) -> int:
    """The CRC-32C of the data, rotated by 15 bits and shifted, as the format wants it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)  # the polynomial of Castagnoli, reversed
    return value


_TABLE = tuple(map(_entry, range(256)))
