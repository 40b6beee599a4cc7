"""The matrix as pages show it, kept for as long as the portfolio does not change."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import cast
from weakref import WeakKeyDictionary

from fastapi import Request
from jinja2 import Environment
from markupsafe import Markup

from planner.domain.matrix import Matrix, ProjectPoint, build_matrix
from planner.domain.playbook import Playbook
from planner.domain.projects import Filters, Project
from planner.domain.scoring import Standing
from planner.render.charts import ChartOptions, matrix_svg
from planner.services.matrix import get_matrix
from planner.services.portfolios import get_revision
from planner.services.workspace import Workspace

KEPT = 16  # charts kept for each database; one of 2,000 projects takes a few MB


@dataclass(frozen=True)
class Drawn:
    """A matrix and its chart in the two sizes that a page carries, one for wide screens and one for narrow ones."""

    matrix: Matrix
    wide: Markup
    narrow: Markup


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
    found = get_matrix(ws, slug, filters)
    narrow = options.model_copy(update={"size": "narrow"})
    drawn = Drawn(found, chart(request, found, options), chart(request, found, narrow))
    with _lock:
        kept[key] = drawn
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return drawn


def chart(request: Request, matrix: Matrix, options: ChartOptions) -> Markup:
    """The SVG of a matrix. Its template escapes every name, so it may stand in a page as it is."""
    environment = cast(Environment, request.app.state.templates)
    return Markup(matrix_svg(environment, matrix, options))  # noqa: S704 - escaped by the template


def little_matrix(request: Request, project: Project, standing: Standing, playbook: Playbook) -> Markup:
    """One project alone on the matrix, at the standing it has or would have."""
    point = ProjectPoint(
        id=project.id, key=project.key, name=project.name, archetype=project.archetype, standing=standing
    )
    return chart(request, build_matrix([point], playbook), ChartOptions(size="little", marked=project.key))
