"""The page that leads to a contract: what is known of each metric, what follows, and the form filled with it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import FieldError, Invalid
from planner.domain.metrics_proposal import MetricNeed, Proposal, ProposalRequest
from planner.domain.metrics_templates import UsualRole
from planner.domain.metrics_words import limit
from planner.domain.playbook import Playbook
from planner.services import metrics as contracts
from planner.services import metrics_agreeing as service
from planner.services import portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages
from planner.web.metrics_form import choices, labels_of, rows_in, typed, values_of_proposal
from planner.web.pages import Here, page

router = APIRouter()

FIRST_ROWS = 3  # where there is nothing to start from
AROUND = (("yes", "Yes"), ("no", "No"))
SENSITIVITY = (("little", "Little"), ("some", "Some"), ("much", "Much"))
IMPORTANCE = (("fully", "Yes"), ("somewhat", "Somewhat"), ("not_yet", "Not yet"))
PARTS = {
    "name": "name",
    "direction": "better is",
    "unit": "unit",
    "needed": "needed",
    "reached": "reached today",
    "around": "engineered around",
    "sensitivity": "choice of model",
    "importance": "matters now",
    "note": "why",
}


@router.get("/projects/{ref}/contract/propose")
def start(request: Request, ws: Here, ref: str, template: str = "") -> Response:
    """The metrics to begin with: of a template, of the present contract, or none."""
    try:
        begun = service.start_proposal(ws, ref, template or None)
    except Invalid as error:
        return _page(request, ws, ref, {}, errors=messages(error), status=422)
    values = {"template": begun.problem_type or ""}
    for row, need in enumerate(begun.metrics):
        values |= _values(row, need)
    return _page(request, ws, ref, values)


@router.post("/projects/{ref}/contract/propose")
def propose(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """What follows from what was typed; or the form with a row more or less. Nothing is stored."""
    action = form.text("action")
    if action == "add" or action.startswith("remove."):
        return _page(request, ws, ref, _with_rows(form, action))
    try:
        proposal = service.propose_contract(ws, ref, _request(form))
    except Invalid as error:
        return _page(request, ws, ref, form.values, errors=_messages(error, form), status=422)
    return _page(request, ws, ref, form.values, proposal=proposal)


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
    proposal: Proposal | None = None,
) -> Response:
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    templates = [
        (template.problem_type, _called(playbook, template.problem_type)) for template in playbook.metric_templates
    ]
    rows = rows_in(values, "metric") or list(range(FIRST_ROWS))
    proposed = values_of_proposal(proposal.lines) if proposal else {}
    proposed_rows = rows_in(proposed, "thresholded")
    return page(
        request,
        "metrics/propose.html",
        slug=project.portfolio,
        section="Projects",
        tab="Contract",
        status=status,
        project=project,
        contract=contracts.find_contract(ws, ref),
        templates=templates,
        values={"template": project.problem_type or "", **values} if not values.get("template") else values,
        rows=rows,
        usual=_usual(ws, ref, values.get("template"), playbook),
        errors=errors or {},
        labels=_labels(rows) | labels_of(proposed_rows),
        arounds=AROUND,
        sensitivities=SENSITIVITY,
        importances=IMPORTANCE,
        proposal=proposal,
        words=[
            "" if line.threshold is None else limit(line.direction, line.threshold, line.unit)
            for line in (proposal.lines if proposal else ())
        ],
        proposed=proposed,
        proposed_rows=proposed_rows,
        **choices(proposed_rows, proposed, {}),
    )


def _usual(ws: Workspace, ref: str, problem_type: str | None, playbook: Playbook) -> dict[str, UsualRole]:
    """What the template in use says, by metric."""
    if playbook.metric_template(problem_type) is None:
        return {}
    return {role.name: role for role in service.start_proposal(ws, ref, problem_type).usual}


def _called(playbook: Playbook, problem_type: str) -> str:
    kind = playbook.problem_type(problem_type)
    return f"{kind.group}: {kind.name}" if kind else problem_type


def _values(row: int, need: MetricNeed) -> dict[str, str]:
    stated = {
        "name": need.name,
        "direction": need.direction,
        "unit": need.unit,
        "needed": typed(need.needed),
        "reached": typed(need.reached),
        "around": "" if need.around is None else "yes" if need.around else "no",
        "sensitivity": need.sensitivity or "",
        "importance": need.importance,
        "note": need.note,
    }
    return {f"metric.{row}.{part}": value for part, value in stated.items()}


def _request(form: Form) -> ProposalRequest:
    metrics, numbers = list[object](), dict[str, str]()
    for place, row in enumerate(_rows(form)):
        at = f"metric.{row}."
        need: dict[str, object] = {part: form.given(at + part) for part in ("needed", "reached", "sensitivity")}
        need |= {part: form.text(at + part) for part in ("name", "direction", "unit", "note")}
        need["importance"] = form.given(at + "importance") or "fully"
        need["around"] = {"yes": True, "no": False}.get(form.text(at + "around"))
        metrics.append(need)
        numbers |= {f"metrics.{place}.{part}": form.text(at + part) for part in ("needed", "reached")}
    return build(ProposalRequest, {"metrics": metrics}, numbers)


def _rows(form: Form) -> list[int]:
    """The rows that hold something beside what a new row has."""
    stated = ("name", "needed", "reached", "note")
    return [row for row in form.indices("metric") if any(form.given(f"metric.{row}.{part}") for part in stated)]


def _messages(error: Invalid, form: Form) -> dict[str, str]:
    """Errors by field of the form, which has rows that hold nothing."""
    rows = _rows(form)
    renamed = []
    for item in error.errors:
        parts = item.field.split(".")
        if parts[0] == "metrics" and len(parts) > 1 and parts[1].isdigit():
            parts = ["metric", str(rows[int(parts[1])]), *(parts[2:3] or ["name"])]
        renamed.append(FieldError(field=".".join(parts), message=item.message))
    return messages(Invalid(renamed))


def _with_rows(form: Form, action: str) -> dict[str, str]:
    gone = f"metric.{action.removeprefix('remove.')}." if action.startswith("remove.") else None
    values = {name: value for name, value in form.values.items() if gone is None or not name.startswith(gone)}
    if action == "add":
        values[f"metric.{max(form.indices('metric'), default=-1) + 1}.direction"] = "maximise"
    return values


def _labels(rows: list[int]) -> dict[str, str]:
    labels = {"metrics": "Metrics", "": "Metrics", "problem_type": "Start from"}
    for position, row in enumerate(rows, 1):
        labels.update({f"metric.{row}.{part}": f"Metric {position}, {word}" for part, word in PARTS.items()})
    return labels
