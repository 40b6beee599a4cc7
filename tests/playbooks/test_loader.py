"""A broken playbook is refused with the file, the field path and the line of every problem."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import planner.playbooks
from planner.domain.errors import PlannerError
from planner.playbooks import PlaybookError, Playbooks, check_playbook, load_playbook

SHIPPED = Path(planner.playbooks.__file__).parent / "fsdl"

Change = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "mine"))


@pytest.fixture
def change(folder: Path) -> Change:
    """Replace the first occurrence of a text in a file of the copied playbook."""

    def replace(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def refusal(source: Path) -> str:
    with pytest.raises(PlaybookError) as caught:
        load_playbook(source)
    assert isinstance(caught.value, PlannerError)
    assert len(str(caught.value).splitlines()) == len(caught.value.errors)
    return str(caught.value)


def test_copy_of_the_shipped_playbook_loads(folder: Path) -> None:
    assert load_playbook(folder) == Playbooks.shipped().get("fsdl")


def test_templates_of_metrics_may_be_left_out(folder: Path) -> None:
    (folder / "metrics.yaml").unlink()
    assert load_playbook(folder).metric_templates == ()


def test_classifier_and_levers_may_be_left_out(folder: Path) -> None:
    (folder / "classifier.yaml").unlink()
    (folder / "levers.yaml").unlink()
    found = load_playbook(folder)
    assert (found.classifier, found.levers, found.flywheel, found.accuracy_cost) == ((), (), None, None)


def test_a_check_needs_the_part_of_the_playbook_that_it_asks_about(folder: Path) -> None:
    for name in ("readiness", "ethics", "risk"):
        (folder / f"{name}.yaml").unlink()
    text = refusal(folder)
    assert "stages.yaml: stages.0.exit_criteria.7.check: needs ethics, of which this playbook has none" in text
    assert "stages.0.exit_criteria.8.check: needs risk_rules" in text
    assert "stages.3.exit_criteria.3.check: needs readiness" in text


def test_single_file_with_all_fields_loads(tmp_path: Path) -> None:
    whole = tmp_path / "whole.yaml"
    whole.write_text(yaml.safe_dump(Playbooks.shipped().get("fsdl").model_dump(mode="json")), encoding="utf-8")
    assert load_playbook(whole) == Playbooks.shipped().get("fsdl")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "impact.yaml",
            "      - label: One team's daily decisions\n",
            "      - label: ''\n",
            "impact.yaml: criteria.0.levels.2.label: must not be empty",
        ),
        (
            "impact.yaml",
            "prior: [0.35, 0.30, 0.20, 0.10, 0.05]",
            "prior: [0.5, 0.5, 0.5, 0, 0]",
            "impact.yaml: criteria.0.prior: five probabilities that sum to 1 are needed; these sum to 1.5 (line 28)",
        ),
        (
            "impact.yaml",
            (
                "      - label: No decision would change\n"
                "        description: Whatever the model says, everybody goes on as they do today.\n"
            ),
            "",
            "impact.yaml: criteria.0.levels.4: is missing: the list needs an entry more (line ",
        ),
        (
            "impact.yaml",
            "best: 0.6",
            "best: 0.7",
            "impact.yaml: aggregation: best and mean must sum to 1, not to 1.1 (line ",
        ),
        (
            "feasibility.yaml",
            "order: [data_availability, accuracy_requirement, problem_difficulty]",
            "weights: {data_availability: 1, accuracy: 2, problem_difficulty: 1}",
            "'accuracy_requirement' is missing, 'accuracy' is none of them (line ",
        ),
        ("feasibility.yaml", "kind: weighted_mean", "kind: weighted", "feasibility.yaml: aggregation: "),
        ("playbook.yaml", "name: Do first", "name: 2021-05-01", "quadrants.0.name: a text is needed; put it in quotes"),
        (
            "tools.yaml",
            "components: [",
            "components: [data.versoning, ",
            "components: unknown component 'data.versoning'; did you mean 'data.versioning'? (line ",
        ),
        (
            "components.yaml",
            "    labels_only: true",
            "    label_only: true",
            "label_only: is not a field here; check its spelling; did you mean 'labels_only'? (line ",
        ),
        (
            "edges.yaml",
            "  - {start: data, end: training}",
            "\t- {start: data, end: training}",
            "indent with blanks, not tabs",
        ),
        ("archetypes.yaml", "    name: Software 2.0", "    name: Software: two", "needs quotes; or the line is"),
        (
            "impact.yaml",
            "best: 0.6",
            "best: much",
            "impact.yaml: aggregation.best: a number is needed",
        ),
        (
            "feasibility.yaml",
            "order: [data_availability, accuracy_requirement, ",
            "order: [data_availability, ",
            "criteria of this dimension, each once: 'accuracy_requirement' is missing (line ",
        ),
        (
            "playbook.yaml",
            "cut_offs: {impact: 3.0",
            "cut_offs: {impact: .nan",
            "playbook.yaml: cut_offs.impact: a finite number is needed",
        ),
        ("playbook.yaml", "version: 1", "version: 0", "playbook.yaml: version: must be"),
        (
            "playbook.yaml",
            "name: Full Stack Deep Learning",
            "nmae: Full Stack Deep Learning",
            "playbook.yaml: nmae: is not a field here; check its spelling; did you mean 'name'? (line 4)",
        ),
        ("playbook.yaml", "    impact: low", "    impact: high", "playbook.yaml: quadrants: each of the four corners"),
        (
            "confidences.yaml",
            "spread: 2",
            "spread: two",
            "confidences.yaml: confidences.2.spread: a whole number is needed",
        ),
        (
            "archetypes.yaml",
            "    key_questions:\n",
            "    questions:\n",
            "archetypes.yaml: archetypes.0.key_questions: is missing (line ",
        ),
        (
            "stages.yaml",
            "check: owner_named",
            "check: owner",
            "stages.yaml: stages.0.exit_criteria.0.check: one of: ",
        ),
        (
            "stages.yaml",
            "id: collect_data",
            "id: state_problem",
            "stages.yaml: stages.1.tasks.1.id: 'state_problem' stands at stages.0.tasks.0.id already",
        ),
        (
            "edges.yaml",
            "start: data, end: training",
            "start: data, end: trainig",
            "edges.yaml: edges.1.end: unknown stage",
        ),
        (
            "edges.yaml",
            "{start: planning, end: data}",
            "{start: training, end: data}",
            "edges.yaml: edges.0.reasons: training → data goes back and needs reasons",
        ),
        (
            "edges.yaml",
            "{start: planning, end: data}",
            "{start: data, end: training}",
            "edges.yaml: edges.1: 'data → training' stands at edges.0 already",
        ),
        (
            "edges.yaml",
            "id: easier_task",
            "id: data_too_hard",
            "edges.yaml: edges.3.reasons.1.id: 'data_too_hard' stands at edges.3.reasons.0.id already",
        ),
        (
            "components.yaml",
            "area: data",
            "area: date",
            "components.yaml: components.0.area: unknown area 'date'; did you mean 'data'?",
        ),
        (
            "edges.yaml",
            "doubts: [data_availability]",
            "doubts: [data_availibility]",
            (
                "edges.yaml: edges.3.reasons.0.doubts: unknown criterion 'data_availibility'; did you mean "
                "'data_availability'?"
            ),
        ),
        (
            "components.yaml",
            "    condition: When the data come",
            "    # When the data come",
            "components.yaml: components.1.condition: a conditional component must say when it is needed",
        ),
        (
            "components.yaml",
            "required_for: [autonomous]",
            "required_for: [robot]",
            "components.yaml: components.4.required_for: unknown archetype 'robot'; one of: autonomous, human",
        ),
        (
            "metrics.yaml",
            "  - problem_type: object_pose",
            "  - problem_type: objekt_pose",
            "metrics.yaml: metric_templates.6.problem_type: unknown problem type 'objekt_pose'",
        ),
        (
            "metrics.yaml",
            "{metric: angle_error, role",
            "{metric: angle, role",
            "metrics.yaml: metric_templates.6.metrics.0.metric: unknown metric 'angle'",
        ),
        (
            "metrics.yaml",
            '{metric: position_error, role: thresholded, why: "In',
            '{metric: position_error, role: optimised, why: "In',
            "metrics.yaml: metric_templates.6.metrics: exactly one is optimised",
        ),
        (
            "classifier.yaml",
            "if_no: autonomous",
            "if_no: automated_today",
            "classifier.yaml: classifier.1.if_no: 'automated_today' is neither an archetype nor a question",
        ),
        (
            "classifier.yaml",
            "    archetype: autonomous\n",
            "    archetype: software_2_0\n",
            "classifier.yaml: classified_examples.2.archetype: its answers lead to 'autonomous'",
        ),
        (
            "levers.yaml",
            "becomes: human_in_the_loop",
            "becomes: robot",
            "levers.yaml: levers.0.becomes: unknown archetype 'robot'",
        ),
        (
            "levers.yaml",
            "criterion: product_need, by: -1, low: -1",
            "criterion: product_need, by: -1, low: 0",
            "levers.yaml: levers.2.shifts.2: by (-1) must lie between low (0) and high (0)",
        ),
        (
            "levers.yaml",
            "builds: [labels_return]",
            "builds: [labels]",
            "levers.yaml: levers.5.builds: unknown question of the flywheel 'labels'",
        ),
        (
            "levers.yaml",
            "levels: [99.9, 99, 95, 85]",
            "levels: [99.9, 99, 99, 85]",
            "levers.yaml: accuracy_cost.levels: each accuracy must be below the one before",
        ),
        (
            "archetypes.yaml",
            "      cheap_prediction: If the rules",
            "      cheap: If the rules",
            "archetypes.yaml: archetypes.0.wordings: unknown criterion 'cheap'",
        ),
        (
            "readiness.yaml",
            "component: data.processing",
            "component: data.procesing",
            "readiness.yaml: readiness.sections.0.tests.0.component: unknown component 'data.procesing'",
        ),
        (
            "readiness.yaml",
            "id: model.simpler",
            "id: data.schema",
            "readiness.yaml: readiness.sections.1.tests.4.id: 'data.schema' stands at readiness.sections.0.tests.0.id",
        ),
        (
            "readiness.yaml",
            "up_to: 3, name",
            "up_to: 2, name",
            "readiness.yaml: readiness.bands: up_to must rise from band to band",
        ),
        (
            "risk.yaml",
            "any_of: [uses]",
            "any_of: [usage]",
            "risk.yaml: risk_rules.0.rules.5.any_of: unknown question or group 'usage'",
        ),
        (
            "risk.yaml",
            "{tier: minimal, source",
            "{tier: minimal, none_of: [talks], source",
            "risk.yaml: risk_rules.0.rules.9: the last rule must hold whatever is answered",
        ),
        (
            "risk.yaml",
            "- {tier: minimal,",
            "- {tier: little,",
            "risk.yaml: risk_rules.0.rules.9.tier: unknown tier 'little'",
        ),
        (
            "problem_types.yaml",
            "labels: needed",
            "labels: yes",
            "problem_types.yaml: problem_types.0.labels: one of: ",
        ),
        (
            "problem_types.yaml",
            'source: "FSDL 2021, lecture 2"',
            'source: ""',
            "problem_types.yaml: problem_types.0.source: must not be empty",
        ),
        (
            "techniques.yaml",
            "when: {labels: none}",
            "when: {labelz: none}",
            "techniques.yaml: techniques.0.baseline.0.when.labelz: is not a field here; check its spelling; did you",
        ),
        (
            "techniques.yaml",
            "when: {labels: none}",
            "when: {labels: some}",
            "techniques.yaml: techniques.0.baseline.0.when.labels.0: one of: ",
        ),
        (
            "techniques.yaml",
            "  - problem_type: image_classification",
            "  - problem_type: image_classing",
            "techniques.yaml: techniques.0.problem_type: unknown problem type 'image_classing'; did you mean",
        ),
        (
            "techniques.yaml",
            "      - id: frozen_features\n",
            "      - id: frozen_features\n        when: {edge: 'no'}\n",
            "techniques.yaml: techniques.0.baseline: the last technique must have no condition",
        ),
        (
            "techniques.yaml",
            "notes: [lecture-4/1]",
            "notes: [lecture-9/1]",
            "techniques.yaml: techniques.0.baseline.1.notes: unknown field note 'lecture-9/1'",
        ),
        (
            "techniques.yaml",
            "      - id: frozen_features\n",
            "      - id: zero_shot\n",
            "techniques.yaml: techniques.0.baseline.1.id: 'zero_shot' stands at techniques.0.baseline.0.id already",
        ),
        (
            "advice_rules.yaml",
            "{latency_ms: {below: 100}}",
            "{latency_ms: {beneath: 100}}",
            "advice_rules.yaml: advice_rules.5.when.latency_ms.beneath: is not a field here",
        ),
        (
            "advice_rules.yaml",
            "{archetype: autonomous}",
            "{archetype: robot}",
            "when.archetype: unknown archetype 'robot'",
        ),
        (
            "advice_rules.yaml",
            "components: [deployment.edge]",
            "components: [deployment.egde]",
            "components: unknown component 'deployment.egde'",
        ),
        (
            "advice_rules.yaml",
            "  - id: data_size\n",
            "  - id: colour\n",
            "advice_rules.yaml: advice_constraints.0.id: one of: ",
        ),
    ],
)
def test_one_mistake_names_its_file_and_field(
    folder: Path, change: Change, file: str, old: str, new: str, message: str
) -> None:
    change(file, old, new)
    assert message in refusal(folder)


def test_all_mistakes_are_told_at_once(folder: Path, change: Change) -> None:
    change("impact.yaml", "      - label: No decision would change\n", "      - labl: None\n")
    change("stages.yaml", "name: Planning", "name: [Planning]")
    change("components.yaml", "labels_only: true", "labels_only: perhaps")
    text = refusal(folder)
    for place in (
        "impact.yaml: criteria.0.levels.0.label: is missing",
        "stages.yaml: stages.0.name: ",
        "components.yaml: components.5.labels_only: ",
    ):
        assert place in text


def test_all_wrong_references_are_told_at_once(folder: Path, change: Change) -> None:
    change("edges.yaml", "start: planning", "start: plan")
    change("components.yaml", "area: data", "area: date")
    change("components.yaml", "archetypes: [autonomous]", "archetypes: [robot]")
    text = refusal(folder)
    assert (
        "edges.yaml: edges.0.start: unknown stage 'plan'; one of: data, deployment, planning, training (line 4)" in text
    )
    assert "components.yaml: components.0.area: unknown area 'date'; did you mean 'data'?" in text
    assert "components.yaml: components.4.advice.1.archetypes: unknown archetype 'robot'; one of: " in text


def test_criterion_of_the_other_dimension_is_refused(folder: Path, change: Change) -> None:
    change("feasibility.yaml", "order: [data_availability", "order: [inspiration")
    change("feasibility.yaml", "id: data_availability", "id: inspiration")
    expected = "feasibility.yaml: criteria.0.id: 'inspiration' stands at impact.criteria.3.id already"
    assert refusal(folder).startswith(expected)


def test_line_is_that_of_the_field(folder: Path, change: Change) -> None:
    text = (folder / "confidences.yaml").read_text(encoding="utf-8")
    line = next(number for number, content in enumerate(text.splitlines(), 1) if "spread: 2" in content)
    change("confidences.yaml", "spread: 2", "spread: 9")
    assert refusal(folder).endswith(f"(line {line})")


def test_missing_topic_is_named(folder: Path) -> None:
    (folder / "components.yaml").unlink()
    assert refusal(folder).splitlines() == ["mine: areas: is missing", "mine: components: is missing"]


def test_a_file_that_is_not_utf_8_is_told_with_its_line(folder: Path) -> None:
    content = (folder / "confidences.yaml").read_bytes()
    (folder / "confidences.yaml").write_bytes(content + "# Zürich\n".encode("latin-1"))
    line = content.count(b"\n") + 1
    assert refusal(folder) == f"confidences.yaml: not UTF-8 text; save the file as UTF-8 (line {line})"


def test_what_is_allowed_but_hardly_meant_is_a_doubt_with_its_place(folder: Path, change: Change) -> None:
    assert check_playbook(folder)[1] == ()
    change("edges.yaml", "  - {start: training, end: deployment}\n", "")
    change(
        "feasibility.yaml",
        "order: [data_availability, accuracy_requirement, problem_difficulty]",
        "weights: {data_availability: 1, accuracy_requirement: 0, problem_difficulty: 1}",
    )
    change("impact.yaml", "prior: [0.35, 0.30, 0.20, 0.10, 0.05]", "prior: [0, 0, 1, 0, 0]")
    change("impact.yaml", "label: A few minor decisions", "label: No decision would change")
    change("playbook.yaml", "cut_offs: {impact: 3.0", "cut_offs: {impact: 1.0")
    change("components.yaml", "components:\n", "  - {id: spare, name: Spare, source: mine}\n\ncomponents:\n")
    change("components.yaml", "    requirement: required\n", "    requirement: required\n    condition: Always.\n")
    told = [f"{doubt.field}: {doubt.message}" for doubt in check_playbook(folder)[1]]
    for expected in (
        "impact.yaml: criteria.0.prior: leaves no doubt about a project of which nothing is known (line 28)",
        "impact.yaml: criteria.0.levels: two levels are called 'no decision would change'",
        "playbook.yaml: cut_offs.impact: no project, or every one, is high from an end of the scale on (line ",
        "feasibility.yaml: aggregation.weights.accuracy_requirement: weighs 0: its answers change nothing (line ",
        "stages.yaml: stages.3: no edge reaches 'deployment': no project can move there (line ",
        "components.yaml: areas.3: no component is in the area 'spare' (line ",
        "components.yaml: components.0.condition: is never shown: the component is required in any case (line ",
    ):
        assert [line for line in told if line.startswith(expected)], (expected, told)
    assert len(told) == 7


def test_field_in_two_files_is_refused(folder: Path) -> None:
    (folder / "more.yaml").write_text("areas: []\n", encoding="utf-8")
    assert refusal(folder) == "more.yaml: areas: stands in components.yaml already (line 1)"


def test_unknown_topic_is_refused(folder: Path) -> None:
    (folder / "gadgets.yaml").write_text("# mine\ngadgets: []\n", encoding="utf-8")
    assert refusal(folder) == "gadgets.yaml: gadgets: is not a field here; check its spelling (line 2)"


def test_list_instead_of_fields_is_refused(folder: Path) -> None:
    (folder / "edges.yaml").write_text("- {start: planning, end: data}\n", encoding="utf-8")
    assert "edges.yaml: fields with their names are expected" in refusal(folder)


def test_flaws_of_several_files_are_told_at_once(folder: Path) -> None:
    (folder / "edges.yaml").write_text("edges: [\n", encoding="utf-8")
    (folder / "stages.yaml").write_text("", encoding="utf-8")
    text = refusal(folder)
    assert "edges.yaml: not YAML: " in text
    assert "stages.yaml: the file is empty" in text


@pytest.mark.parametrize("name", ["nowhere", "nowhere.yaml"])
def test_missing_folder_is_told(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path / name) == f"{name}: there is no such file or folder"


def test_empty_folder_is_told(tmp_path: Path) -> None:
    assert "the folder holds no YAML file" in refusal(tmp_path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    for number in range(101):
        (tmp_path / f"{number}.yaml").touch()
    assert "more than 100 YAML files" in refusal(tmp_path)


TOPICS = sorted(file.name for file in SHIPPED.glob("*.yaml"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.sampled_from(TOPICS), data=st.data())
def test_file_cut_or_garbled_anywhere_is_refused_or_sound(tmp_path: Path, file: str, data: st.DataObject) -> None:
    """Whatever happens to a file, the answer is a playbook or a PlaybookError that names a file."""
    folder = tmp_path / "garbled"
    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
    content = (SHIPPED / file).read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    (folder / file).write_bytes(content[:start] + data.draw(st.binary(max_size=6)) + content[end:])
    found: list[str] = []
    try:
        load_playbook(folder)
    except PlaybookError as error:
        found = [item.field.split(":")[0] for item in error.errors] or ["an error that names nothing"]
    assert set(found) <= {*TOPICS, "garbled"}
