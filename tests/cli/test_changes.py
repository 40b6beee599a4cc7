from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Planner


def test_what_moved_and_why(example: Planner) -> None:
    result = example("changes", "--since", "2025-09-30", "--until", "2025-10-31", "--limit", "2")
    assert result.stderr.splitlines()[0].startswith("From 30 Sep 2025 to 31 Oct 2025: 7 projects moved, 2 were scored")
    assert result.stderr.splitlines()[-1] == "The first 2 of 9; --limit shows more."
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == ["key", "name", "rank then", "rank now", "priority then", "priority now", "top", "why"]
    assert rows[1][:4] == ["EX-8", "Who will miss the appointment", "", "1"]
    assert "Cheap prediction: – → 4 (informed) (Lene Marquardt)" in rows[1][-1]
    found = example.json("changes", "--since", "2025-09-30", "--until", "2025-10-31", "-n", "2")
    assert (found["total"], len(found["items"])) == (9, 2)


def test_settings_and_imports_are_told(shop: Planner, write: Callable[[str, str], Path]) -> None:
    shop.ok("snapshot", "create", "before")
    shop.ok("portfolio", "edit", "--capacity", "3", "--priority-impact-share", "0.6")
    shop.ok("import", write("plan.csv", "name\nOne\n"), "--portfolio", "shop")
    said = shop("changes", "--since", "before").stderr
    assert "A file was imported by Mara: 1 project added, 0 updated." in said
    assert "Capacity: not stated → 3, by Mara." in said
    assert "Share of impact in the priority (λ): as the playbook says → 0.6, by Mara." in said


def test_snapshots_are_made_listed_and_taken_away(shop: Planner) -> None:
    assert shop.ok("snapshot", "create", "Spring board", "--note", "So.").startswith("Snapshot 1, Spring board, marks ")
    assert shop.json("snapshot", "list")["items"][0]["note"] == "So."
    assert shop.ok("snapshot", "list").splitlines()[1].split("\t")[:2] == ["1", "Spring board"]
    assert shop.ok("snapshot", "delete", "1") == "Spring board is no snapshot any more.\n"
    assert "There is no snapshot 1" in shop.refused("snapshot", "delete", "1")
    assert shop("snapshot", "list").stderr == "No moment is marked yet: planner snapshot create NAME.\n"
    assert "name" in shop.refused("snapshot", "create", "2026-05-01")
    assert shop.json("snapshot", "create", "Again")["number"] == 2


def test_a_standing_as_it_was(example: Planner) -> None:
    now, then = example.json("show", "EX-13"), example.json("show", "EX-13", "--as-of", "2026-02-28")
    assert now["standing"] != then["standing"]
    assert {name: value for name, value in now.items() if name != "standing"} == {
        name: value for name, value in then.items() if name != "standing"
    }
    assert "is no snapshot" in example.refused("show", "EX-13", "--as-of", "soon")
