"""The matrix as SVG: one template for the page, the project's little matrix, `matrix.svg` and the printed report.

Places are computed here, in pixels with y downwards; the template holds every colour and stroke. Up to 60 places show
their intervals; up to 250 are plain points; beyond that hexagons count them and only the first ones are points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment

from planner.domain.labels import Box
from planner.domain.matrix import Matrix, ProjectPoint
from planner.domain.wording import num, plural
from planner.render.hexagons import Bin, hexagon_bins
from planner.render.matrix_frame import FRAMES, Area, ChartOptions, Frame, quadrant_areas, ticks, title_box
from planner.render.matrix_legend import Key, legend
from planner.render.matrix_marks import (
    WITH_INTERVALS,
    Mark,
    UnscoredMark,
    boxes_of,
    build_marks,
    build_unscored,
    describe_place,
    places_of,
    unscored_boxes,
)
from planner.render.matrix_trail import Trail, build_trail

__all__ = ["ChartOptions", "lay_out", "matrix_svg"]

AS_POINTS = 250  # the most places drawn as points


@dataclass(frozen=True)
class Chart:
    """Everything the template draws, each at its place."""

    frame: Frame
    size: str
    height: float
    text: str
    areas: tuple[Area, ...]
    cut_x: float
    cut_y: float
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]
    impact_name: str
    feasibility_name: str
    bins: tuple[tuple[Bin, bool], ...]  # and whether its number is in nobody's way
    dots: str
    crosses: tuple[tuple[int | None, str], ...]
    unscored: UnscoredMark | None
    trail: Trail | None
    marks: tuple[Mark, ...]
    keys: tuple[Key, ...]
    archetypes: int
    linked: bool


def matrix_svg(env: Environment, matrix: Matrix, options: ChartOptions | None = None) -> str:
    """The matrix as an SVG document, complete in itself: without style sheet and script it shows in light colours."""
    return env.get_template("charts/matrix.svg").render(chart=lay_out(matrix, options or ChartOptions()))


def lay_out(matrix: Matrix, options: ChartOptions) -> Chart:
    """Where everything goes."""
    frame = FRAMES[options.size]
    places = places_of(matrix)
    little, dense = options.size == "little", len(places) > AS_POINTS
    with_intervals = not little and len(places) <= WITH_INTERVALS
    areas = quadrant_areas(matrix, frame, little)
    marked = [place for place in places if any(point.key == options.marked for point in place)]
    if little:
        drawn = marked
    elif dense:
        drawn = [*marked, *(place for place in places[: frame.first_ones] if place not in marked)]
    else:
        drawn = [*marked, *(place for place in places if place not in marked)]
    obstacles = [title_box(area, frame) for area in areas]
    unscored = build_unscored(matrix, frame, options, drawn, obstacles)
    if unscored:
        obstacles += unscored_boxes(unscored, frame)
    in_front = [*obstacles]
    stack_numbers = {stack.keys[0]: number for number, stack in enumerate(matrix.stacks, 1)}
    marks = build_marks(drawn, matrix, frame, options, obstacles, with_intervals, stack_numbers)
    others = [place for place in places if place not in marked] if little and not dense else []
    hexagons = hexagon_bins(
        [frame.place(point) for point in matrix.points] if dense else [],
        frame.plot,
        frame.hexagon,
    )
    in_front += [*(mark.label.box for mark in marks if mark.label), *boxes_of(marks, frame)]
    keys, height = legend(matrix, frame, little, with_intervals and bool(places), hexagons)
    return Chart(
        frame=frame,
        size=options.size,
        height=height,
        text=_describe(matrix, options),
        areas=areas,
        cut_x=frame.x(matrix.cut_offs.feasibility),
        cut_y=frame.y(matrix.cut_offs.impact),
        ticks_x=ticks(matrix.cut_offs.feasibility, frame.x),
        ticks_y=ticks(matrix.cut_offs.impact, frame.y),
        impact_name=matrix.impact_name,
        feasibility_name=matrix.feasibility_name,
        bins=tuple((found, _is_free(found.number_box, in_front)) for found in hexagons),
        dots="".join("M{:.1f} {:.1f}h.01".format(*frame.place(place[0])) for place in others),
        crosses=tuple((mark.ink, mark.cross) for mark in marks if mark.cross and not mark.marked),
        unscored=unscored,
        trail=_trail(marked, options, frame),
        marks=tuple(reversed(marks)),  # the first ones are drawn last, so that nothing hides them
        keys=keys,
        archetypes=len(matrix.archetypes),
        linked=any((options.project_link, options.stack_link, options.unscored_link)) and not little,
    )


def _trail(marked: Sequence[Sequence[ProjectPoint]], options: ChartOptions, frame: Frame) -> Trail | None:
    if not marked or options.came_from is None:
        return None
    standing = marked[0][0].standing
    return build_trail(options.came_from, (standing.feasibility.expected, standing.impact.expected), frame)


def _is_free(box: Box, others: Sequence[Box]) -> bool:
    return not any(box.overlaps(other) for other in others)


def _describe(matrix: Matrix, options: ChartOptions) -> str:
    """The chart in one sentence, for those who do not see it."""
    if options.size == "little":
        point = next((point for point in matrix.points if point.key == options.marked), None)
        if point and options.came_from is not None:
            feasibility, impact = (num(value, 1) for value in options.came_from)
            before = f"{matrix.impact_name.lower()} {impact}, {matrix.feasibility_name.lower()} {feasibility}"
            return f"{describe_place([point], matrix)}; before: {before}"
        if point:
            return describe_place([point], matrix)
        return "Not scored yet: the place and its intervals show only what is assumed of any project"
    counts = ", ".join(f"{quadrant.name} {quadrant.count:,}" for quadrant in matrix.quadrants)
    axes = f"{matrix.feasibility_name.lower()} and {matrix.impact_name.lower()}"
    return f"{plural(matrix.total, 'project')} by {axes}: {counts}; not scored yet {matrix.unscored.count:,}"
