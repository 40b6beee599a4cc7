"""planner rounds: opening and closing scoring rounds, and who owes what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import JsonFlag, PortfolioOption
from planner.cli.output import heading, print_json, say
from planner.cli.tables import print_fields, print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.rounds import RoundStatus
    from planner.services.workspace import Workspace

NumberArgument = Annotated[
    int | None, typer.Argument(metavar="[NUMBER]", help="Number of the round; left out, the newest one.", min=1)
]
DueOption = Annotated[str | None, typer.Option(metavar="DATE", help="Until when, such as 2026-11-06.")]
AssessorsOption = Annotated[
    list[str] | None, typer.Option("--assessor", metavar="NAME", help="Who is asked; repeat it for several.")
]


def list_rounds(portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """List the scoring rounds, the newest first."""
    from planner.services.rounds import list_rounds as service

    ws = open_workspace()
    found = service(ws, choose_portfolio(ws, portfolio))
    if as_json:
        print_json({"items": found})
        return
    rows = [
        (
            s.round.number,
            s.round.name,
            "open" if s.round.is_open else "closed",
            len(s.round.projects),
            f"{s.answered} of {s.asked}",
            s.round.due.isoformat() if s.round.due else None,
        )
        for s in found
    ]
    print_table(("Number", "Name", "State", "Projects", "Answered", "Due"), rows, wide=("Name",), spare=("Due",))
    if not found:
        say("No round yet: planner rounds open NAME --assessor WHO")


def open_round(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    assessors: AssessorsOption = None,
    projects: Annotated[
        list[str] | None, typer.Option("--project", metavar="KEY", help="Only this project; repeat it for several.")
    ] = None,
    scope: Annotated[str, typer.Option(help="Without --project: all, scored, unscored or disputed.")] = "all",
    criteria: Annotated[
        list[str] | None, typer.Option("--criterion", metavar="ID", help="Only this question; repeat it for several.")
    ] = None,
    due: DueOption = None,
    portfolio: PortfolioOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open a scoring round: several people are asked the same questions, blind until they have answered.

    planner rounds open "Autumn review" --assessor Mara --assessor Ben --due 2026-11-06
    """
    from planner.domain.rounds import RoundDraft
    from planner.services.rounds import open_round as service

    given = {"name": name, "assessors": assessors or [], "projects": projects, "scope": scope, "criteria": criteria}
    ws = open_workspace()
    _tell(service(ws, choose_portfolio(ws, portfolio), _build(RoundDraft, {**given, "due": due})), as_json)


def show(number: NumberArgument = None, portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """Show a round: what it asks, of whom, and how far it is."""
    from planner.services.rounds import get_round

    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    _tell(get_round(ws, slug, _number(ws, slug, number)), as_json)


def edit(
    number: NumberArgument = None,
    name: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    assessors: AssessorsOption = None,
    due: DueOption = None,
    portfolio: PortfolioOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Change an open round: its name, who is asked, when it is due."""
    given = {"name": name, "assessors": assessors or None, "due": due}
    _change(number, portfolio, {key: value for key, value in given.items() if value is not None}, as_json)


def close(number: NumberArgument = None, portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """Close a round for good; what was not answered stays blank."""
    _change(number, portfolio, {"closed": True}, as_json)


def owed(
    number: NumberArgument = None,
    assessor: Annotated[str | None, typer.Option(help="Only this person, with the reminder in full.")] = None,
    url: Annotated[str, typer.Option(metavar="ADDRESS", help="Address of the service, for the links.")] = "",
    portfolio: PortfolioOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show who still owes answers in a round.

    With --assessor, print a reminder ready to be sent.

        planner rounds owed --assessor Ben --url https://planner.example.org
    """
    from planner.domain.errors import NotFound
    from planner.services.rounds import list_owed

    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    found = list_owed(ws, slug, _number(ws, slug, number), url.rstrip("/"))
    if assessor is not None:
        found = tuple(entry for entry in found if entry.assessor == assessor)
        if not found:
            raise NotFound(f"The round does not ask '{assessor[:60]}'.")
    if as_json:
        print_json({"items": found})
        return
    if assessor is not None:
        say(found[0].reminder or f"{assessor} owes nothing.")
        return
    rows = [(e.assessor, e.asked, e.answered, e.owed, len(e.projects), e.looked) for e in found]
    columns = ("Assessor", "Asked", "Answered", "Owed", "Projects", "Looked")
    print_table(columns, rows, wide=("Assessor",), spare=("Looked",))


def _build(model: Any, values: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from planner.domain.errors import Invalid

    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None


def _change(number: int | None, portfolio: str | None, values: dict[str, Any], as_json: bool) -> None:
    from planner.domain.rounds import RoundPatch
    from planner.services.rounds import update_round

    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    _tell(update_round(ws, slug, _number(ws, slug, number), _build(RoundPatch, values)), as_json)


def _number(ws: Workspace, slug: str, number: int | None) -> int:
    """The round that is meant: the newest when none is named."""
    from planner.domain.errors import NotFound
    from planner.services.rounds import list_rounds as service

    if number is not None:
        return number
    found = service(ws, slug)
    if not found:
        raise NotFound("There is no round yet; open one with: planner rounds open NAME --assessor WHO")
    return found[0].round.number


def _tell(status: RoundStatus, as_json: bool) -> None:
    if as_json:
        print_json(status)
        return
    one = status.round
    heading(f"Round {one.number}: {one.name}")
    print_fields(
        {
            "State": "open" if one.is_open else "closed",
            "Answered": f"{status.answered} of {status.asked}",
            "Assessors": ", ".join(one.assessors),
            "Questions": ", ".join(one.criteria),
            "Projects": len(one.projects),
            "Due": one.due.isoformat() if one.due else None,
            "Repeats": f"round {status.repeats}" if status.repeats else None,
            "Opened": one.opened_at,
            "Opened by": one.opened_by,
            "Closed": one.closed_at,
            "Closed by": one.closed_by,
        }
    )
