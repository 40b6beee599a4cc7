"""The scoring form of a project, and the standing that moves beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from planner.domain.errors import FieldError, Invalid
from planner.domain.flow_doubts import Doubt
from planner.domain.known import not_known, place_of
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Criterion, Dimension
from planner.domain.rounds import Earlier
from planner.domain.scoring import Answer, AnswerDraft, Standing
from planner.services import flow, portfolios, projects, rounds
from planner.services import scoring as service
from planner.services.workspace import Workspace
from planner.web.charts import little_matrix
from planner.web.forms import Form, Posted, build, messages
from planner.web.pages import Here, page, partial, see_other

router = APIRouter()

NOT_APPLICABLE = "na"  # the choice of a form that says: the criterion does not apply
PARTS = ("level", "confidence", "low", "high", "rationale", "evidence")


@dataclass(frozen=True)
class Question:
    """A criterion as the form asks it, with what others have said as far as the assessor may see it."""

    criterion: Criterion
    dimension: Dimension
    number: int
    others: tuple[Answer, ...]
    hidden: int  # answers of others that a round holds back
    earlier: Earlier | None  # how the answers lay before the round that asks it again
    asked: bool  # whether the open round still waits for it
    doubt: Doubt | None  # the loop that speaks against the answers given before it, until there is one after it


@router.get("/projects/{ref}/score")
def show(request: Request, ws: Here, ref: str, assessor: Annotated[str | None, Query()] = None) -> Response:
    """The form with the answers that the assessor has given so far."""
    name = (assessor or "").strip() or ws.actor
    sheet = rounds.get_score_sheet(ws, ref, name)
    values = {"assessor": name}
    for answer in sheet.sight.answers:
        if answer.assessor == name:
            values.update(values_of(answer))
    return _form(request, ws, sheet, values, {})


@router.post("/projects/{ref}/score")
def save(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Records the answers. The form comes back as it was filled in when one of them is wrong."""
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    assessor = form.text("assessor")
    sheet = rounds.get_score_sheet(ws, ref, assessor)
    try:
        drafts, problems = _drafts(form, playbook, assessor, sheet.sight.answers)
        if problems:
            raise Invalid(problems)
        service.record_answers(ws, ref, assessor, drafts)
    except Invalid as error:
        standing, _ = _preview(ws, sheet, playbook, form)
        return _form(request, ws, sheet, {"assessor": assessor, **form.values}, messages_of(error), 422, standing)
    # Whoever answers under another name stays with that name.
    back = f"?assessor={quote(assessor)}" if assessor != ws.actor else ""
    return see_other(f"/projects/{project.key}/score{back}", "scored", project.key)


@router.post("/projects/{ref}/score/preview")
def preview(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """The standing that the answers in the form would give. Nothing is stored."""
    sheet = rounds.get_score_sheet(ws, ref, form.text("assessor") or ws.actor)
    project = sheet.project
    playbook = portfolios.get_playbook(ws, project.portfolio)
    standing, trouble = _preview(ws, sheet, playbook, form)
    return partial(
        request,
        "scoring/_standing.html",
        project=project,
        standing=standing,
        before=sheet.standing,
        blind=bool(sheet.sight.hidden),
        quadrant=place_of(standing, playbook),
        not_known=not_known(standing, playbook),
        chart=little_matrix(request, project, standing, playbook),
        trouble=trouble,
    )


@router.post("/projects/{ref}/score/reveal")
def reveal(ws: Here, ref: str, form: Posted) -> Response:
    """Shows what others said before the assessor has answered; that it was shown is kept."""
    assessor = form.text("assessor")
    rounds.record_look(ws, ref, assessor)
    return see_other(f"/projects/{projects.get_project(ws, ref).key}/score?assessor={quote(assessor)}")


def _preview(ws: Workspace, sheet: rounds.ScoreSheet, playbook: Playbook, form: Form) -> tuple[Standing, list[str]]:
    """The standing by the valid answers of a form, and what is wrong with the others, each by its question."""
    assessor = form.text("assessor")
    drafts, problems = _drafts(form, playbook, assessor, sheet.sight.answers, lenient=True)
    standing = sheet.standing
    if drafts:
        try:
            standing = service.preview_standing(ws, sheet.project.key, assessor or ws.actor, drafts)
        except Invalid as error:
            problems = [*problems, *error.errors]
    labels = labels_of(playbook)
    said = messages_of(Invalid(problems))
    return standing, [f"{labels.get(name.partition('.')[0], 'Answers')}: {text}" for name, text in said.items()]


def _form(
    request: Request,
    ws: Workspace,
    sheet: rounds.ScoreSheet,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
    standing: Standing | None = None,
) -> Response:
    project, sight = sheet.project, sheet.sight
    playbook = portfolios.get_playbook(ws, project.portfolio)
    standing = standing or sheet.standing
    assessor = values.get("assessor", "").strip()
    doubts = {one.criterion: one for one in flow.list_doubts(ws, project.key, assessor) if not one.answered_again_at}
    questions: list[Question] = []
    for dimension in playbook.dimensions:
        for criterion in dimension.criteria:
            others = tuple(a for a in sight.answers if a.criterion == criterion.id and a.assessor != assessor)
            hidden, earlier = sight.hidden.get(criterion.id, 0), sight.earlier.get(criterion.id)
            asked = criterion.id in sight.asked
            number, doubt = len(questions) + 1, doubts.get(criterion.id)
            questions.append(Question(criterion, dimension, number, others, hidden, earlier, asked, doubt))
    return page(
        request,
        "scoring/score.html",
        slug=project.portfolio,
        section="Projects",
        tab="Score",
        status=status,
        project=project,
        playbook=playbook,
        archetype=playbook.archetype(project.archetype),
        questions=questions,
        assessors=sorted({a.assessor for a in sight.answers} | set(sheet.round.assessors if sheet.round else ())),
        round=sheet.round,
        looked=sheet.looked,
        blind=bool(sight.hidden),
        asked=len(sight.asked),
        repeated=any(question.earlier for question in questions),
        stray=sum(playbook.criterion(a.criterion) is None for a in sight.answers),
        values=values,
        errors=errors,
        labels=labels_of(playbook),
        standing=standing,
        before=sheet.standing,
        quadrant=place_of(standing, playbook),
        not_known=not_known(standing, playbook),
        chart=little_matrix(request, project, standing, playbook),
        trouble=[],
    )


def _drafts(
    form: Form, playbook: Playbook, assessor: str, answers: tuple[Answer, ...], lenient: bool = False
) -> tuple[dict[str, AnswerDraft | None], list[FieldError]]:
    """The valid answers in a form, of which None takes one back, and every field that is wrong.

    `lenient` passes over what is only half said, for the preview of a form that is still being filled in.
    """
    given = {answer.criterion for answer in answers if answer.assessor == assessor}
    drafts: dict[str, AnswerDraft | None] = {}
    problems: list[FieldError] = []
    for criterion in playbook.criteria:
        draft, wrong = draft_of(form, criterion.id, lenient)
        problems += wrong
        if draft is not None or (criterion.id in given and not wrong):
            drafts[criterion.id] = draft
    return drafts, problems


def draft_of(form: Form, criterion: str, lenient: bool = False) -> tuple[AnswerDraft | None, list[FieldError]]:
    """The answer to one criterion in a form and what is wrong with it; None when no level is chosen."""
    said = {part: form.given(f"{criterion}.{part}") for part in PARTS}
    level = said.pop("level")
    if level is None:
        missing = FieldError(field=f"{criterion}.level", message="Choose a level for this rationale.")
        return None, [missing] if not lenient and (said["rationale"] or said["evidence"]) else []
    words = {"rationale": said["rationale"] or "", "evidence": said["evidence"] or ""}
    try:
        if level == NOT_APPLICABLE:
            return AnswerDraft(not_applicable=True, **words), []
        return build(AnswerDraft, {**said, "level": level, **words}), []
    except Invalid as error:
        parts = [item.field or ("low" if item.message.startswith("low") else "high") for item in error.errors]
        pairs = zip(parts, error.errors, strict=True)
        return None, [FieldError(field=f"{criterion}.{part}", message=item.message) for part, item in pairs]


def messages_of(error: Invalid) -> dict[str, str]:
    """Errors by field of the form: the services name a field `answers.criterion.part`."""
    stripped = [item.model_copy(update={"field": item.field.removeprefix("answers.")}) for item in error.errors]
    return {("" if name == "answers" else name): text for name, text in messages(Invalid(stripped)).items()}


def labels_of(playbook: Playbook) -> dict[str, str]:
    """What each field of the form is called."""
    labels = {"assessor": "Who answers"}
    for criterion in playbook.criteria:
        labels[criterion.id] = criterion.name
        labels.update({f"{criterion.id}.{part}": f"{criterion.name}, {part}" for part in PARTS})
    return labels


def values_of(answer: Answer) -> dict[str, str]:
    """An answer as the fields of the form."""
    level = NOT_APPLICABLE if answer.not_applicable else answer.level
    parts = {"level": level, **{part: getattr(answer, part) for part in PARTS[1:]}}
    return {f"{answer.criterion}.{part}": "" if value is None else str(value) for part, value in parts.items()}
