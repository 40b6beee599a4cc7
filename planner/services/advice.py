"""The advice on a project's techniques, and putting what it calls for on the checklist."""

from __future__ import annotations

from pydantic import Field

from planner.domain.advice import build_advice
from planner.domain.advice_facts import AdviceQuery
from planner.domain.advice_models import Advice
from planner.domain.errors import Invalid
from planner.domain.history import FieldChange
from planner.domain.infrastructure import ChecklistItem
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.projects import Project
from planner.domain.wording import listed
from planner.services.infrastructure import load_checklist
from planner.services.workspace import Reading, Workspace, reading_project, writing_project
from planner.store import infrastructure, metrics

NAMED = 3  # lines of advice in the note of a component


class PlannedComponents(Model):
    """What the advice put on the checklist, by name of the component."""

    planned: tuple[str, ...] = Field(description="Planned now: nothing had been stated of them.")
    kept: tuple[str, ...] = Field(description="Stated already, and left as they were.")


def get_advice(ws: Workspace, ref: str, query: AdviceQuery) -> Advice:
    """The advice by what is stored and what the query says beside; NotFound, and Invalid for an unknown problem type.

    Nothing is stored.
    """
    with reading_project(ws, ref) as (found, project):
        return load_advice(found, project, query)


def load_advice(found: Reading, project: Project, query: AdviceQuery) -> Advice:
    """The same inside a transaction that is open already."""
    check_query(query, found.playbook)
    contracts = metrics.load_contracts(found.connection, project.id)
    checklist = load_checklist(found, project)
    return build_advice(query, project, contracts[-1] if contracts else None, checklist, found.playbook)


def check_query(query: AdviceQuery, playbook: Playbook) -> None:
    """Invalid when the playbook has no such problem type."""
    if query.problem_type is not None and playbook.problem_type(query.problem_type) is None:
        known = ", ".join(entry.id for entry in playbook.problem_types)
        raise Invalid.one("problem_type", f"one of: {known}")


def plan_components(ws: Workspace, ref: str, query: AdviceQuery) -> PlannedComponents:
    """Puts each component that the advice calls for on the checklist as planned, where nothing is stated of it.

    What is stated stays as it is.
    """
    with writing_project(ws, ref) as (change, project):
        needed = load_advice(change, project, query).components
        fresh = [component for component in needed if component.status is None]
        items, changes = [], []
        for component in fresh:
            note = f"The technique advice calls for it: {listed(component.called_for_by, NAMED)}."
            said = {"component": component.component, "status": "planned", "note": note}
            items.append(ChecklistItem.model_validate({**said, "recorded_at": change.now, "recorded_by": change.actor}))
            changes += [
                FieldChange(field=f"{component.component}.status", old=None, new="planned"),
                FieldChange(field=f"{component.component}.note", old=None, new=note),
            ]
        if items:
            infrastructure.append_checklist_items(change.connection, [(project.id, item) for item in items])
            change.touch(project)
            change.record(project.id, "component.recorded", changes)
        return PlannedComponents(
            planned=tuple(component.name for component in fresh),
            kept=tuple(component.name for component in needed if component.status is not None),
        )
