"""May a file be written where the user says? Asked before any work is done."""

from pathlib import Path
from typing import TYPE_CHECKING

from perfxl.errors import UsageError

if TYPE_CHECKING:
    from perfxl.schemes.choice import SchemeChoice


def expect_xlsx(target: Path) -> None:
    """Raises UsageError where the name is not that of a workbook."""
    if target.suffix.lower() != ".xlsx":
        raise UsageError(f"-o {target}：输出文件名应以 .xlsx 结尾")


def expect_folder(option: str, folder: Path | None) -> None:
    """Raises UsageError where a file bears the name of the folder that is wanted."""
    if folder and folder.is_file():
        raise UsageError(f"{option} {folder}：这是一个文件，这里要写文件夹的名称")


def expect_docx(target: Path | None) -> None:
    """Raises UsageError where the Word document that is wanted has another name; PerfxlError where none can be written."""
    from perfxl.report import require_docx

    if target and target.suffix.lower() != ".docx":
        raise UsageError(f"--report-docx {target}：输出文件名应以 .docx 结尾")
    if target:
        require_docx()


def expect_copies(replies: Path | None, annotated: Path | None) -> None:
    """Raises UsageError where copies are to go back and none are to be written, or both into one folder."""
    if replies and not annotated:
        raise UsageError("--replies 要把审核副本分发给各单位，请同时用 --annotated 指定副本写到哪里")
    if replies and annotated and (replies.resolve() == annotated.resolve()):
        raise UsageError(f"--replies {replies}：不能与 --annotated 是同一个文件夹")


def expect_no_work(target: Path) -> None:
    """Raises UsageError where a form lies that somebody has filled in: it is not replaced by a new one."""
    from perfxl.system.ownbooks import is_as_written

    if target.exists() and not is_as_written(target):
        raise UsageError(f"{target}：已有同名的文件，而且写出后又保存过，里面可能有填好的内容；请换一个文件名")


OWN_FORMS = ("hainan-2020", "hainan-2023")
"""The province's two forms: whose template and sources of funds are meant where no scheme is named."""


def write_blank(
    target: Path,
    scheme: str | None,
    is_roster: bool = False,
    choice: "SchemeChoice | None" = None,
    is_list: bool = False,
) -> None:
    """Writes the blank form of a scheme, the blank roster or the blank list.

    Raises:
        UsageError: the name is no workbook's, or somebody's work lies there.
        SchemeError: no such scheme, or it contradicts itself.
        OutputError: the file cannot be written.
    """
    from perfxl.schemes.choice import EVERY, scheme_by_id

    expect_xlsx(target)
    expect_no_work(target)
    if is_roster or is_list:
        from perfxl.office.blanks import write_blank_list, write_blank_roster

        if is_list:
            write_blank_list(
                target, [scheme_by_id(name, choice or EVERY) for name in ([scheme] if scheme else OWN_FORMS)]
            )
        else:
            write_blank_roster(target)
    else:
        from perfxl.templates.form import write_form

        write_form(scheme_by_id(scheme or OWN_FORMS[0], choice or EVERY), target)
