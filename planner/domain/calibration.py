"""How good forecasts were, once it is known what came: scores, and the calibration curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import erf, exp, pi, sqrt
from typing import Literal

from pydantic import Field

from planner.domain.model import Model
from planner.domain.proportions import wilson

Pair = tuple[float, bool]  # a forecast probability, and whether the thing came

MOST_DISTINCT = 11  # so many distinct probabilities are grouped as they are, as when all say tens of a per cent
TENTHS, FIFTHS = 10, 5
ENOUGH_FOR_TENTHS = 100  # forecasts; with fewer the curve has five bins, which is coarse but not all noise
ENOUGH = 30  # scored forecasts below which a page says how little a curve can mean


def brier(pairs: Sequence[Pair]) -> float:
    """The mean of (p − y)², from 0, perfect, to 1; one half for everything scores 0.25. At least one pair.

    Source: Brier 1950, Monthly Weather Review 78:1-3, in the form for two outcomes.
    """
    return sum((p - y) ** 2 for p, y in pairs) / len(pairs)


class Decomposition(Model):
    """The parts of a Brier score: brier = reliability − resolution + uncertainty + within."""

    grouping: Literal["distinct", "bins"] = Field(
        description="How forecasts were grouped: by each distinct probability, or by bins when there are many."
    )
    reliability: float = Field(description="How far what was said lies from what came; 0 is perfect.")
    resolution: float = Field(description="How far the groups' outcomes lie from the overall share; more is better.")
    uncertainty: float = Field(description="The share of successes times that of failures: what nobody can forecast.")
    within: float = Field(description="What grouping unequal forecasts hides; 0 when grouped by distinct probability.")


def decompose(pairs: Sequence[Pair]) -> Decomposition:
    """Murphy's decomposition of the Brier score. At least one pair.

    REL = Σ n_k (p_k − ō_k)² / n, RES = Σ n_k (ō_k − ō)² / n, UNC = ō (1 − ō); source: Murphy 1973, Journal of Applied
    Meteorology 12:595-600. It is exact when each group holds one distinct probability. With many distinct ones the
    groups are the bins of the curve and p_k their mean; what is then missing, the variance within bins less twice the
    covariance with the outcome, is given as `within` (Stephenson, Coelho & Jolliffe 2008, Weather and Forecasting
    23:752-757).
    """
    count = len(pairs)
    overall = sum(y for _, y in pairs) / count
    distinct = {p for p, _ in pairs}
    exact = len(distinct) <= MOST_DISTINCT
    groups = _grouped(pairs, {p: p for p in distinct}) if exact else _grouped(pairs, bins_of(pairs))
    reliability = resolution = within = 0.0
    for group in groups.values():
        said = group[0][0] if exact else sum(p for p, _ in group) / len(group)
        came = sum(y for _, y in group) / len(group)
        reliability += len(group) * (said - came) ** 2 / count
        resolution += len(group) * (came - overall) ** 2 / count
        if not exact:
            within += sum((p - said) ** 2 - 2 * (p - said) * (y - came) for p, y in group) / count
    return Decomposition(
        grouping="distinct" if exact else "bins",
        reliability=reliability,
        resolution=resolution,
        uncertainty=overall * (1 - overall),
        within=within,
    )


class CurvePoint(Model):
    """The forecasts of one bin against what came. `share_low` to `share_high` is the Wilson interval at 95 %."""

    low: float = Field(description="The least probability of the bin, inclusive.")
    high: float = Field(description="The largest probability of the bin; only 1 itself is inclusive.")
    forecasts: int = Field(description="How many forecasts the bin holds.")
    mean: float = Field(description="The mean of the probabilities.")
    successes: int = Field(description="How many of them came true.")
    share: float = Field(description="The share that came true.")
    share_low: float = Field(description="The lower end of the Wilson interval of the share, 95 %.")
    share_high: float = Field(description="Its upper end.")


def bins_of(pairs: Sequence[Pair]) -> dict[float, float]:
    """The number of the bin of each probability: tenths when there are enough forecasts, else fifths."""
    bins = TENTHS if len(pairs) >= ENOUGH_FOR_TENTHS else FIFTHS
    # An edge such as 0.6 opens its bin, though 0.6 · 5 may come out below 3: a part in 10⁹ is added.
    return {p: min(int(p * bins + 1e-9), bins - 1) / bins for p, _ in pairs}


def curve(pairs: Sequence[Pair]) -> tuple[CurvePoint, ...]:
    """The calibration curve: in each bin that holds a forecast, what was said against what came."""
    width = 1 / (TENTHS if len(pairs) >= ENOUGH_FOR_TENTHS else FIFTHS)
    points = []
    for low, group in sorted(_grouped(pairs, bins_of(pairs)).items()):
        successes, count = sum(y for _, y in group), len(group)
        share_low, share_high = wilson(successes, count)
        points.append(
            CurvePoint(
                low=low,
                high=round(low + width, 9),
                forecasts=count,
                mean=min(1.0, sum(p for p, _ in group) / count),
                successes=successes,
                share=successes / count,
                share_low=share_low,
                share_high=share_high,
            )
        )
    return tuple(points)


def _grouped(pairs: Iterable[Pair], group_of: Mapping[float, float]) -> dict[float, list[Pair]]:
    groups: dict[float, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(group_of[pair[0]], []).append(pair)
    return groups


def skill(pairs: Sequence[Pair]) -> float | None:
    """1 − brier / uncertainty: how much better than to say the base rate for everything; 0 as good, below 0 worse.

    None when all came out alike: then the base rate, known only afterwards, could not be beaten.
    """
    overall = sum(y for _, y in pairs) / len(pairs)
    return 1 - brier(pairs) / (overall * (1 - overall)) if 0 < overall < 1 else None


def interval_score(low: float, high: float, value: float, alpha: float) -> float:
    """The score of an interval that shall hold the value but with the chance `alpha`: its width, and a fine for a miss.

    (u − l) + (2/alpha)(l − x)₊ + (2/alpha)(x − u)₊, in the unit of the value; less is better. Source: Gneiting &
    Raftery 2007, Journal of the American Statistical Association 102:359-378, eq. 43.
    """
    return (high - low) + 2 / alpha * (max(0.0, low - value) + max(0.0, value - high))


def crps_normal(mean: float, deviation: float, value: float) -> float:
    """The continuous ranked probability score of a normal forecast, in the unit of the value; less is better.

    sd·[z(2Φ(z) − 1) + 2φ(z) − 1/√π] with z = (x − mean)/sd. Without a spread it is the absolute error. Source:
    Gneiting & Raftery 2007, as above, section 4.2, with the sign turned so that less is better.
    """
    if deviation == 0:
        return abs(value - mean)
    z = (value - mean) / deviation
    density = exp(-z * z / 2) / sqrt(2 * pi)
    return deviation * (z * erf(z / sqrt(2)) + 2 * density - 1 / sqrt(pi))
