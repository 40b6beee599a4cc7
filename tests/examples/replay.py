"""The story of an example project, replayed by the domain alone: what a service would store, held in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from planner.domain.assessments import Assessment, check_items, current_assessments, new_assessments
from planner.domain.infrastructure import ChecklistDraft, ChecklistItem, build_checklist
from planner.domain.lifecycle import Facts, TaskLine, TaskMark, Transition, TransitionDraft, decide_move, task_lines
from planner.domain.metrics import Contract, ContractDraft
from planner.domain.metrics_judging import judge
from planner.domain.metrics_runs import Run, RunDraft
from planner.domain.metrics_verdict import Verdict
from planner.domain.playbook import Playbook
from planner.domain.projects import Project, ProjectDraft, ProjectPatch
from planner.domain.scoring import (
    Answer,
    AnswerDraft,
    Standing,
    belief_state,
    current_answers,
    dimension_left_empty,
    standings,
    unknown_criteria,
)
from planner.services.demo_story import ReadinessTold

ACTIONS = ("answers", "contract", "runs", "move", "tasks", "checklist", "readiness", "change")


class Replay:
    """One example project after the entries of its story that have been played."""

    def __init__(self, draft: Mapping[str, Any], playbook: Playbook) -> None:
        self.playbook = playbook
        self.fields = ProjectDraft.model_validate(draft).model_dump()
        self.answers: list[Answer] = []
        self.contracts: list[Contract] = []
        self.runs: list[Run] = []
        self.marks: list[TaskMark] = []
        self.items: list[ChecklistItem] = []
        self.assessments: list[Assessment] = []
        self.transitions: list[Transition] = []

    def play(self, entry: Mapping[str, Any]) -> None:
        """Do what one entry of the story says; raises what the domain raises."""
        assert isinstance(entry["on"], date)
        self.at = datetime.combine(entry["on"], time(9), UTC)
        self.by = entry["by"]
        (action,) = set(entry) - {"on", "by"}
        assert action in ACTIONS
        getattr(self, f"_{action}")(entry[action])

    @property
    def standing(self) -> Standing:
        state = belief_state(current_answers(self.answers), self.playbook)
        assert dimension_left_empty(state, self.playbook) is None
        return standings([state], self.playbook)[0]

    @property
    def project(self) -> Project:
        facts = {"id": 1, "key": "EX-1", "portfolio": "example", "version": 1, "standing": self.standing}
        began = datetime(2025, 9, 1, tzinfo=UTC)
        return Project.model_validate({**self.fields, **facts, "created_at": began, "updated_at": began})

    @property
    def verdict(self) -> Verdict | None:
        return judge(self.contracts[-1], self.runs) if self.contracts else None

    @property
    def lines(self) -> tuple[TaskLine, ...]:
        project = self.project
        checklist = build_checklist(project.stage, project.archetype, project.problem_type, self.items, self.playbook)
        facts = Facts(
            project=project,
            answers=tuple(current_answers(self.answers)),
            contract=self.contracts[-1] if self.contracts else None,
            verdict=self.verdict,
            checklist=checklist.lines,
            assessments=tuple(self.assessments),
        )
        return task_lines(self.playbook.stages, self.marks, facts, self.playbook)

    def _answers(self, given: Mapping[str, Any]) -> None:
        drafts = {criterion: AnswerDraft.model_validate(answer) for criterion, answer in given.items()}
        assert unknown_criteria(drafts, self.playbook) == []
        self.answers.extend(
            Answer(
                **draft.model_dump(),
                criterion=criterion,
                assessor=self.by,
                playbook=self.playbook.id,
                playbook_version=self.playbook.version,
                recorded_at=self.at,
                recorded_by=self.by,
            )
            for criterion, draft in drafts.items()
        )

    def _contract(self, given: Mapping[str, Any]) -> None:
        draft = ContractDraft.model_validate(given)
        number = len(self.contracts) + 1
        self.contracts.append(
            Contract.model_validate(
                {**draft.model_dump(), "version": number, "recorded_at": self.at, "recorded_by": self.by}
            )
        )

    def _runs(self, given: list[Mapping[str, Any]]) -> None:
        for run in given:
            draft = RunDraft.model_validate(run)
            assert draft.measured_at is not None
            assert draft.measured_at.date() <= self.at.date()
            self.runs.append(Run(**draft.model_dump(), id=len(self.runs) + 1, recorded_at=self.at, recorded_by=self.by))

    def _move(self, given: Mapping[str, Any]) -> None:
        draft = TransitionDraft.model_validate(given)
        moved = decide_move(self.fields["stage"], draft, self.lines, self.playbook, self.at, self.by)
        self.transitions.append(moved)
        self.fields["stage"] = moved.to

    def _tasks(self, given: Mapping[str, str]) -> None:
        ticked = {line.task for line in self.lines if not line.computed}
        assert set(given) <= ticked, f"not ticked by hand: {set(given) - ticked}"
        self.marks.extend(
            TaskMark(task=task, done=True, note=note, recorded_at=self.at, recorded_by=self.by)
            for task, note in given.items()
        )

    def _checklist(self, given: Mapping[str, Any]) -> None:
        for component, statement in given.items():
            assert self.playbook.component(component) is not None
            draft = ChecklistDraft.model_validate(statement)
            self.items.append(
                ChecklistItem(**draft.model_dump(), component=component, recorded_at=self.at, recorded_by=self.by)
            )

    def _readiness(self, given: Mapping[str, Any]) -> None:
        draft = ReadinessTold.model_validate(given).draft(self.playbook)
        check_items(draft, self.playbook)
        present = current_assessments(self.assessments)
        self.assessments.extend(new_assessments(draft, present, self.playbook, self.at, self.by))

    def _change(self, given: Mapping[str, Any]) -> None:
        patch = ProjectPatch.model_validate(given)
        self.fields.update(patch.model_dump(include=patch.model_fields_set))
