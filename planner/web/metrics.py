"""The metric contract of a project and its versions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Invalid
from planner.domain.metrics_changes import ContractPreview
from planner.services import metrics as service
from planner.services import metrics_agreeing, portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Posted
from planner.web.metrics_form import choices, draft_of, labels_of, messages_of, rows_in, values_of, with_rows
from planner.web.pages import Here, page, see_other

router = APIRouter()

NAMED = 50  # runs named in a preview


@router.get("/projects/{ref}/contract")
def show(request: Request, ws: Here, ref: str) -> Response:
    """The contract and its versions."""
    contract = service.find_contract(ws, ref)
    values = values_of(contract) if contract else {"optimised.direction": "maximise"}
    return _page(request, ws, ref, values)


@router.post("/projects/{ref}/contract")
def agree(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Agrees a version of the contract; or stores nothing and shows another row, or what would change."""
    action = form.text("action")
    if action == "add" or action.startswith("remove."):
        return _page(request, ws, ref, with_rows(form, action), changing=True)
    try:
        draft = draft_of(form)
        if action == "preview":
            preview = metrics_agreeing.preview_contract(ws, ref, draft, NAMED)
            return _page(request, ws, ref, with_rows(form, ""), changing=True, preview=preview)
        service.set_contract(ws, ref, draft)
    except Invalid as error:
        values, wrong = with_rows(form, ""), messages_of(error, form)
        return _page(request, ws, ref, values, errors=wrong, status=422, changing=True)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/contract", "agreed", key)


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
    changing: bool = False,
    preview: ContractPreview | None = None,
) -> Response:
    project = projects.get_project(ws, ref)
    contracts = service.list_contracts(ws, ref)
    contract = contracts[-1] if contracts else None
    verdict = service.find_verdict(ws, ref, most=0)
    rows, wrong = rows_in(values, "thresholded"), errors or {}
    return page(
        request,
        "metrics/contract.html",
        slug=project.portfolio,
        section="Projects",
        tab="Contract",
        status=status,
        project=project,
        playbook=portfolios.get_playbook(ws, project.portfolio),
        contract=contract,
        versions=contracts[::-1],
        verdict=verdict,
        values=values,
        rows=rows,
        errors=wrong,
        labels=labels_of(rows),
        preview=preview,
        **choices(rows, values, wrong),
        changing=changing or contract is None,
    )
