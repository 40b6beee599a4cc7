"""Sizing: what a training run takes in memory, machines, time and money, and its labels in people; always as ranges.

Nothing is made up: what is not stated is named as missing, and what follows without it is told.
"""

from __future__ import annotations

from pydantic import Field

from planner.domain.errors import Invalid
from planner.domain.model import Model
from planner.domain.sizing_facts import Compute, Gpu, Range, SizingFacts, find_entry, sizing_problems
from planner.domain.sizing_fit import Way, find_fit
from planner.domain.sizing_inputs import SizingDraft
from planner.domain.sizing_labelling import Labelling, build_labelling
from planner.domain.sizing_memory import Memory, Serving, build_memory, build_serving
from planner.domain.sizing_time import (
    DAY_HOURS,
    UsedPrice,
    UsedShare,
    Work,
    build_work,
    gpu_hours,
    measured_hours,
    missing_work,
    used_price,
    used_share,
)
from planner.domain.sizing_words import reason


class GpuLine(Model):
    """What the run takes on one kind of GPU; null where it is not known."""

    gpu: str = Field(description="Id of the playbook.")
    name: str
    family: str = Field(description="The name of its generation.")
    memory_gb: float = Field(description="GB of one of them.")
    way: Way | None = Field(description="How the model is held; null when its memory is not known.")
    gpus: int | None = Field(description="As stated, else the fewest that hold it.")
    per_gpu: Range | None = Field(description="GB on each of them.")
    reason: str = Field(description="Why in this way.")
    compute: Compute | None = Field(description="The arithmetic that it has for this precision.")
    peak: float | None = Field(description="TFLOP/s.")
    utilisation: UsedShare | None = Field(description="The share of the peak that is used; null when none is known.")
    gpu_hours: Range | None = Field(description="Of all runs.")
    days: Range | None = Field(description="Of all runs, one after another.")
    price: UsedPrice | None = Field(description="Null when no price is known: state one.")
    cost: Range | None


class SizingAnswer(Model):
    """What follows from the inputs, with what each part rests on."""

    inputs: SizingDraft = Field(description="What it was computed from.")
    currency: str = Field(description="Of every price and cost.")
    memory: Memory | None = Field(description="Of training; null without parameters.")
    serving: Serving | None = Field(description="Of the trained model; null without parameters.")
    work: Work | None = Field(description="The operations of a run; null when too little is stated.")
    measured: bool = Field(description="Whether the time comes from a measured step.")
    missing: tuple[str, ...] = Field(description="What would have to be stated to know the training time.")
    gpus: tuple[GpuLine, ...] = Field(description="The chosen one, or all.")
    labelling: Labelling | None = Field(description="Null when no items are stated.")


def check_sizing(said: SizingDraft, facts: SizingFacts) -> None:
    """Raises Invalid, by field, for ids that the playbook does not have, and for what cannot both be true."""
    if problems := list(sizing_problems(said, facts)):
        raise Invalid(problems)


def known_inputs(said: SizingDraft, facts: SizingFacts) -> SizingDraft:
    """Recorded inputs without what the playbook does not have: ids of one that was followed before."""
    return said.model_copy(update={problem.field: None for problem in sizing_problems(said, facts)})


def build_sizing(said: SizingDraft, facts: SizingFacts) -> SizingAnswer:
    """The whole answer. Raises Invalid as `check_sizing` does."""
    check_sizing(said, facts)
    memory, work = build_memory(said, facts), build_work(said)
    chosen = find_entry(facts.gpus, said.gpu)
    measured = measured_hours(said, facts.lost_time)
    shown = (chosen,) if chosen else facts.gpus
    told = memory is not None or work is not None or measured is not None
    return SizingAnswer.model_construct(
        inputs=said,
        currency=facts.currency,
        memory=memory,
        serving=build_serving(said),
        work=work,
        measured=measured is not None,
        missing=() if work is not None or measured is not None else missing_work(said),
        gpus=tuple(_line(gpu, said, facts, memory, work, measured if chosen else None) for gpu in shown)
        if told
        else (),
        labelling=build_labelling(said, facts),
    )


def _line(
    gpu: Gpu, said: SizingDraft, facts: SizingFacts, memory: Memory | None, work: Work | None, measured: Range | None
) -> GpuLine:
    fit = None
    if memory is not None and memory.gb("weights").high > 0:
        transformer = said.activation_mb is None
        fit = find_fit(memory, gpu.memory_gb, said.gpus, facts, said.layers, transformer=transformer)
    precision = find_entry(facts.precisions, said.precision)
    found = gpu.peak(precision.compute) if precision else None
    compute, peak = found or (None, None)
    share = used_share(said, facts, work.of, compute) if work and compute else None
    hours = measured
    if hours is None and work is not None and peak is not None and share is not None:
        hours = gpu_hours(work, peak, share, facts.lost_time, said.runs)
    if fit is not None and fit.way == "none":
        hours = measured  # what does not fit is not trained either
    gpus = fit.gpus if fit else said.gpus
    price = used_price(said, gpu)
    family = find_entry(facts.families, gpu.family)
    return GpuLine.model_construct(
        gpu=gpu.id,
        name=gpu.name,
        family=family.name if family else gpu.family,
        memory_gb=gpu.memory_gb,
        way=fit.way if fit else None,
        gpus=gpus,
        per_gpu=fit.per_gpu if fit else None,
        reason=reason(fit, memory, gpu) if fit and memory else "",
        compute=compute,
        peak=peak,
        utilisation=share,
        gpu_hours=hours,
        days=hours.times(1 / (gpus * DAY_HOURS)) if hours is not None and gpus else None,
        price=price,
        cost=hours.times(price.per_hour) if hours is not None and price is not None else None,
    )
