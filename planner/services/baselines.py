"""The baselines of a project, the gap between them and its runs, and its test error taken apart."""

from __future__ import annotations

from pydantic import Field

from planner.domain.baseline_gap import BaselineGap, build_gap
from planner.domain.baselines import (
    MAX_BASELINES,
    Baseline,
    BaselineDraft,
    check_kind,
    current_baselines,
)
from planner.domain.error_analysis import (
    SETS,
    ErrorAnalysis,
    ErrorAnalysisDraft,
    ErrorDecomposition,
    decompose,
    find_reference,
    resolve,
)
from planner.domain.errors import Conflict, Invalid
from planner.domain.history import FieldChange
from planner.domain.model import Model
from planner.domain.projects import Project
from planner.domain.wording import listed, measure
from planner.services.metrics import load_judgement
from planner.services.workspace import Reading, Workspace, reading_project, writing_project
from planner.store import baselines as store
from planner.store import metrics


class ProjectBaselines(Model):
    """The baselines of a project and how its best run stands to them."""

    items: tuple[Baseline, ...] = Field(description="Those that count, in the order in which they were first stated.")
    history: tuple[Baseline, ...] = Field(description="All that was recorded, the oldest first.")
    gap: BaselineGap = Field(description="The gap between baselines and the best run, by metric of the contract.")


class ErrorAnalyses(Model):
    """What was measured on the data sets, and the latest of it taken apart."""

    items: tuple[ErrorAnalysis, ...] = Field(
        description="All that was recorded, the oldest first; the last one counts."
    )
    decomposition: ErrorDecomposition | None = Field(description="Of the last one; null when nothing is recorded.")


def get_baselines(ws: Workspace, ref: str) -> ProjectBaselines:
    """The baselines of a project with the gap to its best run; NotFound."""
    with reading_project(ws, ref) as (found, project):
        return load_project_baselines(found, project)


def load_project_baselines(found: Reading, project: Project) -> ProjectBaselines:
    """The same inside a transaction that is open already."""
    history = store.load_baselines(found.connection, project.id)
    current = current_baselines(history)
    contract, judgement = load_judgement(found, project) or (None, None)
    gap = build_gap(contract, judgement, current, found.playbook)
    return ProjectBaselines.model_construct(items=current, history=history, gap=gap)


def record_baseline(ws: Workspace, ref: str, draft: BaselineDraft) -> Baseline:
    """States a baseline, or corrects the one of this name; the same again records nothing.

    Invalid for a kind that the playbook does not have; Conflict when there are too many.
    """
    with writing_project(ws, ref) as (change, project):
        check_kind(draft, change.playbook)
        present = {one.name: one for one in current_baselines(store.load_baselines(change.connection, project.id))}
        last = present.get(draft.name)
        if last is not None and dict(draft) == {name: getattr(last, name) for name in BaselineDraft.model_fields}:
            return last
        if last is None and len(present) >= MAX_BASELINES:
            raise Conflict(f"{project.key} has {MAX_BASELINES} baselines already; withdraw those that say nothing now.")
        baseline = Baseline(**dict(draft), recorded_at=change.now, recorded_by=ws.actor)
        store.append_baselines(change.connection, project.id, [baseline])
        change.touch(project)
        old = None if last is None else _in_words(last)
        changes = [FieldChange(field=f"baseline {draft.name}", old=old, new=_in_words(baseline))]
        change.record(project.id, "baseline.recorded", changes)
        return baseline


def withdraw_baseline(ws: Workspace, ref: str, name: str, note: str = "") -> Baseline:
    """Takes a baseline away; what was recorded of it stays in the history. Invalid when there is none of this name."""
    with writing_project(ws, ref) as (change, project):
        present = {one.name: one for one in current_baselines(store.load_baselines(change.connection, project.id))}
        last = present.get(name)
        if last is None:
            raise Invalid.one("name", f"{project.key} has no baseline '{name[:60]}'; take the name of one that it has")
        said = {**dict(last), "note": note, "withdrawn": True, "recorded_at": change.now, "recorded_by": ws.actor}
        withdrawn = Baseline(**said)
        store.append_baselines(change.connection, project.id, [withdrawn])
        change.touch(project)
        changes = [FieldChange(field=f"baseline {name}", old=_in_words(last), new=None)]
        if note:
            changes.append(FieldChange(field="note", old=None, new=note))
        change.record(project.id, "baseline.withdrawn", changes)
        return withdrawn


def _in_words(baseline: Baseline) -> str:
    values = listed([f"{name} {measure(value)}" for name, value in baseline.metrics.items()], 5)
    return f"{values} ({baseline.kind})"


def get_error_analyses(ws: Workspace, ref: str) -> ErrorAnalyses:
    """All analyses of a project's errors and the last one taken apart; NotFound."""
    with reading_project(ws, ref) as (found, project):
        history = store.load_analyses(found.connection, project.id)
        return ErrorAnalyses.model_construct(
            items=history, decomposition=_take_apart(found, project, history[-1]) if history else None
        )


def load_decomposition(found: Reading, project: Project) -> ErrorDecomposition | None:
    """The last analysis taken apart, inside a transaction that is open already; None when there is none."""
    history = store.load_analyses(found.connection, project.id)
    return _take_apart(found, project, history[-1]) if history else None


def _take_apart(found: Reading, project: Project, analysis: ErrorAnalysis) -> ErrorDecomposition:
    baselines = current_baselines(store.load_baselines(found.connection, project.id))
    reference = find_reference(analysis, baselines, found.playbook)
    return decompose(analysis, found.playbook.error_advice, reference)


def record_error_analysis(ws: Workspace, ref: str, draft: ErrorAnalysisDraft) -> ErrorAnalyses:
    """Records what was measured on each data set; the same again records nothing.

    Invalid, by field, for a share that is none and for a run that the project does not have.
    """
    with writing_project(ws, ref) as (change, project):
        contracts = metrics.load_contracts(change.connection, project.id)
        said = {**dict(draft), **resolve(draft, contracts[-1] if contracts else None)}
        if draft.run and draft.run not in metrics.run_ids(change.connection, project.id):
            raise Invalid.one("run", f"{project.key} has no run '{draft.run[:60]}'; leave it out or name one")
        history = store.load_analyses(change.connection, project.id)
        last = history[-1] if history else None
        if last is None or said != {name: getattr(last, name) for name in ErrorAnalysisDraft.model_fields}:
            analysis = ErrorAnalysis.model_validate({**said, "recorded_at": change.now, "recorded_by": ws.actor})
            store.append_analyses(change.connection, project.id, [analysis])
            history = (*history, analysis)
            change.touch(project)
            old = None if last is None else _errors_in_words(last)
            changes = [
                FieldChange(field=f"error analysis of {analysis.metric}", old=old, new=_errors_in_words(analysis))
            ]
            change.record(project.id, "errors.analysed", changes)
        return ErrorAnalyses.model_construct(items=history, decomposition=_take_apart(change, project, history[-1]))


def _errors_in_words(said: ErrorAnalysis) -> str:
    values = {name: getattr(said, name) for name in SETS}
    return ", ".join(
        f"{name.replace('_', ' ')} {measure(value, said.unit)}" for name, value in values.items() if value is not None
    )
