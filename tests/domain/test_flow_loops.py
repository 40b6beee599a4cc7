"""Loops: how often, along which edge, and what for."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.flow_loops import build_loops
from tests.support.factories import fsdl
from tests.support.flow import UP, back, path, step


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
