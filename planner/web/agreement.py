"""The page that says how far the assessors agree, and what would settle where they do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from planner.domain.agreement import (
    FEW,
    RELIABLE,
    TENTATIVE,
    CellAgreement,
    ProjectAgreement,
    Said,
)
from planner.domain.assessors import ENOUGH_ANSWERS
from planner.domain.concordance import Metric
from planner.services import agreement as service
from planner.services import portfolios
from planner.web.pages import Here, page

router = APIRouter()

FIRST, SHOWN = 12, 8  # projects told of each kind, and lines that are not folded away
METRICS: tuple[tuple[Metric, str], ...] = (
    ("ordinal", "Order of levels"),
    ("interval", "Distance of levels"),
    ("nominal", "Same or not"),
)


@dataclass(frozen=True)
class Cell:
    """A question of a project as a line of the page."""

    key: str
    name: str
    question: str
    counts: tuple[int, ...]
    said: tuple[Said, ...]
    apart: float  # standard deviation between assessors, in levels
    unsure: float  # what an answer leaves open on average, in levels
    argument: float  # share of the variance that lies between assessors
    overlap: float | None
    top_share: float | None


@router.get("/portfolios/{slug}/agreement")
def show(request: Request, ws: Here, slug: str, metric: Annotated[str, Query()] = "ordinal") -> Response:
    """Which projects need a talk, which need data, how reliable the criteria are, and how people use the scale."""
    chosen = next((known for known, _ in METRICS if known == metric), METRICS[0][0])
    report = service.get_agreement_report(ws, slug, chosen, FIRST)
    playbook = portfolios.get_playbook(ws, slug)
    names = {criterion.id: criterion.name for criterion in playbook.criteria}
    many = [use for use in report.assessors if use.answers >= ENOUGH_ANSWERS or use.remarks]
    present = next((status for status in report.rounds if status.round.is_open), None)
    return page(
        request,
        "agreement/agreement.html",
        today=ws.clock().date(),
        slug=slug,
        section="Agreement",
        report=report,
        found=report.agreement,
        talk=_cells(report.talk, ("talk", "both"), names, lambda cell: cell.between),
        data=_cells(report.data, ("data", "both"), names, lambda cell: cell.within),
        metrics=METRICS,
        metric=chosen,
        present=present,
        few=FEW,
        limits=(TENTATIVE, RELIABLE),
        first=SHOWN,
        many=sorted(many, key=lambda use: (-len(use.remarks), -use.answers, use.assessor)),
        few_answers=[use for use in report.assessors if use not in many],
        enough=ENOUGH_ANSWERS,
        guess=max(playbook.confidences, key=lambda confidence: confidence.spread).name.lower(),
    )


def _cells(
    projects: tuple[ProjectAgreement, ...],
    needs: tuple[str, ...],
    names: dict[str, str],
    part: Callable[[CellAgreement], float],
) -> list[Cell]:
    found = []
    for project in projects:
        wanted = sorted((cell for cell in project.cells if cell.needs in needs), key=part, reverse=True)
        for cell in wanted:
            levels = [said.level for said in cell.said]
            found.append(
                Cell(
                    key=project.key,
                    name=project.name,
                    question=names[cell.criterion],
                    counts=tuple(levels.count(level) for level in range(1, 6)),
                    said=cell.said,
                    apart=sqrt(cell.between),
                    unsure=sqrt(cell.within),
                    argument=cell.between / cell.total if cell.total else 0.0,
                    overlap=cell.overlap,
                    top_share=project.top_share,
                )
            )
    return found
