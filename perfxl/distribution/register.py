"""The register: which form went out for which project, to whom, until when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from perfxl.office.approved import ApprovedProject
from perfxl.schemes.spec import Scheme
from perfxl.system.newbook import new_workbook
from perfxl.typed.amounts import plain

REGISTER = "下发登记.xlsx"
MADE = datetime(2020, 1, 1)
"""The date inside the file: the same list gives the same bytes."""
_COLUMNS = (
    ("序号", 6), ("主管部门", 24), ("实施单位", 26), ("项目编码", 24), ("项目名称", 36), ("评价表", 14), ("年度", 8),
    ("批复预算（万元）", 16), ("指标数", 8), ("联系人及电话", 24), ("电子邮箱", 26), ("截止日期", 12), ("表格文件", 50),
    ("项目标识", 20), ("清单版次", 16),
)  # fmt: skip
_LONGEST_LINK = 2000


def write_register(
    path: Path,
    projects: Sequence[ApprovedProject],
    schemes: Mapping[str, Scheme],
    places: Mapping[str, PurePosixPath],
) -> None:
    """Writes the register of what went out.

    Args:
        path: the workbook.
        projects: in the order of the list.
        schemes: the form of each project by the project's id.
        places: the path of each form beside the register, by the project's id.

    Raises:
        OutputError: it cannot be written.
    """
    look = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
    with new_workbook(path) as book:
        book.set_properties({"title": "绩效评价表下发登记", "created": MADE})
        sheet = book.add_worksheet("下发登记")
        text, money = book.add_format(look), book.add_format(look | {"num_format": "#,##0.00"})
        link = book.add_format(look | {"font_color": "#1F5FA8", "underline": 1})
        head = book.add_format(look | {"bold": True, "align": "center", "border": 1, "bg_color": "#D9E5F3"})
        sheet.write_string(0, 0, "绩效评价表下发登记", book.add_format(look | {"bold": True, "font_size": 14}))
        note = "一行一个项目；“项目标识”和“清单版次”也写在表格里，报回时据此与批复清单核对。点“表格文件”打开。"
        sheet.write_string(1, 0, note, book.add_format(look | {"font_color": "#595959"}))
        for column, (label, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, label, head)
        for number, one in enumerate(projects, 1):
            row, place = number + 2, places[one.id].as_posix()
            before = (one.department, one.unit, one.code, one.name, schemes[one.id].edition, one.year)
            sheet.write_number(row, 0, number, text)
            for column, value in enumerate(before, 1):
                sheet.write_string(row, column, value, text)
            if one.budget is not None:
                sheet.write_number(row, 7, float(plain(one.budget)), money)
            sheet.write_number(row, 8, len(one.targets), text)
            for column, value in enumerate((one.contact, one.mail, one.deadline), 9):
                sheet.write_string(row, column, value, text)
            if len(place) < _LONGEST_LINK:
                sheet.write_url(row, 12, f"external:{place}", link, place)
            else:
                sheet.write_string(row, 12, place, text)
            sheet.write_string(row, 13, one.id, text)
            sheet.write_string(row, 14, one.issue, text)
        sheet.freeze_panes(3, 0)
        sheet.autofilter(2, 0, len(projects) + 2, len(_COLUMNS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
