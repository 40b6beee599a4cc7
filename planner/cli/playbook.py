"""planner playbook: the methodology as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import JsonFlag
from planner.cli.output import heading, print_json, say
from planner.cli.tables import print_table


def show(
    playbook: Annotated[str, typer.Argument(metavar="[ID]", help="The playbook.")] = "fsdl",
    as_json: JsonFlag = False,
) -> None:
    """Show a playbook: criteria, archetypes, stages, components.

    --json has all of it.
    """
    from planner.playbooks import Playbooks

    found = Playbooks.shipped().get(playbook)
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
    playbook: Annotated[str, typer.Option(metavar="ID", help="The playbook.")] = "fsdl",
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
    from planner.playbooks import Playbooks

    found = Playbooks.shipped().get(playbook)
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
    playbook: Annotated[str, typer.Option(metavar="ID", help="The playbook.")] = "fsdl",
    as_json: JsonFlag = False,
) -> None:
    """List the tool catalogue.

    It says what fills each component today, and what became of the tools that did.

        planner playbook tools training.experiment_management
    """
    from planner.domain.errors import NotFound
    from planner.playbooks import Playbooks

    found = Playbooks.shipped().get(playbook)
    if component is not None and found.component(component) is None:
        raise NotFound(f"The playbook '{found.id}' has no component '{component[:60]}'.")
    listed = found.tools if component is None else found.tools_for(component)
    if as_json:
        print_json({"items": listed})
        return
    rows = [(tool.id, tool.name, tool.status, tool.licence, tool.as_of, tool.good_for) for tool in listed]
    print_table(("Tool", "Name", "Status", "Licence", "As of", "Good for"), rows, wide=("Good for",))


def validate(
    source: Annotated[Path, typer.Argument(metavar="FILE_OR_FOLDER", help="A YAML file, or a folder of them.")],
    as_json: JsonFlag = False,
) -> None:
    """Check a playbook of your own.

    Names every problem with its file, field and line; exit code 2 when there is one.
    """
    from planner.playbooks import load_playbook

    found = load_playbook(source)
    counts = {
        "criteria": len(found.criteria),
        "archetypes": len(found.archetypes),
        "stages": len(found.stages),
        "components": len(found.components),
        "problem_types": len(found.problem_types),
    }
    if as_json:
        print_json({"id": found.id, "version": found.version, **counts})
        return
    listed = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    say(f"{found.id} version {found.version} is sound: {listed}.")
