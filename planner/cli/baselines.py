"""planner baselines: what runs are held against, and where the test error comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from planner.cli.options import JsonFlag, ProjectArgument
from planner.cli.output import heading, note, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import open_workspace

if TYPE_CHECKING:
    from planner.domain.baseline_gap import BaselineGap
    from planner.domain.error_analysis import ErrorDecomposition

Word = str | None
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Tells it from the others of the project.")]


def list_baselines(project: ProjectArgument, as_json: JsonFlag = False) -> None:
    """List the baselines of a project, and the gap between them and its best run."""
    from planner.services.baselines import get_baselines

    found = get_baselines(open_workspace(), project)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one.name,
            one.kind,
            ", ".join(f"{name}={value:g}" for name, value in one.metrics.items()),
            one.fair,
            one.recorded_by,
            one.note,
        )
        for one in found.items
    ]
    print_table(("Baseline", "Kind", "Values", "Fair", "Who", "Measured"), rows, wide=("Measured", "Values"))
    if not found.items:
        note(f"None is recorded yet: planner baselines add {project} NAME --kind KIND --value METRIC=NUMBER.")
    _print_gap(found.gap)


def _print_gap(gap: BaselineGap) -> None:
    from planner.domain.wording import measure, signed

    if gap.contract_version is None:
        note("Without a metric contract there is no gap to tell.")
        return
    heading("Gap")
    rows = [
        (
            one.metric,
            measure(one.value, one.unit),
            one.best.name if one.best else None,
            measure(one.best.value, one.unit) if one.best else None,
            signed(one.gap, one.unit) if one.gap is not None else None,
            one.passed,
            one.following,
        )
        for one in gap.metrics
    ]
    columns = ("Metric", "Run", "Best baseline", "Its value", "Better by", "Passed", "Next")
    print_table(columns, rows, wide=("Best baseline", "Passed", "Next"))
    if gap.run is None:
        note("No run can be judged yet.")
    else:
        say(f"The run is {gap.run}" + ("." if gap.run_status == "qualified" else ", the best though none qualifies."))


def add(
    project: ProjectArgument,
    name: NameArgument,
    kind: Annotated[str, typer.Option(metavar="KIND", help="Its kind, by id of the playbook.")],
    value: Annotated[list[str], typer.Option(metavar="METRIC=NUMBER", help="What it reaches; once for each metric.")],
    how: Annotated[str, typer.Option("--note", help="How it was measured.")] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where it comes from.")] = "",
    fair: Annotated[
        Literal["yes", "no", "unknown"], typer.Option(help="Whether a run may be compared with it.")
    ] = "unknown",
    as_json: JsonFlag = False,
) -> None:
    """State a baseline of a project, or correct the one that has this name.

    planner baselines add EX-3 "Three radiologists" --kind deep_domain_experts --value recall=0.93
    """
    from planner.cli.inputs import split_pairs
    from planner.domain.baselines import BaselineDraft
    from planner.services.baselines import record_baseline

    said = {"kind": kind, "name": name, "metrics": split_pairs(value, "--value"), "note": how, "url": url, "fair": fair}
    recorded = record_baseline(open_workspace(), project, BaselineDraft.model_validate(said))
    if as_json:
        print_json(recorded)
    else:
        say(f"Baseline of {project}: {recorded.name}. The gap: planner baselines list {project}")


def withdraw(
    project: ProjectArgument,
    name: NameArgument,
    why: Annotated[str, typer.Option("--note", help="Why; the history keeps it.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Take a baseline away; what was recorded of it stays in the history."""
    from planner.services.baselines import withdraw_baseline

    withdrawn = withdraw_baseline(open_workspace(), project, name, why)
    if as_json:
        print_json(withdrawn)
    else:
        say(f"{withdrawn.name} is no baseline of {project} any more.")


def analyse(
    project: ProjectArgument,
    human: Annotated[
        Word,
        typer.Option(metavar="NUMBER", help="What the best baseline reaches; when left out the best recorded one."),
    ] = None,
    train: Annotated[Word, typer.Option(metavar="NUMBER", help="On the training data.")] = None,
    validation: Annotated[Word, typer.Option(metavar="NUMBER", help="On the validation set.")] = None,
    train_validation: Annotated[
        Word, typer.Option(metavar="NUMBER", help="On a validation set like the training data.")
    ] = None,
    test_validation: Annotated[
        Word, typer.Option(metavar="NUMBER", help="On a validation set like the test data.")
    ] = None,
    test: Annotated[Word, typer.Option(metavar="NUMBER", help="On the test data.")] = None,
    metric: Annotated[
        Word, typer.Option(metavar="NAME", help="What is measured; when left out the optimised metric.")
    ] = None,
    scale: Annotated[
        Word, typer.Option(metavar="SCALE", help="error, share, percent or value: how the values become errors.")
    ] = None,
    unit: Annotated[Word, typer.Option(metavar="UNIT", help="When left out that of the contract's metric.")] = None,
    run: Annotated[Word, typer.Option(metavar="NAME", help="The run that was measured.")] = None,
    remark: Annotated[Word, typer.Option("--note", help="Kept with it.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Take a test error apart and say what to do next. Without numbers, show what was recorded last.

    planner baselines analyse EX-3 --human 1 --train 20 --validation 27 --test 28 --unit %
    """
    from planner.domain.error_analysis import ErrorAnalysisDraft
    from planner.services.baselines import get_error_analyses, record_error_analysis

    given = {
        "human": human,
        "train": train,
        "validation": validation,
        "train_validation": train_validation,
        "test_validation": test_validation,
        "test": test,
        "metric": metric,
        "scale": scale,
        "unit": unit,
        "run": run,
        "note": remark,
    }
    stated = {name: value for name, value in given.items() if value is not None}
    ws = open_workspace()
    if stated:
        found = record_error_analysis(ws, project, ErrorAnalysisDraft.model_validate(stated))
    else:
        found = get_error_analyses(ws, project)
    if as_json:
        print_json(found)
    elif found.decomposition is None:
        note(f"Nothing is recorded yet: planner baselines analyse {project} --train … --validation … --test ….")
    else:
        _print_decomposition(found.decomposition)


def _print_decomposition(found: ErrorDecomposition) -> None:
    from planner.domain.wording import measure, pct

    rows = [
        (one.name, None if one.value is None else measure(one.value, found.unit), one.note or _unknown(one.missing))
        for one in found.parts
    ]
    rows.append(("Test error", None if found.total is None else measure(found.total, found.unit), ""))
    print_table(("Part", found.metric, "Remark"), rows, wide=("Part", "Remark"))
    if found.reference:
        say(f"What cannot be avoided is taken from the baseline {found.reference}.")
    if found.provisional:
        note(f"Not known: {', '.join(found.provisional)}; it may come first.")
    if found.action is not None:
        say(f"Next: {found.action.name}, {pct(found.action.share)} of what could be gained.")
        for place, action in enumerate(found.action.actions, 1):
            say(f"  {place}. {action}.")
        say(f"Source: {found.action.source}")
    elif found.advice:
        say(found.advice)


def _unknown(missing: tuple[str, ...]) -> str:
    return f"not known without {' and '.join(missing)}" if missing else ""
