"""What does an annotated copy say of itself? Rows of the hidden sheet `_perfxl`, read without any reader of workbooks.

They say from which file the copy was made, what that file had answered, and how the other parts of the copy looked when it
was written. They are no proof: whoever can edit a workbook can edit them.
"""

import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from perfxl.schemes.spec import MARKER_SHEET

FIRST_ROW = 21
"""The copy's rows stand below those of the form: label in column A, value in column B."""
LABELS = ("copy.source", "copy.file", "copy.answers", "copy.place", "copy.inputs", "copy.parts")
LAST_MARK_ROW = FIRST_ROW + len(LABELS) - 1
_BOOK, _RELATIONS, _STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*?>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_CELL = re.compile(rb'<c r="([AB])(\d+)"((?:[^>/]|/(?!>))*)>(.*?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<(?:t|v)(?:\s[^>]*)?>([^<]*)</(?:t|v)>")
_STRING = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_MOST = 4 * 2**20
"""Bytes of a part that is looked at; those of a form are far smaller."""
Read = Callable[[str], bytes]
_UNREADABLE = (OSError, EOFError, BadZipFile, zlib.error, struct.error, LookupError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class CopyMarks:
    """What a copy says of itself.

    Attributes:
        source: digest of the file that it was made from.
        file: the name of that file.
        answers: digest of what that file had answered.
        place: by what the file is known again; of a member of a mail or archive that of the container, "/", and its own.
        inputs: by what the paths of the run are known again.
        parts: digest of the copy's other parts, see `digest_of_parts`.
    """

    source: str
    file: str
    answers: str
    place: str = ""
    inputs: str = ""
    parts: str = ""

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Label and value of each row."""
        return tuple(
            zip(LABELS, (self.source, self.file, self.answers, self.place, self.inputs, self.parts), strict=True)
        )


def digest_of_parts(checksums: Mapping[str, int], marker: str) -> str:
    """One digest of the checksums of every part but the one that holds the marks."""
    lines = sorted(f"{name} {checksum:08x}\n" for name, checksum in checksums.items() if name != marker)
    return sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def read_marks(source: Path | BinaryIO) -> CopyMarks | None:
    """The marks of an annotated copy; None for every other file."""
    try:
        with ZipFile(source) as parts:
            return marks_in(_reader_of(parts))
    except _UNREADABLE:
        return None


def marks_in(read: Read) -> CopyMarks | None:
    """The same for a workbook that is open: `read` gives the bytes of a part.

    Raises:
        Whatever `read` raises; LookupError, ValueError where the parts make no sense.
    """
    return _marks(read, _marker_part(read))


def look_at(path: Path) -> tuple[CopyMarks | None, bool]:
    """The marks of an annotated copy, and whether it is as perfxl wrote it, byte for byte in every part."""
    try:
        with ZipFile(path) as parts:
            read = _reader_of(parts)
            marker = _marker_part(read)
            marks = _marks(read, marker)
            checksums = {part.filename: part.CRC for part in parts.infolist()}
    except _UNREADABLE:
        return None, False
    return marks, marks is not None and marks.parts == digest_of_parts(checksums, marker)


def _marker_part(read: Read) -> str:
    """The part of the hidden sheet; empty where there is none."""
    name = MARKER_SHEET.encode()
    for tag in _SHEET.findall(read(_BOOK)):
        sheet = dict(_ATTRIBUTE.findall(tag))
        if sheet.get(b"name") == name:
            key = next((value for attribute, value in sheet.items() if attribute.endswith(b":id")), b"")
            break
    else:
        return ""
    for tag in _RELATION.findall(read(_RELATIONS)):
        relation = dict(_ATTRIBUTE.findall(tag))
        if relation.get(b"Id") == key:
            target = relation.get(b"Target", b"").decode()
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _marks(read: Read, marker: str) -> CopyMarks | None:
    if not marker:
        return None
    cells = {(int(row), column): (kind, text) for column, row, kind, text in _CELL.findall(read(marker))}
    wanted = {place: cell for place, cell in cells.items() if FIRST_ROW <= place[0] <= LAST_MARK_ROW}
    if not wanted:
        return None
    shared = any(b't="s"' in kind for kind, _ in wanted.values())
    strings = _STRING.findall(read(_STRINGS)) if shared else []
    texts = {place: _text(kind, text, strings) for place, (kind, text) in wanted.items()}
    if [texts.get((row, b"A")) for row in range(FIRST_ROW, LAST_MARK_ROW + 1)] != list(LABELS):
        return None
    return CopyMarks(*(texts.get((row, b"B"), "") for row in range(FIRST_ROW, LAST_MARK_ROW + 1)))


def _text(kind: bytes, content: bytes, strings: list[bytes]) -> str:
    found = b"".join(_VALUE.findall(content))
    if b't="s"' in kind:
        found = b"".join(_VALUE.findall(strings[int(found)]))
    return unescape(found.decode())


def _reader_of(parts: ZipFile) -> Read:
    """What gives a part as far as it may be looked at."""

    def read(name: str) -> bytes:
        with parts.open(name) as part:
            return part.read(_MOST)

    return read
