"""The baselines of a project, the gap to its best run, and its test error taken apart."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Query, Request
from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import Response

from planner.domain.baseline_gap import BaselineGap, MetricGap
from planner.domain.baselines import Baseline, BaselineDraft
from planner.domain.error_analysis import SETS, ErrorAnalysisDraft, ErrorDecomposition
from planner.domain.errors import Conflict, Invalid
from planner.domain.metrics import Contract
from planner.render.baseline_charts import ladder_svg, waterfall_svg
from planner.services import baselines as service
from planner.services import metrics, portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages, typed_number
from planner.web.pages import Here, page, see_other

router = APIRouter()

MAX_ROWS = 160  # values in the form: those of a contract, those of a baseline, and one more
CHARTED = 12  # metrics with a chart; the table beside has all
SHOWN = 100  # lines of a table; REST gives all
FAIR = (("unknown", "Nobody has checked"), ("yes", "Yes: same data, same measure"), ("no", "No"))
SCALES = (
    ("error", "Errors as they are: lower is better"),
    ("share", "Shares from 0 to 1: the error is 1 − x"),
    ("percent", "Per cent: the error is 100 − x"),
    ("value", "Higher is better: the error is what lies below the best baseline"),
)
LABELS = {
    "kind": "Kind",
    "name": "Name",
    "metrics": "Values",
    "note": "How it was measured",
    "url": "Source",
    "fair": "Is the comparison fair?",
    "other": "Another metric",
}
ERROR_LABELS = {
    "human": "Best baseline, people at best",
    "train": "Training",
    "validation": "Validation",
    "train_validation": "Validation, like the training data",
    "test_validation": "Validation, like the test data",
    "test": "Test",
    "metric": "Metric",
    "scale": "What the numbers are",
    "unit": "Unit",
    "run": "Run",
    "remark": "Remark",
}
Named = Annotated[str | None, Query(max_length=300)]


@dataclass(frozen=True)
class Drawn:
    """A metric of the gap with its chart for wide screens and for narrow ones; none when there is nothing to draw."""

    gap: MetricGap
    charts: tuple[Markup, Markup] | None


@router.get("/projects/{ref}/baselines")
def show(request: Request, ws: Here, ref: str, correct: Named = None) -> Response:
    """The gap, the baselines and the error taken apart; `correct` puts a baseline into the form."""
    return _page(request, ws, ref, correct=correct)


@router.post("/projects/{ref}/baselines")
def record(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """States a baseline, or corrects one. The form comes back as it was filled in when it is not accepted."""
    try:
        service.record_baseline(ws, ref, _draft(form))
    except Invalid as error:
        return _page(request, ws, ref, typed=form, errors=_messages(error, form), status=422)
    except Conflict as error:
        return _page(request, ws, ref, typed=form, errors={"": str(error)}, status=409)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/baselines", "baseline", key)


@router.post("/projects/{ref}/baselines/withdraw")
def withdraw(ws: Here, ref: str, form: Posted) -> Response:
    """Takes a baseline away."""
    key = projects.get_project(ws, ref).key
    with suppress(Invalid):  # somebody else was quicker: it is away, as was asked
        service.withdraw_baseline(ws, ref, form.text("name"), form.text("note"))
    return see_other(f"/projects/{key}/baselines", "unbaselined", key)


@router.post("/projects/{ref}/error-analysis")
def analyse(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Records what a model measures on each data set."""
    numbers = {name: form.text(name) for name in SETS}
    values: dict[str, object] = {name: form.given(name) for name in (*SETS, "metric", "scale", "unit")}
    try:
        said = {**values, "run": form.text("run"), "note": form.text("note")}
        service.record_error_analysis(ws, ref, build(ErrorAnalysisDraft, said, numbers))
    except Invalid as error:
        found = messages(error)
        if "note" in found:  # the other form has a field of this name
            found["remark"] = found.pop("note")
        return _page(request, ws, ref, analysed=form, wrong=found, status=422)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/baselines#errors", "analysed", key)


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    *,
    correct: str | None = None,
    typed: Form | None = None,
    errors: dict[str, str] | None = None,
    analysed: Form | None = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    contract = metrics.find_contract(ws, ref)
    found, errors_found = service.get_baselines(ws, ref), service.get_error_analyses(ws, ref)
    chosen = next((one for one in found.items if one.name == correct), None)
    names = _names(contract, chosen, typed)
    decomposition = errors_found.decomposition
    last = errors_found.items[-1] if errors_found.items else None
    before = {"metric": last.metric, "scale": last.scale, "unit": last.unit} if last else _before(contract)
    return page(
        request,
        "baselines/project.html",
        slug=project.portfolio,
        section="Projects",
        tab="Baselines",
        status=status,
        project=project,
        playbook=playbook,
        kinds={kind.id: kind for kind in playbook.baseline_kinds},
        choices=[(kind.id, kind.name) for kind in playbook.baseline_kinds],
        contract=contract,
        found=found,
        gap=found.gap,
        drawn=_draw(request, found.gap),
        names=names,
        correcting=chosen,
        values=_values(names, chosen) if typed is None else typed.values,
        errors=errors or {},
        labels={**LABELS, **{f"value.{n}": name for n, name in enumerate(names)}},
        fair=FAIR,
        decomposition=decomposition,
        analyses=errors_found.items[::-1],
        waterfall=_waterfall(request, decomposition),
        measured=before if analysed is None else {**analysed.values, "remark": analysed.text("note")},
        wrong=wrong or {},
        error_labels=ERROR_LABELS,
        scales=SCALES,
        shown=SHOWN,
    )


def _before(contract: Contract | None) -> dict[str, str]:
    """What the form of the errors shows before anything is recorded."""
    if contract is None:
        return {}
    metric = contract.optimised
    return {"metric": metric.name, "unit": metric.unit, "scale": "error" if metric.direction == "minimise" else ""}


def _names(contract: Contract | None, chosen: Baseline | None, typed: Form | None) -> list[str]:
    """The metrics that the form asks for: those of the contract, those of the baseline, those that were asked for."""
    asked = [name for n in range(MAX_ROWS) if typed and (name := typed.given(f"metric.{n}"))]
    if asked:
        return asked
    agreed = [metric.name for metric in contract.metrics] if contract else []
    return list(dict.fromkeys([*agreed, *(chosen.metrics if chosen else ())]))[:MAX_ROWS]


def _values(names: list[str], chosen: Baseline | None) -> dict[str, str]:
    if chosen is None:
        return {"fair": "unknown"}
    values = {name: getattr(chosen, name) for name in ("kind", "name", "note", "url", "fair")}
    stated = {
        f"value.{n}": typed_number(chosen.metrics[name]) for n, name in enumerate(names) if name in chosen.metrics
    }
    return {**values, **stated}


def _draft(form: Form) -> BaselineDraft:
    """The baseline as it was typed. A value left empty states nothing of that metric."""
    typed = {form.text(f"metric.{n}"): form.text(f"value.{n}") for n in range(MAX_ROWS) if form.given(f"metric.{n}")}
    if form.given("other"):
        typed[form.text("other")] = form.text("other_value")
    stated = {name: text for name, text in typed.items() if text}
    if not stated:
        raise Invalid.one("metrics", "Give the value of one metric at least.")
    said = {name: form.text(name) for name in ("kind", "name", "note", "url")}
    numbers = {f"metrics.{name}": text for name, text in stated.items()}
    return build(BaselineDraft, {**said, "fair": form.given("fair") or "unknown", "metrics": stated}, numbers)


def _messages(error: Invalid, form: Form) -> dict[str, str]:
    """Errors by field of the form: each value has a box of its own."""
    boxes = {f"metrics.{form.text(f'metric.{n}')}": f"value.{n}" for n in range(MAX_ROWS) if form.given(f"metric.{n}")}
    if form.given("other"):
        boxes[f"metrics.{form.text('other')}"] = "other"
    found = messages(error, boxes)
    return {boxes.get(name, name if name in LABELS else "metrics"): text for name, text in found.items()}


def _draw(request: Request, gap: BaselineGap) -> list[Drawn]:
    environment, run = cast(Environment, request.app.state.templates), gap.run
    drawn = []
    for place, metric in enumerate(gap.metrics):
        charts = None
        if metric.rungs and place < CHARTED:  # the template escapes every name
            wide, narrow = ladder_svg(environment, metric, run), ladder_svg(environment, metric, run, "narrow")
            charts = (Markup(wide), Markup(narrow))  # noqa: S704
        drawn.append(Drawn(metric, charts))
    return drawn


def _waterfall(request: Request, found: ErrorDecomposition | None) -> tuple[Markup, Markup] | None:
    """The chart for wide screens and for narrow ones; none before anything can be placed."""
    if found is None or len(found.errors) < 2:
        return None
    environment = cast(Environment, request.app.state.templates)
    wide, narrow = waterfall_svg(environment, found), waterfall_svg(environment, found, "narrow")
    return Markup(wide), Markup(narrow)  # noqa: S704 - the template escapes
