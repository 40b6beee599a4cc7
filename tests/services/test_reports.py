from __future__ import annotations

from datetime import timedelta

import pytest

from planner.domain.change_words import headline
from planner.domain.errors import NotFound
from planner.domain.projects import Filters, ProjectPatch
from planner.domain.ranking import RankingQuery
from planner.services import (
    agenda,
    agreement,
    changes,
    forecasts,
    metrics,
    projects,
    ranking,
    reports,
    scoring,
    selection,
)
from planner.services.workspace import Workspace


def test_the_report_of_a_project_says_what_the_services_say(example_ws: Workspace) -> None:
    report = reports.get_project_report(example_ws, "EX-2")
    project = projects.get_project(example_ws, "EX-2")
    assert (report.key, report.title, report.standing) == ("EX-2", project.name, project.standing)
    verdict = metrics.find_verdict(example_ws, "EX-2")
    assert verdict is not None
    assert report.verdict == verdict.model_copy(update={"runs": ()})
    assert {run.name for run in report.runs} <= {run.name for run in verdict.runs}
    said = [answer for part in report.dimensions for criterion in part.criteria for answer in criterion.answers]
    assert len(said) == len(scoring.list_answers(example_ws, "EX-2"))
    assert report.matrix.total == 24
    with pytest.raises(NotFound):
        reports.get_project_report(example_ws, "EX-999")


def test_the_report_of_a_portfolio_is_of_what_the_filters_find(example_ws: Workspace) -> None:
    whole = reports.get_portfolio_report(example_ws, "example", Filters())
    assert (whole.projects, whole.not_scored.count) == (24, 1)
    some = reports.get_portfolio_report(example_ws, "example", Filters(quadrant="do_first"))
    assert some.projects == projects.list_projects(example_ws, "example", Filters(quadrant="do_first")).total
    assert {line.quadrant for line in some.top} == {"Do first", "Feasibility not known yet"}


def test_a_report_is_kept_until_the_portfolio_changes_but_tells_its_own_time(example_ws: Workspace) -> None:
    before = reports.get_portfolio_report(example_ws, "example", Filters())
    later = example_ws.as_actor(example_ws.actor, lambda: before.generated_at + timedelta(days=90))
    again = reports.get_portfolio_report(later, "example", Filters())
    assert again.generated_at == before.generated_at + timedelta(days=90)
    assert again.matrix is before.matrix
    version = projects.get_project(example_ws, "EX-1").version
    projects.update_project(example_ws, "EX-1", ProjectPatch(name="Another name"), version)
    changed = reports.get_portfolio_report(example_ws, "example", Filters())
    assert "Another name" in {point.name for point in changed.matrix.points}


@pytest.mark.parametrize(
    ("kind", "begins"), [("html", b"<!doctype html>"), ("pdf", b"%PDF"), ("md", b"# "), ("docx", b"PK")]
)
def test_both_are_files_in_every_form(example_ws: Workspace, kind: reports.Format, begins: bytes) -> None:
    assert reports.render_project_report(example_ws, "EX-1", kind).lower().startswith(begins.lower())
    assert reports.render_portfolio_report(example_ws, "example", Filters(), kind).lower().startswith(begins.lower())


def test_the_report_of_a_portfolio_says_what_helps_to_decide(example_ws: Workspace) -> None:
    report = reports.get_portfolio_report(example_ws, "example", Filters())
    sections = {section.title: section for section in report.decisions}
    assert list(sections) == [
        "How sure the order is",
        "What to ask next",
        "Where people disagree or do not know",
        "What fits, and when",
        "Chances of success",
        "Readiness, ethics and risk",
        "What goes back, and what is stuck",
        "What moved, and why",
    ]
    first = agenda.get_agenda(example_ws, "example", Filters(status="open")).items[0]
    assert sections["What to ask next"].rows[0][0] == f"{first.project} {first.name}"
    together = agreement.get_agreement_report(example_ws, "example")
    assert sections["Where people disagree or do not know"].rows[0][0].startswith(together.talk[0].key)
    ranked = ranking.get_ranking(example_ws, "example", Filters(status="open"), RankingQuery())
    assert [row[0].split()[0] for row in sections["How sure the order is"].rows] == [one.key for one in ranked.items]
    plan = selection.get_roadmap(example_ws, "example").plan
    assert len(sections["What fits, and when"].rows) == len(plan.planned)
    likeliest = forecasts.get_portfolio_forecasts(example_ws, "example").open[0]
    assert sections["Chances of success"].rows[0][0] == f"{likeliest.key} {likeliest.name}"
    changed = changes.get_changes(example_ws, "example")
    assert sections["What moved, and why"].sentences == (f"{headline(changed)}.",)
    for section in report.decisions:
        assert all(len(row) == len(section.columns) == len(section.numbers) for row in section.rows)
    for kind in ("html", "md"):
        text = reports.render_portfolio_report(example_ws, "example", Filters(), kind).decode()
        assert all(title in text for title in sections)


def test_of_a_part_of_the_portfolio_only_what_is_told_of_that_part_stands_there(example_ws: Workspace) -> None:
    report = reports.get_portfolio_report(example_ws, "example", Filters(stage="data"))
    assert [section.title for section in report.decisions] == ["How sure the order is", "What to ask next"]
    keys = {item.key for item in projects.list_projects(example_ws, "example", Filters(stage="data")).items}
    assert {row[0].split()[0] for row in report.decisions[0].rows} <= keys
