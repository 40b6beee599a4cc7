"""The matrix as pages show it, kept for as long as the portfolio does not change."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import cast
from weakref import WeakKeyDictionary

from fastapi import Request
from jinja2 import Environment
from markupsafe import Markup

from planner.domain.course import CoursePoint
from planner.domain.known import not_known
from planner.domain.matrix import Matrix, ProjectPoint, QuadrantCount, build_matrix
from planner.domain.playbook import Playbook
from planner.domain.projects import CLOSED, Filters, Project
from planner.domain.scoring import Standing
from planner.render.charts import ChartOptions, matrix_svg
from planner.render.course import course_svg
from planner.services.as_of import get_course
from planner.services.matrix import get_matrix
from planner.services.portfolios import get_playbook, get_revision
from planner.services.workspace import Workspace

KEPT = 16  # charts kept for each database, some 100 KB each
FIRST, TOP = 200, 4  # points that a table beside the chart names, and open projects named in each quadrant
TIES, NAMED = 60, 12  # places with several projects that are told, and projects named in each


@dataclass(frozen=True)
class Tie:
    """Projects at one place: where, how many, and (key, name) of the first of them."""

    number: int
    impact: float
    feasibility: float
    count: int
    first: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawn:
    """A matrix as pages show it: its chart for wide screens and for narrow ones, and what stands beside it.

    The points are not kept: thousands of them would weigh on every collection of garbage.
    """

    wide: Markup
    narrow: Markup
    quadrants: tuple[QuadrantCount, ...]
    scored: int
    unscored: int
    first: tuple[ProjectPoint, ...]
    tops: dict[str, tuple[ProjectPoint, ...]]
    places: int
    ties: tuple[Tie, ...]


_drawn: WeakKeyDictionary[object, OrderedDict[object, Drawn]] = WeakKeyDictionary()
_lock = Lock()


def draw(request: Request, ws: Workspace, slug: str, filters: Filters, options: ChartOptions) -> Drawn:
    """The matrix of what the filters find; drawn once for each revision of the portfolio.

    The revision is read first, so a chart is at worst newer than its key says and is never shown for a later one.
    """
    key = (slug, get_revision(ws, slug), filters, options)
    with _lock:
        kept = _drawn.setdefault(ws.database, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    found, playbook = get_matrix(ws, slug, filters), get_playbook(ws, slug)
    placed = [p for p in found.points if p.status not in CLOSED and not not_known(p.standing, playbook)]
    drawn = Drawn(
        wide=chart(request, found, options),
        narrow=chart(request, found, options.model_copy(update={"size": "narrow"})),
        quadrants=found.quadrants,
        scored=found.scored,
        unscored=found.unscored.count,
        first=found.points[:FIRST],
        tops={q.id: tuple(islice((p for p in placed if p.standing.quadrant == q.id), TOP)) for q in found.quadrants},
        places=len(found.stacks),
        ties=_ties(found),
    )
    with _lock:
        kept[key] = drawn
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return drawn


def _ties(matrix: Matrix) -> tuple[Tie, ...]:
    told = matrix.stacks[:TIES]
    wanted = {key for stack in told for key in stack.keys[:NAMED]}
    names = {point.key: point.name for point in matrix.points if point.key in wanted}
    return tuple(
        Tie(number, s.impact, s.feasibility, len(s.keys), tuple((key, names[key]) for key in s.keys[:NAMED]))
        for number, s in enumerate(told, 1)
    )


def chart(request: Request, matrix: Matrix, options: ChartOptions) -> Markup:
    """The SVG of a matrix. Its template escapes every name, so it may stand in a page as it is."""
    environment = cast(Environment, request.app.state.templates)
    return Markup(matrix_svg(environment, matrix, options))  # noqa: S704 - escaped by the template


def little_matrix(
    request: Request, project: Project, standing: Standing, playbook: Playbook, before: Standing | None = None
) -> Markup:
    """One project alone on the matrix, at the standing it has or would have; with an arrow from where it was before."""
    point = ProjectPoint(
        id=project.id,
        key=project.key,
        name=project.name,
        archetype=project.archetype,
        status=project.status,
        standing=standing,
    )
    came_from = (before.feasibility.expected, before.impact.expected) if before and before.answered else None
    options = ChartOptions(size="little", marked=project.key, came_from=came_from)
    return chart(request, build_matrix([point], playbook), options)


@dataclass(frozen=True)
class DrawnCourse:
    """The priority of a project over time, as a chart for wide screens and for narrow ones, and its points."""

    wide: Markup
    narrow: Markup
    points: tuple[CoursePoint, ...]


def draw_course(request: Request, ws: Workspace, ref: str) -> DrawnCourse | None:
    """How the priority of a project came about; None when it has never moved."""
    course, environment = get_course(ws, ref), cast(Environment, request.app.state.templates)
    if len(course) < 2:
        return None
    wide, narrow = (course_svg(environment, course, ws.clock(), size) for size in ("wide", "narrow"))
    return DrawnCourse(Markup(wide), Markup(narrow), course)  # noqa: S704 - escaped by the template
