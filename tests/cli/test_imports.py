from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Planner

Write = Callable[[str, str | bytes], Path]

TABLE = "name,owner,status,colour\nChurn,Mara,active,red\nRoutes,,,blue\nChurn,Mara,active,red\nBad,,happy,\n"


def test_an_import_starts_the_portfolio_and_accounts_for_each_record(planner: Planner, write: Write) -> None:
    result = planner("import", write("list.csv", TABLE), "--portfolio", "shop")
    assert (result.exit_code, result.stderr) == (0, "Started the portfolio shop.\n")
    lines = result.stdout.splitlines()
    assert lines[0] == "list.csv: 4 records read, 2 created, 0 updated, 1 skipped, 1 rejected."
    assert lines[lines.index("record\twhat\treason\tdetail") + 1].split("\t")[:2] == ["4", "rejected"]
    assert "3\tskipped\tduplicate_record\tof record 1" in lines
    assert planner.json("list")["total"] == 2


def test_the_same_file_again_changes_nothing(planner: Planner, write: Write) -> None:
    source = write("list.csv", TABLE)
    planner.ok("import", source, "--portfolio", "shop")
    before = planner.json("portfolios")["items"][0]["revision"]
    report = planner.json("import", source)
    assert (report["created"], report["updated"], len(report["skipped"])) == (0, 0, 3)
    assert planner.json("portfolios")["items"][0]["revision"] == before
    assert "unchanged" not in planner.ok("import", source)


def test_a_dry_run_stores_nothing_and_reports_the_same(planner: Planner, write: Write) -> None:
    source = write("list.csv", TABLE)
    result = planner("import", source, "--portfolio", "shop", "--dry-run")
    assert result.stderr.splitlines() == [
        "There is no portfolio shop yet; the import would start it.",
        "A dry run: nothing was stored.",
    ]
    assert planner.json("portfolios") == {"items": []}
    dry = planner.json("import", source, "--portfolio", "shop", "--dry-run")
    done = planner.json("import", source, "--portfolio", "shop")
    assert {**dry, "dry_run": False} == done
    again = planner.json("import", write("more.csv", "name\nNew\n"), "--dry-run")
    assert (again["created"], planner.json("list")["total"]) == (1, 2)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.csv", "<!doctype html><title>Sign in</title>", "page.csv is a web page or XML and no table"),
        ("empty.csv", "", "empty.csv is empty"),
        ("broken.csv", b"name\n\xff\xfe\xfa", "broken.csv is not utf-8 text"),
        ("nul.csv", "name\na\0b\n", "nul.csv holds NUL characters"),
        ("old.xlsx", "name\n", "old.xlsx is no XLSX workbook"),
    ],
)
def test_a_file_that_cannot_be_used_starts_no_portfolio(
    planner: Planner, write: Write, name: str, content: str | bytes, said: str
) -> None:
    assert said in planner.refused("import", write(name, content), "--portfolio", "shop")
    assert planner.json("portfolios") == {"items": []}


def test_other_mistakes_are_named(planner: Planner, write: Write, tmp_path: Path) -> None:
    source = write("list.csv", TABLE)
    assert "there is no portfolio yet" in planner.refused("import", source)
    assert "cannot be read: No such file" in planner.refused("import", tmp_path / "none.csv", "-p", "shop")
    assert "There is no mapping 'nope'; there are: us-fed" in planner.refused(
        "import", source, "-p", "shop", "-m", "nope"
    )
    assert "slug: " in planner.refused("import", source, "-p", "No Slug")
    mapping = write("mapping.yaml", "id: mine\ncolums: {}\n")
    said = planner.refused("import", source, "-p", "shop", "--mapping", mapping)
    assert "mapping.yaml: colums: is not a field here; check its spelling (line 2)" in said


def test_limits_are_those_of_the_settings(planner: Planner, write: Write) -> None:
    result = planner("import", write("list.csv", TABLE), "-p", "shop", PLANNER_IMPORT_MAX_RECORDS="2")
    assert result.exit_code == 2
    assert "more than 2 records" in result.stderr


def test_a_person_sees_a_progress_bar_and_a_pipe_does_not(planner: Planner, write: Write) -> None:
    rows = "".join(f"Project {number}\n" for number in range(1500))
    source = write("many.csv", f"name\n{rows}")
    person = planner.terminal("import", source, "--portfolio", "seen")
    assert person.ended() == 0
    assert "Importing many.csv" in person.seen
    assert "1500/1500" in person.seen
    piped = planner.process("import", source, "--portfolio", "piped")
    assert piped.stderr == "Started the portfolio piped.\n"
    assert "Importing" not in piped.stdout
