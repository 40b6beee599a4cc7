"""One report object → HTML, PDF, Markdown or DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment
from markupsafe import Markup

from planner.domain.report import PortfolioReport, ProjectReport
from planner.paths import templates_dir
from planner.render.charts import ChartOptions, matrix_svg
from planner.render.pdf import report_pdf
from planner.render.templates import environment, text_environment

Format = Literal["html", "pdf", "md", "docx"]
MEDIA_TYPES: dict[Format, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
STATIC = Path(__file__).resolve().parent.parent / "web" / "static"
STYLESHEETS = ("report.css", "chart.css")


@cache
def _html() -> Environment:
    return environment(templates_dir())


@cache
def _text() -> Environment:
    return text_environment(templates_dir())


@cache
def _css() -> Markup:
    # The sheets are ours and hold no "</": they may stand inside <style> as they are.
    return Markup("\n".join((STATIC / name).read_text(encoding="utf-8") for name in STYLESHEETS))  # noqa: S704


def chart_of(report: ProjectReport | PortfolioReport) -> str:
    """The matrix of a report: of a portfolio in full, of a project the little one with the project marked."""
    if isinstance(report, ProjectReport):
        return matrix_svg(_html(), report.matrix, ChartOptions(size="little", marked=report.key))
    return matrix_svg(_html(), report.matrix, ChartOptions(size="wide"))


def report_html(report: ProjectReport | PortfolioReport, stylesheets: Sequence[str] = ()) -> str:
    """The report as a page. `stylesheets` are the addresses of STYLESHEETS; without them the page carries its own."""
    return (
        _html()
        .get_template(f"reports/{report.kind}.html")
        .render(
            report=report,
            chart=Markup(chart_of(report)),  # noqa: S704 - the chart's template escapes
            stylesheets=stylesheets,
            css=_css(),
        )
    )


def report_bytes(
    report: ProjectReport | PortfolioReport, kind: Format, stylesheets: Sequence[str] = ()
) -> bytes:
    """The report in one of its formats."""
    return report_pdf(report, chart_of(report), "")
