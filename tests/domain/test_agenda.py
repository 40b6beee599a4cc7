from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.agenda import (
    Agenda,
    Expectations,
    Voice,
    build_agenda,
    expectations,
    gains,
    normal_gains,
    places,
    thresholds,
    whom_to_ask,
)
from planner.domain.agenda_joint import joint_gain, settling
from planner.domain.scoring import Belief, BeliefState, belief_state, standings, triangle
from tests.support.factories import answer, fsdl

IDS = [criterion.id for criterion in fsdl().criteria]
DATA = IDS.index("data_availability")
NOBODY = belief_state((), fsdl())

# Of decision.md, §3.11 and §2.7: five projects with normal beliefs, of which two are chosen.
MEAN, DEVIATION = np.array([0.80, 0.72, 0.70, 0.66, 0.60]), np.array([0.02, 0.05, 0.10, 0.08, 0.15])
GAINS, FLIPS = (0.01152194, 0.03068946, 0.01049335, 0.01803109), (0.344578, 0.420740, 0.226627, 0.211855)


def test_the_published_example_of_normal_beliefs_is_reproduced() -> None:
    # decision.md §3.11: EVPPI (≈0, .01152194, .03068946, .01049335, .01803109) and the flip probabilities.
    gain, flips = normal_gains(MEAN, DEVIATION, 2)
    assert gain[0] == pytest.approx(0, abs=1e-6)
    assert flips[0] == pytest.approx(0, abs=1e-6)
    assert gain[1:] == pytest.approx(GAINS, abs=5e-9)
    assert flips[1:] == pytest.approx(FLIPS, abs=5e-7)


def test_sampling_gives_the_published_checks() -> None:
    # decision.md §2.7, by 2 million samples: .011522/.011471, .030689/.030685, .010493/.010441, .018031/.018002.
    printed = ((0.011522, 0.011471), (0.030689, 0.030685), (0.010493, 0.010441), (0.018031, 0.018002))
    gain, _ = normal_gains(MEAN, DEVIATION, 2)
    chance = np.random.default_rng(7)
    for index, (exact, sampled) in enumerate(printed, 1):
        means = np.tile(MEAN, (400_000, 1))
        means[:, index] += DEVIATION[index] * chance.standard_normal(len(means))
        ours = np.sort(means, axis=1)[:, -2:].sum(axis=1).mean() - np.sort(MEAN)[-2:].sum()
        assert round(float(gain[index]), 6) == exact
        assert ours == pytest.approx(exact, abs=4e-4)
        assert sampled == pytest.approx(exact, abs=6e-5)


def test_the_discrete_form_tends_to_the_closed_one() -> None:
    # The same five projects with their normal beliefs cut into 4,001 levels of equal width.
    z = np.linspace(-8, 8, 4001)
    weights = np.exp(-z * z / 2)
    weights /= weights.sum()
    given_level = (MEAN[:, None] + DEVIATION[:, None] * z)[:, None, :]
    found = Expectations(MEAN, given_level, np.tile(weights, (5, 1, 1)))
    gain, flips = gains(found, 2)
    assert gain[1:, 0] == pytest.approx(GAINS, abs=1e-7)
    assert flips[1:, 0] == pytest.approx(FLIPS, abs=2e-3)


def test_a_certain_value_gains_nothing_in_the_closed_form() -> None:
    gain, flips = normal_gains(MEAN, np.zeros(5), 2)
    assert not gain.any()
    assert not flips.any()


def beliefs() -> st.SearchStrategy[Belief]:
    # Many are certain, alike or symmetric, as answers are: that is where ties and noise come from.
    ranges = st.tuples(st.integers(1, 5), st.integers(0, 4), st.integers(0, 4))
    answers = ranges.map(lambda r: triangle(r[0], max(1, r[0] - r[1]), min(5, r[0] + r[2])))
    two = st.tuples(answers, answers).map(lambda pair: tuple((a + b) / 2 for a, b in zip(*pair, strict=True)))
    return st.one_of(answers, two, st.sampled_from([criterion.prior for criterion in fsdl().criteria]))


@st.composite
def states(draw: st.DrawFn) -> BeliefState:
    # At least the first criterion of each dimension applies.
    applies = [True, *draw(st.lists(st.booleans(), min_size=3, max_size=3)), True]
    applies += draw(st.lists(st.booleans(), min_size=2, max_size=2))
    chosen = draw(st.lists(beliefs(), min_size=7, max_size=7))
    return BeliefState(beliefs=tuple(chosen), applicable=tuple(applies), answered=draw(st.integers(0, 7)))


portfolios = st.lists(states(), min_size=1, max_size=5)


def certain(state: BeliefState, criterion: int, level: int) -> BeliefState:
    """The state once the criterion is known to be at the level."""
    known = list(state.beliefs)
    known[criterion] = triangle(level, level, level)
    return state._replace(beliefs=tuple(known))


def best(found: Sequence[BeliefState], top: int) -> float:
    """The summed priority of the best, straight from the standings, which round it to six decimals."""
    return sum(sorted((s.priority.expected for s in standings(list(found), fsdl())), reverse=True)[:top])


def cells(agenda: Agenda) -> dict[tuple[int, int], tuple[float, float]]:
    columns = (agenda.project, agenda.criterion, agenda.gain, agenda.flips)
    return {(p, c): (g, f) for p, c, g, f in zip(*(column.tolist() for column in columns), strict=True)}


@given(portfolios, st.integers(1, 5), st.data())
def test_the_gain_is_that_of_trying_every_level(found: list[BeliefState], top: int, data: st.DataObject) -> None:
    found_cells = cells(build_agenda(found, fsdl(), top))
    project = data.draw(st.integers(0, len(found) - 1))
    criterion = data.draw(st.sampled_from([c for c in range(7) if found[project].applicable[c]]))
    brute = -best(found, top)
    for level, probability in enumerate(found[project].beliefs[criterion], 1):
        tried = [certain(s, criterion, level) if n == project else s for n, s in enumerate(found)]
        brute += probability * best(tried, top)
    assert found_cells.get((project, criterion), (0.0, 0.0))[0] == pytest.approx(brute, abs=2e-5)


@given(portfolios, st.integers(1, 6))
def test_gains_are_never_negative_and_nothing_for_what_is_known(found: list[BeliefState], top: int) -> None:
    agenda = build_agenda(found, fsdl(), top)
    assert (agenda.gain >= 0).all()
    assert ((agenda.flips >= 0) & (agenda.flips <= 1)).all()
    assert ((agenda.gain > 0) <= (agenda.flips > 0)).all()
    everything = expectations(found, fsdl())
    gain, flips = gains(everything, top)
    for project, state in enumerate(found):
        for criterion, belief in enumerate(state.beliefs):
            if not state.applicable[criterion] or max(belief) == 1:
                assert (gain[project, criterion], flips[project, criterion]) == (0, 0)
                assert (project, criterion) not in cells(agenda)


@given(portfolios, st.integers(0, 3))
def test_where_all_are_chosen_there_is_nothing_to_gain(found: list[BeliefState], more: int) -> None:
    agenda = build_agenda(found, fsdl(), len(found) + more)
    assert not agenda.gain.any()
    assert not agenda.flips.any()
    assert agenda.telling == 0
    assert set(agenda.place) == {"in"}
    assert settling(agenda, found, fsdl()) is None
    assert joint_gain(found, [(0, 0)], fsdl(), len(found) + more) == 0


@given(portfolios)
def test_the_means_are_those_of_the_standings(found: list[BeliefState]) -> None:
    means = expectations(found, fsdl(), 0.3)
    assert means.mean.tolist() == pytest.approx([s.priority.expected for s in standings(found, fsdl(), 0.3)], abs=1e-6)
    averaged = (means.given * means.probability).sum(axis=2)
    assert np.abs(averaged - means.mean[:, None]).max() < 1e-9


@given(portfolios, st.integers(1, 5))
def test_the_order_is_by_gain_and_total(found: list[BeliefState], top: int) -> None:
    agenda = build_agenda(found, fsdl(), top)
    rows = list(zip(agenda.gain, agenda.flips, agenda.project, agenda.criterion, strict=True))
    together = agenda.whole.gain
    keys = [(-g, 0 if g else -together[p], -f, -found[p].answered, p, c) for g, f, p, c in rows]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@given(portfolios, st.integers(1, 4), st.data())
def test_several_questions_bring_what_trying_all_their_answers_brings(
    found: list[BeliefState], top: int, data: st.DataObject
) -> None:
    every = [(p, c) for p, state in enumerate(found) for c in range(7) if state.applicable[c]]
    asked = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=2, unique=True))
    brute = -best(found, top)
    for levels in product(range(1, 6), repeat=len(asked)):
        tried, probability = list(found), 1.0
        for (project, criterion), level in zip(asked, levels, strict=True):
            probability *= found[project].beliefs[criterion][level - 1]
            tried[project] = certain(tried[project], criterion, level)
        if probability:
            brute += probability * best(tried, top)
    assert joint_gain(found, asked, fsdl(), top) == pytest.approx(brute if top < len(found) else 0, abs=2e-5)


@given(portfolios, st.integers(1, 4))
def test_more_answers_never_bring_less_and_one_brings_its_gain(found: list[BeliefState], top: int) -> None:
    agenda = build_agenda(found, fsdl(), top)
    pairs = list(zip(agenda.project.tolist(), agenda.criterion.tolist(), strict=True))[:6]
    together = [joint_gain(found, pairs[:count], fsdl(), top) for count in range(len(pairs) + 1)]
    assert all(after >= before - 1e-8 for before, after in pairwise(together))
    if pairs:
        assert together[1] == pytest.approx(agenda.gain[0], abs=1e-8)


def test_a_project_about_which_nothing_is_known_is_asked_its_most_telling_question_first() -> None:
    agenda = build_agenda([NOBODY] * 40, fsdl(), 10)
    assert agenda.project[:40].tolist() == list(range(40))
    assert set(agenda.criterion[:40].tolist()) == {DATA}
    assert set(agenda.place) == {"tied"}
    # λ·w·E|level − 3|/2 with w = 11/18 of data availability (rank-order centroid) and a uniform prior.
    assert agenda.gain[0] == pytest.approx(0.5 * 11 / 18 * 1.2 / 2, abs=1e-9)
    assert agenda.flips[0] == pytest.approx(0.4)


def test_one_question_about_many_projects_tells_them_apart_sooner_than_many_about_few() -> None:
    nothing = [NOBODY] * 200
    wide = joint_gain(nothing, [(project, DATA) for project in range(28)], fsdl(), 10)
    deep = joint_gain(nothing, [(project, c) for project in range(4) for c in range(7)], fsdl(), 10)
    assert wide > 3 * deep


def test_questions_settle_as_far_as_they_say() -> None:
    nothing = [NOBODY] * 200
    agenda = build_agenda(nothing, fsdl(), 10)
    found = settling(agenda, nothing, fsdl())
    assert found is not None
    assert found.of == 50
    pairs = list(zip(agenda.project.tolist(), agenda.criterion.tolist(), strict=True))
    shares = [joint_gain(nothing, pairs[:n], fsdl(), 10) / found.gain for n in (found.questions - 1, found.questions)]
    assert shares[0] < 0.8 <= shares[1]
    assert shares[1] == pytest.approx(found.share, abs=1e-6)


def test_places_and_thresholds_of_means_with_ties() -> None:
    means = np.array([3.0, 4.0, 3.0, 2.0])
    chosen, threshold = thresholds(means, 2)
    assert chosen.tolist() == [True, True, False, False]
    assert threshold.tolist() == [3, 3, 3, 3]
    assert places(means, 2) == ("tied", "in", "tied", "out")


def test_no_project_has_an_empty_agenda() -> None:
    agenda = build_agenda([], fsdl(), 0)
    assert (len(agenda.gain), agenda.telling, agenda.place) == (0, 0, ())


def test_answers_move_the_agenda() -> None:
    sure = belief_state([answer(c, 5, confidence="measured") for c in IDS], fsdl())
    poor = belief_state([answer(c, 1, confidence="measured") for c in IDS], fsdl())
    agenda = build_agenda([sure, NOBODY, poor], fsdl(), 2)
    assert set(agenda.project.tolist()) == {1}
    assert agenda.place == ("in", "in", "out")
    assert agenda.telling == 0  # whatever it is, it is better than the one of which all is known to be poor


def test_who_is_asked() -> None:
    voices = [Voice("a", "Mara"), Voice("b", "Ben"), Voice("a", "Cleo")]
    assert whom_to_ask("a", voices, "Otto") == ("Ben", "Otto")
    assert whom_to_ask("b", voices, None) == ("Cleo", "Mara")
    assert whom_to_ask("a", [], "Otto") == ("Otto",)
    assert whom_to_ask("a", [], None) == ()
    assert whom_to_ask("a", [Voice("a", "Mara")], None) == ()
    assert whom_to_ask("a", [Voice("a", "Mara", again=True)], None) == ("Mara",)
