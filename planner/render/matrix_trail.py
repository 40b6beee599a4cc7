"""The way a project moves on the matrix: a ring where it was, and an arrow to where it is or would be."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from planner.render.matrix_frame import Frame

RING, CLEAR, HEAD = 5.0, 15.0, 5.0  # radius of the ring, room kept around the mark, and length of the arrow's head


@dataclass(frozen=True)
class Trail:
    """Where it was, in pixels, and the path of the arrow; empty where both places are too near to each other."""

    x: float
    y: float
    radius: float
    path: str


def build_trail(start: tuple[float, float], end: tuple[float, float], frame: Frame) -> Trail | None:
    """The trail between two places, each (feasibility, impact); None when they are the same."""
    x, y = frame.x(start[0]), frame.y(start[1])
    to_x, to_y = frame.x(end[0]), frame.y(end[1])
    length = hypot(to_x - x, to_y - y)
    if length < 0.05:
        return None
    path = ""
    if length > RING + CLEAR + HEAD:
        along_x, along_y = (to_x - x) / length, (to_y - y) / length
        from_x, from_y = x + along_x * RING, y + along_y * RING
        tip_x, tip_y = to_x - along_x * CLEAR, to_y - along_y * CLEAR
        left = (tip_x - HEAD * (along_x + along_y), tip_y - HEAD * (along_y - along_x))
        right = (tip_x - HEAD * (along_x - along_y), tip_y - HEAD * (along_y + along_x))
        path = "M{:.1f} {:.1f}L{:.1f} {:.1f}M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}".format(
            from_x, from_y, tip_x, tip_y, *left, tip_x, tip_y, *right
        )
    return Trail(x, y, RING, path)
