"""planner export: a portfolio as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import PortfolioOption
from planner.cli.output import note
from planner.cli.workspace import choose_portfolio, open_workspace


def export(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write: .json, .csv or .xlsx.")
    ],
    portfolio: PortfolioOption = None,
) -> None:
    """Write a portfolio to a file: JSON, CSV or XLSX.

    JSON holds everything, facts and history, and `planner import` takes it back without loss. CSV and XLSX hold a line
    for each project; text that looks like a formula stays text.

        planner export -o plan.xlsx
        planner export --portfolio fed -o fed.json
    """
    from planner.cli.inputs import kind_of, write_file
    from planner.services.exports import MEDIA_TYPES, export_portfolio

    kind = kind_of(output, MEDIA_TYPES)
    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    write_file(output, export_portfolio(ws, slug, kind))
    note(f"Wrote {output}.")
