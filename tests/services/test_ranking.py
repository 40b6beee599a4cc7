"""The ranking as the services give it: by stored settings, by a what-if that stores nothing, and as of then."""

from __future__ import annotations

import pytest

from planner.domain.errors import Invalid, NotFound
from planner.domain.portfolios import PortfolioPatch
from planner.domain.projects import Filters
from planner.domain.ranking import Ranking, RankingQuery
from planner.domain.snapshots import SnapshotDraft
from planner.services import changes, portfolios, projects, ranking, scoring, snapshots
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, add_scored, levels

EVERYTHING = Filters()
FEW = RankingQuery(samples=500)
OWN = {"data_availability": 3.0, "accuracy_requirement": 2.0, "problem_difficulty": 1.0}


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """Four projects, of which two can be done: the better impact of one stands against the feasibility of another."""
    add_portfolio(any_ws, capacity=2)
    add_scored(any_ws, "Middling", 3)
    for name, impact, feasibility in (("Big", 5, 2), ("Easy", 2, 5), ("Poor", 1, 1)):
        project = add_project(any_ws, name)
        lenses = dict.fromkeys(("cheap_prediction", "product_need", "ml_strength", "inspiration"), impact)
        drivers = dict.fromkeys(OWN, feasibility)
        scoring.record_answers(any_ws, project.key, "Mara", levels(**lenses, **drivers))
    return any_ws


def order(found: Ranking) -> list[str]:
    return [item.name for item in found.items]


def test_the_stored_settings_rank_and_a_what_if_stores_nothing(lab: Workspace) -> None:
    revision = portfolios.get_revision(lab, SLUG)
    found = ranking.get_ranking(lab, SLUG, EVERYTHING, FEW)
    assert (found.top, found.impact_share, found.what_if, found.weights_drawn) == (2, 0.5, False, True)
    assert order(found)[-1] == "Poor"
    view = ranking.get_ranking_view(lab, SLUG, EVERYTHING, FEW.model_copy(update={"impact_share": 0.0, "top": 1}))
    assert view.ranking.what_if
    assert order(view.ranking)[0] == "Easy"
    assert view.stored is not None
    assert (view.stored.impact_share, view.stored.top, view.k) == (0.5, 2, 2)
    assert portfolios.get_revision(lab, SLUG) == revision
    assert ranking.get_ranking_view(lab, SLUG, EVERYTHING, FEW).stored is None


def test_weights_of_the_portfolio_are_fixed_and_named_when_they_change(lab: Workspace) -> None:
    asked = ranking.get_ranking(lab, SLUG, EVERYTHING, FEW.model_copy(update={"weights": OWN}))
    snapshots.create_snapshot(lab, SLUG, SnapshotDraft(name="before"))
    then = ranking.get_ranking(lab, SLUG, EVERYTHING, FEW)
    portfolios.update_portfolio(lab, SLUG, PortfolioPatch(weights=OWN))
    found = ranking.get_ranking(lab, SLUG, EVERYTHING, FEW)
    assert not found.weights_drawn
    assert found.weights == {"data_availability": 0.5, "accuracy_requirement": 0.333333, "problem_difficulty": 0.166667}
    assert found.items == asked.items
    told = changes.get_changes(lab, SLUG, "before")
    (update,) = told.updates
    (setting,) = update.settings
    assert (setting.field, setting.old) == ("weights", None)
    assert setting.new == "Data availability: 3, Accuracy requirement: 2, Problem difficulty: 1"
    past = ranking.get_ranking(lab, SLUG, EVERYTHING, FEW, "before")
    assert (past.weights_drawn, past.weights, past.items) == (True, then.weights, then.items)
    portfolios.update_portfolio(lab, SLUG, PortfolioPatch(weights={**OWN, "problem_difficulty": 9.0}))
    snapshots.create_snapshot(lab, SLUG, SnapshotDraft(name="after"))
    portfolios.update_portfolio(lab, SLUG, PortfolioPatch(weights=None))
    assert ranking.get_ranking(lab, SLUG, EVERYTHING, FEW).items == then.items
    assert ranking.get_ranking(lab, SLUG, EVERYTHING, FEW, "after").weights["problem_difficulty"] == 0.642857


def test_a_ranking_is_kept_until_the_portfolio_changes(lab: Workspace) -> None:
    first = ranking.get_ranking(lab, SLUG, EVERYTHING, FEW)
    assert ranking.get_ranking(lab, SLUG, EVERYTHING, FEW) is first
    assert ranking.get_ranking(lab, SLUG, Filters(sort="name"), FEW) is first
    scoring.record_answers(lab, "LAB-4", "Mara", levels(ml_strength=5))
    again = ranking.get_ranking(lab, SLUG, EVERYTHING, FEW)
    assert again is not first
    assert again == ranking.get_ranking(lab, SLUG, EVERYTHING, FEW)


def test_filters_say_who_competes(lab: Workspace) -> None:
    found = ranking.get_ranking(lab, SLUG, Filters(q="Easy"), FEW)
    assert (found.total, found.top, found.items[0].p_top) == (1, 1, 1)
    assert ranking.get_ranking(lab, SLUG, Filters(q="nothing"), FEW).items == ()
    projects.delete_project(lab, "LAB-3")
    assert "Easy" not in order(ranking.get_ranking(lab, SLUG, EVERYTHING, FEW))


def test_what_cannot_be_is_invalid(lab: Workspace) -> None:
    for changes_, field in (
        ({"top": 5}, "top"),
        ({"weights": {**OWN, "ml_strength": 1.0}}, "weights.ml_strength"),
        ({"weights": {"data_availability": 1.0}}, "weights.accuracy_requirement"),
        ({"weights": dict.fromkeys(OWN, 0.0)}, "weights"),
    ):
        with pytest.raises(Invalid) as caught:
            ranking.get_ranking(lab, SLUG, EVERYTHING, FEW.model_copy(update=changes_))
        assert caught.value.errors[0].field == field
    with pytest.raises(Invalid):
        ranking.get_ranking(lab, SLUG, EVERYTHING, FEW, "no such moment")


def test_two_projects_are_compared_by_id_or_key(lab: Workspace) -> None:
    found = ranking.compare_projects(lab, SLUG, "LAB-1", "LAB-4", FEW)
    assert (found.a.name, found.b.name, found.p_before) == ("Middling", "Poor", 1)
    assert sum(part.share for part in found.shares) == pytest.approx(found.difference)
    with pytest.raises(Invalid):
        ranking.compare_projects(lab, SLUG, "LAB-1", "LAB-1", FEW)
    with pytest.raises(NotFound):
        ranking.compare_projects(lab, SLUG, "LAB-1", "LAB-99", FEW)
    add_portfolio(lab, "other", key_prefix="OTH")
    add_project(lab, "Elsewhere", slug="other")
    with pytest.raises(Invalid):
        ranking.compare_projects(lab, SLUG, "LAB-1", "OTH-1", FEW)


def test_sensitivity_names_the_edge(lab: Workspace) -> None:
    found = ranking.get_sensitivity(lab, SLUG, EVERYTHING, FEW)
    assert found.top == 2
    assert found.last_in is not None
    assert [interval.weight for interval in found.intervals] == ["impact_share", *OWN]
    assert ranking.get_sensitivity(lab, SLUG, EVERYTHING, FEW) is found
    assert ranking.get_sensitivity(lab, SLUG, EVERYTHING, FEW.model_copy(update={"top": 4})).last_in is None
