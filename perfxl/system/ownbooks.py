"""Which workbooks did perfxl write, and has anybody saved them since? Asked before one is replaced."""

import re
import struct
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from perfxl.schemes.spec import SUMMARY_TITLE

WRITERS_DAY = (1980, 1, 31)
"""XlsxWriter gives it to every part; other programs put the day of saving there, or Excel's 1 January 1980."""
_UNREADABLE = (OSError, EOFError, BadZipFile, zlib.error, struct.error, LookupError, RuntimeError, ValueError)
STAMP = re.compile(rb"<dcterms:(created|modified)[^>]*>([^<]*)<")


def is_summary(path: Path) -> bool:
    """Whether a workbook is a summary that perfxl wrote."""
    return SUMMARY_TITLE.encode() in _seen(path)[0]


def is_as_written(book: Path | BytesIO) -> bool:
    """Whether a form is as XlsxWriter left it: whoever saves it says so by its dates or by those of its parts."""
    properties, days = _seen(book)
    stated = dict(STAMP.findall(properties))
    return days == {WRITERS_DAY} and b"created" in stated and stated[b"created"] == stated.get(b"modified")


def _seen(book: Path | BytesIO) -> tuple[bytes, set[tuple[int, ...]]]:
    """What a workbook says of itself, and the days of its parts; nothing where it is none."""
    try:
        with ZipFile(book) as parts:
            return parts.read("docProps/core.xml"), {entry.date_time[:3] for entry in parts.infolist()}
    except _UNREADABLE:
        return b"", set()
