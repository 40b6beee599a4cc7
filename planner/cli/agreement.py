"""planner agreement and assessors: how far people agree, and how each of them uses the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import JsonFlag, PortfolioOption
from planner.cli.output import heading, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.agreement import Agreement, ProjectAgreement


def agreement(
    portfolio: PortfolioOption = None,
    metric: Annotated[str, typer.Option(help="How α measures: ordinal, interval, nominal or ratio.")] = "ordinal",
    top: Annotated[int | None, typer.Option(help="How many projects are the top; left out, the capacity.")] = None,
    limit: Annotated[int, typer.Option(min=0, max=200, help="How many projects to show of each kind.")] = 20,
    as_json: JsonFlag = False,
) -> None:
    """Show how far the assessors agree, and what needs a talk or data."""
    from planner.domain.concordance import METRICS, Metric
    from planner.domain.errors import Invalid
    from planner.services.agreement import MAX_PROJECTS, get_agreement

    known: dict[str, Metric] = {name: name for name in METRICS}
    if metric not in known:
        raise Invalid.one("--metric", f"one of: {', '.join(METRICS)}")
    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    found = get_agreement(ws, slug, known[metric], top, limit if as_json else MAX_PROJECTS)
    if as_json:
        print_json(found)
        return
    rows = [
        (one.name, one.assessors, one.projects, one.alpha, one.reading, one.concordance.w if one.concordance else None)
        for one in found.criteria
    ]
    rows.append(
        (
            "All questions",
            len(found.assessors),
            found.overall.projects,
            found.overall.alpha,
            found.overall.reading,
            found.overall.concordance.w if found.overall.concordance else None,
        )
    )
    columns = ("Question", "People", "Projects", "Alpha", "Reading", "W")
    print_table(columns, rows, wide=("Question",), spare=("People",))
    _print_needs("Need a talk", found, found.talk[:limit], talk=True)
    _print_needs("Need data", found, found.data[:limit], talk=False)
    if found.held_back:
        say(f"{found.held_back} projects are left out until you have answered yourself.")


def _print_needs(title: str, found: Agreement, keys: tuple[str, ...], *, talk: bool) -> None:
    if not keys:
        return
    by_key: dict[str, ProjectAgreement] = {project.key: project for project in found.projects}
    told = [by_key[key] for key in keys if key in by_key]
    heading(title)
    rows = [
        (p.key, p.name, ", ".join(p.talk if talk else p.data), round(p.between, 2), round(p.within, 2)) for p in told
    ]
    print_table(("Key", "Project", "Questions", "Argument", "Ignorance"), rows, wide=("Project", "Questions"))


def assessors(portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """Show how each assessor uses the scale, and what stands out."""
    from planner.services.agreement import list_assessors

    ws = open_workspace()
    found = list_assessors(ws, choose_portfolio(ws, portfolio))
    if as_json:
        print_json({"items": found})
        return
    rows = [
        (
            use.assessor,
            use.answers,
            " ".join(map(str, use.levels)),
            use.mean,
            use.difference,
            use.blank,
            " ".join(remark.text for remark in use.remarks),
        )
        for use in found
    ]
    columns = ("Assessor", "Levels", "1 to 5", "Mean", "Against others", "Blank", "Remarks")
    print_table(columns, rows, wide=("Remarks",), spare=("Remarks", "1 to 5"))
