"""Answers from options and files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.cli.inputs import read_data, split_pairs
from planner.domain.errors import FieldError, Invalid
from planner.domain.scoring import AnswerDraft

_LEVEL = re.compile(r"(?:(?P<low>\d+)\s*-\s*)?(?P<level>\d+)(?:\s*-\s*(?P<high>\d+))?")


def parse_level(text: str) -> dict[str, Any] | None:
    """`4`, `3-4-5` (low, level, high) or `n/a` as fields of an answer; None for anything else."""
    if text.strip().lower() in ("n/a", "na"):
        return {"not_applicable": True}
    found = _LEVEL.fullmatch(text.strip())
    if found is None or (found["low"] is None) != (found["high"] is None):
        return None
    return {name: int(value) for name, value in found.groupdict().items() if value is not None}


def read_answers(
    options: list[str], withdrawn: list[str], source: Path | None, common: Mapping[str, str]
) -> dict[str, AnswerDraft | None]:
    """The answers that options and a file give, by criterion; None withdraws one.

    `common` (confidence, rationale, evidence) goes with every answer of an option. Raises Invalid with every problem.
    """
    given: dict[str, Any] = _from_file(source) if source is not None else {}
    problems = []
    for criterion, text in split_pairs(options, "--set").items():
        level = parse_level(text)
        if level is None:
            message = f"'{text[:40]}' is none of: a level (4), low-level-high (3-4-5), n/a"
            problems.append(FieldError(field=f"--set {criterion[:60]}", message=message))
        else:
            given[criterion] = {**level, **common}
    if common and not options:
        problems.append(FieldError(field="--set", message="--confidence, --rationale and --evidence need an answer"))
    if problems:
        raise Invalid(problems)
    return {**_drafts(given), **dict.fromkeys(withdrawn)}


def _from_file(source: Path) -> dict[str, Any]:
    """Criteria with their answers: as in the REST interface, and a level alone (4, or "3-4-5") besides."""
    data = read_data(source)
    if isinstance(data, dict) and isinstance(data.get("answers"), dict) and len(data) == 1:
        data = data["answers"]
    if not isinstance(data, dict):
        raise Invalid.one("--from", "criteria with their answers are expected, as in `data_availability: 4`")
    given = {}
    for criterion, answer in data.items():
        short = parse_level(str(answer)) if isinstance(answer, (int, str)) and not isinstance(answer, bool) else None
        given[criterion] = short or answer
    return given


def _drafts(given: Mapping[str, Any]) -> dict[str, AnswerDraft | None]:
    from pydantic import ValidationError

    drafts: dict[str, AnswerDraft | None] = {}
    problems: list[FieldError] = []
    for criterion, answer in given.items():
        try:
            drafts[criterion] = None if answer is None else AnswerDraft.model_validate(answer)
        except ValidationError as error:
            problems += [
                FieldError(field=item.field.rstrip("."), message=item.message)
                for item in Invalid.from_pydantic(error, f"{criterion[:60]}.").errors
            ]
    if problems:
        raise Invalid(problems)
    return drafts
