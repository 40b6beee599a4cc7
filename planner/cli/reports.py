"""planner report: the planning report of a project or a portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import NONE_GIVEN, PortfolioOption, takes_filters
from planner.cli.output import note
from planner.cli.workspace import choose_portfolio, open_workspace


@takes_filters
def report(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write: .html, .pdf, .md or .docx.")
    ],
    project: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="Key or id; without it, the report of the portfolio.")
    ] = None,
    portfolio: PortfolioOption = None,
    filters: Mapping[str, str] = NONE_GIVEN,
) -> None:
    """Write the planning report of a project or a portfolio.

    planner report EX-3 -o plan.pdf
    planner report --portfolio fed --stage training -o training.html
    """
    from planner.cli.inputs import kind_of, write_file
    from planner.domain.errors import Invalid
    from planner.domain.projects import Filters
    from planner.services.reports import MEDIA_TYPES, render_portfolio_report, render_project_report

    kind = kind_of(output, MEDIA_TYPES)
    chosen = Filters.model_validate(filters)
    ws = open_workspace()
    if project is None:
        content = render_portfolio_report(ws, choose_portfolio(ws, portfolio), chosen, kind)
    elif filters:
        raise Invalid.one("", "filters choose among the projects of a portfolio; leave out PROJECT, or the filters")
    else:
        content = render_project_report(ws, project, kind)
    write_file(output, content)
    note(f"Wrote {output}.")
