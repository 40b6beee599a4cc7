"""planner advice: which techniques to use for a project, in which order, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.options import JsonFlag, ProjectArgument
from planner.cli.output import heading, note, print_json, say
from planner.cli.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.domain.advice_models import Advice, AdviceLine, OpenQuestion

Word = str | None
ANSWERS = 2  # answers to an open question whose effect is told; --json has all


def advice(
    project: ProjectArgument,
    problem_type: Annotated[Word, typer.Option(help="Try this problem type instead of the project's.")] = None,
    data_size: Annotated[Word, typer.Option(metavar="NUMBER", help="How many examples there are to train on.")] = None,
    labels: Annotated[Word, typer.Option(help="How many have the right answer: none, few or many.")] = None,
    latency_ms: Annotated[Word, typer.Option(metavar="MS", help="Milliseconds within which it must answer.")] = None,
    edge: Annotated[Word, typer.Option(help="Whether it runs on a device: yes or no.")] = None,
    licence: Annotated[Word, typer.Option(help="Licences that will do: permissive or any.")] = None,
    interpretability: Annotated[Word, typer.Option(help="Explained decisions: required or not_required.")] = None,
    offline: Annotated[Word, typer.Option(help="Whether the data must stay in house: yes or no.")] = None,
    imbalance: Annotated[Word, typer.Option(help="Whether the cases that matter are rare: yes or no.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Put what it needs on the checklist as planned, where nothing is stated.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Advise on techniques: a path of three steps, and why.

    Baseline, stronger, state of the art; then loss, metrics, data needed, pitfalls and the order of debugging. What is
    not given is taken from the project (a latency in its contract, a device on its checklist), and else stays unknown.
    Nothing is stored but by --plan.

        planner advice EX-3
        planner advice EX-3 --problem-type object_detection --labels none --edge yes --licence permissive
        planner advice EX-3 --plan
    """
    from pydantic import ValidationError

    from planner.domain.advice_facts import AdviceQuery
    from planner.domain.errors import Invalid
    from planner.services.advice import get_advice, plan_components

    given = {
        "problem_type": problem_type,
        "data_size": data_size,
        "labels": labels,
        "latency_ms": latency_ms,
        "edge": edge,
        "licence": licence,
        "interpretability": interpretability,
        "offline": offline,
        "imbalance": imbalance,
    }
    try:
        query = AdviceQuery.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None
    ws = open_workspace()
    if plan:
        done = plan_components(ws, project, query)
        if as_json:
            print_json(done)
            return
        say(f"Planned now: {', '.join(done.planned) or 'nothing'}.")
        if done.kept:
            note(f"Stated already, and left as they were: {', '.join(done.kept)}.")
        return
    found = get_advice(ws, project, query)
    if as_json:
        print_json(found)
    else:
        _print_advice(found, project)


def _print_advice(found: Advice, project: str) -> None:
    if found.missing == "problem_type":
        note(f"{project} has no problem type; try one with --problem-type, or state it: planner edit {project}.")
        return
    say(f"{found.name}: " + "; ".join(f"{f.name[:1].lower()}{f.name[1:]} {f.words}" for f in found.facts))
    if found.missing:
        note("The playbook has no techniques for this problem type.")
    for step in found.steps:
        heading(f"{step.name}: {step.technique.name}")
        say(step.technique.text)
        say(f"Enough when: {step.enough}")
        if step.licence:
            say(f"Licence: {step.licence}")
        for other in step.alternatives:
            say(f"{'If ' + ', and '.join(other.when) if other.when else 'Else'}: {other.name}")
        say(_ground(step.technique))
    _print_lines("How to go about it", found.approach)
    _print_lines("Loss", found.losses)
    if found.metrics:
        heading("Metrics")
        for metric in found.metrics:
            say(f"- {metric.role.capitalize()}: {metric.name}. {metric.why}")
        say(f"  [{found.metrics[0].rule}] {found.metrics[0].source}")
    _print_lines("Measuring" if found.metrics else "Metrics", found.measuring)
    _print_lines("Data needed", found.data)
    _print_lines("Pitfalls", found.pitfalls)
    _print_lines("Debugging, in this order", found.debugging)
    if found.open_questions:
        heading("Not known yet")
        for question in found.open_questions:
            say(_effects(question))
    if found.components:
        heading("What it needs")
        for one in found.components:
            say(f"- {one.component}: {(one.status or 'not stated').replace('_', ' ')}")


def _print_lines(title: str, lines: Iterable[AdviceLine]) -> None:
    for number, line in enumerate(lines):
        if not number:
            heading(title)
        say(f"- {line.name}. {line.text}")
        say(f"  Unless: {line.unless}")
        say(f"  {_ground(line)}")


def _ground(line: AdviceLine) -> str:
    because = f"because of {'; '.join(line.because)}. " if line.because else ""
    return f"[{line.rule}] {because}{line.source}"


def _effects(question: OpenQuestion) -> str:
    told = []
    for effect in question.effects[:ANSWERS]:
        changed = effect.adds or effect.drops
        told.append(f"{effect.value} → {changed[0]}{f' and {len(changed) - 1} more' if len(changed) > 1 else ''}")
    marked = " (changes the path)" if question.path else ""
    return f"- {question.name}{marked}: {'; '.join(told)}"
