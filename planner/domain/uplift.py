"""How much longer projects take than was estimated: reference-class forecasting of effort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from planner.domain.model import Model

ENOUGH = 20  # projects of a class from which it speaks for itself
RISK = 0.2  # of exceeding the cautious figure


class Uplift(Model):
    """By what the estimate of a class of projects is to be multiplied, from the ended ones."""

    archetype: str | None = Field(description="Id of the archetype that makes the class; null for all projects.")
    projects: int = Field(description="Ended projects whose estimate and actual effort are both recorded.")
    median: float = Field(description="Half of them took at most so many times their estimate.")
    cautious: float = Field(description="Four in five of them took at most so many times their estimate.")
    shrunk: bool = Field(description="Whether it leans on all projects, since the class alone has fewer than 20.")


def uplift(ratios: Sequence[float] | np.ndarray, risk: float) -> float:
    """The factor that an estimate is multiplied by, so that it is exceeded with at most this risk: Q_(1−risk)(r).

    `ratios` are actual / estimated of at least one project; between two of them the quantile is interpolated.
    Source: Flyvbjerg 2006, Project Management Journal 37(3):5-15.
    """
    return float(np.quantile(np.asarray(ratios), 1 - risk))


def uplifts(ratios: Mapping[str | None, Sequence[float]]) -> tuple[Uplift, ...]:
    """The uplift of all projects, then of each archetype that has any; the ratios of no archetype count only in all.

    A class with fewer than 20 projects leans on all of them. Its mean of ln r is moved towards that of all by the share
    B = (σ²/n) / (σ²/n + τ²) of the distance, σ² being the variance within classes and τ² that between them (empirical
    Bayes: Morris 1983, Journal of the American Statistical Association 78:47-55; the variances by the analysis of
    variance of unequal groups). Around that mean lie the deviations of all projects from the means of their own
    classes, since a few cannot show how far ratios scatter. When classes do not differ by more than chance, B is 1, and
    the class has the ratios of all.
    """
    logs = {archetype: np.log(np.asarray(group)) for archetype, group in ratios.items() if len(group)}
    if not logs:
        return ()
    everyone = np.concatenate(list(logs.values()))
    centre = float(np.mean(everyone))
    within, between = _variances([group for archetype, group in logs.items() if archetype])
    means = dict.fromkeys(logs, centre)
    for archetype, group in logs.items():
        if archetype and between > 0:
            noise = within / len(group)
            share = noise / (noise + between) if len(group) < ENOUGH else 0.0
            means[archetype] = share * centre + (1 - share) * float(np.mean(group))
    deviations = np.concatenate([group - means[archetype] for archetype, group in logs.items()])
    found = [_uplift(None, len(everyone), np.exp(everyone), shrunk=False)]
    for archetype, group in sorted((name, group) for name, group in logs.items() if name):
        shrunk = len(group) < ENOUGH
        spread = np.exp(means[archetype] + deviations) if shrunk else np.exp(group)
        found.append(_uplift(archetype, len(group), spread, shrunk=shrunk))
    return tuple(found)


def _uplift(archetype: str | None, projects: int, ratios: np.ndarray, shrunk: bool) -> Uplift:
    return Uplift(
        archetype=archetype,
        projects=projects,
        median=uplift(ratios, 0.5),
        cautious=uplift(ratios, RISK),
        shrunk=shrunk,
    )


def _variances(groups: Sequence[np.ndarray]) -> tuple[float, float]:
    """(σ² within, τ² between) of groups of unequal size; 0 where there is nothing to tell it from."""
    sizes = [len(group) for group in groups]
    total, count = sum(sizes), len(groups)
    if total <= count:
        return 0.0, 0.0
    means = [float(np.mean(group)) for group in groups]
    within = sum(float(((group - mean) ** 2).sum()) for group, mean in zip(groups, means, strict=True)) / (
        total - count
    )
    if count < 2:
        return within, 0.0
    centre = sum(size * mean for size, mean in zip(sizes, means, strict=True)) / total
    spread = sum(size * (mean - centre) ** 2 for size, mean in zip(sizes, means, strict=True)) / (count - 1)
    effective = (total - sum(size * size for size in sizes) / total) / (count - 1)
    return within, max(0.0, (spread - within) / effective)
