"""The ranking on the real inventory: nothing tells its projects apart until the agenda is answered."""

from __future__ import annotations

from planner.domain.projects import Filters
from planner.domain.ranking import RankingQuery
from planner.domain.scoring import AnswerDraft
from planner.services import agenda, ranking, scoring
from planner.services.workspace import Workspace
from tests.real.conftest import SLUG

QUERY = RankingQuery(samples=1_000)


def test_the_first_30_questions_leave_visible_bands(fed: Workspace) -> None:
    found = ranking.get_ranking(fed, SLUG, Filters(), QUERY)
    assert (found.total, found.answered, found.bands) == (2130, 0, 1)
    assert {item.tie for item in found.items} == {True}
    for number, question in enumerate(agenda.get_agenda(fed, SLUG, Filters(), limit=30).items):
        said = AnswerDraft(level=1 + number % 5, confidence="informed")
        scoring.record_answers(fed, question.project, "Mara", {question.criterion: said})
    found = ranking.get_ranking(fed, SLUG, Filters(), QUERY)
    assert found.bands == 3
    sizes = [sum(item.band == band for item in found.items) for band in (1, 2, 3)]
    assert sizes == [12, 2112, 6]  # levels 5 and 4; what is unknown, with 3 and 2; level 1
    assert {item.answered for item in found.items[:12]} == {1}
