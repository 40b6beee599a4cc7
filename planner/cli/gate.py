"""planner gate: whether a run is good enough, as an exit code."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import JsonFlag, ProjectArgument
from planner.cli.output import print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import open_workspace

if TYPE_CHECKING:
    from planner.domain.metrics_verdict import RunVerdict, Verdict
    from planner.services.workspace import Workspace

QUALIFIED, NONE_QUALIFIES = 0, 1


def gate(
    project: ProjectArgument,
    run: Annotated[str | None, typer.Option(metavar="NAME", help="Ask about this run only.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge the runs of a project by its metric contract, for scripts.

    Exit code 0: a run qualifies (with --run: this one does). 1: none does, because a threshold is breached, a metric of
    the contract is missing or not a number, or no run is recorded. 2: it could not be judged, because there is no
    contract, no such run or no such project, or the command was used wrongly.
    """
    from planner.domain.errors import NotFound
    from planner.services.metrics import find_verdict

    ws = open_workspace()
    verdict = find_verdict(ws, project)
    if verdict is None:
        raise NotFound(
            f"{project} has no metric contract to judge runs by; agree one with planner metrics set {project}."
        )
    if run is None:
        if as_json:
            print_json(verdict)
        else:
            _print_verdict(verdict, project)
        raise typer.Exit(QUALIFIED if verdict.qualified else NONE_QUALIFIES)
    judged = next((found for found in verdict.runs if found.name == run), None)
    if judged is None:
        raise NotFound(f"{project} has no run '{run[:60]}'; planner runs list {project} shows them.")
    if as_json:
        print_json(judged)
    else:
        _print_run(judged, _not_finite(ws, project, judged.run))
    raise typer.Exit(QUALIFIED if judged.status == "qualified" else NONE_QUALIFIES)


def _print_verdict(verdict: Verdict, project: str) -> None:
    if not verdict.runs:
        say(f"No run is recorded yet: planner runs add {project} FILE.")
        return
    apart = f"; {verdict.not_evaluable:,} not evaluable" if verdict.not_evaluable else ""
    under = f"contract version {verdict.contract_version}"
    say(f"Qualified: {verdict.qualified:,} of {verdict.evaluable:,}{apart} ({under}).")
    if verdict.qualified:
        metric = next(found for found in verdict.runs if found.name in verdict.winners).metrics[0].name
        over = "" if verdict.over_baseline is None else f", {verdict.over_baseline:+.6g} against the baseline"
        say(f"Best {metric}: {verdict.best:.6g}{over}.")
        say(f"{'Winner' if len(verdict.winners) == 1 else 'Winners, tied'}: {', '.join(verdict.winners)}")
    elif verdict.nearest:
        near = next(found for found in verdict.runs if found.name == verdict.nearest[0])
        missed = ", ".join(f"{m.name} by {-(m.margin or 0):.6g}" for m in near.metrics if m.status == "breached")
        say(f"Nearest: {', '.join(verdict.nearest)}; it misses {missed}.")
    else:
        missing = sorted({m.name for found in verdict.runs for m in found.metrics if m.status == "missing"})
        say(f"No run has a finite value of every metric of the contract; missing: {', '.join(missing)}.")


def _not_finite(ws: Workspace, project: str, run: int) -> set[str]:
    """The metrics that were measured, but whose value is no finite number."""
    from math import isfinite

    from planner.services.metrics_runs import list_runs

    measured = next((found.metrics for found in list_runs(ws, project) if found.id == run), {})
    return {name for name, value in measured.items() if not isfinite(value)}


def _print_run(judged: RunVerdict, not_finite: Collection[str]) -> None:
    words = {
        m.name: "not finite" if m.status == "missing" and m.name in not_finite else m.status for m in judged.metrics
    }
    rows = [
        (m.name, _number(m.value), words[m.name], _number(m.margin), _number(m.over_baseline)) for m in judged.metrics
    ]
    print_table(("Metric", "Value", "Verdict", "Margin", "Over baseline"), rows, wide=("Metric",))
    say(f"{judged.name} is {judged.status.replace('_', ' ')}.")


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"
