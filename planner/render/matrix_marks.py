"""What lies on the matrix: projects, stacks of tied projects, and the ring of those that nobody has scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from planner.domain.labels import Box, Label, Spot, fit, place_labels, shown, text_width
from planner.domain.matrix import Matrix, ProjectPoint, place_of
from planner.domain.scoring import Interval
from planner.domain.wording import listed, num, plural
from planner.render.matrix_frame import ChartOptions, Frame
from planner.render.shapes import shape_of, shape_path

WITH_INTERVALS = 60  # the most places drawn with their intervals
NAMED_IN_STACK = 6
SPARE = 12  # how many more places are asked when the first find no room for their labels


@dataclass(frozen=True)
class Mark:
    """A place with one project or a stack of tied ones."""

    x: float
    y: float
    path: str
    ink: int | None  # position of the archetype among the playbook's; None for a stack of several
    count: int
    count_y: float
    text: str
    href: str | None
    cross: str | None
    marked: bool
    label: Label | None


@dataclass(frozen=True)
class UnscoredMark:
    """The projects without an answer: one ring at the place that only the priors make."""

    x: float
    y: float
    radius: float
    count: int | None  # what stands in the ring; None when the caption says it
    text: str
    caption: str
    caption_x: float
    caption_y: float
    caption_anchor: Literal["start", "middle", "end"]
    leader: tuple[float, float, float, float] | None
    href: str | None
    cross: str | None


def places_of(matrix: Matrix) -> list[list[ProjectPoint]]:
    """The scored projects by place; places and the projects in each stand by falling priority."""
    places: dict[tuple[float, float], list[ProjectPoint]] = {}
    for point in matrix.points:
        places.setdefault(place_of(point.standing), []).append(point)
    return list(places.values())


def build_marks(
    places: Sequence[list[ProjectPoint]],
    matrix: Matrix,
    frame: Frame,
    options: ChartOptions,
    obstacles: list[Box],
    with_intervals: bool,
    stack_numbers: dict[str, int],
) -> list[Mark]:
    """A mark for each place, the first of them labelled where there is room. `obstacles` take no label."""
    inks = {archetype.id: index for index, archetype in enumerate(matrix.archetypes)}
    nothing = len(matrix.archetypes) - 1
    kinds = [{inks.get(point.archetype, nothing) for point in place} for place in places]
    radii = [_radius(place, frame, len(places)) for place in places]
    spots = [
        Spot(*frame.place(place[0]), radius, _short_name(place, frame))
        for place, radius in zip(places, radii, strict=True)
    ]
    asked = min(frame.labels + SPARE, len(places)) if frame.labels else 0
    rest = [Box(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots[asked:]]
    labels: list[Label | None] = [
        *place_labels(
            spots[:asked], frame.plot, [*obstacles, *rest], frame.type_size - 0.5, frame.label_width, frame.labels
        ),
        *([None] * (len(places) - asked)),
    ]
    marks = []
    for place, kind, spot, label in zip(places, kinds, spots, labels, strict=True):
        marked = any(point.key == options.marked for point in place)
        ink = kind.pop() if len(kind) == 1 else None
        shape = shape_of(ink, nothing) if ink is not None else "pill"
        marks.append(
            Mark(
                x=spot.x,
                y=spot.y,
                path=shape_path(shape, spot.x, spot.y, spot.radius),
                ink=ink,
                count=len(place),
                count_y=spot.y + (5.5 if shape == "triangle" else 3.6),
                text=describe_place(place, matrix),
                href=_href(place, options, stack_numbers),
                cross=_cross(place, frame) if with_intervals or marked else None,
                marked=marked,
                label=label,
            )
        )
    return marks


def _radius(place: Sequence[ProjectPoint], frame: Frame, places: int) -> float:
    """Points shrink when there are many; a stack has room for its count."""
    if len(place) > 1:
        return frame.point + 2.5 + 2.6 * len(str(len(place)))
    return frame.point if places <= WITH_INTERVALS else frame.point * 0.75


def _short_name(place: Sequence[ProjectPoint], frame: Frame) -> str:
    if len(place) == 1:
        return place[0].name
    others, size = f" + {len(place) - 1:,} more", frame.type_size - 0.5
    return fit(place[0].name, size, frame.label_width - text_width(others, size)) + others


def _href(place: Sequence[ProjectPoint], options: ChartOptions, stack_numbers: dict[str, int]) -> str | None:
    if options.size == "little":
        return None
    if len(place) == 1:
        return None if options.project_link is None else options.project_link + place[0].key
    return None if options.stack_link is None else f"{options.stack_link}{stack_numbers[place[0].key]}"


def _cross(place: Sequence[ProjectPoint], frame: Frame) -> str:
    """The intervals of a place as a cross; for a stack, from the lowest to the highest of its members."""
    standings = [point.standing for point in place]
    return _cross_path(
        place[0].standing.feasibility.expected,
        place[0].standing.impact.expected,
        (min(s.feasibility.low for s in standings), max(s.feasibility.high for s in standings)),
        (min(s.impact.low for s in standings), max(s.impact.high for s in standings)),
        frame,
    )


def _cross_path(
    feasibility: float, impact: float, across: tuple[float, float], up: tuple[float, float], frame: Frame
) -> str:
    x, y = frame.x(feasibility), frame.y(impact)
    return (
        f"M{frame.x(across[0]):.1f} {y:.1f}H{frame.x(across[1]):.1f}M{x:.1f} {frame.y(up[0]):.1f}V{frame.y(up[1]):.1f}"
    )


def boxes_of(marks: Sequence[Mark], frame: Frame) -> list[Box]:
    """The room the marks take."""
    reach = frame.point + 1
    return [Box(mark.x - reach, mark.y - reach, mark.x + reach, mark.y + reach) for mark in marks]


def build_unscored(
    matrix: Matrix,
    frame: Frame,
    options: ChartOptions,
    drawn: Sequence[list[ProjectPoint]],
    obstacles: Sequence[Box],
) -> UnscoredMark | None:
    """The ring of the unscored projects, or None when there are none or the chart is about a scored one."""
    found, alone = matrix.unscored, options.size == "little"
    if not found.count or found.impact is None or found.feasibility is None or (alone and drawn):
        return None
    x, y = frame.x(found.feasibility.expected), frame.y(found.impact.expected)
    radius = frame.point + 5 + 2.4 * len(f"{found.count:,}")
    spots = [Spot(*frame.place(place[0]), frame.point + 1, "") for place in drawn]
    # Where scored projects lie in the ring, their marks would hide its count: it goes into the caption then.
    crowded = any((spot.x - x) ** 2 + (spot.y - y) ** 2 < (radius + spot.radius) ** 2 for spot in spots)
    if alone or crowded:
        radius = frame.point + 2
    caption = f"{found.count:,} not scored yet" if crowded else "not scored yet"
    label = None
    if crowded:
        boxes = [Box(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots]
        label = place_labels([Spot(x, y, radius, caption)], frame.plot, [*obstacles, *boxes], frame.type_size - 1, 200)[
            0
        ]
    return UnscoredMark(
        x=x,
        y=y,
        radius=radius,
        count=None if alone or crowded else found.count,
        text=f"{plural(found.count, 'project')} not scored yet: nobody has answered a question, "
        "so the place shows only what is assumed of any project",
        caption=caption,
        caption_x=label.x if label else x,
        caption_y=label.baseline if label else y + radius + frame.type_size + 2,
        caption_anchor=label.anchor if label else "middle",
        leader=label.leader if label else None,
        href=None if alone else options.unscored_link,
        cross=_cross_path(
            found.feasibility.expected,
            found.impact.expected,
            (found.feasibility.low, found.feasibility.high),
            (found.impact.low, found.impact.high),
            frame,
        )
        if alone
        else None,
    )


def unscored_boxes(mark: UnscoredMark, frame: Frame) -> list[Box]:
    """The room the ring and its caption take."""
    wide = text_width(mark.caption, frame.type_size)
    left = mark.caption_x - wide * {"start": 0, "middle": 0.5, "end": 1}[mark.caption_anchor]
    return [
        Box(mark.x - mark.radius, mark.y - mark.radius, mark.x + mark.radius, mark.y + mark.radius),
        Box(left, mark.caption_y - frame.type_size, left + wide, mark.caption_y + 4),
    ]


def _span(interval: Interval) -> str:
    return f"{num(interval.expected, 1)} ({num(interval.low, 1)}–{num(interval.high, 1)})"


def describe_place(place: Sequence[ProjectPoint], matrix: Matrix) -> str:
    """What a place says on its own: for a project its values, for a stack who is in it."""
    first = place[0]
    quadrant = next((q.name for q in matrix.quadrants if q.id == first.standing.quadrant), "")
    if len(place) > 1:
        names = listed([f"{point.key} {_cut(point.name)}" for point in place], NAMED_IN_STACK)
        where = (
            f"{matrix.impact_name.lower()} {num(first.standing.impact.expected, 1)}, "
            f"{matrix.feasibility_name.lower()} {num(first.standing.feasibility.expected, 1)}"
        )
        return f"{len(place):,} projects at {where} ({quadrant}): {names}"
    return (
        f"{_cut(first.name)}: {matrix.impact_name.lower()} {_span(first.standing.impact)}, "
        f"{matrix.feasibility_name.lower()} {_span(first.standing.feasibility)}, "
        f"priority {num(first.standing.priority.expected, 1)}, {quadrant}"
    )


def _cut(name: str) -> str:
    name = shown(name)
    return name if len(name) <= 60 else name[:59].rstrip() + "…"
