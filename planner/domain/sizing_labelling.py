"""The hours, people and money that labels take."""

from __future__ import annotations

from pydantic import Field

from planner.domain.model import Model
from planner.domain.sizing_facts import Range, SizingFacts, find_entry
from planner.domain.sizing_inputs import SizingDraft

HOUR = 3600


class Labelling(Model):
    """What labelling takes; null where something is not known, which `missing` names."""

    labels: float | None = Field(description="Labels to make, with those of the same item by several people.")
    seconds: Range | None = Field(description="Of one label.")
    rests_on: str = Field(description="Where the seconds come from.")
    hours: Range | None = Field(description="Of labelling and checking.")
    person_weeks: Range | None = Field(description="Weeks of one person.")
    weeks: Range | None = Field(description="With `people`.")
    cost: Range | None
    missing: tuple[str, ...]


def build_labelling(said: SizingDraft, facts: SizingFacts) -> Labelling | None:
    """Hours are items × units × seconds × repeats × (1 + review share × review time); None when no items are stated."""
    if said.items is None and said.label_kind is None:
        return None
    kind = find_entry(facts.label_kinds, said.label_kind)
    ends = [value for value in (said.seconds_low, said.seconds_high) if value is not None]
    seconds = Range.of(ends[0], ends[-1]) if ends else kind.seconds if kind else None
    labels = said.items * said.units_per_item * said.repeats if said.items is not None else None
    needed = (("items", labels), ("seconds_low" if kind else "label_kind", seconds))
    missing = [name for name, value in needed if value is None]
    hours = weeks = person_weeks = cost = None
    if labels is not None and seconds is not None:
        review = facts.review_time.times(said.review_share)
        hours = seconds.times(Range.of(1 + review.low, 1 + review.high)).times(labels / HOUR)
        week = facts.hours_per_week
        person_weeks = Range.of(hours.low / week.high, hours.high / week.low)
        weeks = person_weeks.times(1 / said.people) if said.people is not None else None
        wage = [value for value in (said.wage_low, said.wage_high) if value is not None]
        cost = hours.times(Range.of(wage[0], wage[-1])) if wage else None
    if said.wage_low is None and said.wage_high is None:
        missing.append("wage_low")
    return Labelling(
        labels=labels,
        seconds=seconds,
        rests_on="measured seconds, as stated" if ends else kind.source if kind else "",
        hours=hours,
        person_weeks=person_weeks,
        weeks=weeks,
        cost=cost,
        missing=tuple(missing),
    )
