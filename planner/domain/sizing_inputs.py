"""What is stated to size a training run and the labelling of its data; what is left out is never made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from planner.domain.errors import FieldError
from planner.domain.model import Line, Model, NotAFlag, ZonedTime

Recomputation = Literal["none", "selective", "full"]
EntryId = Annotated[str, Field(min_length=1, max_length=60)]
Count = Annotated[float, NotAFlag, Field(gt=0, le=1e18)]
Parameters = Annotated[float, NotAFlag, Field(gt=0, le=1e15)]
Width = Annotated[int, NotAFlag, Field(ge=1, le=10_000_000)]
Share = Annotated[float, NotAFlag, Field(gt=0, le=1)]
Money = Annotated[float, NotAFlag, Field(ge=0, le=1e9)]
Seconds = Annotated[float, NotAFlag, Field(gt=0, le=1e7)]

# Each pair is a range; one of the two stated alone counts for both.
PAIRS = (
    ("utilisation_low", "utilisation_high"),
    ("price_low", "price_high"),
    ("seconds_low", "seconds_high"),
    ("wage_low", "wage_high"),
)


class SizingDraft(Model):
    """What is known of a training run, of the machines for it, and of its labels. All of it may be left out."""

    parameters: Parameters | None = Field(default=None, description="Of the model.", examples=[7e9])
    active_parameters: Parameters | None = Field(
        default=None, description="Those that one token passes through, in a mixture of experts."
    )
    trained_parameters: Parameters | None = Field(
        default=None, description="Those that are trained, where the rest is frozen: adapters."
    )
    tokens: Count | None = Field(default=None, description="Tokens of the training data.", examples=[1e9])
    examples: Count | None = Field(default=None, description="Examples of the training data, such as pictures.")
    flops_per_example: Count | None = Field(
        default=None, description="Operations of one forward pass, a multiplication and an addition being two."
    )
    epochs: Annotated[float, NotAFlag, Field(gt=0, le=1e6)] = Field(
        default=1, description="How often the data are gone through."
    )
    step_seconds: Seconds | None = Field(default=None, description="Measured time of a training step, on `gpus`.")
    steps: Count | None = Field(default=None, description="Training steps, for the measured time.")
    runs: Annotated[int, NotAFlag, Field(ge=1, le=100_000)] = Field(
        default=1, description="Runs like this, with those that look for hyper-parameters."
    )
    optimiser: EntryId | None = Field(default=None, description="Id of the playbook.", examples=["adamw"])
    precision: EntryId | None = Field(default=None, description="Id of the playbook.", examples=["mixed"])
    batch: Annotated[int, NotAFlag, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="Examples that one GPU holds at once, without accumulation."
    )
    sequence: Annotated[int, NotAFlag, Field(ge=1, le=100_000_000)] | None = Field(
        default=None, description="Tokens of an example."
    )
    layers: Annotated[int, NotAFlag, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="Layers of the transformer."
    )
    hidden: Width | None = Field(default=None, description="Width of the transformer.")
    heads: Annotated[int, NotAFlag, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="Attention heads of a layer."
    )
    kv_heads: Annotated[int, NotAFlag, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="Heads with keys and values of their own; when left out, all."
    )
    recomputation: Recomputation = Field(
        default="none", description="Which activations are computed again rather than kept."
    )
    activation_mb: Annotated[float, NotAFlag, Field(gt=0, le=1e9)] | None = Field(
        default=None, description="Measured activations of one example in MB, for other networks."
    )
    gpu: EntryId | None = Field(default=None, description="Id of the playbook; when left out, all are compared.")
    gpus: Annotated[int, NotAFlag, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="How many; when left out, the fewest that hold it."
    )
    situation: EntryId | None = Field(default=None, description="Whose utilisation is taken: id of the playbook.")
    utilisation_low: Share | None = Field(default=None, description="Share of the peak that is used, at worst.")
    utilisation_high: Share | None = Field(default=None, description="The same, at best.")
    price_low: Money | None = Field(default=None, description="Of an hour of one GPU, instead of the playbook's.")
    price_high: Money | None = Field(default=None, description="The same, at most.")
    price_as_of: date | None = Field(default=None, description="When that price was true.")
    label_kind: EntryId | None = Field(default=None, description="What one label is: id of the playbook.")
    items: Count | None = Field(default=None, description="Items to label.")
    units_per_item: Annotated[float, NotAFlag, Field(gt=0, le=1e6)] = Field(
        default=1, description="Labels of one item: boxes of a picture, minutes of a recording."
    )
    repeats: Annotated[float, NotAFlag, Field(ge=1, le=1000)] = Field(
        default=1, description="People who label the same item."
    )
    review_share: Annotated[float, NotAFlag, Field(ge=0, le=1)] = Field(
        default=0, description="Share of the labels that somebody checks."
    )
    seconds_low: Seconds | None = Field(default=None, description="Measured seconds of a label.")
    seconds_high: Seconds | None = Field(default=None, description="The same, at most.")
    wage_low: Money | None = Field(default=None, description="Of an hour of labelling.")
    wage_high: Money | None = Field(default=None, description="The same, at most.")
    people: Annotated[float, NotAFlag, Field(gt=0, le=1e6)] | None = Field(
        default=None, description="People who label."
    )
    note: Line = Field(default="", description="What it is for.")

    @property
    def stated(self) -> dict[str, object]:
        """What was stated, without what stands at its default."""
        return self.model_dump(mode="json", exclude_defaults=True)


def contradictions(said: SizingDraft) -> Iterator[FieldError]:
    """What cannot both be true, at the field that would cure it."""
    for low, high in PAIRS:
        least, most = getattr(said, low), getattr(said, high)
        if least is not None and most is not None and least > most:
            yield FieldError(field=high, message=f"must be at least {low}")
    if said.tokens is not None and said.flops_per_example is not None:
        message = "leave it out where tokens are given: with the parameters they say the work"
        yield FieldError(field="flops_per_example", message=message)
    for part, whole in (
        ("active_parameters", "parameters"),
        ("trained_parameters", "parameters"),
        ("kv_heads", "heads"),
    ):
        value, most = getattr(said, part), getattr(said, whole)
        if value is not None and most is not None and value > most:
            yield FieldError(field=part, message=f"must be at most {whole}")


class Sizing(Model):
    """What was recorded of a project; the last record counts, and what follows from it is computed again each time."""

    inputs: SizingDraft = Field(description="What was stated.")
    recorded_at: ZonedTime
    recorded_by: str
