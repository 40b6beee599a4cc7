"""The matrix as pages show it."""

from __future__ import annotations

from typing import cast

from fastapi import Request
from jinja2 import Environment
from markupsafe import Markup

from planner.domain.matrix import Matrix, ProjectPoint, build_matrix
from planner.domain.playbook import Playbook
from planner.domain.projects import Project
from planner.domain.scoring import Standing
from planner.render.charts import ChartOptions, matrix_svg


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
