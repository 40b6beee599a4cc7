"""What a file from outside may hold at most."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The limits of one import. Each is tested before memory is spent on what lies beyond it."""

    max_bytes: int = 32 * MIB
    max_records: int = 50_000
    max_columns: int = 1_000
    max_cell: int = 100_000  # characters; the csv module itself stops at 131,072
    max_cells: int = 2_000_000  # of a sheet, the blank ones between included
    max_unpacked: int = 64 * MIB  # of a workbook, which is a ZIP archive


DEFAULT_LIMITS = Limits()
