"""Playbooks that share no word with the shipped one, and a portfolio under any playbook with all there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from planner.domain.baselines import BaselineDraft
from planner.domain.error_analysis import ErrorAnalysisDraft
from planner.domain.forecasts import ForecastDraft, OutcomeDraft
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.lifecycle import TransitionDraft
from planner.domain.metrics_runs import RunDraft
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Check
from planner.domain.portfolios import PortfolioDraft
from planner.domain.projects import ProjectDraft
from planner.domain.rounds import RoundDraft
from planner.domain.scoring import AnswerDraft
from planner.domain.snapshots import SnapshotDraft
from planner.playbooks import Playbooks
from planner.services import (
    baselines,
    forecasts,
    infrastructure,
    lifecycle,
    metrics,
    metrics_runs,
    portfolios,
    projects,
    rounds,
    scoring,
    selection,
    snapshots,
)
from planner.services.workspace import Workspace
from tests.support.factories import contract_draft, roadmap_settings

OWN = Path(__file__).parent / "playbooks"  # what PLANNER_PLAYBOOKS would name
NAMES = ("rice", "ai_risk")
PLAIN = ("Data", "Training")  # names of stages that are also plain words: which data sets an error was measured on


def answers_of(playbook: Playbook, level: int) -> dict[str, AnswerDraft | None]:
    """The same level for every criterion, as sure as the playbook's first confidence."""
    sure = playbook.confidences[0].id
    return {
        criterion.id: AnswerDraft(level=level, confidence=sure, rationale="Seen") for criterion in playbook.criteria
    }


def fill(ws: Workspace, playbook: Playbook, slug: str) -> str:
    """A portfolio under a playbook in which everything was done once; gives the key of its first project."""
    portfolios.create_portfolio(
        ws,
        PortfolioDraft(slug=slug, name="Walked", key_prefix="WALK", playbook=playbook.id, capacity=2),
    )
    first, *_ = playbook.stages
    kinds = playbook.problem_types
    drafts = [
        ProjectDraft(
            name=f"Project {number}",
            owner="Mara",
            archetype=playbook.archetypes[number % len(playbook.archetypes)].id,
            problem_type=kinds[number % len(kinds)].id if kinds else None,
            stage=first.id if number < 3 else None,
            status="active" if number < 3 else None,
            effort=4.0 + number,
            needs={"people": 1.0},
            tags=("walked",),
        )
        for number in range(5)
    ]
    keys = [projects.create_project(ws, slug, draft).key for draft in drafts]
    key = keys[0]
    rounds.open_round(ws, slug, RoundDraft(name="Spring", assessors=("Mara", "Jan"), projects=(key, keys[1])))
    for number, level in enumerate((5, 2, 4)):
        scoring.record_answers(ws, keys[number], "Mara", answers_of(playbook, level))
    scoring.record_answers(ws, key, "Jan", answers_of(playbook, 3))
    lone = playbook.impact.criteria[0].id
    scoring.record_answers(ws, keys[3], "Mara", {lone: AnswerDraft(level=4, confidence=playbook.confidences[-1].id)})
    snapshots.create_snapshot(ws, slug, SnapshotDraft(name="Before"))
    scoring.record_answers(ws, keys[1], "Mara", answers_of(playbook, 4))
    metrics.set_contract(ws, key, contract_draft("maximise gain", "wait <= 100"))
    metrics.set_contract(ws, key, contract_draft("maximise gain", "wait <= 90", reason="Asked for"))
    recorded = [
        RunDraft(name="first", metrics={"gain": 0.7, "wait": 80.0}),
        RunDraft(name="second", metrics={"gain": 0.8}),
    ]
    metrics_runs.record_runs(ws, key, recorded)
    metrics_runs.record_promotion(ws, key, "first")
    for kind in playbook.baseline_kinds[:1]:
        baselines.record_baseline(ws, key, BaselineDraft(kind=kind.id, name="Today", metrics={"gain": 0.6}))
    analysis = ErrorAnalysisDraft(metric="gain", scale="share", train=0.9, validation=0.8, test=0.7)
    baselines.record_error_analysis(ws, key, analysis)
    edge = next(edge for edge in playbook.edges if edge.start == first.id)
    lifecycle.move_project(ws, key, TransitionDraft(to=edge.end, note="Walking on"))
    for task in [line for line in lifecycle.list_tasks(ws, key) if not line.computed][:1]:
        lifecycle.mark_task(ws, key, task.task, True, "Done")
    for component in playbook.components[:1]:
        infrastructure.record_component(ws, key, component.id, ChecklistDraft(status="planned", tool="By hand"))
    forecasts.record_forecast(ws, key, "Mara", ForecastDraft(probability=0.7, success="It is used"))
    forecasts.record_outcome(ws, key, OutcomeDraft(outcome="success"))
    selection.set_settings(ws, slug, roadmap_settings())
    projects.delete_project(ws, keys[4])
    return key


def words_of(playbook: Playbook) -> frozenset[str]:
    """What would betray a playbook on a page: its name, and the ids and names that no other text holds by chance."""
    entries = [
        *playbook.criteria,
        *playbook.archetypes,
        *playbook.quadrants,
        *playbook.components,
        *playbook.problem_types,
        *playbook.baseline_kinds,
        *playbook.confidences,
        *(point for stage in playbook.stages for point in (*stage.tasks, *stage.exit_criteria)),
        *(reason for edge in playbook.edges for reason in edge.reasons),
    ]
    ids = {entry.id for entry in entries if "_" in entry.id or "." in entry.id} - set(get_args(Check))
    names = {entry.name for entry in entries if " " in entry.name}
    return frozenset({playbook.id, playbook.name, *ids, *names})


def betrayed(text: str, foreign: Playbook) -> list[str]:
    """The words of a foreign playbook that stand in a text, and its stages where a text names just them."""
    ids = "|".join(re.escape(stage.id) for stage in foreign.stages)
    names = "|".join(re.escape(stage.name) for stage in foreign.stages if stage.name not in PLAIN)
    found = re.findall(rf"stage=({ids})\b|\"stage\": ?\"({ids})\"|>\s*({names})\s*<", text)
    words = [word for word in words_of(foreign) if re.search(rf"(?<![\w.]){re.escape(word)}(?![\w])", text)]
    return sorted({*words, *(word for each in found for word in each if word)})


def shelf() -> Playbooks:
    """The shipped playbook and those of these tests."""
    return Playbooks.at_hand(OWN)
