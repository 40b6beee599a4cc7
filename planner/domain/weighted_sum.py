"""The weighted sum over criteria, and the normalisations that make criteria of different units comparable.

Values have the shape (alternatives, criteria); `maximise` says of each criterion whether more is better. A normalised
value is always the higher the better. Sources: Fishburn 1967 (additive utilities); Keeney & Raiffa 1976, Decisions with
Multiple Objectives; Hwang & Yoon 1981, Multiple Attribute Decision Making, ch. 2 (normalisations).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def weighted_sum(normalised: np.ndarray, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """Σ_c w_c·r_c, shape (alternatives,)."""
    return np.asarray(normalised @ np.asarray(weights, dtype=float))


def by_vector(values: np.ndarray, maximise: Sequence[bool]) -> np.ndarray:
    """Divides by √Σx² of each column, costs with a minus. Depends on which alternatives are present."""
    length = np.sqrt((values**2).sum(axis=0))
    return np.asarray(_sign(maximise) * values / np.where(length == 0, 1, length))


def by_range(values: np.ndarray, maximise: Sequence[bool]) -> np.ndarray:
    """(x − worst) / (best − worst) of the alternatives present; 1 for all where they are all the same.

    The linear normalisation of Opricovic & Tzeng 2004. Depends on which alternatives are present.
    """
    turned = _sign(maximise) * values
    worst, best = turned.min(axis=0), turned.max(axis=0)
    width = best - worst
    return np.asarray(np.where(width == 0, 1.0, (turned - worst) / np.where(width == 0, 1, width)))


def by_sum(values: np.ndarray, maximise: Sequence[bool]) -> np.ndarray:
    """Shares x / Σx of each column, of costs (1/x) / Σ(1/x); all must be above 0. Depends on the alternatives."""
    shares = np.where(np.asarray(maximise), values, 1 / values)
    return np.asarray(shares / shares.sum(axis=0))


def by_scale(values: np.ndarray, maximise: Sequence[bool], low: float, high: float) -> np.ndarray:
    """(x − low) / (high − low) with the ends of the scale, the same whatever alternatives are present."""
    shares = (values - low) / (high - low)
    return np.asarray(np.where(np.asarray(maximise), shares, 1 - shares))


def _sign(maximise: Sequence[bool]) -> np.ndarray:
    return np.where(np.asarray(maximise), 1.0, -1.0)
