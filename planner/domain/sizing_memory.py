"""The memory that training and serving a model take, from published formulas. GB are 10⁹ bytes."""

from __future__ import annotations

from pydantic import Field

from planner.domain.model import Model
from planner.domain.sizing_facts import Optimiser, Precision, Range, SizingFacts, find_entry
from planner.domain.sizing_inputs import Recomputation, SizingDraft

GB = 1e9
ZERO = "Rajbhandari et al. 2020, ZeRO, section 3.1: weights, gradients and optimiser states"
ACTIVATIONS = "Korthikanti et al. 2022, Reducing activation recomputation, equations 1 and 2 and section 5"
FUSED = "the low end without attention matrices: Dao et al. 2022, FlashAttention"
NODE = 8  # GPUs that share a fast link; tensor parallelism stays inside (Narayanan et al. 2021, takeaway 1)


class MemoryPart(Model):
    """A part of the memory of one GPU that holds all of the model."""

    id: str
    gb: Range = Field(description="GB.")
    rests_on: str = Field(description="The formula and its source.")


class Memory(Model):
    """The memory of training on one GPU that holds everything."""

    parts: tuple[MemoryPart, ...] = Field(description="Those that are known.")
    total: Range = Field(description="Of the parts that are known.")
    missing: tuple[str, ...] = Field(description="What would have to be stated to know the rest.")

    def gb(self, part_id: str) -> Range:
        """One part; nothing where it is not known."""
        return next((part.gb for part in self.parts if part.id == part_id), Range.of(0))


class Serving(Model):
    """The memory of the trained model where it answers."""

    weights: Range = Field(description="With 4 bits a weight at least, with 16 at most.")
    cache: Range | None = Field(description="Keys and values of `batch` sequences of full length; null when not known.")
    rests_on: str = Field(description="The formula and its source.")


def model_states(parameters: float, trained: float, precision: Precision, optimiser: Optimiser) -> dict[str, float]:
    """Bytes of weights, gradients and optimiser states.

    Mixed precision with Adam: 2 + 2 + (4 + 4 + 4) bytes a parameter (Rajbhandari et al. 2020, section 3.1). What is
    frozen has weights alone (Hu et al. 2021, LoRA).
    """
    return {
        "weights": trained * precision.weights + (parameters - trained) * precision.frozen,
        "gradients": trained * precision.gradients,
        "states": trained * (precision.master + optimiser.states),
    }


def sharded_bytes(states: dict[str, float], stage: int, gpus: int) -> float:
    """Bytes on each of `gpus` when optimiser states (1), gradients too (2), weights too (3) are sharded.

    Rajbhandari et al. 2020, figure 1: 7.5 billion parameters on 64 GPUs take 120, 31.4, 16.6 and 1.9 GB.
    """
    parts = {"states": 1, "gradients": 2, "weights": 3}
    return sum(states[name] / (gpus if stage >= first else 1) for name, first in parts.items())


def transformer_activations(
    batch: int, sequence: int, layers: int, hidden: int, heads: int, recomputation: Recomputation
) -> Range:
    """Bytes of the activations of a transformer with 16-bit activations.

    Korthikanti et al. 2022: a layer keeps s·b·h·(34 + 5·a·s/h) bytes; with selective recomputation 34·s·b·h, with full
    recomputation its input, 2·s·b·h, and what the layer needs that is computed again just now. Fused attention never
    keeps the a·s² matrices, so without recomputation the low end leaves them out.
    """
    one = float(sequence) * batch * hidden
    attention = 5 * heads * sequence / hidden
    if recomputation == "full":
        return Range.of(one * (2 * layers + 34), one * (2 * layers + 34 + attention))
    if recomputation == "selective":
        return Range.of(one * 34 * layers)
    return Range.of(one * 34 * layers, one * (34 + attention) * layers)


def activation_bytes(said: SizingDraft) -> tuple[Range, str] | tuple[None, tuple[str, ...]]:
    """Bytes of the activations and what they rest on; or what is missing to know them."""
    if said.activation_mb is not None:
        if said.batch is None:
            return None, ("batch",)
        return Range.of(said.activation_mb * 1e6 * said.batch), "measured for one example, times batch"
    asked = {name: getattr(said, name) for name in ("batch", "sequence", "layers", "hidden", "heads")}
    if missing := tuple(name for name, value in asked.items() if value is None):
        return None, (*missing, "or activation_mb")
    found = transformer_activations(**asked, recomputation=said.recomputation)
    return found, ACTIVATIONS if said.recomputation == "selective" else f"{ACTIVATIONS}; {FUSED}"


def build_memory(said: SizingDraft, facts: SizingFacts) -> Memory | None:
    """The memory of training; None when no parameters are stated. What is missing is named, never made up."""
    if said.parameters is None:
        return None
    optimiser = find_entry(facts.optimisers, said.optimiser)
    precision = find_entry(facts.precisions, said.precision)
    missing = tuple(n for n, entry in (("precision", precision), ("optimiser", optimiser)) if entry is None)
    parts: list[MemoryPart] = []
    if optimiser is not None and precision is not None:
        trained = said.parameters if said.trained_parameters is None else said.trained_parameters
        for name, value in model_states(said.parameters, trained, precision, optimiser).items():
            parts.append(MemoryPart(id=name, gb=Range.of(value / GB), rests_on=ZERO))
    activations, ground = activation_bytes(said)
    if activations is None:
        missing += tuple(ground)
    else:
        parts.append(MemoryPart(id="activations", gb=activations.times(1 / GB), rests_on=str(ground)))
    total = Range.of(0)
    for part in parts:
        total = total.plus(part.gb)
    over = overhead(total, facts)
    parts.append(MemoryPart(id="overhead", gb=over, rests_on=facts.overhead.source))
    return Memory.model_construct(parts=tuple(parts), total=total.plus(over), missing=missing)


def overhead(rest: Range, facts: SizingFacts) -> Range:
    """GB that a GPU needs beside the rest: fixed, and a share of it."""
    return facts.overhead.gb.plus(rest.times(facts.overhead.share))


def sharded_gb(memory: Memory, stage: int, gpus: int, facts: SizingFacts, layers: int | None) -> Range:
    """GB on each of `gpus` with the model's states sharded by `stage`; 0 keeps all of them on each.

    The activations stay, since every GPU has a batch of its own. Where weights are sharded (3), a layer is gathered
    when it is computed: its weights at least, its gradients too at most (Zhao et al. 2023, PyTorch FSDP, section 3).
    """
    states = {name: memory.gb(name).high for name in ("weights", "gradients", "states")}
    rest = Range.of(sharded_bytes(states, stage, gpus)).plus(memory.gb("activations"))
    if stage == 3 and layers:
        away = (1 - 1 / gpus) / layers
        rest = rest.plus(Range.of(states["weights"] * away, (states["weights"] + states["gradients"]) * away))
    return rest.plus(overhead(rest, facts))


def split_gb(memory: Memory, gpus: int, facts: SizingFacts, *, transformer: bool) -> Range:
    """GB on each of `gpus` that hold one copy of the model between them.

    Its states are split evenly. Its activations are split by the tensor-parallel GPUs, of which there are eight at
    most, with sequence parallelism (Korthikanti et al. 2022, section 4.2); the stages of a pipeline hold as many
    batches as there are stages, which evens out. Of other networks nobody knows how far they split.
    """
    tensor = min(gpus, NODE)
    kept = memory.gb("activations")
    activations = Range.of(kept.low / tensor, kept.high / tensor if transformer else kept.high)
    states = sum(memory.gb(name).high for name in ("weights", "gradients", "states")) / gpus
    rest = Range.of(states).plus(activations)
    return rest.plus(overhead(rest, facts))


def build_serving(said: SizingDraft) -> Serving | None:
    """The memory of serving: weights, and 2·2·L·h bytes of keys and values a token (Pope et al. 2022, section 2).

    Fewer heads with keys of their own keep less, by their share (Shazeer 2019; Ainslie et al. 2023).
    """
    if said.parameters is None:
        return None
    cache = None
    if said.layers is not None and said.hidden is not None and said.sequence is not None and said.batch is not None:
        share = said.kv_heads / said.heads if said.kv_heads is not None and said.heads is not None else 1
        cache = Range.of(4 * said.layers * said.hidden * share * said.sequence * said.batch / GB)
    return Serving(
        weights=Range.of(said.parameters * 0.5 / GB, said.parameters * 2 / GB),
        cache=cache,
        rests_on="Pope et al. 2022, Efficiently scaling transformer inference, section 2: 16-bit keys and values",
    )
