"""Route of /projects/{project}/runs/imports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from pydantic import ValidationError

from planner.api.dependencies import ProjectRef, Space
from planner.api.errors import responses
from planner.api.imports import known_fields
from planner.api.routing import Route
from planner.domain.errors import Invalid, PlannerError
from planner.domain.metrics_imports import RunImportReport
from planner.readers.limits import Limits
from planner.readers.run_files import FileSource
from planner.readers.run_tables import RunMapping
from planner.readers.strict_json import parse_json
from planner.services import metrics_imports

router = APIRouter(prefix="/projects/{project}", tags=["metrics"], route_class=Route)
FIELDS = ("file", "source", "mapping", "dry_run")


@router.post("/runs/imports", responses=responses(404), dependencies=[Depends(known_fields(FIELDS))])
def import_runs(
    request: Request,
    ws: Space,
    project: ProjectRef,
    file: Annotated[UploadFile, File(description="A table, JSON, or an event file of TensorBoard.")],
    source: Annotated[
        FileSource | None, Form(description="What the file is; left out, its name and its headers say it.")
    ] = None,
    mapping: Annotated[
        str,
        Form(description='How it is read, as JSON: {"columns": {"recall": "val_recall"}, "decimal": ",", "link": "…"}'),
    ] = "",
    dry_run: Annotated[bool, Form(description="Only say what would happen.")] = False,
) -> RunImportReport:
    """Import the runs of a file of yours or of a tracker. What is here already is skipped.

    Runs that cannot be taken are told with the reason and do not keep the others out. No tracker is ever fetched.
    """
    most = request.app.state.settings.import_max_bytes
    content = file.file.read(most + 1)
    rules = _mapping(mapping)
    return metrics_imports.import_run_file(
        ws, project, content, file.filename or "", source, rules, dry_run=dry_run, limits=Limits(max_bytes=most)
    )


def _mapping(text: str) -> RunMapping:
    if not text.strip():
        return RunMapping()
    try:
        return RunMapping.model_validate(parse_json(text.encode(), "mapping"))
    except ValidationError as error:
        raise Invalid.from_pydantic(error, "mapping.") from None
    except PlannerError as error:
        raise Invalid.one("mapping", str(error)) from None
