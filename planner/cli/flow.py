"""planner flow: how projects move through the stages, and what their loops say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import NONE_GIVEN, JsonFlag, PortfolioOption, takes_filters
from planner.cli.output import heading, note, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.flow import StageTime, Stuck
    from planner.domain.flow_doubts import Doubt
    from planner.domain.flow_loops import Loops
    from planner.domain.flow_portfolio import PortfolioFlow, ProjectFlow


@takes_filters
def flow(
    project: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="Key or id of a project; without it, of the portfolio.")
    ] = None,
    portfolio: PortfolioOption = None,
    filters: Mapping[str, str] = NONE_GIVEN,
    as_json: JsonFlag = False,
) -> None:
    """Show how projects move, what they loop back for, and who is stuck.

    planner flow --status open
    planner flow EX-4
    """
    from planner.domain.errors import Invalid
    from planner.domain.projects import Filters
    from planner.services.flow import get_flow, get_project_flow

    ws = open_workspace()
    if project is not None:
        if filters:
            raise Invalid.one("PROJECT", "filters choose among the projects of a portfolio; name one, or filter")
        one = get_project_flow(ws, project)
        print_json(one) if as_json else _print_project(one)
        return
    found = get_flow(ws, choose_portfolio(ws, portfolio), Filters.model_validate(filters))
    print_json(found) if as_json else _print_portfolio(found)


def _print_portfolio(found: PortfolioFlow) -> None:
    _print_loops(found.loops)
    _print_times(found.times)
    _print_stuck(found.stuck)
    points = found.cumulative.points
    heading(f"Cumulative flow by {found.cumulative.step}")
    columns = ("On", *found.cumulative.names, "In the flow", "Left it")
    print_table(columns, [(f"{p.at:%Y-%m-%d}", *p.counts, p.total, p.left) for p in points], wide=())
    heading("Answers that loops put in doubt")
    if not found.doubting:
        say("This playbook does not say which answers a reason puts in doubt.")
        return
    _print_doubts(found.doubts)
    if found.doubts_total > len(found.doubts):
        note(f"{found.doubts_total - len(found.doubts):,} more in the portfolio.")
    if found.hindsight:
        heading("Mean level before projects looped, and before others passed the stage")
        rows = [
            (
                one.reason,
                one.criterion,
                one.looped.projects,
                one.looped.mean,
                one.passed.projects,
                one.passed.mean,
                one.difference,
            )
            for one in found.hindsight
        ]
        print_table(("Reason", "Criterion", "Looped", "Level", "Passed", "Their level", "Difference"), rows, wide=())
        if any(one.difference is None for one in found.hindsight):
            note("No difference: too few projects to tell.")


def _print_loops(loops: Loops) -> None:
    heading("Loops")
    for edge in loops.edges:
        say(edge.words)
    if not loops.edges:
        say("No project has gone back yet.")
        return
    rows = [
        (edge.start, edge.end, reason.reason, reason.loops, reason.projects, reason.share)
        for edge in loops.edges
        for reason in edge.reasons
    ]
    print_table(("From", "Back to", "Reason", "Loops", "Projects", "Share"), rows, wide=())
    if loops.repeated:
        note("More than one loop: " + "; ".join(f"{one.key} {one.name} ({one.loops})" for one in loops.repeated))


def _print_times(times: tuple[StageTime, ...]) -> None:
    heading("Time in stage, in days")
    rows = [
        (
            time.stage,
            time.completed,
            time.here,
            time.cut_short,
            time.quartile_low,
            time.median,
            time.quartile_high,
            time.median_with_here,
            time.expected,
        )
        for time in times
    ]
    columns = ("Stage", "Completed", "Here", "Cut short", "25 %", "Median", "75 %", "Median with here", "85 %")
    print_table(columns, rows, wide=())


def _print_stuck(stuck: Stuck) -> None:
    from planner.domain.flow_words import stuck_words

    heading("Stuck")
    say(stuck_words(stuck))
    named = [*stuck.projects, *(one for stage in stuck.unsure for one in stage.longest)]
    rows = [
        (one.key, one.name, one.stage, round(one.days, 1), one.expected, one.owner, "; ".join(one.open_points))
        for one in named
    ]
    if rows:
        columns = ("Key", "Name", "Stage", "Days", "Expected", "Owner", "Open at the gate")
        print_table(columns, rows, wide=("Name", "Open at the gate"), spare=("Owner", "Open at the gate"))


def _print_project(found: ProjectFlow) -> None:
    rows = [(stay.stage, stay.visits, round(stay.days, 1), stay.here) for stay in found.stages]
    print_table(("Stage", "Visits", "Days", "Here"), rows, wide=())
    if found.doubts:
        heading("Answers that loops put in doubt")
        _print_doubts(found.doubts)


def _print_doubts(doubts: tuple[Doubt, ...]) -> None:
    from planner.domain.wording import day, listed

    if not doubts:
        say("None: no loop speaks against an answer that was favourable before it.")
        return
    rows = [
        (
            doubt.key,
            doubt.criterion,
            f"{doubt.lowest}" if doubt.lowest == doubt.highest else f"{doubt.lowest}–{doubt.highest}",
            day(doubt.answered_at),
            doubt.reason,
            day(doubt.looped_at),
            day(doubt.answered_again_at) if doubt.answered_again_at else f"to be done: {listed(doubt.waiting_for, 3)}",
        )
        for doubt in doubts
    ]
    print_table(("Key", "Criterion", "Said", "On", "Loop", "Looped on", "Answered again"), rows, wide=())
