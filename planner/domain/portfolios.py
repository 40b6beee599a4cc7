"""A portfolio: the candidate projects planned together, under one playbook."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from planner.domain.errors import FieldError, Invalid
from planner.domain.model import Model, Name, NotAFlag, Slug, Text, at_most
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import WeightedMean

KeyPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,9}$")]
Share = Annotated[float, Field(ge=0, le=1), NotAFlag]
Capacity = Annotated[int, Field(ge=1, le=100_000), NotAFlag]
Weight = Annotated[float, Field(ge=0, le=1_000_000), NotAFlag]
Weights = Annotated[dict[str, Weight], at_most(100)]


class PortfolioDraft(Model):
    """What a person gives to start a portfolio."""

    slug: Slug = Field(description="Stands in every address of the portfolio; never changes.", examples=["fed"])
    name: Name = Field(examples=["Federal inventory"])
    summary: Text = ""
    key_prefix: KeyPrefix | None = Field(
        default=None, description="Begins the keys of its projects (FED-12); made from the slug when left out."
    )
    priority_impact_share: Share | None = Field(
        default=None, description="λ: priority = λ·impact + (1−λ)·feasibility; the playbook's when null."
    )
    capacity: Capacity | None = Field(
        default=None, description="How many projects can be done at once; null when not stated."
    )
    weights: Weights | None = Field(
        default=None,
        description="Weights by criterion, of all whose dimension is a weighted mean; the playbook's when null.",
        examples=[{"data_availability": 3, "accuracy_requirement": 2, "problem_difficulty": 1}],
    )
    playbook: str | None = Field(
        default=None,
        max_length=60,
        description="The id of the methodology that the portfolio follows; the one that is shipped when null.",
    )
    playbook_version: int | None = Field(
        default=None, ge=1, le=10**9, description="The version of it; the newest that there is when null."
    )


class PortfolioPatch(Model):
    """What may change of a portfolio; fields left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    name: Name = Field(default="", validate_default=False, description="Cannot be emptied.")
    summary: Text = Field(default="", description="In Markdown.")
    priority_impact_share: Share | None = Field(default=None, description="λ; null takes the playbook's.")
    capacity: Capacity | None = Field(default=None, description="Null when not stated.")
    weights: Weights | None = Field(
        default=None,
        description="Weights by criterion, all of them together; null takes the playbook's.",
        examples=[{"data_availability": 3, "accuracy_requirement": 2, "problem_difficulty": 1}],
    )


class PortfolioState(Model):
    """A portfolio as it is stored. `revision` rises with every write to anything in it."""

    id: int
    slug: Slug
    name: Name
    summary: Text
    key_prefix: KeyPrefix
    priority_impact_share: float | None
    capacity: int | None
    weights: dict[str, float] | None
    playbook: str
    playbook_version: int
    revision: int
    is_example: bool
    created_at: datetime
    updated_at: datetime


class Portfolio(PortfolioState):
    """A portfolio and how many projects it holds."""

    projects: int = Field(description="Projects in it, the bin not counted.")
    scored: int = Field(description="Of these, projects with at least one answer.")


def weight_problems(weights: dict[str, float] | None, playbook: Playbook, field: str = "weights") -> list[FieldError]:
    """What is wrong with weights: each criterion of a weighted mean needs one, and one of each dimension is above 0."""
    if weights is None:
        return []
    names = [criterion.id for criterion in playbook.weighted_criteria]
    if not names:
        return [FieldError(field=field, message="no dimension of the playbook is a weighted mean; leave them out")]
    unknown = [name for name in weights if name not in names]
    problems = [
        FieldError(field=f"{field}.{name[:60]}", message=f"takes no weight; those that do: {', '.join(names)}")
        for name in unknown
    ]
    problems += [
        FieldError(field=f"{field}.{name}", message="is missing: weights are given to all criteria or to none")
        for name in names
        if name not in weights
    ]
    for dimension in playbook.dimensions:
        if isinstance(dimension.aggregation, WeightedMean):
            given = [weights.get(criterion.id) for criterion in dimension.criteria]
            if None not in given and not any(given):
                problems.append(
                    FieldError(field=field, message=f"one weight of {dimension.name} at least must be more than 0")
                )
    return problems


def weights_in(text: str) -> dict[str, float]:
    """The weights that are written in one line, as the history does: data_availability: 3, accuracy_requirement: 1.

    ValueError for anything else, and for a criterion that is named twice.
    """
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, colon, number = (piece.strip() for piece in part.partition(":"))
        if not (colon and name and number) or name in weights:
            raise ValueError("name each criterion once with a number, CRITERION:NUMBER, with commas between them")
        try:
            weights[name] = float(number)
        except ValueError:
            raise ValueError(f"{name[:60]} needs a number") from None
    return weights


DEFAULT_TOP = 10  # how many projects "the top" are where a portfolio states no capacity


def top_of(portfolio: PortfolioState, projects: int, asked: int | None = None) -> int:
    """k: how many of so many projects are the top. What is asked for, else the portfolio's capacity, else ten.

    A stored capacity may be larger than what a filter leaves; then all of it is the top. Invalid when more are asked
    for than there are, or less than one.
    """
    if asked is None:
        return min(portfolio.capacity or DEFAULT_TOP, projects)
    if not 1 <= asked <= max(projects, 1):
        raise Invalid.one("top", f"from 1 to {max(projects, 1)}, which is how many projects there are")
    return asked


def key_prefix_from(slug: str) -> str:
    """A short upper-case prefix for keys: the initials of a slug of several words, or its first four characters."""
    words = [word for word in slug.upper().replace(".", "-").replace("_", "-").split("-") if word]
    initials = "".join(word[0] for word in words if word[0].isalpha())
    if len(words) > 1 and len(initials) > 1:
        return initials[:5]
    letters = "".join(character for character in slug.upper() if character.isalnum()).lstrip("0123456789")
    return letters[:4] or "P"


def free_key_prefix(slug: str, taken: set[str]) -> str:
    """The prefix of a slug, with a number behind it when that one is taken."""
    wanted = key_prefix_from(slug)
    number, prefix = 1, wanted
    while prefix in taken:
        number += 1
        prefix = f"{wanted[:7]}{number}"
    return prefix


class Count(Model):
    """How many projects have a value; null is the value of those where it is not stated."""

    value: str | None
    count: int


class Overview(Model):
    """What a portfolio holds, counted over the projects that a set of filters finds."""

    total: int
    scored: int = Field(description="Projects with at least one answer.")
    stage: tuple[Count, ...]
    status: tuple[Count, ...]
    archetype: tuple[Count, ...]
    quadrant: tuple[Count, ...]


class Facets(Model):
    """The values that each filter can take, with how many projects have them."""

    stage: tuple[Count, ...]
    status: tuple[Count, ...]
    archetype: tuple[Count, ...]
    problem_type: tuple[Count, ...]
    quadrant: tuple[Count, ...]
    organisation: tuple[Count, ...]
    unit: tuple[Count, ...]
    owner: tuple[Count, ...]
    tag: tuple[Count, ...]
