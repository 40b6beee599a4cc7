"""What can be read up: the playbook, and the help."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.playbook import Playbook, WeightedMean
from planner.domain.wording import num
from planner.web.assets import asset
from planner.web.pages import Here, page

router = APIRouter()


@router.get("/playbook/{playbook_id}")
def redirect(playbook_id: str) -> Response:
    """The address that says it in the singular."""
    return RedirectResponse(f"/playbooks/{playbook_id}", 308)


@router.get("/playbooks/{playbook_id}")
def show_playbook(request: Request, ws: Here, playbook_id: str) -> Response:
    """The methodology, readable, with the source of every entry."""
    playbook = ws.playbooks.get(playbook_id)
    weights = {
        criterion.id: num(float(weight), 3)
        for dimension in playbook.dimensions
        if isinstance(dimension.aggregation, WeightedMean)
        for criterion, weight in zip(dimension.criteria, dimension.weights, strict=True)
    }
    return page(
        request,
        "guide/playbook.html",
        playbook=playbook,
        weights=weights,
        names={stage.id: stage.name for stage in playbook.stages},
        groups=_groups(playbook),
        hints={hint.id: hint for hint in playbook.metric_hints},
        kinds={kind.id: kind.name for kind in playbook.problem_types},
    )


def _groups(playbook: Playbook) -> dict[str, list[str]]:
    """Problem types by their group."""
    groups: dict[str, list[str]] = {}
    for entry in playbook.problem_types:
        groups.setdefault(entry.group, []).append(entry.name)
    return groups


@router.get("/favicon.ico")
def favicon() -> Response:
    """Where browsers look for an icon of pages that name none."""
    return RedirectResponse(asset("icons/planner.svg"), 308)


@router.get("/help")
def show_help(request: Request, ws: Here) -> Response:
    """The keyboard, and how every number comes about."""
    return page(request, "guide/help.html", playbook=ws.playbooks.list()[0])
