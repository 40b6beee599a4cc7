"""The page of a what-if: which archetype a project is of, what would move it, and what applying that records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Invalid, Stale
from planner.domain.known import not_known, place_of
from planner.domain.playbook import Playbook
from planner.domain.what_if_draft import SAID, draft_of, is_for
from planner.services import portfolios, projects
from planner.services import what_if as service
from planner.services.workspace import Workspace
from planner.web.charts import little_matrix
from planner.web.forms import Form, Posted, messages, small_number
from planner.web.pages import Here, page, see_other

router = APIRouter()

NUMBERS = ("accuracy_from", "accuracy_to", "cost_per_nine")
YES_NO = {"yes": True, "no": False}
GATHERED = ("levers", "classify", "flywheel")
LABELS = {
    "levers": "Levers",
    "classify": "Which archetype",
    "flywheel": "Flywheel test",
    "accuracy_from": "Accuracy now",
    "accuracy_to": "Accuracy that would do",
    "cost_per_nine": "Factor for each nine",
    "assessor": "Who answers",
}


@dataclass(frozen=True)
class Tried:
    """What an address or a form tries, as it was typed."""

    levers: tuple[str, ...]
    classify: Mapping[str, str]
    flywheel: Mapping[str, str]
    evidence: Mapping[str, str]
    numbers: Mapping[str, str]
    assessor: str

    @classmethod
    def of(cls, form: Form) -> Tried:
        """The fields of a form; what is left empty is not tried."""

        def family(name: str) -> dict[str, str]:
            keys = [key for key, _ in form.pairs if key.startswith(f"{name}.")]
            found = {key.removeprefix(f"{name}."): form.text(key) for key in keys}
            return {key: value for key, value in found.items() if value}

        return cls(
            levers=tuple(dict.fromkeys(filter(None, form.all("lever")))),
            classify=family("classify"),
            flywheel={name: said for name, said in family("flywheel").items() if said in SAID},
            evidence=family("evidence"),
            numbers={name: value for name in NUMBERS if (value := form.text(name))},
            assessor=form.text("assessor"),
        )

    @property
    def draft(self) -> dict[str, Any]:
        """The same as the values of a draft."""
        links = {**dict.fromkeys(self.evidence, "unknown"), **self.flywheel}
        return {
            **self.numbers,
            "levers": self.levers,
            "classify": {name: YES_NO[said] for name, said in self.classify.items() if said in YES_NO},
            "flywheel": {
                name: {"answer": said, "evidence": self.evidence.get(name, "")} for name, said in links.items()
            },
        }

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same as an address holds it."""
        pairs = [("lever", name) for name in self.levers]
        for family in ("classify", "flywheel", "evidence"):
            pairs += [(f"{family}.{name}", value) for name, value in getattr(self, family).items()]
        pairs += list(self.numbers.items())
        return [*pairs, ("assessor", self.assessor)] if self.assessor else pairs

    def without(self, *names: str) -> list[tuple[str, str]]:
        """The pairs of all but these fields or families of fields."""
        return [(name, value) for name, value in self.pairs if name.partition(".")[0] not in names]


@router.get("/projects/{ref}/what-if")
def show(request: Request, ws: Here, ref: str) -> Response:
    """The project before and after what the address tries. Nothing is stored."""
    given = request.query_params.multi_items()
    tried = Tried.of(Form(tuple(given)))
    if any(not value.strip() for _, value in given):  # as a form sends them: the address holds only what is tried
        spare = {("assessor", ws.actor), *((name, "unknown") for name, _ in given if name.startswith("flywheel."))}
        return see_other(_address(projects.get_project(ws, ref).key, [p for p in tried.pairs if p not in spare]))
    return _page(request, ws, ref, tried)


@router.post("/projects/{ref}/what-if")
def apply(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Records what the page listed. When the project has changed since, the list is shown anew (412)."""
    tried, expected = Tried.of(form), small_number(form.text("version"))
    try:
        service.apply_what_if(ws, ref, draft_of(tried.draft), tried.assessor, expected)
    except Invalid as error:
        return _page(request, ws, ref, tried, error, 422)
    except Stale:
        return _page(request, ws, ref, tried, status=412, stale=True)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/what-if", "applied", key)


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    tried: Tried,
    error: Invalid | None = None,
    status: int = 200,
    *,
    stale: bool = False,
) -> Response:
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    try:
        found = service.get_what_if(ws, ref, draft_of(tried.draft), tried.assessor)
    except Invalid as wrong:  # what can be understood is shown, and what was typed stays in the form
        error, status = error or wrong, status if stale else 422
        found = service.get_what_if(ws, ref, draft_of({}))
    basis = found.classification.archetype or found.archetype
    return page(
        request,
        "what_if/what_if.html",
        slug=project.portfolio,
        section="Projects",
        tab="Advice",
        status=status,
        project=project,
        playbook=playbook,
        found=found,
        tried=tried,
        stale=stale,
        errors=messages(error, GATHERED) if error else {},
        labels=LABELS,
        names=_names(playbook),
        levers=[(lever, is_for(lever, basis) or is_for(lever, found.archetype_after)) for lever in playbook.levers],
        basis=playbook.archetype(basis),
        values={**tried.numbers, **{f"evidence.{name}": text for name, text in tried.evidence.items()}}
        | {"assessor": tried.assessor or found.recording.assessor},
        before=found.before,
        standing=found.after,
        quadrants=(place_of(found.before, playbook), place_of(found.after, playbook)),
        not_known=not_known(found.after, playbook),
        chart=little_matrix(request, project, found.after, playbook, found.before),
        kept=tried.pairs,
        kept_steps=tried.without("classify"),
        restart=_address(project.key, tried.without("classify")),
        clear=_address(project.key, [pair for pair in tried.pairs if pair[0].startswith("classify.")]),
    )


def _address(key: str, pairs: Sequence[tuple[str, str]]) -> str:
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"/projects/{key}/what-if{query}"


def _names(playbook: Playbook) -> dict[str, str]:
    """What criteria, components and archetypes are called, by id."""
    entries = (*playbook.criteria, *playbook.components, *playbook.archetypes)
    return {entry.id: entry.name for entry in entries}
