"""What is different between two playbooks, and what that does to answers."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from planner.domain.playbook import Playbook
from planner.domain.playbook_diff import AnswerEffect, EntryDifference, playbook_difference
from tests.support.factories import fsdl
from tests.support.own_playbooks import shelf

WHOLE = fsdl().model_dump(mode="json")


def changed(*path: str | int, to: Any) -> Playbook:
    """The shipped playbook with one value another."""
    data = fsdl().model_dump(mode="json")
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return Playbook.model_validate(data)


def found(new: Playbook) -> dict[tuple[str, str], EntryDifference]:
    return {(entry.topic, entry.entry): entry for entry in playbook_difference(fsdl(), new).entries}


def effects(old: Playbook, new: Playbook) -> dict[str, str]:
    return {effect.criterion: effect.effect for effect in playbook_difference(old, new).answers}


def test_a_playbook_is_not_different_from_itself() -> None:
    for playbook in shelf().list():
        difference = playbook_difference(playbook, playbook)
        assert difference.entries == ()
        assert {effect.effect for effect in difference.answers} == {"kept"}


@given(st.sampled_from(shelf().list()), st.sampled_from(shelf().list()))
def test_what_was_added_one_way_is_removed_the_other_way(a: Playbook, b: Playbook) -> None:
    turn = {"added": "removed", "removed": "added", "changed": "changed"}
    there = {(e.topic, e.kind, e.entry) for e in playbook_difference(a, b).entries if e.topic != "playbook"}
    back = {(e.topic, turn[e.kind], e.entry) for e in playbook_difference(b, a).entries if e.topic != "playbook"}
    assert there == back


def test_another_wording_of_a_level_may_mean_something_else() -> None:
    new = changed("impact", "criteria", 1, "levels", 2, "label", to="Something")
    entry = found(new)["criteria", "product_need"]
    assert [(c.field, c.old, c.new) for c in entry.changes] == [
        ("levels.3.label", "A regular obstacle for some", "Something")
    ]
    assert [e for e in playbook_difference(fsdl(), new).answers if e.effect != "kept"] == [
        AnswerEffect(criterion="product_need", name="Product need", effect="reworded")
    ]


def test_another_prior_weight_or_source_leaves_the_meaning_of_answers() -> None:
    priors = changed("impact", "criteria", 0, "prior", to=[0.2] * 5)
    weights = changed(
        "feasibility",
        "aggregation",
        to={"kind": "weighted_mean", "weights": dict.fromkeys([c.id for c in fsdl().feasibility.criteria], 1.0)},
    )
    assert set(effects(fsdl(), priors).values()) == set(effects(fsdl(), weights).values()) == {"kept"}
    assert found(priors)["criteria", "cheap_prediction"].changes[0].new == "0.2, 0.2, 0.2, 0.2, 0.2"
    told = found(weights)
    assert [(c.field, c.old, c.new) for c in told["criteria", "data_availability"].changes] == [
        ("weight", "0.611", "0.333")
    ]
    assert "aggregation.order" in [change.field for change in told["feasibility", "feasibility"].changes]


def test_every_topic_tells_its_entries_by_what_names_them() -> None:
    edge = found(changed("edges", 3, "reasons", 0, "name", to="Another"))
    assert [c.field for c in edge["edges", "data → planning"].changes] == ["reasons.data_too_hard.name"]
    stage = found(changed("stages", 0, "tasks", 0, "name", to="Another"))
    assert [c.field for c in stage["stages", "planning"].changes] == ["tasks.state_problem.name"]
    tool = found(changed("tools", 0, "good_for", to="Another"))
    assert [e.kind for e in tool.values()] == ["changed"]
    fewer = found(changed("baseline_kinds", to=WHOLE["baseline_kinds"][1:]))
    assert [e.kind for e in fewer.values()] == ["removed"]
    turned = found(changed("baseline_kinds", to=WHOLE["baseline_kinds"][::-1]))
    assert [(e.entry, e.changes[0].field) for e in turned.values()] == [("baseline_kinds", "order")]
    none = found(changed("error_advice", to=None))
    assert [(e.topic, e.kind) for e in none.values()] == [("error_advice", "removed")]
    head = found(changed("priority_impact_share", to=0.7))
    assert [(c.field, c.old, c.new) for c in head["playbook", "fsdl"].changes] == [
        ("priority_impact_share", "0.5", "0.7")
    ]


def test_a_criterion_that_changes_sides_may_mean_something_else() -> None:
    data = fsdl().model_dump(mode="json")
    data["feasibility"]["criteria"].append(data["impact"]["criteria"].pop())
    data["feasibility"]["aggregation"]["order"].append("inspiration")
    assert effects(fsdl(), Playbook.model_validate(data))["inspiration"] == "reworded"


def test_criteria_of_both_are_told_with_what_becomes_of_their_answers() -> None:
    rice = shelf().get("rice")
    told = effects(fsdl(), rice)
    assert {name for name, effect in told.items() if effect == "lost"} == {c.id for c in fsdl().criteria}
    assert {name for name, effect in told.items() if effect == "new"} == {c.id for c in rice.criteria}
