from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.as_of import Moment, set_anew, settings_as_of
from planner.domain.change_words import headline, others_words, rank_words, top_words
from planner.domain.changes import Changes, State, build_changes, ranks_of
from planner.domain.history import Event, FieldChange, in_words
from planner.domain.matrix import ProjectPoint
from planner.domain.portfolios import PortfolioState
from planner.domain.scoring import Interval, Standing
from tests.support.factories import NOW

THEN, LATER = Moment(at=datetime(2025, 10, 1, 23, 59, 59, 999999, UTC)), Moment(at=None)


def portfolio(**settings: Any) -> PortfolioState:
    values: dict[str, Any] = {"priority_impact_share": None, "capacity": 2, "playbook_version": 1, **settings}
    return PortfolioState.model_construct(id=1, slug="lab", created_at=NOW, updated_at=NOW, **values)


def point(number: int, priority: float | None) -> ProjectPoint:
    """A project at a priority; one that nobody has scored for None."""
    at = Interval(expected=3.0 if priority is None else priority, low=1, high=5)
    standing = Standing(
        impact=at, feasibility=at, priority=at, quadrant=None, quadrant_probability=None,
        answered=0 if priority is None else 7, of=7,
    )  # fmt: skip
    return ProjectPoint(id=number, key=f"P-{number}", name=f"Project {number}", archetype=None, standing=standing)


Priorities = dict[int, float | None]


def difference(then: Priorities, now: Priorities, capacity: tuple[int, int] = (2, 2)) -> Changes:
    states = [
        State(moment, portfolio(capacity=k), {number: point(number, at) for number, at in found.items()})
        for moment, found, k in ((THEN, then, capacity[0]), (LATER, now, capacity[1]))
    ]
    return build_changes(states[0], states[1], {}, dict.fromkeys({*then, *now}, NOW))


def test_ties_share_a_rank() -> None:
    assert ranks_of({1: 3.5, 2: 4.0, 3: 3.5, 4: 1.0}) == {1: 2, 2: 1, 3: 2, 4: 4}
    assert ranks_of({}) == {}


def test_equal_moments_do_not_differ() -> None:
    found = difference({1: 3, 2: 4, 3: None}, {1: 3, 2: 4, 3: None})
    assert (found.total, found.items, found.moved) == (0, (), 0)
    assert headline(found) == "Since 1 Oct 2025: nothing changed"


def test_who_moved_because_others_did_is_told_by_whom() -> None:
    found = difference({1: 4, 2: 3.5, 3: 2, 4: 1}, {1: 4, 2: 3.5, 3: 3.7, 4: 3.6})
    told = {change.key: change for change in found.items}
    assert set(told) == {"P-2", "P-3", "P-4"}
    assert told["P-2"].by_others
    assert others_words(told["P-2"]) == "Moved down 2 because P-4 and P-3 rose."
    assert rank_words(told["P-2"]) == "Down 2, from rank 2 to 4"
    assert top_words(told["P-2"], found) == "It left the top 2."
    assert (told["P-3"].top, told["P-2"].top, told["P-4"].top) == ("entered", "left", "out")
    assert headline(found) == "Since 1 Oct 2025: 3 projects moved, 1 entered the top 2 and 1 left it"


def test_reasons_on_both_sides_are_told() -> None:
    found = difference({1: 3, 2: 4, 3: 1, 4: 1, 5: None}, {1: 3, 2: 2, 3: 3.5, 4: 3.6, 5: 5})
    told = {change.key: change for change in found.items}
    assert others_words(told["P-1"]) == (
        "Moved down 2 because P-4 and P-3 rose and P-5 came in above it, although P-2 fell."
    )
    assert rank_words(told["P-5"]) == "Scored for the first time: rank 1"
    assert found.first_scored == 1
    even = {c.key: c for c in difference({1: 3, 2: 4, 3: 1}, {1: 3, 2: 2, 3: 3.5}).items}
    assert "P-1" not in even  # it keeps its rank, and nothing about it differs


def test_the_top_may_move_without_anybody() -> None:
    found = difference({1: 4, 2: 3, 3: 2}, {1: 4, 2: 3, 3: 2}, (1, 2))
    assert [(c.key, c.top) for c in found.items] == [("P-2", "entered")]
    assert top_words(found.items[0], found) == "It entered the top 2, which was the top 1 then."
    assert others_words(found.items[0]) == ""


def test_coming_and_going() -> None:
    found = difference({1: 4, 2: 3, 3: None}, {2: 3, 4: 5, 5: None, 3: None})
    told = {change.key: change for change in found.items}
    assert rank_words(told["P-1"]) == "In the bin now; it was rank 1"
    assert rank_words(told["P-4"]) == "Added and scored: rank 1"
    assert rank_words(told["P-5"]) == "Added, not scored yet"
    assert set(told) == {"P-1", "P-4", "P-5"}
    assert (found.created, found.binned, found.first_scored, found.moved) == (2, 1, 1, 0)
    assert told["P-1"].difference is None


priorities = st.dictionaries(st.integers(1, 9), st.none() | st.integers(2, 10).map(lambda n: n / 2), max_size=9)


@given(then=priorities, now=priorities)
def test_a_rank_moves_by_exactly_those_who_passed(then: Priorities, now: Priorities) -> None:
    found = difference(then, now)
    for change in found.items:
        if change.rank_then is not None and change.rank_now is not None:
            assert change.rank_now - change.rank_then == change.overtaken_by.count - change.overtook.count
    inside = [
        sum(1 for rank in ranks_of({n: at for n, at in side.items() if at is not None}).values() if rank <= k)
        for side, k in ((then, found.top_then), (now, found.top_now))
    ]
    assert inside[1] - inside[0] == found.entered - found.left


settings = st.fixed_dictionaries(
    {
        "priority_impact_share": st.none() | st.floats(0, 1),
        "capacity": st.none() | st.integers(1, 100_000),
        "playbook_version": st.integers(1, 9),
    }
)


@given(states=st.lists(settings, min_size=1, max_size=5))
def test_settings_are_read_back_from_the_history_as_they_were(states: list[dict[str, object]]) -> None:
    events = []
    for number, (old, new) in enumerate(pairwise(states), 1):
        changes = tuple(
            FieldChange(field=name, old=in_words(old[name]), new=in_words(new[name]))
            for name in new
            if old[name] != new[name]
        )
        at = NOW + timedelta(minutes=number)
        events.append(Event(id=number, at=at, actor="M", action="portfolio.updated", project=None, changes=changes))
    newest_first = list(reversed(events))
    last = portfolio(**states[-1])
    for number, state in enumerate(states):
        past = settings_as_of(last, newest_first, NOW + timedelta(minutes=number))
        assert {name: getattr(past, name) for name in state} == state
    assert settings_as_of(last, newest_first, None) == last
    first = portfolio(**states[0])
    for event in events:
        first = set_anew(first, event)
    assert first == last


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (Moment(at=None), "now"),
        (THEN, "1 Oct 2025"),
        (Moment(at=datetime(2025, 10, 1, 12, tzinfo=UTC)), "1 Oct 2025, 12:00 UTC"),
        (Moment(at=datetime(2025, 10, 1, 12, tzinfo=UTC), snapshot="Board"), "“Board” (1 Oct 2025)"),
    ],
)
def test_a_moment_in_words(moment: Moment, words: str) -> None:
    assert moment.words == words
