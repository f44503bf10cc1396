"""Workbooks that carry what agencies' workbooks carry, and what programs lose: made by libraries, then by hand.

`python tests/rich_workbooks.py FOLDER` writes them all, for a look in Excel, WPS or LibreOffice.
"""

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

import rich_parts

FORM, LISTS, NOTES = "绩效自评表", "选项", "说明"
Change = Callable[[str], str] | bytes | None


def png() -> bytes:
    """A picture of two by two red pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = zlib.compress(b"\0" + b"\xff\0\0" * 2 + b"\0" + b"\xff\0\0" * 2)
    head = struct.pack(">2I5B", 2, 2, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def emf() -> bytes:
    """An empty enhanced metafile: a head and an end."""
    bounds = struct.pack("<8i", 0, 0, 100, 100, 0, 0, 2600, 2600)
    head = (
        struct.pack("<2I", 1, 88)
        + bounds
        + b" EMF"
        + struct.pack("<4I2H3I4i", 0x10000, 108, 2, 1, 0, 0, 0, 0, 0, *[1024] * 4)
    )
    return head[:88].ljust(88, b"\0") + struct.pack("<5I", 14, 20, 0, 16, 20)


def by_xlsxwriter(macros: bool = False) -> bytes:
    """A form with nearly everything that XlsxWriter can put into a workbook."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    form, lists, notes = (book.add_worksheet(name) for name in (FORM, LISTS, NOTES))
    _fill_form(book, form)
    _decorate(book, form)
    lists.write_column("A1", ["经常性项目", "一次性项目"])
    lists.hide()
    notes.write("A1", "填报说明")
    notes.write_comment("A1", "说明页上的批注", {"author": "李四"})
    notes.insert_textbox("C3", "请如实填写")
    book.define_name("项目类型", f"={LISTS}!$A$1:$A$2")
    if macros:
        book.add_vba_project(io.BytesIO(b"\xd0\xcf\x11\xe0 not a real project"), is_stream=True)
    book.close()
    return stream.getvalue()


def _fill_form(book: xlsxwriter.Workbook, form: xlsxwriter.worksheet.Worksheet) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#DDDDFF", "font_color": "#FFFFFF"})
    open_cell = book.add_format({"locked": False, "border": 1})
    form.set_column("A:A", 18)
    form.set_column("C:C", 12, day)
    form.set_column("K:L", None, None, {"level": 1, "hidden": True})
    form.merge_range("A1:F1", "项目支出绩效自评表", book.add_format({"bold": True, "align": "center"}))
    for row, (label, value) in enumerate([("计划投资额", 195.01), ("实际到位资金", 195.01), ("实际使用", 87.44)], 2):
        form.write(row, 0, label)
        form.write(row, 1, value, open_cell)
        form.write_formula(row, 3, f"=B{row + 1}*2", None, value * 2)
    form.write("A6", "到位率")
    form.write("A7", "执行率")
    form.write_formula("B7", "=B5/B3", None, 0.4484)
    form.write_rich_string("A8", "富文本", book.add_format({"bold": True}), "加粗", "后文")
    form.write("A9", "项目类型")
    form.data_validation("B9", {"validate": "list", "source": f"={LISTS}!$A$1:$A$2", "input_title": "请选择"})
    form.set_row(12, 30, None, {"level": 1})
    form.merge_range("B14:D15", "合并的说明", open_cell)
    form.write_url("A16", f"internal:'{NOTES}'!A1", string="看说明")
    form.write_array_formula("F3:F5", "{=B3:B5*2}", None, 390.02)


def _decorate(book: xlsxwriter.Workbook, form: xlsxwriter.worksheet.Worksheet) -> None:
    form.write_comment("A3", "机构自己的批注", {"author": "张三", "x_scale": 2, "y_scale": 1.5, "visible": True})
    form.write_comment("B9", "选一项", {"author": "张三"})
    form.conditional_format(
        "B3:B5", {"type": "cell", "criteria": ">", "value": 150, "format": book.add_format({"bg_color": "#FFFF00"})}
    )
    form.conditional_format("D3:D5", {"type": "data_bar", "data_bar_2010": True})
    form.add_sparkline("G3", {"range": f"{FORM}!B3:D3"})
    form.insert_image("H2", "公章.png", {"image_data": io.BytesIO(png()), "x_scale": 20, "y_scale": 20})
    form.insert_image("H6", "签名.emf", {"image_data": io.BytesIO(emf())})
    form.insert_textbox("H10", "此处盖章")
    form.insert_button("H14", {"macro": "校验", "caption": "校验"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={FORM}!$B$3:$B$5"})
    form.insert_chart("H18", chart)
    form.add_table("A20:C23", {"columns": [{"header": h} for h in ("姓名", "单位", "评分")]})
    form.set_header("&L&G", {"image_left": "头.png", "image_data_left": io.BytesIO(png())})
    form.set_landscape()
    form.set_paper(9)
    form.print_area("A1:F30")
    form.repeat_rows(0, 1)
    form.freeze_panes(2, 1)
    form.autofilter("A2:F5")
    form.protect("", {"format_cells": True})
    form.ignore_errors({"number_stored_as_text": "A1:A9"})


def with_rare_parts(data: bytes) -> bytes:
    """A workbook of `by_xlsxwriter` with what no library writes: threads, controls, links, a pivot, settings, custom XML."""
    changes: dict[str, Change] = {
        "xl/worksheets/sheet1.xml": rich_parts.in_sheet,
        "xl/comments1.xml": rich_parts.in_comments,
        "xl/drawings/vmlDrawing1.vml": rich_parts.in_drawing,
        "xl/workbook.xml": rich_parts.in_book,
        "[Content_Types].xml": _declare,
    }
    changes |= {name: partial(_link, more) for name, more in rich_parts.RELATIONS.items()}
    return rewritten(data, changes | {part.name: part.content for part in rich_parts.ADDED_PARTS})


def _declare(text: str) -> str:
    return text.replace("</Types>", "".join(part.declared for part in rich_parts.ADDED_PARTS) + "</Types>")


def _link(more: str, text: str) -> str:
    return text.replace("</Relationships>", f"{more}</Relationships>")


def by_openpyxl(comments: bool = True) -> bytes:
    """A form as scripts write it: sparse declarations, other prefixes, styles of its own."""
    book = openpyxl.Workbook()
    form = book.active
    form.title = FORM
    for row, (label, value) in enumerate([("计划投资额", 195.01), ("实际使用", 87.44)], 3):
        form.cell(row, 1, label).font = Font(bold=True)
        form.cell(row, 2, value).fill = PatternFill("solid", "FF00FF00")
    form["D3"] = "=B3*2"
    form.merge_cells("B14:D15")
    form.conditional_formatting.add(
        "B3:B4", CellIsRule(operator="greaterThan", formula=["150"], fill=PatternFill(bgColor="FFFF00"))
    )
    choice = DataValidation(type="list", formula1='"是,否"')
    form.add_data_validation(choice)
    choice.add("B9")
    if comments:
        form["A3"].comment = Comment("机构自己的批注", "张三", width=200, height=80)
    book.create_sheet(NOTES)["A1"] = "说明"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def awkward() -> bytes:
    """Legal XML that programs seldom write: prefixed names, rows and cells without addresses, shared formulas, spans."""
    rows = (
        '<x:row><x:c><x:v>1</x:v></x:c><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row>'
        '<x:row spans="1:2"><x:c><x:v>2</x:v></x:c><x:c r="B2"><x:f t="shared" ref="B2:B5" si="0">A2*2</x:f><x:v>4</x:v></x:c></x:row>'
        '<x:row><x:c><x:v>3</x:v></x:c><x:c r="B3"><x:f t="shared" si="0"/><x:v>6</x:v></x:c></x:row>'
        '<x:row r="5"><x:c r="B5"><x:f t="shared" si="0"/><x:v>0</x:v></x:c><x:c r="D5"><x:v>7</x:v></x:c></x:row>'
    )
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:dimension ref="A1:D5"/>'
        '<x:sheetViews><x:sheetView tabSelected="true" workbookViewId="0"/></x:sheetViews>'
        f'<x:cols><x:col min="3" max="3" width="20" style="1"/></x:cols><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    )
    base = rewritten(by_openpyxl(comments=False), {"xl/worksheets/sheet1.xml": sheet.encode()})
    bold, date = '<xf numFmtId="0" fontId="1"', '<xf numFmtId="14" fontId="1"'
    return rewritten(base, {"xl/styles.xml": lambda text: text.replace(bold, date)})


def small_form() -> bytes:
    """A form of the usual size: four sheets, some hundred styled cells, drop-downs, merged cells, a few notes."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    looks = [
        book.add_format({"border": 1, "bg_color": f"#{shade:02X}FFFF", "text_wrap": True}) for shade in range(200, 230)
    ]
    for name in (FORM, "资金", "指标", "报告"):
        sheet = book.add_worksheet(name)
        for row in range(40):
            for column in range(8):
                sheet.write(
                    row + 2, column, f"第{row}行" if column % 2 else row * column * 1.5, looks[(row + column) % 30]
                )
        sheet.merge_range("A1:H1", name, looks[0])
        sheet.data_validation("B3:B9", {"validate": "list", "source": ["是", "否"]})
        sheet.freeze_panes(2, 0)
    book.get_worksheet_by_name(FORM).write_comment("A3", "机构自己的批注", {"author": "张三"})
    book.close()
    return stream.getvalue()


def big_workbook(rows: int = 90_000) -> bytes:
    """A workbook of some 5 MB whose first sheet is a small form, with all the bulk on the second."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    form, bulk = book.add_worksheet(FORM), book.add_worksheet("明细")
    for row in range(20):
        form.write_row(row, 0, [f"项目{row}", row * 1.5])
    for row in range(rows):
        bulk.write_row(row, 0, [(row * 7919 + column * 104729) % 1_000_003 / 7 for column in range(6)])
    book.close()
    return stream.getvalue()


def rewritten(data: bytes, changes: Mapping[str, Change]) -> bytes:
    """A zip file with some entries changed or taken out, others added; all entries keep their order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as fresh:
        for info in old.infolist():
            change = changes.get(info.filename, old.read(info))
            if change is not None:
                fresh.writestr(info, change if isinstance(change, bytes) else change(old.read(info).decode()))
        for name, change in changes.items():
            if name not in old.namelist() and isinstance(change, bytes):
                fresh.writestr(zipfile.ZipInfo(name), change)
    return stream.getvalue()


def rich_workbooks() -> dict[str, bytes]:
    """All of them by name."""
    return {
        "xlsxwriter.xlsx": by_xlsxwriter(),
        "macros.xlsm": by_xlsxwriter(macros=True),
        "rare.xlsx": with_rare_parts(by_xlsxwriter()),
        "openpyxl.xlsx": by_openpyxl(),
        "no-comments.xlsx": by_openpyxl(comments=False),
        "awkward.xlsx": awkward(),
        "small.xlsx": small_form(),
    }


if __name__ == "__main__":
    for name, content in rich_workbooks().items():
        Path(sys.argv[1], name).write_bytes(content)
