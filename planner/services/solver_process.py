"""Long solves in a process of their own, which a timeout ends: a service that waits for one stays able to answer.

HiGHS looks at its time limit only now and then. So the process is killed when it is late, and the best plan that it has
told until then is the answer.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from threading import BoundedSemaphore
from typing import Any

import numpy as np

from planner.domain.errors import Unavailable
from planner.domain.robust_selection import Robustness, robust_selection
from planner.domain.selection_problem import Problem, Starts
from planner.domain.selection_solver import Found, NoPlan, Search, Watcher

GRACE = 10.0  # seconds beyond its limit for the process to start, to read the problem, and to tell a first plan
LATE = 3.0  # the same once there is a plan that can be the answer
AT_ONCE = BoundedSemaphore(2)  # processes of one server; each fills a core
PATIENCE = 5.0  # seconds to wait for one of them to end

Progress = Callable[[int, int], None]  # (done, of)


@dataclass(frozen=True)
class PlanJob:
    """Find a plan, beginning from one that is known."""

    problem: Problem
    time_limit: float
    gap: float
    known: Starts | None


@dataclass(frozen=True)
class RobustJob:
    """Solve again for each row of values, shape (samples, items)."""

    problem: Problem
    values: np.ndarray
    seed: int
    time_limit: float


def find_plan(job: PlanJob, progress: Progress | None = None, watch: Watcher | None = None) -> Found:
    """The plan of a job. NoPlan as the solver raises it; Unavailable when too many are being solved already.

    `watch` is told (seconds, worth of the best plan so far, what no plan is worth more than) as the search goes on.
    """
    found = _run(job, job.time_limit, progress, watch)
    assert isinstance(found, Found)
    return found


def try_plan(job: RobustJob, progress: Progress | None = None) -> Robustness:
    """How robust the plans of a job are. Unavailable also when not even one could be solved in time."""
    found = _run(job, job.time_limit, progress)
    assert isinstance(found, Robustness)
    return found


def _run(job: PlanJob | RobustJob, time_limit: float, progress: Progress | None, watch: Watcher | None = None) -> Any:
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise Unavailable("Other roadmaps are being solved just now; try again in a minute.")
    try:
        return _watch(job, time_limit, progress, watch)
    finally:
        AT_ONCE.release()


def _watch(job: PlanJob | RobustJob, time_limit: float, progress: Progress | None, watch: Watcher | None) -> Any:
    hears: dict[str, Callable[..., None] | None] = {"progress": progress, "watched": watch}
    surroundings = multiprocessing.get_context("spawn")
    ours, theirs = surroundings.Pipe(duplex=False)
    process = surroundings.Process(target=work, args=(theirs, job), daemon=True)
    process.start()
    theirs.close()
    best: Any = None
    limit = time.monotonic() + time_limit
    try:
        while ours.poll(max(0.0, limit + (GRACE if best is None else LATE) - time.monotonic())):
            kind, told = ours.recv()
            if kind in hears:
                if (hear := hears[kind]) is not None:
                    hear(*told)
            elif kind == "no plan":
                raise NoPlan(told)
            elif kind == "failed":
                raise RuntimeError(told)
            else:
                best = told
                if kind == "done":
                    return best
    except EOFError:  # it ended without a word: killed from outside, or out of memory
        if best is None:
            raise Unavailable("The solver ended before it had a plan; try again, or with fewer projects.") from None
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
    if best is None:
        raise Unavailable("No plan was found in this time; give it more.")
    return replace(best, stopped="time") if isinstance(best, Found) and best.stopped != "optimal" else best


def work(there: Connection, job: PlanJob | RobustJob) -> None:
    """What the process does: it tells the first plan as soon as there is one, progress, and the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process
    try:
        there.send(("done", _plan(there, job) if isinstance(job, PlanJob) else _robustness(there, job)))
    except NoPlan as none:
        there.send(("no plan", none.proven))
    except BrokenPipeError:
        return  # nobody waits any more
    except Exception as error:  # noqa: BLE001 - it is raised again where somebody sees it
        there.send(("failed", f"{type(error).__name__}: {error}"))


def _plan(there: Connection, job: PlanJob) -> Found:
    def watch(seconds: float, worth: float, bound: float) -> None:
        there.send(("progress", (round(min(seconds, job.time_limit) * 10), round(job.time_limit * 10))))
        there.send(("watched", (seconds, worth, bound)))

    def tell(better: Found) -> None:
        there.send(("plan", better))

    search = Search(job.problem)
    first = search.guided(job.time_limit, job.known)
    tell(first)
    watch(first.seconds, first.objective, first.bound)
    return search.improved(first, job.time_limit, job.gap, watch, tell)


def _robustness(there: Connection, job: RobustJob) -> Robustness:
    def tell(done: int, of: int) -> None:
        there.send(("progress", (done, of)))

    return robust_selection(job.problem, job.values, job.seed, job.time_limit, tell)
