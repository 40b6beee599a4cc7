"""planner checklist and infrastructure: the components a project needs, and those of a portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import JsonFlag, PortfolioOption, ProjectArgument
from planner.cli.output import heading, print_json
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.infrastructure import ChecklistDraft, ChecklistLine


def checklist(
    project: ProjectArgument,
    statuses: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="COMPONENT=STATUS",
            help="State what there is: missing, planned, partial, in_place or not_needed.",
        ),
    ] = None,
    tool: Annotated[str | None, typer.Option(help="The tool or service that fills it.")] = None,
    shared: Annotated[str | None, typer.Option(metavar="COMPONENT", help="The shared component that is used.")] = None,
    remark: Annotated[str | None, typer.Option("--note", help="A remark that is kept with it.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show or fill in the infrastructure checklist of a project. Tool and note stay as they are unless given.

    planner checklist EX-3
    planner checklist EX-3 --set data.versioning=in_place --tool dvc
    """
    from planner.services.infrastructure import get_checklist, record_component

    ws = open_workspace()
    found = get_checklist(ws, project)
    if statuses:
        drafts = _drafts(statuses, {"tool": tool, "shared": shared, "note": remark}, found.lines)
        lines = [record_component(ws, project, component, draft) for component, draft in drafts.items()]
        if as_json:
            print_json({"items": lines})
        else:
            _print_lines(lines)
        return
    if tool is not None or shared is not None or remark is not None:
        from planner.domain.errors import Invalid

        raise Invalid.one("--set", "name the component with --set COMPONENT=STATUS")
    if as_json:
        print_json(found)
        return
    _print_lines(found.lines)
    heading("Required components")
    rows = [(p.name, p.required, p.in_place, p.started, p.missing, p.not_stated) for p in found.progress]
    print_table(("Area", "Required", "In place", "Started", "Missing", "Not stated"), rows, wide=("Area",))


def infrastructure(portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """Count what there is of each component over a portfolio."""
    from planner.services.infrastructure import list_component_counts

    ws = open_workspace()
    counts = list_component_counts(ws, choose_portfolio(ws, portfolio))
    if as_json:
        print_json({"items": counts})
        return
    rows = [
        (c.component, c.name, c.missing, c.planned, c.partial, c.in_place, c.not_needed, c.not_stated) for c in counts
    ]
    columns = ("Component", "Name", "Missing", "Planned", "Partial", "In place", "Not needed", "Not stated")
    print_table(columns, rows, spare=("Name", "Not needed"))


def _drafts(statuses: list[str], given: dict[str, Any], lines: tuple[ChecklistLine, ...]) -> dict[str, ChecklistDraft]:
    """What to state about each component. Raises Invalid before anything is recorded."""
    from pydantic import ValidationError

    from planner.cli.inputs import split_pairs
    from planner.domain.errors import Invalid
    from planner.domain.infrastructure import ChecklistDraft

    present = {line.component: line for line in lines}
    stated = {name: value for name, value in given.items() if value is not None}
    drafts = {}
    for component, status in split_pairs(statuses, "--set").items():
        line = present.get(component)
        if line is None:
            raise Invalid.one("--set", f"'{component[:60]}' is not a component; one of: {', '.join(present)}")
        kept = {"tool": line.tool, "shared": line.shared, "note": line.note}
        try:
            drafts[component] = ChecklistDraft.model_validate({**kept, **stated, "status": status})
        except ValidationError as error:
            raise Invalid.from_pydantic(error, f"{component}.") from None
    return drafts


def _print_lines(lines: list[ChecklistLine] | tuple[ChecklistLine, ...]) -> None:
    rows = [
        (line.component, line.requirement.replace("_", " "), line.status, line.tool, line.note or line.why)
        for line in lines
    ]
    columns = ("Component", "Needed", "Status", "Tool", "Note or reason")
    print_table(columns, rows, wide=("Tool", "Note or reason"), spare=("Tool",))
