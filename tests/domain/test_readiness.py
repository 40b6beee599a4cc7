"""The ML Test Score: the published scale and bands, and the law that the lowest section counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.assessments import Assessment, Current, current_assessments
from planner.domain.readiness import ReadinessScore, build_readiness, score_words
from planner.domain.readiness_counts import count_readiness
from tests.support.factories import NOW, fsdl

PLAYBOOK = fsdl()
SCHEME = PLAYBOOK.readiness
assert SCHEME is not None
TESTS = [test.id for test in SCHEME.tests]
WORDS = ("none", "manual", "automated", "not_applicable")
SECTIONS = {section.id: [test.id for test in section.tests] for section in SCHEME.sections}


def said(marks: dict[str, str], evidence: str = "") -> list[Assessment]:
    return [
        Assessment(kind="test", item=test, value=word, evidence=evidence, recorded_at=NOW, recorded_by="Mara")
        for test, word in marks.items()
    ]


def present(marks: dict[str, str]) -> Current:
    return current_assessments(said(marks))


def score(marks: dict[str, str], archetype: str | None = "autonomous") -> ReadinessScore:
    assert SCHEME is not None
    return build_readiness(SCHEME, present(marks), PLAYBOOK.archetype(archetype), {})


def test_twenty_eight_tests_in_four_sections_of_seven_each_cited_by_its_number() -> None:
    """Breck et al. 2017: sections II to V."""
    assert {section: len(tests) for section, tests in SECTIONS.items()} == {
        "data": 7,
        "model": 7,
        "infrastructure": 7,
        "monitoring": 7,
    }
    cited = [test.source for test in SCHEME.tests] if SCHEME else []
    names = ("Data", "Model", "Infra", "Monitor")
    assert cited == [f"Breck et al. 2017, {name} {number}" for name in names for number in range(1, 8)]


def test_the_scale_of_2017_and_not_that_of_the_workshop() -> None:
    """0, 0.5 by hand, 1 by machine: seven a section at most. In 2016 a test gave up to 2, fourteen a section."""
    assert score(dict.fromkeys(TESTS, "none")).score == 0
    assert score(dict.fromkeys(TESTS, "manual")).score == 3.5
    assert score(dict.fromkeys(TESTS, "automated")).score == 7
    assert score(dict.fromkeys(TESTS, "not_applicable")).score == 0


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (0, "Research project"),
        (0.5, "Serious holes"),
        (1, "Serious holes"),
        (1.5, "First pass"),
        (2, "First pass"),
        (2.5, "Reasonably tested"),
        (3, "Reasonably tested"),
        (3.5, "Strong"),
        (5, "Strong"),
        (5.5, "Exceptional"),
        (7, "Exceptional"),
    ],
)
def test_the_published_bands(value: float, band: str) -> None:
    """Breck et al. 2017, table of interpretations: 0, (0, 1], (1, 2], (2, 3], (3, 5], above 5."""
    marks = dict.fromkeys(TESTS, "none")
    for tests in SECTIONS.values():
        marks |= dict.fromkeys(tests[: int(value)], "automated")
        if value % 1:
            marks[tests[int(value)]] = "manual"
    found = score(marks)
    assert (found.score, found.band) == (value, band)


@given(marks=st.fixed_dictionaries({}, optional={test: st.sampled_from(WORDS) for test in TESTS}))
def test_the_lowest_section_counts_and_never_a_mean(marks: dict[str, str]) -> None:
    found = score(marks)
    points = {"none": 0.0, "manual": 0.5, "automated": 1.0, "not_applicable": 0.0}
    sums = {name: sum(points[marks[test]] for test in tests if test in marks) for name, tests in SECTIONS.items()}
    assert {section.section: section.score for section in found.sections} == sums
    if not marks:
        assert (found.score, found.band, found.lowest) == (None, None, ())
        return
    assert found.score == min(sums.values())
    assert found.lowest == tuple(name for name in sums if sums[name] == found.score)
    assert found.complete == (len(marks) == len(TESTS))
    raised = {test: marks.get(test) for test in found.raise_first}
    assert all(word in (None, "none", "manual") for word in raised.values())
    assert all(any(test in SECTIONS[name] for name in found.lowest) for test in raised)


@given(
    marks=st.fixed_dictionaries({test: st.sampled_from(WORDS) for test in TESTS}),
    known=st.sets(st.sampled_from(TESTS), min_size=1),
    archetype=st.sampled_from(["software_2_0", "human_in_the_loop", "autonomous"]),
)
def test_what_is_not_stated_leaves_the_score_open_and_a_floor_once_told_stays_told(
    marks: dict[str, str], known: set[str], archetype: str
) -> None:
    part, whole = score({test: marks[test] for test in known}, archetype), score(marks, archetype)
    assert part.score is not None
    assert whole.score is not None
    assert part.score <= whole.score <= part.could_be
    assert whole.could_be == whole.score
    if part.floor.state != "cannot_tell":
        assert whole.floor.state == part.floor.state
    floor = PLAYBOOK.archetype(archetype)
    assert floor is not None
    assert floor.floor_of_readiness is not None
    assert (whole.floor.state == "met") == (whole.score >= floor.floor_of_readiness)


def test_what_does_not_apply_gives_nothing_and_is_told_apart() -> None:
    marks = dict.fromkeys(TESTS, "automated") | {"data.privacy": "not_applicable", "data.schema": "none"}
    data = score(marks).sections[0]
    assert (data.score, data.most, data.not_applicable, data.stated) == (5, 7, 1, 7)


def test_not_stated_is_said_in_words() -> None:
    assert score_words(score({})) == "not stated"
    assert score_words(score({"data.schema": "automated"})) == "at least 0"
    assert score_words(score(dict.fromkeys(TESTS, "manual"))) == "3.5"


@pytest.mark.parametrize(
    ("marks", "archetype", "state", "why"),
    [
        ({}, None, "cannot_tell", "no archetype is stated"),
        ({}, "autonomous", "cannot_tell", "no test is stated; 3 is asked of Autonomous"),
        (dict.fromkeys(TESTS, "manual"), "autonomous", "met", "3.5; 3 is asked of Autonomous"),
        (dict.fromkeys(TESTS, "none"), "software_2_0", "not_met", "0; 1 is asked of Software 2.0"),
        (
            dict.fromkeys(TESTS[1:], "manual"),
            "autonomous",
            "met",
            "at least 3; 3 is asked of Autonomous",
        ),
        (dict.fromkeys(TESTS[1:7], "none"), "autonomous", "not_met", "1 at most; 3 is asked"),
        (
            dict.fromkeys(TESTS[:7], "manual"),
            "human_in_the_loop",
            "cannot_tell",
            "0 from what is stated so far; 1 is asked of Human in the loop",
        ),
    ],
)
def test_the_floor_is_met_not_met_or_cannot_be_told(
    marks: dict[str, str], archetype: str | None, state: str, why: str
) -> None:
    floor = score(marks, archetype).floor
    assert floor.state == state
    assert floor.why.startswith(why)


def test_a_component_in_place_suggests_where_to_look_and_counts_for_nothing() -> None:
    assert SCHEME is not None
    components: dict[str, str | None] = dict.fromkeys((c.id for c in PLAYBOOK.components), "in_place")
    bare = build_readiness(SCHEME, {}, None, {})
    found = build_readiness(SCHEME, {}, None, components)
    assert (found.score, found.could_be) == (bare.score, bare.could_be) == (None, 7)
    assert {line.test for line in found.tests if line.seen} == {test.id for test in SCHEME.tests if test.component}
    marks = present(dict.fromkeys(TESTS, "none"))
    hinted = build_readiness(SCHEME, marks, None, {"deployment.web": "in_place"})
    assert hinted.raise_first[:2] == ("infrastructure.canary", "infrastructure.rollback")


def test_points_without_evidence_are_counted() -> None:
    assert SCHEME is not None
    history = [*said({"data.schema": "automated", "data.privacy": "none"}), *said({"model.slices": "manual"}, "a link")]
    assert build_readiness(SCHEME, current_assessments(history), None, {}).without_evidence == 1


def test_projects_are_counted_by_band_floor_ethics_and_tier() -> None:
    assert PLAYBOOK.ethics is not None
    answered = [
        Assessment(kind="ethics", item=one.id, value="no", recorded_at=NOW, recorded_by="Mara")
        for one in PLAYBOOK.ethics.questions
    ]
    outside = Assessment(
        kind="risk",
        rules="eu_ai_act",
        rules_version=1,
        item="ai_system",
        value="no",
        recorded_at=NOW,
        recorded_by="Mara",
    )
    counts = count_readiness(
        [
            ("software_2_0", said(dict.fromkeys(TESTS, "manual"))),
            ("autonomous", [*said(dict.fromkeys(TESTS, "none")), *answered]),
            (None, [answered[0], outside]),
            (None, []),
        ],
        PLAYBOOK,
    )
    assert {band.name: band.count for band in counts.bands if band.count} == {"Research project": 1, "Strong": 1}
    assert (counts.projects, counts.not_stated, counts.complete) == (4, 2, 2)
    assert (counts.floor_met, counts.floor_not_met, counts.floor_cannot_tell) == (1, 1, 0)
    assert (counts.ethics_complete, counts.ethics_begun, counts.ethics_with_no) == (1, 1, 2)
    eu, us = counts.risk
    assert ({tier.id: tier.count for tier in eu.counts if tier.count}, eu.not_begun) == ({"out_of_scope": 1}, 3)
    assert us.not_begun == 4
