from __future__ import annotations

from datetime import timedelta

from planner.domain.history import FieldChange
from planner.domain.metrics_judging import judge
from planner.domain.metrics_runs import Run
from planner.domain.projects import CLOSED, Filters
from planner.domain.report import PortfolioReport, ProjectReport, build_portfolio_report, build_project_report
from planner.domain.report_portfolio import EVENTS as PORTFOLIO_EVENTS
from planner.domain.report_portfolio import IN_QUADRANT, TOP, UNSCORED
from planner.domain.report_project import EVENTS
from tests.support.reports import (
    NOW,
    answer,
    event,
    nothing_stated,
    portfolio_record,
    shipped_playbook,
    told_in_full,
)

PLAYBOOK = shipped_playbook()


def full() -> ProjectReport:
    return build_project_report(told_in_full(), PLAYBOOK, NOW)


def of_portfolio(count: int = 24, **changes: object) -> PortfolioReport:
    return build_portfolio_report(portfolio_record(count, **changes), PLAYBOOK, NOW)  # type: ignore[arg-type]


def test_the_sentences_say_what_the_facts_say() -> None:
    assert full().sentences == (
        (
            "5 of 7 questions are answered: impact 4.1 (2.9–4.7) and feasibility 3.8 (2.9–4.7), which puts it in the "
            "quadrant Do first with a probability of 88 %."
        ),
        "It is in the stage Training, 4 of 6 gate points are open; its status is active.",
        (
            "The metric contract (version 2) maximises recall under 2 thresholds; 2 of 4 runs qualify and gbdt-a and "
            "gbdt-b are equally best with 0.83, 0.12 better than the baseline."
        ),
        "3 of 9 required components of infrastructure are in place; nothing is stated about 5.",
    )


def test_nothing_is_invented_for_a_project_of_which_only_the_name_is_known() -> None:
    report = build_project_report(nothing_stated(), PLAYBOOK, NOW)

    assert {fact.value for fact in report.facts} == {None}
    assert (report.quadrant, report.archetype, report.stage, report.contract, report.verdict) == (None,) * 5
    assert {question.kind for question in report.open_questions} == {"not_answered"}
    assert len(report.open_questions) == len(PLAYBOOK.criteria)
    assert report.sentences[0].startswith("Nobody has scored it yet")
    assert report.sentences[1] == "Its stage is not stated; its status is not stated."
    assert report.sentences[2].startswith("No metric contract has been agreed")


def test_a_reason_names_level_range_confidence_assessor_and_evidence() -> None:
    first = full().dimensions[0].criteria[0].answers[0]

    assert (first.level, first.low, first.high, first.confidence) == (4, 3, 5, "Informed")
    assert first.label == PLAYBOOK.impact.criteria[0].levels[3].label
    assert (first.assessor, first.evidence) == ("ann", "https://example.org/churn-2025")


def test_a_criterion_that_does_not_apply_says_so() -> None:
    third = full().dimensions[0].criteria[2].answers[0]

    assert (third.level, third.label) == (None, "Does not apply")


def test_open_questions_are_those_unanswered_disputed_or_wide() -> None:
    assert [(question.kind, question.criterion) for question in full().open_questions] == [
        ("not_answered", "Inspiration from others"),
        ("not_answered", "Problem difficulty"),
        ("disagreement", "Product need"),
        ("wide_range", "Accuracy requirement"),
    ]


def test_a_withdrawn_answer_is_no_answer() -> None:
    record = told_in_full()
    withdrawn = answer(PLAYBOOK.criteria[3].id, None, withdrawn=True, not_applicable=False)
    report = build_project_report(record.model_copy(update={"answers": (*record.answers, withdrawn)}), PLAYBOOK, NOW)

    assert report.dimensions[0].criteria[3].answers == ()


def test_runs_stand_best_first_and_ties_are_not_broken() -> None:
    report = full()

    assert [(run.name, run.status) for run in report.runs] == [
        ("gbdt-a", "qualified"),
        ("gbdt-b", "qualified"),
        ("transformer", "disqualified"),
        ("logistic", "not_evaluable"),
    ]
    assert report.verdict is not None
    assert report.verdict.winners == ("gbdt-a", "gbdt-b")


def test_when_no_run_qualifies_the_nearest_is_named() -> None:
    record = told_in_full()
    assert record.contract is not None
    metrics = {"recall": 0.9, "precision": 0.3, "latency_p95": 90.0, "model_size": 1.0}
    runs = [Run(id=1, name="only", metrics=metrics, recorded_at=NOW, recorded_by="ann")]
    verdict = judge(record.contract, runs)
    report = build_project_report(record.model_copy(update={"verdict": verdict}), PLAYBOOK, NOW)

    assert report.sentences[2].endswith("no run of 1 qualifies, nearest is only.")


def test_a_move_back_is_told_with_its_reason() -> None:
    back = [move for move in full().transitions if move.kind == "back"]

    assert [(move.start, move.to, move.reason) for move in back] == [("Training", "Data", "More data are needed")]


def test_the_checklist_lists_what_is_needed_now_and_names_what_comes_later() -> None:
    report = full()

    assert {line.requirement for area in report.areas for line in area.lines} == {"required", "conditional"}
    assert report.later == ("Web deployment", "Edge deployment", "Monitoring", "Feature store")


def test_long_lists_are_cut_and_what_is_left_out_is_counted() -> None:
    record = told_in_full()
    assert record.contract is not None
    runs = [Run(id=n, name=f"r{n}", metrics={"recall": 0.5}, recorded_at=NOW, recorded_by="ann") for n in range(20)]
    verdict = judge(record.contract, runs)
    many = {
        "events": tuple(event(n, "project.updated", "P-3") for n in range(EVENTS + 5)),
        "verdict": verdict.model_copy(update={"runs": verdict.runs[:13]}),
    }
    report = build_project_report(record.model_copy(update=many), PLAYBOOK, NOW)

    assert (len(report.runs), report.runs_not_listed) == (13, 7)
    assert (len(report.events), report.events_not_listed) == (EVENTS, 5)
    assert report.events[0].id == EVENTS + 4  # the newest first


def test_a_portfolio_report_is_bounded_however_many_projects_there_are() -> None:
    report = of_portfolio(600, scored=0.8)
    scored = report.matrix.scored
    open_ones = [
        p for p in portfolio_record(600, scored=0.8).projects if p.standing.answered and p.status not in CLOSED
    ]

    assert (len(report.top), report.top_not_listed) == (TOP, len(open_ones) - TOP)
    assert {line.status for line in report.top} & set(CLOSED) == set()
    # Two of them have answers about one dimension alone, and so lie in no quadrant.
    assert sum(quadrant.count for quadrant in report.quadrants) == scored - 2
    assert all(len(quadrant.lines) <= IN_QUADRANT for quadrant in report.quadrants)
    assert all(quadrant.count == len(quadrant.lines) + quadrant.not_listed for quadrant in report.quadrants)
    assert len(report.not_scored.lines) == UNSCORED
    assert report.not_scored.count == 600 - scored == UNSCORED + report.not_scored.not_listed
    assert len(report.events) == PORTFOLIO_EVENTS


def test_the_stage_table_counts_every_project_once() -> None:
    stages = of_portfolio(100).stages

    assert sum(row.total for row in stages.rows) == sum(stages.totals) == 100
    assert [row.name for row in stages.rows] == [*(stage.name for stage in PLAYBOOK.stages), "Not stated"]


def test_contracts_are_counted_by_what_their_runs_show() -> None:
    contracts = of_portfolio(24).contracts

    assert (contracts.qualified, contracts.none_qualified, contracts.no_runs, contracts.without) == (2, 0, 3, 19)
    assert [bool(line.qualified) for line in contracts.lines] == [True, True, False, False, False]


def test_the_sentences_of_a_portfolio_say_when_the_order_is_not_settled() -> None:
    sentences = of_portfolio(24).sentences

    assert sentences[0] == "24 projects: 19 are scored, 5 are not scored yet."
    assert "so the answers do not settle the order" in sentences[1]


def test_a_portfolio_in_which_nobody_has_scored_says_that_nothing_can_be_ranked() -> None:
    report = of_portfolio(30, scored=0.0)

    assert report.sentences[:2] == (
        "30 projects: 0 are scored, 30 are not scored yet.",
        "Nothing can be ranked before a question is answered.",
    )
    assert report.top == ()


def test_an_empty_portfolio_has_a_report() -> None:
    assert of_portfolio(0).sentences == ("There are no projects to report on.",)


def test_filters_are_named_in_words_and_the_order_is_not_among_them() -> None:
    report = of_portfolio(filters=Filters(q="pump", stage="training", archetype="not_stated", sort="name"))

    assert [(fact.name, fact.value) for fact in report.filtered_by] == [
        ("Words", "pump"),
        ("Stage", "Training"),
        ("Archetype", "not stated"),
    ]


def test_the_share_of_impact_is_the_portfolios_own_when_it_has_one() -> None:
    record = portfolio_record()
    own = record.portfolio.model_copy(update={"priority_impact_share": 0.0})
    report = build_portfolio_report(record.model_copy(update={"portfolio": own}), PLAYBOOK, NOW)

    assert report.method.impact_share == 0.0
    assert of_portfolio().method.impact_share == PLAYBOOK.priority_impact_share


def test_events_of_the_same_time_keep_one_order() -> None:
    changes = (FieldChange(field="owner", old=None, new="Ada"),)
    events = tuple(
        event(n, "project.updated", "P-1", *changes).model_copy(update={"at": NOW - timedelta(1)}) for n in (2, 3, 1)
    )
    report = of_portfolio(events=events)

    assert [found.id for found in report.events] == [3, 2, 1]


def test_a_long_text_in_the_history_is_cut() -> None:
    change = FieldChange(field="summary", old=None, new="word " * 4000)
    report = of_portfolio(events=(event(1, "project.updated", "P-1", change),))
    shown = report.events[0].changes[0]

    assert shown.old is None
    assert shown.new is not None
    assert len(shown.new) <= 160
    assert shown.new.endswith("…")
