"""The page that tells what changed in a portfolio between two moments, and its snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

from fastapi import APIRouter, Request
from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import Response

from planner.domain.attribution import Cause
from planner.domain.change_words import SETTING_NAMES, headline, others_words, rank_words, setting_words, top_words
from planner.domain.changes import Changes, ProjectChange
from planner.domain.errors import Conflict, Invalid
from planner.domain.history import FieldChange
from planner.domain.known import place_of
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Quadrant
from planner.domain.scoring import Standing
from planner.domain.snapshots import Snapshot, SnapshotDraft
from planner.domain.wording import num, signed
from planner.render.bump import bump_svg, shown_in_chart
from planner.services import changes as service
from planner.services import portfolios, snapshots
from planner.services.workspace import Workspace
from planner.web.forms import Posted, build, messages
from planner.web.pages import Here, page, see_other

router = APIRouter()

LABELS = {"since": "From", "until": "To", "name": "Name of the moment", "note": "Note", "at": "Moment"}
TOLD, ROWS, CAUSES = 40, 60, 12  # projects told in full, lines of the others, causes told of each
LOOKED_BACK = (7, 30, 90)  # days that are offered


@dataclass(frozen=True)
class Said:
    """A cause in words: what was changed from what to what, by whom, when, and how much it moved.

    `by` is empty where the assessor, who is named in `what`, recorded the answer.
    """

    what: str
    old: str
    new: str
    by: str
    at: datetime
    effect: str
    tone: Literal["up", "down", "none"]
    rationale: str


@dataclass(frozen=True)
class Told:
    """A project that changed, every word and number ready to be written."""

    key: str
    name: str
    tone: Literal["up", "down", "came", "went", "none"]
    rank: str
    rank_then: str
    rank_now: str
    top: str
    top_words: str
    priority_then: str
    priority_now: str
    difference: str
    quadrant_then: Quadrant | None
    quadrant_now: Quadrant | None
    others: str
    causes: tuple[Said, ...]
    answered: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # who and what, of one with nothing to compare with
    more: int


@router.get("/portfolios/{slug}/changes")
def show(request: Request, ws: Here, slug: str) -> Response:
    """What changed, and why."""
    given = {name: text for name in ("since", "until") if (text := request.query_params.get(name, "").strip())}
    return _page(request, ws, slug, given, {})


@router.post("/portfolios/{slug}/snapshots")
def create(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Marks the present moment."""
    try:
        draft = build(SnapshotDraft, {"name": form.text("name"), "note": form.text("note")})
        snapshot = snapshots.create_snapshot(ws, slug, draft)
    except Invalid as error:
        return _page(request, ws, slug, form.values, messages(error, LABELS), 422)
    except Conflict as error:
        return _page(request, ws, slug, form.values, {"name": str(error)}, 409)
    return see_other(f"/portfolios/{slug}/changes#snapshots", "marked", snapshot.name)


@router.post("/portfolios/{slug}/snapshots/{number}/delete")
def delete(ws: Here, slug: str, number: int) -> Response:
    """Takes a snapshot's name away."""
    snapshot = snapshots.delete_snapshot(ws, slug, number)
    return see_other(f"/portfolios/{slug}/changes#snapshots", "unmarked", snapshot.name)


def _page(
    request: Request, ws: Workspace, slug: str, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    found, since, until = None, values.get("since"), values.get("until")
    try:
        found = service.get_changes(ws, slug, since, until)
    except Invalid as error:
        errors, status = errors | messages(error, LABELS), max(status, 422)
    playbook = portfolios.get_playbook(ws, slug)
    marked = snapshots.list_snapshots(ws, slug)
    return page(
        request,
        "changes/changes.html",
        slug=slug,
        section="Changes",
        status=status,
        values=values,
        errors=errors,
        labels=LABELS,
        snapshots=marked,
        periods=_periods(ws, marked),
        found=found,
        **(_told(request, found, playbook) if found else {}),
    )


def _periods(ws: Workspace, marked: Sequence[Snapshot]) -> list[tuple[str, str]]:
    """(words, moment) of the periods that are offered: some days, and since each of the latest snapshots."""
    today = ws.clock().astimezone(UTC).date()
    days = [(f"{count} days", (today - timedelta(days=count)).isoformat()) for count in LOOKED_BACK]
    return [*days, *((f"Since {snapshot.name}", str(snapshot.number)) for snapshot in marked[:3])]


def _told(request: Request, found: Changes, playbook: Playbook) -> dict[str, object]:
    """What the page says of the changes."""
    names = {criterion.id: criterion.name for criterion in playbook.criteria}
    own = [change for change in found.items if not change.by_others and not change.unscored_arrival]
    led = [change for change in found.items if change.by_others]
    charted = shown_in_chart(found)
    environment = cast(Environment, request.app.state.templates)
    # The template escapes every name, so the chart may stand in the page as it is.
    charts = {size: Markup(bump_svg(environment, found, size)) for size in ("wide", "narrow")}  # noqa: S704
    return {
        "headline": headline(found),
        "updates": [(update, [_setting(c) for c in update.settings]) for update in found.updates],
        "charts": charts,
        "charted": [_project(change, found, playbook, names) for change in charted],
        "own": [_project(change, found, playbook, names) for change in own[:TOLD]],
        "own_total": len(own),
        "led": [_project(change, found, playbook, names) for change in led[:ROWS]],
        "led_total": len(led),
        "arrivals": sum(change.unscored_arrival for change in found.items),
    }


def _project(change: ProjectChange, found: Changes, playbook: Playbook, names: dict[str, str]) -> Told:
    then, now = change.then, change.now
    return Told(
        key=change.key,
        name=change.name,
        tone=_tone(change),
        rank=rank_words(change),
        rank_then=num(change.rank_then, 0),
        rank_now=num(change.rank_now, 0),
        top=change.top,
        top_words=top_words(change, found),
        priority_then=_priority(then),
        priority_now=_priority(now),
        difference="" if not change.difference or not (then and then.answered) else signed(round(change.difference, 2)),
        quadrant_then=place_of(then, playbook) if then else None,
        quadrant_now=place_of(now, playbook) if now else None,
        others=others_words(change),
        causes=tuple(_said(cause, names) for cause in change.causes[:CAUSES]),
        answered=_answered(change.causes, names) if change.difference is None else (),
        more=max(0, len(change.causes) - CAUSES) if change.difference is not None else 0,
    )


def _answered(causes: Sequence[Cause], names: dict[str, str]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The answers of each assessor: (question, level) pairs."""
    said: dict[str, list[tuple[str, str]]] = {}
    for answer in (cause.answer for cause in causes if cause.answer is not None and cause.answer.new is not None):
        level = "does not apply" if answer.new_level is None else str(answer.new_level)
        said.setdefault(answer.assessor, []).append((names.get(answer.criterion, answer.criterion), level))
    return tuple((who, tuple(pairs)) for who, pairs in said.items())


def _tone(change: ProjectChange) -> Literal["up", "down", "came", "went", "none"]:
    if change.climb is None:
        return "came" if change.rank_now else "went" if change.rank_then else "none"
    return "up" if change.climb > 0 else "down" if change.climb < 0 else "none"


def _priority(standing: Standing | None) -> str:
    return num(standing.priority.expected if standing and standing.answered else None)


def _said(cause: Cause, names: dict[str, str]) -> Said:
    effect = None if cause.effect is None else round(cause.effect, 2)
    tone: Literal["up", "down", "none"] = "up" if effect and effect > 0 else "down" if effect else "none"
    told = "" if effect is None else f"{'+' if effect > 0 else ''}{num(effect)}" if effect else "no effect"
    if cause.answer is None:
        words = [_setting(setting) for setting in cause.settings if setting.field != "capacity"]
        what, old, new = words[0] if len(words) == 1 else ("Settings of the portfolio", "", "changed together")
        return Said(what, old, new, cause.by, cause.at, told, tone, "")
    answer = cause.answer
    what = f"{names.get(answer.criterion, answer.criterion)}, {answer.assessor}"
    old, new = answer.old or "no answer", answer.new or "withdrawn"
    by = cause.by if cause.by != answer.assessor else ""
    return Said(what, old, new, by, cause.at, told, tone, answer.rationale)


def _setting(change: FieldChange) -> tuple[str, str, str]:
    """A setting before and after, in words."""
    old, new = (setting_words(change.field, value) for value in (change.old, change.new))
    return SETTING_NAMES.get(change.field, change.field), old, new
