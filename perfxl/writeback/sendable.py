"""How does an annotated copy look that goes out of the house?

Without the names of those who reviewed it, and without the figures of the office's own books.
"""

import re

from perfxl.door.xmldoor import Element, main_tag
from perfxl.reading.reviews import OVERALL_LABELS
from perfxl.writeback.annotate import review_parts
from perfxl.writeback.parts import BookParts, element_text, split_address, take_out
from perfxl.writeback.reviewsheet import REVIEW_COLUMNS

_LABELS = [label for label, _ in REVIEW_COLUMNS]
REVIEWER, EARLIER = _LABELS.index("复核人") + 1, _LABELS.index("上次意见") + 1
CODE, MESSAGE = _LABELS.index("代码") + 1, _LABELS.index("问题") + 1
_FIGURES = _LABELS.index("发现") + 1, _LABELS.index("应为") + 1
_BOOKS, ASKED = "LG", "使用金额与财政部门的账目不一致，请核对。"
"""The family of findings that quote the books, and what is said instead."""
SIGNED = list(OVERALL_LABELS)[1]
_WHO = re.compile(r"（[^（）；]*）(?=；|$)")
"""Who and when behind each piece of 上次意见."""
_NOTED = re.compile(rf"(【[^【】]*{_BOOKS}\d\d】)[^【]*")
"""What a note on a cell says of the books."""


def sendable(data: bytes) -> bytes:
    """The copy without names on its review sheets, 审核结果 and 审核结果（财政）, and without the figures of the books there
    and in the notes on its cells; everything else stays as it is.

    Raises:
        RefusedError: it cannot be edited.
    """
    book = BookParts(data)
    for part in review_parts(book):
        _take_names(book.tree(part))
        book.touch(part)
    for part in [name for name in book.package.names if "comments" in name.lower() and name.endswith(".xml")]:
        _take_books(book, part)
    return book.to_bytes()


def _take_books(book: BookParts, part: str) -> None:
    """Takes out of the notes what they say of the books."""
    if _BOOKS.encode() not in book.content(part):
        return
    for text in book.tree(part).iter(main_tag("t")):
        text.text = (
            _NOTED.sub(rf"\1{ASKED}\n", text.text or "").rstrip("\n") if _NOTED.search(text.text or "") else text.text
        )
    book.touch(part)


def _take_names(root: Element) -> None:
    in_table = False
    for row in root.iter(main_tag("row")):
        cells = {split_address(cell.get("r", ""))[1]: cell for cell in row.iterchildren(main_tag("c"))}
        texts = {column: element_text(cell) for column, cell in cells.items()}
        if in_table:
            _clear(cells.get(REVIEWER))
            _replace(cells.get(EARLIER), _WHO.sub("", texts.get(EARLIER, "")))
            if texts.get(CODE, "").startswith(_BOOKS):
                _replace(cells.get(MESSAGE), ASKED)
                for column in _FIGURES:
                    _clear(cells.get(column))
        in_table = in_table or texts.get(1) == _LABELS[0]
        for column, text in texts.items():
            if text == SIGNED and not in_table:
                _clear(cells.get(column + 1))


def _clear(cell: Element | None) -> None:
    if cell is not None:
        for part in list(cell):
            take_out(part)
        cell.attrib.pop("t", "")


def _replace(cell: Element | None, text: str) -> None:
    """Puts another text into a cell that holds one."""
    found = None if cell is None else next(cell.iter(main_tag("t")), None)
    if found is not None:
        found.text = text
