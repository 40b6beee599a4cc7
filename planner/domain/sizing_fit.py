"""Which way of sharing the work a GPU needs to hold a model: a copy on each, shards, or a model that is split.

Data parallel first, then sharded, and split only where what is left on one GPU does not fit (FSDL 2021, lecture 6;
FSDL 2022, lecture 2): each step down costs more traffic and more work of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from planner.domain.model import Model
from planner.domain.sizing_facts import Range, SizingFacts
from planner.domain.sizing_memory import Memory, sharded_gb, split_gb

Way = Literal["one", "data", "sharded_1", "sharded_2", "sharded_3", "split", "none"]
MOST = 1024  # GPUs that are tried when nobody says how many
STAGES: tuple[tuple[int, Way], ...] = ((1, "sharded_1"), (2, "sharded_2"), (3, "sharded_3"))


class Fit(Model):
    """How a model is held: by how many GPUs, and what each of them needs."""

    way: Way
    gpus: int
    group: int = 1  # GPUs that hold one copy between them
    per_gpu: Range


def find_fit(
    memory: Memory, memory_gb: float, gpus: int | None, facts: SizingFacts, layers: int | None, *, transformer: bool
) -> Fit:
    """The first way that surely fits, at the high end of what each GPU needs; `none` when none does.

    Without a number of GPUs the fewest that do, in powers of two.
    """
    whole = memory.total
    if whole.high <= memory_gb:
        return Fit(way="one" if gpus in (None, 1) else "data", gpus=gpus or 1, per_gpu=whole)
    for count in (gpus,) if gpus else _counts(MOST):
        for stage, way in STAGES if count > 1 else ():
            need = sharded_gb(memory, stage, count, facts, layers)
            if need.high <= memory_gb:
                return Fit(way=way, gpus=count, group=count, per_gpu=need)
    for count in _counts(gpus or MOST):
        need = split_gb(memory, count, facts, transformer=transformer)
        if need.high <= memory_gb:
            return Fit(way="split", gpus=gpus or count, group=count, per_gpu=need)
    most = gpus or MOST
    return Fit(way="none", gpus=most, per_gpu=sharded_gb(memory, 3, most, facts, layers))


def _counts(most: int) -> Iterator[int]:
    count = 2
    while count <= most:
        yield count
        count *= 2
