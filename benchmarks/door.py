"""What does the door cost, beside the fast reader on the same file?

`python benchmarks/door.py` prints CPU time of `inspect` and of python-calamine reading every sheet, the best of several
runs in one process, and their ratio.
"""

import io
import random
import time
from collections.abc import Callable
from pathlib import Path

import python_calamine
import xlsxwriter

from perfxl.door.inspect import inspect

SAMPLE = Path(__file__).parents[1] / "samples" / "海南省商务厅-信息系统运维.xlsx"
KINDS = 4


def form(sheets: int, rows: int, columns: int) -> bytes:
    """A workbook of texts, styled blanks, numbers and formulas in equal parts; every third text is its own."""
    stream, chance = io.BytesIO(), random.Random(1)
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        style = book.add_format({"bold": True})
        for number in range(sheets):
            sheet = book.add_worksheet(f"表{number}")
            for row in range(rows):
                for column in range(columns):
                    _write(sheet, row, column, style, chance)
    return stream.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, style: xlsxwriter.format.Format, chance: random.Random
) -> None:
    kind = column % KINDS
    if kind == 0:
        text = f"项目{chance.randrange(10**12)}" if row % 3 == 0 else f"单位{row % 50}"
        sheet.write_string(row, column, text, style)
    elif kind == 1:
        sheet.write_blank(row, column, None, style)
    elif kind == 2:
        sheet.write_number(row, column, chance.random(), style)
    else:
        sheet.write_formula(row, column, f"=A{row + 1}*2", style, chance.random())


def read(data: bytes) -> None:
    """Reads every sheet as the reader does."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def best(work: Callable[[bytes], object], data: bytes, runs: int) -> float:
    """The least CPU time of some runs in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work(data)
        times.append(time.process_time() - start)
    return min(times) * 1000


def main() -> None:
    print(f"{'file':28}{'bytes':>12}{'inspect ms':>12}{'calamine ms':>12}{'ratio':>8}")
    _compare("a filled form", SAMPLE.read_bytes(), 300)
    for title, shape, runs in (
        ("7 sheets, 308 cells", (7, 11, 4), 200),
        ("7 sheets, 2,800 cells", (7, 40, 10), 50),
        ("1 sheet, 250,000 cells", (1, 12_500, 20), 5),
        ("1 sheet, 1,000,000 cells", (1, 50_000, 20), 3),
    ):
        _compare(title, form(*shape), runs)


def _compare(title: str, data: bytes, runs: int) -> None:
    door, reader = best(inspect, data, runs), best(read, data, runs)
    print(f"{title:28}{len(data):12,}{door:12.2f}{reader:12.2f}{door / reader:8.2f}")


if __name__ == "__main__":
    main()
