"""The walk through the questions of a playbook, on a terminal."""

from __future__ import annotations

from typing import Any

import typer

from planner.cli.answers import parse_level
from planner.cli.output import plain
from planner.cli.tables import print_standing
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Criterion, Dimension
from planner.domain.scoring import Answer, AnswerDraft
from planner.services.portfolios import get_playbook
from planner.services.projects import get_project
from planner.services.scoring import list_answers, preview_standing
from planner.services.workspace import Workspace

LEAVE, STOP = "", "q"


def interview(ws: Workspace, ref: str, assessor: str) -> dict[str, AnswerDraft | None]:
    """Asks every question of the project's playbook and shows the standing that follows.

    Returns the answers to record: those that were given and confirmed. Ctrl-C leaves everything as it was.
    """
    project = get_project(ws, ref)
    playbook = get_playbook(ws, project.portfolio)
    present = {answer.criterion: answer for answer in list_answers(ws, ref) if answer.assessor == assessor}
    _say(f"{project.key}  {project.name}", bold=True)
    _say("A level from 1 to 5, or low-level-high (3-4-5). n/a: does not apply. Enter: leave as it is. q: enough.\n")
    given: dict[str, AnswerDraft | None] = {}
    for number, (dimension, criterion) in enumerate(_questions(playbook), 1):
        _ask_about(number, len(playbook.criteria), dimension, criterion, present.get(criterion.id))
        answer = _level(present.get(criterion.id))
        if answer == STOP:
            break
        if isinstance(answer, dict):
            given[criterion.id] = _complete(answer, present.get(criterion.id), playbook)
    if not given:
        return {}
    typer.echo()
    print_standing(preview_standing(ws, ref, assessor, given), playbook)
    typer.echo()
    return given if typer.confirm("Record these answers?", default=True) else {}


def _questions(playbook: Playbook) -> list[tuple[Dimension, Criterion]]:
    return [(dimension, criterion) for dimension in playbook.dimensions for criterion in dimension.criteria]


def _ask_about(number: int, of: int, dimension: Dimension, criterion: Criterion, answer: Answer | None) -> None:
    _say(f"{number}/{of}  {dimension.name}: {criterion.name}", bold=True)
    _say(f"  {criterion.question}")
    for level, wording in enumerate(criterion.levels, 1):
        mark = "→" if answer is not None and answer.level == level else " "
        _say(f"  {mark} {level}  {wording.label}: {wording.description}")
    if answer is not None and answer.not_applicable:
        _say("  → does not apply")


def _level(answer: Answer | None) -> str | dict[str, Any]:
    """LEAVE, STOP, or the level as fields of an answer."""
    prompt = "  Level" if answer is None else "  Level (Enter keeps →)"
    while True:
        text = str(typer.prompt(prompt, default="", show_default=False)).strip()
        if text.lower() in (LEAVE, STOP):
            return text.lower()
        fields = parse_level(text)
        problem = "write 4, or 3-4-5, or n/a, or q" if fields is None else _problem(fields)
        if fields is not None and problem is None:
            return fields
        _say(f"  {problem}")


def _problem(fields: dict[str, Any]) -> str | None:
    from pydantic import ValidationError

    from planner.domain.errors import plain_message

    try:
        AnswerDraft.model_validate(fields)
    except ValidationError as error:
        return plain_message(error.errors(include_url=False, include_input=False)[0])
    return None


def _complete(fields: dict[str, Any], before: Answer | None, playbook: Playbook) -> AnswerDraft:
    """The answer with how sure the assessor is, where no range says it, and why."""
    if "level" in fields and "low" not in fields:
        kinds = [confidence.id for confidence in playbook.confidences]
        while True:
            text = typer.prompt(f"  How sure? ({', '.join(kinds)}; Enter: not stated)", default="", show_default=False)
            matches = [kind for kind in kinds if text.strip() and kind.startswith(text.strip().lower())]
            if not text.strip() or len(matches) == 1:
                break
        fields = {**fields, "confidence": matches[0] if matches else None}
    rationale = _text("  Why?", before.rationale if before else "")
    evidence = _text("  Evidence (a link)?", before.evidence if before else "")
    typer.echo()
    return AnswerDraft.model_validate({**fields, "rationale": rationale, "evidence": evidence})


def _text(question: str, before: str) -> str:
    return str(typer.prompt(question, default=before, show_default=bool(before)))


def _say(text: str, *, bold: bool = False) -> None:
    typer.secho(plain(text) if text.strip() else "", bold=bold or None)
