"""Which metric to optimise and which to threshold, proposed from what a team knows before training.

Source: FSDL 2021, lecture 5 ("Metrics"): optimise one metric and threshold the others. To choose which to threshold:
what can be engineered around, what is least sensitive to the choice of model, what is closest to the value that is
needed. To choose the values: what the use downstream tolerates, how the baseline does, how important it is right now.
That several satisficing metrics leave one to optimise: Ng, Machine Learning Yearning, chapter 9. The source gives no
order among its three grounds, so they count alike: the metric that the fewest grounds speak for thresholding is
optimised, and of those the one that is furthest from what is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from planner.domain.errors import Invalid
from planner.domain.metrics import (
    Contract,
    ContractDraft,
    Direction,
    MetricName,
    OptimisedMetric,
    Slices,
    ThresholdedMetric,
    Value,
)
from planner.domain.metrics_words import limit
from planner.domain.model import Line, Model, at_most
from planner.domain.wording import listed, measure

MAX_METRICS = 51  # a contract has one optimised metric and fifty thresholded ones
WHICH = "FSDL 2021, lecture 5: choosing which metrics to threshold"
VALUES = "FSDL 2021, lecture 5: choosing threshold values"
ONE = "Ng, Machine Learning Yearning, chapter 9; FSDL 2021, lecture 5"
LATER = "FSDL 2021, lecture 5: revise the metric as the numbers improve"

Note = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]
Sensitivity = Literal["little", "some", "much"]
Importance = Literal["fully", "somewhat", "not_yet"]
ProposedRole = Literal["optimised", "thresholded", "off", "open"]
ReasonCode = Literal[
    "only",
    "no_end",
    "furthest",
    "fewest",
    "unmeasured",
    "all_met",
    "around",
    "insensitive",
    "met",
    "somewhat",
    "closer",
    "not_yet",
    "kept",
    "value_needed",
    "value_reached",
    "value_open",
]


class MetricNeed(Model):
    """What is known of one metric before it is agreed what to do with it."""

    name: MetricName = Field(examples=["angle_error"])
    direction: Direction
    unit: Line = ""
    needed: Value | None = Field(
        default=None, description="What the use downstream needs; null when more is always better."
    )
    reached: Value | None = Field(default=None, description="What the baseline, or the best model so far, does today.")
    around: bool | None = Field(
        default=None, description="Whether a shortfall can be engineered around; null when nobody knows."
    )
    sensitivity: Sensitivity | None = Field(
        default=None, description="How much it depends on the choice of model; null when nobody knows."
    )
    importance: Importance = Field(default="fully", description="How important it is right now.")
    note: Note = Field(default="", description="Why so much is needed, or why it does not matter yet.")

    @property
    def gap(self) -> float | None:
        """How far it is from what is needed, relative to that, as the shortfall of a run is; 0 when met."""
        if self.needed is None or self.reached is None:
            return None
        missing = self.needed - self.reached if self.direction == "maximise" else self.reached - self.needed
        return min(max(0.0, missing) / (abs(self.needed) or 1.0), sys.float_info.max)


class ProposalRequest(Model):
    """The metrics that matter, or will."""

    metrics: Annotated[
        tuple[MetricNeed, ...],
        Field(max_length=MAX_METRICS, description="What is known of each."),
        at_most(MAX_METRICS),
    ]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [metric.name for metric in self.metrics]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"metric '{name}' stands more than once")
        return self


class ProposalReason(Model):
    """One ground for what is proposed."""

    code: ReasonCode = Field(description="The ground in one word.")
    text: str = Field(description="The ground in words.")
    source: str = Field(description="Where the rule comes from.")


class ProposalLine(Model):
    """What is proposed for one metric."""

    name: str
    role: ProposedRole = Field(description="`open` where no threshold can be told from what is known.")
    direction: Direction
    unit: str
    threshold: float | None = Field(description="Its threshold; null for the optimised metric, and while it is open.")
    baseline: float | None = Field(description="What is reached today.")
    gap: float | None = Field(description="How far it is from what is needed, relative to it; null unknown.")
    against: Literal["value", "production"] = Field(default="value", description="What the threshold compares with.")
    slices: Slices = Field(default=(), description="As the present contract has them.")
    confidence: float | None = Field(default=None, description="As the present contract asks it.")
    reason: str = Field(description="What the contract would say: why this threshold, or why it is off.")
    reasons: tuple[ProposalReason, ...] = Field(description="Why it is proposed so.")


class Proposal(Model):
    """A contract that follows from what is known, with the ground of each line. Nothing of it is agreed yet."""

    lines: tuple[ProposalLine, ...] = Field(description="The optimised metric first, then as they were listed.")
    contract: ContractDraft | None = Field(description="What could be agreed as it is; null while a line is open.")


def propose(request: ProposalRequest, present: Contract | None = None) -> Proposal:
    """The contract that is proposed. Invalid when nothing matters now.

    Slices and confidences of the present contract, and what it asks against production, are carried over.
    """
    needs = request.metrics
    live = [need for need in needs if need.importance != "not_yet"]
    if not live:
        cure = "say of at least one metric that it matters now; that one is optimised"
        raise Invalid.one("metrics", cure if needs else "name at least one metric")
    against = {need.name: _against_optimising(need) for need in needs}
    best = min(live, key=lambda need: (len(against[need.name]), -_distance(need), _steadiness(need)))
    lines = [_optimised(best, live, against)]
    lines += [_thresholded(need, best, against[need.name]) for need in needs if need is not best]
    lines = [*_carried_over(lines, present), *_floors(present)]
    if len(lines) > MAX_METRICS:
        raise Invalid.one("metrics", f"at most {MAX_METRICS}, with those that the contract compares with production")
    return Proposal(lines=tuple(lines), contract=_contract(lines))


def _distance(need: MetricNeed) -> float:
    """How far a metric is from what is needed: without end where nothing is enough, unknown before what is met."""
    if need.needed is None:
        return float("inf")
    return need.gap if need.gap is not None else 0.0


def _steadiness(need: MetricNeed) -> tuple[bool, int]:
    """What decides between equals: a measured metric is met, an unmeasured one may not be; then the sensitivity."""
    return need.gap == 0, {"much": 0, "some": 1, None: 1, "little": 2}[need.sensitivity]


def _against_optimising(need: MetricNeed) -> list[ProposalReason]:
    """The grounds for thresholding a metric rather than driving it."""
    found = []
    if need.around:
        found.append(_reason("around", "A shortfall can be engineered around.", WHICH))
    if need.sensitivity == "little":
        found.append(_reason("insensitive", "It depends little on which model is chosen.", WHICH))
    if need.gap == 0:
        found.append(_reason("met", f"It is met already: {_today(need)}.", WHICH))
    if need.importance == "somewhat":
        found.append(_reason("somewhat", "It matters only somewhat right now.", VALUES))
    return found


def _optimised(
    need: MetricNeed, live: Sequence[MetricNeed], against: Mapping[str, Sequence[ProposalReason]]
) -> ProposalLine:
    reasons = []
    if len(live) == 1:
        reasons.append(_reason("only", "It is the only metric that matters now.", ONE))
    elif need.needed is None:
        reasons.append(
            _reason("no_end", "No value is stated at which it is good enough, so better always counts.", ONE)
        )
    elif need.gap is None:
        text = "Whether it meets what is needed has not been measured; measure a baseline, and propose again."
        reasons.append(_reason("unmeasured", text, WHICH))
    elif further := [other.name for other in live if _distance(other) > _distance(need)]:
        # Another may be further off and be thresholded all the same, when more speaks for that.
        text = f"Less speaks for thresholding it than for {listed(further, 3)}, which is further off: {_today(need)}."
        reasons.append(_reason("fewest", text, WHICH))
    elif need.gap == 0:
        text = f"Nothing that was measured falls short, and least speaks for thresholding this one: {_today(need)}."
        reasons.append(_reason("all_met", text, WHICH))
    else:
        text = f"Of the metrics that matter now, it is furthest from what is needed: {_today(need)}."
        reasons.append(_reason("furthest", text, WHICH))
    return ProposalLine(
        **_known(need), role="optimised", threshold=None, reason="", reasons=(*reasons, *against[need.name])
    )


def _thresholded(need: MetricNeed, best: MetricNeed, against: Sequence[ProposalReason]) -> ProposalLine:
    if need.importance == "not_yet":
        return _switched_off(need)
    reasons = list(against)
    if not reasons:
        reasons.append(_reason("closer", _why_not(need, best), WHICH))
    value = need.needed
    if need.importance == "somewhat" and need.gap and need.reached is not None:
        value = need.reached
        text = f"It matters only somewhat now, so what is reached today is held: {_today(need)}."
        reasons.append(_reason("value_reached", text, VALUES))
    elif value is not None:
        reasons.append(_reason("value_needed", f"The use downstream needs {_limit(need, value)}.", VALUES))
    elif need.reached is not None:
        value = need.reached
        text = f"Nothing more is stated to be needed, so it must not fall behind today: {measure(value, need.unit)}."
        reasons.append(_reason("value_reached", text, VALUES))
    else:
        text = "Say what is needed of it, or what is reached today; without one of both it has no threshold."
        reasons.append(_reason("value_open", text, VALUES))
    return ProposalLine(
        **_known(need),
        role="open" if value is None else "thresholded",
        threshold=value,
        reason=need.note or " ".join(reason.text for reason in reasons[-1:] if value is not None),
        reasons=tuple(reasons),
    )


def _switched_off(need: MetricNeed) -> ProposalLine:
    value = need.reached if need.needed is None else need.needed
    why = need.note or "It does not matter yet."
    why += "" if why.endswith((".", "!", "?")) else "."
    stands = (
        f" Today {measure(need.reached, need.unit)}." if need.needed is not None and need.reached is not None else ""
    )
    text = f"{why}{stands} Look again as the numbers improve."
    reasons = [_reason("not_yet", f"Off for now. {why}", LATER)]
    if value is None:
        reasons.append(_reason("value_open", "It has no threshold yet, so the contract can leave it out.", VALUES))
    return ProposalLine(
        **_known(need), role="open" if value is None else "off", threshold=value, reason=text, reasons=tuple(reasons)
    )


def _why_not(need: MetricNeed, best: MetricNeed) -> str:
    if need.needed is None:
        return f"Only one metric can be driven, and {best.name} is proposed for it."
    if best.needed is None:
        return f"A value is stated at which it is good enough, and none of {best.name}."
    return f"It is closer to what is needed than {best.name}: {_today(need)}."


def _today(need: MetricNeed) -> str:
    needed = "nothing is stated to be needed" if need.needed is None else f"{_limit(need, need.needed)} needed"
    return f"{needed}, {'not measured' if need.reached is None else measure(need.reached, need.unit) + ' reached'}"


def _limit(need: MetricNeed, value: float) -> str:
    return limit(need.direction, value, need.unit)


def _reason(code: ReasonCode, text: str, source: str) -> ProposalReason:
    return ProposalReason(code=code, text=text, source=source)


def _known(need: MetricNeed) -> dict[str, object]:
    stated = need.model_dump(include={"name", "direction", "unit"})
    return {**stated, "baseline": need.reached, "gap": need.gap}


def _carried_over(lines: Sequence[ProposalLine], present: Contract | None) -> list[ProposalLine]:
    """The lines with the slices and confidences that were agreed before."""
    before = {metric.name: metric for metric in (present.metrics if present else ()) if not _is_floor(metric)}
    result = []
    for line in lines:
        metric = before.get(line.name)
        said: dict[str, object] = {"slices": metric.slices} if metric else {}
        if isinstance(metric, ThresholdedMetric) and line.role != "optimised":
            said["confidence"] = metric.confidence
        result.append(line.model_copy(update=said))
    return result


def _floors(present: Contract | None) -> list[ProposalLine]:
    """What the present contract asks against production: it is asked beside a metric's role, and stays."""
    return [
        ProposalLine(
            **metric.model_dump(include={"name", "direction", "unit", "threshold", "baseline", "slices", "confidence"}),
            gap=None,
            against="production",
            role="thresholded" if metric.enabled else "off",
            reason=metric.reason,
            reasons=(_reason("kept", "Kept from the present contract: it compares with production.", ONE),),
        )
        for metric in (present.thresholded if present else ())
        if _is_floor(metric)
    ]


def _is_floor(metric: OptimisedMetric | ThresholdedMetric) -> bool:
    return isinstance(metric, ThresholdedMetric) and metric.against == "production"


def _contract(lines: Sequence[ProposalLine]) -> ContractDraft | None:
    if any(line.role == "open" for line in lines):
        return None
    first, *others = (line.model_dump(include={"name", "direction", "unit", "baseline", "slices"}) for line in lines)
    return ContractDraft(
        optimised=OptimisedMetric(**first),
        thresholded=tuple(
            ThresholdedMetric(
                **shared,
                **line.model_dump(include={"threshold", "against", "confidence", "reason"}),
                enabled=line.role == "thresholded",
            )
            for shared, line in zip(others, lines[1:], strict=True)
        ),
    )
