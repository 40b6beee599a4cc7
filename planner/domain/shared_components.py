"""Components that a portfolio has once and that its projects use together, such as one feature store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from planner.domain.model import Line, Model, NotAFlag, Text

if TYPE_CHECKING:
    from planner.domain.infrastructure import ComponentStatus

SharedStatus = Literal["missing", "planned", "partial", "in_place", "retired"]
SHARED_STATUSES: tuple[SharedStatus, ...] = ("missing", "planned", "partial", "in_place", "retired")
_ORDER = ("missing", "planned", "partial", "in_place")  # what a status brings a project, the most last

Money = Annotated[float, Field(ge=0, le=1e12), NotAFlag]


class SharedDraft(Model):
    """What a person states about a shared component. One name, or none, is one thing: there may be two of a kind."""

    name: Line = Field(default="", description="Tells two of the same component apart; empty when there is one.")
    status: SharedStatus = Field(description="How it stands; retired: it is not there any more.")
    owner: Line = Field(default="", description="The person or team that answers for it.")
    tool: Line = Field(default="", description="The tool or service that fills it.", examples=["feast"])
    cost: Money | None = Field(default=None, description="Money to build it, or what is left to build; null unknown.")
    cost_per_month: Money | None = Field(default=None, description="Money a month to run it; null unknown.")
    effort: Annotated[float, Field(ge=0, le=1e6), NotAFlag] | None = Field(
        default=None, description="Person-weeks to build it; null unknown."
    )
    note: Text = ""


class SharedComponent(SharedDraft):
    """A statement as it was recorded; the last one of a component and name counts."""

    component: str
    recorded_at: datetime
    recorded_by: str


def current_shared(history: Iterable[SharedComponent]) -> tuple[SharedComponent, ...]:
    """The last statement on each component and name, in the order in which they first came up."""
    latest: dict[tuple[str, str], SharedComponent] = {}
    for one in history:
        latest[one.component, one.name] = one
    return tuple(latest.values())


def shared_statuses(shared: Iterable[SharedComponent]) -> Mapping[str, SharedStatus]:
    """How each component stands as a shared one: the furthest of those of its kind, a retired one left out."""
    best: dict[str, SharedStatus] = {}
    for one in shared:
        if one.status in _ORDER:
            known = best.get(one.component)
            if known is None or _ORDER.index(one.status) > _ORDER.index(known):
                best[one.component] = one.status
    return best


def counts_as(
    status: ComponentStatus | None, uses: str | None, shared: Mapping[str, SharedStatus]
) -> ComponentStatus | None:
    """How a project's component counts: as stated, or as the shared one that it uses where that is further.

    Nothing a project has of its own is taken away by a shared one that is not there yet, and what it does not need
    stays so. `uses` is the component whose shared one the project says it uses; None when it uses none.
    """
    offered = shared.get(uses) if uses is not None else None
    if offered is None or offered == "retired" or status == "not_needed":
        return status
    if status is None or _ORDER.index(offered) > _ORDER.index(status):
        return offered
    return status


def cheapest_costs(shared: Iterable[SharedComponent]) -> Mapping[str, float]:
    """What it costs to have each component: the least that is stated of those not in place or retired."""
    costs: dict[str, float] = {}
    for one in shared:
        if one.status in ("missing", "planned", "partial") and one.cost is not None:
            costs[one.component] = min(one.cost, costs.get(one.component, one.cost))
    return costs
