"""planner metrics propose and diff: towards a new version of the contract, and what a version changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import FileOption, JsonFlag, ProjectArgument
from planner.cli.output import heading, note, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import open_workspace

if TYPE_CHECKING:
    from planner.domain.metrics_changes import ContractPreview, VerdictChanges
    from planner.domain.metrics_proposal import Proposal

NAMED = 20  # runs named on a terminal; --json has more


def propose(
    project: ProjectArgument,
    source: FileOption = None,
    template: Annotated[
        str | None,
        typer.Option(metavar="PROBLEM_TYPE", help="Without --from: take the metrics of this problem type's template."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Propose which metric to optimise and which to threshold, with the reasons; nothing is stored.

    Without --from it prints, as JSON, what to begin with: the metrics of the present contract, or of the template of
    the problem type. Fill in what is known, and give it back.

        planner metrics propose EX-3 > needs.json  # edit it, then
        planner metrics propose EX-3 --from needs.json
        planner metrics propose EX-3 --from needs.json --json > proposal.json
    """
    from planner.cli.inputs import read_data
    from planner.domain.errors import Invalid
    from planner.domain.metrics_proposal import ProposalRequest
    from planner.services.metrics_agreeing import propose_contract, start_proposal

    if source is None:
        print_json({"metrics": start_proposal(open_workspace(), project, template).metrics})
        return
    if template is not None:
        raise Invalid.one("--template", "the file states the metrics; leave one of both out")
    data = read_data(source)
    request = ProposalRequest.model_validate({"metrics": data} if isinstance(data, list) else data)
    proposal = propose_contract(open_workspace(), project, request)
    if as_json:
        print_json(proposal)
    else:
        _print_proposal(proposal, project)


def _print_proposal(proposal: Proposal, project: str) -> None:
    from planner.domain.metrics_words import limit
    from planner.domain.wording import pct

    rows = [
        (
            line.name,
            {"optimised": "optimise", "thresholded": "threshold"}.get(line.role, line.role),
            line.direction if line.threshold is None else limit(line.direction, line.threshold, line.unit),
            None if line.baseline is None else f"{line.baseline:g}",
            None if line.gap is None else pct(line.gap),
            " ".join(reason.text for reason in line.reasons),
        )
        for line in proposal.lines
    ]
    print_table(("Metric", "Proposed", "Goal", "Reached", "Lacks", "Why"), rows, wide=("Why",))
    if proposal.contract is None:
        note("A metric is open: say what is needed of it, or what is reached today.")
    else:
        note(f"Nothing is agreed yet; planner metrics set {project} does that.")


def diff(
    project: ProjectArgument,
    earlier: Annotated[int | None, typer.Argument(metavar="[FROM]", min=1, help="The earlier version.")] = None,
    later: Annotated[int | None, typer.Argument(metavar="[TO]", min=1, help="The later version.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what differs between two versions of the contract, and what that does to the runs.

    The last change, unless versions are named.

        planner metrics diff EX-10
        planner metrics diff EX-10 1 3
    """
    from planner.domain.errors import NotFound
    from planner.services.metrics_agreeing import find_version_change

    found = find_version_change(open_workspace(), project, earlier, later, *(() if as_json else (NAMED,)))
    if found is None:
        raise NotFound(f"{project} has no metric contract yet; agree one with planner metrics set {project}.")
    if as_json:
        print_json(found)
    else:
        print_change(found)


def print_change(found: ContractPreview) -> None:
    """Prints what a version changes, and what it does to the runs."""
    for change in found.diff.changes:
        say(change.text)
    if not found.diff.changes:
        say("Nothing differs.")
    if found.diff.reason:
        say(f"Reason: {found.diff.reason}")
    if found.verdicts is not None:
        _print_verdicts(found.verdicts)


def _print_verdicts(changes: VerdictChanges) -> None:
    later = "the new version" if changes.to_version is None else f"version {changes.to_version}"
    heading(f"Runs under version {changes.from_version} and under {later}")
    say(
        f"Qualified: {changes.qualified_before:,} → {changes.qualified_after:,} of {changes.total:,} "
        f"({changes.now_qualify:,} now, {changes.no_longer_qualify:,} no longer)."
    )
    before, after = (", ".join(names) or "none" for names in (changes.winners_before, changes.winners_after))
    say(f"Winner: {after}, as before." if before == after else f"Winner: {before} → {after}.")
    if changes.runs:
        rows = [
            (run.name, run.before.replace("_", " "), run.after.replace("_", " "), "; ".join(run.because))
            for run in changes.runs
        ]
        print_table(("Run", "Before", "After", "Does not meet"), rows, wide=("Run", "Does not meet"))
    if changes.changed > len(changes.runs):
        note(f"{len(changes.runs)} of {changes.changed:,} runs whose verdict changes; --json has more.")
