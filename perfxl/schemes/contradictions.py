"""What in a scheme contradicts itself: bounds, labels, weights, formulas, spans."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from perfxl.schemes.spec import (
    APPROVED_COLUMNS,
    FORMULAS,
    THRESHOLDS,
    Block,
    Field,
    Fields,
    Item,
    Matrix,
    Scheme,
    Sections,
    Table,
    branch_of,
    parse_live,
)
from perfxl.typed.amounts import plain
from perfxl.typed.wording import label_key


def find_problems(scheme: Scheme) -> Iterator[str]:
    """What in a scheme contradicts itself, each with its place and reason (Chinese)."""
    yield from _problems_of_grades(scheme)
    yield from _problems_of_labels(scheme)
    yield from _problems_of_weights(scheme)
    yield from _problems_of_thresholds(scheme)
    yield from _problems_of_formulas(scheme)
    yield from _problems_of_spans(scheme)
    yield from _problems_of_approved(scheme)


def _problems_of_approved(scheme: Scheme) -> Iterator[str]:
    if scheme.approved is None:
        return
    approved = scheme.approved
    amounts = [f"{matrix.key}.{column.key}" for matrix in scheme.matrices for column in matrix.columns]
    amounts += [path for path, datum in scheme.data.items() if datum.type == "money" and path.count(".") == 1]
    if approved.amounts not in amounts:
        yield f"approved.amounts“{approved.amounts}”不是金额表的列，也不是金额栏目，可用的：{'、'.join(amounts)}"
    table = scheme.tables.get(approved.table)
    if table is None or table.fixed:
        yield f"approved.table“{approved.table}”应为可以增加行的表：{'、'.join(k for k, t in scheme.tables.items() if not t.fixed)}"
        return
    for key, column in approved.columns.items():
        if key not in APPROVED_COLUMNS:
            yield f"approved.columns 的“{key}”不是清单的栏目，可用的：{'、'.join(APPROVED_COLUMNS)}"
        if column not in table.data_keys:
            yield f"approved.columns.{key}“{column}”不是表“{table.key}”的列，可用的列：{'、'.join(table.data_keys)}"
    if "name" not in approved.columns:
        yield "approved.columns 缺少“name”：按指标名称与清单对应"


def _problems_of_grades(scheme: Scheme) -> Iterator[str]:
    bounds = [grade.lower for grade in scheme.grades]
    if not bounds:
        return
    if any(low >= high for high, low in pairwise(bounds)):
        yield f"grades 的下限必须从高到低且互不重叠，现为 {'、'.join(map(plain, bounds))}"
    elif bounds[-1] != 0:
        yield f"grades 最低一档“{scheme.grades[-1].name}”的下限应为 0，否则低于 {plain(bounds[-1])} 的得分没有等次"
    if len({grade.name for grade in scheme.grades}) != len(scheme.grades):
        yield "grades 有重复的等次名称"
    for grade in scheme.grades:
        if not grade.name.isprintable() or set(grade.name) & set('"{}'):
            yield f"grades 的等次名称“{grade.name}”含有公式里不能用的符号（引号、花括号、控制字符）"


def _problems_of_labels(scheme: Scheme) -> Iterator[str]:
    names = Counter(label_key(name) for sheet in scheme.sheets for name in (sheet.name, *sheet.aliases))
    yield from (f"sheets 的工作表名或别名“{name}”重复" for name, count in names.items() if count > 1)
    for number, sheet in enumerate(scheme.sheets, 1):
        for position, block in enumerate(sheet.blocks, 1):
            place = f"sheets[{number}]（{sheet.name}）.blocks[{position}]"
            yield from (f"{place} 的标签“{label}”重复" for label in _repeated(_labels(block)))
    paths = Counter(path for path, datum in scheme._single_data() if datum.is_data)
    yield from (
        f"“{path}”声明了 {count} 次；重复出现的栏目请加 echo = true" for path, count in paths.items() if count > 1
    )
    tables = Counter(block.key for _, block in scheme.blocks() if isinstance(block, Table))
    yield from (f"表“{key}”声明了 {count} 次" for key, count in tables.items() if count > 1)


def _labels(block: Block) -> list[str]:
    """The labels of a block that must be told apart; printed weights of the levels may share one heading."""
    if isinstance(block, Fields):
        return [label for datum in block.fields for label in (datum.label, *datum.aliases)]
    if isinstance(block, Matrix):
        entries: list[Field | Item] = [*block.columns, *(row for row in block.rows if row.label)]
        return [label for entry in entries for label in (entry.label, *entry.aliases)]
    if isinstance(block, Table):
        return [label for column in block.columns if not column.fixed for label in (column.label, *column.aliases)]
    if isinstance(block, Sections):
        return [
            f"{section.chapter}{label}" for section in block.sections for label in (section.label, *section.aliases)
        ]
    return []


def _repeated(labels: list[str]) -> list[str]:
    counts = Counter(map(label_key, labels))
    return [label for label, count in counts.items() if count > 1]


def _problems_of_weights(scheme: Scheme) -> Iterator[str]:
    levels = sum(scheme.levels.values(), Decimal(0))
    tree = scheme.tables.get("indicators")
    if scheme.full_score < 0:
        yield f"full_score 满分不能小于 0，现为 {plain(scheme.full_score)}；不打分的表请不写 full_score"
    execution = scheme.execution.weight if scheme.execution else Decimal(0)
    if scheme.levels and levels + execution != scheme.full_score:
        added = f"（加上预算执行率 {plain(execution)}）" if execution else ""
        yield f"levels 一级指标分值合计为 {plain(levels)}{added}，应为 {plain(scheme.full_score)}"
    if tree is None or not tree.fixed:
        return
    sums: dict[str, Decimal] = {}
    unknown = set[str]()  # levels in which the agency sets weights
    yield from _problems_of_open_rows(tree)
    for number, row in enumerate(tree.fixed, 1):
        is_open = row in tree.open_rows
        missing = [
            key for key in (("level1",) if is_open else ("level1", "level2", "level3", "weight")) if key not in row
        ]
        if missing:
            yield f"indicators.fixed[{number}] 缺少 {'、'.join(missing)}；请补上"
            return
        if is_open and "weight" not in row:
            if tree.open_branches[tuple(filter(None, branch_of(row)))] is None:
                unknown.add(row["level1"])
            continue
        if not isinstance(row["weight"], int | Decimal) or isinstance(row["weight"], bool):
            yield f"indicators.fixed[{number}].weight 应为数字，现为“{row['weight']}”；分值不加引号"
            return
        sums[row["level1"]] = sums.get(row["level1"], Decimal(0)) + Decimal(row["weight"])
    whole = sum(sums.values(), execution)
    if not scheme.levels and (whole > scheme.full_score if unknown else whole != scheme.full_score):
        yield (
            f"indicators.fixed 的分值合计为 {plain(whole)}（含预算执行率），应为 full_score {plain(scheme.full_score)}"
        )
    for name in dict.fromkeys([*sums, *unknown, *scheme.levels]) if scheme.levels else ():
        stated, summed = scheme.levels.get(name), sums.get(name)
        is_right = stated is not None and (summed or 0) <= stated if name in unknown else stated == summed
        if not is_right:
            yield f"一级指标“{name}”的三级指标分值合计为 {_shown(summed)}，levels 中为 {_shown(stated)}"
    closed = [row for row in tree.fixed if row not in tree.open_rows]
    names = Counter((row["level1"], row["level2"], row["level3"]) for row in closed)
    yield from (f"indicators.fixed 中“{' / '.join(name)}”重复" for name, count in names.items() if count > 1)


def _problems_of_open_rows(tree: Table) -> Iterator[str]:
    """Columns that would be printed where an agency has to write."""
    for key in ("level2", "level3", "weight"):
        column = tree.column(key)
        is_typed = any(key not in row or key == "weight" for row in tree.open_rows)
        if column is not None and column.fixed and is_typed:
            yield (
                f"indicators 的列“{key}”写了 fixed = true，但 fixed 中有不写 level3、由单位自行填写指标的行；"
                f"请去掉这一列的 fixed = true（写明的行仍然印出、锁定）"
            )


def _shown(value: Decimal | None) -> str:
    return "（没有）" if value is None else plain(value)


def _problems_of_formulas(scheme: Scheme) -> Iterator[str]:
    """Names of amounts, rates, columns and rows that do not exist."""
    yield from _problems_of_rates(scheme)
    yield from _problems_of_live(scheme)
    for matrix in scheme.matrices:
        unknown = set(matrix.ascending) - {column.key for column in matrix.columns}
        yield from (f"{matrix.key}.ascending 引用了不存在的列“{name}”" for name in sorted(unknown))
        if matrix.total and matrix.total not in {row.key for row in matrix.rows}:
            yield f"{matrix.key}.total 引用了不存在的行“{matrix.total}”"


def _problems_of_thresholds(scheme: Scheme) -> Iterator[str]:
    for name in scheme.thresholds:
        if name not in THRESHOLDS:
            near = difflib.get_close_matches(name, THRESHOLDS, n=1) or list(THRESHOLDS)
            yield f"thresholds 中没有名为“{name}”的阈值，可用：{'、'.join(near)}"


def _problems_of_rates(scheme: Scheme) -> Iterator[str]:
    known, rates = scheme.data, {rate.key for rate in scheme.rates}
    places = [(f"rates.{rate.key}", name, "金额") for rate in scheme.rates for name in (rate.part, rate.whole)]
    uses = [(f"指标“{bound.level3}”", bound.rate) for bound in (*scheme.proportional, *scheme.execution_bound)]
    if scheme.execution:
        places += [("execution", name, "") for name in (scheme.execution.score, scheme.execution.stated_rate)]
        uses.append(("execution", scheme.execution.rate))
    for place, name, what in places:
        if name not in known:
            yield f"{place} 引用了不存在的{what}“{name}”，可用：{_near(name, known)}"
    for place, name in uses:
        if name not in rates:
            yield f"{place} 引用了不存在的比率“{name}”，可用：{'、'.join(sorted(rates))}"


def _problems_of_live(scheme: Scheme) -> Iterator[str]:
    known = scheme.data
    columns = {f"{key}.{column.key}" for key, table in scheme.tables.items() for column in table.columns}
    for path, live in _live_formulas(scheme):
        name, argument = parse_live(live)
        if name not in FORMULAS:
            yield f"{path} 的公式“{live}”无法识别，可用：{'、'.join(FORMULAS)}"
            continue
        if name == "grade" and not scheme.grades:
            yield f"{path} 的公式“{live}”要按等次计算，方案里没有 grades；请写上各等次及下限，或删去这个公式"
        if name in ("execution", "weight") and scheme.execution is None:
            yield f"{path} 的公式“{live}”要按预算执行率计分，方案里没有 [execution]；请补上，或删去这个公式"
        own = {key.rpartition(".")[2] for key in columns | set(known) if key.split(".")[0] == path.split(".")[0]}
        own |= {column.key for matrix in scheme.matrices for column in matrix.columns}
        allowed = columns if name in ("sum", "mean", "total") else set(known) if name == "grade" else own
        for part in filter(None, argument.split(",")):
            if part not in allowed:
                yield f"{path} 的公式“{live}”引用了不存在的“{part}”，可用：{_near(part, allowed)}"


def _live_formulas(scheme: Scheme) -> Iterator[tuple[str, str]]:
    yield from ((path, datum.live) for path, datum in scheme.data.items() if datum.live)
    for key, table in scheme.tables.items():
        yield from ((f"{key}.{column.key}", column.live) for column in table.columns if column.live)


def _near(name: str, known: Mapping[str, Any] | set[str]) -> str:
    head = name.split(".")[0]
    near = sorted(path for path in known if path.split(".")[0] == head) or sorted(known)
    return "、".join(near[:8])


def _problems_of_spans(scheme: Scheme) -> Iterator[str]:
    for number, sheet in enumerate(scheme.sheets, 1):
        width = len(sheet.widths)
        for block in sheet.blocks:
            place = f"sheets[{number}]（{sheet.name}）"
            if isinstance(block, Table) and len(block.columns) > width:
                yield f"{place} 的表“{block.key}”有 {len(block.columns)} 列，widths 只有 {width} 列"
            if isinstance(block, Fields):
                for datum in block.fields:
                    if len(datum.span) != 2 or min(datum.span) < 1 or sum(datum.span) > width:
                        yield f"{place} 的栏目“{datum.label}”span 应为标签与内容所占列数，合计不超过 {width}"
            if isinstance(block, Matrix) and len(block.span) == 2 and _matrix_width(block) > width:
                yield f"{place} 的矩阵“{block.key}”需要 {_matrix_width(block)} 列，widths 只有 {width} 列"


def _matrix_width(matrix: Matrix) -> int:
    label, value = matrix.span
    return len(matrix.columns) * (label + value) if matrix.style == "pairs" else label + len(matrix.columns) * value
