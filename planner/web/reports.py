"""The planning reports as pages: the very report that is printed, with a bar that leads back and to its other forms."""

from __future__ import annotations

from importlib.util import find_spec

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from planner.domain.report import PortfolioReport, ProjectReport
from planner.render.charts import ChartOptions
from planner.render.report import STYLESHEETS, run_charts
from planner.services import reports as service
from planner.web.assets import asset
from planner.web.charts import chart, draw
from planner.web.lists import asked
from planner.web.pages import Here, partial, query

router = APIRouter()

_WORD = (("docx", "Word"),) if find_spec("docx") else ()  # python-docx comes with an extra
FORMATS = (("pdf", "PDF"), *_WORD, ("md", "Markdown"))


@router.get("/projects/{ref}/report")
def show_project(request: Request, ws: Here, ref: str) -> Response:
    """The plan of one project."""
    report = service.get_project_report(ws, ref)
    little = chart(request, report.matrix, ChartOptions(size="little", marked=report.key))
    return _page(request, report, f"/projects/{report.key}", report.key, "", little, Markup(""))


@router.get("/portfolios/{slug}/report")
def show_portfolio(request: Request, ws: Here, slug: str) -> Response:
    """The plan of a portfolio, of the projects that the filters in the address find."""
    filters = asked(request).filters
    report = service.get_portfolio_report(ws, slug, filters)
    drawn = draw(request, ws, slug, filters, ChartOptions(project_link="/projects/"))
    return _page(request, report, f"/portfolios/{slug}", report.title, query(filters), drawn.wide, drawn.narrow)


def _page(
    request: Request,
    report: ProjectReport | PortfolioReport,
    base: str,
    back: str,
    state: str,
    wide: Markup,
    narrow: Markup,
) -> Response:
    response = partial(
        request,
        f"reports/{report.kind}.html",
        report=report,
        chart=wide,
        narrow_chart=narrow,
        run_charts=run_charts(report),
        stylesheets=[asset(name) for name in (*STYLESHEETS, "report-bar.css")],
        css="",
        base=base,
        back=back,
        forms=[(label, f"/api/v1{base}/report.{kind}{state}") for kind, label in FORMATS],
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response
