"""Pages of another playbook: what is different, what it would do to a portfolio, and the form that goes over to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid, PlannerError
from planner.domain.playbook import Playbook
from planner.domain.playbook_diff import EFFECTS, EntryDifference, PlaybookDifference, playbook_difference
from planner.domain.playbook_migration import Migration, MigrationDraft
from planner.services import playbook_migration as service
from planner.services.portfolios import get_portfolio
from planner.services.workspace import Workspace
from planner.web.errors import status_of
from planner.web.forms import Posted, build, messages, small_number
from planner.web.guide import Version
from planner.web.pages import Here, page, see_other

router = APIRouter()

LABELS = {"to": "Playbook", "playbook": "Playbook", "reason": "Why"}
CRITERIA, STAGES = "criteria.", "stages."  # begin the names of the boxes of the mapping


@router.get("/playbooks/{playbook_id}/diff")
def show_diff(
    request: Request,
    ws: Here,
    playbook_id: str,
    version: Version = None,
    to: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """What is different between a playbook and another one, or another version of it."""
    old = ws.playbooks.get(playbook_id, version)
    new = ws.playbooks.named(to) if to else old
    others = [(_ref(one), f"{one.name}, version {one.version}") for one in ws.playbooks.list() if one != old]
    return page(
        request,
        "guide/diff.html",
        playbook=old,
        new=new,
        others=others,
        to=to,
        effects=EFFECTS,
        difference=_difference(ws, old, new) if to else None,
        topics=_topics(_difference(ws, old, new)),
    )


def _ref(playbook: Playbook) -> str:
    return f"{playbook.id}@{playbook.version}"


def _difference(ws: Workspace, old: Playbook, new: Playbook) -> PlaybookDifference:
    return playbook_difference(old, new, (ws.playbooks.place(old).shipped, ws.playbooks.place(new).shipped))


def _topics(difference: PlaybookDifference) -> dict[str, list[EntryDifference]]:
    """The differences by topic, in their order."""
    topics: dict[str, list[EntryDifference]] = {}
    for entry in difference.entries:
        topics.setdefault(entry.topic, []).append(entry)
    return topics


@router.get("/portfolios/{slug}/playbook")
def show(request: Request, ws: Here, slug: str) -> Response:
    """What another playbook would do to a portfolio, by the mapping that the address states."""
    values = dict(request.query_params)
    if not values.get("to"):
        return _page(request, ws, slug, values, {}, None)
    try:
        return _page(request, ws, slug, values, {}, service.preview_migration(ws, slug, _draft(values)))
    except (Invalid, Conflict) as error:
        return _refused(request, ws, slug, values, error)


@router.post("/portfolios/{slug}/playbook")
def migrate(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Goes over to the playbook, unless the portfolio has changed since it was looked at."""
    try:
        done = service.migrate_portfolio(ws, slug, _draft(form.values), small_number(form.text("revision")))
    except (Invalid, Conflict) as error:
        return _refused(request, ws, slug, form.values, error)
    return see_other(f"/portfolios/{slug}", "playbook", done.difference.new.name)


def _draft(values: dict[str, str]) -> MigrationDraft:
    playbook, _, version = values.get("to", "").partition("@")
    mapped = {
        field: {n.removeprefix(prefix): v.strip() for n, v in values.items() if n.startswith(prefix) and v.strip()}
        for field, prefix in (("criteria", CRITERIA), ("stages", STAGES))
    }
    given = {"playbook": playbook, "playbook_version": version or None, "reason": values.get("reason", "").strip()}
    return build(MigrationDraft, {**given, **mapped})


def _refused(request: Request, ws: Workspace, slug: str, values: dict[str, str], error: PlannerError) -> Response:
    told = messages(error, LABELS) if isinstance(error, Invalid) else {"": str(error)}
    told = {("to" if name.startswith("playbook") else name): text for name, text in told.items()}
    return _page(request, ws, slug, values, told, None, status_of(error))


def _page(
    request: Request,
    ws: Workspace,
    slug: str,
    values: dict[str, str],
    errors: dict[str, str],
    found: Migration | None,
    status: int = 200,
) -> Response:
    portfolio = get_portfolio(ws, slug)
    old = ws.playbook_of(portfolio)
    others = [
        (_ref(one), f"{one.name}, version {one.version}")
        for one in ws.playbooks.list()
        if (one.id, one.version) != (old.id, old.version)
    ]
    new = ws.playbooks.get(found.difference.new.id, found.difference.new.version) if found else None
    return page(
        request,
        "portfolios/playbook.html",
        slug=slug,
        status=status,
        playbook=old,
        new=new,
        others=others,
        values=values,
        errors=errors,
        labels=LABELS,
        found=found,
        effects=EFFECTS,
        topics=_topics(found.difference) if found else {},
        mappings=_mappings(old, new) if new else (),
        mapped=[(name, value) for name, value in values.items() if name.startswith((CRITERIA, STAGES)) and value],
    )


def _mappings(old: Playbook, new: Playbook) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What can be mapped: the name of the box, its label, and the choices; nothing of what has its like."""
    rows = []
    for prefix, what, before, after in (
        (CRITERIA, "Answers to", old.criteria, new.criteria),
        (STAGES, "Projects in", old.stages, new.stages),
    ):
        ids = {entry.id for entry in before}
        choices = [(entry.id, entry.name) for entry in after if entry.id not in ids]
        kept = {entry.id for entry in after}
        if choices:
            rows += [(prefix + e.id, f"{what} {e.name}", choices) for e in before if e.id not in kept]
    return rows
