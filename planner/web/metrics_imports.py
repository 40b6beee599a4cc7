"""Bringing the runs of a file into a project, looked at first and then for real."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Invalid, TooLarge, Unreadable
from planner.domain.metrics_imports import MAX_RUNS, RunImportReport
from planner.readers.limits import Limits
from planner.readers.run_files import FileSource
from planner.readers.run_tables import RunMapping
from planner.services import metrics_imports as service
from planner.services import projects
from planner.services.workspace import Workspace
from planner.web.errors import status_of
from planner.web.forms import Form, Posted, build, messages
from planner.web.pages import Here, is_partial, page, partial

router = APIRouter()

SOURCES = (
    ("", "What its name says"),
    ("csv", "A table"),
    ("json", "JSON"),
    ("mlflow", "MLflow, as CSV"),
    ("tensorboard", "TensorBoard, an event file"),
    ("wandb", "Weights & Biases"),
    ("neptune", "Neptune"),
)
DECIMALS = (("", "Each column says it"), (".", "A point: 1,234.5"), (",", "A comma: 1.234,5"))
LABELS = {"file": "File", "source": "What it is", "columns": "Columns", "decimal": "Decimals", "link": "Link"}


@router.get("/projects/{ref}/runs/import")
def show(request: Request, ws: Here, ref: str) -> Response:
    """The form for a file."""
    return _page(request, ws, ref, {}, {}, None)


@router.post("/projects/{ref}/runs/import")
def import_runs(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Says what a file would do, or does it.

    The report is the answer to either, so there is no redirect; sending the same file again changes nothing.
    """
    projects.get_project(ws, ref)  # one that is not there is answered as such, whatever was sent
    try:
        report = _import(request, ws, ref, form)
    except Invalid as error:
        found = messages(error)
        errors = {name: text for name, text in found.items() if name in LABELS}
        others = [f"{name}: {text}" if name else text for name, text in found.items() if name not in LABELS]
        if others:
            errors["file"] = "\n".join(others)
        return _page(request, ws, ref, form.values, errors, None, 422)
    except (TooLarge, Unreadable) as error:
        return _page(request, ws, ref, form.values, {"file": str(error)}, None, status_of(error))
    return _page(request, ws, ref, form.values, {}, report)


def _import(request: Request, ws: Workspace, ref: str, form: Form) -> RunImportReport:
    upload = form.files.get("file")
    if upload is None:
        raise Invalid.one("file", "Choose a file.")
    most = request.app.state.settings.import_max_bytes
    source = next((one for one in get_args(FileSource) if one == form.text("source")), None)
    said = {"columns": _columns(form), "decimal": form.given("decimal"), "link": form.text("link")}
    return service.import_run_file(
        ws,
        ref,
        upload.content,
        upload.name,
        source,
        build(RunMapping, said),
        dry_run=form.text("action") != "import",
        limits=Limits(max_bytes=most),
    )


def _columns(form: Form) -> dict[str, str]:
    """`recall = val_recall`, a line for each."""
    columns = {}
    for line in form.lines("columns"):
        what, sign, column = (part.strip() for part in line.partition("="))
        if not (what and sign and column):
            raise Invalid.one("columns", f"Write it as recall = val_recall, not '{line[:60]}'.")
        columns[what] = column
    return columns


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    values: dict[str, str],
    errors: dict[str, str],
    report: RunImportReport | None,
    status: int = 200,
) -> Response:
    project = projects.get_project(ws, ref)
    if is_partial(request):
        return partial(
            request,
            "metrics/_imported_runs.html",
            status,
            project=project,
            import_errors=errors,
            import_report=report,
            import_labels=LABELS,
        )
    return page(
        request,
        "metrics/import_runs.html",
        slug=project.portfolio,
        section="Projects",
        tab="Runs",
        status=status,
        project=project,
        import_values=values,
        import_errors=errors,
        import_report=report,
        import_labels=LABELS,
        import_sources=SOURCES,
        import_decimals=DECIMALS,
        largest=request.app.state.settings.import_max_bytes // (1024 * 1024),
        most=MAX_RUNS,
    )
