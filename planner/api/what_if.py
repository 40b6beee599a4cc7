"""Routes of /projects/{project}/what-if and /playbooks/{playbook}/classifier."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from planner.api.dependencies import IfMatch, ProjectRef, Space
from planner.api.errors import responses
from planner.api.playbooks import PlaybookId
from planner.api.routing import Route
from planner.domain.classifier import Classification
from planner.domain.errors import Invalid
from planner.domain.model import Line, Model
from planner.domain.playbook_moves import Percent, PerNine
from planner.domain.what_if_draft import WhatIfDraft, draft_of
from planner.domain.what_if_models import Recording, WhatIf
from planner.services import what_if

router = APIRouter(tags=["what-if"], route_class=Route)

Pairs = Annotated[str, Field(max_length=4_000)]
Classify = Annotated[
    Pairs,
    Field(
        description="Answers to the classifier: QUESTION:yes or QUESTION:no, with commas between them.",
        examples=["automated_today:no,approved_each:yes"],
    ),
]
WHOSE = "Who answers: what this person may see is taken, and what is recorded is theirs; left out, it is the actor."
BOOLEANS = {"yes": True, "no": False}


class WhatIfQuery(Model):
    """What is tried."""

    levers: Pairs = Field(
        default="", description="Ids of the levers that are pulled, with commas between them.", examples=["guardrails"]
    )
    classify: Classify = ""
    flywheel: Pairs = Field(
        default="",
        description="Answers to the flywheel test: QUESTION:yes, :no or :unknown, with commas between them.",
        examples=["labels_return:yes,data_improve_model:unknown"],
    )
    accuracy_from: Percent | None = Field(default=None, description="The accuracy that is asked for now, in per cent.")
    accuracy_to: Percent | None = Field(default=None, description="The accuracy that would do, in per cent.")
    cost_per_nine: PerNine | None = Field(
        default=None, description="By what factor cost rises with each nine; left out, it is the playbook's."
    )
    assessor: Line = Field(default="", max_length=120, description=WHOSE)


class WhatIfBody(WhatIfDraft):
    """What is applied."""

    assessor: Line = Field(default="", max_length=120, description=WHOSE)


@router.get("/projects/{project}/what-if", responses=responses(404))
def get_what_if(ws: Space, project: ProjectRef, query: Annotated[WhatIfQuery, Query()]) -> WhatIf:
    """The project before and after what is tried, each move with its rule and source. Nothing is stored."""
    said = _pairs("flywheel", query.flywheel)
    draft = {
        "levers": [name.strip() for name in query.levers.split(",") if name.strip()],
        "classify": _answers(query.classify),
        "flywheel": {name: {"answer": answer} for name, answer in said.items()},
        **{name: getattr(query, name) for name in ("accuracy_from", "accuracy_to", "cost_per_nine")},
    }
    return what_if.get_what_if(ws, project, draft_of(draft), query.assessor)


@router.post("/projects/{project}/what-if", status_code=201, responses=responses(404, 412))
def apply_what_if(ws: Space, project: ProjectRef, body: WhatIfBody, version: IfMatch) -> Recording:
    """Record what the what-if lists under `recording`, and nothing else; gives what was recorded."""
    draft = WhatIfDraft.model_construct(**{name: getattr(body, name) for name in WhatIfDraft.model_fields})
    return what_if.apply_what_if(ws, project, draft, body.assessor, version)


@router.get("/playbooks/{playbook}/classifier", responses=responses(404))
def get_classification(ws: Space, playbook: PlaybookId, classify: Annotated[Classify, Query()] = "") -> Classification:
    """How far the answers lead: to an archetype, or to the question that comes next."""
    return what_if.get_classification(ws, playbook, _answers(classify))


def _answers(text: str) -> dict[str, bool]:
    pairs = _pairs("classify", text)
    wrong = [name for name, answer in pairs.items() if answer not in BOOLEANS]
    if wrong:
        raise Invalid.one("classify", f"'{wrong[0][:60]}' takes yes or no")
    return {name: BOOLEANS[answer] for name, answer in pairs.items()}


def _pairs(field: str, text: str) -> dict[str, str]:
    """`a:yes,b:no` as a dict. Invalid for one without a name or the sign, and for a name twice."""
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, answer = (piece.strip() for piece in part.partition(":"))
        if not sign or not name or name in pairs:
            raise Invalid.one(field, "write QUESTION:yes with commas between, each question once")
        pairs[name] = answer
    return pairs
