"""Counting points in hexagons: what takes the place of a blot when a thousand points lie on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

from planner.domain.labels import Box
from planner.render.shapes import polygon_path

SHADES = 5


@dataclass(frozen=True)
class Bin:
    """One hexagon: its centre, its outline, how many points lie in it, and its shade from 1 (few) to 5 (many)."""

    x: float
    y: float
    path: str
    count: int
    shade: int

    @property
    def number_box(self) -> Box:
        """The room its count takes when written in the middle."""
        half = 3 * len(str(self.count))
        return Box(self.x - half, self.y - 5, self.x + half, self.y + 4)


def hexagon_bins(points: Sequence[tuple[float, float]], bounds: Box, radius: float) -> tuple[Bin, ...]:
    """The hexagons (corner up, of this radius) in which points lie, row by row.

    A hexagonal grid is two rectangular grids, one shifted by half a step both ways; a point belongs to the nearer of
    the two centres. Shades go by the logarithm of the count, since counts are far from even.
    """
    step_x, step_y = sqrt(3) * radius, 3 * radius
    counts: dict[tuple[int, int], int] = {}
    for x, y in points:
        u, v = (x - bounds.left) / step_x, (y - bounds.top) / step_y
        whole, half = (round(u), round(v)), (round(u - 0.5), round(v - 0.5))
        to_whole = (u - whole[0]) ** 2 + 3 * (v - whole[1]) ** 2
        to_half = (u - half[0] - 0.5) ** 2 + 3 * (v - half[1] - 0.5) ** 2
        row, column = (2 * whole[1], 2 * whole[0]) if to_whole <= to_half else (2 * half[1] + 1, 2 * half[0] + 1)
        counts[row, column] = counts.get((row, column), 0) + 1
    most = max(counts.values(), default=1)
    found = []
    for (row, column), count in sorted(counts.items()):
        x, y = bounds.left + column * step_x / 2, bounds.top + row * step_y / 2
        shade = 1 + min(SHADES - 1, int(SHADES * log(count) / log(most + 1))) if most > 1 else 1
        found.append(Bin(x, y, polygon_path(x, y, radius - 0.75, 6), count, shade))
    return tuple(found)
