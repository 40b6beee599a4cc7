"""What may be asked of the roadmap at once, and the answer: a plan, a what-if, how robust it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, ValidationError

from planner.domain.errors import FieldError, Invalid
from planner.domain.model import Model, NotAFlag
from planner.domain.robust_selection import Robustness
from planner.domain.selection import (
    ByResource,
    CapacityPlanDraft,
    Dependencies,
    Discount,
    Duration,
    Groups,
    Items,
    Periods,
    Projects,
    Resource,
    Resources,
    Shared,
    Totals,
)
from planner.domain.selection_assembly import Assembled
from planner.domain.selection_plan import Plan
from planner.domain.wording import listed

MAX_SECONDS, MAX_SAMPLES = 60.0, 1_000


class RobustOptions(Model):
    """How the plan is tried against the doubt that the answers leave."""

    samples: Annotated[int, Field(ge=1, le=MAX_SAMPLES), NotAFlag] = Field(
        default=100, description="How often the plan is solved for values drawn from the beliefs."
    )
    seed: Annotated[int, Field(ge=0, le=2**31 - 1), NotAFlag] = Field(
        default=1, description="The same seed gives the same draws."
    )


class SelectionRequest(Model):
    """What the roadmap is asked. Settings that are left out come from those that are stored."""

    periods: Periods | None = Field(default=None, description="The names of the periods, in their order.")
    resources: Resources | None = Field(default=None, description="What is scarce.")
    capacity: ByResource | None = Field(
        default=None, description="How much there is of each resource in each period; one number: in all."
    )
    duration: Duration | None = Field(default=None, description="Periods that a project runs.")
    projects: Projects | None = Field(default=None, description="What the plan says of single projects, by key.")
    shared: Shared | None = Field(default=None, description="Shared infrastructure that projects depend on.")
    dependencies: Dependencies | None = Field(default=None, description="What must be finished before what.")
    either_or: Groups | None = Field(default=None, description="Groups of which at most one is done.")
    must: Items | None = Field(default=None, description="What is done in any case.")
    must_not: Items | None = Field(default=None, description="What is not done in any case.")
    discount: Discount | None = Field(default=None, description="What a value that comes a period later is worth.")
    more: Totals = Field(
        default_factory=dict,
        description="What if there were so much more of these resources in every period: `ml_engineers: 1`.",
    )
    robust: RobustOptions | None = Field(
        default=None, description="Also try the plan against the doubt in the answers."
    )
    time_limit: Annotated[float, Field(gt=0, le=MAX_SECONDS), NotAFlag] = Field(
        default=10.0, description="Seconds for the search; for trying the plan against doubt, as many again."
    )
    gap: Annotated[float, Field(ge=0, le=1), NotAFlag] = Field(
        default=0.0, description="Stop as soon as a better plan could add no more than this share; 0: only when proven."
    )
    keep: bool = Field(
        default=False, description="Keep the plan, so that the page shows it. With stored settings only."
    )

    def settings(self, stored: CapacityPlanDraft | None) -> CapacityPlanDraft:
        """The settings to plan with; Invalid names what is neither given nor stored."""
        given = {
            name: value
            for name in CapacityPlanDraft.model_fields
            if name != "reason" and (value := getattr(self, name)) is not None
        }
        if stored is not None:
            return stored.model_copy(update=given)
        missing = [
            FieldError(field=name, message="is missing: give it here, or store settings for the portfolio")
            for name, field in CapacityPlanDraft.model_fields.items()
            if field.is_required() and name not in given
        ]
        if missing:
            raise Invalid(missing)
        try:
            return CapacityPlanDraft.model_validate(given)
        except ValidationError as error:
            raise Invalid.from_pydantic(error) from None

    @property
    def changes_settings(self) -> bool:
        """Whether it asks about other settings than those that are stored."""
        return any(getattr(self, name, None) is not None for name in CapacityPlanDraft.model_fields)


class Named(Model):
    """A project or a shared item by its name."""

    id: str = Field(description="Key of the project, or id of the shared item.")
    name: str


class WhatIf(Model):
    """What more of some resources would change. Both plans may be short of the best by their gaps."""

    more: dict[str, float] = Field(description="How much more there would be in every period, by resource.")
    objective: float = Field(description="What the plan would be worth.")
    gained: float = Field(description="How much more that is.")
    gap: float = Field(description="The share that a better plan with more could still add.")
    enters: tuple[Named, ...] = Field(description="What would come into the plan.")
    leaves: tuple[Named, ...] = Field(description="What would make room for it.")


class RobustItem(Model):
    """How often a project is in the plan when values are drawn from the beliefs."""

    id: str = Field(description="Key of the project, or id of the shared item.")
    name: str
    kind: Literal["project", "shared"]
    share: float = Field(description="The share of the sampled plans that hold it.")
    verdict: Literal["core", "borderline", "exterior"] = Field(
        description="core: in every plan. exterior: in none. borderline: in some; learn more about these first."
    )


class RobustPlan(Model):
    """The plan tried against the doubt that the answers leave."""

    samples: int = Field(description="Plans that were solved.")
    asked: int = Field(description="Plans that were asked for; the time may have been too short.")
    seed: int = Field(description="The seed of the draws.")
    error: float = Field(description="The largest error of a share by sampling, at 95 %: 0.98/√samples.")
    items: tuple[RobustItem, ...] = Field(description="Every project that can be planned, the surest first.")

    def of(self, verdict: str) -> tuple[RobustItem, ...]:
        """The items of one verdict."""
        return tuple(item for item in self.items if item.verdict == verdict)


class SelectionAnswer(Model):
    """A roadmap, and what else was asked for."""

    plan: Plan = Field(description="What to do when.")
    what_if: WhatIf | None = Field(description="What more of some resources would change; null when not asked.")
    robust: RobustPlan | None = Field(description="The plan against the doubt in the answers; null when not asked.")
    kept_at: datetime | None = Field(description="When this plan was kept; null when it is not.")


class Roadmap(Model):
    """A plan that was proposed and kept: a fact, with who and when."""

    plan: Plan = Field(description="What was proposed.")
    settings_version: int = Field(ge=1, description="The version of the settings that it was made with.")
    recorded_at: AwareDatetime
    recorded_by: str


def compare(base: Plan, plan: Plan, more: dict[str, float]) -> WhatIf:
    """What a plan with more of some resources has that the base has not, and the other way round."""
    before, after = ({p.id: p.name for p in found.planned} for found in (base, plan))
    return WhatIf(
        more=more,
        objective=plan.objective,
        gained=round(plan.objective - base.objective, 9),
        gap=plan.gap,
        enters=tuple(Named(id=p.id, name=p.name) for p in plan.planned if p.id not in before),
        leaves=tuple(Named(id=p.id, name=p.name) for p in base.planned if p.id not in after),
    )


def describe_robustness(assembled: Assembled, found: Robustness) -> RobustPlan:
    """The result of sampling in the words of the plan."""
    items = [
        RobustItem.model_construct(
            id=item.id, name=item.name, kind=item.kind, share=found.share(place), verdict=found.verdict(place)
        )
        for place, item in enumerate(assembled.problem.items)
    ]
    return RobustPlan(
        samples=found.samples,
        asked=found.asked,
        seed=found.seed,
        error=round(0.98 / found.samples**0.5, 3),
        items=tuple(sorted(items, key=lambda item: -item.share)),
    )


def check_more(more: dict[str, float], resources: Sequence[Resource]) -> dict[int, float]:
    """Places of resources with how much more there would be; Invalid for one that the plan does not have."""
    places = {resource.id: place for place, resource in enumerate(resources)}
    unknown = [name for name in more if name not in places]
    if unknown:
        known = listed(list(places))
        raise Invalid([FieldError(field=f"more.{n}", message=f"not a resource of this plan: {known}") for n in unknown])
    return {places[name]: amount for name, amount in more.items() if amount}
