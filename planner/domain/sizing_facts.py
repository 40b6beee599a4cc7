"""The part of a playbook that sizing rests on: GPUs and their prices, bytes, utilisation and labelling times, dated.

Every number is a fact with its source, or a range with the words why; nothing of it is in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from planner.domain.errors import FieldError
from planner.domain.model import Line, Model, Name, Text
from planner.domain.playbook_entry import Entry, Id
from planner.domain.sizing_inputs import SizingDraft, contradictions
from planner.domain.tools import Month

Compute = Literal["fp32", "tf32", "half", "fp8", "fp4"]
LOWER: tuple[Compute, ...] = ("fp4", "fp8", "half", "tf32", "fp32")  # each can do what stands before it, more slowly

Found = TypeVar("Found", bound=Entry)


class Range(Model):
    """From the least to the most that may be true."""

    low: float = Field(ge=0)
    high: float = Field(ge=0)

    @model_validator(mode="after")
    def _low_is_first(self) -> Self:
        if self.low > self.high:
            raise ValueError("low must be at most high")
        return self

    @classmethod
    def of(cls, low: float, high: float | None = None) -> Range:
        """A range of computed ends; of one number when nothing spreads."""
        return cls.model_construct(low=low, high=low if high is None else max(low, high))

    def times(self, other: Range | float) -> Range:
        """The product; of two ranges the least with the least and the most with the most."""
        by = other if isinstance(other, Range) else Range.of(other)
        return Range.of(self.low * by.low, self.high * by.high)

    def plus(self, other: Range) -> Range:
        """The sum."""
        return Range.of(self.low + other.low, self.high + other.high)


class SourcedRange(Range):
    """A range with where it comes from."""

    source: Text = Field(min_length=1)


class Price(Model):
    """What an hour of one GPU costs with one kind of provider, when somebody looked."""

    offer: Name = Field(description="The kind of provider.")
    low: float = Field(gt=0)
    high: float = Field(gt=0)
    as_of: Month = Field(description="When it was looked at.")
    source: Text = Field(min_length=1)

    @model_validator(mode="after")
    def _low_is_first(self) -> Self:
        if self.low > self.high:
            raise ValueError("low must be at most high")
        return self


class Gpu(Entry):
    """An accelerator: its memory and what it can compute at most, without sparsity."""

    family: Id = Field(description="Its generation, by id.")
    year: int = Field(ge=2000, le=2100, description="When it came.")
    memory_gb: float = Field(description="GB.", gt=0)
    bandwidth_gbs: float = Field(gt=0, description="Of its memory, GB a second.")
    interconnect: Line = Field(default="", description="Between GPUs; empty when only the bus of the host.")
    peaks: Mapping[Compute, Annotated[float, Field(gt=0)]] = Field(
        min_length=1, description="TFLOP/s, dense, by what is computed with."
    )
    prices: tuple[Price, ...] = Field(default=(), description="By kind of provider; none where none is confirmed.")
    as_of: Month = Field(description="When it was looked at.")

    def peak(self, wanted: Compute) -> tuple[Compute, float] | None:
        """The peak for this arithmetic, or for the next more exact one that the GPU has; None without any."""
        usable = LOWER[LOWER.index(wanted) :]
        return next(((kind, self.peaks[kind]) for kind in usable if kind in self.peaks), None)


class GpuFamily(Entry):
    """A generation of GPUs, and what it can do for training."""

    year: int = Field(ge=2000, le=2100, description="When it came.")
    tensor_cores: Line = Field(default="", description="Their generation; empty when it has none.")
    mixed_precision: Text = Field(description="What computing with fewer bits brings there.")


class Precision(Entry):
    """How many bytes one parameter takes, and which arithmetic computes with it."""

    weights: float = Field(gt=0, le=8, description="Bytes of a weight that is trained.")
    gradients: float = Field(gt=0, le=8, description="Bytes of a gradient.")
    master: float = Field(default=0, ge=0, le=8, description="Of an exact copy that the optimiser keeps.")
    frozen: float = Field(gt=0, le=8, description="Bytes of a weight that is not trained.")
    compute: Compute = Field(description="The arithmetic that multiplies.")
    help: Text = ""


class Optimiser(Entry):
    """How many bytes of its own state an optimiser keeps for each trained parameter."""

    states: float = Field(description="Bytes of each trained parameter.", ge=0, le=64)
    help: Text = ""


class Utilisation(Entry):
    """The share of the peak that published runs used, in one situation; of the model's own operations (MFU)."""

    of: Literal["tokens", "examples"] = Field(description="Whether the work is counted by tokens or by examples.")
    compute: tuple[Compute, ...] = Field(description="The arithmetic that it was measured with.", min_length=1)
    low: float = Field(gt=0, le=1)
    high: float = Field(gt=0, le=1)
    help: Text = ""

    @model_validator(mode="after")
    def _low_is_first(self) -> Self:
        if self.low > self.high:
            raise ValueError("low must be at most high")
        return self


class LabelKind(Entry):
    """A kind of label, and the seconds that people needed for one."""

    unit: Name = Field(description="What one label is: box, mask, minute of speech.")
    seconds: Range | None = Field(default=None, description="Left out where no time is published.")
    help: Text = ""


class Preset(Entry):
    """A start for the form: a case that many know."""

    help: Text = ""
    inputs: SizingDraft = Field(description="What the form begins with.")


class Overhead(Model):
    """What a GPU needs beside weights and activations."""

    gb: Range = Field(description="Fixed, for each GPU.")
    share: Range = Field(description="Of the rest: buffers and fragments.")
    source: Text = Field(min_length=1)


class SizingFacts(Model):
    """All that sizing rests on."""

    currency: Name = Field(default="USD", description="Of every price and wage.")
    families: tuple[GpuFamily, ...] = Field(default=(), description="Generations of GPUs.")
    gpus: tuple[Gpu, ...] = Field(default=(), description="In the order in which they are shown.")
    precisions: tuple[Precision, ...] = Field(default=(), description="The bytes of a parameter.")
    optimisers: tuple[Optimiser, ...] = Field(default=(), description="The bytes of their states.")
    utilisations: tuple[Utilisation, ...] = Field(default=(), description="The first that fits is the default.")
    label_kinds: tuple[LabelKind, ...] = Field(default=(), description="Seconds of a label.")
    presets: tuple[Preset, ...] = Field(default=(), description="Cases to start from.")
    overhead: Overhead = Field(description="Memory for all else.")
    lost_time: SourcedRange = Field(description="By how much failures and restarts lengthen a run: 1.1 for a tenth.")
    review_time: SourcedRange = Field(description="How long checking a label takes, as a share of making it.")
    hours_per_week: SourcedRange = Field(description="Hours that one person labels in a week.")


def find_entry(entries: Iterable[Found], entry_id: str | None) -> Found | None:
    """The entry with this id; None when there is none."""
    return next((entry for entry in entries if entry.id == entry_id), None)


def sizing_problems(said: SizingDraft, facts: SizingFacts) -> Iterator[FieldError]:
    """What is wrong with inputs: ids that the playbook does not have, and what cannot both be true."""
    for field, entries in (
        ("optimiser", facts.optimisers),
        ("precision", facts.precisions),
        ("gpu", facts.gpus),
        ("situation", facts.utilisations),
        ("label_kind", facts.label_kinds),
    ):
        if (wanted := getattr(said, field)) is not None and find_entry(entries, wanted) is None:
            known = ", ".join(entry.id for entry in entries)
            yield FieldError(field=field, message=f"one of: {known}" if known else "the playbook has none")
    yield from contradictions(said)


def facts_problems(facts: SizingFacts) -> Iterator[tuple[str, str]]:
    """What does not hang together in the facts themselves, by field path."""
    families = {family.id for family in facts.families}
    for index, gpu in enumerate(facts.gpus):
        if gpu.family not in families:
            yield f"gpus.{index}.family", f"unknown family '{gpu.family}'"
    for index, preset in enumerate(facts.presets):
        for error in sizing_problems(preset.inputs, facts):
            yield f"presets.{index}.inputs.{error.field}", error.message
