"""planner comparisons: the ranking by priority beside other orders of the same projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import NONE_GIVEN, JsonFlag, PortfolioOption, takes_filters
from planner.cli.output import heading, note, on_terminal, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.comparisons import Comparisons

SHOWN = 20  # of the projects, on a terminal


@takes_filters
def comparisons(
    portfolio: PortfolioOption = None,
    normalisation: Annotated[
        str, typer.Option(metavar="KIND", help="How TOPSIS makes levels comparable: vector, range, sum or scale.")
    ] = "vector",
    filters: Mapping[str, str] = NONE_GIVEN,
    as_json: JsonFlag = False,
) -> None:
    """Show the ranking by priority beside what other methods say. In a pipe, the table of all ranks alone.

    planner comparisons
    planner comparisons --portfolio fed --stage planning --normalisation scale
    """
    from planner.domain.comparison_scores import normalisation_named
    from planner.domain.projects import Filters
    from planner.services.comparisons import get_comparisons

    kind = normalisation_named(normalisation)
    ws = open_workspace()
    found = get_comparisons(ws, choose_portfolio(ws, portfolio), Filters.model_validate(filters), kind)
    if as_json:
        print_json(found)
    else:
        _print_comparisons(found)


def _print_comparisons(found: Comparisons) -> None:
    from planner.domain.wording import plural

    projects = found.projects
    if on_terminal():
        say("Comparison views: none of them decides. The ranking goes by expected priority.")
        say("")
        rows = [(m.name, m.compared, f"{m.same_top} of {m.top}", m.spearman, m.ws, m.does) for m in found.methods]
        columns = ("Method", "Projects", "Same top", "Spearman", "WS", "What it does")
        print_table(columns, rows, wide=("What it does",))
        gaps = [
            (m.name, gap.key, gap.name, gap.rank_by_priority, gap.rank) for m in found.methods for gap in m.gaps[:1]
        ]
        heading("The largest gap of each")
        print_table(("Method", "Key", "Name", "By priority", "By the method"), gaps)
        heading("Ranks")
        projects = projects[:SHOWN]
    names = [method.name for method in found.methods]
    ranks = [
        (p.rank, p.key, p.name, *(p.places[m.id].rank if m.id in p.places else None for m in found.methods))
        for p in projects
    ]
    print_table(("Rank", "Key", "Name", *names), ranks, spare=("Name", *reversed(names)))
    if len(projects) < len(found.projects):
        note(f"The first {len(projects)} of {len(found.projects):,}; in a pipe the table has every one.")
    if found.unscored:
        note(f"{plural(found.unscored, 'project')} without any answer, and so without a rank.")
