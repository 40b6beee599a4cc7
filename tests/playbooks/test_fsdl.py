"""The shipped playbook is whole: every part of the method is there, worded and sourced."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

import numpy as np
import pytest

from planner.domain.errors import NotFound
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import Entry
from planner.domain.playbook_scoring import BestLens
from planner.domain.scoring import belief_state, standings
from planner.playbooks import Playbooks


@pytest.fixture(scope="module")
def fsdl() -> Playbook:
    return Playbooks.shipped().get("fsdl", 1)


def entries(model: object) -> Iterator[Entry]:
    if isinstance(model, Entry):
        yield model
    if isinstance(model, Model):
        for _, value in model:
            yield from entries(value)
    elif isinstance(model, tuple):
        for value in model:
            yield from entries(value)


def test_criteria_of_both_dimensions(fsdl: Playbook) -> None:
    assert [criterion.id for criterion in fsdl.criteria] == [
        "cheap_prediction",
        "product_need",
        "ml_strength",
        "inspiration",
        "data_availability",
        "accuracy_requirement",
        "problem_difficulty",
    ]
    for criterion in fsdl.criteria:
        assert criterion.question.endswith("?")
        assert criterion.help
        labels = [level.label for level in criterion.levels]
        assert len(set(labels)) == 5
        assert all(len(label.split()) <= 6 for label in labels)
        assert all(level.description.endswith(".") for level in criterion.levels)


def test_scoring_rules_of_the_design(fsdl: Playbook) -> None:
    assert fsdl.impact.aggregation == BestLens(kind="best_lens", best=0.6, mean=0.4)
    assert {criterion.prior for criterion in fsdl.impact.criteria} == {(0.35, 0.30, 0.20, 0.10, 0.05)}
    assert {criterion.prior for criterion in fsdl.feasibility.criteria} == {(0.2, 0.2, 0.2, 0.2, 0.2)}
    assert np.allclose(fsdl.feasibility.weights, [11 / 18, 5 / 18, 2 / 18])
    assert fsdl.priority_impact_share == 0.5
    assert (fsdl.cut_offs.impact, fsdl.cut_offs.feasibility) == (3.0, 3.0)
    assert {confidence.id: confidence.spread for confidence in fsdl.confidences} == {
        "measured": 0,
        "informed": 1,
        "guess": 2,
    }


def test_project_that_nobody_has_scored_sits_at_the_centre(fsdl: Playbook) -> None:
    (standing,) = standings([belief_state([], fsdl)], fsdl)
    assert standing.impact.expected == pytest.approx(2.96, abs=0.005)
    assert standing.feasibility.expected == pytest.approx(3.0)
    assert standing.quadrant is None


def test_stages_have_tasks_and_gates(fsdl: Playbook) -> None:
    assert [stage.id for stage in fsdl.stages] == ["planning", "data", "training", "deployment"]
    for stage in fsdl.stages:
        assert len(stage.tasks) >= 5
        assert len(stage.exit_criteria) >= 3
    checks = {point.check for stage in fsdl.stages for point in stage.exit_criteria}
    assert {"contract_agreed", "baseline_recorded", "run_qualifies", "checklist_in_place", None} <= checks


def test_three_moves_forward_and_six_back(fsdl: Playbook) -> None:
    order = [stage.id for stage in fsdl.stages]
    back = {(edge.start, edge.end) for edge in fsdl.edges if order.index(edge.end) < order.index(edge.start)}
    assert {(edge.start, edge.end) for edge in fsdl.edges} - back == {
        ("planning", "data"),
        ("data", "training"),
        ("training", "deployment"),
    }
    assert back == {
        ("data", "planning"),
        ("training", "data"),
        ("training", "planning"),
        ("deployment", "training"),
        ("deployment", "data"),
        ("deployment", "planning"),
    }
    codes = [reason.id for edge in fsdl.edges for reason in edge.reasons]
    assert len(codes) == len(set(codes)) == 11
    assert all(not edge.reasons for edge in fsdl.edges if (edge.start, edge.end) not in back)


def test_seventeen_components(fsdl: Playbook) -> None:
    assert [component.id for component in fsdl.components] == [
        "data.sources",
        "data.lakes_warehouses",
        "data.processing",
        "data.exploration",
        "data.versioning",
        "data.labelling",
        "training.compute",
        "training.resource_management",
        "training.software_engineering",
        "training.frameworks",
        "training.experiment_management",
        "training.hyperparameter_tuning",
        "deployment.ci_testing",
        "deployment.web",
        "deployment.edge",
        "deployment.monitoring",
        "deployment.feature_store",
    ]
    assert all(component.id.startswith(f"{component.area}.") for component in fsdl.components)
    assert [component.id for component in fsdl.components if component.labels_only] == ["data.labelling"]


def test_archetypes_quadrants_and_problem_types(fsdl: Playbook) -> None:
    assert [archetype.id for archetype in fsdl.archetypes] == ["software_2_0", "human_in_the_loop", "autonomous"]
    assert {quadrant.id for quadrant in fsdl.quadrants} == {"do_first", "strategic_bet", "quick_win", "not_now"}
    assert fsdl.quadrant_at("high", "high").id == "do_first"
    assert fsdl.quadrant_at("high", "low").id == "strategic_bet"
    assert fsdl.quadrant_at("low", "high").id == "quick_win"
    assert len(fsdl.problem_types) == 25
    assert {kind.labels for kind in fsdl.problem_types} == {"needed", "partly", "not_needed"}


def test_every_problem_type_has_a_template_of_metrics(fsdl: Playbook) -> None:
    assert [template.problem_type for template in fsdl.metric_templates] == [kind.id for kind in fsdl.problem_types]
    used = {line.metric for template in fsdl.metric_templates for line in template.metrics}
    assert used == {hint.id for hint in fsdl.metric_hints}
    for template in fsdl.metric_templates:
        assert 3 <= len(template.metrics) <= 6
        assert template.metrics[0].role == "optimised"
        assert all(line.why.endswith(".") for line in template.metrics)
        assert template.source
    assert all(hint.help.endswith(".") for hint in fsdl.metric_hints)
    pose = fsdl.metric_template("object_pose")
    assert pose is not None
    assert [line.metric for line in pose.metrics] == ["angle_error", "position_error", "latency_p95"]


def test_every_entry_says_where_it_comes_from(fsdl: Playbook) -> None:
    # What sizing rests on comes from vendors and papers; of that the model asks for a source, whichever it is.
    found = list(entries(fsdl.model_copy(update={"sizing": None})))
    assert len(found) > 120
    works = ("FSDL", "Google", "Breck", "derived", "deon", "Article", "Annex", "Regulation", "M-25-21", "Chapter V")
    assert [entry.id for entry in found if not any(work in entry.source for work in works)] == []


def test_shipped_playbooks_are_kept_and_found() -> None:
    shipped = Playbooks.shipped()
    assert shipped is Playbooks.shipped()
    assert shipped.get("fsdl") is shipped.get("fsdl", 1)
    assert [(playbook.id, playbook.version) for playbook in shipped.list()] == [("fsdl", 1)]
    with pytest.raises(NotFound, match="no playbook 'rice'; there are: fsdl"):
        shipped.get("rice")
    with pytest.raises(NotFound, match="no version 7 of the playbook 'fsdl'; there are: 1"):
        shipped.get("fsdl", 7)


def test_newest_version_when_none_is_named(fsdl: Playbook) -> None:
    second = fsdl.model_copy(update={"version": 2})
    playbooks = Playbooks([second, fsdl])
    assert playbooks.get("fsdl").version == 2
    assert playbooks.get("fsdl", 1) is fsdl
    assert [playbook.version for playbook in playbooks.list()] == [1, 2]


def test_loading_does_not_slow_the_start() -> None:
    Playbooks.shipped()  # imports and compiled validators are not counted
    Playbooks.shipped.cache_clear()
    gc.collect()
    gc.freeze()  # to look through what other tests left is not counted either
    began = time.process_time()
    Playbooks.shipped()
    took = time.process_time() - began
    gc.unfreeze()
    assert took < 0.15
