"""planner checklist and infrastructure: the components a project needs, and those of a portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import JsonFlag, PortfolioOption, ProjectArgument
from planner.cli.output import heading, note, print_json
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.infrastructure import ChecklistDraft, ChecklistLine
    from planner.domain.infrastructure_whole import PortfolioInfrastructure
    from planner.domain.shared_components import SharedComponent, SharedDraft
    from planner.services.workspace import Workspace


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


def infrastructure(
    portfolio: PortfolioOption = None,
    state: Annotated[
        str | None,
        typer.Option(
            "--set",
            metavar="COMPONENT=STATUS",
            help="State a shared component: missing, planned, partial, in_place or retired.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Tells two shared ones of a component apart.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    tool: Annotated[str | None, typer.Option(help="The tool or service that fills it.")] = None,
    cost: Annotated[float | None, typer.Option(help="Money to build it.")] = None,
    per_month: Annotated[float | None, typer.Option("--cost-per-month", help="Money a month to run it.")] = None,
    effort: Annotated[float | None, typer.Option(help="Person-weeks to build it.")] = None,
    remark: Annotated[str | None, typer.Option("--note", help="A remark that is kept with it.")] = None,
    budget: Annotated[float | None, typer.Option(help="What to build next within this much money.")] = None,
    most: Annotated[int | None, typer.Option(help="What to build next, at most so many; 5 with a budget.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="WEIGHT", help="Weigh projects by their priority, or count projects alike.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Count components, share them, see what to build next.

    planner infrastructure --set deployment.monitoring=planned --cost 18000
    planner infrastructure --budget 50000 --most 3
    """
    from planner.domain.errors import Invalid
    from planner.services.infrastructure import get_overview, record_shared

    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    said = {"owner": owner, "tool": tool, "cost": cost, "cost_per_month": per_month, "effort": effort, "note": remark}
    given = {field: value for field, value in said.items() if value is not None}
    limits = {field: value for field, value in (("budget", budget), ("most", most), ("by", by)) if value is not None}
    if state is not None:
        if limits:
            raise Invalid.one("--set", "state a shared component, or ask what to build next: not both at once")
        one = record_shared(ws, slug, *_shared(ws, slug, state, name or "", given))
        if as_json:
            print_json(one)
        else:
            _print_shared([one])
        return
    if given or name is not None:
        raise Invalid.one("--set", "name the shared component with --set COMPONENT=STATUS")
    from planner.domain.infrastructure_plan import BuildQuery

    found = get_overview(ws, slug).told(BuildQuery.model_validate(limits))
    if as_json:
        print_json(found)
    elif limits:
        _print_plan(found)
    else:
        rows = [
            (c.component, c.name, c.missing, c.planned, c.partial, c.in_place, c.not_needed, c.not_stated)
            for c in found.items
        ]
        columns = ("Component", "Name", "Missing", "Planned", "Partial", "In place", "Not needed", "Not stated")
        print_table(columns, rows, spare=("Name", "Not needed"))
        if found.shared:
            heading("Shared components")
            _print_shared(found.shared)


def _shared(ws: Workspace, slug: str, state: str, name: str, given: dict[str, Any]) -> tuple[str, SharedDraft]:
    """The component and what to state of it; what is not given stays as it was."""
    from planner.cli.inputs import split_pairs
    from planner.domain.shared_components import SharedDraft
    from planner.services.infrastructure import list_shared

    ((component, status),) = split_pairs([state], "--set").items()
    kept = next((one for one in list_shared(ws, slug) if (one.component, one.name) == (component, name)), None)
    before = {field: getattr(kept, field) for field in SharedDraft.model_fields} if kept else {}
    return component, SharedDraft.model_validate({**before, **given, "name": name, "status": status})


def _print_shared(shared: Sequence[SharedComponent]) -> None:
    rows = [(s.component, s.name, s.status, s.owner, s.tool, s.cost, s.cost_per_month, s.effort) for s in shared]
    columns = ("Component", "Name", "Status", "Owner", "Tool", "Cost", "A month", "Person-weeks")
    print_table(columns, rows, spare=("Name", "Owner", "A month"))


def _print_plan(found: PortfolioInfrastructure) -> None:
    demand, plan = found.demand, found.build_next
    heading("Demand")
    rows = [
        (line.component, line.held_back, line.required_by, line.priority, line.unscored, line.completes, line.cost)
        for line in demand.lines
        if line.held_back
    ]
    columns = ("Component", "Held back", "Required by", "Sum of priorities", "Unscored", "Alone completes", "Cost")
    print_table(columns, rows, spare=("Required by", "Unscored"))
    heading("Build next")
    steps = [
        (number, step.component, step.cost, step.spent, step.completes, step.worth)
        for number, step in enumerate(plan.steps, 1)
    ]
    worth = "Priorities so far" if plan.by == "priority" else "Projects so far"
    print_table(("#", "Component", "Cost", "Spent", "Completes", worth), steps)
    if not plan.steps:
        least = f"; the first needs {plan.least_components}" if plan.least_components else ""
        note(f"No project is completed within these limits{least}.")
    if plan.without_cost and plan.budget is not None:
        note(f"Left out, since no cost is stated: {', '.join(plan.without_cost)}.")
    if plan.not_searched:
        note(f"Left out of the search, so that the set may not be best: {', '.join(plan.not_searched)}.")


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
