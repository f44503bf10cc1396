"""How does the added sheet look: the verdict on top, every finding in a table below that filters, links and prints?"""

from collections import defaultdict
from collections.abc import Container
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

from perfxl.dialogue.folds import Fold, folded_below, folds_of
from perfxl.dialogue.remarks import Standing, Verdict, standing_of
from perfxl.dialogue.settle import why_open
from perfxl.model import SEVERITY_WORDS, STATUS_WORDS, Finding, Status, column_letters
from perfxl.reading.reviews import IDS, LEAD, OVERALL_LABELS, PART_LABEL, STATE_HEADING
from perfxl.schemes.spec import REVIEW_TITLE
from perfxl.system.recurring import recurring
from perfxl.system.seals import sealed
from perfxl.typed.amounts import plain
from perfxl.writeback.edits import PLAIN_TEXT, POINTS, RATE, Review
from perfxl.writeback.noteboxes import note_lines
from perfxl.writeback.parts import MAIN, XML_HEAD
from perfxl.writeback.sheetedit import escaped
from perfxl.writeback.styles import COLOURS, PERCENT, TWO_PLACES, CellLook, StyleTables

REVIEW_COLUMNS = (
    ("级别", 6),
    ("代码", 7),
    ("工作表", 12),
    ("单元格", 8),
    ("问题", 32),
    ("发现", 14),
    ("应为", 14),
    ("如何更正", 26),
    ("单位说明", 22),
    ("复核结论", 10),
    ("复核说明", 20),
    ("复核人", 9),
    ("日期", 11),
    ("上次意见", 18),
    (IDS, 10),
    (STATE_HEADING, 10),
    (LEAD, 10),
)
"""Heading and width in characters."""
AGENCY, VERDICT, OFFICE = 9, 10, (10, 11, 12, 13)
"""The columns that the agency, and that the office fills in; in the verdict's one chooses."""
_SHOWN = 14
"""Columns that are shown; those behind them say which finding a row is, and are sorted with it."""
_WIDTHS = tuple(width for _, width in REVIEW_COLUMNS)
EDGES = (0, *accumulate(_WIDTHS))
_LETTERS = tuple(map(column_letters, range(len(REVIEW_COLUMNS) + 1)))
LAST = column_letters(len(REVIEW_COLUMNS))
_LINE_POINTS, PADDING_POINTS, _HIGHEST_ROW = 16, 5, 400

_BODY = CellLook()
_TITLE = CellLook(ink="FF1F4E79", size=16, bold=True, lines=False)
LABEL = CellLook(ink="FF595959", fill="FFF2F2F2")
HEADING = CellLook(ink="FFFFFFFF", bold=True, fill="FF1F4E79", across="center")
_SUBHEADING = CellLook(ink="FF1F4E79", bold=True, fill="FFDDEBF7", across="center")
CENTRED = CellLook(across="center")
_NUMBER = CellLook(across="center", number_format=TWO_PLACES)
SHARE = CellLook(across="center", number_format=PERCENT)
_LINK = CellLook(ink="FF0563C1", underline=True, across="center")
_AGENCY = CellLook(locked=False, fill="FFEAF3E3")
_OFFICE = CellLook(locked=False, fill="FFFFF6DB")
_CHOICE = replace(_OFFICE, across="center")
_AGENCY_HEADING = replace(HEADING, fill="FF548235")
_OFFICE_HEADING = replace(HEADING, fill="FFBF8F00")
_HINT = CellLook(ink="FF7F7F7F", size=9, lines=False)
_SETTLED = CellLook(ink="FF7F7F7F", fill="FFF2F2F2", across="center")
_TOO_MUCH = CellLook(ink="FF9C0006", fill="FFFFC7CE", bold=True, across="center")
_OVERALL_POINTS = 54
"""Height of the row of the overall conclusion, as one writes by hand on paper too."""
_HOW_TO_FILL = "填写：单位只填绿色的“单位说明”；财政部门填黄色的“复核结论”（点单元格选择）、“复核说明”“复核人”“日期”。认可错误须写明复核人和复核说明。"
_FOLDING, _FOLDED = ' collapsed="1"', ' hidden="1" outlineLevel="1"'
_OUTLINE, _LEVELS = '<outlinePr summaryBelow="0"/>', ' outlineLevelRow="1"'
_BOLD = {look: replace(look, bold=True) for look in (_BODY, CENTRED, _NUMBER, SHARE)}
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
    canvas.put(1, 1, REVIEW_TITLE, _TITLE, until=_SHOWN)
    _put_names(canvas, review)
    below = max(_put_verdict(canvas, review), _put_levels(canvas, review), _put_facts(canvas, review))
    _put_overall(canvas, below, review)
    canvas.put(below + 1, 1, _HOW_TO_FILL, _HINT, until=_SHOWN)
    heading = below + 2
    for column, (name, _) in enumerate(REVIEW_COLUMNS, 1):
        look = _AGENCY_HEADING if column == AGENCY else _OFFICE_HEADING if column in OFFICE else HEADING
        canvas.put(heading, column, name, look)
    last = heading
    for fold in folds_of(review.findings):
        last += 1
        _put_finding(canvas, last, _told(fold), fold.lead.sheet in sheets)
        canvas.folds[last] = len(fold.others)
        for finding in fold.others:
            last += 1
            _put_finding(canvas, last, _silent(finding), finding.sheet in sheets, fold.lead.id)
    if not review.findings:
        canvas.put(heading + 1, 1, "没有发现问题。", CENTRED, until=_SHOWN)
    return sealed(canvas.xml(heading, last, windows), _remarks(review)), heading, last


def _remarks(review: Review) -> int:
    """How many words of people stand on the sheet."""
    said = (one for one in review.findings if one.explanation or one.verdict or one.note or one.reviewer)
    return sum(1 for _ in said) + review.overall.is_decided


def _put_names(canvas: "ReviewCanvas", review: Review) -> None:
    """Of which project, unit and file; in the hidden columns the project as the ids begin."""
    canvas.put(2, 1, "项目名称", LABEL, until=2)
    canvas.put(2, 3, review.project or "—", _BOLD[_BODY], until=5)
    canvas.put(2, 6, "实施单位", LABEL)
    canvas.put(2, 7, review.unit or "—", _BODY, until=9)
    canvas.put(2, 10, "文件", LABEL)
    canvas.put(2, 11, review.file_name, _BODY, until=_SHOWN)
    canvas.put(2, _SHOWN + 1, PART_LABEL, LABEL)
    canvas.put(2, _SHOWN + 2, review.part, _BODY)


def _put_facts(canvas: "ReviewCanvas", review: Review) -> int:
    """What else is known of project and file, on the far right; gives the row below it."""
    row = 2
    for row, line in enumerate(review.facts, 3):
        canvas.put(row, 11, line.label, LABEL)
        canvas.put(row, 12, line.value, _NUMBER if line.kind == POINTS else CENTRED, until=_SHOWN)
    return row + 1


def _put_overall(canvas: "ReviewCanvas", row: int, review: Review) -> None:
    """The overall conclusion and the signature."""
    conclusion, signed, day = OVERALL_LABELS
    canvas.put(row, 1, conclusion, LABEL, until=2)
    canvas.put(row, 3, review.overall.note, _OFFICE, until=8)
    canvas.put(row, 9, signed, LABEL)
    canvas.put(row, 10, review.overall.reviewer, _OFFICE, until=11)
    canvas.put(row, 12, day, LABEL)
    canvas.put(row, 13, review.overall.day, _OFFICE, until=_SHOWN)
    canvas.heights[row] = max(canvas.heights[row], _OVERALL_POINTS)


def _put_verdict(canvas: "ReviewCanvas", review: Review) -> int:
    """The verdict on the left; gives the row below it."""
    canvas.put(3, 1, "状态", LABEL, until=2)
    canvas.put(3, 3, STATUS_WORDS[review.status], STATUS_LOOKS[review.status], until=4)
    row = 3
    for row, line in enumerate(review.verdict, 4):
        look = SHARE if line.kind == RATE else CENTRED if line.kind == PLAIN_TEXT else _NUMBER
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
            is_too_much = line.score is not None and line.weight is not None and line.score > line.weight
            points = f"{_shown(line.score)} / {_shown(line.weight)}"
            canvas.put(row, column, line.name, _BODY)
            if is_too_much:
                canvas.put(row, column + 1, f"{points} 超分", _TOO_MUCH)
            else:
                canvas.put(row, column + 1, points, CENTRED)
            canvas.put(row, column + 2, "—" if line.rate is None else line.rate, SHARE)
            below = max(below, row)
    return below + 1


def _silent(finding: Finding) -> Finding:
    """A folded finding: what is said of it stands beside the first, so that whoever changes it there changes it for all."""
    return replace(finding, explanation="", verdict="", note="", reviewer="", day="")


def _told(fold: Fold) -> Finding:
    """The first of findings that are one fault, which says where the others are."""
    if not fold.others:
        return fold.lead
    return replace(fold.lead, message=fold.lead.message + folded_below(fold.cells, "，没有另填的随本行"))


def _put_finding(canvas: "ReviewCanvas", row: int, finding: Finding, linked: bool, lead: str = "") -> None:
    look = _SETTLED if finding.settled else SEVERITY_LOOKS[finding.severity]
    canvas.put(row, 1, SEVERITY_WORDS[finding.severity], look)
    canvas.put(row, 2, finding.code, CENTRED)
    canvas.put(row, 3, finding.sheet, _BODY)
    canvas.put(row, 4, finding.cell, _LINK if linked and finding.cell else CENTRED)
    if linked and finding.cell:
        sheet = finding.sheet.replace("'", "''")
        canvas.links[f"D{row}"] = f"'{sheet}'!{finding.cell}"
    for column, text in enumerate((finding.message, finding.found, finding.expected, finding.fix), 5):
        canvas.put(row, column, text, _BODY)
    canvas.put(row, AGENCY, finding.explanation, _AGENCY)
    canvas.put(row, VERDICT, finding.verdict, _CHOICE)
    for column, text in enumerate((finding.note, finding.reviewer, finding.day), VERDICT + 1):
        canvas.put(row, column, text, _OFFICE)
    for column, text in enumerate((_before(finding), finding.id, finding.state, lead), _SHOWN):
        canvas.put(row, column, text, _BODY)


def _before(finding: Finding) -> str:
    """What was said before, and why a verdict does not count."""
    ineffective = why_open(finding) if standing_of(finding) in (Standing.NOT_EFFECTIVE, Standing.DIFFERING) else ""
    return "；".join(filter(None, (f"【未生效】{ineffective}" if ineffective else "", finding.earlier)))


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
        self.folds: dict[int, int] = {}
        """How many rows are folded below a row."""

    def put(self, row: int, column: int, value: Decimal | str, look: CellLook, until: int = 0) -> None:
        """Puts a value into a cell, or into the cells of a row up to a column as one; the row grows with the text."""
        style = self._looks.get(look)
        if style is None:
            style = self._looks[look] = self._styles.look(look)
        if value == "" and not until:  # as half of the cells are: no row grows with it
            self._cells[row].append(f'<c r="{_LETTERS[column]}{row}" s="{style}"/>')
            return
        until = until or column
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
        folding = {row: _FOLDING for row, below in self.folds.items() if below}
        folding |= {row + n: _FOLDED for row, below in self.folds.items() for n in range(1, below + 1)}
        rows = "".join(
            f'<row r="{row}" ht="{height:g}" customHeight="1"{folding.get(row, "")}>{"".join(self._cells[row])}</row>'
            for row, height in sorted(self.heights.items())
        )
        cols = "".join(
            f'<col min="{n}" max="{n}" width="{w}.7109375" customWidth="1"{_hidden(n)}/>'
            for n, w in enumerate(_WIDTHS, 1)
        )
        merges = "".join(f'<mergeCell ref="{area}"/>' for area in self._merges)
        links = "".join(
            f'<hyperlink ref="{c}" location="{escaped(to)}" display="{c}"/>' for c, to in self.links.items()
        )
        text = (
            f'<worksheet xmlns="{MAIN}"><sheetPr><tabColor rgb="FF1F4E79"/>{_OUTLINE if folding else ""}'
            f'<pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{LAST}{max(self.heights)}"/><sheetViews>{_views(heading, windows)}</sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"{_LEVELS if folding else ""}/><cols>{cols}</cols><sheetData>{rows}</sheetData>'
            + (f'<autoFilter ref="A{heading}:{LAST}{last}"/>' if last > heading else "")
            + f'<mergeCells count="{len(self._merges)}">{merges}</mergeCells>'
            + (_choices(heading, last) if last > heading else "")
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + PAGE
            + "</worksheet>"
        )
        return XML_HEAD + text.encode()


def _hidden(column: int) -> str:
    return ' hidden="1"' if column > _SHOWN else ""


def _choices(heading: int, last: int) -> str:
    """The verdicts to choose from, as mark-up."""
    cells = f"{_LETTERS[VERDICT]}{heading + 1}:{_LETTERS[VERDICT]}{last}"
    return (
        '<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" '
        'errorTitle="复核结论" error="请从列表中选择：认可、补充材料、不认可；其他意见写在“复核说明”。" promptTitle="复核结论（财政部门填写）" '
        f'prompt="认可：这一条不再退回；补充材料、不认可：仍须单位处理。" sqref="{cells}">'
        f'<formula1>"{",".join(Verdict)}"</formula1></dataValidation></dataValidations>'
    )


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
    return min(_HIGHEST_ROW, lines * _LINE_POINTS * size / 10 + PADDING_POINTS)
