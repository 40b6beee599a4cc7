"""The metric contract of a project, its versions, and its runs with their verdicts."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid
from planner.domain.metrics import Contract
from planner.domain.metrics_changes import ContractPreview
from planner.domain.metrics_runs import Run, RunDraft
from planner.domain.metrics_verdict import MetricVerdict, RunVerdict, Verdict
from planner.domain.wording import measure
from planner.services import metrics as service
from planner.services import metrics_agreeing, metrics_runs, portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages
from planner.web.metrics_form import choices, draft_of, labels_of, messages_of, rows_in, values_of, with_rows
from planner.web.pages import Here, page, see_other

router = APIRouter()

MAX_METRICS = 60  # of one contract; it has 51 at most
SHOWN = 200  # runs on the page; REST and terminal give all
NAMED = 50  # runs named in a preview


@dataclass(frozen=True)
class Cell:
    """The value of one metric in one run, and how it stands."""

    value: str
    status: str
    note: str


@dataclass(frozen=True)
class Line:
    """A run as a line of the table."""

    name: str
    status: str
    wins: bool
    pareto: bool
    nearest: bool
    cells: tuple[Cell, ...]
    run: Run


@router.get("/projects/{ref}/contract")
def show(request: Request, ws: Here, ref: str) -> Response:
    """The contract, its versions and the runs."""
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


@router.post("/projects/{ref}/runs")
def record(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Records a run that was typed in, or the runs of a JSON text."""
    try:
        drafts = _runs(form)
        metrics_runs.record_runs(ws, ref, drafts)
    except (Invalid, Conflict) as error:
        found = _run_messages(error, form) if isinstance(error, Invalid) else {"name": str(error)}
        pasted = {"json": "; ".join(found.values())} if form.given("json") else found
        contract = service.find_contract(ws, ref)
        values = {**(values_of(contract) if contract else {}), **{f"run.{k}": v for k, v in form.values.items()}}
        errors = {f"run.{name}": text for name, text in pasted.items()}
        return _page(request, ws, ref, values, errors=errors, status=422 if isinstance(error, Invalid) else 409)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/contract#runs", "runs", key)


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
    runs = metrics_runs.list_runs(ws, ref)
    verdict = service.find_verdict(ws, ref)
    lines = _lines(contract, verdict, runs) if contract and verdict else []
    rows, wrong = rows_in(values, "thresholded"), errors or {}
    return page(
        request,
        "metrics/contract.html",
        slug=project.portfolio,
        section="Projects",
        tab="Contract and runs",
        status=status,
        project=project,
        playbook=portfolios.get_playbook(ws, project.portfolio),
        contract=contract,
        versions=contracts[::-1],
        verdict=verdict,
        runs=runs,
        lines=lines,
        values=values,
        rows=rows,
        errors=wrong,
        labels=_labels(rows, contract),
        preview=preview,
        **choices(rows, values, wrong),
        changing=changing or contract is None,
    )


def _labels(rows: list[int], contract: Contract | None) -> dict[str, str]:
    labels = labels_of(rows) | {"run.name": "Name of the run", "run.json": "JSON", "run.url": "Link"}
    for index, name in enumerate(_metric_names(contract)):
        labels[f"run.value.{index}"] = name
    return labels


def _metric_names(contract: Contract | None) -> list[str]:
    return [contract.optimised.name, *(metric.name for metric in contract.thresholded)] if contract else []


def _runs(form: Form) -> list[RunDraft]:
    """The runs of a form. A value left empty is not measured; it makes the run not evaluable, never zero."""
    if form.given("json"):
        try:
            data = json.loads(form.text("json"))
        except (ValueError, RecursionError) as error:
            where = f" near line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            raise Invalid.one("json", f"That is not JSON{where}; an object or a list of objects is needed.") from None
        return [build(RunDraft, item) for item in (data if isinstance(data, list) else [data])]
    metrics = {
        form.text(f"metric.{index}"): form.text(f"value.{index}")
        for index in _metric_rows(form)
        if form.given(f"value.{index}")
    }
    return [build(RunDraft, {"name": form.text("name"), "url": form.text("url"), "metrics": metrics})]


def _metric_rows(form: Form) -> list[int]:
    return [n for n in range(MAX_METRICS) if form.given(f"metric.{n}")]


def _run_messages(error: Invalid, form: Form) -> dict[str, str]:
    """Errors by field of the form: the value of a metric is named by its place there."""
    places = {f"metrics.{form.text(f'metric.{n}')}": f"value.{n}" for n in _metric_rows(form)}
    renamed = [item.model_copy(update={"field": places.get(item.field, item.field)}) for item in error.errors]
    return messages(Invalid(renamed))


def _lines(contract: Contract, verdict: Verdict, runs: tuple[Run, ...]) -> list[Line]:
    """The runs, those that qualify first and the best of them on top; the others by how far they miss."""
    by_id = {run.id: run for run in runs}
    sign = -1.0 if contract.optimised.direction == "maximise" else 1.0
    order = {"qualified": 0, "disqualified": 1, "not_evaluable": 2}

    def rank(judged: RunVerdict) -> tuple[int, float, int]:
        value = judged.metrics[0].value or 0.0
        return (
            order[judged.status],
            sign * value if judged.status == "qualified" else judged.shortfall or 0.0,
            judged.run,
        )

    units = {contract.optimised.name: contract.optimised.unit}
    units.update({metric.name: metric.unit for metric in contract.thresholded})
    return [
        Line(
            name=judged.name,
            status=judged.status,
            wins=judged.name in verdict.winners,
            pareto=judged.name in verdict.pareto,
            nearest=judged.name in verdict.nearest,
            cells=tuple(_cell(metric, units[metric.name]) for metric in judged.metrics),
            run=by_id[judged.run],
        )
        for judged in sorted(verdict.runs, key=rank)[:SHOWN]
    ]


def against_baseline(over: float) -> str:
    """How a value compares with the baseline; the direction of the metric is in the sign already."""
    if not over:
        return "as the baseline"
    return f"{measure(abs(over))} {'better' if over > 0 else 'worse'}"


def _cell(metric: MetricVerdict, unit: str) -> Cell:
    note = ""
    if metric.status == "measured" and metric.over_baseline is not None:
        note = against_baseline(metric.over_baseline)
    elif metric.status == "met":
        note = f"{measure(metric.margin)} to spare" if metric.margin else "just met"
    elif metric.status == "breached":
        note = f"misses by {measure(abs(metric.margin or 0.0))}"
    return Cell("missing" if metric.value is None else measure(metric.value, unit), metric.status, note)
