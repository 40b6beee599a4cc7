"""Scoring rounds: the list with the form for a new one, and a round with who owes what."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid
from planner.domain.rounds import RoundDraft, RoundPatch
from planner.services import agreement, portfolios
from planner.services import rounds as service
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages
from planner.web.pages import Here, page, see_other

router = APIRouter()

LABELS = {
    "name": "Name",
    "assessors": "Who is asked",
    "scope": "Which projects",
    "projects": "Only these projects",
    "criteria": "Which questions",
    "due": "Due",
    "closed": "Closed",
}
SCOPES = (
    ("all", "All projects"),
    ("disputed", "Those that need a talk"),
    ("scored", "Those somebody has scored"),
    ("unscored", "Those nobody has scored"),
)


@router.get("/portfolios/{slug}/rounds")
def show_all(request: Request, ws: Here, slug: str) -> Response:
    """All rounds, and the form that opens one."""
    return _all(request, ws, slug, {}, {})


@router.post("/portfolios/{slug}/rounds")
def open_round(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Opens a round."""
    try:
        status = service.open_round(ws, slug, build(RoundDraft, _draft(form)))
    except Invalid as error:
        return _all(request, ws, slug, form.values, messages(error, LABELS), 422, form)
    except Conflict as error:
        return _all(request, ws, slug, form.values, {"": str(error)}, 409, form)
    return see_other(f"/portfolios/{slug}/rounds/{status.round.number}", "round", status.round.name)


def _draft(form: Form) -> dict[str, object]:
    projects = _listed(form.text("projects").upper())
    return {
        "name": form.text("name"),
        "assessors": _listed(form.text("assessors")),
        "projects": projects or None,
        "scope": "all" if projects else form.text("scope") or "all",
        "criteria": form.all("criteria"),
        "due": form.given("due"),
    }


def _listed(text: str) -> list[str]:
    """The entries of a field in which each stands on a line of its own or behind a comma."""
    return [entry.strip() for entry in re.split(r"[,;\n]", text) if entry.strip()]


def _all(
    request: Request,
    ws: Workspace,
    slug: str,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
    form: Form | None = None,
) -> Response:
    criteria = portfolios.get_playbook(ws, slug).criteria
    found = service.list_rounds(ws, slug)
    known = [use.assessor for use in agreement.list_assessors(ws, slug)]
    return page(
        request,
        "rounds/index.html",
        today=ws.clock().date(),
        slug=slug,
        section="Agreement",
        status=status,
        rounds=found,
        present=next((entry for entry in found if entry.round.is_open), None),
        criteria=criteria,
        chosen=[criterion.id for criterion in criteria] if form is None else form.all("criteria"),
        scopes=SCOPES,
        known=known,
        values=values or {"name": f"Round {len(found) + 1}", "scope": "all"},
        errors=errors,
        labels=LABELS,
    )


@router.get("/portfolios/{slug}/rounds/{number}")
def show(request: Request, ws: Here, slug: str, number: int) -> Response:
    """A round: what it asks, how far it is, who owes what."""
    return _one(request, ws, slug, number, {}, {})


@router.post("/portfolios/{slug}/rounds/{number}")
def change(request: Request, ws: Here, slug: str, number: int, form: Posted) -> Response:
    """Changes who is asked, the name and the due date."""
    values = {
        "name": form.text("name"),
        "assessors": _listed(form.text("assessors")),
        "due": form.given("due"),
    }
    try:
        service.update_round(ws, slug, number, build(RoundPatch, values))
    except Invalid as error:
        return _one(request, ws, slug, number, form.values, messages(error, LABELS), 422)
    return see_other(f"/portfolios/{slug}/rounds/{number}", "portfolio", form.text("name"))


@router.post("/portfolios/{slug}/rounds/{number}/close")
def close(ws: Here, slug: str, number: int) -> Response:
    """Closes a round for good."""
    status = service.update_round(ws, slug, number, RoundPatch(closed=True))
    return see_other(f"/portfolios/{slug}/rounds/{number}", "closed", status.round.name)


def _one(
    request: Request,
    ws: Workspace,
    slug: str,
    number: int,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
) -> Response:
    found = service.get_round(ws, slug, number)
    one = found.round
    playbook = portfolios.get_playbook(ws, slug)
    return page(
        request,
        "rounds/round.html",
        today=ws.clock().date(),
        slug=slug,
        section="Agreement",
        status=status,
        found=found,
        one=one,
        owed=service.list_owed(ws, slug, number, str(request.base_url).rstrip("/")),
        criteria={c.id: c.name for c in playbook.criteria},
        values=values
        or {
            "name": one.name,
            "assessors": "\n".join(one.assessors),
            "due": one.due.isoformat() if one.due else "",
        },
        errors=errors,
        labels=LABELS,
    )
