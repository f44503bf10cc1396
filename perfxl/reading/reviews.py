"""What stands on the review sheets of a workbook, and is one of them none of perfxl's?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from perfxl.dialogue.identity import overall_id
from perfxl.dialogue.remarks import Remark, SheetRow
from perfxl.door.inspect import Facts
from perfxl.door.xmldoor import main_tag
from perfxl.model import Cell, Finding, address
from perfxl.reading.grid import Book, Grid
from perfxl.rules import Problem, finding
from perfxl.schemes.spec import REVIEW_MARKER, REVIEW_SHEET, REVIEW_TITLE
from perfxl.typed.amounts import plain
from perfxl.typed.wording import label_key

_MARKERS = re.compile(REVIEW_MARKER + r"(?:_\d{1,3})?")
OPINION = "复核意见"
"""The column of version 0.1.0 in which reviewers wrote."""
IDS, STATE_HEADING, LEAD = "编号", "状态标识", "随同"
"""The headings of the hidden columns; a row with a lead is folded below the row of that id and follows what is said there."""
OVERALL_LABELS = {"总体意见": "note", "复核人签字": "reviewer", "签字日期": "day"}
"""What stands left of the overall conclusion, by the field of its remark."""
PART_LABEL = "项目标识"
_NAMES = ("项目名称", "实施单位")
"""Stand above the table of a copy, and in the rows of a table of many copies."""
_HEADINGS = ("级别", "代码", "工作表", "单元格", "问题")


def own_reviews(book: Book, facts: Facts) -> Iterator[Finding]:
    """SG13 for each sheet 审核结果 that perfxl has not written, and for a marker of perfxl's that marks something else."""
    marked = marked_sheets(facts)
    for name in book.names:
        if label_key(name).startswith(REVIEW_SHEET) and not (name in marked and is_review(book.grid(name))):
            message = f"工作簿里的“{name}”不是财政部门写入的审核结果；予以保留，以“{REVIEW_SHEET}（财政）”为准"
            yield finding("SG13", Problem(Cell(name, 0, 0), message, found=name, expected="没有这张表"))
    for name in marked:
        if not label_key(name).startswith(REVIEW_SHEET):
            message = f"工作表“{name}”冒用了审核结果的标记（名称 {REVIEW_MARKER}）"
            yield finding("SG13", Problem(Cell(name, 0, 0), message, found=REVIEW_MARKER, expected="没有这个名称"))


def is_review(grid: Grid) -> bool:
    """Whether a sheet has the layout of perfxl's own review."""
    has_title = grid.line(1).get(1) == REVIEW_TITLE
    return has_title and any(
        tuple(line.get(column) for column in range(1, 6)) == _HEADINGS for line in grid.lines.values()
    )


def marked_sheets(facts: Facts) -> list[str]:
    """The sheets to which perfxl's hidden name points."""
    if facts.parts is None or facts.book is None:
        return []
    names = facts.parts.tree(facts.book.book).iterfind(f"{main_tag('definedNames')}/{main_tag('definedName')}")
    areas = [(name.text or "") for name in names if _MARKERS.fullmatch(name.get("name", ""))]
    return [area.rpartition("!")[0].replace("$", "").strip("'").replace("''", "'") for area in areas]


def review_rows(book: Book) -> tuple[SheetRow, ...]:
    """The rows of every review sheet that has perfxl's layout, of this or an earlier release; of which form, the ids say."""
    names = [name for name in book.names if label_key(name).startswith(REVIEW_SHEET)]
    grids = [book.grid(name) for name in names]
    return tuple(row for grid in grids if is_review(grid) for row in rows_of(grid))


def rows_of(grid: Grid, source: str = "") -> Iterator[SheetRow]:
    """The rows of a table of findings, and the overall conclusion above it; `source` names the file for people."""
    heading = next((row for row, line in grid.lines.items() if _is_heading(line)), 0)
    if not heading:
        return
    yield from _overall(grid, heading, source)
    columns = {label_key(str(text)): column for column, text in grid.line(heading).items()}
    common = {label: _beside(grid, label, heading)[0] for label in _NAMES}
    rows: list[SheetRow] = []
    for row in (row for row in grid.lines if row > heading):
        texts = {key: _cell_text(grid.line(row).get(column)) for key, column in columns.items()}
        if texts.get("代码"):
            place = address(row, columns.get("复核结论", columns.get(OPINION, 1)))
            rows.append(_row({**common, **texts}, place, source))
    said = {row.remark.id: row.remark for row in rows if not row.lead}
    yield from (replace(row, remark=_following(row.remark, said.get(row.lead))) if row.lead else row for row in rows)


def _following(own: Remark, lead: Remark | None) -> Remark:
    """What stands beside a folded row: its own words, else those of the row that it is folded below."""
    if lead is None:
        return own
    explained = own if own.explanation else replace(own, explanation=lead.explanation)
    if own.is_decided:
        return explained
    return replace(explained, verdict=lead.verdict, note=lead.note, reviewer=lead.reviewer, day=lead.day)


def _is_heading(line: Mapping[int, object]) -> bool:
    keys = {label_key(str(text)) for text in line.values()}
    return "代码" in keys and (OPINION in keys or {"复核结论", IDS} <= keys)


def _row(texts: Mapping[str, str], place: str, source: str) -> SheetRow:
    def of(key: str) -> str:
        return texts.get(key, "")

    # the former column 复核人 belongs to the former 复核意见
    is_former = OPINION in texts
    remark = Remark(
        id=of(IDS),
        state=of(STATE_HEADING),
        explanation=of("单位说明"),
        verdict=of("复核结论"),
        note=of("复核说明"),
        reviewer=of("复核人") if not is_former else "",
        day=of("日期"),
        source=source,
    )
    return SheetRow(
        remark=remark,
        code=of("代码"),
        sheet=of("工作表"),
        cell=of("单元格"),
        found=of("发现"),
        expected=of("应为"),
        severity=of("级别"),
        message=of("问题"),
        project=of("项目名称"),
        unit=of("实施单位"),
        opinion=of(OPINION),
        former_reviewer=of("复核人") if is_former else "",
        place=place,
        lead=of(LEAD),
    )


def _overall(grid: Grid, heading: int, source: str) -> Iterator[SheetRow]:
    """The overall conclusion, where the sheet says of which project it is."""
    part = _beside(grid, PART_LABEL, heading)[0]
    if not part:
        return
    said = {field: _beside(grid, label, heading) for label, field in OVERALL_LABELS.items()}
    if any(text for text, _ in said.values()):
        remark = Remark(overall_id(part), source=source, **{field: text for field, (text, _) in said.items()})
        yield SheetRow(remark, place=said["note"][1])


def _beside(grid: Grid, label: str, heading: int) -> tuple[str, str]:
    """What stands right of a label above the table, up to the next label, and where; blank where nothing does."""
    labels = set(map(label_key, OVERALL_LABELS))
    for row, column in grid.keys.get(label_key(label), ()):
        if row < heading:
            behind = next((at for at in grid.line(row) if at > column), column)
            text = _cell_text(grid.line(row).get(behind))
            return (
                ("", address(row, column))
                if behind == column or label_key(text) in labels
                else (text, address(row, behind))
            )
    return "", ""


def _cell_text(raw: object) -> str:
    """What a person types into a cell of the dialogue, as text; a date without its time."""
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return plain(Decimal(str(raw)))
    return "" if raw is None else str(raw).strip()
