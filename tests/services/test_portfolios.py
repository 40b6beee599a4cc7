"""Portfolios: one playbook, one share, one row of keys that nobody else has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.portfolios import PortfolioDraft, PortfolioPatch
from planner.domain.projects import Filters
from planner.services import exports, idempotency, maintenance, portfolios, projects, scoring
from planner.services.history import list_portfolio_events
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, add_scored, levels


def test_a_portfolio_as_it_was_created(any_ws: Workspace) -> None:
    created = add_portfolio(any_ws, "us-fed", name="Federal", summary="x", priority_impact_share=0.25, capacity=7)
    assert created == portfolios.get_portfolio(any_ws, "us-fed")
    assert (created.name, created.key_prefix, created.priority_impact_share, created.capacity) == (
        "Federal",
        "UF",
        0.25,
        7,
    )
    assert (created.playbook, created.playbook_version, created.revision, created.is_example) == ("fsdl", 1, 1, False)
    assert (created.projects, created.scored) == (0, 0)
    assert portfolios.get_playbook(any_ws, "us-fed").id == "fsdl"


def test_portfolios_stand_by_name_and_count_their_projects(any_ws: Workspace) -> None:
    add_portfolio(any_ws, "b", name="beta")
    add_portfolio(any_ws, "a", name="Alpha")
    add_portfolio(any_ws, "c", name="gamma")
    add_project(any_ws, slug="a")
    add_scored(any_ws, "x", 4, slug="a")
    projects.delete_project(any_ws, add_scored(any_ws, "binned", 4, slug="a").key)
    listed = portfolios.list_portfolios(any_ws)
    assert [(found.slug, found.projects, found.scored) for found in listed] == [("a", 2, 1), ("b", 0, 0), ("c", 0, 0)]


def test_keys_of_portfolios_never_meet(any_ws: Workspace) -> None:
    prefixes = [add_portfolio(any_ws, f"lab{number}").key_prefix for number in range(3)]
    assert len(set(prefixes)) == 3
    with pytest.raises(Conflict, match="key prefix"):
        add_portfolio(any_ws, "other", key_prefix=prefixes[1])
    keys = {add_project(any_ws, slug=f"lab{number}").key for number in range(3)}
    assert keys == {f"{prefix}-1" for prefix in prefixes}


def test_an_unknown_playbook_is_refused_with_those_there_are(any_ws: Workspace) -> None:
    with pytest.raises(Invalid) as refused:
        add_portfolio(any_ws, playbook="rice")
    assert (refused.value.errors[0].field, "fsdl" in refused.value.errors[0].message) == ("playbook", True)
    assert portfolios.list_portfolios(any_ws) == ()


def test_a_change_changes_what_it_names(any_ws: Workspace) -> None:
    add_portfolio(any_ws, summary="old", capacity=3)
    changed = portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(name="New", capacity=None))
    assert changed == portfolios.get_portfolio(any_ws, SLUG)
    assert (changed.name, changed.summary, changed.capacity, changed.revision) == ("New", "old", None, 2)
    with pytest.raises(Invalid, match="correcting"):
        portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch())


def test_a_deleted_portfolio_is_out_of_sight_and_its_slug_is_not_free(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    key = add_project(any_ws).key
    portfolios.delete_portfolio(any_ws, SLUG)
    for gone in (
        lambda: portfolios.get_portfolio(any_ws, SLUG),
        lambda: portfolios.get_revision(any_ws, SLUG),
        lambda: portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(name="x")),
        lambda: portfolios.delete_portfolio(any_ws, SLUG),
        lambda: projects.list_projects(any_ws, SLUG, Filters()),
        lambda: projects.get_project(any_ws, key),
        lambda: add_project(any_ws),
    ):
        with pytest.raises(NotFound):
            gone()
    assert portfolios.list_portfolios(any_ws) == ()
    with pytest.raises(Conflict, match="exists already, or did"):
        add_portfolio(any_ws)


def test_the_same_portfolio_created_by_many_at_once_is_created_once(any_ws: Workspace) -> None:
    def create(_: int) -> str:
        try:
            return portfolios.create_portfolio(any_ws, PortfolioDraft(slug=SLUG, name="Lab")).slug
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(create, range(6)))
    assert answers == ["conflict"] * 5 + [SLUG]


def test_the_same_request_sent_by_many_at_once_is_begun_once(any_ws: Workspace) -> None:
    def begin(_: int) -> str:
        try:
            assert idempotency.begin(any_ws, "key", "digest") is None
        except Conflict:
            return "conflict"
        return "begun"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(begin, range(6)))
    assert answers == ["begun"] + ["conflict"] * 5
    idempotency.complete(any_ws, "key", 201, "body")
    assert idempotency.begin(any_ws, "key", "digest") == (201, "body")
    with pytest.raises(Conflict, match="another request"):
        idempotency.begin(any_ws, "key", "other digest")


def test_a_key_is_free_again_when_its_request_was_refused(any_ws: Workspace) -> None:
    assert idempotency.begin(any_ws, "key", "digest") is None
    idempotency.abandon(any_ws, "key")
    assert idempotency.begin(any_ws, "key", "corrected") is None


# ── weights of its own ───────────────────────────────────────────────────────────────────────────────────────────

WEIGHTS = {"data_availability": 1.0, "accuracy_requirement": 1.0, "problem_difficulty": 2.0}


def test_weights_move_standings_and_stand_in_the_history(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    project = add_project(any_ws)
    scoring.record_answers(
        any_ws,
        project.key,
        "Mara",
        levels(data_availability=5, accuracy_requirement=3, problem_difficulty=1),
    )
    before = projects.get_project(any_ws, project.key)
    assert before.standing.feasibility.expected == pytest.approx((5 * 11 + 3 * 5 + 1 * 2) / 18, abs=1e-6)

    changed = portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(weights=WEIGHTS))
    assert changed.weights == WEIGHTS
    after = projects.get_project(any_ws, project.key)
    assert after.standing.feasibility.expected == pytest.approx((5 + 3 + 2) / 4)
    assert after.version == before.version + 1
    event = list_portfolio_events(any_ws, SLUG, 1)[0]
    assert [(c.field, c.old) for c in event.changes] == [("weights", None)]
    assert event.changes[0].new == "data_availability: 1, accuracy_requirement: 1, problem_difficulty: 2"
    assert maintenance.rebuild(any_ws) == 0
    assert portfolios.get_playbook(any_ws, SLUG).feasibility.weights == (0.25, 0.25, 0.5)

    back = portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(weights=None))
    assert back.weights is None
    assert projects.get_project(any_ws, project.key).standing == before.standing


def test_weights_survive_the_export(any_ws: Workspace) -> None:
    add_portfolio(any_ws, weights=WEIGHTS)
    project = add_scored(any_ws, "Churn", 4)
    document = exports.export_document(any_ws, SLUG)
    assert document.portfolio.weights == WEIGHTS
    again = exports.import_document(any_ws, document, "again")
    assert again.weights == WEIGHTS
    found = exports.export_document(any_ws, "again")
    assert found.projects[0].answers == document.projects[0].answers
    copy = projects.list_projects(any_ws, "again", Filters()).items[0]
    assert copy.standing == project.standing


@pytest.mark.parametrize(
    ("weights", "field"),
    [
        ({"data_availability": 1}, "weights.accuracy_requirement"),
        ({**WEIGHTS, "ml_strength": 1}, "weights.ml_strength"),
        ({**WEIGHTS, "charm": 1}, "weights.charm"),
        (dict.fromkeys(WEIGHTS, 0.0), "weights"),
        ({}, "weights.data_availability"),
    ],
)
def test_weights_that_fit_no_playbook_are_refused(ws: Workspace, weights: dict[str, float], field: str) -> None:
    add_portfolio(ws)
    with pytest.raises(Invalid) as caught:
        portfolios.update_portfolio(ws, SLUG, PortfolioPatch(weights=weights))
    assert field in [error.field for error in caught.value.errors]
    with pytest.raises(Invalid):
        add_portfolio(ws, "other", weights=weights)
    assert portfolios.get_portfolio(ws, SLUG).weights is None
