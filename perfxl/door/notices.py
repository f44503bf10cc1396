"""What the door notices of a file that may be read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing of a file that may be read: the code, one sentence, what was found and expected."""

    code: str
    message: str
    found: str
    expected: str = ""


PLACES_OF_TEMPLATE = "，所列单元格是标准模板中的位置"
"""What is to be added where a format has no cells."""


def in_another_format(what: str, more: str = "") -> Notice:
    """FL06: a format that is read, but not written back."""
    message = f"文件是{what}：可以读取，带批注的副本改用标准模板生成{more}。"
    return Notice("FL06", message, what, "Excel 工作簿（.xlsx）")
