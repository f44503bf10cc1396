"""An office and an agency that talk about a form: copies are made, words typed into 审核结果, versions sent again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl

from opened import load_workbook
from perfxl.batch.officefolders import OfficeFolders, hear
from perfxl.batch.onefile import process_file
from perfxl.model import FileResult, Finding
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.results.jobs import Conditions, Job
from perfxl.results.laiddown import laid_down

TODAY = date(2024, 6, 28)
Words = Mapping[str, str]
"""What is typed into a row, by heading."""


@dataclass
class Office:
    """A finance office with an inbox, its copies, and further folders of reviewed copies.

    Attributes:
        home: the folder in which all of it lies.
        reviewed: further folders and tables.
        known: its list, its books, last year.
    """

    home: Path
    reviewed: tuple[Path, ...] = ()
    known: OfficeKnowledge | None = None

    @property
    def copies(self) -> Path:
        return self.home / "审核"

    def run(self, data: bytes, name: str = "表.xlsx", today: date = TODAY) -> FileResult:
        """One run over an inbox that holds this file alone."""
        inbox = self.home / "收件"
        for folder in (inbox, self.copies):
            folder.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(data)
        said = laid_down(hear(OfficeFolders(self.copies, self.reviewed)).said, self.home)
        known = laid_down(self.known, self.home) if self.known else None
        job = Job(inbox / name, name, Conditions(today, said=said, known=known), annotated=self.copies / name)
        return process_file(job)[0]

    def copy(self, name: str = "表.xlsx") -> Path:
        return self.copies / name


def typed(path: Path, words: Mapping[str, Words], heading: str = "代码") -> bytes:
    """A workbook as somebody saves it who has typed words into the rows of these codes on 审核结果."""
    book = load_workbook(path)
    sheet = next(sheet for sheet in book if sheet.title.startswith("审核结果"))
    head = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == heading)
    columns = {str(cell.value): cell.column for cell in sheet[head] if cell.value}
    for row in range(head + 1, sheet.max_row + 1):
        for label, text in words.get(str(sheet.cell(row, columns["代码"]).value), {}).items():
            sheet.cell(row, columns[label]).value = text
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def rows_of(path: Path, sheet_name: str = "审核结果") -> list[dict[str, object]]:
    """The table of a copy's 审核结果, a mapping by heading for each row."""
    book = load_workbook(path, read_only=True)
    lines = list(book[sheet_name].iter_rows(values_only=True))
    book.close()
    head = next(number for number, line in enumerate(lines) if "代码" in line)
    return [dict(zip(map(str, lines[head]), line, strict=True)) for line in lines[head + 1 :] if line[1]]


def the(result: FileResult, code: str) -> Finding:
    """The finding of a code, of which there must be one."""
    (found,) = [one for one in result.findings if one.code == code]
    return found
