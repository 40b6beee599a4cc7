"""A report as PDF, set by typst: tagged, with page numbers, without a look at the network or at other files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst

from planner.domain.report import PortfolioReport, ProjectReport
from planner.domain.wording import day, measure, moment, num, pct, signed
from planner.paths import templates_dir
from planner.render.prose import blocks

FONTS = Path(__file__).resolve().parent / "fonts"


@cache
def _fonts() -> typst.Fonts:
    """The report's own fonts first; the system's for scripts that they do not have. Looked for once."""
    return typst.Fonts(include_system_fonts=True, font_paths=[FONTS] if FONTS.is_dir() else [])


def report_pdf(
    report: ProjectReport | PortfolioReport, chart: str, alt: str, run_charts: Mapping[str, str] | None = None
) -> bytes:
    """The report as a PDF document; `chart` is its matrix as SVG and `alt` the matrix in words.

    `run_charts` are those of a project's runs as SVG, by name; the words of each are in its own label.
    """
    drawn = run_charts or {}
    data = {"report": _for_typst(report), "texts": _texts(report), "alt": alt}
    reports = templates_dir() / "reports"
    compiler = typst.Compiler(
        reports / "plan.typ",
        root=reports,
        font_paths=_fonts(),
        sys_inputs={
            "data": orjson.dumps(data).decode(),
            "chart": chart,
            "tradeoff": drawn.get("tradeoff", ""),
            "progress": drawn.get("progress", ""),
        },
    )
    document = compiler.compile(format="pdf", timestamp=int(report.generated_at.timestamp()))
    assert isinstance(document, bytes)
    return document


def picture_png(svg: str, width_cm: float = 16) -> bytes:
    """An SVG as PNG, for formats that know no SVG."""
    source = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: '
    compiler = typst.Compiler(source + f"{width_cm:g}cm)".encode(), font_paths=_fonts(), sys_inputs={"svg": svg})
    picture = compiler.compile(format="png", ppi=220)
    assert isinstance(picture, bytes)
    return picture


def _for_typst(report: ProjectReport | PortfolioReport) -> Any:
    """The report as data, without the points of the charts: these show them, and there may be thousands."""
    data = report.model_dump(exclude={"matrix": {"points", "stacks"}, "tradeoff": True, "progress": True})
    data["matrix"] |= {"scored": report.matrix.scored, "total": report.matrix.total}
    return with_texts(data)


def with_texts(value: Any) -> Any:
    """The data with each number and each time beside its texts, so that paper and page show the very same digits."""
    match value:
        case dict():
            return {name: with_texts(item) for name, item in value.items()}
        case list() | tuple():
            return [with_texts(item) for item in value]
        case float():
            texts = {"one": num(value, 1), "two": num(value), "pct": pct(value), "rest": pct(1 - value)}
            return texts | {"value": value, "measure": measure(value), "signed": signed(value)}
        case datetime():
            return {"day": day(value), "moment": moment(value)}
        case _:
            return value


def _texts(report: ProjectReport | PortfolioReport) -> dict[str, Any]:
    """The Markdown texts of the report as blocks of plain runs."""
    risks = report.risks if isinstance(report, ProjectReport) else None
    return {"summary": blocks(report.summary), "risks": blocks(risks)}
