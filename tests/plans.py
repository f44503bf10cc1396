"""Plans of edits for the tests of the write-back, and the workbooks that they are applied to."""

from decimal import Decimal

import pytest

from perfxl.model import Finding, Severity, Status
from perfxl.writeback.annotate import Mark, Plan, ResultFigure, Review, VerdictLine
from perfxl.writeback.edits import LevelLine
from rich_workbooks import FORM, rich_workbooks

BOOKS = rich_workbooks()
every_book = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
TITLE = "审核结果"
RESERVED = {(FORM, "B7"), (FORM, "C6"), (FORM, "D5")}


def finding(cell: str, severity: Severity = Severity.ERROR, sheet: str = FORM, **texts: str) -> Finding:
    return Finding("FD01", severity, texts.pop("message", "总额不等于各来源之和。"), sheet, cell, **texts)


def review(*findings: Finding) -> Review:
    verdict = (
        VerdictLine("总分", Decimal("98.5"), "points"),
        VerdictLine("等次", "优", "text"),
        VerdictLine("执行率", Decimal("0.4484"), "rate"),
    )
    levels = (
        LevelLine(1, "项目决策", Decimal(19), Decimal(20), Decimal("0.95")),
        LevelLine(2, "项目目标", None, None, None),
    )
    return Review("某单位.xlsx", "某项目", Status.RETURNED, verdict, levels, findings)


def mark(cell: str, severity: Severity = Severity.ERROR, sheet: str = FORM, remark: str = "总额不符") -> Mark:
    return Mark(sheet, cell, severity, remark)


PLAN = Plan(
    figures=(
        ResultFigure(FORM, "B7", Decimal("0.4484"), "rate"),
        ResultFigure(FORM, "C6", Decimal("98.5"), "points"),
        ResultFigure(FORM, "D5", "优", "text"),
    ),
    marks=(
        mark("B3"),
        mark("A3", Severity.INFO),
        mark("C15", Severity.WARNING),
        mark("Z50", Severity.WARNING),
        mark("B5"),
    ),
    review=review(
        finding("B3"), finding("A3", Severity.INFO), finding("", Severity.WARNING, ""), finding("A1", sheet="没有的表")
    ),
)
NOTHING = Plan((), (), review())


def with_marks(*marks: Mark) -> Plan:
    return Plan((), marks, review())


def with_figures(*figures: ResultFigure) -> Plan:
    return Plan(figures, (), review())
