"""Every action leaves one line in the history: who did what, when, from what to what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from planner.domain.errors import PlannerError
from planner.domain.history import FieldChange
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.lifecycle import TransitionDraft
from planner.domain.metrics_runs import RunDraft
from planner.domain.portfolios import PortfolioPatch
from planner.domain.projects import ProjectPatch
from planner.domain.scoring import AnswerDraft
from planner.services import history, infrastructure, lifecycle, metrics, metrics_runs, portfolios, projects, scoring
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, contract_draft, levels

# What is done to LAB-1, one after the other, the action it is recorded as, and the changes it shows.
Told = tuple[Callable[[Workspace], object], str, list[tuple[str, str | None, str | None]]]
STORY: list[Told] = [
    (
        lambda ws: projects.update_project(ws, "LAB-1", ProjectPatch(owner="Ben", tags=("a", "b"), effort=4), None),
        "project.updated",
        [("owner", None, "Ben"), ("tags", None, "a, b"), ("effort", None, "4")],
    ),
    (
        lambda ws: projects.update_project(ws, "LAB-1", ProjectPatch(owner=None, effort=4.5), None),
        "project.updated",
        [("owner", "Ben", None), ("effort", "4", "4.5")],
    ),
    (
        lambda ws: scoring.record_answers(ws, "LAB-1", "Ada", levels(ml_strength=4)),
        "answers.recorded",
        [("ml_strength", None, "level 4 (Ada)")],
    ),
    (
        lambda ws: scoring.record_answers(
            ws,
            "LAB-1",
            "Ada",
            {"ml_strength": AnswerDraft(not_applicable=True), "inspiration": AnswerDraft(level=3, low=2)},
        ),
        "answers.recorded",
        [("ml_strength", "level 4 (Ada)", "does not apply (Ada)"), ("inspiration", None, "level 3, 2 to 3 (Ada)")],
    ),
    (
        lambda ws: scoring.record_answers(ws, "LAB-1", "Ada", {"inspiration": None}),
        "answers.recorded",
        [("inspiration", "level 3, 2 to 3 (Ada)", None)],
    ),
    (
        lambda ws: metrics.set_contract(ws, "LAB-1", contract_draft("maximise recall", "latency <= 100")),
        "contract.agreed",
        [("contract", None, "version 1: maximise recall; latency at most 100")],
    ),
    (
        lambda ws: metrics.set_contract(ws, "LAB-1", contract_draft("maximise recall", reason="latency is fine")),
        "contract.agreed",
        [("contract", "version 1: maximise recall; latency at most 100", "version 2: maximise recall")],
    ),
    (
        lambda ws: metrics_runs.record_runs(ws, "LAB-1", [RunDraft(name=f"r{n}", metrics={}) for n in range(7)]),
        "runs.recorded",
        [("runs", None, "r0, r1, r2, r3, r4 and 2 more")],
    ),
    (
        lambda ws: infrastructure.record_component(ws, "LAB-1", "data.sources", ChecklistDraft(status="planned")),
        "component.recorded",
        [("data.sources.status", None, "planned")],
    ),
    (
        lambda ws: lifecycle.mark_task(ws, "LAB-1", "state_problem", True, "told"),
        "task.marked",
        [("State the problem and who has it", "open", "done")],
    ),
    (
        lambda ws: lifecycle.move_project(ws, "LAB-1", TransitionDraft(to="data")),
        "project.moved",
        [("stage", None, "data")],
    ),
    (
        lambda ws: lifecycle.move_project(
            ws, "LAB-1", TransitionDraft(to="planning", reason="easier_task", note="ask")
        ),
        "project.moved",
        [("stage", "data", "planning"), ("reason", None, "easier_task"), ("note", None, "ask")],
    ),
    (lambda ws: projects.delete_project(ws, "LAB-1"), "project.deleted", []),
    (lambda ws: projects.restore_project(ws, "LAB-1"), "project.restored", []),
]


def test_every_action_on_a_project_is_one_event(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    add_project(any_ws, "Churn", organisation="Umbrella")
    (created,) = history.list_project_events(any_ws, "LAB-1")
    assert (created.action, created.actor, created.project) == ("project.created", "Mara", "LAB-1")
    assert {(c.field, c.old, c.new) for c in created.changes} == {
        ("name", None, "Churn"),
        ("organisation", None, "Umbrella"),
    }
    last = created
    for act, action, changes in STORY:
        revision, version = portfolios.get_revision(any_ws, SLUG), _version(any_ws)
        act(any_ws.as_actor("Zoë"))
        events = history.list_project_events(any_ws, "LAB-1")
        newest = events[0]
        assert events[1] == last
        assert (newest.action, newest.actor, newest.project) == (action, "Zoë", "LAB-1")
        assert [(c.field, c.old, c.new) for c in newest.changes] == changes
        assert newest.at > last.at
        assert portfolios.get_revision(any_ws, SLUG) == revision + 1
        assert _version(any_ws) == version + 1
        last = newest
    assert len(history.list_project_events(any_ws, "LAB-1")) == len(STORY) + 1


def _version(ws: Workspace) -> int:
    in_bin = {item.key: item.version for item in projects.list_bin(ws, SLUG)}
    return in_bin["LAB-1"] if "LAB-1" in in_bin else projects.get_project(ws, "LAB-1").version


def test_a_portfolio_shows_its_own_events_and_those_of_its_projects_newest_first(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    add_portfolio(any_ws, "other")
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(priority_impact_share=0.25, capacity=3))
    add_project(any_ws)
    add_project(any_ws, slug="other")
    projects.delete_project(any_ws, "LAB-1")
    events = history.list_portfolio_events(any_ws, SLUG)
    assert [(event.action, event.project) for event in events] == [
        ("project.deleted", "LAB-1"),
        ("project.created", "LAB-1"),
        ("portfolio.updated", None),
        ("portfolio.created", None),
    ]
    assert set(events[2].changes) == {
        FieldChange(field="priority_impact_share", old=None, new="0.25"),
        FieldChange(field="capacity", old=None, new="3"),
    }
    assert history.list_portfolio_events(any_ws, SLUG, limit=2) == events[:2]
    assert history.list_portfolio_events(any_ws, SLUG, limit=-1) == events[:1]


@pytest.mark.parametrize(
    "refused",
    [
        lambda ws: projects.update_project(ws, "LAB-1", ProjectPatch(archetype="robot"), None),
        lambda ws: projects.update_project(ws, "LAB-1", ProjectPatch(owner="x"), 99),
        lambda ws: scoring.record_answers(ws, "LAB-1", "Ada", {"beauty": AnswerDraft(level=3)}),
        lambda ws: metrics_runs.record_runs(ws, "LAB-1", [RunDraft(name="r", metrics={})] * 2),
        lambda ws: lifecycle.move_project(ws, "LAB-1", TransitionDraft(to="production")),
        lambda ws: lifecycle.mark_task(ws, "LAB-1", "owner_named", True),
        lambda ws: infrastructure.record_component(ws, "LAB-1", "data.magic", ChecklistDraft(status="missing")),
        lambda ws: projects.restore_project(ws, "LAB-1"),
    ],
    ids=["word", "stale", "criterion", "run twice", "stage", "computed", "component", "not in the bin"],
)
def test_what_is_refused_leaves_no_trace(any_ws: Workspace, refused: Callable[[Workspace], object]) -> None:
    add_portfolio(any_ws)
    before = add_project(any_ws)
    events, revision = history.list_portfolio_events(any_ws, SLUG), portfolios.get_revision(any_ws, SLUG)
    with pytest.raises(PlannerError):
        refused(any_ws)
    assert history.list_portfolio_events(any_ws, SLUG) == events
    assert portfolios.get_revision(any_ws, SLUG) == revision
    assert projects.get_project(any_ws, "LAB-1") == before
