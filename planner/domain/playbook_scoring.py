"""The part of a playbook that scores: criteria, how levels become one value, and the corners of the matrix."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from planner.domain.model import Model, Name, Text
from planner.domain.playbook_entry import Entry


class LevelWording(Model):
    """One of the five levels of a criterion, in words; level 5 is always the favourable end."""

    label: Name
    description: Text


class Criterion(Entry):
    """One question about a project, answered on five worded levels.

    `prior` is the belief (probabilities of levels 1..5) about a project for which nobody has answered.
    `order` ranks the criteria of a rank-ordered dimension, 1 being the most important.
    """

    question: Text
    help: Text = ""
    levels: tuple[LevelWording, LevelWording, LevelWording, LevelWording, LevelWording]
    prior: tuple[float, float, float, float, float]

    @field_validator("prior")
    @classmethod
    def _prior_is_a_distribution(cls, prior: tuple[float, ...]) -> tuple[float, ...]:
        if min(prior) < 0 or abs(sum(prior) - 1) > 1e-9:
            raise ValueError(f"five probabilities that sum to 1 are needed; these sum to {sum(prior):.6g}")
        return prior


class BestLens(Model):
    """Value = best·max + mean·average of the levels: for criteria that are alternatives to each other."""

    kind: Literal["best_lens"]
    best: float = Field(ge=0, le=1)
    mean: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _sums_to_one(self) -> Self:
        if abs(self.best + self.mean - 1) > 1e-9:
            raise ValueError(f"best and mean must sum to 1, not to {self.best + self.mean:.6g}")
        return self


class WeightedMean(Model):
    """Value = weighted mean of the levels.

    `weights` maps criterion ids to numbers; or `order`, most important first, gives the rank-order centroid.
    """

    kind: Literal["weighted_mean"]
    weights: dict[str, float] | None = None
    order: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.weights is None) == (self.order is None):
            raise ValueError("give either weights (a number for each criterion) or order (their ids, the first first)")
        if self.weights is not None and (min(self.weights.values(), default=0) < 0 or not any(self.weights.values())):
            raise ValueError("weights: none may be negative and one must be above 0")
        return self


class Dimension(Entry):
    """An axis of the matrix: its criteria and how their levels become one value between 1 and 5."""

    question: Text
    aggregation: Annotated[BestLens | WeightedMean, Field(discriminator="kind")]
    criteria: tuple[Criterion, ...] = Field(
        min_length=1, max_length=6, description="Six at most: every combination of their levels is gone through."
    )

    @model_validator(mode="after")
    def _weights_name_the_criteria(self) -> Self:
        if isinstance(self.aggregation, WeightedMean):
            named = list(self.aggregation.weights or self.aggregation.order or ())
            ids = [criterion.id for criterion in self.criteria]
            if sorted(named) != sorted(ids):
                wrong = [f"'{name}' is missing" for name in ids if name not in named]
                wrong += [f"'{name}' is none of them" for name in dict.fromkeys(named) if name not in ids]
                wrong += [f"'{name}' stands twice" for name in dict.fromkeys(named) if named.count(name) > 1]
                raise ValueError(
                    "aggregation: weights or order must name exactly the criteria of this dimension, each once: "
                    + ", ".join(wrong)
                )
        return self

    def with_weights(self, weights: dict[str, float]) -> Dimension:
        """The same dimension with these weights of its criteria, which must name exactly them."""
        fields = {name: getattr(self, name) for name in Dimension.model_fields}  # and not what was computed from them
        weighted = WeightedMean(kind="weighted_mean", weights=weights)
        return Dimension.model_construct(**{**fields, "aggregation": weighted})

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """Weights of the criteria in their listed order, summing to 1.

        Rank-order centroid: the k-th of n ranks weighs (1/n)·Σ_{i=k..n} 1/i, the mean of all weights that respect
        the order. Source: Barron & Barrett 1996, Management Science 42(11).
        """
        n = len(self.criteria)
        if isinstance(self.aggregation, BestLens):
            return (1 / n,) * n
        if self.aggregation.order is not None:
            centroid = {
                name: sum(1 / i for i in range(rank, n + 1)) / n for rank, name in enumerate(self.aggregation.order, 1)
            }
        else:
            assert self.aggregation.weights is not None
            total = sum(self.aggregation.weights.values())
            centroid = {name: weight / total for name, weight in self.aggregation.weights.items()}
        return tuple(centroid[criterion.id] for criterion in self.criteria)


class Confidence(Entry):
    """How sure an assessor is; `spread` is the range given to an answer that names none (± levels)."""

    help: Text
    spread: int = Field(ge=0, le=4)


class Quadrant(Entry):
    """One corner of the matrix and what to do with a project there."""

    impact: Literal["low", "high"]
    feasibility: Literal["low", "high"]
    advice: Text


class CutOffs(Model):
    """Where low ends: a value at or above the cut-off is high."""

    impact: float = Field(ge=1, le=5)
    feasibility: float = Field(ge=1, le=5)
