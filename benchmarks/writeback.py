"""What does the write-back cost beside openpyxl's load, the same edits, save? Prints a table; fails where a bar is missed.

    python benchmarks/writeback.py

CPU seconds of this process, the best of several runs each, taken in turns in one run.
"""

import io
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from perfxl.model import Finding, Severity, Status
from perfxl.writeback.annotate import Mark, Plan, ResultFigure, Review, VerdictLine, apply_plan
from rich_workbooks import FORM, big_workbook, small_form

CELLS = ("A3", "B4", "C5", "D6", "B7", "B8", "C9", "D10", "A11", "B12", "C13", "D14", "B15")
"""As many findings as the published dossier gives."""

TEXTS = ("资金总额不等于各来源之和。", "195.01", "185.01", "请核对各来源，改正总额或来源。")
BARS = {"small form": 6, "5 MB workbook": 100}
RUNS = {"small form": 30, "5 MB workbook": 3}


def the_plan() -> Plan:
    message, found, expected, fix = TEXTS
    findings = [Finding("FD01", Severity.ERROR, message, FORM, cell, "funds", found, expected, fix) for cell in CELLS]
    marks = [
        Mark(FORM, cell, Severity.ERROR, f"【错误 FD01】{message}\n应为：{expected}\n更正：{fix}") for cell in CELLS
    ]
    figures = [ResultFigure(FORM, f"F{row}", Decimal("0.4484"), "rate") for row in range(3, 8)]
    verdict = (VerdictLine("总分", Decimal("98.5"), "points"), VerdictLine("等次", "优", "text"))
    return Plan(tuple(figures), tuple(marks), Review("a.xlsx", "某项目", Status.RETURNED, verdict, (), tuple(findings)))


PLAN = the_plan()


def with_openpyxl(data: bytes) -> bytes:
    """The same edits the usual way; it loses what the tests of the write-back keep."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[FORM]
    for figure in PLAN.figures:
        sheet[figure.cell].value = figure.value
        sheet[figure.cell].number_format = "0.00%"
    for mark in PLAN.marks:
        old = sheet[mark.cell].comment
        sheet[mark.cell].comment = Comment(f"{old.text}\n{mark.remark}" if old else mark.remark, "perfxl")
        sheet.conditional_formatting.add(mark.cell, FormulaRule(formula=["TRUE"], fill=PatternFill(bgColor="FFC7CE")))
    added = book.create_sheet("审核结果")
    for line in PLAN.review.verdict:
        added.append([line.label, line.value])
    for finding in PLAN.review.findings:
        added.append(
            [finding.code, finding.sheet, finding.cell, finding.message, finding.found, finding.expected, finding.fix]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def main() -> int:
    """Measures both workbooks; 1 where a bar is missed."""
    missed = False
    print(f"{'workbook':<16}{'KB':>8}{'perfxl ms':>12}{'openpyxl ms':>14}{'ratio':>9}{'bar':>7}")
    for name, data in (("small form", small_form()), ("5 MB workbook", big_workbook())):
        pairs = [(partial(apply_plan, data, PLAN), partial(with_openpyxl, data))] * RUNS[name]
        runs = [(seconds(own), seconds(other)) for own, other in pairs]
        ours, theirs = min(own for own, _ in runs), min(other for _, other in runs)
        missed = missed or theirs / ours < BARS[name]
        print(
            f"{name:<16}{len(data) / 1024:>8.0f}{ours * 1000:>12.2f}{theirs * 1000:>14.1f}{theirs / ours:>9.1f}{BARS[name]:>7}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
