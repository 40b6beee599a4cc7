"""planner portfolio: list, create, show, edit, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.failures import NOT_DONE
from planner.cli.options import NONE_GIVEN, JsonFlag, YesFlag, takes_filters
from planner.cli.output import heading, note, print_json, say
from planner.cli.tables import print_fields, print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.portfolios import Portfolio

SlugArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[SLUG]", envvar="PLANNER_PORTFOLIO", help="The portfolio; may be left out when there is only one."
    ),
]
NewSlug = Annotated[str, typer.Argument(metavar="SLUG", help="Stands in every address; never changes.")]
NameOption = Annotated[str | None, typer.Option(help="Its name.")]
SummaryOption = Annotated[str | None, typer.Option(help="What it is about, in Markdown.")]
ShareOption = Annotated[
    float | None, typer.Option(help="λ, from 0 to 1: priority = λ·impact + (1−λ)·feasibility; else the playbook's.")
]
CapacityOption = Annotated[int | None, typer.Option(help="How many projects can be done at once.")]
WeightOption = Annotated[
    list[str] | None,
    typer.Option(
        "--weight",
        metavar="CRITERION=NUMBER",
        help="The weight of a criterion in the weighted mean of its dimension; repeat it for all of them.",
    ),
]


def list_portfolios(as_json: JsonFlag = False) -> None:
    """List the portfolios."""
    from planner.services import portfolios

    found = portfolios.list_portfolios(open_workspace())
    if as_json:
        print_json({"items": found})
        return
    rows = [(p.slug, p.name, p.projects, p.scored, p.is_example, p.updated_at) for p in found]
    print_table(("Portfolio", "Name", "Projects", "Scored", "Example", "Changed"), rows)
    if not found:
        note("There is none yet: planner portfolio create SLUG, or planner demo.")


def create(
    slug: NewSlug,
    name: NameOption = None,
    summary: SummaryOption = None,
    key_prefix: Annotated[
        str | None, typer.Option(help="Begins the keys of its projects; made from the slug when left out.")
    ] = None,
    priority_impact_share: ShareOption = None,
    capacity: CapacityOption = None,
    weight: WeightOption = None,
    playbook: Annotated[
        str | None,
        typer.Option(metavar="ID[@VERSION]", help="The methodology it follows; the shipped one when left out."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Start a portfolio."""
    from planner.cli.inputs import split_pairs
    from planner.domain.portfolios import PortfolioDraft
    from planner.services.portfolios import create_portfolio

    given = {
        "summary": summary,
        "key_prefix": key_prefix,
        "priority_impact_share": priority_impact_share,
        "capacity": capacity,
        "weights": split_pairs(weight, "--weight") if weight else None,
        **_chosen(playbook),
    }
    stated = {field: value for field, value in given.items() if value is not None}
    draft = PortfolioDraft.model_validate({"slug": slug, "name": name or slug, **stated})
    portfolio = create_portfolio(open_workspace(), draft)
    if as_json:
        print_json(portfolio)
    else:
        say(f"Created the portfolio {portfolio.slug}; its projects will be {portfolio.key_prefix}-1, -2 and so on.")


def _chosen(playbook: str | None) -> dict[str, str | None]:
    name, at, version = (playbook or "").partition("@")
    return {"playbook": name or None, "playbook_version": version if at else None}


@takes_filters
def show(slug: SlugArgument = None, filters: Mapping[str, str] = NONE_GIVEN, as_json: JsonFlag = False) -> None:
    """Show what a portfolio holds: counts by stage, status, archetype and quadrant."""
    from planner.domain.projects import Filters
    from planner.services.portfolios import get_overview, get_portfolio

    ws = open_workspace()
    chosen = choose_portfolio(ws, slug)
    portfolio, overview = get_portfolio(ws, chosen), get_overview(ws, chosen, Filters.model_validate(filters))
    if as_json:
        print_json({"portfolio": portfolio, "overview": overview})
        return
    _print_portfolio(portfolio)
    heading(f"{overview.total:,} projects, {overview.scored:,} of them scored")
    counts = {
        "Stage": overview.stage,
        "Status": overview.status,
        "Archetype": overview.archetype,
        "Quadrant": overview.quadrant,
    }
    rows = [(name, count.value, count.count) for name, found in counts.items() for count in found]
    print_table(("By", "Value", "Projects"), rows, wide=())


def edit(
    slug: SlugArgument = None,
    name: NameOption = None,
    summary: SummaryOption = None,
    priority_impact_share: ShareOption = None,
    capacity: CapacityOption = None,
    weight: WeightOption = None,
    playbook_weights: Annotated[
        bool, typer.Option("--playbook-weights", help="Take the weights of the playbook again.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Change a portfolio. Another λ or other weights move every priority at once."""
    from planner.cli.inputs import split_pairs
    from planner.domain.errors import Invalid
    from planner.domain.portfolios import PortfolioPatch
    from planner.services.portfolios import update_portfolio

    given = {
        "name": name,
        "summary": summary,
        "priority_impact_share": priority_impact_share,
        "capacity": capacity,
        "weights": split_pairs(weight, "--weight") if weight else None,
    }
    if weight and playbook_weights:
        raise Invalid.one("--playbook-weights", "give weights of your own or take the playbook's, not both")
    stated = {field: value for field, value in given.items() if value is not None}
    patch = PortfolioPatch.model_validate({**stated, **({"weights": None} if playbook_weights else {})})
    ws = open_workspace()
    portfolio = update_portfolio(ws, choose_portfolio(ws, slug), patch)
    if as_json:
        print_json(portfolio)
    else:
        _print_portfolio(portfolio)


def delete(slug: NewSlug, yes: YesFlag = False) -> None:
    """Take a portfolio out of sight. Its slug and its keys are never used again."""
    from planner.services.portfolios import delete_portfolio, get_portfolio

    ws = open_workspace()
    portfolio = get_portfolio(ws, slug)
    if not yes and not typer.confirm(f"Delete {portfolio.name} with its {portfolio.projects:,} projects?", err=True):
        note("Nothing was deleted.")
        raise typer.Exit(NOT_DONE)
    delete_portfolio(ws, slug)
    say(f"Deleted the portfolio {slug}.")


def _print_portfolio(portfolio: Portfolio) -> None:
    print_fields(
        {
            "Portfolio": portfolio.slug,
            "Name": portfolio.name,
            "Summary": portfolio.summary,
            "Playbook": f"{portfolio.playbook} {portfolio.playbook_version}",
            "Keys": f"{portfolio.key_prefix}-…",
            "λ": portfolio.priority_impact_share,
            "Capacity": portfolio.capacity,
            "Weights": ", ".join(f"{name} {weight:g}" for name, weight in (portfolio.weights or {}).items()) or None,
            "Changed": portfolio.updated_at,
        }
    )
