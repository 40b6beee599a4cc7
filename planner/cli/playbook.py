"""planner playbook: the methodology as data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import JsonFlag
from planner.cli.output import heading, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import open_playbooks

PlaybookOption = Annotated[
    str | None, typer.Option(metavar="ID[@VERSION]", help="The playbook; the shipped one when left out.")
]


def list_playbooks(as_json: JsonFlag = False) -> None:
    """List the playbooks at hand: the shipped one, and those in the folder that PLANNER_PLAYBOOKS names."""
    from planner.domain.playbook_head import PlaybookHead

    found = open_playbooks()
    heads = [PlaybookHead.of(playbook, found.place(playbook).shipped) for playbook in found.list()]
    if as_json:
        print_json({"items": heads})
        return
    rows = [
        (head.id, head.version, head.name, "shipped" if head.shipped else str(found.place(playbook).source))
        for head, playbook in zip(heads, found.list(), strict=True)
    ]
    print_table(("Playbook", "Version", "Name", "From"), rows, wide=("Name", "From"))


def show(
    playbook: Annotated[
        str | None, typer.Argument(metavar="[ID[@VERSION]]", help="The playbook; the shipped one when left out.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a playbook: criteria, archetypes, stages, components.

    --json has all of it.
    """
    found = open_playbooks().named(playbook)
    if as_json:
        print_json(found)
        return
    say(f"{found.name} ({found.id}, version {found.version})")
    say(found.summary)
    for dimension in found.dimensions:
        for criterion in dimension.criteria:
            heading(f"{dimension.name}, {criterion.id}: {criterion.question}")
            rows = [(level, wording.label, wording.description) for level, wording in enumerate(criterion.levels, 1)]
            print_table(("Level", "Label", "Meaning"), rows, wide=("Meaning",))
    heading("Archetypes")
    print_table(("Archetype", "Name", "Lever"), [(a.id, a.name, a.lever) for a in found.archetypes], wide=("Lever",))
    heading("Questions of the classifier")
    ways = [(q.id, q.question, q.if_yes, q.if_no) for q in found.classifier]
    print_table(("Question", "It asks", "Yes", "No"), ways, wide=("It asks",))
    heading("Levers")
    print_table(("Lever", "Name", "Archetypes"), [(x.id, x.name, ", ".join(x.archetypes)) for x in found.levers])
    heading("Questions of the flywheel test")
    links = [(q.id, q.question) for q in (found.flywheel.questions if found.flywheel else ())]
    print_table(("Question", "It asks"), links, wide=("It asks",))
    heading("Stages")
    print_table(("Stage", "Name", "Summary"), [(s.id, s.name, s.summary) for s in found.stages], wide=("Summary",))
    heading("Reasons for going back")
    back = [(e.start, e.end, reason.id, reason.name) for e in found.edges for reason in e.reasons]
    print_table(("From", "To", "Reason", "Name"), back)
    heading("Components")
    components = [(c.id, c.name, c.requirement, ", ".join(c.stages)) for c in found.components]
    print_table(("Component", "Name", "Needed", "Stages"), components)
    heading("Problem types")
    print_table(("Problem type", "Name", "Group"), [(p.id, p.name, p.group) for p in found.problem_types])
    heading("Kinds of baselines")
    print_table(("Baseline", "Name", "Family"), [(k.id, k.name, k.family) for k in found.baseline_kinds])
    heading("Tests of readiness")
    tests = found.readiness.tests if found.readiness else ()
    print_table(("Test", "Name", "Source"), [(t.id, t.name, t.source) for t in tests], wide=("Name",))
    heading("Questions on ethics")
    asked = found.ethics.questions if found.ethics else ()
    print_table(("Question", "Name", "Source"), [(q.id, q.name, q.source) for q in asked], wide=("Name",))
    heading("Questions on risk")
    risks = [(rules.id, q.id, q.name, q.source) for rules in found.risk_rules for q in rules.questions]
    print_table(("Rules", "Question", "Name", "Source"), risks, wide=("Name", "Source"))


def notes(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS]…", help="Words that a note must hold.")] = None,
    playbook: PlaybookOption = None,
    about: Annotated[
        str | None, typer.Option(metavar="ID", help="A problem type, criterion, stage, archetype or component.")
    ] = None,
    corrected: Annotated[bool, typer.Option("--corrected", help="Only those that correct their source.")] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Say how many statements of the source are covered.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Search the field notes.

    They say what the source states, corrected where it errs, and what it is worth to a plan.

    planner playbook notes attention --about assistant
    planner playbook notes --coverage
    """
    from planner.domain.field_notes import matching_notes, uncovered

    found = open_playbooks().named(playbook)
    if coverage:
        missing = uncovered(found.field_notes, found.field_note_references)
        total = len(found.field_note_references)
        if as_json:
            print_json({"covered": total - len(missing), "total": total, "missing": missing})
        else:
            say(f"{total - len(missing)} of {total} statements of the source are covered.")
            for reference in missing:
                say(f"Missing: {reference}")
        return
    listed = matching_notes(found.field_notes, " ".join(words or []), about, corrected)
    if as_json:
        print_json({"items": listed})
        return
    print_table(
        ("Place", "Name", "Use", "Corrected"),
        [(note.reference, note.name, note.use, "yes" if note.correction else "") for note in listed],
        wide=("Use",),
    )


def tools(
    component: Annotated[str | None, typer.Argument(metavar="[COMPONENT]", help="Only what fills this one.")] = None,
    playbook: PlaybookOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the tool catalogue.

    It says what fills each component today, and what became of the tools that did.

        planner playbook tools training.experiment_management
    """
    from planner.domain.errors import NotFound

    found = open_playbooks().named(playbook)
    if component is not None and found.component(component) is None:
        raise NotFound(f"The playbook '{found.id}' has no component '{component[:60]}'.")
    listed = found.tools if component is None else found.tools_for(component)
    if as_json:
        print_json({"items": listed})
        return
    rows = [(tool.id, tool.name, tool.status, tool.licence, tool.as_of, tool.good_for) for tool in listed]
    print_table(("Tool", "Name", "Status", "Licence", "As of", "Good for"), rows, wide=("Good for",))


def copy(
    playbook: Annotated[str, typer.Argument(metavar="ID[@VERSION]", help="The playbook to begin with.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write it; made when it is not there.")],
    new_id: Annotated[
        str | None, typer.Option("--as", metavar="ID[@VERSION]", help="Its id; the name of the folder when left out.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Its name.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a copy of a playbook to change: its YAML files with their comments, under an id of your own.

    planner playbook copy fsdl playbooks/acme

    planner playbook copy acme playbooks/acme-2 --as acme@2
    """
    from planner.domain.errors import Conflict, Invalid
    from planner.playbooks import copy_playbook

    shelf = open_playbooks()
    found = shelf.named(playbook)
    source = shelf.place(found).source
    assert source is not None  # every one at hand was read from somewhere
    wanted, at, version = (new_id or re.sub(r"\W+", "_", folder.name.lower())).partition("@")
    if at and not (version.isascii() and version.isdigit()):
        raise Invalid.one("--as", f"'{version[:20]}' is no version: write {wanted[:60]}@2")
    number = int(version) if at else 1
    if (wanted, number) in {(known.id, known.version) for known in shelf.list()}:
        raise Conflict(
            f"There is a version {number} of '{wanted}' already; name another with --as {wanted}@{number + 1}."
        )
    written = copy_playbook(source, folder, wanted, number, name or f"{found.name} ({wanted})")
    if as_json:
        print_json({"id": wanted, "version": number, "files": [str(path) for path in written]})
        return
    say(f"Wrote {wanted} version {number} into {folder}: {', '.join(path.name for path in written)}.")
    say(f"Change it, check it with `planner playbook validate {folder}`, and set PLANNER_PLAYBOOKS to {folder.parent}.")


def validate(
    source: Annotated[Path, typer.Argument(metavar="FILE_OR_FOLDER", help="A YAML file, or a folder of them.")],
    as_json: JsonFlag = False,
) -> None:
    """Check a playbook of your own.

    Names every problem with its file, field and line, and what would cure it; exit code 2 when there is one. What is
    allowed but probably not meant is told as a warning.

    planner playbook validate playbooks/mine
    """
    from planner.playbooks import check_playbook

    found, doubts = check_playbook(source)
    counts = {
        "criteria": len(found.criteria),
        "archetypes": len(found.archetypes),
        "stages": len(found.stages),
        "components": len(found.components),
        "problem_types": len(found.problem_types),
    }
    if as_json:
        print_json({"id": found.id, "version": found.version, **counts, "warnings": doubts})
        return
    listed = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    say(f"{found.id} version {found.version} is sound: {listed}.")
    for doubt in doubts:
        say(f"Warning: {doubt.field}: {doubt.message}")
