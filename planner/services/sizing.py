"""The sizing of a project: computed from what is asked, or from what was recorded last."""

from __future__ import annotations

from pydantic import Field

from planner.domain.errors import Conflict, Invalid
from planner.domain.history import FieldChange
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.projects import Project
from planner.domain.sizing import SizingAnswer, build_sizing, check_sizing, known_inputs
from planner.domain.sizing_facts import SizingFacts
from planner.domain.sizing_inputs import Sizing, SizingDraft
from planner.domain.wording import listed
from planner.services.workspace import Reading, Workspace, reading_project, writing_project
from planner.store import sizing as store


class ProjectSizing(Model):
    """What was recorded of a project's sizing, and what follows from the inputs that count."""

    items: tuple[Sizing, ...] = Field(description="All that was recorded, the oldest first; the last one counts.")
    answer: SizingAnswer | None = Field(
        description="Of the inputs that were asked with, else of the last record; null without either."
    )


def get_sizing(ws: Workspace, ref: str, asked: SizingDraft | None = None) -> ProjectSizing:
    """The sizing of a project by the inputs that are asked with, or else by those recorded last; NotFound, Invalid.

    Conflict when it is asked for and the playbook knows nothing of sizing.
    """
    with reading_project(ws, ref) as (found, project):
        items = store.load_sizings(found.connection, project.id)
        answer = _latest(items, found.playbook)
        if asked is not None and asked.stated:
            answer = build_sizing(asked, _facts(found.playbook))
        return ProjectSizing.model_construct(items=items, answer=answer)


def load_sizing(found: Reading, project: Project) -> SizingAnswer | None:
    """The answer of the last record inside a transaction that is open already; None when there is none."""
    return _latest(store.load_sizings(found.connection, project.id), found.playbook)


def record_sizing(ws: Workspace, ref: str, draft: SizingDraft) -> ProjectSizing:
    """Records what a project is sized by; the same again records nothing.

    Invalid, by field, and when nothing is stated; Conflict when the playbook knows nothing of sizing.
    """
    with writing_project(ws, ref) as (change, project):
        facts = _facts(change.playbook)
        if not draft.stated.keys() - {"note"}:
            raise Invalid.one("parameters", "state what is known: parameters of the model, or items to label")
        check_sizing(draft, facts)
        items = store.load_sizings(change.connection, project.id)
        last = items[-1].inputs if items else None
        if draft != last:
            recorded = Sizing(inputs=draft, recorded_at=change.now, recorded_by=ws.actor)
            store.append_sizings(change.connection, project.id, [recorded])
            items = (*items, recorded)
            change.touch(project)
            old = _in_words(last) if last else None
            changes = [FieldChange(field="sizing", old=old, new=_in_words(draft))]
            change.record(project.id, "sizing.recorded", changes)
        return ProjectSizing.model_construct(items=items, answer=build_sizing(draft, facts))


def _facts(playbook: Playbook) -> SizingFacts:
    if playbook.sizing is None:
        raise Conflict(f"The playbook '{playbook.id}' has no facts on GPUs and labelling, so nothing can be sized.")
    return playbook.sizing


def _latest(items: tuple[Sizing, ...], playbook: Playbook) -> SizingAnswer | None:
    """The answer of the last record, as far as the playbook of now knows its ids; None without a record or facts."""
    facts = playbook.sizing
    return build_sizing(known_inputs(items[-1].inputs, facts), facts) if items and facts is not None else None


def _in_words(said: SizingDraft) -> str:
    return listed([f"{name} {value}" for name, value in said.stated.items()], 12)
