"""The dossier as a Word document: cover, the tables, the report's chapters, and the list of what was computed.

What the agency typed stands as it was typed; what it left blank is computed where that can be done, and listed at the
end; where it typed something else than is computed, a comment says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from docx.document import Document
from docx.oxml.text.run import CT_R

from perfxl.model import Assessment, Finding, Form
from perfxl.report.arrange import PORTRAIT, PaperCell, PrintedLine, PrintedTable, Words, arrange
from perfxl.report.comments import add_comments
from perfxl.report.drafts import draft_of
from perfxl.report.figures import Computed, ReportFigures
from perfxl.report.remarks import remarks_of
from perfxl.report.sheets import add, begin_section, new_document, number_pages
from perfxl.report.wordxml import add_run, grid_of, paragraph, table
from perfxl.schemes.paper import COMPUTED_LIST, DRAFT_MARK, Paper, Part, Piece
from perfxl.schemes.spec import Fields, Matrix, Scheme, Section, Sections, Table, Text

LIST_NOTE = "本表由系统按填报数据算得。“已填入”的数字原表为空白，在文中以点线标出；填报数与核算数不同的，文中保留填报数，见批注。"
LIST_WIDTHS = (700, 2500, 1300, 2944, 1400)
_SUBHEADING = re.compile(r"（[一二三四五六七八九十]+）[^。；：]{1,36}")
"""A line of a chapter that is a heading of its own: （一）统一优化平台建设."""


def write_dossier(
    form: Form, assessment: Assessment, findings: Sequence[Finding], target: Path, made: date, drafts: bool = True
) -> None:
    """Writes the document of one form.

    Args:
        form: as read.
        assessment: what was computed from it.
        findings: those that hold a figure against a computed one become comments.
        target: the .docx file.
        made: the day that the document bears.
        drafts: whether sentences are offered for blank chapters.

    Raises:
        OutputError: it cannot be written.
    """
    paper = form.scheme.document or paper_of(form.scheme)
    name = form.text("basic.project_name")
    with new_document(target, name or paper.title, made) as document:
        writer = _Writer(document, ReportFigures(form, assessment), paper, drafts)
        writer.write()
        add_comments(document, writer.runs, list(remarks_of(form, assessment, findings)))


def paper_of(scheme: Scheme) -> Paper:
    """The document of a scheme that declares none: its sheets in their order, without what is written back."""
    return Paper(tuple(_part_of(scheme, number) for number in range(len(scheme.sheets))))


def _part_of(scheme: Scheme, number: int) -> Part:
    sheet = scheme.sheets[number]
    pieces: list[Piece] = []
    for block in sheet.blocks:
        match block:
            case Text(text, _, key, fields) if fields:
                pieces.append(Piece("sentence", of=key, text=text))
            case Text(text, "heading" | "note" as show):
                pieces.append(Piece(show, text=text))
            case Text(text, "signature"):
                pieces.append(Piece("signature", text=text))
            case Fields(key, fields):
                own = tuple(datum.key for datum in fields if datum.is_data or datum.holds)
                pieces += [Piece("fields", of=key, columns=own)] if own else []
            case Matrix(key):
                pieces.append(Piece("matrix", of=key))
            case Table(key):
                pieces.append(Piece("table", of=key))
            case Sections(key):
                pieces.append(Piece("sections", of=key))
    while pieces and pieces[-1].show == "heading":
        pieces.pop()
    return Part(sheet.name, tuple(pieces), sheet.landscape)


@dataclass
class _Writer:
    """Writes the parts one after another; keeps the runs of every datum for the comments."""

    document: Document
    figures: ReportFigures
    paper: Paper
    drafts: bool
    runs: dict[str, list[CT_R]] = field(default_factory=dict)

    def write(self) -> None:
        is_first, landscape = True, None
        if self.paper.cover:
            begin_section(self.document, False, is_first=True)
            self._cover()
            is_first = False
        for part in self.paper.parts:
            if part.landscape != landscape:
                section = begin_section(self.document, part.landscape, is_first)
                if landscape is None:
                    number_pages(section)
                is_first, landscape = False, part.landscape
            self._part(part)
        self._list(bool(landscape))

    def _add(self, style: str, text: str, path: str = "") -> None:
        words = add_run(text)
        if path:
            self.runs.setdefault(path, []).append(words)
        add(self.document, paragraph(style, words))

    # -- cover --------------------------------------------------------------------------------------------------------

    def _cover(self) -> None:
        self._add("Title", self.paper.title)
        period = self.figures.text(self.paper.period) if self.paper.period else ""
        self._add("Subtitle", f"（{period}年度）" if period else "")
        lines = []
        for line in self.paper.cover:
            text = self.figures.text(line.of) if line.of else ""
            boxes = PaperCell(line.label, 400, 3200, "CoverLabel"), PaperCell("：", 3200, 3600, "CoverLabel")
            lines.append(PrintedLine((*boxes, PaperCell(text, 3600, 8444, "CoverText")), height=880))
        add(self.document, table(PrintedTable(lines), {}, frozenset(), "CoverTable"))

    # -- parts --------------------------------------------------------------------------------------------------------

    def _part(self, part: Part) -> None:
        self._add("Heading1", part.title)
        is_table = False
        for piece, path in arrange(part, self.figures):
            match piece:
                case PrintedTable():
                    gap = [paragraph("TableBreak" if piece.page else "TableGap")] if is_table else []
                    add(self.document, *gap, table(piece, self.runs, frozenset(self.figures.computed)))
                case Words(text, style, own):
                    self._add(style, text, own)
                case Section():
                    self._section(piece, path)
            is_table = isinstance(piece, PrintedTable)
        if is_table:
            add(self.document, paragraph("TableGap"))

    def _section(self, section: Section, path: str) -> None:
        """A heading and the paragraphs below it; a draft where there are none."""
        if section.chapter:
            self._add("Heading2", section.chapter)
        self._add("Heading3" if section.label.startswith("（") else "Heading2", section.label)
        text = self.figures.text(path)
        for line in text.split("\n"):
            words = line.strip()
            if words:
                self._add("Heading3" if _SUBHEADING.fullmatch(words) else "BodyText", words, path)
        if not text:
            self._draft(path)

    def _draft(self, path: str) -> None:
        sentence = draft_of(self.figures, self.paper.drafts.get(path, ())) if self.drafts else ""
        if sentence:
            add(self.document, paragraph("Draft", add_run(DRAFT_MARK, "DraftMark"), add_run(sentence)))
        else:
            self._add("BodyText", "", path)

    # -- what was computed --------------------------------------------------------------------------------------------

    def _list(self, landscape: bool) -> None:
        filled, rates = list(self.figures.computed.values()), self.figures.rates
        if not filled and not rates and not self.figures.open:
            return
        self._add("Heading1", COMPUTED_LIST)
        self._add("Note", LIST_NOTE)
        rows = [*_rows(filled, "已填入"), *_rows(rates, "供核对"), *_rows(self.figures.open, "未评")]
        numbered = [(str(number), *row) for number, row in enumerate(rows, 1)]
        widths = [width * (12756 if landscape else PORTRAIT) // PORTRAIT for width in LIST_WIDTHS]
        grid = grid_of(("序号", "栏目", "核算值", "算法", "处理"), numbered, widths, frozenset({1, 3}))
        add(self.document, table(grid, {}, frozenset()), paragraph("TableGap"))


def _rows(figures: Sequence[Computed], done: str) -> list[tuple[str, str, str, str]]:
    return [(figure.label, figure.text, figure.reason, done) for figure in figures]
