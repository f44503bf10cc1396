"""How do remarks get into the notes of a sheet, and out of it again, without touching what others wrote there?

A note is a comment in the sheet's comments part and a box in its VML drawing; both parts are shared with the agency's own
notes, buttons and tick boxes. Our text stands between two lines that are recognised after any program saved the file.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from html import escape

from lxml import etree

from perfxl.door.xmldoor import Element, main_tag
from perfxl.errors import RefusedError
from perfxl.writeback.edits import Mark
from perfxl.writeback.noteboxes import Boxes, ShapeNumbers, detach_drawing, drawing_part, remove_boxes
from perfxl.writeback.parts import (
    MAIN,
    SPREADSHEET,
    XML_HEAD,
    BookParts,
    element_text,
    elements,
    ensure,
    insert_in_order,
    new,
    split_address,
    take_out,
)
from perfxl.writeback.sheetedit import EditedSheet, xml_text

_AUTHOR = "perfxl"
"""Also stands in every text of ours, in one piece even where a program has split the text by script."""

THREAD_AUTHOR = "tc="
"""Excel keeps a place-holder by an author of this kind under each threaded comment; it must stay as it is."""

_OPENING, _CLOSING = "【perfxl 审核】", "【审核完】"
_OURS = re.compile(rf"\n?{re.escape(_OPENING)}.*?(?:{re.escape(_CLOSING)}|\Z)", re.DOTALL)
NOTE_TEXT_LIMIT = 8_000
TEXT_ORDER = ("t", "r", "rPh", "phoneticPr")
"""CT_Rst, ECMA-376 part 1, 18.4.8."""

COMMENTS_ORDER = ("authors", "commentList", "extLst")
COMMENT_ORDER = ("text", "commentPr", "extLst")

_BOLD = '<b/><sz val="9"/><color rgb="FF1F4E79"/>'
REGULAR = '<sz val="9"/><color indexed="81"/>'
_FAINT = '<sz val="8"/><color rgb="FFA6A6A6"/>'
RUN = '<r><rPr>{look}<rFont val="宋体"/><charset val="134"/></rPr><t xml:space="preserve">{text}</t></r>'
RUNS = "".join(
    RUN.format(look=look, text=text)
    for look, text in ((_BOLD, f"{{before}}{_OPENING}\n"), (REGULAR, "{body}"), (_FAINT, f"\n{_CLOSING}"))
)
"""A remark between the lines by which it is known as ours."""

COMMENT = f'<comment ref="{{cell}}" authorId="{{author}}"><text>{RUNS}</text></comment>'
COMMENTS = (
    f'<comments xmlns="{MAIN}"><authors><author>{_AUTHOR}</author></authors>'
    "<commentList>{comments}</commentList></comments>"
)


def add_notes(book: BookParts, part: str, sheet: EditedSheet, marks: Iterable[Mark], numbers: ShapeNumbers) -> None:
    """Writes remarks into the notes of a sheet, behind what a note already says; their boxes take free numbers.

    A cell with a threaded comment gets none, nor does a sheet whose drawing of note boxes cannot be read: these remarks
    stand on the added sheet alone.
    """
    remarks: dict[str, list[str]] = {}
    for mark in marks:
        remarks.setdefault(sheet.area_of(mark.cell).partition(":")[0], []).append(mark.remark)
    try:
        boxes = Boxes(book, part, sheet, numbers)
    except RefusedError:
        return
    bodies = {
        cell: xml_text("\n".join(texts)[:NOTE_TEXT_LIMIT].replace(_CLOSING, "")) for cell, texts in remarks.items()
    }
    boxes.add(_add_comments(book, part, bodies))


def _add_comments(book: BookParts, part: str, bodies: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Adds remarks to the comments of a sheet; gives cell and text of all its comments."""
    name = book.relations(part).first("comments")
    if name:
        comments = Comments(book, name)
        if comments.texts():
            comments.add(bodies)
            return comments.texts()
        _detach(book, part, name)  # so that an empty part is the same as none, which is what taking ours off leaves
    name = book.free_name("xl/comments{}.xml")
    written = "".join(_comment(cell, body, 0) for cell, body in bodies.items())
    book.add(name, XML_HEAD + COMMENTS.format(comments=written).encode(), f"{SPREADSHEET}.comments+xml")
    book.relations(part).add("comments", name)
    book.touch_relations(part)
    return [(cell, f"{_OPENING}\n{body}\n{_CLOSING}") for cell, body in bodies.items()]


def remove_notes(book: BookParts, part: str) -> bool:
    """Takes our text out of the notes of a sheet, and the notes that hold nothing else; says whether there was any."""
    name = book.relations(part).first("comments")
    if not name or name not in book or _AUTHOR.encode() not in book.content(name):
        return False
    comments = Comments(book, name)
    emptied = comments.remove_ours()
    if not comments.texts():
        _detach(book, part, name)
    with suppress(RefusedError):
        _remove_boxes(book, part, emptied)
    return True


def _remove_boxes(book: BookParts, part: str, emptied: set[tuple[int, int]]) -> None:
    root = book.tree(part)
    drawing = drawing_part(book, part, root)
    if not drawing:
        return
    if remove_boxes(book.tree(drawing), emptied):
        book.touch(drawing)
    else:
        detach_drawing(book, part, root, drawing)


def _detach(book: BookParts, part: str, name: str) -> None:
    book.remove(name)
    book.relations(part).drop(name)
    book.touch_relations(part)


class Comments:
    """A comments part to be edited."""

    def __init__(self, book: BookParts, part: str) -> None:
        self._book = book
        self._part = part
        root = book.tree(part)
        self._authors = ensure(root, "authors", COMMENTS_ORDER)
        self._list = ensure(root, "commentList", COMMENTS_ORDER)

    def texts(self) -> list[tuple[str, str]]:
        """The cell and the text of every comment."""
        return [(comment.get("ref", ""), element_text(comment)) for comment in self._list.iterchildren("*")]

    def add(self, bodies: Mapping[str, str]) -> None:
        """Adds remarks to the comments of cells, or comments; leaves threaded comments alone."""
        known = {comment.get("ref", ""): comment for comment in self._list.iterchildren("*", reversed=True)}
        for cell, body in bodies.items():
            if cell in known:
                self._extend(known[cell], body)
        written = [_comment(cell, body, self._author_number()) for cell, body in bodies.items() if cell not in known]
        if written:
            self._list.extend(elements("".join(written)))
            self._book.touch(self._part)

    def _extend(self, comment: Element, body: str) -> None:
        if self._author_of(comment).startswith(THREAD_AUTHOR):
            return
        text = ensure(comment, "text", COMMENT_ORDER)
        _make_runs(text)
        before = "\n" if element_text(text) else ""
        for run in elements(RUNS.format(before=before, body=escape(body))):
            insert_in_order(text, run, TEXT_ORDER)
        self._book.touch(self._part)

    def remove_ours(self) -> set[tuple[int, int]]:
        """Takes our text out, and comments that say nothing else; gives the places of those."""
        gone = set()
        for comment in list(self._list.iterchildren("*")):
            text = comment.find(main_tag("text"))
            if text is not None and _cut(text):
                self._book.touch(self._part)
                if not element_text(text).strip() and self._author_of(comment) in ("", _AUTHOR):
                    gone.add(split_address(comment.get("ref", "")))
                    take_out(comment)
        authors = self._authors.findall(main_tag("author"))
        used = {comment.get("authorId") for comment in self._list}
        if authors and authors[-1].text == _AUTHOR and str(len(authors) - 1) not in used:
            take_out(authors[-1])
        return gone

    def _author_of(self, comment: Element) -> str:
        names = [author.text or "" for author in self._authors.iterchildren("*")]
        number = comment.get("authorId", "")
        return names[int(number)].strip() if number.isdigit() and int(number) < len(names) else ""

    def _author_number(self) -> int:
        names = [author.text for author in self._authors.iterchildren("*")]
        if _AUTHOR not in names:
            etree.SubElement(self._authors, main_tag("author")).text = _AUTHOR
            names.append(_AUTHOR)
        return names.index(_AUTHOR)


def _make_runs(text: Element) -> None:
    """Turns plain text into a run, so that further runs may follow."""
    plain = text.find(main_tag("t"))
    if plain is not None:
        run = new(text, "r")
        text.insert(0, run)
        run.append(plain)


def _comment(cell: str, body: str, author: int) -> str:
    return COMMENT.format(cell=cell, author=author, before="", body=escape(body))


def _cut(text: Element) -> bool:
    """Takes our block out of a text, in however many runs it lies; says whether there was one."""
    pieces = [*text.iterchildren(main_tag("t")), *text.iterfind(f"{main_tag('r')}/{main_tag('t')}")]
    spans = [match.span() for match in _OURS.finditer("".join(piece.text or "" for piece in pieces))]
    at = 0
    for piece in pieces:
        old = piece.text or ""
        kept = [letter for n, letter in enumerate(old, at) if not any(start <= n < stop for start, stop in spans)]
        at += len(old)
        if len(kept) < len(old):
            piece.text = "".join(kept)
            if not kept:
                take_out(next(piece.iterancestors(main_tag("r")), piece))
    return bool(spans)
