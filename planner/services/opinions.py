"""Who said what of the projects of a portfolio, and what its rounds still wait for: read once for each revision."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.opinions import Opinions, build_opinions
from planner.domain.projects import Filters
from planner.domain.rounds import OpenQuestions, Round, RoundStatus, open_questions, present_round
from planner.domain.scoring import current_answers
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace
from planner.store import project_lists, rounds, scoring


@dataclass(frozen=True)
class Heard:
    """The opinions on all projects, the rounds in their order, and by round what each assessor has not answered."""

    opinions: Opinions
    rounds: tuple[Round, ...]
    open: dict[int, dict[str, OpenQuestions]]

    @property
    def present(self) -> Round | None:
        """The round that is open."""
        return present_round(self.rounds)


def load_heard(ws: Workspace, found: Reading) -> Heard:
    """What the portfolio's people said, kept until it changes."""
    return kept(ws, found.portfolio, "heard", lambda: read_heard(found))


def read_heard(found: Reading) -> Heard:
    """The same as it is now, for a write: in the middle of one nothing may be kept."""
    points = project_lists.load_points(found.connection, found.portfolio.id, Filters())
    points.sort(key=lambda point: point.id)
    history = scoring.load_answers_by_project(found.connection, found.portfolio.id)
    every = rounds.load_rounds(found.connection, found.portfolio.id)
    by_key = {point.key: history.get(point.id, ()) for point in points}
    return Heard(
        opinions=build_opinions(
            points, {point.id: current_answers(by_key[point.key]) for point in points}, found.playbook
        ),
        rounds=every,
        open={one.number: open_questions(one, every, by_key) for one in every},
    )


def load_rounds(heard: Heard) -> tuple[RoundStatus, ...]:
    """All rounds and how far they are, the newest first."""
    return tuple(status_of(heard, one) for one in reversed(heard.rounds))


def questions_asked(heard: Heard, one: Round) -> int:
    """Questions that a round asks of each assessor; projects in the bin are asked about no more."""
    return len(one.criteria) * sum(1 for key in one.projects if key in heard.opinions.places)


def status_of(heard: Heard, one: Round) -> RoundStatus:
    """A round and how far it is."""
    asked = questions_asked(heard, one) * len(one.assessors)
    blank = sum(len(criteria) for left in heard.open[one.number].values() for _, criteria in left)
    mine = set(one.projects)
    repeats = [
        other.number
        for other in heard.rounds
        if other.number < one.number and set(other.criteria) & set(one.criteria) and mine & set(other.projects)
    ]
    return RoundStatus(round=one, repeats=max(repeats, default=None), asked=asked, answered=asked - blank)
