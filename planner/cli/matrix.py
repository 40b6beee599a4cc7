"""planner matrix: impact against feasibility."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import NONE_GIVEN, JsonFlag, PortfolioOption, takes_filters
from planner.cli.output import note, on_terminal, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.matrix import Matrix
    from planner.domain.playbook import Playbook

SHOWN = 15  # of the projects, below the plot on a terminal


@takes_filters
def matrix(
    portfolio: PortfolioOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to this .svg file instead.")
    ] = None,
    filters: Mapping[str, str] = NONE_GIVEN,
    as_json: JsonFlag = False,
) -> None:
    """Show where the projects of a portfolio stand. In a pipe, the table of the points alone.

    planner matrix
    planner matrix --portfolio fed --stage planning -o matrix.svg
    """
    from planner.domain.projects import Filters
    from planner.services.matrix import get_matrix
    from planner.services.portfolios import get_playbook

    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    found = get_matrix(ws, slug, Filters.model_validate(filters))
    if output is not None:
        _write_svg(found, output)
    elif as_json:
        print_json(found)
    else:
        _print_matrix(found, get_playbook(ws, slug))


def _write_svg(found: Matrix, output: Path) -> None:
    from planner.cli.inputs import kind_of, write_file
    from planner.paths import templates_dir
    from planner.render.charts import matrix_svg
    from planner.render.templates import environment

    kind_of(output, ("svg",))
    write_file(output, matrix_svg(environment(templates_dir()), found).encode())
    note(f"Wrote {output}.")


def _print_matrix(found: Matrix, playbook: Playbook) -> None:
    from planner.domain.known import not_known
    from planner.domain.wording import plural

    points = found.points
    if on_terminal():
        from planner.cli.plot import plot

        say("\n".join(plot(found)))
        say("")
        print_table(
            ("Quadrant", "Projects", "What to do"),
            [(quadrant.name, quadrant.count, quadrant.advice) for quadrant in found.quadrants],
            wide=("What to do",),
        )
        points = points[:SHOWN]
        say("")
    rows = [
        (
            point.key,
            point.name,
            round(point.standing.impact.expected, 2),
            round(point.standing.feasibility.expected, 2),
            round(point.standing.priority.expected, 2),
            (not_known(point.standing, playbook) if on_terminal() else "") or point.standing.quadrant,
        )
        for point in points
    ]
    print_table(("Key", "Name", found.impact_name, found.feasibility_name, "Priority", "Quadrant"), rows)
    if len(points) < len(found.points):
        note(f"The first {len(points)} of {len(found.points):,} by priority; planner list --all shows every one.")
    if found.unscored.count:
        note(f"{plural(found.unscored.count, 'project')} without any answer, and so without a place.")
