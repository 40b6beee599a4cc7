"""The numbers of product scores among the facts that a project states: reach, confidence, cost of delay and so on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite

from planner.domain.attributes import Attribute
from planner.domain.comparison_methods import MethodId
from planner.domain.product_scores import cost_of_delay_by_duration, ice, rice, wsjf

NAMES = frozenset(
    "reach impact confidence effort ease cost_of_delay duration".split()
    + "business_value time_criticality risk_reduction job_size".split()
)


def planning_numbers(attributes: Mapping[str, Attribute]) -> dict[str, float]:
    """The attributes that are numbers of at least 0, by NAMES: "Cost of delay" is cost_of_delay.

    Text counts when it is a plain number or a percentage (80 % is 0.8). Nothing else is guessed at.
    """
    known = {name: value for given, value in attributes.items() if (name := _known(given))}
    return {name: number for name, value in known.items() if (number := _number(value)) is not None}


@lru_cache(maxsize=4096)  # thousands of imported projects have the same few dozen names
def _known(given: str) -> str | None:
    name = re.sub(r"[^a-z0-9]+", "_", given.lower()).strip("_")
    return name if name in NAMES else None


def _number(value: Attribute) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        text = str(value).strip()
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def product_scores(numbers: Mapping[str, float], impact: float, effort: float | None) -> dict[MethodId, float]:
    """The score of each method whose numbers are all stated, and whose divisor is above 0.

    `impact` is the expected impact from 1 to 5 and `effort` the person-weeks that the project states; without these,
    an attribute called effort is taken for RICE. Impact per effort is the share of the possible impact, (impact−1)/4,
    per person-week.
    """
    found: dict[MethodId, float] = {}
    given = dict(numbers) if effort is None else {**numbers, "effort": effort}
    if effort:
        found["impact_per_effort"] = (impact - 1) / 4 / effort
    if _stated(given, ("reach", "impact", "confidence"), "effort"):
        found["rice"] = rice(given["reach"], given["impact"], given["confidence"], given["effort"])
    if _stated(given, ("impact", "confidence", "ease")):
        found["ice"] = ice(given["impact"], given["confidence"], given["ease"])
    if _stated(given, ("cost_of_delay",), "duration"):
        found["cd3"] = cost_of_delay_by_duration(given["cost_of_delay"], given["duration"])
    parts = ("business_value", "time_criticality", "risk_reduction")
    if _stated(given, parts, "job_size"):
        found["wsjf"] = wsjf(given[parts[0]], given[parts[1]], given[parts[2]], given["job_size"])
    return {method: score for method, score in found.items() if isfinite(score)}


def _stated(given: Mapping[str, float], names: tuple[str, ...], divisor: str = "") -> bool:
    return all(name in given for name in names) and (not divisor or given.get(divisor, 0) > 0)
