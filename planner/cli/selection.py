"""planner select: the roadmap that fits what there is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import JsonFlag, PortfolioOption
from planner.cli.output import heading, note, on_terminal, print_json, progress, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.selection_answer import RobustPlan, SelectionAnswer, WhatIf
    from planner.domain.selection_plan import Plan


def select(
    portfolio: PortfolioOption = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Plan with the settings of a YAML or JSON file, all or some."),
    ] = None,
    time_limit: Annotated[float, typer.Option(metavar="SECONDS", help="How long to search; at most 60.")] = 10.0,
    gap: Annotated[
        float, typer.Option(metavar="SHARE", help="Stop when a better plan could add no more: 0.01 for 1 %.")
    ] = 0.0,
    more: Annotated[
        list[str] | None,
        typer.Option("--more", metavar="RESOURCE=AMOUNT", help="What if there were so much more in every period."),
    ] = None,
    robust: Annotated[bool, typer.Option("--robust", help="Try the plan against the doubt in the answers.")] = False,
    samples: Annotated[int, typer.Option(metavar="N", help="How often it is tried, with --robust.")] = 100,
    seed: Annotated[int, typer.Option(metavar="N", help="The seed of the draws, with --robust.")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the plan, so that the page shows it.")] = False,
    store: Annotated[
        bool, typer.Option("--store", help="Store the settings of --file for the portfolio; a change needs a reason.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why the settings change, with --store.")] = "",
    settings: Annotated[bool, typer.Option("--settings", help="Print the stored settings as JSON instead.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Plan what to do when, within the people and money there are.

    planner select
    planner select --more ml_engineers=12 --robust
    planner select --file plan.yaml --store --reason "the budget is final"
    """
    from planner.cli.inputs import split_pairs
    from planner.domain.errors import Invalid, NotFound
    from planner.domain.selection_answer import SelectionRequest
    from planner.services import selection

    if store and file is None:
        raise Invalid.one("--store", "name the file of the settings with --file")
    ws = open_workspace()
    slug = choose_portfolio(ws, portfolio)
    if settings:
        stored = selection.find_settings(ws, slug)
        if stored is None:
            raise NotFound("The roadmap has no settings yet; store some with planner select --file FILE --store.")
        print_json(stored)
        return
    given = _read(file) if file else {}
    if store:
        _store(slug, given, reason)
        given = {}
    asked = {
        **given,
        "time_limit": time_limit,
        "gap": gap,
        "more": split_pairs(more or [], "--more"),
        "robust": {"samples": samples, "seed": seed} if robust else None,
        "keep": keep,
    }
    request = SelectionRequest.model_validate(asked)
    with progress("Planning") as moved:
        answer = selection.solve_selection(ws, slug, request, moved)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _read(file: Path) -> dict[str, Any]:
    from planner.cli.inputs import called, read_data
    from planner.domain.errors import Unreadable

    data = read_data(file)
    if not isinstance(data, dict):
        raise Unreadable(f"{called(file)}: fields with their names are needed, such as periods and capacity")
    # What --settings printed will do: who recorded it and when is stated anew.
    return {
        name: value for name, value in data.items() if name not in ("version", "recorded_at", "recorded_by", "reason")
    }


def _store(slug: str, given: dict[str, Any], reason: str) -> None:
    from planner.domain.selection import CapacityPlanDraft
    from planner.services import selection

    stored = selection.set_settings(
        open_workspace(), slug, CapacityPlanDraft.model_validate({**given, "reason": reason})
    )
    note(f"Stored the settings as version {stored.version}.")


def _print(answer: SelectionAnswer) -> None:
    plan = answer.plan
    rows = [
        (
            p.id if p.kind == "project" else "",
            p.name,
            p.start,
            p.end,
            round(p.value, 2) if p.kind == "project" else None,
        )
        for p in plan.planned
    ]
    print_table(("Key", "Name", "Start", "End", "Value"), rows)
    if on_terminal():
        _print_rest(plan)
    if answer.what_if:
        _print_what_if(answer.what_if)
    if answer.robust:
        _print_robust(answer.robust)
    say_status(plan)
    if answer.kept_at:
        note("The plan is kept.")


def say_status(plan: Plan) -> None:
    """Says on stderr how good the plan is."""
    from planner.domain.wording import num

    proven = {
        "optimal": "proven: no plan is worth more",
        "within_gap": f"within {num(plan.gap * 100, 1)} % of the best",
        "time_limit": f"stopped by the time limit, within {num(plan.gap * 100, 1)} % of the best",
    }
    note(f"Worth {num(plan.objective)}; {proven[plan.status]}. {plan.solver}, {num(plan.seconds, 1)} s.")


def _print_rest(plan: Plan) -> None:
    from planner.domain.wording import measure

    heading("What it takes, of what there is")
    loads = {resource.id: plan.load(resource.id) for resource in plan.resources}
    rows = [
        (
            f"{resource.name}, {resource.unit}" if resource.unit else resource.name,
            *(f"{measure(round(load.used, 1))}/{measure(load.capacity)}" for load in loads[resource.id]),
        )
        for resource in plan.resources
    ]
    print_table(("Resource", *plan.periods), rows, wide=("Resource",), spare=plan.periods[::-1])
    if plan.left_out:
        heading("Left out")
        shown = plan.left_out[:15]
        print_table(
            ("Key", "Name", "Value", "Why"),
            [(o.id, o.name, round(o.value, 2), o.why) for o in shown],
            wide=("Name", "Why"),
        )
        if len(shown) < len(plan.left_out):
            note(f"The first {len(shown)} of {len(plan.left_out):,}; --json has all.")
    if plan.unplanned:
        note(f"{len(plan.unplanned):,} projects cannot be planned; --json says why.")
    say("")


def _print_what_if(what_if: WhatIf) -> None:
    from planner.domain.wording import listed, num

    said = ", ".join(f"{amount:g} more {name}" for name, amount in what_if.more.items())
    say(f"With {said}: worth {num(what_if.objective)}, {num(what_if.gained)} more.")
    for word, items in (("Comes in", what_if.enters), ("Makes room", what_if.leaves)):
        if items:
            say(f"{word}: {listed([item.name for item in items], 12)}.")


def _print_robust(robust: RobustPlan) -> None:
    from planner.domain.wording import pct

    heading(f"In how many of {robust.samples} plans for values drawn from the beliefs")
    rows = [(i.id if i.kind == "project" else "", i.name, i.verdict, pct(i.share)) for i in robust.items]
    print_table(("Key", "Name", "Verdict", "Share"), rows)
    if robust.samples < robust.asked:
        note(f"The time was enough for {robust.samples} of {robust.asked} plans.")
