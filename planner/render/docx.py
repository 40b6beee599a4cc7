"""A report as DOCX: its Markdown, laid out by Word's own styles, and the matrix as a picture.

Words are written once, in the Markdown template; here its blocks become paragraphs, lists and tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

from planner.domain.errors import Conflict
from planner.domain.report import PortfolioReport, ProjectReport
from planner.render.prose import Run, runs_of
from planner.render.templates import MARKDOWN

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

CHART_AFTER = 1  # the matrix stands below the second heading of the report
PICTURE_WIDTH_CM = {"project": 9.0, "portfolio": 16.0}


def report_docx(report: ProjectReport | PortfolioReport, markdown: str, picture: bytes) -> bytes:
    """The report as a Word document; `markdown` is its text and `picture` its matrix as PNG.

    Raises Conflict when the extra that writes such files is not installed.
    """
    try:
        import docx  # noqa: PLC0415 - an extra
        from docx.shared import Cm, Pt  # noqa: PLC0415
    except ImportError:
        raise Conflict(
            "DOCX needs the extra `docx`: pip install 'ml-portfolio-planner[docx]'; or take PDF, HTML or Markdown."
        ) from None
    document = docx.Document()
    properties = document.core_properties
    properties.title = _clean(report.title)[:255]  # the most that the format takes
    properties.language, properties.author = "en", ""
    properties.created = properties.modified = report.generated_at.replace(tzinfo=None)
    document.styles["Normal"].font.name = "Inter"
    document.styles["Normal"].font.size = Pt(10)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2)
    _Writer(document, picture, Cm(PICTURE_WIDTH_CM[report.kind])).write(MARKDOWN.parse(markdown))
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


class _Writer:
    """A walk through the tokens of a Markdown text that writes a document."""

    def __init__(self, document: Document, picture: bytes, width: Any) -> None:
        self.document, self.picture, self.width = document, picture, width
        self.lists: list[str] = []
        self.headings = 0
        self.heading = 0
        self.item = False

    def write(self, tokens: Sequence[Token]) -> None:
        walk = iter(tokens)
        for token in walk:
            match token.type:
                case "heading_open":
                    self.heading = int(token.tag[1])
                case "heading_close":
                    self.heading = 0
                case "bullet_list_open":
                    self.lists.append("List Bullet")
                case "ordered_list_open":
                    self.lists.append("List Number")
                case "bullet_list_close" | "ordered_list_close":
                    self.lists.pop()
                case "list_item_open" | "list_item_close":
                    self.item = token.nesting == 1
                case "table_open":
                    self._table(walk)
                case "inline":
                    self._paragraph(runs_of(token))
                case "code_block" | "fence":
                    self._paragraph([Run(token.content.rstrip("\n"), code=True)])

    def _paragraph(self, runs: Sequence[Run]) -> None:
        if self.heading:
            title = "".join(run.text for run in runs)
            self.document.add_heading(_clean(title), 0 if self.heading == 1 else self.heading - 1)
            self.headings += self.heading == 2
            if self.heading == 2 and self.headings == CHART_AFTER:
                self.document.add_picture(BytesIO(self.picture), width=self.width)
            return
        style = f"{self.lists[-1]}{f' {min(3, len(self.lists))}' if len(self.lists) > 1 else ''}" if self.item else None
        _fill(self.document.add_paragraph(style=style), runs)
        self.item = False

    def _table(self, walk: Iterator[Token]) -> None:
        rows: list[list[tuple[list[Run], bool]]] = []
        right = False
        for token in walk:
            match token.type:
                case "table_close":
                    break
                case "tr_open":
                    rows.append([])
                case "th_open" | "td_open":
                    right = "right" in str(token.attrGet("style") or "")
                case "inline":
                    rows[-1].append((runs_of(token), right))
        table = self.document.add_table(rows=len(rows), cols=max(len(row) for row in rows), style="Light List Accent 1")
        for number, row in enumerate(rows):
            cells = table.rows[number].cells  # asked for once: docx walks the whole row each time
            for cell, (runs, to_the_right) in zip(cells, row, strict=False):
                _fill(cell.paragraphs[0], runs)
                if to_the_right:
                    cell.paragraphs[0].alignment = 2
        self.document.add_paragraph()


def _fill(paragraph: Paragraph, runs: Sequence[Run]) -> None:
    for run in runs:
        made = paragraph.add_run(_clean(run.text))
        made.bold, made.italic = run.strong or None, run.emphasis or None
        if run.code:
            made.font.name = "Courier New"


def _clean(text: str) -> str:
    """The text without the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))
