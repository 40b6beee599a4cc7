"""One report object → HTML, PDF, Markdown or DOCX."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment
from markupsafe import Markup

from planner.domain.report import PortfolioReport, ProjectReport
from planner.paths import templates_dir
from planner.render.charts import ChartOptions, lay_out, matrix_svg
from planner.render.docx import report_docx
from planner.render.metrics_progress import progress_svg
from planner.render.metrics_tradeoff import SIZES, tradeoff_svg
from planner.render.pdf import picture_png, report_pdf
from planner.render.prose import as_markdown, blocks
from planner.render.templates import environment, text_environment

Format = Literal["html", "pdf", "md", "docx"]
MEDIA_TYPES: dict[Format, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
STATIC = Path(__file__).resolve().parent.parent / "web" / "static"
STYLESHEETS = ("report.css", "chart.css")  # in STATIC
FONT_FILE = re.compile(r'url\("([\w./-]+\.woff2)"\)')


def report_bytes(report: ProjectReport | PortfolioReport, kind: Format, stylesheets: Sequence[str] = ()) -> bytes:
    """The report in one of its formats. Raises Conflict for DOCX when its extra is not installed."""
    if kind == "html":
        return report_html(report, stylesheets).encode()
    if kind == "md":
        return report_markdown(report).encode()
    svg, words = matrix_svg(_html(), report.matrix, _options(report)), lay_out(report.matrix, _options(report)).text
    if kind == "pdf":
        return report_pdf(report, svg, words, {name: wide for name, (wide, _) in run_charts(report).items()})
    return report_docx(report, report_markdown(report), picture_png(svg))


def report_html(report: ProjectReport | PortfolioReport, stylesheets: Sequence[str] = ()) -> str:
    """The report as a page.

    `stylesheets` are the addresses of STYLESHEETS, for a server that allows nothing inline. Without them the page
    carries its own sheets and fonts: a file that looks the same wherever it is opened.
    """
    options = _options(report)
    narrow = "" if options.size == "little" else _chart(report, options.model_copy(update={"size": "narrow"}))
    return (
        _html()
        .get_template(f"reports/{report.kind}.html")
        .render(
            report=report,
            chart=_chart(report, options),
            narrow_chart=narrow,  # for the width of a telephone; the style sheet shows one of the two
            run_charts=run_charts(report),
            stylesheets=stylesheets,
            css="" if stylesheets else _css(),
        )
    )


def report_markdown(report: ProjectReport | PortfolioReport) -> str:
    """The report as Markdown, in which nothing that a person wrote can be markup of another kind than they meant."""
    risks = report.risks if isinstance(report, ProjectReport) else None
    texts = {"summary": as_markdown(blocks(report.summary)), "risks": as_markdown(blocks(risks))}
    text = _text().get_template(f"reports/{report.kind}.md").render(report=report, texts=texts)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)^(\|.*\|)\n\n(?=\|)", r"\1\n", text)).strip() + "\n"


def _options(report: ProjectReport | PortfolioReport) -> ChartOptions:
    """Of a portfolio the matrix in full; of a project the little one, with the project marked."""
    return ChartOptions(size="little", marked=report.key) if isinstance(report, ProjectReport) else ChartOptions()


def _chart(report: ProjectReport | PortfolioReport, options: ChartOptions) -> Markup:
    return Markup(matrix_svg(_html(), report.matrix, options))  # noqa: S704 - the chart's template escapes


def run_charts(report: ProjectReport | PortfolioReport) -> dict[str, tuple[Markup, Markup]]:
    """The charts of a project's runs, wide and narrow: none where there is nothing to draw. Their templates escape."""
    charts = {}
    if isinstance(report, ProjectReport) and report.tradeoff:
        wide, narrow = (tradeoff_svg(_html(), report.tradeoff, size) for size in SIZES)
        charts["tradeoff"] = Markup(wide), Markup(narrow)  # noqa: S704
    if isinstance(report, ProjectReport) and report.progress:
        wide, narrow = (progress_svg(_html(), report.progress, report.generated_at, size) for size in SIZES)
        charts["progress"] = Markup(wide), Markup(narrow)  # noqa: S704
    return charts


@cache
def _html() -> Environment:
    return environment(templates_dir())


@cache
def _text() -> Environment:
    return text_environment(templates_dir())


@cache
def _css() -> Markup:
    """The style sheets with the font in them."""
    css = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in STYLESHEETS)

    def embedded(match: re.Match[str]) -> str:
        return f'url("data:font/woff2;base64,{b64encode((STATIC / match[1]).read_bytes()).decode()}")'

    return Markup(FONT_FILE.sub(embedded, css))  # noqa: S704 - our own sheets, which hold no "</"
