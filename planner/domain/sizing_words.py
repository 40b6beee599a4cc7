"""What sizing says in words: ranges with their unit, and why a model is held in the way it is."""

from __future__ import annotations

from math import floor, log10

from planner.domain.sizing_facts import Gpu, Range
from planner.domain.sizing_fit import Fit
from planner.domain.sizing_memory import Memory
from planner.domain.wording import NOTHING, measure

WAYS = {
    "one": "One GPU",
    "data": "Data parallel",
    "sharded_1": "Sharded optimiser (ZeRO-1)",
    "sharded_2": "Sharded gradients (ZeRO-2)",
    "sharded_3": "Fully sharded (ZeRO-3, FSDP)",
    "split": "Model parallel",
    "none": "Does not fit",
}


def rounded(value: float, digits: int = 3) -> float:
    """A number with this many digits that count; more would promise what a range does not know."""
    return round(value, digits - 1 - floor(log10(abs(value)))) if value else 0.0


def between(found: Range | None, unit: str = "") -> str:
    """A range as a person reads it: 12–18 GB; one number when both ends round to it."""
    if found is None:
        return NOTHING
    low, high = measure(rounded(found.low)), measure(rounded(found.high))
    return f"{low if low == high else f'{low}–{high}'} {unit}".strip()


def reason(fit: Fit, memory: Memory, gpu: Gpu) -> str:
    """Why the model is held in this way, in sentences."""
    doubt = " Not counted: what is not known." if memory.missing else ""
    return _why(fit, memory, gpu) + doubt


def _why(fit: Fit, memory: Memory, gpu: Gpu) -> str:
    room, need, whole = f"{measure(gpu.memory_gb)} GB", between(fit.per_gpu, "GB"), between(memory.total, "GB")
    match fit.way:
        case "one":
            return f"All of it, {whole}, fits into {room}."
        case "data":
            return f"All of it, {whole}, fits into {room}: each GPU keeps a copy and takes its part of the batch."
        case "split":
            held = f"{measure(fit.group)} GPUs hold one copy between them, {need} on each"
            return f"Even fully sharded, too much is left on one GPU for {room}: its batch and a layer. {held}."
        case "none":
            left = between(memory.gb("activations"), "GB")
            if memory.gb("activations").high > gpu.memory_gb / 2:
                return f"Activations take {left} on each GPU: try a smaller batch or recomputation first."
            if fit.gpus == 1:
                return f"All of it, {whole}, is more than {room}: more GPUs are needed."
            return f"Not even shards on {measure(fit.gpus)} GPUs, {need} each, fit into {room}."
    perhaps = " One GPU may just hold it: try that first." if memory.total.low <= gpu.memory_gb else ""
    traffic = {
        "sharded_1": "as much traffic as data parallel",
        "sharded_2": "as much traffic as data parallel",
        "sharded_3": "half as much traffic again (ZeRO, section 7)",
    }[fit.way]
    shards = f"shards on {measure(fit.gpus)} take {need} each, {traffic}"
    return f"All of it, {whole}, is more than {room}; {shards}.{perhaps}"
