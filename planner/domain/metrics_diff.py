"""What differs between two versions of a metric contract, metric by metric and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from planner.domain.metrics import ContractDraft, Metric, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_words import bound_words, requirement, share, worst_of
from planner.domain.model import Model
from planner.domain.wording import measure

Agreed = OptimisedMetric | ThresholdedMetric
Pair = tuple[Agreed | None, Agreed | None]  # before and after; None where there was or is none
ChangeKind = Literal[
    "added",
    "removed",
    "role",
    "direction",
    "unit",
    "threshold",
    "against",
    "confidence",
    "slices",
    "off",
    "on",
    "baseline",
    "reason",
]


class MetricChange(Model):
    """One thing that is otherwise in the later version."""

    metric: str = Field(description="The metric that is meant.")
    kind: ChangeKind
    old: str | None = Field(description="What it was, in words; null for nothing.")
    new: str | None = Field(description="What it is, in words; null for nothing.")
    stricter: bool | None = Field(
        default=None, description="Of a threshold, whether it asks more; null where that cannot be said."
    )
    text: str = Field(description="The change as a sentence.")


class ContractDiff(Model):
    """What changed from one version of a contract to another; a version that is not agreed yet has no number."""

    from_version: int | None = Field(description="The earlier version; null where nothing was agreed before.")
    to_version: int | None = Field(description="The later version; null for one that is not agreed yet.")
    reason: str = Field(description="Why the later version was agreed.")
    changes: tuple[MetricChange, ...] = Field(description="The optimised metric first, then as they are listed.")


def contract_changes(before: ContractDraft | None, after: ContractDraft) -> tuple[MetricChange, ...]:
    """All that changed; everything is new where nothing was agreed before."""
    old, new = _entries(before), _entries(after)
    pairs: list[Pair] = [(old.get(key), metric) for key, metric in new.items()]
    pairs += [(metric, None) for key, metric in old.items() if key not in new]
    return tuple(change for was, now in _moved_to_production(pairs) for change in _compare(was, now))


def _entries(contract: ContractDraft | None) -> dict[tuple[str, str], Agreed]:
    """The metrics by name and by what they are compared with: a metric has one role, and may have a floor beside it."""
    return {
        (metric.name, metric.against if isinstance(metric, ThresholdedMetric) else "value"): metric
        for metric in (contract.metrics if contract else ())
    }


def _moved_to_production(pairs: list[Pair]) -> Iterator[Pair]:
    """The pairs; a threshold that only changed what it is compared with is one change and not two."""
    gone = {was.name: was for was, now in pairs if was and now is None and isinstance(was, ThresholdedMetric)}
    came = [now.name for was, now in pairs if now and was is None and isinstance(now, ThresholdedMetric)]
    moved = {name: metric for name, metric in gone.items() if came.count(name) == 1}
    for was, now in pairs:
        if was is None and isinstance(now, ThresholdedMetric) and now.name in moved:
            yield moved[now.name], now
        elif now is not None or was is None or moved.get(was.name) is not was:
            yield was, now


def _compare(was: Agreed | None, now: Agreed | None) -> Iterator[MetricChange]:
    if was is None or now is None:
        metric = was or now
        assert metric is not None
        yield _come_or_gone(metric, gone=now is None)
        return
    if isinstance(was, OptimisedMetric) != isinstance(now, OptimisedMetric):
        yield _change(now, "role", _role(was), _role(now), f"{now.name} is {_role(now)}; it was {_role(was)}.")
    elif was.direction != now.direction:
        text = f"{now.name}: now to {now.direction}, before to {was.direction}."
        yield _change(now, "direction", was.direction, now.direction, text)
    if was.unit != now.unit:
        units = was.unit or "none", now.unit or "none"
        yield _change(now, "unit", was.unit or None, now.unit or None, f"{now.name}: unit {units[0]} → {units[1]}.")
    if isinstance(was, ThresholdedMetric) and isinstance(now, ThresholdedMetric):
        yield from _compare_thresholds(was, now)
    if was.slices != now.slices:
        yield _slices(was, now)
    if was.baseline != now.baseline:
        old, new = (None if m.baseline is None else measure(m.baseline, m.unit) for m in (was, now))
        text = f"{now.name}: baseline {old or 'not stated'} → {new or 'not stated'}."
        yield _change(now, "baseline", old, new, text)


def _compare_thresholds(was: ThresholdedMetric, now: ThresholdedMetric) -> Iterator[MetricChange]:
    if was.against != now.against:
        yield _change(
            now, "against", bound_words(was), bound_words(now), f"{now.name}: {bound_words(was)} → {bound_words(now)}."
        )
    elif was.threshold != now.threshold:
        stricter = _stricter(was, now)
        how = {True: " (stricter)", False: " (looser)", None: ""}[stricter]
        text = f"{now.name}: {bound_words(was)} → {bound_words(now)}{how}."
        yield _change(now, "threshold", bound_words(was), bound_words(now), text, stricter)
    if was.confidence != now.confidence:
        old, new = (None if m.confidence is None else share(m.confidence) for m in (was, now))
        text = (
            f"{now.name}: the measured value decides; before, it had to be met with {old} probability."
            if new is None
            else f"{now.name}: must be met with {new} probability; before, {old or 'the measured value decided'}."
        )
        yield _change(now, "confidence", old, new, text, (now.confidence or 0) > (was.confidence or 0))
    if was.enabled != now.enabled:
        kind: ChangeKind = "on" if now.enabled else "off"
        text = (
            f"{now.name} is in force again: {requirement(now)}." if now.enabled else f"{now.name} is off: {now.reason}"
        )
        yield _change(now, kind, requirement(was), requirement(now), text, now.enabled)
    elif was.reason != now.reason:
        text = f"{now.name}: another reason is given." if now.reason else f"{now.name}: no reason is given any more."
        yield _change(now, "reason", was.reason or None, now.reason or None, text)


def _stricter(was: ThresholdedMetric, now: ThresholdedMetric) -> bool | None:
    """Whether more is asked than before; None where direction or unit changed, so that it cannot be compared."""
    if (was.direction, was.unit) != (now.direction, now.unit):
        return None
    lower = now.threshold < was.threshold
    return lower if now.against == "production" or now.direction == "minimise" else not lower


def _come_or_gone(metric: Agreed, *, gone: bool) -> MetricChange:
    role = _role(metric)
    if gone:
        return _change(metric, "removed", role, None, f"{metric.name} is no longer in the contract; it was {role}.")
    return _change(metric, "added", None, role, f"{metric.name} is new: {role}.")


def _role(metric: Agreed) -> str:
    if isinstance(metric, OptimisedMetric):
        sliced = f", {worst_of(metric)}" if metric.slices else ""
        return f"optimised, to {metric.direction}{sliced}"
    return f"thresholded, {requirement(metric)}" + ("" if metric.enabled else ", off for now")


def _slices(was: Metric, now: Metric) -> MetricChange:
    old, new = (", ".join(m.slices) or None for m in (was, now))
    text = f"{now.name}: {'counted by the ' + worst_of(now) if now.slices else 'no longer counted by slice'}"
    before = f"before, {worst_of(was)}" if was.slices else "before, as one value"
    return _change(now, "slices", old, new, f"{text}; {before}.")


def _change(
    metric: Metric, kind: ChangeKind, old: str | None, new: str | None, text: str, stricter: bool | None = None
) -> MetricChange:
    return MetricChange(metric=metric.name, kind=kind, old=old, new=new, text=text, stricter=stricter)
