"""planner runs: the measured values of candidate models."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from planner.cli.options import JsonFlag, ProjectArgument
from planner.cli.output import note, on_terminal, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import open_workspace

if TYPE_CHECKING:
    from planner.domain.metrics_runs import RunDraft

SHOWN_WARNINGS = 10
SHOWN_METRICS = 4  # as many columns as a terminal takes; a pipe takes all


def add(
    project: ProjectArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or JSON file; - reads standard input.")],
    kind: Annotated[
        Literal["csv", "json"] | None, typer.Option("--from", help="What the file is; else its name says it.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Add the runs of a file, all or none. A run is a fact: a name that is there already is refused.

    CSV: a column `name` (or `run`, or `run_id`), and a column for each metric; an empty cell is a missing value, and a
    column with words in it is kept as a parameter. JSON: one run or a list, as in the REST interface.

        planner runs add EX-3 candidates.csv
        echo '{"name": "a", "metrics": {"recall": 0.83}}' | planner runs add EX-3 - --from json
    """
    from planner.cli.inputs import called, kind_of, read_bytes
    from planner.readers.runs import KINDS, read_runs
    from planner.services.metrics import find_contract
    from planner.services.metrics_runs import record_runs

    chosen = kind or kind_of(file, KINDS)
    drafts = read_runs(read_bytes(file), chosen, called(file))
    ws = open_workspace()
    recorded = record_runs(ws, project, drafts)
    if chosen == "csv" and (contract := find_contract(ws, project)):
        _warn_of_words(drafts, {contract.optimised.name, *(metric.name for metric in contract.thresholded)})
    if as_json:
        print_json({"items": recorded})
    else:
        say(f"Added {len(recorded):,} {'run' if len(recorded) == 1 else 'runs'} to {project}: planner gate {project}")


def _warn_of_words(drafts: Sequence[RunDraft], metrics: Collection[str]) -> None:
    """Says which values of the contract's metrics are no numbers, since their column became a parameter by it."""
    from planner.readers.runs import is_number

    wrong = [
        (draft.name, name, str(value))
        for draft in drafts
        for name, value in draft.params.items()
        if name in metrics and not is_number(str(value))
    ]
    for run, column, value in wrong[:SHOWN_WARNINGS]:
        note(
            f"Run '{run[:60]}', column '{column[:60]}': '{value[:30]}' is not a number, so the column was kept as a "
            "parameter, though the contract names it as a metric. Write it with a decimal point (0.9) and add the runs "
            "under other names."
        )
    if len(wrong) > SHOWN_WARNINGS:
        note(f"{len(wrong) - SHOWN_WARNINGS:,} more such values.")


def list_runs(project: ProjectArgument, as_json: JsonFlag = False) -> None:
    """List the runs of a project with their values."""
    from planner.services import metrics_runs

    runs = metrics_runs.list_runs(open_workspace(), project)
    if as_json:
        print_json({"items": runs})
        return
    names = list(dict.fromkeys(name for run in runs for name in run.metrics))
    shown = names[:SHOWN_METRICS] if on_terminal() else names
    rows = [[run.name, *(_value(run.metrics.get(name)) for name in shown)] for run in runs]
    print_table(("Run", *shown), rows, wide=("Run",))
    if not runs:
        note(f"No run is recorded yet: planner runs add {project} FILE.")
    elif len(shown) < len(names):
        note(f"{len(names) - len(shown)} more metrics; --json has all.")


def promote(
    project: ProjectArgument,
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="The name of the run; none with --none.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Nothing is in production any more.")] = False,
    why: Annotated[str, typer.Option("--note", help="Kept with it.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """State which run is in production; thresholds "no worse than production" compare with it.

    planner runs promote EX-3 resnet50-a --note "rolled out to all sites"
    """
    from planner.domain.errors import Invalid
    from planner.services.metrics_runs import record_promotion

    if (run is None) != none:
        raise Invalid.one("RUN", "name the run that is in production, or say --none")
    promotion = record_promotion(open_workspace(), project, run, why)
    if as_json:
        print_json(promotion)
    else:
        say(f"In production of {project}: {run or 'no run'}.")


def _value(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"
