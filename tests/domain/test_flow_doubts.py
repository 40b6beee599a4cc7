"""The answers that loops put in doubt, and hindsight."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from planner.domain.flow_doubts import Level, build_doubts, build_hindsight, doubted_criteria
from planner.domain.flow_paths import Path
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Edge, Reason
from tests.support.factories import fsdl
from tests.support.flow import UP, back, day, path, step


def said(at: float, level: int | None, who: str = "Mara", criterion: str = "data_availability") -> Level:
    return Level(criterion, who, level, level is None, day(at))


def playbook_where(doubts: Sequence[str]) -> Playbook:
    """A playbook with one back edge, whose only reason doubts these criteria."""
    reason = Reason(id="why", name="Why", source="ours", doubts=tuple(doubts))
    fields = {name: getattr(fsdl(), name) for name in Playbook.model_fields}
    return Playbook(**{**fields, "edges": (Edge(start="data", end="planning", reasons=(reason,)),)})


def test_a_favourable_answer_before_a_loop_is_to_be_given_again() -> None:
    one = path(1, *UP, back(10))
    answers = {1: [said(1, 5), said(2, 4, "Ben"), said(3, 3, "Cleo"), said(12, 5, "Dora")]}
    (doubt,) = build_doubts([one], answers, fsdl())
    assert (doubt.criterion, doubt.lowest, doubt.highest) == ("data_availability", 4, 5)
    assert (doubt.assessors, doubt.waiting_for) == (("Mara", "Ben"), ("Mara", "Ben"))
    assert (doubt.answered_at, doubt.looped_at, doubt.answered_again_at) == (day(2), day(10), None)
    assert (doubt.reason, doubt.start, doubt.end) == ("labels_unreliable", "training", "data")

    answers[1].append(said(11, 2))
    (doubt,) = build_doubts([one], answers, fsdl())
    assert (doubt.waiting_for, doubt.answered_again_at) == (("Ben",), None)
    answers[1].append(said(13, None, "Ben"))  # withdrawn: nothing favourable is left either
    (doubt,) = build_doubts([one], answers, fsdl())
    assert (doubt.waiting_for, doubt.answered_again_at) == ((), day(13))


@pytest.mark.parametrize(
    "given",
    [
        [said(1, 3)],  # not favourable
        [said(1, 5), said(2, 2)],  # thought better of it in time
        [said(1, 5), said(2, None)],  # withdrawn in time
        [said(11, 5)],  # said after the loop
        [said(1, 5, criterion="problem_difficulty")],  # not what the reason speaks against
    ],
)
def test_nothing_else_is_put_in_doubt(given: list[Level]) -> None:
    assert build_doubts([path(1, *UP, back(10))], {1: given}, fsdl()) == ()


def test_the_last_loop_is_told_open_doubts_come_first_and_what_has_left_the_flow_is_not_asked_again() -> None:
    again = path(1, *UP, back(10), step(11, "training"), back(20))
    settled = path(2, *UP, back(30))
    ended = path(3, *UP, back(10), in_bin=False)
    ended = Path(**{**vars(ended), "visits": (ended.visits[0]._replace(until=day(40), left="ended"),)})
    answers = {1: [said(1, 5)], 2: [said(1, 5), said(31, 4)], 3: [said(1, 5)]}
    doubts = build_doubts([again, settled, ended], answers, fsdl())
    assert [(doubt.key, doubt.looped_at) for doubt in doubts] == [("P-1", day(20)), ("P-2", day(30))]


def test_hindsight_compares_who_looped_with_who_passed_once_there_are_five_of_each() -> None:
    looped = [path(n, *UP, back(10)) for n in range(1, 6)]
    passed = [path(n, *UP, step(10, "deployment")) for n in range(6, 11)]
    both = path(11, *UP, back(10), step(11, "training"), step(12, "deployment"))  # went back, so it did not just pass
    silent = path(12, *UP, back(10))
    answers = {n: [said(5, 2), said(15, 5)] for n in range(1, 6)}
    answers |= {n: [said(5, 4), said(5, 5, "Ben")] for n in range(6, 11)}
    answers[11] = [said(5, 5)]
    (found,) = build_hindsight([*looped, *passed, both, silent], answers, fsdl())
    assert (found.reason, found.stage, found.criterion) == ("labels_unreliable", "training", "data_availability")
    assert (found.looped.projects, found.looped.mean) == (6, 2.5)
    assert (found.passed.projects, found.passed.mean) == (5, 4.5)
    assert found.difference == -2.0
    (found,) = build_hindsight([*looped[:4], *passed], answers, fsdl())
    assert (found.looped.projects, found.difference) == (4, None)
    (found,) = build_hindsight(looped, answers, fsdl())
    assert (found.passed.projects, found.passed.mean, found.difference) == (0, None, None)


def test_a_playbook_without_doubts_has_none() -> None:
    one = path(1, step(0, "planning", "placed"), step(1, "data"), step(2, "planning", "back", "why"))
    without, having = playbook_where([]), playbook_where(["inspiration"])
    answers = {1: [said(0.5, 5, criterion="inspiration")]}
    assert doubted_criteria(without) == frozenset()
    assert (build_doubts([one], answers, without), build_hindsight([one], answers, without)) == ((), ())
    assert doubted_criteria(having) == {"inspiration"}
    assert [doubt.criterion for doubt in build_doubts([one], answers, having)] == ["inspiration"]
