"""Does a workbook come with a review sheet that is none of perfxl's?"""

import re
from collections.abc import Iterator

from perfxl.door.inspect import Facts
from perfxl.door.xmldoor import main
from perfxl.model import Cell, Finding
from perfxl.reading.grid import Grid, OpenedBook
from perfxl.rules import Problem, finding
from perfxl.schemes.spec import REVIEW_MARKER, REVIEW_SHEET, REVIEW_TITLE
from perfxl.typed.wording import label_key

_MARKERS = re.compile(REVIEW_MARKER + r"(?:_\d{1,3})?")
_HEADINGS = ("级别", "代码", "工作表", "单元格", "问题")


def own_reviews(book: OpenedBook, facts: Facts) -> Iterator[Finding]:
    """SG13 for each sheet 审核结果 that perfxl has not written, and for a marker of perfxl's that marks something else."""
    marked = _marked_sheets(facts)
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


def _marked_sheets(facts: Facts) -> list[str]:
    """The sheets to which perfxl's hidden name points."""
    if facts.parts is None or facts.book is None:
        return []
    names = facts.parts.tree(facts.book.book).iterfind(f"{main('definedNames')}/{main('definedName')}")
    areas = [(name.text or "") for name in names if _MARKERS.fullmatch(name.get("name", ""))]
    return [area.rpartition("!")[0].replace("$", "").strip("'").replace("''", "'") for area in areas]
