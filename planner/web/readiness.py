"""Readiness of a project: the ML Test Score, the ethics checklist, and the triage of risk."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.assessments import ReadinessDraft
from planner.domain.errors import Invalid, Stale
from planner.domain.playbook import Playbook
from planner.domain.readiness import score_words
from planner.services import portfolios, projects
from planner.services import readiness as service
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages, small_number
from planner.web.pages import Here, page, see_other

router = APIRouter()

SCORES = (
    ("", "Not stated"),
    ("none", "Not done"),
    ("manual", "By hand"),
    ("automated", "By machine"),
    ("not_applicable", "Does not apply"),
)
ETHICS = (("", "Not answered"), ("yes", "Yes"), ("no", "No"), ("not_applicable", "Does not apply"))
RISK = (("", "Not answered"), ("yes", "Yes"), ("no", "No"), ("unknown", "Not known"))


@router.get("/projects/{ref}/readiness")
def show(request: Request, ws: Here, ref: str) -> Response:
    """What is stated, what follows from it, and the forms to state it, one for each section."""
    return _page(request, ws, ref, {}, {})


@router.post("/projects/{ref}/readiness")
def record(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """States one section at once; on an error everything that was typed is shown again.

    So it is when somebody changed the project meanwhile (412): an old answer must not undo a newer one.
    """
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    try:
        draft = build(ReadinessDraft, _draft(form, playbook))
        service.record_readiness(ws, ref, draft, small_number(form.text("version")))
    except Invalid as error:
        return _page(request, ws, ref, form.values, _said_plainly(messages(error)), 422)
    except Stale:
        return _page(request, ws, ref, form.values, {}, 412, stale=True)
    part = next((name for name in _parts(playbook) if name == form.text("part")), "score")
    return see_other(f"/projects/{project.key}/readiness#{part}", "readiness", project.key)


def _said_plainly(errors: dict[str, str]) -> dict[str, str]:
    """The messages, with the cure where something is written beside an item that has no answer."""
    cure = "Choose an answer, or clear what stands beside it."
    return {name: cure if text == "This is needed." else text for name, text in errors.items()}


def _parts(playbook: Playbook) -> Iterator[str]:
    """The forms of the page, each of which is an anchor."""
    if playbook.readiness is not None:
        yield from (f"tests-{section.id}" for section in playbook.readiness.sections)
    if playbook.ethics is not None:
        yield from (f"ethics-{section.id}" for section in playbook.ethics.sections)
    yield from (f"{rules.id}-{group.id}" for rules in playbook.risk_rules for group in rules.groups)


def _draft(form: Form, playbook: Playbook) -> dict[str, object]:
    """What the form says of the items that stand in it."""
    tests = playbook.readiness.tests if playbook.readiness else ()
    questions = playbook.ethics.questions if playbook.ethics else ()
    return {
        "tests": _said(form, "tests", (test.id for test in tests), "score", ("evidence", "note")),
        "ethics": _said(form, "ethics", (question.id for question in questions), "answer", ("note",)),
        "risk": {
            rules.id: _said(form, f"risk.{rules.id}", (one.id for one in rules.questions), "answer", ("note",))
            for rules in playbook.risk_rules
        },
    }


def _said(form: Form, at: str, items: Iterator[str], word: str, texts: tuple[str, ...]) -> dict[str, object]:
    """Each item that the form holds; one without a word is taken back, unless something is written beside it."""
    said: dict[str, object] = {}
    for item in items:
        name = f"{at}.{item}"
        if f"{name}.{word}" not in form.values:
            continue
        beside = {text: form.text(f"{name}.{text}") for text in texts}
        given = {word: form.given(f"{name}.{word}")} if form.given(f"{name}.{word}") else {}
        said[item] = {**given, **beside} if given or any(beside.values()) else None
    return said


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
    *,
    stale: bool = False,
) -> Response:
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    found = service.get_readiness(ws, ref)
    names = {line.test: line.name for line in found.score.tests} if found.score else {}
    return page(
        request,
        "readiness/project.html",
        slug=project.portfolio,
        section="Projects",
        tab="Readiness",
        status=status,
        project=project,
        playbook=playbook,
        found=found,
        words=score_words(found.score) if found.score else "",
        names=names,
        scores=SCORES,
        ethics_answers=ETHICS,
        risk_answers=RISK,
        values=values,
        errors=errors,
        labels=_labels(errors, playbook),
        wrong=values.get("part", ""),
        stale=stale,
    )


def _labels(errors: dict[str, str], playbook: Playbook) -> dict[str, str]:
    """What the fields with errors are called."""
    names = {f"tests.{test.id}": test.name for test in (playbook.readiness.tests if playbook.readiness else ())}
    names |= {f"ethics.{one.id}": one.name for one in (playbook.ethics.questions if playbook.ethics else ())}
    names |= {f"risk.{rules.id}.{one.id}": one.name for rules in playbook.risk_rules for one in rules.questions}
    return {path: names.get(path.rpartition(".")[0], path) for path in errors}
