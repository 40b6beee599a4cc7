"""What a report says to help decide, and that it is left out where there is nothing to say."""

from __future__ import annotations

from planner.domain.report import Decisions
from planner.domain.report_decisions import ROWS, decision_sections
from planner.domain.report_models import Section
from planner.domain.track_records import build_portfolio_forecasts
from tests.support.reports import agenda_of, nothing_ranked, random_points, shipped_playbook


def only(decisions: Decisions) -> Section:
    [section] = decision_sections(decisions, shipped_playbook())
    return section


def test_the_questions_stand_in_their_order_and_the_rest_is_counted() -> None:
    section = only(Decisions(ranking=nothing_ranked(), agenda=agenda_of(random_points(40))))
    assert section.title == "What to ask next"
    assert section.sentences[0] == (
        "The first 15 questions bring about 9 % of what asking everything can bring to the choice of the best 8 of 40 "
        "open projects."
    )
    assert len(section.rows) == ROWS
    assert section.not_listed == 30 - ROWS
    key, question, whom, flips, gain = section.rows[0]
    assert key.startswith("P-1 ")
    assert question == shipped_playbook().criteria[0].name
    assert (whom, flips, gain) == ("anybody", "25 %", "+0.2")
    assert section.rows[1][2] == "Ada Bergström"


def test_where_no_answer_can_change_the_choice_that_is_said() -> None:
    section = only(Decisions(ranking=nothing_ranked(), agenda=agenda_of(())))
    assert section.sentences == ("There is no project to choose.",)
    assert section.rows == ()
    assert section.not_listed == 0


def test_without_forecasts_and_with_one_assessor_there_is_nothing_to_tell_of_them() -> None:
    nothing = build_portfolio_forecasts({}, {}, {})
    assert (
        only(Decisions(ranking=nothing_ranked(), agenda=agenda_of(()), forecasts=nothing)).title == "What to ask next"
    )
