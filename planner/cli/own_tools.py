"""planner tools: a portfolio's tools beside the catalogue, and its standard for each component."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.cli.options import JsonFlag, PortfolioOption
from planner.cli.output import print_json
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace


def tools(
    portfolio: PortfolioOption = None,
    name: Annotated[str | None, typer.Option("--set", metavar="NAME", help="Add a tool, or name a standard.")] = None,
    components: Annotated[
        list[str] | None, typer.Option("--for", metavar="COMPONENT", help="A component that it fills; may be repeated.")
    ] = None,
    standard_for: Annotated[
        list[str] | None,
        typer.Option("--standard", metavar="COMPONENT", help="A component it is the standard of; may be repeated."),
    ] = None,
    licence: Annotated[str | None, typer.Option(help="Its licence.")] = None,
    url: Annotated[str | None, typer.Option(help="Its web address.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="MONTH", help="When it was looked at, as 2026-11.")] = None,
    remark: Annotated[str | None, typer.Option("--note", help="What it is for, whom to ask.")] = None,
    withdraw: Annotated[str | None, typer.Option(metavar="NAME", help="Take a tool off the list.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List, add or withdraw own tools and standards.

    What is not given stays as it was.

        planner tools --set lakeFS --standard data.versioning
    """
    from planner.domain.errors import Invalid
    from planner.domain.own_tools import OwnToolDraft
    from planner.services.own_tools import list_tools, record_tool, withdraw_tool

    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    said = {
        "components": components, "standard_for": standard_for, "licence": licence, "url": url, "as_of": as_of,
        "note": remark,
    }  # fmt: skip
    given = {field: value for field, value in said.items() if value is not None}
    if given and name is None:
        raise Invalid.one("--set", "name the tool with --set NAME")
    if withdraw is not None:
        withdraw_tool(ws, slug, withdraw)
    if name is not None:
        known = next((one for one in list_tools(ws, slug) if one.name.casefold() == name.strip().casefold()), None)
        before = {field: getattr(known, field) for field in OwnToolDraft.model_fields} if known else {}
        record_tool(ws, slug, name, OwnToolDraft.model_validate({**before, **given}))
    found = list_tools(ws, slug)
    if as_json:
        print_json({"items": found})
        return
    rows = [
        (one.name, ", ".join(one.standard_for), ", ".join(c for c in one.fills if c not in one.standard_for),
         one.licence, one.as_of, one.note)
        for one in found
    ]  # fmt: skip
    columns = ("Tool", "Standard for", "Also for", "Licence", "Looked at", "Note")
    print_table(columns, rows, wide=("Standard for", "Also for", "Note"), spare=("Licence", "Looked at"))
