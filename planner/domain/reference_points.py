"""TOPSIS and VIKOR: alternatives ranked by their distance to the best values there are.

Both depend on which alternatives are present, so that adding or removing one can turn the order of two others round
(Wang & Triantaphyllou 2008, Omega 36:45–63). Values have the shape (alternatives, criteria).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.weighted_sum import by_range

_SAME = 1e-12  # differences below are the noise of floating point


def topsis(
    normalised: np.ndarray,
    weights: Sequence[float] | np.ndarray,
    best: float | None = None,
    worst: float | None = None,
) -> np.ndarray:
    """Closeness d⁻ / (d⁺ + d⁻) to the ideal and away from the anti-ideal, 0 to 1, shape (alternatives,).

    The values are normalised already, higher being better. The ideal has the best value of each criterion among the
    alternatives, unless `best` and `worst` give the ends of a fixed scale. 0.5 where ideal and anti-ideal are the same.
    Source: Hwang & Yoon 1981, Multiple Attribute Decision Making; the order depends on the normalisation, as Opricovic
    & Tzeng 2004 (EJOR 156:445–455) show.
    """
    scale = np.asarray(weights, dtype=float)
    weighted = normalised * scale
    ideal = weighted.max(axis=0) if best is None else best * scale
    anti_ideal = weighted.min(axis=0) if worst is None else worst * scale
    to_ideal = np.sqrt(((weighted - ideal) ** 2).sum(axis=1))
    to_anti_ideal = np.sqrt(((weighted - anti_ideal) ** 2).sum(axis=1))
    total = to_ideal + to_anti_ideal
    return np.asarray(np.where(total <= _SAME, 0.5, to_anti_ideal / np.where(total <= _SAME, 1, total)))


@dataclass(frozen=True)
class Vikor:
    """The three measures of VIKOR, lower being better, each of shape (alternatives,)."""

    group: np.ndarray  # S: the weighted sum of the regrets
    individual: np.ndarray  # R: the largest weighted regret
    compromise: np.ndarray  # Q: between the two


def vikor(
    values: np.ndarray, weights: Sequence[float] | np.ndarray, maximise: Sequence[bool], group_share: float = 0.5
) -> Vikor:
    """S, R and Q of each alternative; `group_share` is v, the weight of the group's regret.

    S = Σ w·(f*−f)/(f*−f⁻), R = max of the same terms, Q = v·(S−S*)/(S⁻−S*) + (1−v)·(R−R*)/(R⁻−R*). A criterion on
    which all are equal, and a measure that is the same for all, count for nothing.
    Source: Opricovic 1998; Opricovic & Tzeng 2004, EJOR 156:445–455.
    """
    regrets = np.asarray(weights, dtype=float) * (1 - by_range(values, maximise))
    group, individual = regrets.sum(axis=1), regrets.max(axis=1)
    return Vikor(group, individual, group_share * _spread(group) + (1 - group_share) * _spread(individual))


def _spread(measure: np.ndarray) -> np.ndarray:
    width = measure.max() - measure.min()
    return np.zeros_like(measure) if width <= _SAME else (measure - measure.min()) / width


@dataclass(frozen=True)
class Compromise:
    """What VIKOR proposes: one alternative if it leads clearly and stably, else several, best first."""

    alternatives: tuple[int, ...]
    advantage: bool  # C1: Q(second) − Q(first) ≥ 1/(N−1)
    stable: bool  # C2: the first by Q is also the first by S or by R


def compromise(found: Vikor) -> Compromise:
    """The compromise solution by the conditions C1 and C2; numbers of rows.

    Only C2 fails: the first two. C1 fails: all whose Q lies within 1/(N−1) of the first.
    Source: Opricovic & Tzeng 2004, EJOR 156:445–455.
    """
    order = np.argsort(found.compromise, kind="stable")
    if len(order) < 2:
        return Compromise(tuple(order.tolist()), advantage=True, stable=True)
    first, needed = order[0], 1 / (len(order) - 1)
    behind = found.compromise[order] - found.compromise[first]
    advantage = bool(behind[1] >= needed - _SAME)
    stable = any(bool(m[first] <= m.min() + _SAME) for m in (found.group, found.individual))
    together = order[: 1 if stable else 2] if advantage else order[behind < needed - _SAME]
    return Compromise(tuple(together.tolist()), advantage, stable)
