"""PROMETHEE II: each alternative is compared with every other, and wins or loses a little on each criterion.

No large lead on one criterion can make up for many small losses, which tells whether an additive result is one of
compensation. The flows depend on which alternatives are present.
Sources: Brans & Vincke 1985, Management Science 31:647–656; by sorting in O(K·N·log N) instead of N² comparisons:
Calders & Van Assche, arXiv:1603.00091.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Preference:
    """How strongly a difference speaks for the better one: 0 up to `indifference`, 1 from `strict` on, linear between.

    The types of Brans & Vincke: (0, 0) is the usual criterion, where any difference counts in full; (q, q) the U-shape;
    (0, p) the V-shape; (q, p) the linear one. `indifference` must not be above `strict`, and neither below 0.
    """

    indifference: float = 0.0
    strict: float = 0.0


USUAL = Preference()


@dataclass(frozen=True)
class Flows:
    """How far each alternative outranks the others and is outranked by them, 0 to 1, each of shape (alternatives,)."""

    positive: np.ndarray
    negative: np.ndarray

    @property
    def net(self) -> np.ndarray:
        """φ = φ⁺ − φ⁻, by which PROMETHEE II ranks; between −1 and 1, and 0 in sum."""
        return np.asarray(self.positive - self.negative)


def promethee(
    values: np.ndarray,
    weights: Sequence[float] | np.ndarray,
    maximise: Sequence[bool],
    preferences: Sequence[Preference],
) -> Flows:
    """φ⁺ = Σ_b π(a, b)/(N−1) and φ⁻ = Σ_b π(b, a)/(N−1), where π(a, b) = Σ_c w_c·P_c(a_c − b_c); Σw is 1.

    `values` has the shape (alternatives, criteria). An alternative without others has no flow.
    """
    positive, negative = np.zeros(len(values)), np.zeros(len(values))
    for column, weight, more, preference in zip(values.T, weights, maximise, preferences, strict=True):
        turned = column if more else -column
        positive += weight * _wins(turned, preference)
        negative += weight * _wins(-turned, preference)
    others = max(len(values) - 1, 1)
    return Flows(positive / others, negative / others)


def _wins(values: np.ndarray, preference: Preference) -> np.ndarray:
    """Σ_b P(a − b) over all b, for each a: (alternatives,) → (alternatives,).

    In sorted order the b beaten in full are a prefix, and those beaten in part follow it; sums over both come from
    running totals.
    """
    ordered = np.sort(values)
    totals = np.concatenate(([0.0], np.cumsum(ordered)))
    reach = values - preference.indifference
    beaten = np.searchsorted(ordered, reach, side="left")  # b < a − q
    width = preference.strict - preference.indifference
    if width == 0:
        return beaten.astype(float)
    in_full = np.searchsorted(ordered, values - preference.strict, side="right")  # b ≤ a − p
    in_part = ((beaten - in_full) * reach - (totals[beaten] - totals[in_full])) / width
    return np.asarray(in_full + in_part)
