from __future__ import annotations

import pytest

from planner.domain.errors import Conflict, NotFound
from planner.domain.portfolios import PortfolioDraft
from planner.domain.projects import Filters, ProjectDraft
from planner.services import demo, history, matrix, metrics, portfolios, projects
from planner.services.workspace import Workspace


def test_the_example_is_told_as_what_people_did(ws: Workspace) -> None:
    steps: list[tuple[int, int]] = []
    example = demo.load_demo(ws, progress=lambda done, of: steps.append((done, of)))
    assert (example.slug, example.is_example, example.projects, example.scored) == ("example", True, 24, 23)
    assert steps[-1][0] == steps[-1][1] == len(steps)
    events = history.list_portfolio_events(ws, "example", 10_000)
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    assert len({event.actor for event in events}) > 10
    found = matrix.get_matrix(ws, "example", Filters())
    assert all(quadrant.count for quadrant in found.quadrants)
    everyone = projects.list_projects(ws, "example", Filters(), 200).items
    verdicts = [verdict for project in everyone if (verdict := metrics.find_verdict(ws, project.key))]
    assert any(len(verdict.winners) > 1 for verdict in verdicts)
    assert any(verdict.runs and not verdict.qualified for verdict in verdicts)
    assert any(verdict.not_evaluable for verdict in verdicts)


def test_it_is_loaded_once_and_taken_away_whole(ws: Workspace) -> None:
    portfolios.create_portfolio(ws, PortfolioDraft(slug="own", name="Own"))
    projects.create_project(ws, "own", ProjectDraft(name="Stays"))
    assert not demo.is_empty(ws)
    demo.load_demo(ws)
    with pytest.raises(Conflict):
        demo.load_demo(ws)
    demo.clear_demo(ws)
    assert [portfolio.slug for portfolio in portfolios.list_portfolios(ws)] == ["own"]
    assert projects.get_project(ws, "OWN-1").name == "Stays"
    with pytest.raises(NotFound):
        demo.clear_demo(ws)
    assert demo.load_demo(ws).projects == 24
