from __future__ import annotations

import shutil
from pathlib import Path

import planner.playbooks
from tests.cli.conftest import Planner
from tests.support.factories import fsdl
from tests.support.own_playbooks import OWN

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


def test_own_playbooks_are_listed_with_their_place(planner: Planner, tmp_path: Path) -> None:
    assert [item["id"] for item in planner.json("playbook", "list")["items"]] == ["fsdl"]
    planner.surroundings["PLANNER_PLAYBOOKS"] = str(OWN)
    lines = planner.ok("playbook", "list").splitlines()
    assert lines[1] == f"ai_risk\t3\tAI risk first\t{OWN / 'ai_risk'}"
    assert lines[2] == "fsdl\t1\tFull Stack Deep Learning\tshipped"
    assert "AI risk first (ai_risk, version 3)" in planner.ok("playbook", "show", "ai_risk@3")
    assert planner.json("playbook", "tools", "--playbook", "rice") == {"items": []}


def test_a_broken_playbook_stops_the_start_with_all_that_is_wrong(planner: Planner, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(OWN, tmp_path / "own"))
    text = (folder / "rice.yaml").read_text(encoding="utf-8")
    (folder / "rice.yaml").write_text(text.replace("stages:", "\tstages:"), encoding="utf-8")
    planner.surroundings["PLANNER_PLAYBOOKS"] = str(folder)
    for command in (("list",), ("playbook", "list"), ("serve", "--port", "0")):
        said = planner.refused(*command)
        assert said.startswith(f"planner: {folder}/rice.yaml: not YAML: ")
        assert "indent with blanks, not tabs" in said
    assert "not tabs" in planner.refused("playbook", "validate", folder / "rice.yaml")


def test_a_copy_is_ready_to_be_changed_and_checked(planner: Planner, tmp_path: Path) -> None:
    target = tmp_path / "books" / "acme"
    assert planner.ok("playbook", "copy", "fsdl", target).startswith(f"Wrote acme version 1 into {target}: ")
    assert planner.ok("playbook", "validate", target).startswith("acme version 1 is sound: 7 criteria")
    planner.surroundings["PLANNER_PLAYBOOKS"] = str(tmp_path / "books")
    assert "There is a version 1 of 'acme' already" in planner.refused("playbook", "copy", "acme", tmp_path / "x/acme")
    second = planner.json("playbook", "copy", "acme", tmp_path / "books" / "acme-2", "--as", "acme@2", "--name", "Ours")
    assert (second["id"], second["version"], len(second["files"])) == ("acme", 2, len(list(target.iterdir())))
    assert [(i["id"], i["version"]) for i in planner.json("playbook", "list")["items"]] == [
        ("acme", 1),
        ("acme", 2),
        ("fsdl", 1),
    ]
    assert "is not empty" in planner.refused("playbook", "copy", "fsdl", target, "--as", "other")
    assert "is no id" in planner.refused("playbook", "copy", "fsdl", tmp_path / "7")
    assert "is no version" in planner.refused("playbook", "copy", "fsdl", tmp_path / "y", "--as", "y@new")


def test_what_is_hardly_meant_is_a_warning(planner: Planner, tmp_path: Path) -> None:
    file = Path(shutil.copy(OWN / "rice.yaml", tmp_path))
    file.write_text(file.read_text(encoding="utf-8").replace("reach: 2", "reach: 0"), encoding="utf-8")
    told = planner.ok("playbook", "validate", file).splitlines()
    assert told[1].startswith(
        "Warning: rice.yaml: impact.aggregation.weights.reach: weighs 0: its answers change nothing"
    )
    assert [item["field"] for item in planner.json("playbook", "validate", file)["warnings"]] == [
        "rice.yaml: impact.aggregation.weights.reach"
    ]


def test_playbooks_are_compared_by_id_or_by_path(planner: Planner) -> None:
    text = planner.ok("playbook", "diff", "fsdl@1", OWN / "rice.yaml")
    assert text.startswith("From fsdl version 1 to rice version 1.\n")
    assert "reach\tReach\tnone yet: it begins with what the playbook believes of any project" in text
    assert "\nremoved\tplanning\t\t\t\n" in text
    assert planner.json("playbook", "diff", OWN / "ai_risk", OWN / "ai_risk")["entries"] == []
    assert planner.ok("playbook", "diff", "fsdl", "fsdl").endswith("They say the same.\n")
    assert "There is no playbook 'rice'" in planner.refused("playbook", "diff", "fsdl", "rice")


def test_a_portfolio_goes_over_once_it_is_known_what_that_changes(example: Planner) -> None:
    example.surroundings["PLANNER_PLAYBOOKS"] = str(OWN)
    to = ("portfolio", "migrate", "example", "--to", "rice", "--map", "product_need=impact", "--map", "training=build")
    text = example.ok(*to, "--dry-run")
    assert "23 of 23 scored projects move" in text
    assert text.endswith("Nothing was changed.\n")
    asked = example(*to, stdin="n\n")
    assert (asked.exit_code, "Nothing was changed." in asked.stderr) == (2, True)
    assert example.json("portfolio", "list")["items"][0]["playbook"] == "fsdl"
    done = example.json(*to, "--yes", "--reason", "The board decided")
    assert (done["applied"], done["restaged"]) == (True, 5)
    assert example.json("portfolio", "list")["items"][0]["playbook"] == "rice"
    assert "example follows fsdl version 1 now" in example.ok("portfolio", "migrate", "--to", "fsdl@1", "--yes")
    assert "there are: ai_risk@3, fsdl@1, rice@1" in example.refused("portfolio", "migrate")
    assert "is none of now" in example.refused(*to, "--map", "nothing=impact", "--yes")


def test_a_portfolio_begins_under_the_playbook_that_is_named(planner: Planner) -> None:
    planner.surroundings["PLANNER_PLAYBOOKS"] = str(OWN)
    planner.ok("portfolio", "create", "risky", "--playbook", "ai_risk@3")
    assert planner.json("portfolio", "list")["items"][0]["playbook_version"] == 3
    assert "playbook_version: " in planner.refused("portfolio", "create", "other", "--playbook", "ai_risk@2")
    del planner.surroundings["PLANNER_PLAYBOOKS"]
    assert "follows version 3 of the playbook 'ai_risk', which is not here" in planner.refused("list", "-p", "risky")
