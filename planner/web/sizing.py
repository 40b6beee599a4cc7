"""What a project's training and labelling take: worked out from the form, and recorded when that is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid
from planner.domain.playbook_entry import Entry
from planner.domain.sizing_facts import SizingFacts, find_entry
from planner.domain.sizing_inputs import SizingDraft
from planner.domain.sizing_words import WAYS
from planner.services import portfolios, projects
from planner.services import sizing as service
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages, typed_number
from planner.web.pages import Here, page, see_other

router = APIRouter()

WORDS = ("optimiser", "precision", "recomputation", "gpu", "situation", "label_kind", "price_as_of", "note")
LABELS = {
    "parameters": "Parameters of the model",
    "active_parameters": "Parameters each token passes through",
    "trained_parameters": "Parameters that are trained",
    "tokens": "Tokens of training data",
    "examples": "Examples of training data",
    "flops_per_example": "Operations of one forward pass",
    "epochs": "Times through the data",
    "step_seconds": "Seconds a step",
    "steps": "Steps",
    "runs": "Runs like this",
    "optimiser": "Optimiser",
    "precision": "Precision",
    "batch": "Batch on one GPU",
    "sequence": "Tokens of an example",
    "layers": "Layers",
    "hidden": "Width",
    "heads": "Attention heads",
    "kv_heads": "Heads with keys of their own",
    "recomputation": "Activations computed again",
    "activation_mb": "MB of activations an example",
    "gpu": "GPU",
    "gpus": "How many",
    "situation": "Utilisation of",
    "utilisation_low": "Utilisation, at worst",
    "utilisation_high": "Utilisation, at best",
    "price_low": "Price of a GPU-hour, from",
    "price_high": "Price of a GPU-hour, to",
    "price_as_of": "Price seen on",
    "label_kind": "Kind of label",
    "items": "Items to label",
    "units_per_item": "Labels an item",
    "repeats": "People an item",
    "review_share": "Share that is checked",
    "seconds_low": "Seconds a label, from",
    "seconds_high": "Seconds a label, to",
    "wage_low": "Wage an hour, from",
    "wage_high": "Wage an hour, to",
    "people": "People who label",
    "note": "What it is for",
}
RECOMPUTATION = (("none", "None"), ("selective", "Of attention"), ("full", "All, layer by layer"))


@router.get("/projects/{ref}/sizing")
def show(request: Request, ws: Here, ref: str) -> Response:
    """What follows from the fields of the address, from a preset, or else from what was recorded last."""
    return _page(request, ws, ref, Form(tuple(request.query_params.multi_items())))


@router.post("/projects/{ref}/sizing")
def record(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Records the sizing. The form comes back as it was filled in when it is not accepted."""
    try:
        service.record_sizing(ws, ref, _draft(form))
    except Invalid as error:
        return _page(request, ws, ref, form, errors=messages(error), status=422)
    except Conflict as error:
        return _page(request, ws, ref, form, errors={"": str(error)}, status=409)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/sizing", "sized", key)


def _draft(form: Form) -> SizingDraft:
    said = {name: value for name in SizingDraft.model_fields if (value := form.given(name)) is not None}
    return build(SizingDraft, said, {name: value for name, value in said.items() if name not in WORDS})


def _page(
    request: Request, ws: Workspace, ref: str, form: Form, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    project = projects.get_project(ws, ref)
    facts = portfolios.get_playbook(ws, project.portfolio).sizing
    found = service.get_sizing(ws, ref)
    recorded = found.items[-1] if found.items else None
    asked = any(form.given(name) for name in SizingDraft.model_fields)
    preset = find_entry(facts.presets, form.given("preset")) if facts else None
    draft = preset.inputs if preset else recorded.inputs if recorded else SizingDraft()
    values, answer, wrong = _typed(draft), found.answer if preset is None else None, errors or {}
    if asked:
        values = {"recomputation": "none", **form.values}
    if facts and not wrong and (asked or preset):
        try:
            draft = _draft(form) if asked else draft
            answer = service.get_sizing(ws, ref, draft).answer
        except Invalid as error:
            wrong, status, answer = messages(error), 422, None
    return page(
        request,
        "sizing/project.html",
        slug=project.portfolio,
        section="Projects",
        tab="Advice",
        status=status,
        project=project,
        facts=facts,
        choices=_choices(facts),
        recomputation=RECOMPUTATION,
        values=values,
        errors=wrong,
        labels=LABELS,
        answer=None if wrong else answer,
        inputs=draft,
        preset=preset,
        recorded=recorded,
        is_recorded=recorded is not None and draft == recorded.inputs and not wrong,
        ways=WAYS,
    )


def _typed(draft: SizingDraft) -> dict[str, str]:
    """Inputs as one would type them; a default that is a count stands there too."""
    said = {name: value for name, value in draft.model_dump(mode="json").items() if value is not None}
    return {
        name: typed_number(value) if isinstance(value, (int, float)) else str(value) for name, value in said.items()
    }


def _choices(facts: SizingFacts | None) -> dict[str, list[tuple[str, str]]]:
    if facts is None:
        return {}
    fields: dict[str, Iterable[Entry]] = {
        "optimiser": facts.optimisers,
        "precision": facts.precisions,
        "gpu": facts.gpus,
        "situation": facts.utilisations,
        "label_kind": facts.label_kinds,
    }
    return {field: [(entry.id, entry.name) for entry in entries] for field, entries in fields.items()}
