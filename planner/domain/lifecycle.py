"""Stages, gates and moves. A move back is normal and needs a reason code; one past a gate that is not met, a note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from planner.domain.assessments import Assessment, current_assessments
from planner.domain.baselines import Baseline, stated_value
from planner.domain.errors import Conflict, Invalid
from planner.domain.infrastructure import ChecklistLine
from planner.domain.metrics import Contract
from planner.domain.metrics_verdict import Verdict
from planner.domain.model import Model, Text
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Check, Stage
from planner.domain.projects import Project, ProjectSummary
from planner.domain.readiness_checks import judge_readiness_check
from planner.domain.scoring import Answer


class TransitionDraft(Model):
    """A move to another stage."""

    to: str = Field(description="Id of the stage to move to.", examples=["training"])
    reason: str | None = Field(default=None, description="Reason code; required when moving back.")
    note: Text = Field(default="", description="Required when the gate of the present stage still has open points.")


class Transition(Model):
    """A move as it was recorded, with the gate's points that were open at the time."""

    start: str | None
    to: str
    kind: Literal["placed", "forward", "back"]
    reason: str | None
    note: str
    open_points: tuple[str, ...]
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def placed(cls, to: str, at: datetime, by: str, start: str | None = None) -> Self:
        """A stage that was stated rather than reached by a move: at creation, or by an import."""
        return cls(
            start=start, to=to, kind="placed", reason=None, note="", open_points=(), recorded_at=at, recorded_by=by
        )


class TaskMark(Model):
    """A task or an exit criterion that somebody ticked, or unticked."""

    task: str
    done: bool
    note: str
    recorded_at: datetime
    recorded_by: str


class TaskLine(Model):
    """A task of a stage as it stands for one project. `computed` points cannot be ticked: the data decide."""

    task: str
    stage: str
    kind: Literal["task", "exit_criterion"]
    name: str
    help: str
    done: bool
    computed: bool
    why: str = Field(default="", description="For a computed point: what was found.")
    check: Check | None = Field(default=None, description="For a computed point: what it is judged by.")
    note: str = ""
    recorded_at: datetime | None = None
    recorded_by: str | None = None


class Facts(Model):
    """What the computed points of a gate are judged by."""

    project: Project
    answers: tuple[Answer, ...]
    contract: Contract | None
    verdict: Verdict | None
    checklist: tuple[ChecklistLine, ...]
    baselines: tuple[Baseline, ...] = ()
    assessments: tuple[Assessment, ...] = ()


class Move(Model):
    """A move that the playbook allows from the present stage."""

    to: str
    name: str
    kind: Literal["placed", "forward", "back"]
    reasons: tuple[tuple[str, str], ...] = Field(default=(), description="(code, name) of each reason for going back.")
    open_points: tuple[str, ...] = Field(default=(), description="Names of the gate's points that are still open.")


def judge_check(check: Check, facts: Facts, playbook: Playbook) -> tuple[bool, str]:
    """Whether a computed exit criterion is met, and the finding in words."""
    answered = {answer.criterion for answer in facts.answers}
    scored = {answer.criterion for answer in facts.answers if answer.level is not None}
    impact = [criterion.id for criterion in playbook.impact.criteria]
    feasibility = [criterion.id for criterion in playbook.feasibility.criteria]
    match check:
        case "owner_named":
            return facts.project.owner is not None, facts.project.owner or "no owner is named"
        case "archetype_stated":
            archetype = playbook.archetype(facts.project.archetype)
            return archetype is not None, archetype.name if archetype else "no archetype is stated"
        case "impact_answered":
            found = sum(criterion in scored for criterion in impact)
            return found > 0, f"{found} of {len(impact)} impact criteria scored"
        case "feasibility_answered":
            found = sum(criterion in answered for criterion in feasibility)
            return found == len(feasibility), f"{found} of {len(feasibility)} feasibility criteria answered"
        case "feasibility_evidenced":
            backed = {a.criterion for a in facts.answers if a.evidence or a.rationale}
            found = sum(criterion in backed for criterion in feasibility)
            return found == len(feasibility), f"{found} of {len(feasibility)} with a rationale or evidence"
        case "contract_agreed":
            found_contract = facts.contract
            return found_contract is not None, (
                f"version {found_contract.version}" if found_contract else "no metric contract yet"
            )
        case "baseline_recorded":
            found_baseline = _baseline(facts)
            return found_baseline is not None, found_baseline or "no baseline of the optimised metric"
        case "run_recorded" | "run_qualifies":
            return _runs(check, facts.verdict)
        case "checklist_in_place":
            required = [line for line in facts.checklist if line.requirement == "required"]
            ready = sum(line.counts_as in ("in_place", "not_needed") for line in required)
            return ready == len(required), f"{ready} of {len(required)} required components in place"
        case "ethics_answered" | "risk_triaged" | "readiness_floor_met":
            present = current_assessments(facts.assessments)
            return judge_readiness_check(check, present, facts.project.archetype, playbook)


def _runs(check: Literal["run_recorded", "run_qualifies"], verdict: Verdict | None) -> tuple[bool, str]:
    if check == "run_recorded":
        count = verdict.total if verdict else 0
        return count > 0, f"{count} {'run' if count == 1 else 'runs'} under the contract"
    count = verdict.qualified if verdict else 0
    return count > 0, f"{count} {'run qualifies' if count == 1 else 'runs qualify'}"


def _baseline(facts: Facts) -> str | None:
    """What is reached of the optimised metric without the new model, as the contract or a record states it."""
    if facts.contract is None:
        return None
    optimised = facts.contract.optimised
    if optimised.baseline is not None:
        return f"baseline {optimised.baseline:g}"
    stated = ((stated_value(one, optimised), one.name) for one in facts.baselines)
    return next((f"baseline {value:g}: {name}" for value, name in stated if value is not None), None)


def task_lines(
    stages: Sequence[Stage], marks: Iterable[TaskMark], facts: Facts, playbook: Playbook
) -> tuple[TaskLine, ...]:
    """The tasks and exit criteria of the stages, computed where they can be, else as last ticked."""
    latest: Mapping[str, TaskMark] = {mark.task: mark for mark in marks}
    lines = []
    for stage in stages:
        lines += [_ticked(stage, "task", task.id, task.name, task.help, latest.get(task.id)) for task in stage.tasks]
        for point in stage.exit_criteria:
            if point.check is None:
                lines.append(_ticked(stage, "exit_criterion", point.id, point.name, point.help, latest.get(point.id)))
                continue
            done, why = judge_check(point.check, facts, playbook)
            # What was noted when a person still ticked it is kept in sight; it does not count.
            line = _ticked(stage, "exit_criterion", point.id, point.name, point.help, latest.get(point.id))
            lines.append(line.model_copy(update={"done": done, "computed": True, "why": why, "check": point.check}))
    return tuple(lines)


def _ticked(
    stage: Stage, kind: Literal["task", "exit_criterion"], task: str, name: str, help_: str, mark: TaskMark | None
) -> TaskLine:
    return TaskLine(
        task=task,
        stage=stage.id,
        kind=kind,
        name=name,
        help=help_,
        done=mark.done if mark else False,
        computed=False,
        note=mark.note if mark else "",
        recorded_at=mark.recorded_at if mark else None,
        recorded_by=mark.recorded_by if mark else None,
    )


def open_points(lines: Iterable[TaskLine], stage: str | None) -> tuple[TaskLine, ...]:
    """The exit criteria of the stage that are not met yet."""
    return tuple(line for line in lines if line.stage == stage and line.kind == "exit_criterion" and not line.done)


def moves(present: str | None, lines: Sequence[TaskLine], playbook: Playbook) -> tuple[Move, ...]:
    """The moves that are possible now: anywhere when no stage is stated yet, else along the playbook's edges.

    A stage of a playbook that was followed before is as good as none.
    """
    if playbook.stage(present) is None:
        return tuple(Move(to=stage.id, name=stage.name, kind="placed") for stage in playbook.stages)
    found = []
    for edge in playbook.edges:
        if edge.start == present:
            stage = playbook.stage(edge.end)
            assert stage is not None
            kind = _kind(edge.start, edge.end, playbook)
            gate = tuple(line.name for line in open_points(lines, present)) if kind == "forward" else ()
            reasons = tuple((reason.id, reason.name) for reason in edge.reasons)
            found.append(Move(to=stage.id, name=stage.name, kind=kind, reasons=reasons, open_points=gate))
    return tuple(found)


def decide_move(
    present: str | None,
    draft: TransitionDraft,
    lines: Sequence[TaskLine],
    playbook: Playbook,
    now: datetime,
    actor: str,
) -> Transition:
    """The transition that a draft asks for.

    Raises Invalid for an unknown stage or reason, a missing reason code, or a missing note where points of the gate are
    not met; Conflict for a move that is not an edge of the playbook.
    """
    if playbook.stage(draft.to) is None:
        raise Invalid.one("to", f"not a stage; one of: {', '.join(stage.id for stage in playbook.stages)}")
    possible = {move.to: move for move in moves(present, lines, playbook)}
    if draft.to == present:
        raise Conflict(f"The project is in '{present}' already.")
    move = possible.get(draft.to)
    if move is None:
        raise Conflict(f"There is no move from '{present}' to '{draft.to}'; possible: {', '.join(possible) or 'none'}.")
    codes = [code for code, _ in move.reasons]
    if move.kind == "back" and draft.reason not in codes:
        raise Invalid.one("reason", f"moving back needs a reason; one of: {', '.join(codes)}")
    if move.kind != "back" and draft.reason is not None:
        raise Invalid.one("reason", "only a move back takes a reason code; use note instead")
    if move.open_points and not draft.note:
        points = "; ".join(move.open_points)
        raise Invalid.one("note", f"points of the gate are not met: {points}; say in a note why the project moves on")
    return Transition(
        start=present,
        to=draft.to,
        kind=move.kind,
        reason=draft.reason,
        note=draft.note,
        open_points=move.open_points,
        recorded_at=now,
        recorded_by=actor,
    )


def _kind(start: str, end: str, playbook: Playbook) -> Literal["forward", "back"]:
    order = [stage.id for stage in playbook.stages]
    return "forward" if order.index(end) > order.index(start) else "back"


class BoardColumn(Model):
    """The projects of one stage; `stage` is null where none is stated."""

    stage: str | None
    name: str
    count: int
    projects: tuple[ProjectSummary, ...] = Field(description="The first ones in the order of the filters.")


class Board(Model):
    """A portfolio by stage."""

    columns: tuple[BoardColumn, ...]
