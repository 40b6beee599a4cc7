"""The measures of the matrix chart: its sizes, scales, quadrants and ticks, in pixels with y downwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from planner.domain.labels import Box, fit, text_width
from planner.domain.matrix import Matrix, ProjectPoint, QuadrantCount
from planner.domain.model import Model
from planner.domain.playbook_entry import LEVELS


class ChartOptions(Model):
    """How a matrix is drawn. A link is what stands before the project's key, or the stack's number; null draws none."""

    size: Literal["wide", "narrow", "little"] = "wide"
    marked: str | None = None
    project_link: str | None = None
    stack_link: str | None = None
    unscored_link: str | None = None
    came_from: tuple[float, float] | None = None  # (feasibility, impact) where the marked project was


@dataclass(frozen=True)
class Frame:
    """The measures of one size, in pixels. `pad` keeps points at 1 and 5 inside the plot."""

    width: int
    left: int
    top: int
    right: int
    bottom: int
    pad: int
    type_size: float
    label_width: float
    labels: int
    first_ones: int
    point: float
    hexagon: float

    def x(self, feasibility: float) -> float:
        return self.left + self.pad + (feasibility - 1) / 4 * (self.right - self.left - 2 * self.pad)

    def y(self, impact: float) -> float:
        return self.bottom - self.pad - (impact - 1) / 4 * (self.bottom - self.top - 2 * self.pad)

    @property
    def plot(self) -> Box:
        return Box(self.left, self.top, self.right, self.bottom)

    def place(self, point: ProjectPoint) -> tuple[float, float]:
        """Where the project lies: (x, y)."""
        return self.x(point.standing.feasibility.expected), self.y(point.standing.impact.expected)


FRAMES = {
    "wide": Frame(960, 56, 12, 948, 592, 28, 13, 190, 40, 12, 6.5, 20),
    "narrow": Frame(360, 34, 8, 354, 358, 18, 12, 118, 8, 5, 5.5, 15),
    "little": Frame(320, 34, 8, 312, 246, 16, 11, 120, 0, 0, 6, 12),
}


@dataclass(frozen=True)
class Area:
    """A quadrant as drawn; its name stands in the outer corner."""

    quadrant: QuadrantCount
    x: float
    y: float
    width: float
    height: float
    text_x: float
    text_y: float
    anchor: Literal["start", "end"]
    name: str


def quadrant_areas(matrix: Matrix, frame: Frame, little: bool) -> tuple[Area, ...]:
    """The quadrants; one that a cut-off at the end of the scale leaves no room is not drawn."""
    cut_x, cut_y = frame.x(matrix.cut_offs.feasibility), frame.y(matrix.cut_offs.impact)
    areas = []
    for quadrant in matrix.quadrants:
        left, right = (frame.left, cut_x) if quadrant.feasibility == "low" else (cut_x, frame.right)
        top, bottom = (frame.top, cut_y) if quadrant.impact == "high" else (cut_y, frame.bottom)
        inset = frame.type_size - 3
        starts = quadrant.feasibility == "low"
        areas.append(
            Area(
                quadrant=quadrant,
                x=left,
                y=top,
                width=right - left,
                height=bottom - top,
                text_x=left + inset if starts else right - inset,
                text_y=top + inset + frame.type_size * 0.8
                if quadrant.impact == "high"
                else bottom - inset - (0 if little else frame.type_size * 1.2),
                anchor="start" if starts else "end",
                name=fit(quadrant.name, frame.type_size, right - left - 2 * inset),
            )
        )
    return tuple(area for area in areas if area.width > 2.5 * frame.pad and area.height > 2 * frame.pad)


def title_box(area: Area, frame: Frame) -> Box:
    """The room that the name and the count of a quadrant take."""
    wide = max(text_width(area.name, frame.type_size), text_width("2,130 projects", frame.type_size)) * 1.06
    left = area.text_x if area.anchor == "start" else area.text_x - wide
    return Box(left, area.text_y - frame.type_size, left + wide, area.text_y + frame.type_size * 1.6)


def ticks(cut_off: float, scale: Callable[[float], float]) -> tuple[tuple[float, str], ...]:
    """The five levels, and the cut-off when it lies clear of them."""
    values = [float(level) for level in LEVELS]
    if min(abs(cut_off - value) for value in values) >= 0.2:
        values.append(cut_off)
    return tuple((scale(value), f"{value:g}") for value in values)
