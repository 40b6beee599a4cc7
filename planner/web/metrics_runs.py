"""The runs of a project: how each stands, the charts, and the forms that record a run or what is in production."""

from __future__ import annotations

import json
from typing import Annotated, cast, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid
from planner.domain.metrics import Contract
from planner.domain.metrics_relaxation import first_to_relax
from planner.domain.metrics_runs import RunDraft
from planner.render.metrics_progress import progress_svg
from planner.render.metrics_tradeoff import tradeoff_svg
from planner.services import metrics_runs, metrics_seen, projects
from planner.services.metrics_seen import JudgedRuns, RunsQuery, Shown
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages, small_number
from planner.web.metrics_lines import line_of, stated
from planner.web.pages import Here, page, see_other

router = APIRouter()

MAX_METRICS = 60  # of one contract; it has 51 at most
VERDICTS = (
    ("", "All runs"),
    ("winner", "Winner, and those as good"),
    ("qualified", "Qualified"),
    ("pareto", "Pareto front"),
    ("disqualified", "Disqualified"),
    ("not_evaluable", "Not evaluable"),
)
Text = Annotated[str, Query(max_length=300)]


@router.get("/projects/{ref}/runs")
def show(
    request: Request, ws: Here, ref: str, verdict: Text = "", q: Text = "", pos: Text = "", metric: Text = ""
) -> Response:
    """The runs under the present contract, the best first."""
    return _page(request, ws, ref, _query(verdict, q, pos, metric))


@router.post("/projects/{ref}/runs")
def record(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Records a run that was typed in, or the runs of a JSON text."""
    try:
        metrics_runs.record_runs(ws, ref, _drafts(form))
    except (Invalid, Conflict) as error:
        found = _run_messages(error, form) if isinstance(error, Invalid) else {"name": str(error)}
        told = {"json": "; ".join(found.values())} if form.given("json") else found
        values = {f"run.{name}": value for name, value in form.values.items()}
        errors = {f"run.{name}": text for name, text in told.items()}
        status = 422 if isinstance(error, Invalid) else 409
        return _page(request, ws, ref, RunsQuery(), values, errors, status)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/runs", "runs", key)


@router.post("/projects/{ref}/production")
def promote(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """States which run is in production now; a form without a run takes the last one out."""
    run = form.given("run")
    try:
        metrics_runs.record_promotion(ws, ref, run, form.text("note")[:300])
    except (Conflict, Invalid) as error:
        said = error.errors[0].message if isinstance(error, Invalid) else str(error)
        status = 422 if isinstance(error, Invalid) else 409
        return _page(request, ws, ref, RunsQuery(), errors={"": said}, status=status)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/runs", "production", key)


def _query(verdict: str, q: str, pos: str, metric: str) -> RunsQuery:
    """What the address asks for; what cannot be understood in it asks for nothing."""
    known = cast(Shown, verdict) if verdict in get_args(Shown) else None
    return RunsQuery(verdict=known, q=q.replace("\x00", ""), page=small_number(pos) or 1, metric=metric)


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    query: RunsQuery,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    project = projects.get_project(ws, ref)
    seen = metrics_seen.look_at_runs(ws, ref, query)
    judged = seen if isinstance(seen, JudgedRuns) else None
    contract = judged.contract if judged else None
    path = f"/projects/{project.key}/runs"
    return page(
        request,
        "metrics/runs.html",
        slug=project.portfolio,
        section="Projects",
        tab="Runs",
        status=status,
        project=project,
        judged=judged,
        unjudged=None if judged else seen,
        stated=stated,
        contract=contract,
        lines=[line_of(shown, judged.contract) for shown in judged.runs] if judged else [],
        first=first_to_relax(judged.effects) if judged else None,
        charted=metrics_seen.charted(judged.contract) if judged else (),
        charts=_charts(request, ws, judged, path) if judged else {},
        query=query,
        verdicts=VERDICTS,
        address=lambda **changes: path + _address(query, **changes),
        values=values or {},
        errors=errors or {},
        labels=_labels(contract),
    )


def _address(query: RunsQuery, **changes: object) -> str:
    """The state of the view as it stands in an address, defaults left out, with some changed."""
    state: dict[str, object] = {
        "verdict": query.verdict or "",
        "q": query.q,
        "pos": query.page if query.page > 1 else "",
        "metric": query.metric,
        **changes,
    }
    text = urlencode({name: value for name, value in state.items() if value})
    return f"?{text}" if text else ""


def _charts(request: Request, ws: Workspace, judged: JudgedRuns, path: str) -> dict[str, tuple[Markup, Markup]]:
    """Each chart for wide screens and for narrow ones. Their templates escape every name."""
    environment, now = cast(Environment, request.app.state.templates), ws.clock()
    charts: dict[str, tuple[Markup, Markup]] = {}
    if judged.tradeoff is not None:
        link = f"{path}?q="
        wide = tradeoff_svg(environment, judged.tradeoff, "wide", link)
        narrow = tradeoff_svg(environment, judged.tradeoff, "narrow", link)
        charts["tradeoff"] = Markup(wide), Markup(narrow)  # noqa: S704
    if judged.progress is not None and (judged.progress.steps or judged.progress.production):
        wide, narrow = (progress_svg(environment, judged.progress, now, size) for size in ("wide", "narrow"))
        charts["progress"] = Markup(wide), Markup(narrow)  # noqa: S704
    return charts


def _labels(contract: Contract | None) -> dict[str, str]:
    labels = {"run.name": "Name of the run", "run.json": "JSON", "run.url": "Link"}
    for index, name in enumerate(contract.columns if contract else ()):
        labels[f"run.value.{index}"] = name
    return labels


def _drafts(form: Form) -> list[RunDraft]:
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
