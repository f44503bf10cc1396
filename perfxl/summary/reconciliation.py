"""Does the summary hold everything that came in? Each line sets what the files say against what the sheets add up to.

The left side is counted and added up from the files' own data, without the tables; the right side is a formula over the
sheets; the difference must be 0.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from perfxl.model import SEVERITY_WORDS, Severity
from perfxl.summary.batch import Batch
from perfxl.summary.breakdowns import funds_key, money_columns
from perfxl.summary.formulas import Region
from perfxl.summary.listings import NOT_SUBMITTED
from perfxl.summary.projects import MONEY_UNIT, in_money_unit, measure_paths, scheme_named
from perfxl.summary.resubmissions import DISPOSITION_WORDS
from perfxl.summary.tables import Column, Live, SummaryTable, framed

AGREES, DIFFERS = "一致", "不一致"


class ProofLine(NamedTuple):
    """An amount or count: as the files say it, and as a formula over the sheets, with what that must give."""

    item: str
    basis: str
    files: int | Decimal
    summary: Live


COLUMNS: tuple[Column[ProofLine], ...] = (
    Column("item", "核对内容", "long", 58, value=lambda line: line.item),
    Column("basis", "文件一侧怎样得来", "long", 62, value=lambda line: line.basis),
    Column("files", "文件合计", "figure", 18, value=lambda line: line.files),
    Column("summary", "汇总合计", "figure", 18, value=lambda line: line.summary),
    Column("difference", "差额", "figure", 12, formula="ROUND({summary}-{files},6)", value=lambda _: 0),
    Column("verdict", "结论", "status", 10, formula=f'IF({{difference}}=0,"{AGREES}","{DIFFERS}")',
           value=lambda _: AGREES),
)  # fmt: skip
"""The last three are live; their stored values are those that they must give."""


def reconciliation_table(batch: Batch, regions: Mapping[str, Region]) -> SummaryTable:
    """One line an amount or count."""
    lines = [*_files(batch, regions), *_amounts(batch, regions), *_points(batch, regions), *_findings(batch, regions)]
    note = "左边直接由各文件的原始数据相加，右边是对汇总各表的公式；差额应全部为 0"
    return SummaryTable("reconciliation", "核对", note, COLUMNS, framed(COLUMNS, lines), frozen="item")


def _line(item: str, basis: str, value: int | Decimal, formula: str) -> ProofLine:
    return ProofLine(item, basis, value, Live(formula, value))


def _files(batch: Batch, regions: Mapping[str, Region]) -> Iterator[ProofLine]:
    files, projects = regions["files"], regions["projects"]
    names = list(DISPOSITION_WORDS.values())
    counted = "+".join(files.count_where(disposition=f'"{name}"') for name in names)
    yield _line(f"收到的文件 = {' + '.join(names)}", "收到的文件数", len(batch.received), counted)
    used = sum(one.is_used for one in batch.received)
    yield _line("采用的文件 = 项目汇总表的行数", "采用的文件数", used, projects.count("number"))
    yield _line("采用的文件 = 部门汇总的项目数", "采用的文件数", used, regions["departments"].total("projects"))
    if "roster" in regions:
        missing = regions["roster"].count_where(kind=f'"{NOT_SUBMITTED}"')
        yield _line("名单上没有可用文件的项目", "名单逐项核对", len(batch.missing), missing)


def _amounts(batch: Batch, regions: Mapping[str, Region]) -> Iterator[ProofLine]:
    """Each amount three times: over the projects, the departments and the funds tables."""
    for measure, label in batch.portfolio.measures.items():
        total = _added_up(batch, measure)
        basis = f"各采用文件“{label}”单元格之和，折成{MONEY_UNIT}"
        yield _line(f"{label}：项目汇总表", basis, total, regions["projects"].total(measure))
        yield _line(f"{label}：部门汇总", basis, total, regions["departments"].total(measure))
        funds = _funds_formula(batch, measure, regions)
        if funds:
            yield _line(f"{label}：资金汇总表", basis, total, funds)


def _added_up(batch: Batch, measure: str) -> Decimal:
    """The amounts of the files in their own units, brought to 万元 only after adding up."""
    sums: dict[str, Decimal] = {}
    for one in batch.received:
        if one.is_used:
            scheme = scheme_named(str(one.head.scheme), batch.schemes)
            path = measure_paths(scheme).get(measure, "")
            number = one.head.amounts.get(path)
            sums[scheme.money_unit] = sums.get(scheme.money_unit, Decimal(0)) + (number or 0)
    return sum((in_money_unit(number, unit) for unit, number in sums.items()), Decimal(0))


def _funds_formula(batch: Batch, measure: str, regions: Mapping[str, Region]) -> str:
    """The sum over the funds tables of all schemes; "" where one of them shows the amount elsewhere."""
    sums = []
    for scheme in batch.portfolio.schemes:
        path = measure_paths(scheme).get(measure)
        if path is None:
            continue
        if path not in {column[0] for column in money_columns(scheme)}:
            return ""
        sums.append(regions[funds_key(scheme)].total(path))
    return "+".join(sums)


def _points(batch: Batch, regions: Mapping[str, Region]) -> Iterator[ProofLine]:
    used = [one.head for one in batch.received if one.is_used]
    totals = sum((head.total for head in used if head.total is not None), Decimal(0))
    yield _line("总分之和", "各采用文件核算总分之和", totals, regions["projects"].total("total"))
    graded = sum(head.grade is not None for head in used)
    counted = "+".join(regions["departments"].total(f"grade{n}") for n in range(len(batch.portfolio.grades))) or "0"
    yield _line("评出等次的项目 = 各等次之和", "有核算等次的文件数", graded, counted)


def _findings(batch: Batch, regions: Mapping[str, Region]) -> Iterator[ProofLine]:
    findings, files = regions["findings"], regions["files"]
    for severity, column in zip(Severity, ("errors", "warnings", "infos"), strict=True):
        name = SEVERITY_WORDS[severity]
        number = sum(one.head.count(severity) for one in batch.received)
        listed = findings.count_where(severity=f'"{name}"')
        yield _line(f"{name}：问题清单", f"各文件{name}数之和", number, listed)
        yield _line(f"{name}：收文清单", f"各文件{name}数之和", number, files.total(column))
