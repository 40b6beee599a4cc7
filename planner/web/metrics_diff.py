"""The page that sets two versions of a contract side by side, and what the later one does to the runs."""

from __future__ import annotations

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from planner.domain.errors import NotFound
from planner.services import metrics, metrics_agreeing, projects
from planner.web.forms import small_number
from planner.web.pages import Here, page

router = APIRouter()

NAMED = 200  # runs on the page; REST gives more


@router.get("/projects/{ref}/contract/diff")
def compare(
    request: Request, ws: Here, ref: str, earlier: str = Query("", alias="from"), later: str = Query("", alias="to")
) -> Response:
    """What changed from one version to another: the last change, unless versions are named."""
    project = projects.get_project(ws, ref)
    found = metrics_agreeing.find_version_change(ws, ref, _version(earlier), _version(later), NAMED)
    if found is None:
        raise NotFound(f"{project.key} has no metric contract yet, so there are no versions to compare.")
    versions = metrics.list_contracts(ws, ref)
    options = [(str(version.version), f"Version {version.version}") for version in versions]
    return page(
        request,
        "metrics/diff.html",
        slug=project.portfolio,
        section="Projects",
        tab="Contract",
        project=project,
        diff=found.diff,
        verdicts=found.verdicts,
        version=next(version for version in versions if version.version == found.diff.to_version),
        options=options,
        values={"from": str(found.diff.from_version or ""), "to": str(found.diff.to_version)},
    )


def _version(text: str) -> int | None:
    """A version of an address; NotFound for what is none."""
    text = text.strip()
    if not text:
        return None
    if (number := small_number(text)) is None:
        raise NotFound(f"There is no version '{text[:20]}' of a contract; versions are 1, 2, 3 …")
    return number
