"""The infrastructure of a portfolio in one answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from planner.domain.infrastructure import ComponentCounts
from planner.domain.infrastructure_map import MapRow, NeedsMap, StageNeeds, build_needs_map
from planner.domain.infrastructure_needs import Demand, Needs, build_demand
from planner.domain.infrastructure_plan import BuildPlan, BuildQuery, plan_building
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.shared_components import SharedComponent, cheapest_costs


class PortfolioInfrastructure(Model):
    """Components × projects, what is shared, what is demanded, and what to build next."""

    items: tuple[ComponentCounts, ...] = Field(description="Components × status over all projects.")
    shared: tuple[SharedComponent, ...] = Field(description="The last statement on each shared component.")
    demand: Demand = Field(description="Which components the open projects wait for.")
    build_next: BuildPlan = Field(description="What to build next, within the limits that are asked for.")
    stages: tuple[StageNeeds, ...] = Field(description="The stages that open projects are in, and how many are.")
    needs: tuple[MapRow, ...] = Field(description="Of each component, how many require and lack it in each stage.")


@dataclass(frozen=True)
class Overview:
    """What follows from the facts alone, whatever is asked."""

    items: tuple[ComponentCounts, ...]
    shared: tuple[SharedComponent, ...]
    needs: Needs
    demand: Demand
    map: NeedsMap

    def plan(self, query: BuildQuery) -> BuildPlan:
        """What to build next within these limits."""
        return plan_building(self.needs, cheapest_costs(self.shared), query)

    def told(self, query: BuildQuery) -> PortfolioInfrastructure:
        """All of it in one answer."""
        return PortfolioInfrastructure(
            items=self.items,
            shared=self.shared,
            demand=self.demand,
            build_next=self.plan(query),
            stages=self.map.stages,
            needs=self.map.by_stage,
        )


def build_overview(
    items: tuple[ComponentCounts, ...], shared: Sequence[SharedComponent], needs: Needs, playbook: Playbook
) -> Overview:
    """The overview of a portfolio from its counts, its current shared components and the needs of its open projects."""
    return Overview(items, tuple(shared), needs, build_demand(needs, shared), build_needs_map(needs, playbook))
