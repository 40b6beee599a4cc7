"""The flow of projects: visits, time in stage, cumulative flow, and who is stuck."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.flow import (
    Stuck,
    cumulative_flow,
    find_stuck,
    last_moment,
    service_level,
    stage_names,
    stage_stays,
    survival_median,
    time_in_stages,
)
from planner.domain.flow_paths import (
    Absence,
    Mark,
    Path,
    Visit,
    build_absences,
    build_visits,
    outcome_marks,
)
from planner.domain.flow_words import stuck_words
from tests.support.factories import fsdl
from tests.support.flow import STAGES, day, path, step


def test_visits_follow_the_moves_and_a_return_begins_anew() -> None:
    steps = [step(0, "planning", "placed"), step(3, "data"), step(10, "planning", "back"), step(12, "data")]
    assert build_visits(steps, ()) == (
        Visit("planning", day(0), day(3), "forward"),
        Visit("data", day(3), day(10), "back"),
        Visit("planning", day(10), day(12), "forward"),
        Visit("data", day(12), None, "there"),
    )


def test_a_visit_ends_with_the_flow_and_another_begins_when_the_project_comes_back() -> None:
    steps = [step(0, "planning", "placed"), step(10, "data")]
    gone = (Absence(day(4), day(6), reached=False), Absence(day(20), None, reached=True))
    assert [(visit.since, visit.until, visit.left) for visit in build_visits(steps, gone)] == [
        (day(0), day(4), "ended"),
        (day(6), day(10), "forward"),
        (day(10), day(20), "reached"),
    ]


def test_a_project_that_moves_while_out_of_the_flow_is_in_the_new_stage_when_it_comes_back() -> None:
    steps = [step(0, "planning", "placed"), step(5, "data")]
    visits = build_visits(steps, (Absence(day(2), day(8), reached=False),))
    assert [(visit.stage, visit.since, visit.left) for visit in visits] == [
        ("planning", day(0), "ended"),
        ("data", day(8), "there"),
    ]


def test_a_clock_that_was_put_back_takes_no_time_away() -> None:
    steps = [step(0, "planning", "placed"), step(10, "data"), step(5, "training"), step(20, "deployment")]
    visits = build_visits(steps, ())
    assert [(visit.stage, visit.since) for visit in visits] == [
        ("planning", day(0)),
        ("training", day(10)),
        ("deployment", day(20)),
    ]


def test_status_outcome_and_bin_each_keep_a_project_out() -> None:
    marks = [
        Mark(day(0), "status", "candidate"),
        Mark(day(5), "status", "paused"),  # no end
        Mark(day(10), "status", "live"),
        Mark(day(12), "outcome", "success"),
        Mark(day(14), "status", "active"),  # the outcome still stands
        Mark(day(16), "outcome", None),
        Mark(day(20), "bin", "bin"),
        Mark(day(21), "bin", None),
        Mark(day(30), "status", "stopped"),
    ]
    assert build_absences(marks[::-1]) == (
        Absence(day(10), day(16), reached=True),
        Absence(day(20), day(21), reached=False),
        Absence(day(30), None, reached=False),
    )


def test_an_outcome_counts_from_the_end_of_its_day_or_from_its_first_recording() -> None:
    noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
    known = date(2026, 5, 1)
    marks = outcome_marks(
        [
            ("failure", date(2026, 5, 4), noon),  # recorded before that day was over
            ("success", known, noon + timedelta(days=1)),  # a correction
            ("reopened", known, noon + timedelta(days=2)),
            ("abandoned", date(2026, 6, 1), noon + timedelta(days=3)),
        ]
    )
    assert marks == [
        Mark(datetime(2026, 5, 2, tzinfo=UTC), "outcome", "success"),
        Mark(noon + timedelta(days=2), "outcome", None),
        Mark(noon + timedelta(days=3), "outcome", "abandoned"),
    ]


def test_time_in_stage_of_a_small_portfolio() -> None:
    stays = (10, 20, 30, 40, 100)
    paths = [path(n, step(0, "planning", "placed"), step(d, "data")) for n, d in enumerate(stays, 1)]
    paths.append(path(6, step(0, "planning", "placed")))  # still there
    paths.append(path(7, step(0, "planning", "placed"), gone=(Absence(day(50), None, reached=False),)))
    paths.append(path(8, step(0, "planning", "placed"), step(1, "data"), in_bin=True))
    planning, data, *_ = time_in_stages(paths, stage_names(paths, fsdl()), day(200))
    assert (planning.completed, planning.here, planning.cut_short) == (5, 1, 1)
    assert (planning.quartile_low, planning.median, planning.quartile_high) == (20, 30, 40)
    assert planning.expected == 100
    # S falls to 6/7, 5/7, 4/7 and 3/7 at 10, 20, 30 and 40 days, of seven visits.
    assert planning.median_with_here == 40
    assert (data.completed, data.here, data.median, data.expected, data.median_with_here) == (0, 5, None, None, None)


def test_the_product_limit_median_is_that_of_a_published_example() -> None:
    # Weeks of remission under 6-mercaptopurine and under a placebo, Freireich et al. 1963, Blood 21:699-716, the data
    # that textbooks estimate S(t) on: 0.538 at 22 weeks and 0.448 at 23, so a median of 23, and of 8 for the placebo.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    watched = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    assert survival_median(ended, watched) == 23
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    assert survival_median(placebo, []) == 8
    assert survival_median([], [1.0]) is None
    assert survival_median([1], [2, 3]) is None


@pytest.mark.parametrize(("completed", "level"), [([1, 2, 3, 4], None), ([5, 4, 3, 2, 1], 5), (range(1, 21), 17)])
def test_the_service_level_needs_five_visits_and_holds_for_85_per_cent(
    completed: list[float], level: float | None
) -> None:
    assert service_level(list(completed)) == level


def test_who_is_stuck_and_where_nobody_can_tell() -> None:
    quick = [path(n, step(0, "planning", "placed"), step(10, "data")) for n in range(1, 6)]
    slow = path(7, step(80, "planning", "placed"))
    slower = path(6, step(70, "planning", "placed"))
    just = path(8, step(90, "planning", "placed"))
    binned = path(9, step(0, "planning", "placed"), in_bin=True)
    paths = [*quick, slow, slower, just, binned]
    names, now = stage_names(paths, fsdl()), day(100)
    stuck = find_stuck(paths, time_in_stages(paths, names, now), now)
    assert [(one.key, one.days, one.expected) for one in stuck.projects] == [("P-6", 30, 10), ("P-7", 20, 10)]
    assert stuck.total == 2
    (unsure,) = stuck.unsure
    assert (unsure.stage, unsure.completed, unsure.here) == ("data", 0, 5)
    assert [one.key for one in unsure.longest] == ["P-1", "P-2", "P-3"]
    assert stuck_words(stuck) == (
        "2 projects have been in a stage for longer than 85 % of the visits completed there took. Too few visits are "
        "completed to tell for: Data (0)."
    )


def test_words_do_not_say_that_nobody_is_stuck_where_nobody_can_tell() -> None:
    paths = [path(1, step(0, "planning", "placed"))]
    names = stage_names(paths, fsdl())
    stuck = find_stuck(paths, time_in_stages(paths, names, day(900)), day(900))
    assert stuck_words(stuck).startswith("Where it can be told, no project has been in a stage for longer")
    assert stuck_words(Stuck(total=0, projects=(), unsure=())).startswith("No project has been")


def test_the_flow_by_week_counts_who_is_where_and_who_left() -> None:
    # T0 is a Thursday; the Mondays after it are 4 and 11 days later.
    paths = [
        path(1, step(0, "planning", "placed"), step(5, "data")),
        path(2, step(1, "planning", "placed"), gone=(Absence(day(6), None, reached=False),)),
        path(3, step(20, "elsewhere", "placed")),
    ]
    flow = cumulative_flow(paths, stage_names(paths, fsdl()), day(20))
    assert (flow.step, flow.stages, flow.names[-1]) == ("week", (*STAGES, "elsewhere"), "elsewhere")
    assert [(point.at, point.counts, point.total, point.left) for point in flow.points] == [
        (day(4), (2, 0, 0, 0, 0), 2, 0),
        (day(11), (0, 1, 0, 0, 0), 1, 1),
        (day(18), (0, 1, 0, 0, 0), 1, 1),
        (day(20), (0, 1, 0, 0, 1), 2, 1),
    ]


def test_a_long_flow_is_told_by_month_and_an_empty_one_has_no_points() -> None:
    paths = [path(1, step(0, "planning", "placed"))]
    flow = cumulative_flow(paths, stage_names(paths, fsdl()), day(500))
    assert flow.step == "month"
    assert [point.at.day for point in flow.points[:-1]] == [1] * (len(flow.points) - 1)
    assert cumulative_flow([], {}, day(0)).points == ()


gaps = st.floats(0, 50, allow_nan=False)
KINDS: tuple[Literal["placed", "forward", "back"], ...] = ("placed", "forward", "back")


@st.composite
def projects(draw: st.DrawFn) -> Path:
    """A project with any moves, and any statuses, outcomes and times in the bin."""
    at, steps = draw(gaps), []
    for _ in range(draw(st.integers(0, 5))):
        steps.append(step(at, draw(st.sampled_from([*STAGES, "elsewhere"])), draw(st.sampled_from(KINDS))))
        at += draw(gaps)
    values = {
        "status": [None, "active", "live", "stopped"],
        "outcome": [None, "success", "failure"],
        "bin": [None, "bin"],
    }
    marks = [
        Mark(day(draw(st.floats(0, 300))), what, draw(st.sampled_from(values[what])))  # type: ignore[arg-type]
        for what in draw(st.lists(st.sampled_from(sorted(values)), max_size=5))
    ]
    return path(draw(st.integers(1, 10**6)), *steps, gone=build_absences(marks))


@given(st.lists(projects(), max_size=8), st.floats(0, 1000))
def test_the_stages_add_up_to_the_projects_in_the_flow_at_every_point(paths: list[Path], later: float) -> None:
    now = last_moment(paths, day(later))
    flow = cumulative_flow(paths, stage_names(paths, fsdl()), now)
    for point in flow.points:
        there = [
            visit.stage
            for one in paths
            for visit in one.visits
            if visit.since <= point.at and (visit.until is None or point.at < visit.until)
        ]
        assert sum(point.counts) == point.total == len(there)
        assert list(point.counts) == [there.count(stage) for stage in flow.stages]
        entered = sum(bool(one.visits) and one.visits[0].since <= point.at for one in paths)
        assert point.left == entered - point.total >= 0
    assert all(before.at < after.at for before, after in pairwise(flow.points))
    assert (flow.points[-1].at == now) if any(one.visits for one in paths) else not flow.points


@given(projects(), st.floats(0, 1000))
def test_the_times_in_stages_add_up_to_the_life_of_a_project(one: Path, later: float) -> None:
    now = last_moment([one], day(later))
    assert all(visit.since < (visit.until or now + timedelta(1)) for visit in one.visits)
    assert all(a.until is not None and a.until <= b.since for a, b in pairwise(one.visits))
    stays = stage_stays(one, stage_names([one], fsdl()), now)
    if not one.visits:
        assert stays == ()
        return
    life = (now - one.visits[0].since) / timedelta(days=1)
    away = sum(((b.since - a.until) / timedelta(days=1) for a, b in pairwise(one.visits) if a.until), 0.0)
    last = one.visits[-1].until
    away += 0.0 if last is None else (now - last) / timedelta(days=1)
    assert sum(stay.days for stay in stays) == pytest.approx(life - away, abs=0.05)
    assert sum(stay.visits for stay in stays) == len(one.visits)
    assert [stay.here for stay in stays].count(True) == (one.here is not None)


@given(st.lists(projects(), max_size=8), st.floats(0, 1000))
def test_every_visit_is_counted_once_and_only_the_present_ones_can_be_stuck(paths: list[Path], later: float) -> None:
    now = last_moment(paths, day(later))
    names = stage_names(paths, fsdl())
    times = time_in_stages(paths, names, now)
    assert sum(time.completed + time.here + time.cut_short for time in times) == sum(len(one.visits) for one in paths)
    assert sum(time.here for time in times) == sum(one.here is not None for one in paths)
    stuck = find_stuck(paths, times, now)
    by_stage = {time.stage: time for time in times}
    for waiting in stuck.projects:
        expected = by_stage[waiting.stage].expected
        assert expected is not None
        assert waiting.days > expected
    assert all(by_stage[unsure.stage].expected is None for unsure in stuck.unsure)
    assert sum(unsure.here for unsure in stuck.unsure) + stuck.total <= sum(time.here for time in times)


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=30), st.lists(st.floats(0.1, 100), max_size=10))
def test_the_median_with_those_there_is_never_below_that_of_the_completed(
    completed: list[float], watched: list[float]
) -> None:
    alone = survival_median(completed, [])
    assert alone == sorted(completed)[(len(completed) - 1) // 2]
    together = survival_median(completed, [100.0 + extra for extra in watched])
    assert together is None or together >= (alone or 0)


def test_nothing_takes_less_than_no_time_when_a_clock_was_ahead() -> None:
    paths = [path(1, step(10, "planning", "placed"))]
    assert last_moment(paths, day(3)) == day(10)
    assert last_moment(paths, day(13)) == day(13)
