"""What would move a project, tried without storing anything, and applied when a person says so."""

from __future__ import annotations

from collections.abc import Mapping

from planner.domain.classifier import Classification, classify, unknown_questions
from planner.domain.errors import FieldError, Invalid
from planner.domain.projects import Project, ProjectPatch
from planner.domain.scoring import assessor_problem, current_answers
from planner.domain.what_if import build_what_if
from planner.domain.what_if_draft import WhatIfDraft
from planner.domain.what_if_models import Recording, WhatIf
from planner.services import access
from planner.services.blindness import load_sight
from planner.services.projects import change_project
from planner.services.scoring import append_answers
from planner.services.workspace import Reading, Workspace, reading_project, writing_project
from planner.store import scoring


def get_classification(ws: Workspace, playbook_id: str, answers: Mapping[str, bool]) -> Classification:
    """How far answers to the classifier of a playbook lead; NotFound, and Invalid for a question it does not have."""
    access.check(ws.actor, "read")
    playbook = ws.playbooks.get(playbook_id)
    if problems := unknown_questions(answers, playbook):
        raise Invalid([FieldError(field=field, message=message) for field, message in problems])
    return classify(answers, playbook)


def get_what_if(ws: Workspace, ref: str, draft: WhatIfDraft, assessor: str | None = None) -> WhatIf:
    """The project before and after what is tried, as far as the assessor may see it; nothing is stored.

    The assessor is the actor when none is named. NotFound; Invalid for what the playbook does not have.
    """
    with reading_project(ws, ref) as (found, project):
        return _build(found, project, draft, assessor)


def apply_what_if(
    ws: Workspace, ref: str, draft: WhatIfDraft, assessor: str | None = None, expected_version: int | None = None
) -> Recording:
    """Records what the what-if lists: the archetype if it is another, and answers of the assessor.

    Stale when the project is not at `expected_version` any more. Invalid when there is nothing to record.
    """
    with writing_project(ws, ref, expected_version) as (change, project):
        recording = _build(change, project, draft, assessor).recording
        if recording.empty:
            raise Invalid.one(
                "levers", "nothing is to be recorded: neither the archetype nor an answered criterion moves"
            )
        if recording.archetype is not None:
            change_project(change, project, ProjectPatch(archetype=recording.archetype))
        if recording.answers:
            append_answers(change, project, recording.assessor, recording.answers)
        return recording


def _build(found: Reading, project: Project, draft: WhatIfDraft, assessor: str | None) -> WhatIf:
    name = (assessor or "").strip() or found.ws.actor
    if wrong := assessor_problem(name):
        raise Invalid.one("assessor", wrong)
    history = scoring.load_answers(found.connection, project.id)
    sight = load_sight(found, project, name, history)[0]
    seen, share = current_answers(sight.answers), found.portfolio.priority_impact_share
    return build_what_if(project, seen, name, draft, found.playbook, share, held_back=bool(sight.hidden))
