"""Routes of /portfolios/{portfolio}/rounds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from planner.api.dependencies import Portfolio, Space, tag_portfolio
from planner.api.errors import CREATED, responses
from planner.api.routing import Route
from planner.domain.model import Model
from planner.domain.rounds import Owed, RoundDraft, RoundPatch, RoundStatus
from planner.services import rounds

router = APIRouter(prefix="/portfolios/{portfolio}/rounds", tags=["rounds"], route_class=Route)
Number = Annotated[int, Path(description="Number of the round, from 1.", ge=1, le=1_000_000, examples=[1])]


class Rounds(Model):
    """The rounds of a portfolio, the newest first."""

    items: tuple[RoundStatus, ...]


class OwedList(Model):
    """What the assessors of a round owe."""

    items: tuple[Owed, ...]


@router.get("", responses=responses(304, 404))
def list_rounds(response: Response, ws: Space, portfolio: Portfolio) -> Rounds:
    """All scoring rounds, the newest first."""
    tag_portfolio(response, ws, portfolio)
    return Rounds.model_construct(items=rounds.list_rounds(ws, portfolio))


@router.post("", status_code=201, responses=CREATED | responses(404, 409))
def open_round(ws: Space, portfolio: Portfolio, draft: RoundDraft, response: Response) -> RoundStatus:
    """Open a round. Until it is closed, nobody it asks sees what others say before having answered."""
    status = rounds.open_round(ws, portfolio, draft)
    response.headers["Location"] = f"/api/v1/portfolios/{portfolio}/rounds/{status.round.number}"
    return status


@router.get("/{number}", responses=responses(304, 404))
def get_round(response: Response, ws: Space, portfolio: Portfolio, number: Number) -> RoundStatus:
    """One round, and how far it is."""
    tag_portfolio(response, ws, portfolio)
    return rounds.get_round(ws, portfolio, number)


@router.patch("/{number}", responses=responses(404, 409))
def update_round(ws: Space, portfolio: Portfolio, number: Number, patch: RoundPatch) -> RoundStatus:
    """Change an open round, or close it with `{"closed": true}`; fields left out stay as they are."""
    return rounds.update_round(ws, portfolio, number, patch)


@router.get("/{number}/owed", responses=responses(304, 404))
def list_owed(response: Response, ws: Space, portfolio: Portfolio, number: Number) -> OwedList:
    """What each assessor still owes, with a reminder ready to send; of a closed round, what was left blank."""
    tag_portfolio(response, ws, portfolio)
    return OwedList.model_construct(items=rounds.list_owed(ws, portfolio, number))
