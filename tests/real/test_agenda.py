"""The agenda on the real inventory, of which nothing is known at first."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.domain.portfolios import PortfolioDraft
from planner.domain.projects import Filters
from planner.domain.scoring import AnswerDraft
from planner.services import agenda, imports, portfolios, projects, scoring
from planner.services.workspace import Workspace
from planner.store.database import Database
from tests.support.database import workspace_of

SLUG = "fed"


@pytest.fixture
def fed(template_db: Path, shared_dir: Path, tmp_path: Path) -> Iterator[Workspace]:
    target = tmp_path / "planner.db"
    shutil.copyfile(template_db, target)
    database = Database(f"sqlite:///{target}")
    ws = workspace_of(database)
    portfolios.create_portfolio(ws, PortfolioDraft(slug=SLUG, name="Federal inventory"))
    file = shared_dir / "data" / "inventory" / "us-fed-ai-2024.csv"
    imports.import_file(ws, SLUG, file, file.name, imports.resolve_mapping("us-fed-ai-2024"))
    yield ws
    database.close()


def test_the_first_30_questions_set_projects_apart(fed: Workspace) -> None:
    page = agenda.get_agenda(fed, SLUG, Filters(), limit=30)
    assert (page.projects, page.scored, page.total, page.telling) == (2130, 0, 14910, 14910)
    assert len({question.project for question in page.items}) == 30
    assert {question.gain for question in page.items} == {page.items[0].gain}
    chance = random.Random(30)
    for question in page.items:
        said = AnswerDraft(level=chance.randint(1, 5), confidence="informed")
        scoring.record_answers(fed, question.project, "Mara", {question.criterion: said})
    first = projects.list_projects(fed, SLUG, Filters(), limit=200).items
    last = projects.list_projects(fed, SLUG, Filters(sort="priority"), limit=200).items
    steps = {project.standing.priority.expected for project in (*first, *last) if project.standing.answered}
    assert len(steps) == 5  # one for each level, and those without an answer lie between them
    assert first[0].standing.priority.expected - last[0].standing.priority.expected > 0.9
    after = agenda.get_agenda(fed, SLUG, Filters(), limit=30)
    assert after.scored == 30
    assert after.items[0].gain < page.items[0].gain  # the first answers were worth the most
    assert {question.project for question in after.items} != {question.project for question in page.items}
