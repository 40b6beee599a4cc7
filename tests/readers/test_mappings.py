"""Mappings from YAML: the shipped ones are sound, and a broken one is refused with the place of each problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.domain.errors import NotFound, Unreadable
from planner.domain.import_binding import word_problems
from planner.playbooks import Playbooks
from planner.readers.mappings import MappingError, find_mapping, get_mapping, list_mappings, parse_mapping, read_mapping

SOUND = """\
version: 1
id: mine
columns:
  name: Title
  begun: {index: 3}
fields:
  name: name
"""


def problems(text: str) -> list[str]:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text.encode(), "mine.yaml")
    assert str(caught.value) == "\n".join(f"{error.field}: {error.message}" for error in caught.value.errors)
    return str(caught.value).splitlines()


def test_a_sound_mapping() -> None:
    found = parse_mapping(SOUND.encode(), "mine.yaml")
    assert found.columns["name"].header == "Title"
    assert found.columns["begun"].index == 3
    assert found.fields["name"].column == "name"


@pytest.mark.parametrize("name", list_mappings())
def test_shipped_mappings_fit_their_names_and_the_playbook(name: str) -> None:
    mapping = get_mapping(name)
    assert mapping.id == name
    assert mapping.name
    assert mapping.source
    assert not list(word_problems(mapping, Playbooks.shipped().get("fsdl")))


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(NotFound, match="no mapping 'mine'; there are: "):
        get_mapping("mine")


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "", ".", "us-fed-ai-2024.yaml"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(NotFound):
        get_mapping(name)


def test_the_terminal_may_name_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SOUND, encoding="utf-8")
    assert find_mapping(str(file)).id == "mine"
    assert find_mapping("us-fed-ai-2024").id == "us-fed-ai-2024"
    with pytest.raises(NotFound):
        find_mapping(str(tmp_path / "gone.yaml"))
    with pytest.raises(Unreadable, match="cannot be read"):
        read_mapping(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["mine.yaml: the file is empty"]),
        ("- a\n", ["mine.yaml: fields with their names are expected, as in `id: mine` (line 1)"]),
        ("id: [", ["mine.yaml: not YAML"]),
        (SOUND.replace("version: 1\n", ""), ["mine.yaml: version: is missing (line 1)"]),
        (SOUND.replace("version: 1", "version: 2"), ["mine.yaml: version: one of: 1 (line 1)"]),
        (SOUND + "colour: red\n", ["mine.yaml: colour: is not a field here; check its spelling (line 8)"]),
        (SOUND.replace("  name: name\n", "  title: name\n"), ["mine.yaml: fields.title"]),
        (SOUND.replace("  name: name\n", "  unit: name\n"), ["mine.yaml: fields: a project needs a name"]),
        (SOUND + "  unit: bureau\n", ["mine.yaml: fields.unit.column: no column 'bureau' is declared"]),
        (SOUND + "keep: [name, other]\n", ["mine.yaml: keep.1: no column 'other' is declared under columns (line 8)"]),
        (
            SOUND + "attributes:\n  x: {column: begun, date: true}\n",
            ["mine.yaml: attributes.x.date: no format is listed"],
        ),
        (
            SOUND + "  unit: {column: begun, other: keep}\n",
            ["mine.yaml: fields.unit: match and other need a map (line 8)"],
        ),
        (SOUND + "file: {encoding: rot13}\n", ["mine.yaml: file.encoding: not a text encoding that can be read"]),
        (SOUND + "file: {encoding: base64}\n", ["mine.yaml: file.encoding: not a text encoding that can be read"]),
        (SOUND + "file: {delimiter: ab}\n", ["mine.yaml: file.delimiter: one of: "]),
        (SOUND + "dates: [{format: '%Q'}]\n", ["mine.yaml: dates.0.format: '%Q' is not one of"]),
        (SOUND.replace("{index: 3}", "{}"), ["mine.yaml: columns.begun: give a header, an index, or both (line 5)"]),
        (SOUND.replace("{index: 3}", "{index: -1}"), ["mine.yaml: columns.begun.index: must be at least 0"]),
        (SOUND + "  name: begun\n", ["mine.yaml: fields.name: stands twice, first on line 7 (line 8)"]),
        (
            SOUND + "checklist:\n  data.sources: {column: begun, map: {yes: in_place}}\n",
            ["mine.yaml: checklist.data.sources.map.yes: YAML does not read this key as text; put it in quotes"],
        ),
        (
            SOUND + "checklist:\n  data.sources: {column: begun, map: {x: present}}\n",
            ["mine.yaml: checklist.data.sources.map.x: one of: missing, planned"],
        ),
        (SOUND + "id2: &a [1]\nid3: *a\n", ["mine.yaml: aliases"]),
    ],
)
def test_each_problem_is_placed(text: str, expected: list[str]) -> None:
    found = problems(text)
    assert len(found) == len(expected)
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning)


def test_all_problems_are_told_at_once() -> None:
    text = SOUND.replace("id: mine", "id: Mine!") + "  unit: bureau\n" + "sheets: 3\n"
    assert len(problems(text)) == 2  # the names of columns are compared when the rest is sound
