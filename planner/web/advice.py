"""The page of techniques: the path for a project's problem type, with the ground of each line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.advice_facts import AdviceQuery
from planner.domain.errors import Invalid
from planner.domain.playbook import Playbook
from planner.domain.playbook_advice import Interpretability, Labels, Licence, YesNo
from planner.domain.wording import listed
from planner.services import advice as service
from planner.services import portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Posted, build, messages
from planner.web.pages import Here, page, see_other

router = APIRouter()

FIELDS = tuple(AdviceQuery.model_fields)
NUMBERS = ("data_size", "latency_ms")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "labels": get_args(Labels),
    "edge": get_args(YesNo),
    "licence": get_args(Licence),
    "interpretability": get_args(Interpretability),
    "offline": get_args(YesNo),
    "imbalance": get_args(YesNo),
}


@router.get("/projects/{ref}/advice")
def show(request: Request, ws: Here, ref: str) -> Response:
    """The advice by what is stored and what the address says beside."""
    given = {name: request.query_params.get(name, "").strip() for name in FIELDS if name in request.query_params}
    said = {name: text for name, text in given.items() if text}
    if said != given:  # a form sends empty boxes too
        return RedirectResponse(_address(projects.get_project(ws, ref).key, said), 303)
    return _page(request, ws, ref, said)


@router.post("/projects/{ref}/advice/checklist")
def plan(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Puts what the advice calls for on the checklist, where nothing is stated of it."""
    said = {name: text for name in FIELDS if (text := form.text(name))}
    try:
        done = service.plan_components(ws, ref, _query(said))
    except Invalid:
        return _page(request, ws, ref, said)
    key = projects.get_project(ws, ref).key
    told = f"{key}: {listed(done.planned, 6)}" if done.planned else key
    return see_other(_address(key, said), "planned" if done.planned else "unplanned", told)


def _page(request: Request, ws: Workspace, ref: str, said: Mapping[str, str]) -> Response:
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    errors: dict[str, str] = {}
    try:
        found = service.get_advice(ws, ref, _query(said))
    except Invalid as error:
        errors = messages(error)
        found = service.get_advice(ws, ref, AdviceQuery())
    return page(
        request,
        "advice/techniques.html",
        slug=project.portfolio,
        section="Projects",
        tab="Advice",
        status=422 if errors else 200,
        project=project,
        playbook=playbook,
        advice=found,
        said=said,
        errors=errors,
        labels={fact.constraint: fact.name for fact in found.facts} | {"problem_type": "Problem type"},
        kinds=_kinds(playbook),
        options={name: _options(name, values, playbook) for name, values in CHOICES.items()},
    )


def _query(said: Mapping[str, str]) -> AdviceQuery:
    return build(AdviceQuery, said, {name: said[name] for name in NUMBERS if name in said})


def _address(key: str, said: Mapping[str, str]) -> str:
    return f"/projects/{key}/advice{'?' + urlencode(said) if said else ''}"


def _kinds(playbook: Playbook) -> list[tuple[str, str]]:
    return [(kind.id, f"{kind.group}: {kind.name}") for kind in playbook.problem_types]


def _options(name: str, values: tuple[str, ...], playbook: Playbook) -> list[tuple[str, str]]:
    asked = next((entry for entry in playbook.advice_constraints if entry.id == name), None)
    words = asked.choices if asked else {}
    return [(value, words.get(value, value.replace("_", " ")).capitalize()) for value in values]
