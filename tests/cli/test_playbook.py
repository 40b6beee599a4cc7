from __future__ import annotations

import shutil
from pathlib import Path

import planner.playbooks
from tests.cli.conftest import Planner
from tests.support.factories import fsdl

SHIPPED = Path(planner.playbooks.__file__).parent / "fsdl"


def test_the_playbook_names_every_id_that_commands_take(planner: Planner) -> None:
    text = planner.ok("playbook", "show")
    playbook = fsdl()
    kinds = (playbook.archetypes, playbook.stages, playbook.components, playbook.problem_types)
    groups = (playbook.criteria, *kinds, playbook.classifier, playbook.levers)
    assert [entry.id for group in groups for entry in group if entry.id not in text] == []
    assert [reason.id for edge in playbook.edges for reason in edge.reasons if reason.id not in text] == []
    assert "There is no playbook 'nope'; there are: fsdl" in planner.refused("playbook", "show", "nope")


def test_a_sound_playbook_is_told_from_a_flawed_one(planner: Planner, tmp_path: Path) -> None:
    own = Path(shutil.copytree(SHIPPED, tmp_path / "own"))
    assert planner.ok("playbook", "validate", own).startswith("fsdl version 1 is sound: 7 criteria, 3 archetypes")
    assert planner.json("playbook", "validate", own)["components"] == 17
    (own / "stages.yaml").write_text("stages: 3\nstags: []\n")
    said = planner.refused("playbook", "validate", own)
    assert "  stages.yaml: stages: " in said
    assert "  stages.yaml: stags: is not a field here; check its spelling; did you mean 'stages'? (line 2)" in said
    assert "there is no such file or folder" in planner.refused("playbook", "validate", tmp_path / "none")
