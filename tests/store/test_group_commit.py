"""Writers that meet share a commit, and each of them keeps or loses its own work alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from planner.domain.errors import StorageFull
from planner.store import group_commit
from planner.store.database import Database
from planner.store.group_commit import GroupCommit

ADD = text("INSERT INTO note (word) VALUES (:word)")


@pytest.fixture
def notes(database: Database) -> Database:
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE note (word TEXT UNIQUE)")
    return database


@pytest.fixture
def commits(notes: Database) -> list[object]:
    seen: list[object] = []
    event.listen(notes.engine, "commit", seen.append)
    return seen


def words(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(connection.exec_driver_sql("SELECT word FROM note").scalars())


def queue_of(database: Database) -> GroupCommit:
    assert database._together is not None
    return database._together


def add(database: Database, word: str, *, alone: bool = False) -> None:
    with database.write(alone=alone) as connection:
        connection.execute(ADD, {"word": word})


def until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.001)


def meet(database: Database, *others: Callable[[], None], joining: int | None = None) -> list[BaseException | None]:
    """Lets others ask for their turn while a first writer is at work, and says how each of them ended."""
    with ThreadPoolExecutor(len(others)) as pool, database.write() as connection:
        started = [pool.submit(other) for other in others]
        wanted = len(others) if joining is None else joining
        until(lambda: queue_of(database).waiting == wanted)
        connection.execute(ADD, {"word": "first"})
    return [future.exception() for future in started]


def test_writers_that_meet_are_committed_together(notes: Database, commits: list[object]) -> None:
    ended = meet(notes, *(partial(add, notes, word) for word in "abcd"))
    assert ended == [None] * 4
    assert len(commits) == 1
    assert words(notes) == ["a", "b", "c", "d", "first"]


def test_nobody_returns_before_the_commit(notes: Database) -> None:
    seen: dict[str, list[str]] = {}

    def add_and_look(word: str) -> None:
        add(notes, word)
        seen[word] = words(notes)  # another connection, which sees only what is committed

    assert meet(notes, partial(add_and_look, "a"), partial(add_and_look, "b")) == [None, None]
    assert all(word in found for word, found in seen.items())


def test_a_writer_that_fails_takes_back_its_own_work_alone(notes: Database) -> None:
    def fail() -> None:
        with notes.write() as connection:
            connection.execute(ADD, {"word": "half"})
            raise ZeroDivisionError

    ended = meet(notes, partial(add, notes, "a"), fail, partial(add, notes, "b"), partial(add, notes, "first"))
    assert [type(error) for error in ended] == [type(None), ZeroDivisionError, type(None), IntegrityError]
    assert words(notes) == ["a", "b", "first"]


def test_a_failure_ends_the_group_so_that_a_second_try_reads_what_there_is(notes: Database) -> None:
    seen: list[list[str]] = []

    def fail_and_look() -> None:
        with pytest.raises(IntegrityError):
            add(notes, "first")
        seen.append(words(notes))

    assert meet(notes, fail_and_look) == [None]
    assert seen == [["first"]]


def test_a_first_writer_that_fails_leaves_the_others_theirs(notes: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(ZeroDivisionError), notes.write() as connection:
            other = pool.submit(add, notes, "a")
            until(lambda: queue_of(notes).waiting == 1)
            connection.execute(ADD, {"word": "half"})
            raise ZeroDivisionError
        other.result(timeout=20)
    assert words(notes) == ["a"]


def test_long_work_keeps_nobody_waiting_for_its_commit(notes: Database, commits: list[object]) -> None:
    assert meet(notes, partial(add, notes, "long", alone=True), partial(add, notes, "a"), joining=1) == [None, None]
    assert len(commits) in (2, 3)  # as the turns fall: the other two may meet before it or after it, or not at all
    assert words(notes) == ["a", "first", "long"]


def test_a_group_ends_before_it_is_too_large(
    notes: Database, commits: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "MOST", 2)
    assert meet(notes, *(partial(add, notes, word) for word in "abc")) == [None] * 3
    assert len(commits) == 2


def test_a_full_disk_is_told_to_everyone_whose_work_it_took(notes: Database) -> None:
    with notes.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def fill() -> None:
        with notes.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
            try:
                connection.execute(ADD, {"word": "x" * 100_000})
            finally:
                connection.exec_driver_sql("PRAGMA max_page_count=1000000")

    with pytest.raises(StorageFull):  # SQLite gave up the whole transaction, so the first writer's work is gone too
        meet(notes, fill)
    assert words(notes) == []
    add(notes, "after")
    assert words(notes) == ["after"]


def test_a_transaction_that_the_database_gave_up_is_lost_for_all_of_its_writers(notes: Database) -> None:
    def lose() -> None:
        with notes.write() as connection:
            connection.exec_driver_sql("ROLLBACK")  # as SQLite itself does after some errors
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        meet(notes, lose)
    assert words(notes) == []
    add(notes, "after")
    assert words(notes) == ["after"]
