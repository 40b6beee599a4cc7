"""How far levels move, and what accuracy costs: the arithmetic of a what-if."""

from __future__ import annotations

from math import log10
from typing import cast

from pydantic import Field

from planner.domain.model import Model
from planner.domain.playbook_entry import LEVELS
from planner.domain.playbook_moves import AccuracyCost, Shift
from planner.domain.scoring import Belief

MOST = LEVELS[-1] - LEVELS[0]


def shifted(belief: Belief, shift: Shift) -> Belief:
    """The belief after a shift that is itself uncertain: their convolution, cut at the ends of the scale.

    The shift is a discrete triangle like an answer's: weight 1 at `by`, falling linearly to 1/(d+1) at an end that
    lies d steps away.

    >>> shifted((0.0, 1.0, 0.0, 0.0, 0.0), Shift(criterion="a", by=1, low=0, high=1))
    (0.0, 0.3333333333333333, 0.6666666666666666, 0.0, 0.0)
    """
    weights = {}
    for step in range(shift.low, shift.high + 1):
        end_distance = shift.by - shift.low if step < shift.by else shift.high - shift.by
        weights[step] = 1 - abs(step - shift.by) / (end_distance + 1)
    total = sum(weights.values())
    moved = [0.0] * len(LEVELS)
    for level, probability in zip(LEVELS, belief, strict=True):
        for step, weight in weights.items():
            moved[min(max(level + step, LEVELS[0]), LEVELS[-1]) - 1] += probability * weight / total
    return cast(Belief, tuple(moved))


def expected_level(belief: Belief) -> float:
    """The mean of the levels."""
    return round(sum(level * p for level, p in zip(LEVELS, belief, strict=True)), 12)


def level_quantile(belief: Belief, q: float) -> int:
    """The lowest level at which at least q of the probability lies."""
    reached = 0.0
    for level, probability in zip(LEVELS, belief, strict=True):
        reached += probability
        if reached >= q - 1e-9:
            return level
    return LEVELS[-1]


class CostOfAccuracy(Model):
    """What one accuracy costs relative to another, by nines."""

    accuracy_from: float = Field(description="The accuracy that was asked for, in per cent.")
    accuracy_to: float = Field(description="The accuracy that is asked for instead, in per cent.")
    nines_from: float = Field(description="−log₁₀(1 − accuracy) of the first: 99 per cent are two nines.")
    nines_to: float = Field(description="The same of the second.")
    per_nine: float = Field(description="The factor for each nine that was used.")
    factor: float = Field(description="The cost of the second as a multiple of that of the first.")
    low: float = Field(description="The low end of the band: by the factors that the source allows.")
    high: float = Field(description="The high end of the band.")
    note: str = Field(description="How far this can be trusted.")
    source: str


def nines(accuracy: float) -> float:
    """−log₁₀(1 − accuracy), the accuracy in per cent below 100: 99.9 are three nines."""
    return round(-log10((100 - accuracy) / 100), 9) + 0.0


def relative_cost(accuracy_from: float, accuracy_to: float, per_nine: float) -> float:
    """per_nine ** (nines(to) − nines(from)). A rule of thumb: cost rises by a factor with each nine.

    Source: two teams in Google, Managing ML Projects; that it is steep: FSDL 2021, lecture 5; the form is derived.
    """
    return float(per_nine ** (nines(accuracy_to) - nines(accuracy_from)))


def cost_of_accuracy(
    rule: AccuracyCost, accuracy_from: float, accuracy_to: float, per_nine: float | None
) -> CostOfAccuracy:
    """The relative cost with its band. A factor that somebody states stands for itself and has no band."""
    used = [rule.per_nine, rule.low, rule.high] if per_nine is None else [per_nine]
    costs = [relative_cost(accuracy_from, accuracy_to, k) for k in used]
    return CostOfAccuracy(
        accuracy_from=accuracy_from,
        accuracy_to=accuracy_to,
        nines_from=nines(accuracy_from),
        nines_to=nines(accuracy_to),
        per_nine=used[0],
        factor=costs[0],
        low=min(costs),
        high=max(costs),
        note=rule.note,
        source=rule.source,
    )


def level_of_accuracy(rule: AccuracyCost, accuracy: float) -> int:
    """The level at which the criterion lies that asks for this accuracy, by the playbook."""
    return LEVELS[0] + sum(accuracy < bound for bound in rule.levels)


def accuracy_shift(rule: AccuracyCost, accuracy_from: float, accuracy_to: float) -> Shift | None:
    """How far the criterion moves, never against the direction of the change; None within one level."""
    by = level_of_accuracy(rule, accuracy_to) - level_of_accuracy(rule, accuracy_from)
    if by == 0:
        return None
    low, high = (max(0, by - rule.spread), min(MOST, by + rule.spread))
    if by < 0:
        low, high = (max(-MOST, by - rule.spread), min(0, by + rule.spread))
    return Shift(criterion=rule.criterion, by=by, low=low, high=high)
