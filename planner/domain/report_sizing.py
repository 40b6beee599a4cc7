"""What a project's report says of its sizing: machines, time and money as ranges, and the labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.domain.report_models import Section
from planner.domain.sizing import GpuLine, SizingAnswer
from planner.domain.sizing_words import WAYS, between
from planner.domain.wording import NOTHING, listed, measure, pct

LISTED = 8  # kinds of GPUs in one report


def sizing_sections(answer: SizingAnswer | None) -> tuple[Section, ...]:
    """The section on sizing; none where nothing is recorded."""
    if answer is None:
        return ()
    # What costs least at most comes first; what has no price, and what does not hold the model, last.
    told = sorted(answer.gpus, key=_order)[:LISTED]
    rows = tuple(
        (
            line.name,
            WAYS[line.way] if line.way else NOTHING,
            measure(line.gpus),
            between(line.per_gpu, "GB"),
            between(line.days),
            between(line.cost, answer.currency),
        )
        for line in told
    )
    return (
        Section(
            title="Sizing",
            sentences=tuple(_sentences(answer, told)),
            columns=("GPU", "How", "Count", "Memory of each", "Days", "Cost"),
            numbers=(False, False, True, True, True, True),
            rows=rows,
            not_listed=len(answer.gpus) - len(told),
            kind="kinds of GPUs are",
        ),
    )


def _order(line: GpuLine) -> tuple[bool, bool, float]:
    return line.way == "none", line.cost is None, line.cost.high if line.cost else 0


def _sentences(answer: SizingAnswer, told: Sequence[GpuLine]) -> Iterator[str]:
    if answer.inputs.note:
        yield answer.inputs.note
    if answer.memory is not None:
        missing = answer.memory.missing
        doubt = f", without what is not known ({listed([name.replace('_', ' ') for name in missing])})"
        yield f"Training takes {between(answer.memory.total, 'GB')} on one GPU{doubt if missing else ''}."
    if answer.measured:
        yield "The time follows from the measured time of a step."
    elif answer.work is not None:
        used = next((line.utilisation for line in told if line.utilisation), None)
        share = f", at {pct(used.share.low)} to {pct(used.share.high)} of the peak ({used.name})" if used else ""
        yield f"A run takes {between(answer.work.flops)} operations{share}."
    if prices := sorted({line.price.as_of for line in told if line.price and line.price.as_of}):
        yield f"Prices are of {listed(list(dict.fromkeys((prices[0], prices[-1]))))}; they change."
    labels = answer.labelling
    if labels is not None and labels.hours is not None:
        cost = f", {between(labels.cost, answer.currency)}" if labels.cost else ""
        weeks = between(labels.person_weeks, "weeks of one person")
        yield f"Labelling takes {between(labels.hours, 'hours')}, {weeks}{cost}."
