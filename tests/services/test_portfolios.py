"""Portfolios: one playbook, one share, one row of keys that nobody else has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.portfolios import PortfolioDraft, PortfolioPatch
from planner.domain.projects import Filters
from planner.services import idempotency, portfolios, projects
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, add_scored


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
