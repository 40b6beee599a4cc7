"""The operations of a training run, and the GPU-hours, days and money they take at a range of utilisation."""

from __future__ import annotations

from pydantic import Field

from planner.domain.model import Model
from planner.domain.sizing_facts import Compute, Gpu, Range, SizingFacts, Utilisation, find_entry
from planner.domain.sizing_inputs import SizingDraft

HOUR, DAY_HOURS, TERA = 3600, 24, 1e12
SIX_N_D = "6·N·D: Kaplan et al. 2020, section 2.1; Hoffmann et al. 2022"
ATTENTION = "the high end with attention, 12·L·h·s more a token: Chowdhery et al. 2022, PaLM, appendix B"
FROZEN = "the low end without the gradients of what is frozen, 4·N·D + 2·trained·D"
THREE_PASSES = (
    "3 × the forward pass: Kaplan et al. 2020, section 2.1 (the backward pass costs twice the forward one); "
    "FLOPs of each example × examples × epochs"
)


class Work(Model):
    """The operations of one training run."""

    flops: Range = Field(description="Operations.")
    of: str = Field(description="tokens or examples.")
    rests_on: str = Field(description="The formula and its source.")


class UsedShare(Model):
    """The share of the peak that is reckoned with."""

    share: Range = Field(description="From 0 to 1.")
    name: str
    source: str


class UsedPrice(Model):
    """What an hour of one GPU costs."""

    per_hour: Range = Field(description="Of one GPU.")
    as_of: str = Field(description="When it was true; empty when nobody said.")
    source: str


def build_work(said: SizingDraft) -> Work | None:
    """The operations of one run: 6·N·D for tokens, three forward passes for examples; None when too little is stated.

    A backward pass costs twice the forward one, which is 2·N a token (Kaplan et al. 2020, section 2.1). In a mixture of
    experts N are the parameters that a token passes through. What is frozen needs no gradients of its weights, a third
    of the work, though what reaches the layers below still passes through it: 4·N·D + 2·trained·D.
    """
    if said.tokens is not None and said.parameters is not None:
        seen = said.tokens * said.epochs
        every = said.parameters if said.active_parameters is None else said.active_parameters
        low = high = 6 * every * seen
        grounds = [SIX_N_D]
        if said.trained_parameters is not None and said.trained_parameters < every:
            low = (4 * every + 2 * said.trained_parameters) * seen
            grounds.append(FROZEN)
        if said.layers is not None and said.hidden is not None and said.sequence is not None:
            high += 12.0 * said.layers * said.hidden * said.sequence * seen
            grounds.append(ATTENTION)
        return Work(flops=Range.of(low, high), of="tokens", rests_on="; ".join(grounds))
    if said.flops_per_example is not None and said.examples is not None:
        forward = said.flops_per_example * said.examples * said.epochs
        frozen = said.trained_parameters is not None and said.trained_parameters < (said.parameters or 0)
        return Work(flops=Range.of((2 if frozen else 3) * forward, 3 * forward), of="examples", rests_on=THREE_PASSES)
    return None


def used_share(said: SizingDraft, facts: SizingFacts, of: str, compute: Compute) -> UsedShare | None:
    """The utilisation to reckon with: the stated one, that of the stated situation, or the first that fits."""
    ends = [value for value in (said.utilisation_low, said.utilisation_high) if value is not None]
    if ends:
        return UsedShare(share=Range.of(ends[0], ends[-1]), name="as stated", source="stated")
    entry = find_entry(facts.utilisations, said.situation) or next(
        (one for one in facts.utilisations if one.of == of and compute in one.compute), None
    )
    return _as_used(entry) if entry else None


def _as_used(entry: Utilisation) -> UsedShare:
    return UsedShare(share=Range.of(entry.low, entry.high), name=entry.name, source=entry.source)


def used_price(said: SizingDraft, gpu: Gpu) -> UsedPrice | None:
    """The price to reckon with: the stated one with its date, or all that the playbook knows of the GPU."""
    ends = [value for value in (said.price_low, said.price_high) if value is not None]
    if ends:
        as_of = said.price_as_of.isoformat() if said.price_as_of else ""
        return UsedPrice(per_hour=Range.of(ends[0], ends[-1]), as_of=as_of, source="stated")
    if not gpu.prices:
        return None
    per_hour = Range.of(min(one.low for one in gpu.prices), max(one.high for one in gpu.prices))
    source = "; ".join(dict.fromkeys(one.source for one in gpu.prices))
    return UsedPrice(per_hour=per_hour, as_of=min(one.as_of for one in gpu.prices), source=source)


def gpu_hours(work: Work, peak: float, share: UsedShare, lost: Range, runs: int) -> Range:
    """GPU-hours of all runs: operations / (peak × utilisation), longer by what failures cost.

    `peak` is in TFLOP/s. Utilisation counts the model's own operations, so recomputation is in it (MFU: Chowdhery et
    al. 2022, section 4.1).
    """
    full = work.flops.times(runs / (peak * TERA * HOUR))
    return Range.of(full.low / share.share.high * lost.low, full.high / share.share.low * lost.high)


def measured_hours(said: SizingDraft, lost: Range) -> Range | None:
    """GPU-hours of all runs from the measured time of a step; None without it, or without the number of GPUs."""
    if said.step_seconds is None or said.steps is None or said.gpus is None:
        return None
    return lost.times(said.step_seconds * said.steps * said.gpus * said.runs / HOUR)


def missing_work(said: SizingDraft) -> tuple[str, ...]:
    """What would have to be stated to know the training time; empty when it can be known."""
    if said.step_seconds is not None or said.steps is not None:
        asked: tuple[str, ...] = ("step_seconds", "steps", "gpus")
    elif said.flops_per_example is not None or (said.examples is not None and said.tokens is None):
        asked = ("flops_per_example", "examples")
    else:
        asked = ("parameters", "tokens")
    return tuple(name for name in asked if getattr(said, name) is None)
