"""Playbooks of one's own beside the shipped one: read from a folder, told apart by id and version, refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import planner.playbooks
from planner.domain.errors import Conflict, Invalid, NotFound
from planner.playbooks import PlaybookError, Playbooks, copy_playbook, load_playbook
from tests.support.factories import fsdl
from tests.support.own_playbooks import OWN, shelf

SHIPPED = Path(planner.playbooks.__file__).parent / "fsdl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OWN, tmp_path / "playbooks"))


def refusal(folder: Path) -> list[str]:
    with pytest.raises(PlaybookError) as caught:
        Playbooks.at_hand(folder)
    return [f"{error.field}: {error.message}" for error in caught.value.errors]


def test_without_a_folder_the_shipped_ones_are_at_hand() -> None:
    assert Playbooks.at_hand(None) is Playbooks.shipped()


def test_files_and_folders_of_a_folder_stand_beside_the_shipped_one() -> None:
    listed = [(p.id, p.version, shelf().place(p).shipped) for p in shelf().list()]
    assert listed == [("ai_risk", 3, False), ("fsdl", 1, True), ("rice", 1, False)]
    assert shelf().place(shelf().get("rice")).source == OWN / "rice.yaml"


def test_a_portfolio_that_chooses_none_gets_the_shipped_one_whatever_its_id() -> None:
    assert shelf().usual == shelf().named(None) == fsdl()


def test_versions_of_one_stand_side_by_side_and_are_named_by_an_at(folder: Path) -> None:
    text = (folder / "rice.yaml").read_text(encoding="utf-8")
    (folder / "rice-2.yml").write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")
    found = Playbooks.at_hand(folder)
    assert (found.named("rice").version, found.named("rice@1").version) == (2, 1)
    for name, told in (
        ("rice@9", "There is no version 9 of the playbook 'rice'; there are: 1, 2."),
        ("rice@new", "'rice@new' names no version: write rice@1."),
        ("rise", "There is no playbook 'rise'; there are: ai_risk, fsdl, rice."),
    ):
        with pytest.raises(NotFound) as caught:
            found.named(name)
        assert str(caught.value) == told


def test_two_of_the_same_id_and_version_are_refused_with_both_places(folder: Path) -> None:
    shutil.copy(folder / "rice.yaml", folder / "zebra.yaml")
    told = f"{folder / 'zebra.yaml'}: version 1 of 'rice' stands in {folder / 'rice.yaml'} already; "
    assert refusal(folder) == [f"{told}give it another id or version"]


def test_none_takes_the_place_of_a_shipped_one(folder: Path) -> None:
    shutil.copytree(SHIPPED, folder / "mine")
    told = f"{folder / 'mine'}: version 1 of 'fsdl' stands in {SHIPPED} already; give it another id or version"
    assert refusal(folder) == [told]


def test_every_problem_of_every_playbook_is_told_with_its_file(folder: Path) -> None:
    for file, old, new in (
        ("rice.yaml", "reach: 2", "reach: two"),
        ("ai_risk/stages.yaml", "end: collect", "end: colect"),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    told = refusal(folder)
    assert [line.partition(" (line")[0] for line in told] == [
        f"{folder}/rice.yaml: impact.aggregation.weights.reach: a number is needed",
        f"{folder / 'ai_risk'}/stages.yaml: edges.0.end: unknown stage 'colect'; did you mean 'collect'?",
    ]


def test_a_folder_that_is_none_or_is_itself_a_playbook_is_told(folder: Path) -> None:
    assert refusal(folder / "nowhere") == [
        f"PLANNER_PLAYBOOKS: {folder / 'nowhere'}: no such file or directory; name a folder of playbooks"
    ]
    assert refusal(folder / "ai_risk") == [
        f"PLANNER_PLAYBOOKS: {folder / 'ai_risk'} is itself a playbook; name the folder that holds it"
    ]


def test_other_files_are_passed_over(folder: Path) -> None:
    (folder / "README.md").write_text("Ours.", encoding="utf-8")
    (folder / ".git").mkdir()
    (folder / "drawings").mkdir()
    assert len(Playbooks.at_hand(folder).list()) == 3


@pytest.mark.parametrize("source", [SHIPPED, OWN / "rice.yaml", OWN / "ai_risk"])
def test_a_copy_is_the_same_under_another_id_with_its_comments(tmp_path: Path, source: Path) -> None:
    copy_playbook(source, tmp_path / "mine", "mine", 4, 'Ours: "all" of it')
    old, new = load_playbook(source), load_playbook(tmp_path / "mine")
    assert (new.id, new.version, new.name) == ("mine", 4, 'Ours: "all" of it')
    same = {"id": old.id, "version": old.version, "name": old.name}
    assert new.model_copy(update=same) == old
    files = [source] if source.is_file() else sorted(source.glob("*.yaml"))
    comments = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line[:1] == "#"]
    copied = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "mine").iterdir())
    assert comments
    assert [line for line in comments if line not in copied] == []


def test_a_copy_overwrites_nothing_and_needs_an_id(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        copy_playbook(SHIPPED, tmp_path / "mine", "My Book", 1, "Mine")
    assert caught.value.errors[0].message == "'My Book' is no id: small letters, digits and _, as in my_playbook"
    assert not (tmp_path / "mine").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    with pytest.raises(Conflict, match="is not empty"):
        copy_playbook(SHIPPED, tmp_path / "mine", "mine", 1, "Mine")
