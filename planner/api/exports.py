"""Routes of /portfolios/{portfolio}/export.{json,csv,xlsx}."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from planner.api.dependencies import Portfolio, Space
from planner.api.errors import responses
from planner.api.routing import Route
from planner.services import exports

router = APIRouter(prefix="/portfolios/{portfolio}", tags=["exports"], route_class=Route)
Format = Annotated[exports.Kind, Path(description="The kind of file.")]


@router.get(
    "/export.{format}",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in exports.MEDIA_TYPES.values()}}, **responses(404)},
)
def export_portfolio(ws: Space, portfolio: Portfolio, format: Format) -> Response:  # noqa: A002 (as in the address)
    """The portfolio as a file. JSON holds everything and can be imported again without loss."""
    content = exports.export_portfolio(ws, portfolio, format)
    headers = {"Content-Disposition": f'attachment; filename="{portfolio}.{format}"'}
    return Response(content, media_type=exports.MEDIA_TYPES[format], headers=headers)
