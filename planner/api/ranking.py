"""Routes of /portfolios/{portfolio}/ranking, its comparison of two projects, and /sensitivity."""

from __future__ import annotations

from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Response
from pydantic import Field, ValidationError, model_validator

from planner.api.changes import A_MOMENT
from planner.api.dependencies import Portfolio, Space, tag_portfolio
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.comparison import Comparison
from planner.domain.errors import Invalid
from planner.domain.model import Line, Model, NotAFlag
from planner.domain.portfolios import Capacity, weights_in
from planner.domain.projects import Filters
from planner.domain.ranking import MAX_SAMPLES, WEIGHT, Ranking, RankingQuery, with_weights_gathered
from planner.domain.sensitivity import Sensitivity
from planner.services import ranking

router = APIRouter(prefix="/portfolios/{portfolio}", tags=["ranking"], route_class=Route)

MOST = 10_000  # projects in one answer

WhatIfShare = Annotated[
    float | None, Field(ge=0, le=1, description="What if λ were this; nothing is stored."), NotAFlag
]
WhatIfWeights = Annotated[
    str | None,
    Field(
        max_length=4_000,
        description="What if the criteria weighed this: CRITERION:NUMBER with commas between them, or each in a "
        "parameter of its own, weight.CRITERION=NUMBER; nothing is stored.",
        examples=["data_availability:3,accuracy_requirement:2,problem_difficulty:1"],
    ),
]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1, description="The same seed gives the same bytes.")]


class WhatIf(Model):
    """Settings to try without storing them."""

    families: ClassVar[tuple[str, ...]] = (WEIGHT,)

    impact_share: WhatIfShare = None
    weights: WhatIfWeights = None

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, given: dict[str, object]) -> dict[str, object]:
        values = with_weights_gathered(given)
        apart = values.get("weights")
        if not isinstance(apart, dict):
            return values
        if "weights" in given:
            raise ValueError("give weights in one parameter or each in its own, not both")
        return values | {"weights": ",".join(f"{name}:{number}" for name, number in apart.items())}


class PairQuery(WhatIf):
    """The two projects to compare."""

    a: str = Field(max_length=40, description="Id or key of the first project.", examples=["EX-1"])
    b: str = Field(max_length=40, description="Id or key of the second project.", examples=["EX-2"])


class TopQuery(WhatIf, Filters):
    """The projects that compete, how many of them are the top, and settings to try."""

    top: Capacity | None = Field(
        default=None, description="k; else the portfolio's capacity, else 10, never more than there are."
    )


class SampleQuery(TopQuery):
    """The same, and how to sample."""

    samples: int = Field(default=10_000, ge=100, le=MAX_SAMPLES, description="How many samples are drawn.")
    seed: Seed = 1
    limit: int = Field(default=MOST, ge=1, le=MOST, description="How many projects to list; all are ranked.")
    as_of: Line | None = Field(default=None, description=f"As it was at {A_MOMENT}.")


def _query(asked: WhatIf) -> RankingQuery:
    given = {name: value for name in RankingQuery.model_fields if (value := getattr(asked, name, None)) is not None}
    if asked.weights is not None:
        try:
            given["weights"] = weights_in(asked.weights)
        except ValueError as error:
            raise Invalid.one("weights", str(error)) from None
    try:
        return RankingQuery.model_validate(given)
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None


def _filters(asked: TopQuery) -> Filters:
    return Filters.model_validate(asked.model_dump(include=set(Filters.model_fields)))


@router.get("/ranking", responses=responses(304, 404))
def get_ranking(response: Response, ws: Space, portfolio: Portfolio, query: Annotated[SampleQuery, Query()]) -> Ranking:
    """Every project in order, with its rank interval, its chance to be among the top k, and its band."""
    tag_portfolio(response, ws, portfolio)
    found = ranking.get_ranking(ws, portfolio, _filters(query), _query(query), query.as_of)
    return found.model_copy(update={"items": found.items[: query.limit]}) if found.total > query.limit else found


@router.get("/ranking/comparison", responses=responses(304, 404))
def compare_projects(
    response: Response, ws: Space, portfolio: Portfolio, query: Annotated[PairQuery, Query()]
) -> Comparison:
    """Which of two projects is before the other, how surely, and which criteria make it so."""
    tag_portfolio(response, ws, portfolio)
    return ranking.compare_projects(ws, portfolio, query.a, query.b, _query(query))


@router.get("/sensitivity", responses=responses(304, 404))
def get_sensitivity(
    response: Response, ws: Space, portfolio: Portfolio, query: Annotated[TopQuery, Query()]
) -> Sensitivity:
    """How far λ and each weight can move with the same top k, and which single answers would change it."""
    tag_portfolio(response, ws, portfolio)
    return ranking.get_sensitivity(ws, portfolio, _filters(query), _query(query))
