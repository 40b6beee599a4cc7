from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.cli.answers import parse_level
from tests.cli.conftest import Planner

Write = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("4", {"level": 4}),
        (" 3 - 4 - 5 ", {"low": 3, "level": 4, "high": 5}),
        ("n/a", {"not_applicable": True}),
        ("N/A", {"not_applicable": True}),
        ("9", {"level": 9}),  # a level, though none there is: the model says so
        *((text, None) for text in ("", "3-4", "four", "4.5", "-4", "3-4-5-5", "3--5")),
    ],
)
def test_a_level_is_written_short(text: str, fields: dict[str, object] | None) -> None:
    assert parse_level(text) == fields


def test_answers_move_the_standing_and_are_kept(shop: Planner) -> None:
    before = shop.json("show", "SHOP-1")["standing"]
    standing = shop.json(
        *("score", "SHOP-1", "--set", "data_availability=4", "--set", "accuracy_requirement=2-3-4"),
        *("--set", "problem_difficulty=n/a", "--confidence", "informed", "--rationale", "we looked"),
    )
    assert (before["answered"], standing["answered"]) == (0, 3)
    assert shop.json("show", "SHOP-1")["standing"] == standing
    answers = {answer["criterion"]: answer for answer in shop.json("answers", "SHOP-1")["items"]}
    assert (answers["accuracy_requirement"]["low"], answers["accuracy_requirement"]["high"]) == (2, 4)
    assert answers["problem_difficulty"]["not_applicable"]
    assert {answer["assessor"] for answer in answers.values()} == {"Mara"}
    assert answers["data_availability"]["rationale"] == "we looked"


def test_a_dry_run_records_nothing_and_says_the_same(shop: Planner) -> None:
    answer = ("score", "SHOP-1", "--set", "product_need=5")
    preview = shop.json(*answer, "--dry-run")
    assert shop.json("answers", "SHOP-1") == {"items": []}
    assert shop.json(*answer) == preview
    assert shop(*answer, "--dry-run").stderr == "Nothing was recorded.\n"


def test_an_answer_is_withdrawn_and_the_history_keeps_it(shop: Planner) -> None:
    shop.ok("score", "SHOP-1", "--set", "product_need=5")
    assert shop.json("score", "SHOP-1", "--withdraw", "product_need")["answered"] == 0
    assert "No question is answered yet" in shop.ok("answers", "SHOP-1")
    assert [answer["withdrawn"] for answer in shop.json("answers", "SHOP-1", "--history")["items"]] == [False, True]
    assert "withdrawn" in shop.ok("answers", "SHOP-1", "--history")


def test_assessors_differ_and_both_count(shop: Planner) -> None:
    shop.ok("score", "SHOP-1", "--set", "product_need=5")
    shop.ok("score", "SHOP-1", "--set", "product_need=2", "--assessor", "Otto")
    answers = shop.json("answers", "SHOP-1")["items"]
    assert [(answer["assessor"], answer["level"]) for answer in answers] == [("Mara", 5), ("Otto", 2)]
    assert {answer["recorded_by"] for answer in answers} == {"Mara"}


def test_answers_come_from_a_file(shop: Planner, write: Write) -> None:
    source = write(
        "answers.yaml",
        "data_availability: 4\naccuracy_requirement: 2-3-4\nml_strength: n/a\n"
        "problem_difficulty: {level: 3, confidence: guess, rationale: Nobody has tried it.}\n",
    )
    assert shop.json("score", "SHOP-1", "--from", source, "--set", "data_availability=5")["answered"] == 4
    levels = {answer["criterion"]: answer["level"] for answer in shop.json("answers", "SHOP-1")["items"]}
    assert levels == {
        "data_availability": 5,
        "accuracy_requirement": 3,
        "ml_strength": None,
        "problem_difficulty": 3,
    }
    rest = write("rest.json", '{"answers": {"data_availability": null, "ml_strength": {"level": 2}}}')
    assert shop.json("score", "SHOP-1", "--from", rest)["answered"] == 3


def test_every_wrong_answer_is_named_and_none_is_recorded(shop: Planner, write: Write) -> None:
    assert "'bar' is none of: a level (4), low-level-high (3-4-5), n/a" in shop.refused(
        "score", "SHOP-1", "--set", "product_need=bar"
    )
    said = shop.refused("score", "SHOP-1", "--set", "product_need=9", "--set", "ml_strength=5-3-4")
    assert [line.split(":")[0].strip() for line in said.splitlines()[1:]] == ["product_need.level", "ml_strength"]
    assert "not a criterion of the playbook; one of: cheap_prediction" in shop.refused(
        "score", "SHOP-1", "--set", "nope=3"
    )
    assert "one of: measured, informed, guess" in shop.refused(
        *("score", "SHOP-1", "--set", "product_need=3", "--confidence", "sure")
    )
    assert "need an answer" in shop.refused("score", "SHOP-1", "--rationale", "because")
    assert "is not a field here" in shop.refused(
        "score", "SHOP-1", "--from", write("a.yaml", "product_need: {levl: 3}\n")
    )
    assert "criteria with their answers" in shop.refused("score", "SHOP-1", "--from", write("b.yaml", "- 3\n"))
    assert shop.refused("score", "SHOP-1").startswith("planner: nothing is answered; use --set CRITERION=LEVEL")
    assert shop.json("answers", "SHOP-1") == {"items": []}


def test_the_walk_records_what_was_answered_and_agreed_to(shop: Planner) -> None:
    shop.ok("score", "SHOP-1", "--set", "product_need=2", "--rationale", "as of spring")
    person = shop.terminal("score", "SHOP-1")
    person.wait_for("1/7  Impact: Cheap prediction")
    person.wait_for("5  The organisation's main decisions")
    for prompt, typed in [
        ("Level: ", "seven"),
        ("write 4, or 3-4-5, or n/a, or q", None),
        ("Level: ", "9"),
        ("Level: ", "3-4-5"),  # a range says how sure; so that is not asked
        ("Why?: ", "they wait for it"),
        ("Evidence (a link)?: ", ""),
        ("→ 2", None),  # what was answered before is marked,
        ("Level (Enter keeps →): ", "3"),
        ("How sure? (measured, informed, guess; Enter: not stated): ", "inf"),
        ("Why? [as of spring]: ", ""),  # and its reason is kept by Enter
        ("Evidence (a link)?: ", "https://example.org"),
        ("Level: ", ""),
        ("Level: ", "n/a"),
        ("Why?: ", ""),
        ("Evidence (a link)?: ", ""),
        ("Level: ", "q"),
        ("Record these answers? [Y/n]: ", "y"),
    ]:
        person.wait_for(prompt)
        if typed is not None:
            person.type(typed + "\n")
    assert person.ended() == 0
    assert "Answered: 3 of 7 criteria." in person.seen
    assert person.seen.rstrip().endswith("Recorded.")
    answers = {answer["criterion"]: answer for answer in shop.json("answers", "SHOP-1")["items"]}
    assert set(answers) == {"cheap_prediction", "product_need", "inspiration"}
    assert (answers["cheap_prediction"]["low"], answers["cheap_prediction"]["rationale"]) == (3, "they wait for it")
    kept = answers["product_need"]
    assert (kept["level"], kept["confidence"], kept["rationale"]) == (3, "informed", "as of spring")
    assert answers["inspiration"]["not_applicable"]


@pytest.mark.parametrize(("typed", "code"), [("\x03", 130), ("\x04", 130), ("q\n", 0)])
def test_a_walk_that_is_broken_off_records_nothing(shop: Planner, typed: str, code: int) -> None:
    person = shop.terminal("score", "SHOP-1")
    person.wait_for("Level: ")
    person.type(typed)
    assert person.ended(again=typed) == code
    assert "Traceback" not in person.seen
    assert shop.json("answers", "SHOP-1") == {"items": []}
