"""Which workbooks did perfxl write, and has anybody saved them since? Asked before one is replaced."""

import re
import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from perfxl.schemes.spec import OVERVIEW, SUMMARY_SHEETS, SUMMARY_TITLE
from perfxl.system.lock import LOCK

WRITERS_DAY = (1980, 1, 31)
"""XlsxWriter gives it to every part; other programs put the day of saving there, or Excel's 1 January 1980."""
_UNREADABLE = (OSError, EOFError, BadZipFile, zlib.error, struct.error, LookupError, RuntimeError, ValueError)
OWN_FILE = re.compile(r"\.perfxl-[0-9a-f]{16}\.\w+")
"""What a run puts down while it works."""
CACHE = ".perfxl-cache"
ZIP_START = b"PK"
TABLE_ENDINGS = (".csv", ".parquet")
COPY_MARK = b"perfxl_review"
"""The hidden name in an annotated copy, see `perfxl.writeback.annotate`."""
BOOK_PART = "xl/workbook.xml"
SHEET_NAME = re.compile('<(?:[A-Za-z]+:)?sheet [^>]*?name="([^"]*)"')
STAMP = re.compile(rb"<dcterms:(created|modified)[^>]*>([^<]*)<")


def is_summary(path: Path) -> bool:
    """Whether a workbook is a summary that perfxl wrote: by its title and its sheets, since a title is soon forged."""
    if SUMMARY_TITLE.encode() not in _seen(path)[0]:
        return False
    try:
        with ZipFile(path) as parts:
            names = SHEET_NAME.findall(parts.read(BOOK_PART).decode("utf-8", "replace"))
    except _UNREADABLE:
        return False
    return set(SUMMARY_SHEETS) <= set(names) and names[0] == OVERVIEW


def is_as_written(book: Path | BytesIO) -> bool:
    """Whether a form is as XlsxWriter left it: whoever saves it says so by its dates or by those of its parts."""
    properties, days = _seen(book)
    stated = dict(STAMP.findall(properties))
    return days == {WRITERS_DAY} and b"created" in stated and stated[b"created"] == stated.get(b"modified")


def is_perfxls_own(path: Path, outputs: Sequence[Path]) -> bool:
    """Whether a file in or below the outputs of a run is one that perfxl wrote: by its place as an output, or its marks.

    Args:
        path: where it really is.
        outputs: the files and folders that the run writes to.
    """
    if path in outputs or OWN_FILE.fullmatch(path.name):
        return True
    if path.suffix in TABLE_ENDINGS and path.parent in outputs:
        return True
    return is_copy(path) or is_summary(path)


def is_cache(path: Path) -> bool:
    """Whether a file is the cache of a run, or its lock."""
    if path.name == LOCK:
        return path.stat().st_size == 0
    if path.parent.name != CACHE or path.suffix != ".jsonl":
        return False
    with suppress(OSError), path.open("rb") as file:
        return not file.read(len(ZIP_START)).startswith(ZIP_START)
    return False


def is_copy(path: Path | BytesIO) -> bool:
    """Whether a workbook is an annotated copy that perfxl wrote."""
    try:
        with ZipFile(path) as parts:
            return COPY_MARK in parts.read(BOOK_PART)
    except _UNREADABLE:
        return False


def _seen(book: Path | BytesIO) -> tuple[bytes, set[tuple[int, ...]]]:
    """What a workbook says of itself, and the days of its parts; nothing where it is none."""
    try:
        with ZipFile(book) as parts:
            return parts.read("docProps/core.xml"), {entry.date_time[:3] for entry in parts.infolist()}
    except _UNREADABLE:
        return b"", set()
