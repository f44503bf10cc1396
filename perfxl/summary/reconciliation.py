"""Does the summary hold everything that came in? Each line sets what the files say against what the sheets add up to.

The left side is counted and added up from the files' own data, read anew and without the tables; the right side is a formula
over the sheets, stored with what stands in the rows of the tables. Where they differ, the difference is stored too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from perfxl.model import SEVERITY_WORDS, Severity
from perfxl.summary.batch import Batch
from perfxl.summary.breakdowns import funds_key, money_columns
from perfxl.summary.formulas import Region
from perfxl.summary.projects import BUDGET, decimal, in_money_unit, measure_paths, number_at, scheme_named
from perfxl.summary.resubmissions import DISPOSITION_WORDS
from perfxl.summary.roster import NOT_SUBMITTED, UNREADABLE
from perfxl.summary.tables import Column, Live, SummaryTable, framed
from perfxl.typed.amounts import OFFICE_UNIT, round_half_up

AGREES, DIFFERS = "一致", "不一致"


class ProofLine(NamedTuple):
    """An amount or count: as the files say it, and as a formula over the sheets, with what stands there."""

    item: str
    basis: str
    files: int | Decimal
    summary: Live

    @property
    def difference(self) -> Decimal:
        """What the sheets have too much; 0 where all is well."""
        held = self.summary.value
        assert isinstance(held, int | Decimal)
        return round_half_up(Decimal(held) - self.files, 6)


_LEFT_OUT = "leftout"
"""The key of the list of what does not count, which is there only where something does not."""

Tables = Mapping[str, SummaryTable]
_Regions = Mapping[str, Region]


class Sums(NamedTuple):
    """The amounts of the files in their own units, by measure and unit: of all files that are used, and of those that count."""

    typed: Mapping[tuple[str, str], Decimal]
    counted: Mapping[tuple[str, str], Decimal]


PROOF_COLUMNS: tuple[Column[ProofLine], ...] = (
    Column("item", "核对内容", "long", 58, value=lambda line: line.item),
    Column("basis", "文件一侧怎样得来", "long", 62, value=lambda line: line.basis),
    Column("files", "文件合计", "figure", 18, value=lambda line: line.files),
    Column("summary", "汇总合计", "figure", 18, value=lambda line: line.summary),
    Column("difference", "差额", "figure", 12, formula="ROUND({summary}-{files},6)",
           value=lambda line: line.difference),
    Column("verdict", "结论", "status", 10, formula=f'IF({{difference}}=0,"{AGREES}","{DIFFERS}")',
           value=lambda line: DIFFERS if line.difference else AGREES),
)  # fmt: skip
"""The last three are live; their stored values are what stands in the tables."""


def reconciliation_table(batch: Batch, tables: Tables, regions: _Regions) -> SummaryTable:
    """One line an amount or count; `tables` are the others, as they will be written."""
    lines = [
        *_files(batch, tables, regions),
        *_amounts(batch, tables, regions),
        *_points(batch, tables, regions),
        *_findings(batch, tables, regions),
    ]
    note = "左边直接由各文件的原始数据相加，右边是对汇总各表的公式；差额应全部为 0"
    rows = framed(PROOF_COLUMNS, map(_counted, lines))
    return SummaryTable("reconciliation", "核对", note, PROOF_COLUMNS, rows, frozen="item")


def _counted(line: ProofLine) -> ProofLine:
    """A line whose sides are both counts where the files are counted: sums of tables are Decimal."""
    held = line.summary.value
    if isinstance(line.files, int) and isinstance(held, Decimal):
        return line._replace(summary=Live(line.summary.formula, int(held)))
    return line


def differences(table: SummaryTable) -> int:
    """How many lines of the table differ."""
    return list(table.frame["verdict"]).count(DIFFERS)


def _words(table: SummaryTable, key: str) -> Counter[object]:
    """How often each word stands in a column, the rows of a stream counted as they come."""
    at = [column.key for column in table.columns].index(key)
    return Counter(row[at] for row in table.part(0, len(table)))


def _files(batch: Batch, tables: Tables, regions: _Regions) -> Iterator[ProofLine]:
    files, projects = regions["files"], regions["projects"]
    names = list(DISPOSITION_WORDS.values())
    counted = "+".join(files.count_where(disposition=f'"{name}"') for name in names)
    words = _words(tables["files"], "disposition")
    listed = Live(counted, sum(words[name] for name in names))
    yield ProofLine(f"收到的文件 = {' + '.join(names)}", "收到的文件数", len(batch.received), listed)
    used = sum(one.is_used for one in batch.received)
    rows = Live(projects.count("number"), len(tables["projects"].numbers("number")))
    yield ProofLine("采用的文件 = 项目汇总表的行数", "采用的文件数", used, rows)
    held = Live(regions["departments"].total("projects"), tables["departments"].total("projects"))
    yield ProofLine("采用的文件 = 部门汇总的项目数", "采用的文件数", used, held)
    if "roster" in regions:
        missing = "+".join(regions["roster"].count_where(kind=f'"{kind}"') for kind in (UNREADABLE, NOT_SUBMITTED))
        words = _words(tables["roster"], "kind")
        found = Live(missing, words[UNREADABLE] + words[NOT_SUBMITTED])
        yield ProofLine("名单上没有可用文件的项目", "名单逐项核对", len(batch.missing), found)
    if "roster" in regions and batch.office.approved:
        budgets = sum((one.budget or Decimal(0) for one in batch.office.approved.projects), Decimal(0))
        summed = Live(regions["roster"].total("approved"), tables["roster"].total("approved"))
        yield ProofLine("名单预算合计：名单核对", f"名单各项目批复预算之和，折成{OFFICE_UNIT}", budgets, summed)


def _amounts(batch: Batch, tables: Tables, regions: _Regions) -> Iterator[ProofLine]:
    """Each amount: all that the files hold, and what counts over the projects, the departments and the funds tables."""
    sums = _added_up(batch)
    for measure, label in batch.portfolio.measures.items():
        everything, counting = (_in_money_unit(part, measure) for part in sums)
        basis = f"各采用文件“{label}”单元格之和，折成{OFFICE_UNIT}"
        yield ProofLine(f"{label}：项目汇总表 + 未计入清单", basis, everything, _held(measure, tables, regions))
        if measure == BUDGET and "roster" in regions and batch.office.approved:
            stated = Live(regions["roster"].total("stated"), tables["roster"].total("stated"))
            yield ProofLine("填报预算合计：名单核对", basis, everything, stated)
        basis = f"其中金额已定的各采用文件“{label}”单元格之和"
        for key, title in (("projects", "项目汇总表"), ("departments", "部门汇总")):
            held = Live(regions[key].total(measure), tables[key].total(measure))
            yield ProofLine(f"{label}：{title}", basis, counting, held)
        funds = _funds(batch, measure, tables, regions)
        if funds:
            yield ProofLine(f"{label}：资金汇总表", basis, counting, funds)


def _held(measure: str, tables: Tables, regions: _Regions) -> Live:
    """An amount as the projects have it, with what is on the list of what does not count."""
    formula, value = regions["projects"].total(measure), tables["projects"].total(measure)
    if _LEFT_OUT not in tables:
        return Live(formula, value)
    listed = tables[_LEFT_OUT]
    left = (decimal(row[0]) for row in listed.frame.loc[listed.frame["measure"] == measure, ["amount"]].to_numpy())
    wanted = f'"{measure}"'
    return Live(
        f"{formula}+{regions[_LEFT_OUT].total_where('amount', measure=wanted)}",
        value + sum((number for number in left if number is not None), Decimal(0)),
    )


def _added_up(batch: Batch) -> Sums:
    """The amounts in the dossiers of the files that are used, each read anew."""
    typed: dict[tuple[str, str], Decimal] = {}
    counted: dict[tuple[str, str], Decimal] = {}
    for one in batch.received:
        if not one.is_used:
            continue
        (dossier,) = one.filed.kept.read("dossier")
        scheme = scheme_named(str(one.head.scheme), batch.schemes)
        opened = {figure.figure for figure in one.head.open}
        for measure, path in measure_paths(scheme).items():
            number, key = number_at(dossier, path), (measure, scheme.money_unit)
            typed[key] = typed.get(key, Decimal(0)) + (number or 0)
            if path not in opened and "rates.execution" not in opened:
                counted[key] = counted.get(key, Decimal(0)) + (number or 0)
    return Sums(typed, counted)


def _in_money_unit(sums: Mapping[tuple[str, str], Decimal], measure: str) -> Decimal:
    """The sum of a measure in 万元, brought to it only after adding up."""
    own = (in_money_unit(number, unit) for (key, unit), number in sums.items() if key == measure)
    return sum(own, Decimal(0))


def _funds(batch: Batch, measure: str, tables: Tables, regions: _Regions) -> Live | None:
    """The sum over the funds tables of all schemes; None where one of them shows the amount elsewhere."""
    formulas, value = [], Decimal(0)
    for scheme in batch.portfolio.schemes:
        path = measure_paths(scheme).get(measure)
        if path is None:
            continue
        if path not in {column[0] for column in money_columns(scheme)}:
            return None
        formulas.append(regions[funds_key(scheme)].total(path))
        value += tables[funds_key(scheme)].total(path)
    return Live("+".join(formulas), value) if formulas else None


def _points(batch: Batch, tables: Tables, regions: _Regions) -> Iterator[ProofLine]:
    used = [one.head for one in batch.received if one.is_used]
    totals = sum((head.total for head in used if head.total is not None), Decimal(0))
    held = Live(regions["projects"].total("total"), tables["projects"].total("total"))
    yield ProofLine("总分之和", "各采用文件已定的核算总分之和", totals, held)
    graded = sum(head.grade is not None for head in used)
    keys = [f"grade{n}" for n in range(len(batch.portfolio.grades))]
    counted = "+".join(regions["departments"].total(key) for key in keys) or "0"
    found = Live(counted, sum((tables["departments"].total(key) for key in keys), Decimal(0)))
    yield ProofLine("评出等次的项目 = 各等次之和", "有核算等次的文件数", graded, found)
    open_ = sum(head.final is False for head in used)
    ungraded = Live(regions["departments"].total("ungraded"), tables["departments"].total("ungraded"))
    yield ProofLine("未评的项目", "总分未定的文件数", open_, ungraded)


def _findings(batch: Batch, tables: Tables, regions: _Regions) -> Iterator[ProofLine]:
    findings, files = regions["findings"], regions["files"]
    listed = _words(tables["findings"], "severity")
    for severity, column in zip(Severity, ("errors", "warnings", "infos"), strict=True):
        name = SEVERITY_WORDS[severity]
        number = sum(one.head.count(severity) for one in batch.received)
        held = Live(findings.count_where(severity=f'"{name}"'), listed[name])
        yield ProofLine(f"{name}：问题清单", f"各文件{name}数之和", number, held)
        yield ProofLine(
            f"{name}：收文清单", f"各文件{name}数之和", number, Live(files.total(column), tables["files"].total(column))
        )
