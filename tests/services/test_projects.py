"""Projects: created, found, changed, put in the bin and taken out of it; nothing said is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from planner.domain.projects import STATUSES, Filters, Link, ProjectDraft, ProjectFields, ProjectPatch
from planner.services import lifecycle, portfolios, projects, scoring
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, all_levels, fsdl

FULL: dict[str, Any] = {
    "name": "Größe — “naïve” 数学 🚀",
    "summary": "**Markdown**\nwith lines",
    "organisation": "Gamma & Sons",
    "unit": "<b>North</b>",
    "owner": "O'Brien",
    "archetype": "autonomous",
    "problem_type": "forecasting",
    "status": "active",
    "tags": ("b", "a", "é"),
    "effort": 0.1 + 0.2,
    "cost": 1e12,
    "needs": {"gpu_hours": 400.5},
    "links": (Link(title="Board", url="https://example.org/?q=1&r=2"), Link(url="http://localhost:1/")),
    "risks": "none = unlikely",
    "attributes": {"id": "007", "flag": False, "n": 2**62, "x": -0.5, "": ""} | {"=cmd": "@SUM(1)"},
    "stage": "training",
}
FULL["attributes"].pop("")


def test_everything_that_is_said_is_kept_as_it_was_said(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    draft = ProjectDraft(**FULL)
    created = projects.create_project(any_ws, SLUG, draft)
    kept = projects.get_project(any_ws, created.key)
    assert kept == created
    for name in (*ProjectFields.model_fields, "stage"):
        assert getattr(kept, name) == getattr(draft, name)
    assert {name: type(value) for name, value in kept.attributes.items()} == {
        name: type(value) for name, value in FULL["attributes"].items()
    }
    assert (kept.key, kept.portfolio, kept.version) == ("LAB-1", SLUG, 1)
    assert kept.created_at == kept.updated_at
    (placed,) = lifecycle.list_transitions(any_ws, created.key)
    assert (placed.start, placed.to, placed.kind) == (None, "training", "placed")


def test_what_is_not_said_stays_unstated(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    kept = projects.get_project(any_ws, add_project(any_ws, "bare").key)
    for name, field in ProjectFields.model_fields.items():
        if name != "name":
            assert getattr(kept, name) == field.get_default(call_default_factory=True)
    assert kept.stage is None
    assert (kept.standing.quadrant, kept.standing.answered) == (None, 0)
    assert kept.standing.impact.expected == 2.961985
    assert lifecycle.list_transitions(any_ws, kept.key) == ()


printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
drafts = st.builds(
    ProjectDraft,
    name=printable.filter(lambda name: name.strip() != ""),
    summary=st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80),
    owner=st.none() | printable,
    status=st.none() | st.sampled_from(STATUSES),
    archetype=st.none() | st.sampled_from([entry.id for entry in fsdl().archetypes]),
    tags=st.lists(st.sampled_from(["a", "b", "c d", "é"]), max_size=4).map(tuple),
    effort=st.none() | st.floats(0, 1e6),
    needs=st.dictionaries(st.sampled_from(["gpu", "seat"]), st.floats(0, 1e12)),
    attributes=st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | printable,
    ),
)


@pytest.fixture(scope="module")
def lab(shared_ws: Workspace) -> Workspace:
    add_portfolio(shared_ws)
    return shared_ws


@settings(max_examples=25)
@given(draft=drafts)
def test_any_draft_comes_back_equal(lab: Workspace, draft: ProjectDraft) -> None:
    kept = projects.get_project(lab, projects.create_project(lab, SLUG, draft).key)
    assert {name: getattr(kept, name) for name in ProjectDraft.model_fields} == dict(draft)


def test_a_change_changes_what_it_names_and_nothing_else(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    before = projects.create_project(any_ws, SLUG, ProjectDraft(**FULL))
    after = projects.update_project(any_ws, "LAB-1", ProjectPatch(owner=None, tags=("new",), effort=0), before.version)
    assert after == projects.get_project(any_ws, "LAB-1")
    assert (after.owner, after.tags, after.effort) == (None, ("new",), 0)
    assert after.version == before.version + 1
    assert after.updated_at > before.updated_at
    untouched = before.model_dump(exclude={"owner", "tags", "effort", "version", "updated_at"})
    assert after.model_dump(include=set(untouched)) == untouched


def test_a_change_to_what_it_is_already_is_no_change(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    before = projects.create_project(any_ws, SLUG, ProjectDraft(**FULL))
    after = projects.update_project(any_ws, "LAB-1", ProjectPatch(owner="O'Brien", cost=1e12), None)
    assert after == projects.get_project(any_ws, "LAB-1") == before


def test_a_change_to_an_older_version_is_stale_and_changes_nothing(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    project = add_project(any_ws)
    projects.update_project(any_ws, project.key, ProjectPatch(owner="first"), project.version)
    for change in (
        lambda: projects.update_project(any_ws, project.key, ProjectPatch(owner="second"), project.version),
        lambda: projects.delete_project(any_ws, project.key, project.version),
        lambda: scoring.record_answers(any_ws, project.key, "Mara", all_levels(3), project.version),
        lambda: lifecycle.mark_task(any_ws, project.key, "state_problem", True, "", project.version),
    ):
        revision = portfolios.get_revision(any_ws, SLUG)
        with pytest.raises(Stale, match="version 1, now 2"):
            change()
        assert portfolios.get_revision(any_ws, SLUG) == revision
    assert projects.get_project(any_ws, project.key).owner == "first"


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"archetype": "robot"}, ["archetype"]),
        ({"archetype": "robot", "problem_type": "magic", "stage": "done"}, ["archetype", "problem_type", "stage"]),
        ({"stage": ""}, ["stage"]),
    ],
)
def test_words_that_the_playbook_lacks_are_refused_and_nothing_is_kept(
    any_ws: Workspace, said: dict[str, Any], fields: list[str]
) -> None:
    add_portfolio(any_ws)
    with pytest.raises(Invalid) as refused:
        add_project(any_ws, "x", **said)
    assert [error.field for error in refused.value.errors] == fields
    assert portfolios.get_portfolio(any_ws, SLUG).projects == 0
    assert add_project(any_ws, "y").key == "LAB-1"  # no number was used up
    if "archetype" in said:
        with pytest.raises(Invalid):
            projects.update_project(any_ws, "LAB-1", ProjectPatch(archetype="robot"), None)


def test_the_bin_hides_a_project_whole_and_gives_it_back_whole(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    key = projects.create_project(any_ws, SLUG, ProjectDraft(**FULL)).key
    scoring.record_answers(any_ws, key, "Mara", all_levels(4))
    before = projects.get_project(any_ws, key)
    deleted = projects.delete_project(any_ws, key, before.version)
    assert deleted.deleted_at is not None
    for hidden in (
        lambda: projects.get_project(any_ws, key),
        lambda: scoring.list_answers(any_ws, key),
        lambda: projects.update_project(any_ws, key, ProjectPatch(owner="x"), None),
        lambda: projects.delete_project(any_ws, key),
    ):
        with pytest.raises(NotFound, match="in the bin; restore it first"):
            hidden()
    assert projects.list_projects(any_ws, SLUG, Filters()).total == 0
    assert [item.key for item in projects.list_bin(any_ws, SLUG)] == [key]
    assert portfolios.get_portfolio(any_ws, SLUG).projects == 0
    restored = projects.restore_project(any_ws, key)
    assert restored.model_copy(update={"version": 0, "updated_at": before.updated_at}) == before.model_copy(
        update={"version": 0}
    )
    assert len(scoring.list_answers(any_ws, key)) == 7
    assert projects.list_bin(any_ws, SLUG) == ()
    with pytest.raises(Conflict, match="not in the bin"):
        projects.restore_project(any_ws, key)


def test_a_key_is_never_given_again(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    assert add_project(any_ws).key == "LAB-1"
    projects.delete_project(any_ws, "LAB-1")
    assert add_project(any_ws).key == "LAB-2"


def test_nobody_can_do_nothing(ws: Workspace) -> None:
    add_portfolio(ws)
    nobody = ws.as_actor("  ")
    with pytest.raises(Forbidden):
        add_project(nobody)
    with pytest.raises(Forbidden):
        projects.list_projects(nobody, SLUG, Filters())


@settings(max_examples=15)
@given(first=drafts, second=drafts)
def test_patching_one_draft_to_another_gives_the_other(
    lab: Workspace, first: ProjectDraft, second: ProjectDraft
) -> None:
    key = projects.create_project(lab, SLUG, first).key
    named = {name: getattr(second, name) for name in ProjectFields.model_fields}
    projects.update_project(lab, key, ProjectPatch(**named), None)
    kept = projects.get_project(lab, key)
    assert {name: getattr(kept, name) for name in named} == named
