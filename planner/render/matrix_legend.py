"""The legend of the matrix: only what the chart shows, in rows as wide as the plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from planner.domain.labels import text_width
from planner.domain.matrix import Matrix
from planner.render.hexagons import Bin
from planner.render.matrix_frame import Frame
from planner.render.shapes import shape_of, shape_path


@dataclass(frozen=True)
class Key:
    """An entry of the legend."""

    kind: Literal["shape", "interval", "stack", "unscored", "shade"]
    x: float
    y: float
    text_x: float
    text: str
    path: str = ""
    ink: int | None = None


def legend(
    matrix: Matrix, frame: Frame, little: bool, with_intervals: bool, bins: Sequence[Bin]
) -> tuple[tuple[Key, ...], float]:
    """The legend in rows below the axis, and the height of the whole chart."""
    top = frame.bottom + frame.type_size * (2.2 if little else 4.5)
    if little:
        return (), top + 6
    nothing = len(matrix.archetypes) - 1
    wanted: list[tuple[Literal["shape", "interval", "stack", "unscored", "shade"], str, int | None]] = [
        ("shape", f"{a.name} {a.count:,}" if a.id else f"No archetype stated {a.count:,}", index)
        for index, a in enumerate(matrix.archetypes)
        if a.count
    ]
    if bins:
        wanted.append(("shade", f"1 to {max(found.count for found in bins):,} projects in a hexagon", None))
    if with_intervals:
        wanted.append(("interval", "Interval, 5 % to 95 %", None))
    if matrix.stacks:
        wanted.append(("stack", "Projects at the same place, counted", None))
    if matrix.unscored.count:
        wanted.append(("unscored", f"Not scored yet {matrix.unscored.count:,}", None))
    size, left, row = frame.type_size - 0.5, float(frame.left), top
    keys = []
    for kind, text, ink in wanted:
        swatch = {"shape": 14, "interval": 18, "stack": 18, "unscored": 16, "shade": 74}[kind]
        wide = swatch + 6 + text_width(text, size)
        if left > frame.left and left + wide > frame.right:
            left, row = float(frame.left), row + size * 1.9
        path = "" if ink is None else shape_path(shape_of(ink, nothing), left + 7, row - size * 0.34, 5.5)
        keys.append(Key(kind, left, row - size * 0.34, left + swatch + 6, text, path, ink))
        left += wide + 20
    return tuple(keys), row + 10
