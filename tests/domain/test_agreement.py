"""Argument, ignorance and silence told apart; what each assessor's own ranking says; use of the scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.agreement import (
    ARGUMENT,
    IGNORANCE,
    Agreement,
    CellAgreement,
    build_agreement,
    disputed,
    reading_of,
    split_variance,
    with_cells,
)
from planner.domain.assessors import AssessorUse, build_assessors
from planner.domain.matrix import ProjectPoint
from planner.domain.opinions import Opinions, build_opinions, own_priorities
from planner.domain.scoring import Answer, belief_state, standings
from tests.support.factories import answer, fsdl

PLAYBOOK = fsdl()
NOBODY = standings([belief_state((), PLAYBOOK)], PLAYBOOK)[0]


def opinions(*projects: list[Answer]) -> Opinions:
    points = [
        ProjectPoint(id=n, key=f"LAB-{n}", name=f"Project {n}", archetype=None, standing=NOBODY)
        for n in range(1, len(projects) + 1)
    ]
    return build_opinions(points, dict(enumerate(projects, 1)), PLAYBOOK)


def agreement(found: Opinions, top: int = 1) -> Agreement:
    return build_agreement(found, PLAYBOOK, 0.5, top)


def cell(*answers: Answer) -> CellAgreement:
    found = opinions(list(answers))
    [project] = agreement(found).projects
    [only] = with_cells(project, found).cells
    return only


def said(level: int | None, by: str, confidence: str = "measured", criterion: str = "data_availability") -> Answer:
    if level is None:
        return answer(criterion, assessor=by, not_applicable=True)
    return answer(criterion, level, assessor=by, confidence=confidence)


def test_sure_people_who_differ_need_a_talk() -> None:
    found = cell(said(2, "Ana"), said(4, "Ben"))
    assert (found.between, found.within, found.total, found.needs) == (1, 0, 1, "talk")
    assert found.within_group_agreement == 0
    assert found.average_deviation == 1
    assert found.overlap == 0
    assert [one.assessor for one in found.said] == ["Ana", "Ben"]


def test_one_level_apart_is_no_argument_and_an_informed_answer_no_ignorance() -> None:
    assert (ARGUMENT, IGNORANCE) == (0.25, 0.5)
    assert cell(said(3, "Ana"), said(4, "Ben")).needs == "nothing"
    assert cell(said(3, "Ana", "informed"), said(3, "Ben", "informed")).needs == "nothing"


def test_guessing_alike_needs_data_and_guessing_apart_both() -> None:
    assert cell(said(3, "Ana", "guess"), said(3, "Ben", "guess")).needs == "data"
    assert cell(said(2, "Ana", "guess"), said(5, "Ben", "guess")).needs == "both"
    assert cell(said(3, "Ana", "guess")).needs == "data"


def test_whether_it_applies_at_all_is_an_argument_too() -> None:
    found = cell(said(None, "Ana"), said(3, "Ben"))
    assert (found.needs, found.between) == ("talk", 0)
    assert [one.level for one in found.said] == [None, 3]
    assert cell(said(None, "Ana"), said(None, "Ben")).needs == "nothing"


def test_silence_is_told_apart() -> None:
    found = agreement(opinions([said(2, "Ana"), said(4, "Ben")], []))
    [project] = found.projects
    assert project.talk == ("data_availability",)
    assert len(project.open) == 6
    assert project.unanswered > 0
    assert project.total == pytest.approx(project.between + project.within + project.unanswered)
    assert (found.unanswered, found.settled, found.talk, found.data) == (2, 0, ("LAB-1",), ())
    assert disputed(opinions([said(2, "Ana"), said(4, "Ben")], [])) == {"LAB-1"}


def test_an_own_ranking_is_that_of_the_own_answers_alone() -> None:
    everything = [c.id for c in PLAYBOOK.criteria]
    first = [said(5, "Ana", criterion=c) for c in everything] + [said(1, "Ben", criterion=c) for c in everything]
    second = [said(1, "Ana", criterion=c) for c in everything] + [said(5, "Ben", criterion=c) for c in everything]
    found = opinions(first, second, [])
    own = own_priorities(found, PLAYBOOK, 0.5)
    assert own[0].tolist() == pytest.approx([5, 1, NOBODY.priority.expected], abs=1e-5)
    assert own[1].tolist() == pytest.approx([1, 5, NOBODY.priority.expected], abs=1e-5)
    assert {p.key: p.top_share for p in agreement(found).projects} == {"LAB-1": 0.5, "LAB-2": 0.5}
    assert {p.key: p.top_share for p in agreement(found, 2).projects} == {"LAB-1": 0.5, "LAB-2": 0.5}
    assert {p.key: p.top_share for p in agreement(found, 3).projects} == {"LAB-1": 1, "LAB-2": 1}


def test_an_own_answer_that_leaves_a_dimension_empty_is_taken_as_silence() -> None:
    nothing = [said(None, "Ana", criterion=c.id) for c in PLAYBOOK.feasibility.criteria]
    own = own_priorities(opinions(nothing), PLAYBOOK, 0.5)
    assert own[0, 0] == pytest.approx(NOBODY.priority.expected, abs=1e-5)


def test_krippendorffs_canonical_data_as_answers_to_one_criterion() -> None:
    # Krippendorff 2011: α interval .849, ordinal .815, with what is missing left out.
    rows = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    projects = [
        [said(int(row[unit]), f"Observer {n}") for n, row in enumerate(rows) if row[unit] != "."] for unit in range(12)
    ]
    found = opinions(*projects)
    line = next(c for c in agreement(found).criteria if c.criterion == "data_availability")
    assert line.alpha is not None
    assert (round(line.alpha, 3), line.reading, line.projects) == (0.815, "reliable", 11)
    interval = build_agreement(found, PLAYBOOK, 0.5, 1, "interval")
    line = next(c for c in interval.criteria if c.criterion == "data_availability")
    assert round(line.alpha or 0, 3) == 0.849
    assert round(interval.overall.alpha or 0, 3) == 0.849


def test_readings() -> None:
    assert [reading_of(a, 12) for a in (0.8, 0.79, 0.667, 0.66, -0.2, None)] == [
        "reliable",
        "tentative",
        "tentative",
        "unreliable",
        "unreliable",
        "unknown",
    ]
    assert reading_of(1, 4) == "too_few"


def test_no_project_and_no_answer_are_no_error() -> None:
    for found in (opinions(), opinions([], [])):
        empty = agreement(found)
        assert (empty.overall.alpha, empty.overall.reading, empty.projects) == (None, "unknown", ())
        assert build_assessors(found, PLAYBOOK, {"Ana": (7, 7)})[0].remarks[0].kind == "blanks"


ANSWERS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(1, 5), st.sampled_from(["measured", "informed", "guess"])),
    min_size=1,
    max_size=4,
    unique_by=lambda entry: entry[0],
)


@given(ANSWERS)
def test_between_and_within_make_the_variance_of_the_mixed_belief(given: list[tuple[str, int, str]]) -> None:
    answers = [said(level, by, confidence) for by, level, confidence in given]
    found = cell(*answers)
    belief = np.array(belief_state(answers, PLAYBOOK).beliefs[4])
    levels = np.arange(1, 6)
    variance = belief @ levels**2 - (belief @ levels) ** 2
    assert found.between + found.within == pytest.approx(variance, abs=2e-6)
    assert found.total == pytest.approx(variance, abs=2e-6)
    assert found.within_group_agreement is None or found.within_group_agreement <= 1


@given(st.lists(st.floats(1, 5), min_size=1, max_size=6), st.floats(0, 4))
def test_equal_doubt_is_kept_and_equal_means_are_no_argument(means: list[float], doubt: float) -> None:
    between, within = split_variance(np.array(means), np.full(len(means), doubt))
    assert float(within) == pytest.approx(doubt)
    assert float(between) == pytest.approx(float(np.var(means)), abs=1e-9)


# ── use of the scale ─────────────────────────────────────────────────────────────────────────────────────────────


def uses(*projects: list[Answer], asked: dict[str, tuple[int, int]] | None = None) -> dict[str, AssessorUse]:
    return {use.assessor: use for use in build_assessors(opinions(*projects), PLAYBOOK, asked or {})}


def test_four_four_four_five_becomes_visible() -> None:
    criteria = [c.id for c in PLAYBOOK.criteria]
    projects = [
        [said(5 if (n + m) % 7 == 0 else 4, "Gun", "informed", c) for n, c in enumerate(criteria)]
        + [answer(c, 1 + (n + m) % 4, assessor="Ana", rationale="counted") for n, c in enumerate(criteria)]
        for m in range(4)
    ]
    found = uses(*projects, asked={"Gun": (28, 0), "Ben": (28, 28)})
    assert {remark.kind for remark in found["Gun"].remarks} == {"lenient", "alike", "inflation", "no_rationale"}
    assert {remark.kind for remark in found["Ana"].remarks} == {"severe"}
    assert [remark.text for remark in found["Ben"].remarks] == ["28 of 28 questions asked are left blank."]
    gun = found["Gun"]
    assert (gun.answers, gun.projects, gun.levels, gun.shared, gun.high_share) == (28, 4, (0, 0, 0, 24, 4), 28, 1)
    assert gun.difference is not None
    assert gun.difference == pytest.approx(-(found["Ana"].difference or 0))
    assert (found["Ben"].asked, found["Ben"].blank, found["Ben"].mean) == (28, 28, None)


def test_guesses_are_counted_and_few_answers_give_no_remark() -> None:
    many = [[said(2 + n % 3, "Ana", "guess", c.id) for n, c in enumerate(PLAYBOOK.criteria)] for _ in range(2)]
    found = uses(*many)["Ana"]
    assert found.guess_share == 1
    assert "100 % of the levels are marked as a guess." in [remark.text for remark in found.remarks]
    assert (found.shared, found.difference, found.others_high_share) == (0, None, None)
    assert uses([said(5, "Ana", "guess")])["Ana"].remarks == ()
