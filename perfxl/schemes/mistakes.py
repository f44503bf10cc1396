"""Slips in a scheme that would show only later, in the template, the reading or the summary: each with place and remedy."""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator

from perfxl.schemes.spec import (
    BLOCKS,
    LEVELS,
    NO_FORM_SHEETS,
    SUMMARY_SHEETS,
    Block,
    Field,
    Fields,
    Matrix,
    Scheme,
    Sections,
    Sheet,
    Table,
    Text,
)
from perfxl.typed.amounts import MONEY_UNITS, plain
from perfxl.typed.lines import names_of
from perfxl.typed.wording import label_key

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CODE = re.compile(r"[A-Z]{2}\d{2}")
_ID = re.compile(r"[\w.\-]{1,60}")
_NOT_IN_SHEET_NAMES = set("[]:*?/\\")
_LONGEST_SHEET_NAME = 31
_RESULTS = ("total", "grade", "average", "execution_score", "execution_reason", "computed", "explained")
_KINDS = {kind: name for name, kind in BLOCKS.items()}


def find_mistakes(scheme: Scheme) -> Iterator[str]:
    """Every slip, with its place and what to write instead (Chinese)."""
    yield from _of_the_head(scheme)
    for number, sheet in enumerate(scheme.sheets, 1):
        place = f"sheets[{number}]（{sheet.name}）"
        yield from _of_a_sheet(sheet, place)
        for position, block in enumerate(sheet.blocks, 1):
            yield from _of_a_block(scheme, block, f"{place}.blocks[{position}]（{_KINDS[type(block)]}）")
    yield from _of_bounds(scheme)


def near(name: str, known: Collection[str]) -> str:
    """What a wrong name probably means, else all that may stand there: "；是否应为“score”" or "，可用：a、b"."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"，是否应为“{close[0]}”？" if close else f"，可用：{'、'.join(list(known)[:12]) or '（没有）'}"


def _of_the_head(scheme: Scheme) -> Iterator[str]:
    if not _ID.fullmatch(scheme.id):
        yield f"id “{scheme.id}”应只用字母、数字、汉字、点和连字符，不超过 60 个字；它用作文件名和标记"
    if scheme.version < 1:
        yield f"version 应为 1 以上的整数，现为 {scheme.version}；改动方案后请加 1"
    if scheme.money_unit not in MONEY_UNITS:
        yield f"money_unit 金额单位“{scheme.money_unit}”不认识，应为 {'、'.join(MONEY_UNITS)} 之一"
    if not scheme.sheets:
        yield "没有工作表；请至少写一个 [[sheets]]"
    for name, threshold in scheme.thresholds.items():
        if threshold.value < 0:
            yield f"thresholds.{name} 的 value 不能小于 0，现为 {plain(threshold.value)}"
    for code in (*scheme.severities, *scheme.words):
        if not _CODE.fullmatch(code):
            yield f"“{code}”不是规则代码；severities 和 words 的键是代码，例如 FD06，运行 perfxl rules 查看"
    for code in scheme.severities:
        if code.startswith("FL"):
            yield f"severities.{code}：文件类（FL）规则的级别不能改；请删去"
    if scheme.id in scheme.supersedes:
        yield f"supersedes 不能写方案自己的 id“{scheme.id}”；请写被它替代的旧方案"


def _of_a_sheet(sheet: Sheet, place: str) -> Iterator[str]:
    for name in (sheet.name, *sheet.aliases):
        if not name.strip() or len(name) > _LONGEST_SHEET_NAME or set(name) & _NOT_IN_SHEET_NAMES:
            yield f"{place} 的工作表名“{name}”不能用作 Excel 工作表名：1 至 31 个字，不含 [ ] : * ? / \\"
        if name in (*NO_FORM_SHEETS, *SUMMARY_SHEETS):
            yield f"{place} 的工作表名“{name}”是 perfxl 自己的工作表名；请换一个名称"
    if not sheet.blocks:
        yield f"{place} 没有内容；请在它之后写 [[sheets.blocks]]"
    if not sheet.widths or any(not 0 < width <= 255 for width in sheet.widths):
        yield f"{place}.widths 应为各列宽度（字符数，1 至 255），例如 [12, 14, 20]"
    single = Counter(label_key(label) for block in sheet.blocks for label in _single_labels(block))
    yield from (
        f"{place} 有 {count} 个栏目都叫“{label}”，填好的表上分不清；请写全标签，或用 echo = true 标明是重复的栏目"
        for label, count in single.items()
        if count > 1 and label
    )


def _single_labels(block: Block) -> Iterator[str]:
    """The labels of single data that are not repeated on purpose."""
    if isinstance(block, Fields):
        yield from (datum.label for datum in block.fields if datum.is_data)


def _of_a_block(scheme: Scheme, block: Block, place: str) -> Iterator[str]:
    if isinstance(block, Text):
        yield from _of_a_line(block, place)
    elif isinstance(block, Fields):
        yield from _keys(block.key, [datum.key for datum in block.fields], place)
        for datum in block.fields:
            yield from _of_a_field(datum, f"{place} 的“{datum.label or datum.key}”")
            yield from _of_a_pattern(datum, f"{place} 的“{datum.label or datum.key}”")
            if not datum.label and not datum.choices:
                yield f"{place} 的“{datum.key}”没有标签；没有标签的栏目要写 choices，否则认不出"
            if datum.full and not scheme.full_score:
                yield f"{place} 的“{datum.label}”写了 full = true，方案没有 full_score；请写上满分"
    elif isinstance(block, Matrix):
        yield from _of_a_matrix(block, place)
    elif isinstance(block, Table):
        yield from _of_a_table(block, place)
    elif isinstance(block, Sections):
        yield from _keys(block.key, [section.key for section in block.sections], place)


def _keys(block: str, keys: Collection[str], place: str) -> Iterator[str]:
    for key in (block, *keys):
        if not _KEY.fullmatch(key):
            yield f"{place} 的 key“{key}”应为英文字母开头的名称（字母、数字、下划线），例如 project_name"
    yield from (f"{place} 的 key“{key}”重复；请各取一个名称" for key, n in Counter(keys).items() if n > 1)


def _of_a_line(block: Text, place: str) -> Iterator[str]:
    declared = [datum.key for datum in block.fields]
    for text in (block.text, *block.aliases) if block.fields or names_of(block.text) else ():
        if list(names_of(text)) != declared:
            blanks = "、".join(f"{{{name}}}" for name in names_of(text)) or "（没有）"
            yield f"{place} 的“{text}”里的空为 {blanks}，fields 声明的是 {'、'.join(declared) or '（没有）'}；请使两者一一对应"
    if block.fields:
        yield from _keys(block.key, declared, place)
        for datum in block.fields:
            yield from _of_a_field(datum, f"{place} 的“{datum.label or datum.key}”")


def _of_a_pattern(datum: Field, place: str) -> Iterator[str]:
    declared = [one.key for one in datum.holds]
    if (datum.pattern or datum.holds) and list(names_of(datum.pattern)) != declared:
        yield f"{place} 的 pattern“{datum.pattern}”与 holds（{'、'.join(declared) or '没有'}）不对应；请在 pattern 中按次序写 {{名称}}"


def _of_a_field(datum: Field, place: str) -> Iterator[str]:
    if datum.type == "choice" and not datum.choices:
        yield f'{place} 的 type 是 choice，没有 choices；请写上可选的答案，例如 choices = ["是", "否"]'
    if len(set(datum.choices)) != len(datum.choices):
        yield f"{place} 的 choices 有重复；请删去重复的一个"
    if datum.lines < 1:
        yield f"{place} 的 lines 应为 1 以上的整数，现为 {datum.lines}"
    if datum.result and not datum.result.startswith("rates.") and datum.result not in (*_RESULTS, "score"):
        yield f"{place} 的 result“{datum.result}”不是 perfxl 算出的结果{near(datum.result, (*_RESULTS, 'rates.比率名'))}"
    if datum.required and (datum.result or datum.blank or datum.echo):
        yield f"{place} 不由填报人填写，不能 required = true；请删去 required"


def _of_a_matrix(block: Matrix, place: str) -> Iterator[str]:
    yield from _keys(block.key, [column.key for column in block.columns], place)
    yield from _keys(block.key, [row.key for row in block.rows], place)
    if not block.columns or not block.rows:
        yield f"{place} 的矩阵“{block.key}”没有列或没有行；请写 columns 和 rows"
    if len(block.span) != 2 or min(block.span, default=0) < 1:
        yield f"{place} 的矩阵“{block.key}”span 应为两个数：行标签和每列所占的列数，例如 span = [2, 1]"
    if block.style == "grid":
        yield from (f"{place} 的行“{row.key}”没有 label；请写上表上印的行名" for row in block.rows if not row.label)
    rows = [row.key for row in block.rows]
    for column in block.columns:
        where = f"{place} 的列“{column.label}”"
        yield from _of_a_field(column, where)
        yield from (f"{where} rows 中没有行“{name}”{near(name, rows)}" for name in column.rows if name not in rows)


def _of_a_table(block: Table, place: str) -> Iterator[str]:
    columns = [column.key for column in block.columns]
    yield from _keys(block.key, columns, place)
    if not columns:
        yield f"{place} 的表“{block.key}”没有列；请写 columns"
    if block.rows < 1:
        yield f"{place} 的表“{block.key}”rows 应为 1 以上的整数（空白行数），现为 {block.rows}"
    for column in block.columns:
        where = f"{place} 的列“{column.label or column.key}”"
        yield from _of_a_field(column, where)
        yield from _of_a_pattern(column, where)
        if not column.label:
            yield f"{where} 没有 label；请写上表头的文字"
        if column.merge and column.merge not in LEVELS:
            yield f"{where} merge 应为 {'、'.join(LEVELS)} 之一，现为“{column.merge}”"
        for name in filter(None, (column.at_most, column.total_of)):
            if name not in columns:
                yield f"{where} 引用了不存在的列“{name}”{near(name, columns)}"
    yield from _of_fixed_rows(block, dict.fromkeys([*columns, *block.data_keys]), place)
    yield from _of_a_footer(block, columns, place)


def _of_fixed_rows(block: Table, columns: Collection[str], place: str) -> Iterator[str]:
    for number, row in enumerate(block.fixed, 1):
        for name in row:
            if name not in columns:
                yield f"{place} 的 fixed[{number}] 写了不存在的列“{name}”{near(name, columns)}"


def _of_a_footer(block: Table, columns: Collection[str], place: str) -> Iterator[str]:
    for number, foot in enumerate(block.footer, 1):
        where = f"{place} 的 footer[{number}]"
        for name in filter(None, (foot.column, foot.printed)):
            if name not in columns:
                yield f"{where} 引用了不存在的列“{name}”{near(name, columns)}"
        if sum(map(bool, (foot.label, foot.printed, foot.path))) != 1:
            yield f"{where} 应写 label（印的文字）、printed（印的合计）、path（填的数）三者之一"
        if foot.path and "." not in foot.path:
            yield f"{where} 的 path“{foot.path}”应为两段的名称，例如 stated.total"
    if block.footer and not any(foot.label for foot in block.footer):
        yield f"{place} 的 footer 没有 label；末行要有印的文字（例如“总分”）才认得出"


def _of_bounds(scheme: Scheme) -> Iterator[str]:
    """Numbers and names that the computing rests on."""
    execution, computing = scheme.execution, scheme.computing
    if execution and not 0 < execution.weight <= scheme.full_score:
        yield f"execution.weight 应大于 0、不超过 full_score {plain(scheme.full_score)}，现为 {plain(execution.weight)}"
    for rate in scheme.rates:
        if rate.part == rate.whole:
            yield f"rates.{rate.key} 的 part 与 whole 都是“{rate.part}”；part 是已支出的，whole 是预算"
    yield from (
        f"rates 的 key“{key}”重复；请各取一个名称"
        for key, count in Counter(rate.key for rate in scheme.rates).items()
        if count > 1
    )
    for band in computing.bands if computing else ():
        if not 0 <= band.lower < band.upper <= 1:
            bounds = f"from = {plain(band.lower)}, to = {plain(band.upper)}"
            yield f"computing.bands 的“{band.phrase}”应为 0 至 1 之间、from 小于 to 的比例，现为 {bounds}"
    tree = scheme.tables.get("indicators")
    known = {label_key(str(row.get("level3", ""))) for row in tree.fixed} if tree else set()
    for bound in (*scheme.proportional, *scheme.execution_bound):
        if known and label_key(bound.level3) not in known:
            yield f"指标“{bound.level3}”不在 indicators.fixed 中；请写与三级指标相同的名称"
