"""Who may do what. Every service begins here, so that roles can come without touching a route."""

from __future__ import annotations

from typing import Literal

from planner.domain.errors import Forbidden

Action = Literal["read", "write", "administer"]


def check(actor: str, action: Action, portfolio: str | None = None) -> None:
    """Raises Forbidden unless the actor may do this. Alone on a laptop the actor is the owner and may do everything."""
    if not actor.strip():
        raise Forbidden(f"Nobody is named who could {action} {portfolio or 'here'}; set PLANNER_ACTOR.")
