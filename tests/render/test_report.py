"""The four formats of a report hold the same facts, and no text of a user becomes markup in any of them."""

from __future__ import annotations

import re
import sys
import time
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import docx
import html5lib
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from planner.domain.errors import Conflict
from planner.domain.report import PortfolioReport, ProjectReport, build_portfolio_report, build_project_report
from planner.domain.wording import day, measure, num
from planner.render.prose import blocks
from planner.render.report import MEDIA_TYPES, Format, report_bytes, report_html, report_markdown
from tests.support.reports import (
    NOW,
    nothing_stated,
    portfolio_record,
    shipped_playbook,
    told_in_full,
)

FORMATS: tuple[Format, ...] = ("html", "pdf", "md", "docx")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '#panic("stop") $x$ *bold* _it_ @ref <label> \\ [a](b)',
    "{{ 7 * 7 }} {% raw %}",
    "x" * 300,
    "تنبؤ بمغادرة العملاء",
    "🦊 plan 漢字",
    "a\u202eb\u0007c",
    "| cell | `code` ~~gone~~",
)


def project_report(name: str | None = None) -> ProjectReport:
    changes = {} if name is None else {"name": name, "summary": name, "risks": name, "owner": name}
    return build_project_report(told_in_full(**changes), shipped_playbook(), NOW)


def portfolio_report(count: int = 24, name: str | None = None) -> PortfolioReport:
    record = portfolio_record(count)
    if name is not None:
        named = tuple(project.model_copy(update={"name": name}) for project in record.projects)
        record = record.model_copy(update={"projects": named})
    return build_portfolio_report(record, shipped_playbook(), NOW)


def shown(content: bytes, kind: Format) -> str:
    """What a person reads, without spaces, since every format breaks its lines elsewhere."""
    match kind:
        case "html":
            body = html5lib.parse(content, namespaceHTMLElements=False).find("body")
            assert body is not None
            text = "".join(body.itertext())
        case "pdf":
            text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
        case "md":
            text = "".join("".join(run.text for run in block.runs) for block in blocks(content.decode()))
        case "docx":
            document = docx.Document(BytesIO(content))
            cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
            text = "".join((*(paragraph.text for paragraph in document.paragraphs), *cells))
    return squeezed(text)


def squeezed(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in "\u200b\u00ad")


def words(value: object) -> Iterator[str]:
    """The texts that a reader of the report must find, from the report itself."""
    match value:
        case dict():
            for item in value.values():
                yield from words(item)
        case list() | tuple():
            for item in value:
                yield from words(item)
        case str():
            yield value
        case datetime():
            yield day(value)


def reasons_of(report: ProjectReport) -> Iterator[str]:
    for dimension in report.dimensions:
        yield from (dimension.name, dimension.aggregation)
        for criterion in dimension.criteria:
            yield from (criterion.name, criterion.question)
            for answer in criterion.answers:
                yield from (answer.label, answer.rationale, answer.evidence, answer.assessor)
    for question in report.open_questions:
        yield from (question.criterion, question.detail)


def facts_of(report: ProjectReport) -> Iterator[str]:
    yield from (report.title, report.key, day(report.generated_at))
    yield from report.sentences
    for fact in report.facts:
        yield from (fact.name, fact.value or "not stated")
    for interval in (report.standing.impact, report.standing.feasibility, report.standing.priority):
        yield from (num(interval.expected), f"{num(interval.low)}–{num(interval.high)}")
    assert report.quadrant is not None
    assert report.archetype is not None
    assert report.contract is not None
    assert report.stage is not None
    yield from (report.quadrant.name, report.quadrant.advice)
    yield from reasons_of(report)
    yield from words(report.archetype.model_dump())
    for metric in report.contract.thresholded:
        yield from (metric.name, measure(metric.threshold, metric.unit), metric.reason)
    for run in report.runs:
        yield run.name
        yield from (measure(verdict.value) for verdict in run.metrics)
    yield from (line.name for line in (*report.stage.gate, *report.stage.tasks))
    yield from (line.why for line in report.stage.gate)
    for move in report.transitions:
        yield from (day(move.at), move.to, move.reason or "", move.note, *move.open_points)
    for area in report.areas:
        yield area.name
        for line in area.lines:
            yield from (line.name, line.tool, (line.status or "not stated").replace("_", " "))
    yield from (*report.later, *report.not_applicable)
    yield from words([attribute.model_dump() for attribute in report.attributes])
    for event in report.events:
        yield event.action
        yield from (change.new or "" for change in event.changes)


def facts_of_portfolio(report: PortfolioReport) -> Iterator[str]:
    yield from (report.title, report.slug, day(report.generated_at), *report.sentences)
    for fact in report.figures:
        yield from (fact.name, fact.value or "")
    for line in report.top:
        yield from (line.key, line.name, line.owner or "", line.stage or "–", line.status or "")
        for interval in (line.standing.impact, line.standing.feasibility, line.standing.priority):
            yield f"{num(interval.expected, 1)}({num(interval.low, 1)}–{num(interval.high, 1)})"
    for quadrant in report.quadrants:
        yield from (quadrant.name, quadrant.advice, f"{quadrant.count:,} project")
        yield f"{quadrant.not_listed:,} more are" if quadrant.not_listed else ""
    yield from (fact.value or "" for fact in report.not_scored.lines)
    yield f"{report.top_not_listed:,} more scored projects are not listed" if report.top_not_listed else ""
    yield from (*report.stages.statuses, *(row.name for row in report.stages.rows))
    for contract in report.contracts.lines:
        yield from (contract.name, f"{contract.qualified} of {contract.runs}", measure(contract.best))
    yield from (component.name for component in report.components)
    yield from words([fact.model_dump() for fact in report.method.aggregations])
    yield report.method.source


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_of_a_project_holds_the_facts(kind: Format) -> None:
    report = project_report()
    text = shown(report_bytes(report, kind), kind)

    assert [fact for fact in facts_of(report) if squeezed(fact) not in text] == []


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("count", [24, 400])
def test_every_format_of_a_portfolio_holds_the_facts(kind: Format, count: int) -> None:
    report = portfolio_report(count)
    text = shown(report_bytes(report, kind), kind)

    assert [fact for fact in facts_of_portfolio(report) if squeezed(fact) not in text] == []


@pytest.mark.parametrize("kind", FORMATS)
def test_what_nobody_stated_is_said_to_be_so(kind: Format) -> None:
    report = build_project_report(nothing_stated(), shipped_playbook(), NOW)
    text = shown(report_bytes(report, kind), kind)

    for said in (
        *report.sentences,
        "No archetype is stated",
        "No metric contract has been agreed.",
        "No stage is stated.",
        "No risks are stated.",
        "No change is recorded.",
        "Not scored yet",
    ):
        assert squeezed(said) in text


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", FORMATS)
def test_a_hostile_name_stays_text(kind: Format, name: str) -> None:
    for report in (project_report(name), portfolio_report(5, name)):
        content = report_bytes(report, kind)
        if kind == "html":
            page = html5lib.parse(content, namespaceHTMLElements=False)
            assert not list(page.iter("script"))
            assert not list(page.iter("img"))
            assert not [n for node in page.iter() for n in node.attrib if n.startswith("on")]
        if name.isascii() and name.isprintable() and kind != "pdf":
            assert squeezed(name) in shown(content, kind)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.isascii()])
def test_the_pdf_prints_a_hostile_name_as_it_is(name: str) -> None:
    assert squeezed(name) in shown(report_bytes(project_report(name), "pdf"), "pdf")


def test_a_text_of_the_greatest_length_fits_into_every_format() -> None:
    long = "word " * 3999
    record = told_in_full(summary=long, risks=long)
    answers = tuple(answer.model_copy(update={"rationale": long}) for answer in record.answers)
    report = build_project_report(record.model_copy(update={"answers": answers}), shipped_playbook(), NOW)

    assert shown(report_bytes(report, "pdf"), "pdf").count("word" * 20) >= 3999 // 25 * 7
    for kind in ("html", "md", "docx"):
        assert report_bytes(report, kind)


def test_the_pdf_is_tagged_titled_and_numbered() -> None:
    reader = PdfReader(BytesIO(report_bytes(project_report(), "pdf")))
    pages = [page.extract_text() for page in reader.pages]

    assert "/StructTreeRoot" in reader.root_object
    assert str(reader.root_object["/Lang"]).startswith("en")
    assert reader.metadata is not None
    assert reader.metadata.title == "Churn early warning (P-3)"
    for number, text in enumerate(pages, 1):
        assert f"{number}/{len(pages)}" in squeezed(text)
        if number > 1:
            assert "P-3" in text
            assert "12 Mar 2026" in text


def test_the_pdf_carries_its_own_font() -> None:
    page = PdfReader(BytesIO(report_bytes(project_report(), "pdf"))).pages[0]
    resources = page["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"].get_object()
    assert isinstance(fonts, DictionaryObject)
    names = [str(font.get_object()) for font in fonts.values()]

    assert any("Inter-Regular" in name for name in names)


@pytest.mark.parametrize("kind", ["html", "pdf", "md"])
def test_the_same_report_gives_the_same_bytes(kind: Format) -> None:
    assert report_bytes(project_report(), kind) == report_bytes(project_report(), kind)


def test_a_page_of_its_own_fetches_nothing_and_runs_nothing() -> None:
    for report in (project_report(), portfolio_report()):
        page = html5lib.parse(report_html(report), namespaceHTMLElements=False)
        addresses = [node.get("src") or node.get("href") for node in page.iter() if node.tag != "a"]
        assert not any(addresses)
        assert not list(page.iter("script"))
        css = "".join("".join(style.itertext()) for style in page.iter("style"))
        assert re.findall(r"url\((?!\"data:font/woff2;base64,)", css) == []
        assert "@import" not in css


def test_a_page_for_a_server_links_its_sheets_and_holds_nothing_inline() -> None:
    page = html5lib.parse(report_html(project_report(), ["/static/report.css"]), namespaceHTMLElements=False)

    assert [link.get("href") for link in page.iter("link")] == ["/static/report.css"]
    assert not list(page.iter("style"))
    assert not [node for node in page.iter() if node.get("style")]


def test_a_page_is_sound_html_with_one_heading_of_the_first_rank() -> None:
    for report in (project_report(), portfolio_report()):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        page = parser.parse(report_html(report))
        assert [error for error in parser.errors if error[1] != "expected-doctype-but-got-chars"] == []
        assert len(list(page.iter("h1"))) == 1
        assert page.get("lang") == "en"
        assert all(list(table.iter("th")) for table in page.iter("table"))


def test_markdown_tables_are_whole() -> None:
    for report in (project_report(), portfolio_report()):
        tables = re.findall(r"(?:^\|.*\n)+", report_markdown(report), re.MULTILINE)
        assert len(tables) > 5
        for table in tables:
            rows = [re.sub(r"\\\|", "", row).count("|") for row in table.splitlines()]
            assert len(set(rows)) == 1
            assert len(rows) >= 3


def test_a_docx_holds_the_matrix_as_a_picture() -> None:
    with ZipFile(BytesIO(report_bytes(project_report(), "docx"))) as file:
        pictures = [name for name in file.namelist() if name.startswith("word/media/")]
        assert len(pictures) == 1
        assert file.read(pictures[0]).startswith(b"\x89PNG")


def test_without_the_extra_docx_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)

    with pytest.raises(Conflict, match=r"ml-portfolio-planner\[docx\]"):
        report_bytes(project_report(), "docx")


def test_the_pdf_of_a_project_takes_less_than_a_second() -> None:
    report = project_report()

    assert min(_seconds(report) for _ in range(3)) < 1


def _seconds(report: ProjectReport) -> float:
    start = time.perf_counter()
    report_bytes(report, "pdf")
    return time.perf_counter() - start


def test_the_report_of_a_large_portfolio_stays_small() -> None:
    report = portfolio_report(2130)

    pdf = report_bytes(report, "pdf")

    assert len(report_bytes(report, "html")) < 300_000
    assert len(pdf) < 1_000_000
    assert len(PdfReader(BytesIO(pdf)).pages) < 10


def test_every_format_has_its_media_type() -> None:
    assert set(MEDIA_TYPES) == set(FORMATS)
