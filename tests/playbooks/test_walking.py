"""A playbook of one's own works through every page, every address and every command, without a word of `fsdl`."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from planner.app import create_app
from planner.cli import root
from planner.domain.playbook import Playbook
from planner.domain.playbook_migration import MigrationDraft
from planner.services.playbook_migration import migrate_portfolio
from planner.services.workspace import Workspace
from planner.settings import Settings
from planner.store.database import Database
from tests.api.routes import Served, served
from tests.cli.conftest import APP
from tests.cli.test_root import leaves
from tests.support.database import Ticking
from tests.support.factories import fsdl
from tests.support.own_playbooks import NAMES, OWN, betrayed, fill, shelf

SLUG = "walked"
OFFERS = ("/diff", f"/portfolios/{SLUG}/playbook")  # pages where another playbook is chosen
FAILED = (500, 501, 502)
PASSES = (422, 503)  # an address that lacks a question; a search that found no plan in its time, on a slow machine
# Addresses that are to tell of every playbook, or of none: where one is chosen, and the description of the service.
OF_ALL = (
    "/help",
    "/portfolios",
    "/playbooks",
    "/api/v1/playbooks",
    "/api/v1/openapi.json",
    f"/portfolios/{SLUG}/settings",
)


@dataclass(frozen=True)
class Walk:
    """A service with a portfolio under one playbook, and what stands for the parameters of its addresses."""

    client: TestClient
    playbook: Playbook
    values: dict[str, tuple[str, ...]]
    untouched: Path  # a copy of the database

    @cached_property
    def answers(self) -> dict[str, Response]:
        """What every address that can be looked at answers, with every parameter filled in, in the order of routes."""
        app = self.client.app
        assert isinstance(app, FastAPI)
        looked = [route for route in served(app) if route.method == "GET" and route.template != "/metrics"]
        paths = dict.fromkeys(path for route in looked for path in self._filled(route))
        return {path: self.client.get(path) for path in paths}

    def _filled(self, route: Served) -> Iterator[str]:
        paths = [route.template]
        for name in re.findall(r"\{(\w+)", route.template):
            values = self.values[name]
            if name == "format":
                values = ("csv", "xlsx", "json") if "/export." in route.template else ("html", "pdf", "md", "docx")
            paths = [re.sub(rf"\{{{name}(:\w+)?\}}", value, path) for path in paths for value in values]
        yield from paths


def walk(template_db: Path, folder: Path, name: str) -> Walk:
    playbook = shelf().get(name)
    file = Path(shutil.copyfile(template_db, folder / f"{name}.db"))
    database = Database(f"sqlite:///{file}")
    key = fill(Workspace(database, shelf(), "Mara", Ticking()), playbook, SLUG)
    database.close()
    return walked_over(file, playbook, SLUG, key)


def walked_over(file: Path, playbook: Playbook, slug: str, key: str) -> Walk:
    untouched = Path(shutil.copyfile(file, file.with_suffix(".untouched.db")))
    app = create_app(Settings(database_url=f"sqlite:///{file}", actor="Mara", log_level="error", playbooks=OWN))
    stage = next(stage for stage in playbook.stages if (*stage.tasks, *stage.exit_criteria))
    values = {
        **dict.fromkeys(("slug", "portfolio"), (slug,)),
        **dict.fromkeys(("ref", "project"), (key,)),
        **dict.fromkeys(("assessor", "forecaster"), ("Mara",)),
        **dict.fromkeys(("playbook", "playbook_id"), (playbook.id,)),
        "task": ((*stage.tasks, *stage.exit_criteria)[0].id,),
        "component": (playbook.components[0].id,),
        "number": ("1",),
        "format": (),
    }
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, raise_server_exceptions=False)
    return Walk(client, playbook, values, untouched)


@pytest.fixture(scope="module", params=NAMES)
def walked(
    request: pytest.FixtureRequest, template_db: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    found = walk(template_db, tmp_path_factory.mktemp("walk"), request.param)
    with found.client:
        yield found


@pytest.fixture(scope="module")
def shipped(template_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    found = walk(template_db, tmp_path_factory.mktemp("walk"), "fsdl")
    with found.client:
        yield found


def test_the_own_playbooks_share_no_criterion_stage_or_component_with_the_shipped_one() -> None:
    for name in NAMES:
        own = shelf().get(name)
        for field in ("criteria", "stages", "archetypes", "components", "quadrants", "problem_types", "confidences"):
            assert not {e.id for e in getattr(own, field)} & {e.id for e in getattr(fsdl(), field)}, (name, field)


def test_every_address_answers_under_an_own_playbook_as_under_the_shipped_one(walked: Walk, shipped: Walk) -> None:
    told = {path: answer.status_code for path, answer in walked.answers.items()}
    assert {path: walked.answers[path].text[:300] for path, status in told.items() if status in FAILED} == {}
    assert len(told) > 100
    theirs = shipped.answers.items()
    pairs = zip(told.items(), theirs, strict=True)
    different = [
        (*own, path, answer.status_code)
        for own, (path, answer) in pairs
        if own[1] != answer.status_code and 503 not in (own[1], answer.status_code)
    ]
    assert [item for item in different if not says_that_it_has_none(walked.answers[item[0]].text)] == []
    unfit = {path for path, status in told.items() if status >= 400 and status not in PASSES}
    assert {path for path in unfit if not says_that_it_has_none(walked.answers[path].text)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_page_of_a_portfolio_works_that_was_taken_to_another_playbook(
    example_db: Path, tmp_path: Path, name: str
) -> None:
    file = Path(shutil.copyfile(example_db, tmp_path / "moved.db"))
    database = Database(f"sqlite:///{file}")
    ws = Workspace(database, shelf(), "Mara")
    migrate_portfolio(ws, "example", MigrationDraft(playbook=name, reason="To try it"))
    database.close()
    moved = walked_over(file, shelf().get(name), "example", "EX-9")
    with moved.client:
        moved.client.get("/portfolios/example/changes?since=2025-09-30")
        told = {path: answer.status_code for path, answer in moved.answers.items()}
    assert {path: moved.answers[path].text[:300] for path, status in told.items() if status in FAILED} == {}
    unfit = {path for path, status in told.items() if status >= 400 and status not in PASSES}
    unfit -= {path for path in unfit if path.endswith(("/rank", "/outcome"))}  # which this project does not have
    assert {path for path in unfit if not says_that_it_has_none(moved.answers[path].text)} == set()


def says_that_it_has_none(text: str) -> bool:
    """Whether an answer says that the playbook lacks an optional topic, which is as good as one under the other."""
    return re.search(r"playbook\W.{0,80}\b(?:has no|has none|names no|states no|lists no)\b", text) is not None


def test_no_page_or_answer_says_a_word_of_the_shipped_playbook(walked: Walk) -> None:
    texts = {
        path: _text(path, answer)
        for path, answer in walked.answers.items()
        if path not in OF_ALL and not path.endswith(OFFERS)
    }
    assert {path: found for path, text in texts.items() if (found := betrayed(text, fsdl()))} == {}


def _text(path: str, answer: Response) -> str:
    """The words of an answer, those of a DOCX or XLSX file too; a PDF is made of the same words as the others."""
    if path.endswith(".pdf"):
        return ""
    if not path.endswith((".docx", ".xlsx")):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


# Commands that serve, wait, or change the machine beside the database; and what stands for an argument of the others.
NOT_RUN = {("serve",), ("demo",), ("import",), ("db", "restore"), ("db", "backup"), ("playbook", "validate")}


def command_lines(walk: Walk, folder: Path) -> Iterator[list[str]]:
    """Every command with what it must be given, plain and as JSON."""
    values = walk.values
    given = {
        "project": values["project"][0],
        "ref": values["project"][0],
        "slug": SLUG,
        "key": values["project"][0],
        "component": values["component"][0],
        "playbook": walk.playbook.id,
        "number": "1",
    }
    for name in leaves():
        command: Any = typer.main.get_command(root.app_for(()))
        for step in name:
            command = command.commands[step]
        parameters = {parameter.name: parameter for parameter in command.params}
        arguments = [given[p.name] for p in command.params if p.param_type_name == "argument" and p.name in given]
        options = ["--playbook", walk.playbook.id] if name[0] == "playbook" and "playbook" in parameters else []
        if options and parameters["playbook"].param_type_name == "argument":
            options = []
        if "portfolio" in parameters:
            options += ["--portfolio", SLUG]
        if name == ("report",):
            yield from (
                [*name, *arguments, "-o", str(folder / f"plan.{kind}")] for kind in ("html", "md", "pdf", "docx")
            )
        elif name not in NOT_RUN:
            yield [*name, *arguments, *options]
            if "as_json" in parameters:
                yield [*name, *arguments, *options, "--json"]


def run(walk: Walk, folder: Path) -> dict[tuple[str, ...], Result]:
    """What every command answers, one after the other; `delete` would take the ground from the next."""
    database = shutil.copyfile(walk.untouched, folder / f"{walk.playbook.id}.db")
    surroundings = {
        "PLANNER_DATABASE_URL": f"sqlite:///{database}",
        "PLANNER_ACTOR": "Mara",
        "PLANNER_PLAYBOOKS": str(OWN),
    }
    lines = [line for line in command_lines(walk, folder) if "delete" not in line]
    return {tuple(line): CliRunner().invoke(APP, line, input="", env=surroundings) for line in lines}


def test_every_command_answers_under_an_own_playbook_as_under_the_shipped_one(
    walked: Walk, shipped: Walk, tmp_path: Path
) -> None:
    own, theirs = run(walked, tmp_path), run(shipped, tmp_path)
    codes = [(line, result.exit_code) for line, result in own.items()]
    assert [(line, code, own[line].output[-300:]) for line, code in codes if code not in (0, 1, 2)] == []
    assert len(own) == len(theirs)
    different = [
        (line, result.exit_code, other.exit_code, result.output[-300:])
        for (line, result), other in zip(own.items(), theirs.values(), strict=True)
        if result.exit_code != other.exit_code and not says_that_it_has_none(result.output)
    ]
    assert different == []
    done = [line for line, code in codes if code == 0]
    assert len(done) > 60
    leaks = {
        line: found
        for line in done
        if line[:2] != ("playbook", "list") and (found := betrayed(own[line].output, fsdl()))
    }
    assert leaks == {}
