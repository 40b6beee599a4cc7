"""planner what-if and planner classify: what would move a project, and which archetype it is of."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.options import JsonFlag, ProjectArgument
from planner.cli.output import heading, note, on_terminal, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import open_workspace

if TYPE_CHECKING:
    from planner.domain.classifier import Classification
    from planner.domain.playbook import Playbook
    from planner.domain.scoring import Interval, Standing
    from planner.domain.what_if_models import Recording, WhatIf

Word = str | None
Words = list[str] | None
AnswerOption = Annotated[
    Words, typer.Option("--answer", metavar="QUESTION=yes|no", help="An answer to the classifier; repeat it.")
]


def what_if(
    project: ProjectArgument,
    levers: Annotated[Words, typer.Option("--lever", metavar="LEVER", help="A lever to pull; repeat it.")] = None,
    answers: AnswerOption = None,
    flywheel: Annotated[
        Words,
        typer.Option(metavar="QUESTION=yes|no|unknown", help="An answer to the flywheel test; repeat it."),
    ] = None,
    evidence: Annotated[
        Words, typer.Option(metavar="QUESTION=TEXT", help="What shows an answer to the flywheel test; repeat it.")
    ] = None,
    accuracy_from: Annotated[Word, typer.Option(metavar="PERCENT", help="The accuracy that is asked for now.")] = None,
    accuracy_to: Annotated[Word, typer.Option(metavar="PERCENT", help="The accuracy that would do.")] = None,
    cost_per_nine: Annotated[
        Word, typer.Option(metavar="FACTOR", help="How cost rises with each nine; left out, it is the playbook's.")
    ] = None,
    assessor: Annotated[Word, typer.Option(help="Whose answers are recorded; left out, it is you.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Record what is listed; without it nothing is.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Try what would move a project: levers, less accuracy, a flywheel.

    Without options it lists the levers there are for the project. Nothing is recorded without --apply.

        planner what-if EX-3
        planner what-if EX-3 --lever human_approval --lever narrow_scope
        planner what-if EX-3 --lever relax_accuracy --accuracy-from 99.9 --accuracy-to 99
        planner what-if EX-3 --lever human_approval --apply
    """
    from planner.cli.inputs import split_pairs
    from planner.domain.what_if_draft import draft_of
    from planner.services import what_if as service
    from planner.services.portfolios import get_playbook
    from planner.services.projects import get_project

    said, shown = split_pairs(flywheel or [], "--flywheel"), split_pairs(evidence or [], "--evidence")
    links = {name: {"answer": said.get(name, "unknown"), "evidence": shown.get(name, "")} for name in {**said, **shown}}
    numbers = {"accuracy_from": accuracy_from, "accuracy_to": accuracy_to, "cost_per_nine": cost_per_nine}
    values = {name: value for name, value in numbers.items() if value is not None}
    draft = draft_of({**values, "levers": levers or (), "classify": _yes_or_no(answers), "flywheel": links})
    ws = open_workspace()
    found = service.get_what_if(ws, project, draft, assessor)
    if apply:
        recorded = service.apply_what_if(ws, project, draft, assessor, found.version)
        if as_json:
            print_json(recorded)
        else:
            _print_recording(recorded, "Recorded")
        return
    if as_json:
        print_json(found)
        return
    playbook = get_playbook(ws, get_project(ws, project).portfolio)
    if found.moves or found.archetype_after != found.archetype or found.accuracy:
        _print_what_if(found, playbook)
    else:
        _print_levers(found, playbook)
    note("Nothing was recorded.")


def classify(
    project: ProjectArgument,
    answers: AnswerOption = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="State the archetype; without it nothing is recorded.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Find the archetype of a project by a few questions.

    On a terminal and without --answer, it asks them one by one.

        planner classify EX-3
        planner classify EX-3 --answer automated_today=no --answer approved_each=yes --apply
    """
    from planner.domain.what_if_draft import draft_of
    from planner.services import what_if as service
    from planner.services.portfolios import get_playbook
    from planner.services.projects import get_project

    ws = open_workspace()
    given = _yes_or_no(answers)
    found = service.get_what_if(ws, project, draft_of({"classify": given}))
    playbook = get_playbook(ws, get_project(ws, project).portfolio)
    asks = not answers and not as_json and sys.stdin.isatty() and on_terminal()
    if asks and playbook.classifier:
        given = _ask(playbook)
        found = service.get_what_if(ws, project, draft_of({"classify": given}))
    archetype = found.classification.archetype
    stored = False
    if archetype is not None and archetype != found.archetype:
        stored = apply or (asks and _confirmed(found, playbook))
        if stored:
            service.apply_what_if(ws, project, draft_of({"classify": given}), None, found.version)
    if as_json:
        print_json(found.classification)
        return
    _print_classification(found.classification, playbook)
    if archetype is not None and archetype == found.archetype:
        note(f"{found.project} states it already.")
    else:
        note(f"{found.project} states it now." if stored else "Nothing was recorded.")


def _yes_or_no(answers: Words) -> dict[str, bool]:
    from planner.cli.inputs import split_pairs
    from planner.domain.errors import Invalid

    pairs = split_pairs(answers or [], "--answer")
    wrong = [name for name, answer in pairs.items() if answer not in ("yes", "no")]
    if wrong:
        raise Invalid.one("--answer", f"'{wrong[0][:60]}' takes yes or no")
    return {name: answer == "yes" for name, answer in pairs.items()}


def _ask(playbook: Playbook) -> dict[str, bool]:
    from planner.cli.output import plain
    from planner.domain.classifier import classify as lead

    given: dict[str, bool] = {}
    while question := lead(given, playbook).next:
        say(question.help)
        given[question.id] = typer.confirm(plain(question.question))
        typer.echo()
    return given


def _confirmed(found: WhatIf, playbook: Playbook) -> bool:
    kind = playbook.archetype(found.classification.archetype)
    return typer.confirm(f"State {kind.name if kind else ''} as the archetype of {found.project}?", default=True)


def _print_classification(found: Classification, playbook: Playbook) -> None:
    for step in found.steps:
        say(f"{step.question.question} {'Yes' if step.answer else 'No'}.")
    kind = playbook.archetype(found.archetype)
    if kind is not None:
        say(f"Archetype: {kind.name} ({kind.id}). {kind.definition}")
    elif found.next is not None:
        say(f"Next: {found.next.question} (--answer {found.next.id}=yes or no)")
    else:
        say("The playbook has no classifier.")


def _print_levers(found: WhatIf, playbook: Playbook) -> None:
    from planner.domain.what_if_draft import is_for

    names = {kind.id: kind.name for kind in playbook.archetypes}
    rows = [
        (
            lever.id,
            lever.name,
            "yes"
            if is_for(lever, found.archetype_after)
            else f"for {', '.join(names[name] for name in lever.archetypes)}",
            lever.summary,
        )
        for lever in playbook.levers
    ]
    print_table(("Lever", "Name", "Here", "What is done"), rows, wide=("Name", "What is done"))
    if not rows:
        say("The playbook has no levers.")
    _print_flywheel(found)


def _print_what_if(found: WhatIf, playbook: Playbook) -> None:
    _print_standings(found, playbook)
    for move in found.moves:
        heading(move.name)
        impact, feasibility = (
            f"{getattr(move.alone, name).expected - getattr(found.before, name).expected:+.2f}"
            for name in ("impact", "feasibility")
        )
        say(f"Alone: impact {impact}, feasibility {feasibility}.")
        say(move.rule)
        if move.assumes:
            say(f"Assumes: {move.assumes}")
        say(f"Source: {move.source}")
    moved = [line for line in found.criteria if line.moved]
    if moved:
        heading("Expected levels")
        rows = [(line.name, round(line.expected_before, 2), round(line.expected_after, 2)) for line in moved]
        print_table(("Criterion", "Now", "Then"), rows, wide=())
    if found.accuracy:
        cost = found.accuracy
        heading("Cost of accuracy")
        say(
            f"{cost.accuracy_to:g} % costs {cost.factor:.2g} of {cost.accuracy_from:g} % "
            f"({cost.low:.2g} to {cost.high:.2g}), at a factor of {cost.per_nine:g} for each nine. {cost.note}"
        )
    _print_flywheel(found)
    _print_recording(found.recording, "To be recorded by --apply")


def _print_standings(found: WhatIf, playbook: Playbook) -> None:
    from planner.domain.known import not_known
    from planner.domain.wording import pct

    def place(standing: Standing) -> str:
        unknown = not_known(standing, playbook)
        return unknown or f"{standing.quadrant or 'not placed'}, {pct(standing.quadrant_probability)}"

    dimensions: Mapping[str, tuple[Interval, Interval]] = {
        "Impact": (found.before.impact, found.after.impact),
        "Feasibility": (found.before.feasibility, found.after.feasibility),
        "Priority": (found.before.priority, found.after.priority),
    }
    rows: list[tuple[Any, ...]] = [(name, _in_full(now), _in_full(then)) for name, (now, then) in dimensions.items()]
    rows.append(("Quadrant", place(found.before), place(found.after)))
    rows.append(("Archetype", found.archetype, found.archetype_after))
    print_table(("", "Now", "Then"), rows, wide=())


def _in_full(interval: Interval) -> str:
    return f"{interval.expected:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def _print_flywheel(found: WhatIf) -> None:
    test = found.flywheel
    if test is None:
        return
    heading("Flywheel test")
    for line in test.lines:
        by = f"yes, if done: {line.built}" if line.built and line.answer != "yes" else line.answer
        say(f"{line.question.id}: {line.question.question} {by}")
    missing = ", ".join(test.missing)
    say("Every link holds: the bonus counts." if test.passed else f"No bonus: without a yes is {missing}.")


def _print_recording(recording: Recording, title: str) -> None:
    heading(title)
    if recording.archetype is not None:
        say(f"Archetype: {recording.archetype}")
    rows = [(name, answer.level, f"{answer.low}–{answer.high}") for name, answer in recording.answers.items()]
    if rows:
        say(f"Answers of {recording.assessor}:")
        print_table(("Criterion", "Level", "Range"), rows, wide=())
    if recording.left_out:
        say(f"Left out, for no answer to it is in sight: {', '.join(recording.left_out)}")
    if recording.empty:
        say("Nothing.")
