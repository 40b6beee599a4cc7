"""Routes of /portfolios/{portfolio}/snapshots: names for moments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from planner.api.dependencies import Portfolio, Space, tag_portfolio
from planner.api.errors import CREATED, responses
from planner.api.routing import Route
from planner.domain.model import Model
from planner.domain.snapshots import Snapshot, SnapshotDraft
from planner.services import snapshots

router = APIRouter(prefix="/portfolios/{portfolio}/snapshots", tags=["snapshots"], route_class=Route)
Number = Annotated[int, Path(ge=1, le=1_000_000, description="Number of the snapshot.")]


class Snapshots(Model):
    """Snapshots, the latest moment first."""

    items: tuple[Snapshot, ...]


@router.get("", responses=responses(304, 404))
def list_snapshots(response: Response, ws: Space, portfolio: Portfolio) -> Snapshots:
    """The moments that were marked."""
    tag_portfolio(response, ws, portfolio)
    return Snapshots.model_construct(items=snapshots.list_snapshots(ws, portfolio))


@router.post("", status_code=201, responses=CREATED | responses(404, 409))
def create_snapshot(ws: Space, portfolio: Portfolio, draft: SnapshotDraft, response: Response) -> Snapshot:
    """Mark a moment by a name, to compare with."""
    snapshot = snapshots.create_snapshot(ws, portfolio, draft)
    response.headers["Location"] = f"/api/v1/portfolios/{portfolio}/snapshots/{snapshot.number}"
    return snapshot


@router.get("/{number}", responses=responses(304, 404))
def get_snapshot(response: Response, ws: Space, portfolio: Portfolio, number: Number) -> Snapshot:
    """One snapshot."""
    tag_portfolio(response, ws, portfolio)
    return snapshots.get_snapshot(ws, portfolio, number)


@router.delete("/{number}", status_code=204, responses=responses(404))
def delete_snapshot(ws: Space, portfolio: Portfolio, number: Number) -> None:
    """Take the name away. The facts stay; the number is not used again."""
    snapshots.delete_snapshot(ws, portfolio, number)
