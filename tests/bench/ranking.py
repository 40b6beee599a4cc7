"""What ranking many projects takes beside numpy sorting as many numbers: python -m tests.bench.ranking 2130."""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from planner.domain.playbook import Playbook
from planner.domain.ranks import sample_ranks, sample_top
from planner.domain.scoring import BeliefState, belief_state
from planner.playbooks import Playbooks
from tests.support.factories import answer

SIZES = (2_130, 10_000)
SAMPLES, TOP, ROUNDS = 10_000, 50, 5


def measure(projects: int) -> tuple[float, float, float, float]:
    """(ratio of all ranks, that of P(top k) alone, seconds of the sort, peak memory in MB), in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.ranking", str(projects)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    full, top, sort, peak = (float(part) for part in done.stdout.split())
    return full, top, sort, peak


def main(projects: int) -> None:
    """Prints the four figures. Memory is taken before the array that is sorted exists."""
    playbook = Playbooks.shipped().get("fsdl", 1)
    chance = random.Random(7)
    states = [_invented(chance, playbook) for _ in range(projects)]
    works: list[Callable[[], object]] = [
        lambda: sample_ranks(states, playbook, 0.5, TOP, SAMPLES, 1),
        lambda: sample_top(states, playbook, 0.5, TOP, SAMPLES, 1),
    ]
    for work in works:
        work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    numbers = np.random.default_rng(1).random((SAMPLES, projects), np.float32)
    works.append(lambda: np.sort(numbers, axis=1))
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    full, top, sort = (statistics.median(taken) for taken in times)
    print(full / sort, top / sort, sort, peak)


def _invented(chance: random.Random, playbook: Playbook) -> BeliefState:
    confidences = [confidence.id for confidence in playbook.confidences]
    return belief_state(
        [
            answer(criterion.id, chance.randint(1, 5), confidence=chance.choice(confidences))
            for criterion in playbook.criteria
            if chance.random() < 0.8
        ],
        playbook,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
