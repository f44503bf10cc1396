"""How does the added sheet look: the verdict on top, every finding in a table below that filters, links and prints?"""

from collections import defaultdict
from collections.abc import Container
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

from perfxl.model import SEVERITY_WORDS, STATUS_WORDS, Finding, Status, column_letters
from perfxl.schemes.spec import REVIEW_TITLE
from perfxl.system.recurring import recurring
from perfxl.typed.amounts import plain
from perfxl.writeback.edits import RATE, TEXT, Review
from perfxl.writeback.noteboxes import note_lines
from perfxl.writeback.parts import MAIN, XML_HEAD
from perfxl.writeback.sheetedit import escaped
from perfxl.writeback.styles import COLOURS, PERCENT, TWO_PLACES, CellLook, StyleTables

COLUMNS = (
    ("级别", 6),
    ("代码", 7),
    ("工作表", 14),
    ("单元格", 8),
    ("问题", 38),
    ("发现", 17),
    ("应为", 17),
    ("如何更正", 32),
    ("复核意见", 17),
    ("复核人", 10),
)
"""Heading and width in characters; the last two are the reviewer's."""

_WIDTHS = tuple(width for _, width in COLUMNS)
EDGES = (0, *accumulate(_WIDTHS))
_LETTERS = tuple(map(column_letters, range(len(COLUMNS) + 1)))
LAST = column_letters(len(COLUMNS))
_LINE_POINTS, PADDING_POINTS, HIGHEST_ROW = 16, 5, 400

BODY = CellLook()
_TITLE = CellLook(ink="FF1F4E79", size=16, bold=True, lines=False)
LABEL = CellLook(ink="FF595959", fill="FFF2F2F2")
HEADING = CellLook(ink="FFFFFFFF", bold=True, fill="FF1F4E79", across="center")
_SUBHEADING = CellLook(ink="FF1F4E79", bold=True, fill="FFDDEBF7", across="center")
CENTRED = CellLook(across="center")
_NUMBER = CellLook(across="center", number_format=TWO_PLACES)
SHARE = CellLook(across="center", number_format=PERCENT)
_LINK = CellLook(ink="FF0563C1", underline=True, across="center")
_OPEN = CellLook(locked=False, fill="FFFFFDF0")
_BOLD = {look: replace(look, bold=True) for look in (BODY, CENTRED, _NUMBER, SHARE)}
SEVERITY_LOOKS = {
    severity: CellLook(ink=ink, fill=fill, bold=True, across="center") for severity, (ink, fill) in COLOURS.items()
}
STATUS_LOOKS = {
    Status.ACCEPTED: CellLook(ink="FF375623", size=12, bold=True, fill="FFE2EFDA", across="center"),
    Status.RETURNED: CellLook(ink="FF9C0006", size=12, bold=True, fill="FFFFC7CE", across="center"),
    Status.REJECTED: CellLook(ink="FF9C0006", size=12, bold=True, fill="FFFFC7CE", across="center"),
}


def render(review: Review, sheets: Container[str], styles: StyleTables, windows: int) -> tuple[bytes, int, int]:
    """The added sheet as XML, and the rows of the table's heading and of its end.

    Args:
        review: what to show.
        sheets: the names of the workbook's sheets: cells on others get no link.
        styles: where formats are looked up.
        windows: how many windows the workbook is saved with; each has its own view of the sheet.
    """
    canvas = ReviewCanvas(styles)
    canvas.put(1, 1, REVIEW_TITLE, _TITLE, until=len(COLUMNS))
    canvas.put(2, 1, "项目名称", LABEL, until=2)
    canvas.put(2, 3, review.project or "—", _BOLD[BODY], until=5)
    canvas.put(2, 6, "文件", LABEL)
    canvas.put(2, 7, review.file_name, BODY, until=len(COLUMNS))
    below = max(_put_verdict(canvas, review), _put_levels(canvas, review))
    canvas.heights[below] = 8
    heading = below + 1
    for column, (name, _) in enumerate(COLUMNS, 1):
        canvas.put(heading, column, name, HEADING)
    last = heading
    for last, finding in enumerate(review.findings, heading + 1):
        _put_finding(canvas, last, finding, finding.sheet in sheets)
    if not review.findings:
        canvas.put(heading + 1, 1, "没有发现问题。", CENTRED, until=len(COLUMNS))
    return canvas.xml(heading, last, windows), heading, last


def _put_verdict(canvas: "ReviewCanvas", review: Review) -> int:
    """The verdict on the left; gives the row below it."""
    canvas.put(3, 1, "状态", LABEL, until=2)
    canvas.put(3, 3, STATUS_WORDS[review.status], STATUS_LOOKS[review.status], until=4)
    row = 3
    for row, line in enumerate(review.verdict, 4):
        look = SHARE if line.kind == RATE else CENTRED if line.kind == TEXT else _NUMBER
        canvas.put(row, 1, line.label, LABEL, until=2)
        canvas.put(row, 3, line.value, _BOLD[look], until=4)
    return row + 1


def _put_levels(canvas: "ReviewCanvas", review: Review) -> int:
    """The scores of the indicator tree on the right, level 2 beside level 1; gives the row below them."""
    below = 3
    for level, name, column in ((1, "一级指标", 5), (2, "二级指标", 8)):
        lines = [line for line in review.levels if line.level == level]
        if lines:
            for at, text in enumerate((name, "得分 / 分值", "得分率"), column):
                canvas.put(3, at, text, _SUBHEADING)
        for row, line in enumerate(lines, 4):
            canvas.put(row, column, line.name, BODY)
            canvas.put(row, column + 1, f"{_shown(line.score)} / {_shown(line.weight)}", CENTRED)
            canvas.put(row, column + 2, "—" if line.rate is None else line.rate, SHARE)
            below = max(below, row)
    return below + 1


def _put_finding(canvas: "ReviewCanvas", row: int, finding: Finding, linked: bool) -> None:
    canvas.put(row, 1, SEVERITY_WORDS[finding.severity], SEVERITY_LOOKS[finding.severity])
    canvas.put(row, 2, finding.code, CENTRED)
    canvas.put(row, 3, finding.sheet, BODY)
    canvas.put(row, 4, finding.cell, _LINK if linked and finding.cell else CENTRED)
    if linked and finding.cell:
        sheet = finding.sheet.replace("'", "''")
        canvas.links[f"D{row}"] = f"'{sheet}'!{finding.cell}"
    for column, text in enumerate((finding.message, finding.found, finding.expected, finding.fix), 5):
        canvas.put(row, column, text, BODY)
    for column in (9, 10):
        canvas.put(row, column, "", _OPEN)


def _shown(number: Decimal | None) -> str:
    return "—" if number is None else plain(number)


class ReviewCanvas:
    """Cells, merges, links and heights of a sheet in the making."""

    def __init__(self, styles: StyleTables) -> None:
        self._styles = styles
        self._looks: dict[CellLook, int] = {}
        self._cells: defaultdict[int, list[str]] = defaultdict(list)
        self._merges: list[str] = []
        self.heights: dict[int, float] = {}
        self.links: dict[str, str] = {}

    def put(self, row: int, column: int, value: Decimal | str, look: CellLook, until: int = 0) -> None:
        """Puts a value into a cell, or into the cells of a row up to a column as one; the row grows with the text."""
        until = until or column
        style = self._looks.get(look)
        if style is None:
            style = self._looks[look] = self._styles.look(look)
        room = EDGES[until] - EDGES[column - 1] - 2
        rest, points = _text(value, room, look.size) if isinstance(value, str) else _figure(value, look.size)
        cells = self._cells[row]
        cells.append(f'<c r="{_LETTERS[column]}{row}" s="{style}"{rest}')
        if until > column:
            cells += [f'<c r="{letters}{row}" s="{style}"/>' for letters in _LETTERS[column + 1 : until + 1]]
            self._merges.append(f"{_LETTERS[column]}{row}:{_LETTERS[until]}{row}")
        if points > self.heights.get(row, 0):
            self.heights[row] = points

    def xml(self, heading: int, last: int, windows: int) -> bytes:
        """The worksheet; the heading row stays in sight and is printed on every page."""
        rows = "".join(
            f'<row r="{row}" ht="{height:g}" customHeight="1">{"".join(self._cells[row])}</row>'
            for row, height in sorted(self.heights.items())
        )
        cols = "".join(
            f'<col min="{n}" max="{n}" width="{w}.7109375" customWidth="1"/>' for n, w in enumerate(_WIDTHS, 1)
        )
        merges = "".join(f'<mergeCell ref="{area}"/>' for area in self._merges)
        links = "".join(
            f'<hyperlink ref="{c}" location="{escaped(to)}" display="{c}"/>' for c, to in self.links.items()
        )
        text = (
            f'<worksheet xmlns="{MAIN}"><sheetPr><tabColor rgb="FF1F4E79"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{LAST}{max(self.heights)}"/><sheetViews>{_views(heading, windows)}</sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols><sheetData>{rows}</sheetData>'
            + (f'<autoFilter ref="A{heading}:{LAST}{last}"/>' if last > heading else "")
            + f'<mergeCells count="{len(self._merges)}">{merges}</mergeCells>'
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + PAGE
            + "</worksheet>"
        )
        return XML_HEAD + text.encode()


PAGE = (
    '<printOptions horizontalCentered="1"/>'
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;L绩效自评审核结果（perfxl）&amp;R第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>"
)


def _views(heading: int, windows: int) -> str:
    """One view for each window: no grid, the rows down to the heading frozen."""
    pane = (
        f'<pane ySplit="{heading}" topLeftCell="A{heading + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{heading + 1}" sqref="A{heading + 1}"/>'
    )
    return "".join(
        f'<sheetView showGridLines="0" tabSelected="1" workbookViewId="{number}">{pane}</sheetView>'
        for number in range(windows)
    )


@recurring(kept=4096, longest=200)
def _text(text: str, room: int, size: int) -> tuple[str, float]:
    """The rest of a cell's mark-up behind its style, and the height that a text needs in so many half-widths.

    Text stays text, even when it looks like a formula.
    """
    if not text:
        return "/>", _points(1, size)
    mark_up = f' t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>'
    return mark_up, _points(note_lines(text, room), size)


def _figure(number: Decimal, size: int) -> tuple[str, float]:
    """The same for a number."""
    return f"><v>{number:f}</v></c>", _points(1, size)


def _points(lines: int, size: int) -> float:
    return min(HIGHEST_ROW, lines * _LINE_POINTS * size / 10 + PADDING_POINTS)
