"""planner metrics: the contract that runs are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import FileOption, JsonFlag, ProjectArgument
from planner.cli.output import note, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import open_workspace

if TYPE_CHECKING:
    from planner.domain.metrics import Contract


def show(project: ProjectArgument, as_json: JsonFlag = False) -> None:
    """Show the metric contract of a project."""
    from planner.domain.errors import NotFound
    from planner.services.metrics import find_contract

    contract = find_contract(open_workspace(), project)
    if contract is None:
        raise NotFound(f"{project} has no metric contract yet; agree one with planner metrics set {project}.")
    if as_json:
        print_json(contract)
    else:
        _print_contract(contract)


def set_(
    project: ProjectArgument,
    optimise: Annotated[
        str | None,
        typer.Option(
            metavar="NAME:DIRECTION[:UNIT]", help="The one optimised metric: recall:maximise, or cost:minimise:EUR."
        ),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(metavar="'NAME<=VALUE UNIT'", help="A thresholded metric: 'latency_p95<=100 ms', 'top1>=80'."),
    ] = None,
    baseline: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="What is reached today, without the new model.")
    ] = None,
    off: Annotated[
        list[str] | None, typer.Option(metavar="NAME=REASON", help="Switch a threshold off for now, and say why.")
    ] = None,
    slices: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=A,B,C", help="The worst of these slices counts: recall=de,fr,it."),
    ] = None,
    confidence: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=P", help="How probable it must be that a threshold is met: precision=0.95."),
    ] = None,
    no_worse: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=BY", help="No worse than the run in production by more than this: recall=0.01."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why the contract is so; a change of it must say why.")] = None,
    source: FileOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, for the runs there are too, and store nothing.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Agree the metric contract of a project: exactly one metric is optimised, the others have thresholds.

    The options state the whole contract; a contract that differs from the present one becomes its next version.

        planner metrics set EX-3 --optimise recall:maximise --threshold 'latency_p95<=100 ms'
        planner metrics set EX-3 --optimise recall:maximise --slices recall=de,fr,it --no-worse recall=0.01
        planner metrics show EX-3 --json > contract.json  # edit it, then
        planner metrics set EX-3 --from contract.json --reason "the new cameras are faster"
    """
    from planner.cli.contracts import Options, contract_from_file, contract_from_options
    from planner.cli.metrics_agreeing import print_change
    from planner.domain.errors import Invalid
    from planner.domain.metrics import ContractDraft
    from planner.services.metrics import set_contract
    from planner.services.metrics_agreeing import preview_contract

    if (optimise is None) == (source is None):
        raise Invalid.one("", "state the contract with --optimise (and --threshold), or give it with --from FILE")
    if source is not None:
        if threshold or baseline or off or slices or confidence or no_worse:
            raise Invalid.one("--from", "the file states the whole contract; leave the other options out")
        stated = contract_from_file(source)
    else:
        stated = contract_from_options(
            Options(
                optimise=optimise or "",
                threshold=threshold or (),
                baseline=baseline or (),
                off=off or (),
                slices=slices or (),
                confidence=confidence or (),
                no_worse=no_worse or (),
            )
        )
    draft = ContractDraft.model_validate(stated | ({"reason": reason} if reason is not None else {}))
    if dry_run:
        preview = preview_contract(open_workspace(), project, draft)
        if as_json:
            print_json(preview)
        else:
            print_change(preview)
        return
    contract = set_contract(open_workspace(), project, draft)
    if as_json:
        print_json(contract)
    else:
        _print_contract(contract)


def history(project: ProjectArgument, as_json: JsonFlag = False) -> None:
    """Show every version of the contract, and why it changed."""
    from planner.services.metrics import list_contracts

    found = list_contracts(open_workspace(), project)
    if as_json:
        print_json({"items": found})
        return
    rows = [
        (
            c.version,
            c.recorded_at,
            c.recorded_by,
            f"{c.optimised.direction} {c.optimised.name}",
            len(c.binding),
            c.reason,
        )
        for c in found
    ]
    print_table(("Version", "When", "Who", "Optimised", "Thresholds on", "Reason"), rows, wide=("Reason",))
    if not found:
        note(f"None is agreed yet: planner metrics set {project}.")


def _print_contract(contract: Contract) -> None:
    from planner.domain.metrics_words import goal, requirement

    best = contract.optimised
    rows: list[tuple[str | float | None, ...]] = [
        (best.name, "optimised", goal(best), best.unit, _number(best.baseline), None)
    ]
    for metric in contract.thresholded:
        role = "thresholded" if metric.enabled else "off"
        rows.append((metric.name, role, requirement(metric), metric.unit, _number(metric.baseline), metric.reason))
    print_table(("Metric", "Role", "Goal", "Unit", "Baseline", "Reason"), rows, wide=("Goal", "Reason"))
    why = f": {contract.reason}" if contract.reason else "."
    say(f"Version {contract.version}, agreed {contract.recorded_at:%Y-%m-%d} by {contract.recorded_by}{why}")


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"
