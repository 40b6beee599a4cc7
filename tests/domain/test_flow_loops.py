"""Loops: what they are for, and the answers that they put in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.flow_loops import Level, build_doubts, build_hindsight, build_loops, doubted_criteria
from planner.domain.flow_paths import Path, Step
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Edge, Reason
from tests.support.factories import fsdl
from tests.support.flow import day, path, step

UP = (step(0, "planning", "placed"), step(1, "data"), step(2, "training"))


def back(at: float, reason: str = "labels_unreliable", to: str = "data", start: str = "training") -> Step:
    return step(at, to, "back", reason, start)


def said(at: float, level: int | None, who: str = "Mara", criterion: str = "data_availability") -> Level:
    return Level(criterion, who, level, level is None, day(at))


def playbook_where(doubts: Sequence[str]) -> Playbook:
    """A playbook with one back edge, whose only reason doubts these criteria."""
    reason = Reason(id="why", name="Why", source="ours", doubts=tuple(doubts))
    fields = {name: getattr(fsdl(), name) for name in Playbook.model_fields}
    return Playbook(**{**fields, "edges": (Edge(start="data", end="planning", reasons=(reason,)),)})


def test_loops_are_counted_by_edge_and_reason_and_said_in_words() -> None:
    paths = [
        path(1, *UP, back(5), step(6, "training"), back(7)),
        path(2, *UP, back(5), step(6, "training"), back(8, "more_data_needed")),
        path(3, *UP, back(5)),
        path(4, *UP, back(9, "of_another_playbook")),
        path(5, *UP, back(5, "task_too_hard", "planning")),
        path(6, *UP, back(5), in_bin=True),
    ]
    loops = build_loops(paths, fsdl())
    assert (loops.total, loops.projects, loops.repeated_total) == (7, 5, 2)
    first, second = loops.edges
    assert (first.start, first.end, first.loops, first.projects, first.repeated) == ("training", "data", 6, 4, 2)
    assert [(r.reason, r.loops, r.projects, r.share, r.known) for r in first.reasons] == [
        ("labels_unreliable", 4, 3, 0.6667, True),
        ("more_data_needed", 1, 1, 0.1667, True),
        ("of_another_playbook", 1, 1, 0.1667, False),
    ]
    assert first.reasons[2].name == "of_another_playbook"
    assert first.words == "4 of 6 loops from Training back to Data: The labels cannot be trusted."
    assert second.words == "One loop from Training back to Planning: The task is too hard."
    assert [(one.key, one.loops) for one in loops.repeated] == [("P-1", 2), ("P-2", 2)]


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (["labels_unreliable"] * 2, "Both loops from Training back to Data: The labels cannot be trusted."),
        (["labels_unreliable"] * 3, "All 3 loops from Training back to Data: The labels cannot be trusted."),
        (
            ["labels_unreliable", "more_data_needed"],
            "2 loops from Training back to Data, 1 each for: The labels cannot be trusted; More data are needed.",
        ),
    ],
)
def test_the_words_claim_no_more_than_the_counts(reasons: list[str], words: str) -> None:
    paths = [path(n, *UP, back(5, reason)) for n, reason in enumerate(reasons)]
    assert build_loops(paths, fsdl()).edges[0].words == words


def test_a_stage_that_the_playbook_does_not_have_stands_for_itself() -> None:
    one = path(1, step(0, "old", "placed"), step(1, "older", "back", "why"))
    (edge,) = build_loops([one], fsdl()).edges
    assert (edge.start_name, edge.end_name, edge.words) == ("old", "older", "One loop from old back to older: why.")


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


codes = st.sampled_from(["labels_unreliable", "more_data_needed", "unheard_of"])


@given(st.lists(st.lists(codes, max_size=4), max_size=8))
def test_every_loop_is_counted_once(reasons: list[list[str]]) -> None:
    paths = []
    for number, given_for in enumerate(reasons):
        moves = [(back(10 * at, code), step(10 * at + 5, "training")) for at, code in enumerate(given_for, 1)]
        paths.append(path(number, *UP, *chain.from_iterable(moves)))
    loops = build_loops(paths, fsdl())
    assert loops.total == sum(map(len, reasons)) == sum(r.loops for edge in loops.edges for r in edge.reasons)
    assert loops.projects == sum(bool(given_for) for given_for in reasons)
    assert loops.repeated_total == sum(len(given_for) > 1 for given_for in reasons)
    assert all(sum(r.share for r in edge.reasons) == pytest.approx(1, abs=1e-3) for edge in loops.edges)
