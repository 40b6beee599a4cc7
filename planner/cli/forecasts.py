"""planner forecast, outcome and calibration: what was foreseen, and what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import JsonFlag, PortfolioOption, ProjectArgument
from planner.cli.output import heading, note, print_json, say
from planner.cli.tables import print_fields, print_table
from planner.cli.workspace import choose_portfolio, open_workspace

if TYPE_CHECKING:
    from planner.domain.forecasts import BaseRate, ProjectForecasts

Word = str | None


def forecast(
    project: ProjectArgument,
    probability: Annotated[
        Word, typer.Argument(metavar="[PROBABILITY]", help="From 0 to 1, or in per cent: 70%. Without it, show all.")
    ] = None,
    by: Annotated[Word, typer.Option(metavar="NAME", help="Who forecasts; you, when left out.")] = None,
    rationale: Annotated[Word, typer.Option(help="Why.")] = None,
    success: Annotated[Word, typer.Option(metavar="TEXT", help="What counts as success.")] = None,
    horizon: Annotated[
        Word, typer.Option(metavar="DATE", help="By when it must have come, such as 2027-03-31.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Forecast whether a project succeeds, or show what was said.

    planner forecast EX-3
    planner forecast EX-3 0.7 --by Mara --rationale "the pilot met every threshold"
    """
    from planner.domain.errors import Invalid
    from planner.services.forecasts import get_forecasts, record_forecast

    ws = open_workspace()
    given = {"rationale": rationale, "success": success, "horizon": horizon}
    if probability is None:
        if by is not None or any(value is not None for value in given.values()):
            raise Invalid.one("PROBABILITY", "say how probable success is, such as 0.7")
        found = get_forecasts(ws, project)
        if as_json:
            print_json(found)
            return
        _print_forecasts(found)
        return
    from planner.domain.forecasts import ForecastDraft
    from planner.domain.wording import pct

    stated = {name: value for name, value in given.items() if value is not None}
    draft = ForecastDraft.model_validate({**stated, "probability": _probability(probability)})
    recorded = record_forecast(ws, project, ws.actor if by is None else by, draft)
    if as_json:
        print_json(recorded)
        return
    say(f"{project}: {pct(recorded.probability)}, {recorded.forecaster}. Success: {recorded.success}")


def outcome(
    project: ProjectArgument,
    result: Annotated[
        Word,
        typer.Argument(metavar="[OUTCOME]", help="success, failure, abandoned or reopened; without it, show it."),
    ] = None,
    ended_on: Annotated[
        Word, typer.Option("--ended-on", metavar="DATE", help="The day on which it was known; today when left out.")
    ] = None,
    remark: Annotated[Word, typer.Option("--note", help="What happened.")] = None,
    actual: Annotated[Word, typer.Option("--actual-effort", metavar="WEEKS", help="Person-weeks it took.")] = None,
    estimated: Annotated[
        Word, typer.Option("--estimated-effort", metavar="WEEKS", help="Person-weeks that were estimated before.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Record how a project ended, or show it.

    Abandoned projects are not scored; reopened takes an outcome back.

        planner outcome EX-3 success --actual-effort 31
    """
    from planner.domain.errors import Invalid
    from planner.services.forecasts import get_outcome, record_outcome

    ws = open_workspace()
    given = {"ended_on": ended_on, "note": remark, "actual_effort": actual, "estimated_effort": estimated}
    stated = {name: value for name, value in given.items() if value is not None}
    if result is None:
        if stated:
            raise Invalid.one("OUTCOME", "say how it ended: success, failure, abandoned or reopened")
        found = get_outcome(ws, project)
    else:
        from planner.domain.forecasts import OutcomeDraft

        found = record_outcome(ws, project, OutcomeDraft.model_validate({**stated, "outcome": result}))
    if as_json:
        print_json(found)
        return
    print_fields(
        {
            "Outcome": found.outcome,
            "Ended on": found.ended_on.isoformat(),
            "Actual effort": found.actual_effort,
            "Estimated effort": found.estimated_effort,
            "Note": found.note,
            "Recorded by": found.recorded_by,
        }
    )


def calibration(portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """Show how good the forecasts of a portfolio have been."""
    from planner.domain.calibration import ENOUGH
    from planner.services.forecasts import get_portfolio_forecasts

    ws = open_workspace()
    found = get_portfolio_forecasts(ws, choose_portfolio(ws, portfolio)).calibration
    if as_json:
        print_json(found)
        return
    _say_base_rate(found.base_rate)
    rows = [
        (
            one.forecaster or "all (mean)",
            one.forecasts,
            one.brier,
            one.decomposition.reliability if one.decomposition else None,
            one.decomposition.resolution if one.decomposition else None,
            one.decomposition.uncertainty if one.decomposition else None,
            one.skill,
        )
        for one in (found.overall, *found.forecasters)
    ]
    columns = ("Forecaster", "Scored", "Brier", "Reliability", "Resolution", "Uncertainty", "Skill")
    print_table(columns, rows, wide=("Forecaster",))
    if found.overall.curve:
        heading("Calibration curve")
        points = [
            (f"{one.low:.0%} to {one.high:.0%}", one.forecasts, one.mean, one.share, one.share_low, one.share_high)
            for one in found.overall.curve
        ]
        print_table(("Forecast", "Projects", "Said", "Came", "Low", "High"), points, wide=())
    if found.overall.forecasts < ENOUGH:
        note(f"{found.overall.forecasts} scored so far: fewer than {ENOUGH} say little about anybody's calibration.")


def _print_forecasts(found: ProjectForecasts) -> None:
    from planner.domain.wording import day, pct

    say(f"Success: {found.success}")
    _say_base_rate(found.base_rate)
    rows = [
        (
            one.forecaster,
            one.probability,
            one.recorded_at,
            one.horizon.isoformat() if one.horizon else None,
            one.rationale,
        )
        for one in found.current
    ]
    print_table(("Forecaster", "Probability", "Recorded", "Horizon", "Rationale"), rows, wide=("Rationale",))
    if found.mean is not None:
        say(f"Mean: {pct(found.mean)}")
    if found.outcome is not None:
        say(f"Ended: {found.outcome.outcome} on {day(found.outcome.ended_on)}")


def _say_base_rate(rate: BaseRate) -> None:
    from planner.domain.wording import pct

    kind = f" of the archetype {rate.archetype}" if rate.archetype else ""
    if rate.ended is None:
        say("Base rate: none; no project has ended in success or failure yet.")
        return
    ended = rate.ended
    say(
        f"Base rate: {ended.successes} of {ended.of} ended projects{kind} succeeded, {pct(ended.share)} "
        f"(95 % interval {pct(ended.low)} to {pct(ended.high)})."
    )


def _probability(text: str) -> str | float:
    """What was typed, a percentage as a share; what is no number is left for the check of the field."""
    if text.strip().endswith("%"):
        try:
            return float(text.strip().removesuffix("%")) / 100
        except ValueError:
            return text
    return text
