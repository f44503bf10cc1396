"""The good workbook from which hostile and odd files are made, and the means to change its parts.

Written by XlsxWriter and packed with a fixed time: always the same bytes.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache

import xlsxwriter

Expected = str | None | frozenset[str | None]
"""The code of the refusal; None where the file must be accepted; a set where more than one outcome is right."""

Made = Iterator[tuple[str, bytes, Expected, str]]
"""Name, bytes, expected code and note of each file of a family."""

Content = bytes | Iterable[bytes]

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
BOOK = "xl/workbook.xml"
TYPES = "[Content_Types].xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{MAIN}">'.encode()
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@cache
def good() -> bytes:
    """A small form: two sheets, styles, a merge, a validation, a comment, a link, texts, numbers, a formula, a date."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"title": "绩效评价", "created": datetime(2021, 5, 20)})
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for name in ("基本情况", "资金"):
            sheet = book.add_worksheet(name)
            sheet.merge_range("A1:D1", f"{name}表", bold)
            for row in range(1, 12):
                sheet.write_string(row, 0, f"项目{row} & <指标>", bold)
                sheet.write_number(row, 1, row * 1.5)
                sheet.write_formula(row, 2, f"=B{row + 1}*2", None, row * 3)
                sheet.write_blank(row, 3, None, bold)
            sheet.write_datetime("A14", datetime(2021, 5, 20), day)
            sheet.write_boolean("B14", True)
            sheet.data_validation("B2:B12", {"validate": "decimal", "criteria": ">=", "value": 0})
            sheet.write_comment("B2", "万元")
            sheet.write_url("D14", "https://example.org/form")
    return stream.getvalue()


@cache
def parts() -> Mapping[str, bytes]:
    """The parts of the good workbook."""
    with zipfile.ZipFile(io.BytesIO(good())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(changes: Mapping[str, Content | None] | None = None, extra: Iterable[tuple[str, Content]] = ()) -> bytes:
    """The good workbook with some parts replaced (None leaves one out) and some added, compressed."""
    stream = io.BytesIO()
    changed: dict[str, Content | None] = {**parts(), **(changes or {})}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in [*changed.items(), *extra]:
            if content is not None:
                _write(archive, name, content)
    return stream.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: Content) -> None:
    entry = zipfile.ZipInfo(name, ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w") as target:
        for piece in [content] if isinstance(content, bytes) else content:
            target.write(piece)


def sheet(rows: Content, tail: bytes = b"", head: bytes = b"") -> Iterator[bytes]:
    """The XML of a sheet in pieces: what stands before the cells, the rows, what follows them."""
    yield SHEET_HEAD + head + b"<sheetData>"
    yield from [rows] if isinstance(rows, bytes) else rows
    yield b"</sheetData>" + tail + b"</worksheet>"


def run(piece: bytes, count: int, at_once: int = 10_000) -> Iterator[bytes]:
    """The same bytes `count` times, in blocks."""
    for _ in range(count // at_once):
        yield piece * at_once
    yield piece * (count % at_once)


def with_sheet(rows: Content, tail: bytes = b"", head: bytes = b"") -> bytes:
    return pack({SHEET: sheet(rows, tail, head)})


def edited(part: str, old: bytes, new: bytes) -> bytes:
    """The good workbook with one replacement in one part, which must contain what is replaced."""
    if old not in parts()[part]:
        raise ValueError(f"{part} does not contain {old!r}")
    return pack({part: parts()[part].replace(old, new, 1)})


def cell(address: str, number: int = 1) -> bytes:
    return f'<c r="{address}"><v>{number}</v></c>'.encode()


def row(number: int, *cells: bytes) -> bytes:
    return f'<row r="{number}">'.encode() + b"".join(cells) + b"</row>"


def column(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
