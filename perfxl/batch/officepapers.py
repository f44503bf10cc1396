"""Is this workbook one of the office's own, which nobody was asked to hand in: a summary or a roster?"""

from python_calamine import CalamineError

from perfxl.office.headings import is_list
from perfxl.reading.grid import OpenedBook
from perfxl.schemes.spec import SUMMARY_SHEETS


def office_paper(data: bytes) -> str:
    """What a workbook is that holds no form; empty where it is none of the office's own."""
    try:
        book = OpenedBook(data)
        if set(SUMMARY_SHEETS) <= set(book.names):
            return "perfxl 写出的汇总表"
        if any(is_list(book.grid(name).cells) for name in book.names):
            return "应报项目名单"
    except (CalamineError, ValueError):
        return ""
    return ""
