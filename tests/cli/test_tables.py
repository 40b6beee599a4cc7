"""Tables on a terminal; in a pipe they are tried with each command."""

from __future__ import annotations

import re

from tests.cli.conftest import Planner


def lines_of(text: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "").splitlines()


def seen(planner: Planner, *arguments: str, columns: int, **surroundings: str) -> list[str]:
    person = planner.terminal(*arguments, columns=columns, **surroundings)
    assert person.ended() == 0
    return lines_of(person.seen)


def test_a_wide_terminal_shows_every_column(example: Planner) -> None:
    lines = seen(example, "list", columns=140)
    assert lines[0].split() == [
        *("Key", "Name", "Stage", "Status", "Impact", "Feasibility", "Priority", "Quadrant", "Answered")
    ]
    assert not any("Left out" in line for line in lines)
    assert any(line.split()[-4:] == ["–", "–", "–", "–"] or " –  " in line for line in lines)  # nothing is known there


def test_a_narrow_terminal_loses_no_column_in_silence(example: Planner) -> None:
    lines = seen(example, "list", columns=80)
    assert lines[0].split() == ["Key", "Name", "Stage", "Priority", "Quadrant"]
    assert "Left out, for the terminal is narrow: Status, Impact, Feasibility, Answered." in lines
    assert max(map(len, lines)) <= 80


def test_a_very_narrow_terminal_still_shows_all_that_cannot_be_spared(example: Planner) -> None:
    lines = seen(example, "answers", "EX-1", columns=40)
    assert max(len(line.rstrip()) for line in lines) <= 40 or any("Left out" in line for line in lines)
    assert "".join(lines).count("…") == 0


def test_no_colour_means_none(example: Planner) -> None:
    person = example.terminal("show", "EX-1", NO_COLOR="1")
    assert person.ended() == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", person.seen)


def test_a_person_is_not_shown_what_is_not_stated(shop: Planner) -> None:
    text = "\n".join(seen(shop, "show", "SHOP-1", columns=100))
    assert "Owner" in text
    assert "Risks" not in text
    assert "Nothing is answered yet" in text
