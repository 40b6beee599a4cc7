"""Outlines of the marks. All of one radius cover about the same area, so that none looks more important."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Literal

Shape = Literal["circle", "square", "triangle", "hexagon", "wedge", "pentagon", "diamond", "pill"]

# By the position of the archetype in the playbook. The diamond is kept for "not stated", the pill for mixed stacks.
SHAPES: tuple[Shape, ...] = ("circle", "square", "triangle", "hexagon", "wedge", "pentagon")

# Corners, the turn of the first one from straight up (in corners), and how much the outline reaches beyond a circle's.
_POLYGONS: dict[Shape, tuple[int, float, float]] = {
    "square": (4, 0.5, 1.25),
    "triangle": (3, 0.0, 1.5),
    "hexagon": (6, 0.0, 1.1),
    "wedge": (3, 0.5, 1.5),
    "pentagon": (5, 0.0, 1.15),
    "diamond": (4, 0.0, 1.25),
}


def shape_path(shape: Shape, x: float, y: float, radius: float) -> str:
    """The SVG path of a mark around (x, y)."""
    if shape == "circle":
        arc = f"a{radius:g} {radius:g} 0 1 0"
        return f"M{x - radius:.1f} {y:.1f}{arc} {2 * radius:g} 0{arc} {-2 * radius:g} 0Z"
    if shape == "pill":
        half, end = radius * 1.15, radius * 0.8
        flat = 2 * (half - end)
        right, left = f"a{end:g} {end:g} 0 0 1 0 {2 * end:g}", f"a{end:g} {end:g} 0 0 1 0 {-2 * end:g}"
        return f"M{x - half + end:.1f} {y - end:.1f}h{flat:g}{right}h{-flat:g}{left}Z"
    corners, turn, reach = _POLYGONS[shape]
    return polygon_path(x, y + (radius * 0.2 if shape == "triangle" else 0), radius * reach, corners, turn)


def polygon_path(x: float, y: float, radius: float, corners: int, turn: float = 0.0) -> str:
    """A regular polygon around (x, y); without a turn its first corner is straight up."""
    angles = [2 * pi * (index + turn) / corners for index in range(corners)]
    points = [f"{x + radius * sin(angle):.1f} {y - radius * cos(angle):.1f}" for angle in angles]
    return "M" + "L".join(points) + "Z"


def shape_of(ink: int, nothing: int) -> Shape:
    """The shape of an archetype by its position in the playbook; the diamond is for those that state none."""
    return "diamond" if ink == nothing else SHAPES[ink % len(SHAPES)]
