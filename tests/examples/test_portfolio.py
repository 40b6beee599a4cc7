"""The example portfolio can be played through the domain, entry by entry, and shows every part of the method."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import pytest

import planner.examples
from planner.domain.portfolios import PortfolioDraft
from planner.domain.projects import STATUSES, ProjectDraft, unknown_words
from planner.domain.strict_yaml import read_yaml
from planner.playbooks import Playbooks
from tests.examples.replay import Replay

FILE = Path(planner.examples.__file__).parent / "portfolio.yaml"
DOCUMENT: Any = read_yaml(FILE.read_bytes()).data
PROJECTS: list[Any] = DOCUMENT["projects"]
PLAYBOOK = Playbooks.shipped().get("fsdl", 1)


@pytest.fixture(scope="module")
def replays() -> list[Replay]:
    played = []
    for entry in PROJECTS:
        replay = Replay(entry["project"], PLAYBOOK)
        for happening in entry["story"]:
            replay.play(happening)
        played.append(replay)
    return played


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (*texts(key), *texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_portfolio_draft() -> None:
    assert set(DOCUMENT) == {"portfolio", "projects"}
    draft = PortfolioDraft.model_validate(DOCUMENT["portfolio"])
    assert (draft.slug, draft.key_prefix, draft.capacity) == ("example", "EX", 8)
    assert "invented" in draft.name


@pytest.mark.parametrize("entry", PROJECTS, ids=lambda entry: str(entry["project"]["name"]))
def test_project_and_its_story(entry: Any) -> None:
    assert set(entry) == {"project", "story"}
    draft = ProjectDraft.model_validate(entry["project"])
    assert draft.stage is None, "the story places it"
    assert unknown_words(draft, None, PLAYBOOK) == []
    days = [happening["on"] for happening in entry["story"]]
    assert days == sorted(days)
    assert all(date(2025, 9, 1) <= day <= date(2026, 11, 15) for day in days)
    replay = Replay(entry["project"], PLAYBOOK)
    for happening in entry["story"]:
        replay.play(happening)
    changed = ProjectDraft.model_validate({**replay.fields, "stage": None})
    assert unknown_words(changed, replay.fields["stage"], PLAYBOOK) == []


def test_every_text_is_a_text_of_its_own() -> None:
    """A comma inside {braces} ends a value and makes a key with nothing behind it; this finds what slipped through."""
    assert ": null" not in json.dumps(DOCUMENT, default=str)
    addresses = [text for text in texts(DOCUMENT) if "://" in text]
    assert addresses
    assert all(address.startswith("https://example.org/") for address in addresses)
    names = [entry["project"]["name"] for entry in PROJECTS]
    assert len(set(names)) == len(names) == 24


def test_projects_of_every_kind(replays: list[Replay]) -> None:
    def spread(field: str) -> Counter[str | None]:
        return Counter(replay.fields[field] for replay in replays)

    assert set(spread("stage")) == {None, *(stage.id for stage in PLAYBOOK.stages)}
    assert set(spread("status")) == set(STATUSES)
    assert set(spread("archetype")) == {None, *(archetype.id for archetype in PLAYBOOK.archetypes)}
    assert len(spread("problem_type")) >= 12
    assert len(spread("organisation")) >= 6
    quadrants = Counter(replay.standing.quadrant for replay in replays)
    assert set(quadrants) == {None, *(quadrant.id for quadrant in PLAYBOOK.quadrants)}
    assert min(quadrants[quadrant.id] for quadrant in PLAYBOOK.quadrants) >= 2


def test_answers_with_doubt_disagreement_and_gaps(replays: list[Replay]) -> None:
    answered = [replay.standing.answered for replay in replays]
    assert 0 in answered
    assert 1 in answered
    assert answered.count(7) >= 15
    answers = [answer for replay in replays for answer in replay.answers]
    assert {answer.confidence for answer in answers} == {None, "measured", "informed", "guess"}
    assert any(answer.not_applicable for answer in answers)
    assert any(answer.evidence for answer in answers)
    far_apart = [
        (first, second)
        for replay in replays
        for first in replay.answers
        for second in replay.answers
        if first.criterion == second.criterion
        and first.assessor != second.assessor
        and (first.level or 0) - (second.level or 9) >= 2
    ]
    assert far_apart


def test_contracts_and_verdicts_of_every_kind(replays: list[Replay]) -> None:
    contracts = [contract for replay in replays for contract in replay.contracts]
    assert any(contract.version > 1 and contract.reason for contract in contracts)
    assert any(contract.optimised.baseline is None for contract in contracts)
    assert any(not metric.enabled for contract in contracts for metric in contract.thresholded)
    verdicts = [replay.verdict for replay in replays if replay.verdict and replay.runs]
    assert any(len(verdict.winners) == 1 for verdict in verdicts)
    assert any(len(verdict.winners) > 1 for verdict in verdicts)
    assert any(verdict.qualified == 0 and verdict.nearest for verdict in verdicts)
    unusable = [
        (replay.runs[index], verdict)
        for replay in replays
        if replay.verdict
        for index, verdict in enumerate(replay.verdict.runs)
        if verdict.status == "not_evaluable"
    ]
    assert any(not all(map(isfinite, run.metrics.values())) for run, _ in unusable)
    assert any(
        metric.status == "missing" and metric.name not in run.metrics
        for run, verdict in unusable
        for metric in verdict.metrics
    )


def test_moves_forward_and_back(replays: list[Replay]) -> None:
    moves = [move for replay in replays for move in replay.transitions]
    back = {(move.start, move.to) for move in moves if move.kind == "back"}
    assert len(back) >= 5
    assert all(move.note for move in moves if move.kind == "back")
    forward = [move for move in moves if move.kind == "forward"]
    assert any(move.open_points and move.note for move in forward)
    assert any(not move.open_points for move in forward)
    assert {replay.fields["stage"] for replay in replays if replay.fields["status"] == "live"} == {"deployment"}


def test_checklists_of_every_status(replays: list[Replay]) -> None:
    items = [item for replay in replays for item in replay.items]
    assert {item.status for item in items} == {"missing", "planned", "partial", "in_place", "not_needed"}
    assert {item.component for item in items} == {component.id for component in PLAYBOOK.components}
    assert sum(bool(item.tool) for item in items) > 100
