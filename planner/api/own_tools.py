"""Routes of /portfolios/{portfolio}/tools: tools beside the playbook's catalogue, and the standard for a component."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from planner.api.dependencies import Portfolio, Space, tag_portfolio
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.model import Model
from planner.domain.own_tools import OwnTool, OwnToolDraft
from planner.services import own_tools

router = APIRouter(prefix="/portfolios/{portfolio}/tools", tags=["infrastructure"], route_class=Route)
ToolName = Annotated[str, Path(description="Name of the tool.", max_length=120, examples=["Feast"])]


class OwnTools(Model):
    """The tools that a portfolio adds or makes its standard."""

    items: tuple[OwnTool, ...]


@router.get("", responses=responses(304, 404))
def list_tools(response: Response, ws: Space, portfolio: Portfolio) -> OwnTools:
    """The own tools of the portfolio, and those of the catalogue that are its standard."""
    tag_portfolio(response, ws, portfolio)
    return OwnTools.model_construct(items=own_tools.list_tools(ws, portfolio))


@router.put("/{tool}", responses=responses(404, 409))
def record_tool(ws: Space, portfolio: Portfolio, tool: ToolName, draft: OwnToolDraft) -> OwnTool:
    """Add a tool, or make it the standard for components; what was their standard before is so no more."""
    return own_tools.record_tool(ws, portfolio, tool, draft)


@router.delete("/{tool}", status_code=204, responses=responses(404))
def withdraw_tool(ws: Space, portfolio: Portfolio, tool: ToolName) -> None:
    """Take a tool off the list; what was recorded of it stays in the history."""
    own_tools.withdraw_tool(ws, portfolio, tool)
