"""Whatever people do, in whatever order: what is kept beside the facts is what the facts give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain.advice_facts import AdviceQuery
from planner.domain.assessments import ReadinessDraft, TestMark
from planner.domain.errors import PlannerError
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.lifecycle import TransitionDraft
from planner.domain.metrics_runs import RunDraft
from planner.domain.portfolios import PortfolioPatch
from planner.domain.projects import Filters, ProjectPatch
from planner.domain.scoring import AnswerDraft, belief_state, current_answers, standings
from planner.domain.what_if_draft import WhatIfDraft
from planner.services import (
    advice,
    history,
    infrastructure,
    lifecycle,
    maintenance,
    metrics,
    metrics_runs,
    portfolios,
    projects,
    readiness,
    scoring,
    what_if,
)
from planner.services.workspace import Workspace
from planner.store.database import Database
from tests.support.database import copied, workspace_of
from tests.support.factories import SLUG, add_portfolio, add_project, contract_draft, fsdl
from tests.support.fixtures import Postgres

PLAYBOOK = fsdl()
CRITERIA = [criterion.id for criterion in PLAYBOOK.criteria]
STAGES = [stage.id for stage in PLAYBOOK.stages]
REASONS = [reason.id for edge in PLAYBOOK.edges for reason in edge.reasons]
Act = Callable[[Workspace], object]

keys = st.integers(1, 4).map("LAB-{}".format)
people = st.sampled_from(["Ada", "Ben"])
answers = st.dictionaries(
    st.sampled_from(CRITERIA),
    st.none()
    | st.just(AnswerDraft(not_applicable=True))
    | st.builds(AnswerDraft, level=st.integers(1, 5), confidence=st.sampled_from(["measured", "informed", "guess"])),
    min_size=1,
    max_size=4,
)


@st.composite
def acts(draw: st.DrawFn) -> tuple[str, Act]:
    """One thing that somebody may do, allowed or not, with its name for a failing example."""
    key, who, number = draw(keys), draw(people), draw(st.integers(0, 3))
    said: Any
    match draw(
        st.sampled_from(["create", "answer", "answer", "answer", "move", "change", "bin", "share", "what if", "fact"])
    ):
        case "create":
            return f"create {number}", lambda ws: add_project(ws, f"p{number}", owner=who)
        case "answer":
            said = draw(answers)
            return f"{who} answers {key} {said}", lambda ws: scoring.record_answers(ws, key, who, said)
        case "move":
            to, reason = draw(st.sampled_from(STAGES)), draw(st.none() | st.sampled_from(REASONS))
            draft = TransitionDraft(to=to, reason=reason, note="so")
            return f"move {key} to {to} for {reason}", lambda ws: lifecycle.move_project(ws, key, draft)
        case "change":
            patch = ProjectPatch(owner=who, effort=number)
            return f"change {key} {patch}", lambda ws: projects.update_project(ws, key, patch, None)
        case "bin":
            bin_it = draw(st.booleans())
            act = projects.delete_project if bin_it else projects.restore_project
            return f"{'delete' if bin_it else 'restore'} {key}", lambda ws: act(ws, key)
        case "what if":
            tried = WhatIfDraft(levers=("data_loop",), classify={"automated_today": number > 1})
            return f"{who} tries {tried} on {key}", lambda ws: what_if.apply_what_if(ws, key, tried, who)
        case "share":
            share = draw(st.none() | st.sampled_from([0.0, 0.25, 0.7, 1.0]))
            said = PortfolioPatch(priority_impact_share=share)
            return f"share {share}", lambda ws: portfolios.update_portfolio(ws, SLUG, said)
        case _:
            return f"facts of {key}, {number}", lambda ws: record_facts(ws, key, number)


def record_facts(ws: Workspace, key: str, number: int) -> None:
    metrics.set_contract(ws, key, contract_draft("maximise recall", f"latency <= {number}", reason="so"))
    metrics_runs.record_runs(ws, key, [RunDraft(name=f"r{number}", metrics={"recall": number})])
    infrastructure.record_component(ws, key, "data.sources", ChecklistDraft(status="planned", note=str(number)))
    advice.plan_components(ws, key, AdviceQuery(problem_type="tabular"))
    mark = TestMark(score="manual", note=str(number))
    readiness.record_readiness(ws, key, ReadinessDraft(tests={"data.schema": mark}))


Fresh = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Fresh:
    """Opens a new database each time."""
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        return postgres.database
    template: Path = request.getfixturevalue("template_db")

    @contextmanager
    def sqlite() -> Iterator[Database]:
        with copied(template, tmp_path) as database:
            yield database
        for part in tmp_path.glob("planner.db*"):
            part.unlink()

    return sqlite


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(story=st.lists(acts(), min_size=10, max_size=40))
def test_any_history_adds_up(fresh: Fresh, story: list[tuple[str, Act]]) -> None:
    with fresh() as database:
        ws = workspace_of(database)
        add_portfolio(ws)
        for number in range(2):
            add_project(ws, f"first {number}")
        for _, act in story:
            before = snapshot(ws)
            try:
                act(ws)
            except PlannerError:
                continue
            after = snapshot(ws)
            assert after["revision"] >= before["revision"]
        assert_adds_up(ws)


def snapshot(ws: Workspace) -> dict[str, Any]:
    portfolio = portfolios.get_portfolio(ws, SLUG)
    listed = projects.list_projects(ws, SLUG, Filters(sort="key"), limit=200).items
    assert portfolio.projects == len(listed)
    assert portfolio.scored == sum(item.standing.answered > 0 for item in listed)
    return {"revision": portfolio.revision}


def assert_adds_up(ws: Workspace) -> None:
    """Everything that is kept beside the facts, computed anew from them."""
    share = portfolios.get_portfolio(ws, SLUG).priority_impact_share
    events = history.list_portfolio_events(ws, SLUG, limit=10_000)
    for item in projects.list_projects(ws, SLUG, Filters(), limit=200).items:
        project = projects.get_project(ws, item.key)
        ever = scoring.list_answers(ws, item.key, history=True)
        assert (
            project.standing
            == item.standing
            == standings([belief_state(current_answers(ever), PLAYBOOK)], PLAYBOOK, share)[0]
        )
        moved = lifecycle.list_transitions(ws, item.key)
        assert project.stage == (moved[-1].to if moved else None)
        for one, following in pairwise(moved):
            assert one.to == following.start
        own = history.list_project_events(ws, item.key)
        assert own == tuple(event for event in events if event.project == item.key)
        # Each event but the creation raised the version, and so did each share that moved the priority.
        assert project.version >= len(own)
        assert own[-1].action == "project.created"
    listed = projects.list_projects(ws, SLUG, Filters(), limit=200).items
    assert maintenance.rebuild(ws) == 0
    assert projects.list_projects(ws, SLUG, Filters(), limit=200).items == listed
    assert maintenance.check(ws) == []
