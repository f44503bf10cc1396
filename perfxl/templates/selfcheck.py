"""What the filler's self-check looks at: each line as a live formula and as the number that the formula gives.

Pure: a layout becomes lines; the template writes them. A count of 0 means that nothing is wrong.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from perfxl.layout import Layout, Placed, PlacedSheet, Role
from perfxl.model import Value
from perfxl.schemes.spec import Fields, Matrix, Sections, amount_field, parse_live
from perfxl.templates.checkline import CheckLine, is_not_number, row_array
from perfxl.templates.live import FormPlaces, grade_formula, live_formula
from perfxl.templates.tablecheck import table_lines
from perfxl.typed.amounts import is_sum, ratio
from perfxl.typed.wording import squeeze

FROM_AMOUNTS = {
    "share": ("资金：{}与金额一致", "rate_tolerance", Decimal(0), "FD09"),
    "execution": ("资金：预算执行{}与执行率一致", "score_tolerance", Decimal("0.000001"), "PT11"),
}
"""Figures that follow from amounts: topic, how far they may be off, what they may be off beyond that, and the rule."""


# -- the lines --------------------------------------------------------------------------------------------------------


def lines_of_check(layout: Layout) -> list[CheckLine]:
    """The lines of the self-check, in the order of the form."""
    return [line for finder in _FINDERS for line in finder(FormPlaces(layout))]


def _required(places: FormPlaces) -> Iterator[CheckLine]:
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
            yield _blanks(places, f"{sheet.name}：必填栏目", paths, f"请填写：{names}", ("ST05", "FD08", "ST14"))


def _choices(places: FormPlaces) -> Iterator[CheckLine]:
    """Data that must be one of a few words."""
    fields = [(s, b.key, f) for s, b in places.layout.scheme.blocks() if isinstance(b, Fields) for f in b.fields]
    for sheet, block, datum in fields:
        if datum.choices and datum.is_typed and not (datum.holds or datum.free or datum.live or datum.optional):
            path = f"{block}.{datum.key}"
            formula = f"=N(ISNA(MATCH(TRIM({places.cell(path)}),{row_array(datum.choices)},0)))"
            is_wrong = places.value(path) not in datum.choices
            advice = f"请从下拉列表中选一种：{'、'.join(datum.choices)}"
            yield CheckLine(f"{sheet.name}：{datum.label}已选定", formula, int(is_wrong), advice, ("BA04",))


def _numbers(places: FormPlaces) -> Iterator[CheckLine]:
    """Texts in cells for numbers, a line for each sheet; years to come."""
    for sheet in places.layout.sheets:
        cells = [cell for cell in sheet.single if _is_number(cell)]
        parts = [f'N(AND(TRIM({here})<>"",NOT(ISNUMBER({here}))))' for here in (places.cell(c.path) for c in cells)]
        count = sum(is_not_number(cell.value) for cell in cells)
        for key in sheet.tables:
            for column in places.layout.scheme.tables[key].columns:
                if column.is_number and column.is_typed:
                    here = places.column(key, column.key)
                    parts.append(f'SUMPRODUCT(({here}<>"")*(1-ISNUMBER({here})))')
                    count += sum(map(is_not_number, places.values(key, column.key)))
        if parts:
            advice = "请改填数字，不写单位、汉字和空格"
            yield CheckLine(
                f"{sheet.sheet.name}：数字栏只填数字", "=" + "+".join(parts), count, advice, ("ST06", "ST07")
            )
        for cell in (cell for cell in cells if cell.field and cell.field.type == "year"):
            # no form is written with a year to come: what is stored needs no clock
            formula = f"=N(N({places.cell(cell.path)})>YEAR(TODAY()))"
            label = cell.field.label if cell.field else ""
            yield CheckLine(f"{sheet.sheet.name}：{label}已经开始", formula, 0, "请更正年度", ("BA07",))


def _is_number(cell: Placed) -> bool:
    """Whether staff type a number into a cell of its own."""
    return cell.role is Role.INPUT and cell.field is not None and cell.field.is_number and not cell.field.holds


def _blanks(places: FormPlaces, topic: str, paths: Sequence[str], advice: str, codes: tuple[str, ...]) -> CheckLine:
    formula = "=" + "+".join(f'(TRIM({places.cell(path)})="")' for path in paths)
    return CheckLine(topic, formula, sum(places.value(path) is None for path in paths), advice, codes)


def _funds(places: FormPlaces) -> Iterator[CheckLine]:
    """Totals against their sources, and amounts that must not exceed each other."""
    for matrix in places.layout.scheme.matrices:
        if matrix.total:
            summed = [column.key for column in matrix.columns if column.type == "text" and not column.rows]
            checks = [_column_check(places, matrix, key) for key in summed]
            formulas, wrong = [formula for formula, _ in checks], [is_wrong for _, is_wrong in checks]
        if matrix.total and checks:
            total = "=" + "+".join(formulas)
            yield CheckLine("资金：合计等于各来源之和", total, sum(wrong), "请核对合计与各来源金额", ("FD01",))
        yield from _signs(places, matrix)
        pairs = list(zip(matrix.ascending, matrix.ascending[1:], strict=False))
        if pairs:
            cells = [(matrix.path(low, matrix.total), matrix.path(high, matrix.total)) for low, high in pairs]
            formula = "=" + "+".join(f"N(N({places.cell(low)})>N({places.cell(high)}))" for low, high in cells)
            count = sum(_number(places.value(low)) > _number(places.value(high)) for low, high in cells)
            advice = f"请核对；确实超出的，在{_place_for_reasons(places)}中说明原因，可以报送"
            yield CheckLine("资金：" + _order(matrix), formula, count, advice, ("FD02", "FD03"))


def _signs(places: FormPlaces, matrix: Matrix) -> Iterator[CheckLine]:
    """Amounts below 0, and a budget of 0."""
    cells = [(c, r) for c, r in matrix.cells() if c.type == "text" and not c.live]
    paths = [matrix.path(c.key, r.key) for c, r in cells if amount_field(matrix, c, r).is_number]
    wholes = {rate.whole for rate in places.layout.scheme.rates if rate.key == "execution"} & set(paths)
    parts = [f"N(N({places.cell(path)})<0)" for path in paths]
    parts += [f"N(AND(ISNUMBER({here}),N({here})=0))" for here in map(places.cell, sorted(wholes))]
    count = sum(_number(places.value(path)) < 0 for path in paths)
    count += sum(places.value(path) == 0 for path in wholes)
    if parts:
        topic = "资金：金额不为负数，预算数大于 0"
        yield CheckLine(topic, "=" + "+".join(parts), count, "请更正金额", ("FD04", "FD08"))


def _place_for_reasons(places: FormPlaces) -> str:
    """Where this form has room for reasons: a section on funds, else the column for reasons, else the notes."""
    for _, block in places.layout.scheme.blocks():
        for section in block.sections if isinstance(block, Sections) else ():
            if "资金" in section.label:
                return f"“{section.label}”"
    for key, table in places.layout.scheme.tables.items():
        for column in table.columns:
            if column.is_typed and ("原因" in column.label or "说明" in column.label) and places.has_table(key):
                return f"“{column.label}”栏"
    return "附件"


def _order(matrix: Matrix) -> str:
    """The order of the columns in words: 实际使用情况不超过实际到位资金 ..."""
    names = {column.key: squeeze(column.label).split("(")[0] for column in matrix.columns}
    keys = list(matrix.ascending)
    return "，".join(f"{names[low]}不超过{names[high]}" for low, high in itertools.pairwise(keys))


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _column_check(places: FormPlaces, matrix: Matrix, column: str) -> tuple[str, bool]:
    """A total against its sources, each of which may be off by what rounding to two places costs (FD01)."""
    total_path, paths = matrix.path(column, matrix.total), [matrix.path(column, row.key) for row in matrix.parts]
    total, cells = places.cell(total_path), [places.cell(path) for path in paths]
    listed_cells, used = ",".join(cells), "+".join(f"N(N({cell})<>0)" for cell in cells)
    off = f"ROUND(ABS(N({total})-SUM({listed_cells})),6)>=MAX(0.000001,0.005*({used}))"
    formula = f"N(AND(COUNT({listed_cells})>0,{off}))"
    parts = [value for path in paths if isinstance(value := places.value(path), Decimal)]
    return formula, bool(parts) and not is_sum(_number(places.value(total_path)), parts)


def _typed_over(places: FormPlaces) -> Iterator[CheckLine]:
    """Figures that follow from amounts, where they were typed over their formulas."""
    found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for sheet in places.layout.sheets:
        for cell in sheet.cells:
            kind = parse_live(cell.field.live)[0] if cell.field and cell.role is Role.INPUT else ""
            tolerance = FROM_AMOUNTS[kind][1] if kind in FROM_AMOUNTS else ""
            if tolerance in places.layout.scheme.thresholds and cell.field:
                topic, _, beyond, code = FROM_AMOUNTS[kind]
                least = places.layout.scheme.threshold(tolerance) + beyond
                name = squeeze(cell.field.label).split("(")[0]
                found.setdefault((topic.format(name), code), []).append(_off_live(places, cell, sheet, least))
    for (topic, code), checks in found.items():
        formula = "=" + "+".join(formula for formula, _ in checks)
        yield CheckLine(topic, formula, sum(is_off for _, is_off in checks), "请按金额重新计算", (code,))


def _off_live(places: FormPlaces, cell: Placed, sheet: PlacedSheet, least: Decimal) -> tuple[str, bool]:
    """Whether a typed figure is off by so much from what its formula gives, and the formula that says so."""
    here, (formula, value) = places.cell(cell.path), live_formula(cell, sheet, places.layout)
    computed = formula.removeprefix("=")
    is_off = isinstance(cell.value, Decimal) and isinstance(value, Decimal) and abs(cell.value - value) >= least
    off = f"ROUND(ABS(N({here})-N({computed})),6)>={least}"
    return f"N(AND(ISNUMBER({here}),ISNUMBER({computed}),{off}))", is_off


def _sections(places: FormPlaces) -> Iterator[CheckLine]:
    scheme = places.layout.scheme
    for sheet in scheme.sheets:
        for block in sheet.blocks:
            if not isinstance(block, Sections):
                continue
            paths = [f"{block.key}.{section.key}" for section in block.sections if section.required]
            if paths:
                yield _blanks(places, f"{sheet.name}：各部分已填写", paths, "请填写空着的部分", ("TX01",))
            if not paths or "section_length" not in scheme.thresholds:
                continue
            shortest = scheme.threshold("section_length")
            lengths = [f"LEN(TRIM({places.cell(path)}))" for path in paths]
            formula = "=" + "+".join(f"N(AND({length}>0,{length}<{shortest}))" for length in lengths)
            known = [_length(places.value(path)) for path in paths]
            short = sum(0 < length < shortest for length in known)
            yield CheckLine(f"{sheet.name}：内容不过短", formula, short, f"每一部分至少 {shortest} 个字", ("TX02",))


def _length(value: Value) -> int:
    """The letters of a text as LEN(TRIM()) counts them."""
    return len(" ".join(filter(None, str(value or "").split(" "))))


_FINDERS: tuple[Callable[[FormPlaces], Iterator[CheckLine]], ...] = (
    _required,
    _choices,
    _numbers,
    _funds,
    _typed_over,
    table_lines,
    _sections,
)


def figures(layout: Layout) -> Iterator[tuple[str, str, object, str]]:
    """The figures that the self-check shows: label, formula, present value, kind."""
    places = FormPlaces(layout)
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


def _level_sums(places: FormPlaces) -> Iterator[tuple[str, str, object, str]]:
    """The score of each level 1 where an agency chooses its own indicators; a name may stand once for several rows."""
    scheme = places.layout.scheme
    table = scheme.tables.get("indicators")
    if table is None or not table.column("level1") or (table.fixed and not table.open_rows):
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
