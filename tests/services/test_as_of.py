"""The past is what it was: whatever people did since, in whatever order."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain.errors import Invalid, PlannerError
from planner.domain.portfolios import PortfolioPatch
from planner.domain.projects import Filters
from planner.domain.scoring import Standing
from planner.domain.snapshots import SnapshotDraft
from planner.services import matrix, portfolios, projects, scoring, snapshots
from planner.services.as_of import AsOf, candidates_as_of
from planner.services.candidates import load_candidates
from planner.services.changes import get_changes
from planner.services.workspace import Workspace, reading
from tests.services.test_random_histories import Act, Fresh, acts, fresh
from tests.support.database import workspace_of
from tests.support.factories import SLUG, add_portfolio, add_project, all_levels, levels

__all__ = ["fresh"]  # the fixture of the test next door


def past(ws: Workspace, when: datetime | None, filters: Filters | None = None) -> AsOf:
    with reading(ws, SLUG) as found:
        return candidates_as_of(ws, found, when, filters or Filters())


def live(ws: Workspace) -> dict[str, Any]:
    """What the service shows now of everything that the past is asked for."""
    portfolio = portfolios.get_portfolio(ws, SLUG)
    with reading(ws, SLUG) as found:
        candidates = load_candidates(ws, found, Filters())
    return {
        "share": portfolio.priority_impact_share,
        "capacity": portfolio.capacity,
        "standings": {point.key: point.standing for point in candidates.points},
        "states": {point.key: state for point, state in zip(candidates.points, candidates.states, strict=True)},
    }


def recalled(ws: Workspace, when: datetime) -> dict[str, Any]:
    """The same of a moment."""
    found = past(ws, when)
    return {
        "share": found.portfolio.priority_impact_share,
        "capacity": found.portfolio.capacity,
        "standings": {point.key: point.standing for point in found.candidates.points},
        "states": {p.key: s for p, s in zip(found.candidates.points, found.candidates.states, strict=True)},
    }


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(story=st.lists(acts(), min_size=10, max_size=30), capacities=st.lists(st.integers(1, 4), max_size=3))
def test_as_of_any_time_is_what_the_service_showed_then(
    fresh: Fresh, story: list[tuple[str, Act]], capacities: list[int]
) -> None:
    with fresh() as database:
        ws = workspace_of(database)
        add_portfolio(ws)
        for number in range(2):
            add_project(ws, f"first {number}")
        for capacity in capacities:
            story.insert(3 * capacity, ("capacity", _capacity(capacity)))
        shown: list[tuple[datetime, dict[str, Any]]] = [(ws.clock(), live(ws))]
        for _, act in story:
            try:
                act(ws)
            except PlannerError:
                continue
            shown.append((ws.clock(), live(ws)))
        for at, state in shown:
            assert recalled(ws, at) == state
        for (start, old), (end, new) in pairwise(shown):
            _check_difference(ws, start, end, old["standings"], new["standings"])
        _check_difference(ws, shown[0][0], shown[-1][0], shown[0][1]["standings"], shown[-1][1]["standings"])


def _capacity(capacity: int) -> Act:
    return lambda ws: portfolios.update_portfolio(ws, SLUG, PortfolioPatch(capacity=capacity))


def _check_difference(
    ws: Workspace, start: datetime, end: datetime, old: dict[str, Standing], new: dict[str, Standing]
) -> None:
    """The difference of two moments tells every project that differs, and its causes account for all of it."""
    found = get_changes(ws, SLUG, start.isoformat(), end.isoformat())
    told = {change.key: change for change in found.items}
    for key in {*old, *new}:
        before, after = old.get(key), new.get(key)
        if key not in told:
            assert before is not None
            assert after is not None
            assert before == after or not (before.answered or after.answered)
            continue
        change = told[key]
        assert (change.then, change.now) == (before, after)
        if before is None or after is None:
            assert change.difference is None
            continue
        assert change.difference == round(after.priority.expected - before.priority.expected, 6)
        effects = [cause.effect for cause in change.causes if cause.effect is not None]
        assert len(effects) == len(change.causes)
        assert round(sum(effects), 6) == change.difference
        assert [cause.at for cause in change.causes] == sorted(cause.at for cause in change.causes)
        if change.rank_then and change.rank_now:
            assert change.rank_now - change.rank_then == change.overtaken_by.count - change.overtook.count
    assert found.entered - found.left == sum(c.top in ("in", "entered") for c in found.items) - sum(
        c.top in ("in", "left") for c in found.items
    )


def test_a_date_means_its_end_in_utc(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    key = add_project(any_ws).key
    unknown = scoring.get_standing(any_ws, key)
    day = timedelta(days=1)
    any_ws.clock.now += day  # type: ignore[attr-defined]
    scoring.record_answers(any_ws, key, "Mara", all_levels(5))
    any_ws.clock.now += day  # type: ignore[attr-defined]
    assert scoring.get_standing(any_ws, key, "2026-05-04") == unknown
    assert scoring.get_standing(any_ws, key, "2026-05-05").priority.expected == 5
    assert scoring.get_standing(any_ws, key, "2026-05-05T09:00:00Z") == unknown
    assert scoring.get_standing(any_ws, key, "2026-05-05T22:59:59+14:00") == unknown
    assert scoring.get_standing(any_ws, key, "2026-05-06") == scoring.get_standing(any_ws, key)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-05-05", "lies in the future"),
        ("9999-12-31T23:59:59Z", "lies in the future"),
        ("2026-05-03", "was only added on 4 May 2026"),
        ("0001-01-01T00:00:00+23:59", "give its number or name"),
        ("2026-05-04T12:00:00", "needs its time zone"),
        ("yesterday", "'yesterday' is no snapshot"),
        ("", "give its number or name"),
        ("2026-13-45", "no snapshot"),
        ("20260504", "no snapshot"),
    ],
)
def test_a_moment_that_is_none_or_not_yet_is_refused_by_name(any_ws: Workspace, when: str, said: str) -> None:
    add_portfolio(any_ws)
    key = add_project(any_ws).key
    with pytest.raises(Invalid) as caught:
        scoring.get_standing(any_ws, key, when)
    assert caught.value.errors[0].field == "as_of"
    assert said in caught.value.errors[0].message


def test_a_project_is_missing_while_it_was_in_the_bin(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    key = add_project(any_ws).key
    scoring.record_answers(any_ws, key, "Mara", levels(ml_strength=5))
    projects.delete_project(any_ws, key)
    away = any_ws.clock()
    projects.restore_project(any_ws, key)
    scoring.record_answers(any_ws, key, "Mara", levels(ml_strength=1))
    with pytest.raises(Invalid, match="Some fields") as caught:
        scoring.get_standing(any_ws, key, away.isoformat())
    assert "in the bin" in caught.value.errors[0].message
    assert past(any_ws, away).candidates.points == ()
    assert len(past(any_ws, None).candidates.points) == 1


def test_before_it_began_a_portfolio_is_empty(any_ws: Workspace) -> None:
    add_portfolio(any_ws, capacity=3)
    add_project(any_ws)
    found = matrix.get_matrix(any_ws, SLUG, Filters(), "2020-02-02")
    assert (found.total, found.points) == (0, ())


def test_filters_by_what_follows_from_answers_look_at_the_answers_of_that_time(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    one, two = add_project(any_ws, owner="Ben").key, add_project(any_ws, owner="Ada").key
    scoring.record_answers(any_ws, one, "Mara", all_levels(5))
    then = any_ws.clock()
    scoring.record_answers(any_ws, one, "Mara", all_levels(1))
    scoring.record_answers(any_ws, two, "Mara", all_levels(5))

    def keys(filters: Filters) -> list[str]:
        return [point.key for point in past(any_ws, then, filters).candidates.points]

    assert keys(Filters(quadrant="do_first")) == [one]
    assert keys(Filters(quadrant="not_stated")) == keys(Filters(answered=0)) == [two]
    assert keys(Filters(answered=7)) == [one]
    assert keys(Filters(owner="Ada")) == [two]
    with pytest.raises(Invalid):
        past(any_ws, then, Filters(stage="heaven"))


def test_a_snapshot_names_a_moment(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    key = add_project(any_ws).key
    marked = snapshots.create_snapshot(any_ws, SLUG, SnapshotDraft(name="Spring board"))
    unknown = scoring.get_standing(any_ws, key)
    scoring.record_answers(any_ws, key, "Mara", all_levels(5))
    for name in ("Spring board", "1", marked.at.isoformat()):
        assert scoring.get_standing(any_ws, key, name) == unknown
