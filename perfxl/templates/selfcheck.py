"""What the filler's self-check looks at: each line as a live formula and as the number that the formula gives.

Pure: a layout becomes lines; the template writes them. A count of 0 means that nothing is wrong.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfxl.layout import Layout, Placed, PlacedSheet, Role
from perfxl.model import Value
from perfxl.schemes.spec import Field, Fields, Matrix, Sections, amount_field, parse_live
from perfxl.templates.live import Places, grade_formula, live_formula
from perfxl.typed.amounts import plain, ratio
from perfxl.typed.wording import squeeze

FROM_AMOUNTS = {
    "share": ("资金：{}与金额一致", "rate_tolerance", Decimal(0)),
    "execution": ("资金：预算执行{}与执行率一致", "score_tolerance", Decimal("0.000001")),
}
"""Figures that follow from amounts: topic, how far they may be off, and what they may be off beyond that."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the self-check: what is looked at, the formula that counts what is wrong, its value, and the advice."""

    topic: str
    formula: str
    count: int
    advice: str


# -- the lines --------------------------------------------------------------------------------------------------------


def lines_of_check(layout: Layout) -> list[CheckLine]:
    """The lines of the self-check, in the order of the form."""
    return [line for finder in _FINDERS for line in finder(Places(layout))]


def _required(places: Places) -> Iterator[CheckLine]:
    """Required single data, a line for each sheet."""
    scheme = places.layout.scheme
    for sheet in scheme.sheets:
        # what shares a cell with printed words is never an empty cell
        fields = [(b.key, f) for b in sheet.blocks if isinstance(b, Fields) for f in b.fields if not f.holds]
        paths = [f"{block}.{datum.key}" for block, datum in fields if datum.required and datum.is_data]
        for block in sheet.blocks:
            if isinstance(block, Matrix) and block.total:
                totals = [(c, r) for c, r in block.cells() if r.key == block.total and not c.live and not c.optional]
                paths += [block.path(c.key, r.key) for c, r in totals if amount_field(block, c, r).is_number]
        if paths:
            names = "、".join(scheme.data[path].label for path in paths)
            yield _blanks(places, f"{sheet.name}：必填栏目", paths, f"请填写：{names}")


def _blanks(places: Places, topic: str, paths: Sequence[str], advice: str) -> CheckLine:
    formula = "=" + "+".join(f'(TRIM({places.cell(path)})="")' for path in paths)
    return CheckLine(topic, formula, sum(places.value(path) is None for path in paths), advice)


def _funds(places: Places) -> Iterator[CheckLine]:
    """Totals against their sources, and amounts that must not exceed each other."""
    for matrix in places.layout.scheme.matrices:
        if matrix.total:
            summed = [column.key for column in matrix.columns if column.type == "text" and not column.rows]
            checks = [_column_check(places, matrix, key) for key in summed]
            formulas, wrong = [formula for formula, _ in checks], [is_wrong for _, is_wrong in checks]
        if matrix.total and checks:
            yield CheckLine("资金：合计等于各来源之和", "=" + "+".join(formulas), sum(wrong), "请核对合计与各来源金额")
        pairs = list(zip(matrix.ascending, matrix.ascending[1:], strict=False))
        if pairs:
            cells = [(matrix.path(low, matrix.total), matrix.path(high, matrix.total)) for low, high in pairs]
            formula = "=" + "+".join(f"N(N({places.cell(low)})>N({places.cell(high)}))" for low, high in cells)
            count = sum(_number(places.value(low)) > _number(places.value(high)) for low, high in cells)
            yield CheckLine("资金：" + _order(matrix), formula, count, "如确实超出，请在报告中说明原因")


def _order(matrix: Matrix) -> str:
    """The order of the columns in words: 实际使用情况不超过实际到位资金 ..."""
    names = {column.key: squeeze(column.label).split("(")[0] for column in matrix.columns}
    keys = list(matrix.ascending)
    return "，".join(f"{names[low]}不超过{names[high]}" for low, high in itertools.pairwise(keys))


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _column_check(places: Places, matrix: Matrix, column: str) -> tuple[str, bool]:
    total = places.cell(matrix.path(column, matrix.total))
    paths = [matrix.path(column, row.key) for row in matrix.parts]
    cells = ",".join(places.cell(path) for path in paths)
    formula = f"N(AND(COUNT({cells})>0,ABS(N({total})-SUM({cells}))>0.000001))"
    parts = [value for path in paths if isinstance(value := places.value(path), Decimal)]
    return formula, bool(parts) and _number(places.value(matrix.path(column, matrix.total))) != sum(parts)


def _typed_over(places: Places) -> Iterator[CheckLine]:
    """Figures that follow from amounts, where they were typed over their formulas."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for sheet in places.layout.sheets:
        for cell in sheet.cells:
            kind = parse_live(cell.field.live)[0] if cell.field and cell.role is Role.INPUT else ""
            tolerance = FROM_AMOUNTS[kind][1] if kind in FROM_AMOUNTS else ""
            if tolerance in places.layout.scheme.thresholds and cell.field:
                topic, _, beyond = FROM_AMOUNTS[kind]
                least = places.layout.scheme.threshold(tolerance) + beyond
                name = squeeze(cell.field.label).split("(")[0]
                found.setdefault(topic.format(name), []).append(_off_live(places, cell, sheet, least))
    for topic, checks in found.items():
        formula = "=" + "+".join(formula for formula, _ in checks)
        yield CheckLine(topic, formula, sum(is_off for _, is_off in checks), "请按金额重新计算")


def _off_live(places: Places, cell: Placed, sheet: PlacedSheet, least: Decimal) -> tuple[str, bool]:
    """Whether a typed figure is off by so much from what its formula gives, and the formula that says so."""
    here, (formula, value) = places.cell(cell.path), live_formula(cell, sheet, places.layout)
    computed = formula.removeprefix("=")
    is_off = isinstance(cell.value, Decimal) and isinstance(value, Decimal) and abs(cell.value - value) >= least
    off = f"ROUND(ABS(N({here})-N({computed})),6)>={least}"
    return f"N(AND(ISNUMBER({here}),ISNUMBER({computed}),{off}))", is_off


def _targets(places: Places) -> Iterator[CheckLine]:
    if not places.layout.scheme.has_columns("targets", "name", "actual"):
        return
    names, actual = places.values("targets", "name"), places.values("targets", "actual")
    rows = places.column("targets", "name")
    yield CheckLine(
        "绩效目标：已填写指标", f'=N(SUMPRODUCT(--({rows}<>""))=0)', int(not any(names)), "请至少填写一项绩效指标"
    )
    missing = sum(bool(name) and value is None for name, value in zip(names, actual, strict=True))
    formula = f'=SUMPRODUCT(({rows}<>"")*({places.column("targets", "actual")}=""))'
    yield CheckLine("绩效目标：实际完成值", formula, missing, "请在“实际完成值”栏填写完成情况，不要写进标准栏")


def _scores(places: Places) -> Iterator[CheckLine]:
    if not places.layout.scheme.has_columns("indicators", "weight", "score"):
        return
    weights, scores = places.column("indicators", "weight"), places.column("indicators", "score")
    rows = list(zip(places.values("indicators", "weight"), places.values("indicators", "score"), strict=True))
    blank = sum(weight is not None and score is None for weight, score in rows)
    yield CheckLine("评分：得分已填", f'=SUMPRODUCT(({weights}<>"")*({scores}=""))', blank, "请填写空着的得分")
    outside = sum(isinstance(s, Decimal) and isinstance(w, Decimal) and not 0 <= s <= w for w, s in rows)
    formula = f'=SUMPRODUCT(({scores}<>"")*(({scores}<0)+({scores}>{weights})))'
    yield CheckLine("评分：得分在 0 与分值之间", formula, outside, "得分不能小于 0，也不能大于分值")
    yield from _chosen_indicators(places)
    known = [score for _, score in rows if isinstance(score, Decimal)]
    formula, value = f"SUM({scores})", sum(known, Decimal(0))
    if (execution := places.layout.scheme.execution) is not None:
        formula = f"SUM({scores})+N({places.cell(execution.score)})"
        value += _number(places.value(execution.score))
    if "stated.total" in places.layout.scheme.data:
        yield _stated(places, "评分：总分等于得分之和", "stated.total", f"({formula})", known, value)


def _chosen_indicators(places: Places) -> Iterator[CheckLine]:
    """Where an agency chooses its own indicators: their weights against the full score, scores against the formula."""
    scheme, table = places.layout.scheme, places.layout.scheme.tables["indicators"]
    if table.fixed:
        return
    whole = scheme.full_score - (scheme.execution.weight if scheme.execution else 0)
    weights, summed = places.column("indicators", "weight"), sum(places.numbers("indicators", "weight"), Decimal(0))
    formula = f"=N(AND(COUNT({weights})>0,ABS(SUM({weights})-{whole})>0.005))"
    if scheme.full_score:
        topic, count = f"评分：各指标分值合计为 {plain(whole)} 分", int(summed not in (0, whole))
        yield CheckLine(topic, formula, count, "请核对各指标的分值")
    column = next((column for column in table.columns if parse_live(column.live)[0] == "points"), None)
    if column is not None:
        scores, points = places.column("indicators", "score"), places.column("indicators", column.key)
        formula = f"=SUMPRODUCT(ISNUMBER({scores})*ISNUMBER({points})*({scores}<>{points}))"
        topic = f"评分：得分等于{column.label}"
        yield CheckLine(topic, formula, _off_formula(places, column), "定量指标请按公式核对得分、指标值和完成值")


def _off_formula(places: Places, column: Field) -> int:
    """How many scores are not what the formula beside them gives."""
    stated, computed = places.values("indicators", "score"), places.shown("indicators", column.key)
    pairs = zip(stated, computed, strict=True)
    return sum(isinstance(one, Decimal) and isinstance(other, Decimal) and one != other for one, other in pairs)


def _stated(places: Places, topic: str, path: str, formula: str, known: list[Decimal], value: Decimal) -> CheckLine:
    """A stated figure against the computed one, once there is something to compute."""
    cell, stated = places.cell(path), places.value(path)
    table = "indicators" if path == "stated.total" else "reviewers"
    numbers = f"COUNT({places.column(table, 'score')})"
    wrong = bool(known) and (not isinstance(stated, Decimal) or abs(stated - value) > Decimal("0.005"))
    full = f"=N(AND({numbers}>0,OR(NOT(ISNUMBER({cell})),ABS(N({cell})-{formula})>0.005)))"
    advice = "请改为各项得分之和" if path == "stated.total" else "请改为各评价人员得分的平均数"
    return CheckLine(topic, full, int(wrong), advice)


def _reviewers(places: Places) -> Iterator[CheckLine]:
    scheme = places.layout.scheme
    if not scheme.has_columns("reviewers", "score"):
        return
    scores, known = places.column("reviewers", "score"), places.numbers("reviewers", "score")
    if "few_reviewers" in scheme.thresholds:
        few = scheme.threshold("few_reviewers")
        topic, formula = f"评价人员：不少于 {few} 人评分", f"=N(COUNT({scores})<{few})"
        yield CheckLine(topic, formula, int(len(known) < few), "请补充评价人员及其评分")
    if "stated.average" not in scheme.data:
        return
    mean = sum(known, Decimal(0)) / len(known) if known else Decimal(0)
    yield _stated(places, "评价人员：平均得分", "stated.average", f"SUM({scores})/MAX(1,COUNT({scores}))", known, mean)


def _sections(places: Places) -> Iterator[CheckLine]:
    scheme = places.layout.scheme
    for sheet in scheme.sheets:
        for block in sheet.blocks:
            if not isinstance(block, Sections):
                continue
            paths = [f"{block.key}.{section.key}" for section in block.sections if section.required]
            if paths:
                yield _blanks(places, f"{sheet.name}：各部分已填写", paths, "请填写空着的部分")
            if not paths or "section_length" not in scheme.thresholds:
                continue
            shortest = scheme.threshold("section_length")
            lengths = [f"LEN(TRIM({places.cell(path)}))" for path in paths]
            formula = "=" + "+".join(f"N(AND({length}>0,{length}<{shortest}))" for length in lengths)
            known = [_length(places.value(path)) for path in paths]
            short = sum(0 < length < shortest for length in known)
            yield CheckLine(f"{sheet.name}：内容不过短", formula, short, f"每一部分至少 {shortest} 个字")


def _length(value: Value) -> int:
    """The letters of a text as LEN(TRIM()) counts them."""
    return len(" ".join(filter(None, str(value or "").split(" "))))


_FINDERS: tuple[Callable[[Places], Iterator[CheckLine]], ...] = (
    _required,
    _funds,
    _typed_over,
    _targets,
    _scores,
    _reviewers,
    _sections,
)


def figures(layout: Layout) -> Iterator[tuple[str, str, object, str]]:
    """The figures that the self-check shows: label, formula, present value, kind."""
    places = Places(layout)
    for rate in layout.scheme.rates:
        part, whole = places.cell(rate.part), places.cell(rate.whole)
        formula = f'=IF(AND(ISNUMBER({part}),N({whole})>0),ROUND({part}/{whole},4),"")'
        above, below = places.value(rate.part), places.value(rate.whole)
        yield rate.label, formula, _share(above, below), "rate"
    if not layout.scheme.has_columns("indicators", "score"):
        return
    scores = places.column("indicators", "score")
    known, summed = places.numbers("indicators", "score"), f"SUM({scores})"
    total = sum(known, Decimal(0)) if known else None
    if (execution := layout.scheme.execution) is not None:
        summed += f"+N({places.cell(execution.score)})"
        total = None if total is None else total + _number(places.value(execution.score))
    yield from _level_sums(places)
    yield "得分合计", f'=IF(COUNT({scores})=0,"",{summed})', "" if total is None else total, "points"
    if not layout.scheme.grades:
        return
    grade = grade_formula(f"({summed})", layout.scheme)
    yield "等次", f'=IF(COUNT({scores})=0,"",{grade})', layout.scheme.grade_of(total) or "", "text"


def _level_sums(places: Places) -> Iterator[tuple[str, str, object, str]]:
    """The score of each level 1 where an agency chooses its own indicators; a name may stand once for several rows."""
    scheme = places.layout.scheme
    if not scheme.has_columns("indicators", "level1") or scheme.tables["indicators"].fixed:
        return
    names, scores = places.column("indicators", "level1"), places.column("indicators", "score")
    owners = list(itertools.accumulate(places.values("indicators", "level1"), _named))
    rows = list(zip(owners, places.values("indicators", "score"), strict=True))
    for level in scheme.levels:
        known = [score for name, score in rows if name == level and isinstance(score, Decimal)]
        belongs = f'(LOOKUP(ROW({names}),ROW({names})/({names}<>""),{names})="{level}")'
        formula = f'=IF(COUNTIF({names},"{level}")=0,"",IFERROR(SUMPRODUCT({belongs}*1,{scores}),""))'
        is_shown = owners[0] is not None and level in owners
        yield f"{level}得分", formula, sum(known, Decimal(0)) if is_shown else "", "points"


def _named(above: Value, own: Value) -> Value:
    """A row's name, or that of the row above."""
    return own or above


def _share(part: object, whole: object) -> object:
    if not isinstance(part, Decimal) or not isinstance(whole, Decimal):
        return ""
    share = ratio(part, whole)
    return "" if share is None else share
