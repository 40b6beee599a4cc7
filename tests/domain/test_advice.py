"""The technique advisor: what a practitioner must see for described problems, and the laws it keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.advice import build_advice
from planner.domain.advice_facts import CONSTRAINTS, AdviceQuery, holds
from planner.domain.advice_models import Advice
from planner.domain.infrastructure import ChecklistItem, build_checklist
from planner.domain.metrics import Contract
from planner.domain.playbook_advice import Condition
from planner.domain.projects import Project
from planner.domain.report_advice import advice_sections
from tests.support.factories import contract, fsdl, metric

FSDL = fsdl()
KINDS = [kind.id for kind in FSDL.problem_types]
NOW = datetime(2026, 5, 4, tzinfo=UTC)
# One value of each constraint, and another.
VALUES: dict[str, tuple[Any, Any]] = {
    "data_size": (500, 5_000_000),
    "labels": ("none", "many"),
    "latency_ms": (10, 60_000),
    "edge": ("yes", "no"),
    "licence": ("permissive", "any"),
    "interpretability": ("required", "not_required"),
    "offline": ("yes", "no"),
    "imbalance": ("yes", "no"),
}
QUERIES = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


def project(problem_type: str | None, archetype: str | None = None, stage: str | None = None) -> Project:
    """A project of which only this is looked at."""
    said: dict[str, Any] = {"problem_type": problem_type, "archetype": archetype, "stage": stage}
    return Project.model_construct(**said)


def advise(
    problem_type: str | None,
    agreed: Contract | None = None,
    stated: tuple[ChecklistItem, ...] = (),
    archetype: str | None = None,
    stage: str | None = None,
    **query: Any,
) -> Advice:
    about = project(problem_type, archetype, stage)
    checklist = build_checklist(stage, archetype, problem_type, stated, FSDL)
    return build_advice(AdviceQuery(**query), about, agreed, checklist, FSDL)


def words(advice: Advice) -> str:
    """All that is said, without what would have to change first."""
    steps = [f"{s.technique.name} {s.technique.text} {s.enough} {s.licence}" for s in advice.steps]
    parts = (advice.approach, advice.losses, advice.measuring, advice.data, advice.pitfalls, advice.debugging)
    return " ".join([*steps, *(f"{line.name} {line.text}" for part in parts for line in part)])


def path(advice: Advice) -> list[str]:
    return [step.technique.name for step in advice.steps]


# Problems as somebody might describe them: what is told of each, what its path must name step by step, what must
# be said beside it, and what must not be taken.
DESCRIBED: dict[str, tuple[str, dict[str, Any], list[str], list[str], list[str]]] = {
    "Will a customer cancel? 60,000 rows of contracts, two years of outcomes": (
        "tabular",
        {"data_size": 60_000, "labels": "many"},
        ["logistic", "Gradient-boosted trees", "AutoGluon"],
        ["Test on later data", "Only what is known at the moment of prediction", "One column is too good"],
        ["Explainable boosting"],
    ),
    "Credit decisions that must be explained to the applicant": (
        "tabular",
        {"data_size": 40_000, "labels": "many", "interpretability": "required"},
        ["logistic", "monotone", "additive"],
        ["SHAP", "Proxies of groups", "no ground for a decision"],
        ["TabPFN"],
    ),
    "Card fraud, one payment in a thousand, decided while the customer waits": (
        "anomaly_detection",
        {"labels": "many", "imbalance": "yes", "latency_ms": 50, "archetype": "autonomous"},
        ["rules", "Boosted trees", "precomputed features"],
        ["area under precision and recall", "alert budget", "The other side adapts", "Let it abstain"],
        ["Autoencoder"],
    ),
    "Missing bolts on a line, camera with a small chip, no pictures labelled, the product is closed source": (
        "object_detection",
        {"labels": "none", "edge": "yes", "licence": "permissive"},
        ["Zero-shot detector", "RF-DETR Nano", "taught by a large one"],
        ["Choose the hardware first", "Quantise to int8", "AGPL", "Label a test set before anything else"],
        ["YOLO26, fine-tuned"],
    ),
    "Skin marks in photographs, 300 labelled pictures": (
        "image_classification",
        {"labels": "few", "data_size": 300},
        ["Frozen pretrained features", "Linear head kept", "backbone"],
        ["cross-validation", "It learns the background", "one person", "Ask for certainty"],
        ["Fine-tuned ConvNeXt"],
    ),
    "Daily demand of 4,000 articles in 60 shops": (
        "forecasting",
        {"data_size": 2_000_000},
        ["Seasonal naive", "LightGBM", "Average of boosted trees"],
        ["must beat the seasonal naive", "Inputs from the future", "Roll the origin", "What was sold is not"],
        ["zero-shot"],
    ),
    "Answers to staff from internal manuals, which must not leave the house": (
        "assistant",
        {"offline": "yes", "latency_ms": 5_000},
        ["Keyword search and an open model in house", "Hybrid search and a reranker", "Look-up in several steps"],
        ["The test set before the first prompt", "Recall of the look-up", "Instructions inside documents"],
        ["behind a service"],
    ),
    "An agent that books and changes appointments in two systems": (
        "agent",
        {"archetype": "autonomous"},
        ["scripted workflow", "each effect approved", "cannot be undone"],
        ["Errors multiply over steps", "Count all trials", "end state that code can check", "Let it abstain"],
        [],
    ),
    "Which articles to show on the front page of a shop": (
        "ranking",
        {"data_size": 3_000_000, "latency_ms": 80, "archetype": "software_2_0"},
        ["Popularity", "LambdaMART", "Two-tower"],
        ["Position bias and feedback loop", "The online test decides", "Run it beside the rules first"],
        ["matrix factorisation"],
    ),
    "Old handwritten registers, 2,000 lines transcribed": (
        "ocr",
        {"labels": "few", "data_size": 2_000},
        ["Reader off the shelf", "CTC", "TrOCR"],
        ["A doubled letter needs a blank between", "synthetic", "Lines cut wrongly", "Overfit one batch"],
        ["int8"],
    ),
    "A new shop without a single sale: what to recommend first": (
        "ranking",
        {"data_size": 0, "labels": "none"},
        ["Popularity", "Likeness of content", "bandit on content"],
        ["share of exploration", "New users and new things", "nothing collaborative can be learnt"],
        ["matrix factorisation", "Two-tower"],
    ),
    "Dictation of doctors, words on the screen while they speak, data stay in the hospital": (
        "speech_recognition",
        {"labels": "few", "latency_ms": 300, "offline": "yes"},
        ["in house", "streaming transducer", "Streaming transducer"],
        ["with your terms", "hides those that matter", "Words out of silence", "Weights of the same task"],
        ["Whisper or Conformer"],
    ),
    "Names and doses in clinical notes, on a tablet without a network": (
        "sequence_labelling",
        {"labels": "few", "offline": "yes", "edge": "yes", "latency_ms": 150},
        ["Patterns and word lists", "encoder", "in int8"],
        ["What is named need not be so", "Labels slip", "Weights of the same task", "Quantise to int8"],
        ["Language model"],
    ),
    "Near duplicates among 50 million pictures and texts": (
        "similarity_search",
        {"data_size": 50_000_000, "labels": "none", "latency_ms": 5_000},
        ["frozen embeddings", "combined", "reranker"],
        ["MinHash", "perceptual hash", "Chains of near duplicates", "Seconds are there"],
        [],
    ),
    "Unusual invoices, none of them judged so far, with a reason for each": (
        "anomaly_detection",
        {"labels": "none", "interpretability": "required"},
        ["rules", "add up over named features", "additive model"],
        ["Label a test set before anything else", "nearest normal cases", "no ground for a decision"],
        ["Autoencoder", "Isolation forest"],
    ),
    "A few years of monthly sales of one article, planners must see why": (
        "forecasting",
        {"data_size": 60, "interpretability": "required"},
        ["Seasonal naive", "Regression with trend", "Average of two or three"],
        ["rolling origin where time counts", "Roll the origin"],
        ["zero-shot"],
    ),
}


@pytest.mark.parametrize("described", DESCRIBED, ids=lambda text: text[:40])
def test_a_practitioner_finds_what_belongs_there(described: str) -> None:
    kind, told, steps, beside, not_taken = DESCRIBED[described]
    found = advise(kind, **told)
    taken = path(found)
    assert [(want, name) for want, name in zip(steps, taken, strict=True) if want.lower() not in name.lower()] == []
    said = words(found)
    assert [want for want in beside if want not in said] == []
    assert [name for name in not_taken if any(name in step for step in taken)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_type_has_a_whole_path_with_sources(kind: str) -> None:
    found = advise(kind)
    assert [step.step for step in found.steps] == ["baseline", "stronger", "state_of_the_art"]
    for part in (found.approach, found.losses, found.metrics, found.data, found.pitfalls, found.debugging):
        assert part
    for line in (*found.approach, *found.losses, *found.measuring, *found.data, *found.pitfalls, *found.debugging):
        assert line.unless
        assert line.source
    assert all(step.enough and step.technique.source for step in found.steps)
    # A number that nobody published is called what it is.
    assert all("rule of thumb" in line.text.lower() for line in found.data if "rule of thumb" in line.source)


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_every_constraint_changes_something(name: str) -> None:
    one, other = VALUES[name]
    assert any(words(advise(kind, **{name: one})) != words(advise(kind, **{name: other})) for kind in KINDS)
    assert any(path(advise(kind, **{name: one})) != path(advise(kind)) for kind in KINDS) or name == "imbalance"


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(KINDS), query=QUERIES)
def test_the_same_plan_gives_the_same_advice(kind: str, query: dict[str, Any]) -> None:
    assert advise(kind, **query).model_dump_json() == advise(kind, **dict(reversed(query.items()))).model_dump_json()


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(KINDS), query=QUERIES)
def test_unknown_stays_unknown_and_what_an_answer_is_said_to_change_it_changes(
    kind: str, query: dict[str, Any]
) -> None:
    found = advise(kind, **query)
    assert {fact.constraint for fact in found.facts if fact.origin == "unknown"} == set(CONSTRAINTS) - set(query)
    asked = {question.constraint: question for question in found.open_questions}
    assert not set(asked) & set(query)
    for name in set(CONSTRAINTS) - set(query):
        for value in VALUES[name]:
            then = advise(kind, **query, **{name: value})
            changed = words(then) != words(found)
            assert changed <= (name in asked)
            assert (path(then) != path(found)) <= (name in asked and asked[name].path)


def test_a_rule_that_asks_for_an_unknown_is_not_applied() -> None:
    condition = Condition.model_validate({"labels": "few", "edge": True, "data_size": {"below": 10}})
    known: dict[str, float | str | None] = {"labels": "few", "edge": "yes", "data_size": 9}
    assert holds(condition, known) is True
    assert holds(condition, {**known, "labels": None}) is None
    assert holds(condition, {**known, "labels": None, "data_size": 10}) is False
    assert holds(Condition(), {}) is True


def test_the_contract_tells_the_latency_and_the_checklist_the_device() -> None:
    agreed = contract("maximise mean_average_precision", metric("latency_p95 <= 40", unit="ms"))
    edge = ChecklistItem(component="deployment.edge", status="planned", recorded_at=NOW, recorded_by="Mara")
    found = advise("object_detection", agreed, (edge,))
    told = {fact.constraint: fact.value for fact in found.facts if fact.origin == "project"}
    assert told == {"latency_ms": 40, "edge": "yes"}
    assert found.steps[1].technique.because == ("runs on a device: yes",)
    asked = advise("object_detection", agreed, (edge,), edge="no", latency_ms=400)
    assert {f.constraint for f in asked.facts if f.origin == "given"} == {"edge", "latency_ms"}


@pytest.mark.parametrize("said", [{"unit": "s"}, {"unit": "ms", "enabled": False, "reason": "Later."}])
def test_a_threshold_in_another_unit_or_switched_off_tells_nothing(said: dict[str, Any]) -> None:
    agreed = contract("maximise recall", metric("latency_p95 <= 40", **said))
    assert next(f for f in advise("tabular", agreed).facts if f.constraint == "latency_ms").value is None


def test_what_is_not_known_yet_names_the_technique_that_an_answer_would_bring() -> None:
    stronger = advise("tabular", data_size=50_000).steps[1]
    assert [(other.name, other.when) for other in stronger.alternatives if other.open] == [
        ("Explainable boosting or boosted trees with monotone constraints", ("explained decisions: required",))
    ]
    said = advise("tabular", data_size=50_000, interpretability="not_required").steps[1]
    assert not any(other.open for other in said.alternatives)


def test_without_a_problem_type_or_a_path_it_says_so() -> None:
    nothing = advise(None)
    assert (nothing.missing, nothing.steps, nothing.components) == ("problem_type", (), ())
    bare = FSDL.model_copy(update={"techniques": (), "advice_rules": (), "advice_constraints": ()})
    checklist = build_checklist(None, None, "tabular", (), bare)
    found = build_advice(AdviceQuery(edge="yes"), project("tabular"), None, checklist, bare)
    assert (found.missing, found.steps, found.approach, found.open_questions) == ("guide", (), (), ())
    assert found.facts[3].words == "yes"


def test_components_are_those_that_the_lines_call_for() -> None:
    found = {one.component: one for one in advise("object_detection", edge="yes", labels="none").components}
    assert found["deployment.edge"].called_for_by
    assert found["data.labelling"].status is None
    assert "deployment.edge" not in {one.component for one in advise("object_detection", edge="no").components}


def test_the_report_tells_the_path_and_what_would_change_it() -> None:
    (section,) = advice_sections(advise("tabular", labels="many"))
    assert [row[0].split(":")[0] for row in section.rows] == ["Baseline", "Stronger", "State of the art"]
    assert any(sentence.startswith("Pitfall: One column is too good.") for sentence in section.sentences)
    assert any("explained decisions" in sentence.lower() for sentence in section.sentences)
    assert advice_sections(advise(None)) == ()
