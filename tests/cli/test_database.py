"""planner db."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from planner.store import migrations
from planner.store.database import Database
from tests.cli.conftest import Planner


def test_a_backup_is_put_back(shop: Planner, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert shop.ok("db", "backup", copy) == f"Wrote {copy}.\n"
    assert shop.refused("db", "backup", copy) == f"planner: {copy} exists; name a file that does not."
    shop.ok("add", "Later")
    result = shop("db", "restore", copy)
    assert result.stdout == f"Restored {copy}.\n"
    assert result.stderr == f"The database as it was is kept as {shop.database}.before-restore.\n"
    assert shop.json("list")["total"] == 1


def test_a_file_that_is_no_backup_is_refused(shop: Planner, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.db"
    wrong.write_text("name\n")
    assert "is not a backup of planner" in shop.refused("db", "restore", wrong)
    assert "There is no file" in shop.refused("db", "restore", tmp_path / "none.db")
    assert shop.json("list")["total"] == 1


def test_a_check_finds_nothing_or_says_what(shop: Planner) -> None:
    assert shop.ok("db", "check") == "All is well.\n"
    with closing(sqlite3.connect(shop.database)) as connection:
        connection.execute("UPDATE portfolio SET playbook = 'gone'")
        connection.commit()
    result = shop("db", "check")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "Portfolio shop: The portfolio 'shop' follows version 1 of the playbook 'gone', which is not here."
    )
    assert shop("db", "check", "--json").exit_code == 1


def test_a_rebuild_finds_standings_that_are_not_what_the_answers_say(shop: Planner) -> None:
    shop.ok("score", "SHOP-1", "--set", "product_need=5")
    assert shop.json("db", "rebuild") == {"moved": 0}
    with closing(sqlite3.connect(shop.database)) as connection:
        connection.execute("UPDATE project SET impact = 1.5")
        connection.commit()
    assert shop.ok("db", "rebuild") == "Recomputed every standing; 1 was different.\n"
    assert shop.ok("db", "rebuild") == "Recomputed every standing; none was different.\n"


def test_an_upgrade_is_asked_for_or_happens_by_itself(planner: Planner) -> None:
    assert planner.ok("db", "upgrade") == "The database is at the newest version already.\n"
    database = Database(f"sqlite:///{planner.database}")
    migrations.migrate(database, "base")
    database.close()
    assert planner("db", "check").exit_code == 1
    assert planner.ok("db", "upgrade") == "Upgraded the database.\n"
