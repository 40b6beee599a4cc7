"""planner score and planner answers."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from planner.cli.options import FileOption, JsonFlag, ProjectArgument
from planner.cli.output import note, on_terminal, print_json, say
from planner.cli.tables import print_standing, print_table
from planner.cli.workspace import load_settings, open_workspace


def score(
    project: ProjectArgument,
    answers: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="CRITERION=LEVEL",
            help="An answer: a level from 1 to 5 (=4), with a range around it (=3-4-5: low, level, high), or =n/a "
            "where the criterion does not apply.",
        ),
    ] = None,
    withdraw: Annotated[
        list[str] | None, typer.Option(metavar="CRITERION", help="Take back your answer to a criterion.")
    ] = None,
    confidence: Annotated[
        str | None, typer.Option(help="How sure you are of these answers: measured, informed or guess.")
    ] = None,
    rationale: Annotated[str | None, typer.Option(help="Why these levels.")] = None,
    evidence: Annotated[str | None, typer.Option(help="A link or reference that backs them.")] = None,
    assessor: Annotated[str | None, typer.Option(help="Who answers; left out, it is you.")] = None,
    source: FileOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the standing these answers would give.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Answer the criteria of a project and see where it stands.

    Criteria that are not named stay as they are. On a terminal and without options, it asks question by question.

        planner score EX-3
        planner score EX-3 --set data_availability=4 --set accuracy_requirement=2-3-4 --confidence informed
        planner score EX-3 --from answers.yaml
    """
    from planner.cli.answers import read_answers
    from planner.domain.errors import Invalid
    from planner.services.portfolios import get_playbook
    from planner.services.projects import get_project
    from planner.services.scoring import preview_standing, record_answers

    common = {"confidence": confidence, "rationale": rationale, "evidence": evidence}
    given = read_answers(answers or [], withdraw or [], source, {k: v for k, v in common.items() if v is not None})
    who = assessor or load_settings().actor
    ws = open_workspace()
    if not given:
        if answers or withdraw or source or as_json or not (sys.stdin.isatty() and on_terminal()):
            raise Invalid.one("", "nothing is answered; use --set CRITERION=LEVEL or --from FILE, or a terminal")
        from planner.cli.interview import interview

        given = interview(ws, project, who)
        if given and not dry_run:
            record_answers(ws, project, who, given)
        note("Recorded." if given and not dry_run else "Nothing was recorded.")
        return
    judge = preview_standing if dry_run else record_answers
    standing = judge(ws, project, who, given)
    if as_json:
        print_json(standing)
        return
    print_standing(standing, get_playbook(ws, get_project(ws, project).portfolio))
    if dry_run:
        note("Nothing was recorded.")


def list_answers(
    project: ProjectArgument,
    history: Annotated[bool, typer.Option("--history", help="Also those that were replaced or withdrawn.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the answers that were given for a project, and by whom."""
    from planner.services import scoring

    found = scoring.list_answers(open_workspace(), project, history)
    if as_json:
        print_json({"items": found})
        return
    rows = []
    for answer in found:
        level = "withdrawn" if answer.withdrawn else "n/a" if answer.not_applicable else str(answer.level)
        span = f"{answer.low or answer.level}–{answer.high or answer.level}" if answer.low or answer.high else None
        why = " · ".join(text for text in (answer.rationale, answer.evidence) if text)
        rows.append((answer.criterion, level, span, answer.confidence, answer.assessor, answer.recorded_at, why))
    columns = ("Criterion", "Level", "Range", "Confidence", "Assessor", "When", "Why")
    print_table(columns, rows, wide=("Why",), spare=("When", "Range"))
    if not found:
        say("No question is answered yet: planner score " + project)
