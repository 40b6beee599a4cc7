"""The process that solves: it ends with its time, and what goes wrong in it is heard outside."""

from __future__ import annotations

import multiprocessing
import threading
import time

import numpy as np
import pytest

from planner.domain.errors import Unavailable
from planner.domain.selection_problem import Problem, broken_rules
from planner.domain.selection_solver import NoPlan
from planner.services import solver_process
from planner.services.solver_process import PlanJob, RobustJob, find_plan, try_plan
from tests.bench.roadmaps import large_problem
from tests.support.roadmaps import MULTI_PERIOD_OPTIMUM, multi_period, problem_of


@pytest.fixture(scope="module")
def large() -> Problem:
    """The problem of the benchmark, which nobody solves to the end in a few seconds."""
    return large_problem(1)


def test_a_plan_comes_back_from_a_process_of_its_own() -> None:
    found = find_plan(PlanJob(multi_period(), 20, 0.0, None))
    assert found.objective == pytest.approx(MULTI_PERIOD_OPTIMUM)
    assert found.stopped == "optimal"
    assert not multiprocessing.active_children()


def test_its_time_ends_it_and_the_plan_of_then_is_the_answer(large: Problem) -> None:
    told: list[tuple[int, int]] = []
    began = time.monotonic()
    watched: list[tuple[float, float, float]] = []
    found = find_plan(
        PlanJob(large, 4, 0.0, None),
        lambda done, of: told.append((done, of)),
        lambda seconds, worth, bound: watched.append((seconds, worth, bound)),
    )
    assert time.monotonic() - began < 4 + solver_process.GRACE + 10
    assert found.stopped == "time"
    assert 0 < found.gap < 0.02
    assert not broken_rules(large, found.starts)
    assert told
    assert all(0 <= done <= of == 40 for done, of in told)
    assert len(watched) == len(told)
    assert all(worth <= found.bound + 1e-6 and found.objective <= bound + 1e-6 for _, worth, bound in watched)
    assert not multiprocessing.active_children()


def test_a_process_that_is_late_is_killed(large: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver_process, "GRACE", -3.9)  # later than this the process is late: before it has begun
    began = time.monotonic()
    with pytest.raises(Unavailable, match="give it more"):
        find_plan(PlanJob(large, 4, 0.0, None))
    assert time.monotonic() - began < 5
    assert not multiprocessing.active_children()


def test_what_cannot_be_is_told_as_by_the_solver_itself() -> None:
    with pytest.raises(NoPlan) as none:
        find_plan(PlanJob(problem_of([(1,)], (1,), [[(2,)]], must=[0]), 5, 0.0, None))
    assert none.value.proven


def test_what_fails_in_it_fails_outside() -> None:
    wrong = RobustJob(multi_period(), np.ones((2, 3)), 1, 5)  # values for three of eight items
    with pytest.raises(RuntimeError, match="ValueError"):
        try_plan(wrong)
    assert not multiprocessing.active_children()


def test_robustness_comes_back_too() -> None:
    problem = multi_period()
    values = np.tile([item.value for item in problem.items], (3, 1))
    told: list[tuple[int, int]] = []
    found = try_plan(RobustJob(problem, values, 1, 20), lambda done, of: told.append((done, of)))
    assert (found.samples, found.verdict(6), found.verdict(5)) == (3, "core", "exterior")
    assert told[-1] == (3, 3)


def test_a_third_one_waits_and_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver_process, "PATIENCE", 0.05)
    monkeypatch.setattr(solver_process, "AT_ONCE", threading.BoundedSemaphore(1))
    with solver_process.AT_ONCE, pytest.raises(Unavailable, match="just now"):
        find_plan(PlanJob(multi_period(), 5, 0.0, None))
    assert find_plan(PlanJob(multi_period(), 5, 0.0, None)).stopped == "optimal"
