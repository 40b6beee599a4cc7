"""Routes that take a portfolio to another playbook."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from planner.api.dependencies import IfMatch, Portfolio, Space
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.playbook_migration import Migration, MigrationDraft
from planner.services import playbook_migration

router = APIRouter(prefix="/portfolios/{portfolio}", tags=["playbooks"], route_class=Route)


class MigrationRequest(MigrationDraft):
    """Where a portfolio is to go, and whether it is to go there now."""

    dry_run: bool = Field(default=False, description="Only say what would happen.")


@router.post("/migration", responses=responses(404, 409, 412))
def migrate_portfolio(ws: Space, portfolio: Portfolio, request: MigrationRequest, version: IfMatch) -> Migration:
    """Take a portfolio to another playbook or version. Look first, with `dry_run`: standings move, and weights may go.

    Nothing that was recorded is lost: answers stay under the criteria that were asked, and going back is another
    migration.
    """
    draft = MigrationDraft.model_validate(request.model_dump(exclude={"dry_run"}))
    if request.dry_run:
        return playbook_migration.preview_migration(ws, portfolio, draft)
    return playbook_migration.migrate_portfolio(ws, portfolio, draft, version)
