"""The metric contract of a project and its versions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import FieldError, Invalid
from planner.domain.metrics import Contract, ContractDraft
from planner.services import metrics as service
from planner.services import portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages
from planner.web.pages import Here, page, see_other

router = APIRouter()

DIRECTIONS = (("maximise", "Maximise"), ("minimise", "Minimise"))
PARTS = ("name", "direction", "threshold", "unit", "baseline", "reason")


@router.get("/projects/{ref}/contract")
def show(request: Request, ws: Here, ref: str) -> Response:
    """The contract and its versions."""
    contract = service.find_contract(ws, ref)
    values = _values_of(contract) if contract else {"optimised.direction": "maximise"}
    return _page(request, ws, ref, values)


@router.post("/projects/{ref}/contract")
def agree(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Agrees a version of the contract; or adds or takes away a row of the form, which stores nothing."""
    action = form.text("action")
    if action == "add" or action.startswith("remove."):
        return _page(request, ws, ref, _with_rows(form, action), changing=True)
    try:
        draft = build(ContractDraft, _draft(form))
        service.set_contract(ws, ref, draft)
    except Invalid as error:
        return _page(request, ws, ref, _with_rows(form, ""), errors=_messages(error, form), status=422, changing=True)
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
) -> Response:
    project = projects.get_project(ws, ref)
    contracts = service.list_contracts(ws, ref)
    contract = contracts[-1] if contracts else None
    verdict = service.find_verdict(ws, ref, most=0)
    rows = sorted({int(name.split(".")[1]) for name in values if name.startswith("thresholded.")})
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
        errors=errors or {},
        labels=_labels(rows),
        directions=DIRECTIONS,
        changing=changing or contract is None,
    )


def _draft(form: Form) -> dict[str, object]:
    """The contract as it was typed. A row without name and threshold is no metric."""
    optimised = {
        "name": form.text("optimised.name"),
        "direction": form.given("optimised.direction"),
        "unit": form.text("optimised.unit"),
        "baseline": form.given("optimised.baseline"),
    }
    thresholded = []
    for index in _rows(form):
        row: dict[str, object] = {part: form.given(f"thresholded.{index}.{part}") for part in PARTS}
        row["unit"], row["reason"] = row["unit"] or "", row["reason"] or ""
        row["enabled"] = form.flag(f"thresholded.{index}.enabled")
        thresholded.append(row)
    return {"optimised": optimised, "thresholded": thresholded, "reason": form.text("reason")}


def _rows(form: Form) -> list[int]:
    return [
        index
        for index in form.indices("thresholded")
        if form.given(f"thresholded.{index}.name") or form.given(f"thresholded.{index}.threshold")
    ]


def _messages(error: Invalid, form: Form) -> dict[str, str]:
    """Errors by field of the form; drafts count only the rows that hold something."""
    rows = _rows(form)
    renamed = []
    for item in error.errors:
        parts = item.field.split(".")
        if parts[0] == "thresholded" and len(parts) > 1 and parts[1].isdigit():
            parts[1] = str(rows[int(parts[1])])
            parts = parts if len(parts) > 2 else [*parts, "reason"]
        renamed.append(FieldError(field=".".join(parts), message=item.message))
    return messages(Invalid(renamed))


def _with_rows(form: Form, action: str) -> dict[str, str]:
    """The fields as they were typed, with a row more or less. An unticked box leaves no field, so it is put in."""
    taken = action.removeprefix("remove.") if action.startswith("remove.") else ""
    values = {
        name: value
        for name, value in form.values.items()
        if not (taken and name.startswith(f"thresholded.{taken}.")) and name != "action"
    }
    indices = form.indices("thresholded")
    for index in indices:
        if str(index) != taken:
            values.setdefault(f"thresholded.{index}.enabled", "")
    if action == "add":
        new = max(indices, default=-1) + 1
        values.update({f"thresholded.{new}.direction": "maximise", f"thresholded.{new}.enabled": "on"})
    return values


def _values_of(contract: Contract) -> dict[str, str]:
    """A contract as the fields of its form. The reason is asked for anew with each change."""
    optimised = contract.optimised
    values = {
        "optimised.name": optimised.name,
        "optimised.direction": optimised.direction,
        "optimised.unit": optimised.unit,
        "optimised.baseline": _typed(optimised.baseline),
    }
    for index, metric in enumerate(contract.thresholded):
        row = {
            "name": metric.name,
            "direction": metric.direction,
            "threshold": _typed(metric.threshold),
            "unit": metric.unit,
            "baseline": _typed(metric.baseline),
            "enabled": "on" if metric.enabled else "",
            "reason": metric.reason,
        }
        values.update({f"thresholded.{index}.{part}": value for part, value in row.items()})
    return values


def _typed(value: float | None) -> str:
    return "" if value is None else repr(value).removesuffix(".0")


def _labels(rows: list[int]) -> dict[str, str]:
    labels = {"optimised.name": "Optimised metric", "optimised.baseline": "Its baseline", "reason": "Reason"}
    for position, row in enumerate(rows, 1):
        labels.update({f"thresholded.{row}.{part}": f"Threshold {position}, {part}" for part in PARTS})
    return labels
