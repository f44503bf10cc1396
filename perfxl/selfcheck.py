"""What the filler's self-check looks at: each line as a live formula and as the number that the formula gives.

Pure: a layout becomes lines; the template writes them. A count of 0 means that nothing is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfxl.amounts import ratio
from perfxl.layout import Layout, Placed, PlacedSheet, Role
from perfxl.model import address, column_letters
from perfxl.spec import Fields, Matrix, Scheme, Sections, parse_live
from perfxl.wording import is_nothing


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the self-check: what is looked at, the formula that counts what is wrong, its value, and the advice."""

    topic: str
    formula: str
    count: int
    advice: str


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


class Places:
    """Addresses and values of a layout's data, as formulas name them."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._tables = {key: (sheet, place) for sheet in layout.sheets for key, place in sheet.tables.items()}

    def cell(self, path: str) -> str:
        """Full absolute reference of a single datum."""
        sheet, placed = self.layout.places[path]
        return f"{quoted(sheet)}!${column_letters(placed.column)}${placed.row}"

    def value(self, path: str) -> object:
        return self.layout.places[path][1].value

    def has_table(self, key: str) -> bool:
        return key in self._tables

    def column(self, table: str, key: str) -> str:
        """Full reference of a table's column, with the row below it so that rows inserted at the end are included."""
        sheet, place = self._tables[table]
        letters = self._letters(table, key)
        extra = 0 if self.layout.scheme.tables[table].fixed else 1
        return f"{quoted(sheet.sheet.name)}!${letters}${place.first}:${letters}${place.last + extra}"

    def below(self, table: str, key: str) -> str:
        """The cell below a table's column."""
        sheet, place = self._tables[table]
        return f"{quoted(sheet.sheet.name)}!${self._letters(table, key)}${place.last + 1}"

    def values(self, table: str, key: str) -> list[object]:
        """The values of a table's column, blank rows included."""
        sheet, place = self._tables[table]
        number = self._number(table, key)
        rows = {cell.row: cell.value for cell in sheet.cells if cell.column == number}
        return [rows.get(row) for row in range(place.first, place.last + 1)]

    def _number(self, table: str, key: str) -> int:
        return next(n for n, c in enumerate(self.layout.scheme.tables[table].columns, 1) if c.key == key)

    def _letters(self, table: str, key: str) -> str:
        return column_letters(self._number(table, key))


def live_formula(cell: Placed, sheet: PlacedSheet, layout: Layout) -> tuple[str, object]:
    """The formula that the template keeps in a cell, and the value that it gives now ("" where it gives nothing)."""
    assert cell.field is not None
    name, argument = parse_live(cell.field.live)
    places = Places(layout)
    if name == "subtotal":
        return _subtotal(cell, sheet, layout, argument)
    if name == "grade":
        return _grade(places.cell(argument), layout.scheme)
    table = argument.split(".")[0]
    first = sheet.tables[table].first if table in sheet.tables else 1
    letters = column_letters(cell.column)
    numbers = f"{letters}${first}:INDEX({letters}:{letters},ROW()-1)"
    inner = f"SUM({numbers})" if name == "sum" else f"ROUND(AVERAGE({numbers}),2)"
    return f'=IF(COUNT({numbers})=0,"",{inner})', ""


def _subtotal(cell: Placed, sheet: PlacedSheet, layout: Layout, key: str) -> tuple[str, object]:
    """The sum of a column over the rows that a merged cell spans."""
    table = cell.path.split(".")[0]
    columns = layout.scheme.tables[table].columns
    number = next(n for n, column in enumerate(columns, 1) if column.key == key)
    last = cell.row + cell.height - 1
    numbers = f"{address(cell.row, number)}:{address(last, number)}"
    scores = [c.value for c in sheet.cells if c.column == number and cell.row <= c.row <= last]
    known = [score for score in scores if isinstance(score, Decimal)]
    return f'=IF(COUNT({numbers})=0,"",SUM({numbers}))', (sum(known, Decimal(0)) if known else "")


def _grade(total: str, scheme: Scheme) -> tuple[str, object]:
    formula = f'"{scheme.grades[-1].name}"'
    for grade in reversed(scheme.grades[:-1]):
        formula = f'IF({total}>={grade.lower},"{grade.name}",{formula})'
    return f'=IF(ISNUMBER({total}),{formula},"")', ""


def keeps_formula(cell: Placed, layout: Layout) -> bool:
    """Whether a datum that may be computed still holds its formula: nothing was stated, nothing to compute it from."""
    if cell.role is Role.LIVE:
        return True
    if cell.role is not Role.INPUT or cell.field is None or not cell.field.live or cell.value is not None:
        return False
    name, argument = parse_live(cell.field.live)
    if name == "grade":
        source = layout.places[argument][1]
        return keeps_formula(source, layout)
    return not any(isinstance(value, Decimal) for value in Places(layout).values(*argument.split(".")))


# -- the lines --------------------------------------------------------------------------------------------------------


def lines_of_check(layout: Layout) -> list[Line]:
    """The lines of the self-check, in the order of the form."""
    return [line for finder in _FINDERS for line in finder(Places(layout))]


def _required(places: Places) -> Iterator[Line]:
    """Required single data, a line for each sheet."""
    scheme = places.layout.scheme
    for sheet in scheme.sheets:
        keys = [(b.key, f.key) for b in sheet.blocks if isinstance(b, Fields) for f in b.fields if f.required]
        paths = [f"{block}.{key}" for block, key in keys]
        for block in sheet.blocks:
            if isinstance(block, Matrix) and block.total:
                paths += [block.path(column.key, block.total) for column in block.columns]
        if paths:
            yield _blanks(
                places, f"{sheet.name}：必填栏目", paths, "请填写空着的必填栏目（项目名称、单位、资金合计等）"
            )


def _blanks(places: Places, topic: str, paths: Sequence[str], advice: str) -> Line:
    formula = "=" + "+".join(f'(TRIM({places.cell(path)})="")' for path in paths)
    return Line(topic, formula, sum(places.value(path) is None for path in paths), advice)


def _funds(places: Places) -> Iterator[Line]:
    """Totals against their sources, and amounts that must not exceed each other."""
    for matrix in places.layout.scheme.matrices:
        if matrix.total:
            formulas, wrong = zip(
                *(_column_check(places, matrix, column.key) for column in matrix.columns), strict=True
            )
            yield Line("资金：合计等于各来源之和", "=" + "+".join(formulas), sum(wrong), "请核对合计与各来源金额")
        pairs = list(zip(matrix.ascending, matrix.ascending[1:], strict=False))
        if pairs:
            cells = [(matrix.path(low, matrix.total), matrix.path(high, matrix.total)) for low, high in pairs]
            formula = "=" + "+".join(f"N(N({places.cell(low)})>N({places.cell(high)}))" for low, high in cells)
            count = sum(_number(places.value(low)) > _number(places.value(high)) for low, high in cells)
            yield Line("资金：使用不超过到位，到位不超过计划", formula, count, "如确实超出，请在报告中说明原因")


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _column_check(places: Places, matrix: Matrix, column: str) -> tuple[str, bool]:
    total = places.cell(matrix.path(column, matrix.total))
    paths = [matrix.path(column, row.key) for row in matrix.parts]
    cells = ",".join(places.cell(path) for path in paths)
    formula = f"N(AND(COUNT({cells})>0,ABS(N({total})-SUM({cells}))>0.000001))"
    parts = [value for path in paths if isinstance(value := places.value(path), Decimal)]
    return formula, bool(parts) and _number(places.value(matrix.path(column, matrix.total))) != sum(parts)


def _targets(places: Places) -> Iterator[Line]:
    if not places.has_table("targets"):
        return
    names, actual = places.values("targets", "name"), places.values("targets", "actual")
    rows = places.column("targets", "name")
    yield Line(
        "绩效目标：已填写指标", f'=N(SUMPRODUCT(--({rows}<>""))=0)', int(not any(names)), "请至少填写一项绩效指标"
    )
    missing = sum(bool(name) and value is None for name, value in zip(names, actual, strict=True))
    formula = f'=SUMPRODUCT(({rows}<>"")*({places.column("targets", "actual")}=""))'
    yield Line("绩效目标：实际完成值", formula, missing, "请在“实际完成值”栏填写完成情况，不要写进标准栏")


def _scores(places: Places) -> Iterator[Line]:
    if not places.has_table("indicators"):
        return
    weights, scores = places.column("indicators", "weight"), places.column("indicators", "score")
    rows = list(zip(places.values("indicators", "weight"), places.values("indicators", "score"), strict=True))
    blank = sum(weight is not None and score is None for weight, score in rows)
    yield Line("评分：得分已填", f'=SUMPRODUCT(({weights}<>"")*({scores}=""))', blank, "请填写空着的得分")
    outside = sum(isinstance(s, Decimal) and isinstance(w, Decimal) and not 0 <= s <= w for w, s in rows)
    formula = f'=SUMPRODUCT(({scores}<>"")*(({scores}<0)+({scores}>{weights})))'
    yield Line("评分：得分在 0 与分值之间", formula, outside, "得分不能小于 0，也不能大于分值")
    known = [score for _, score in rows if isinstance(score, Decimal)]
    yield _stated(places, "评分：总分等于得分之和", "stated.total", f"SUM({scores})", known, sum(known, Decimal(0)))


def _stated(places: Places, topic: str, path: str, formula: str, known: list[Decimal], value: Decimal) -> Line:
    """A stated figure against the computed one, once there is something to compute."""
    cell, stated = places.cell(path), places.value(path)
    table = "indicators" if path == "stated.total" else "reviewers"
    numbers = f"COUNT({places.column(table, 'score')})" if table == "indicators" else _reviewer_count(places)
    wrong = bool(known) and (not isinstance(stated, Decimal) or abs(stated - value) > Decimal("0.005"))
    full = f"=N(AND({numbers}>0,OR(NOT(ISNUMBER({cell})),ABS(N({cell})-{formula})>0.005)))"
    return Line(topic, full, int(wrong), "请核对，或清空后由公式计算")


def _reviewer_count(places: Places) -> str:
    return f"(COUNT({places.column('reviewers', 'score')})-N(ISNUMBER({places.below('reviewers', 'score')})))"


def _reviewers(places: Places) -> Iterator[Line]:
    if not places.has_table("reviewers"):
        return
    count, few = _reviewer_count(places), places.layout.scheme.threshold("few_reviewers")
    known = [score for score in places.values("reviewers", "score") if isinstance(score, Decimal)]
    yield Line(f"评价人员：不少于 {few} 人评分", f"=N({count}<{few})", int(len(known) < few), "请补充评价人员及其评分")
    total = f"(SUM({places.column('reviewers', 'score')})-N({places.below('reviewers', 'score')}))"
    mean = sum(known, Decimal(0)) / len(known) if known else Decimal(0)
    yield _stated(places, "评价人员：平均得分", "stated.average", f"{total}/MAX(1,{count})", known, mean)


def _sections(places: Places) -> Iterator[Line]:
    scheme = places.layout.scheme
    for sheet in scheme.sheets:
        for block in sheet.blocks:
            if not isinstance(block, Sections):
                continue
            paths = [f"{block.key}.{section.key}" for section in block.sections if section.required]
            yield _blanks(places, f"{sheet.name}：各部分已填写", paths, "请填写空着的部分")
            shortest = scheme.threshold("section_length")
            lengths = [f"LEN(TRIM({places.cell(path)}))" for path in paths]
            formula = "=" + "+".join(f"N(AND({length}>0,{length}<{shortest}))" for length in lengths)
            texts = [str(places.value(path) or "") for path in paths]
            short = sum(0 < len(text) < shortest and not is_nothing(text) for text in texts)
            yield Line(f"{sheet.name}：内容不过短", formula, short, f"每一部分至少 {shortest} 个字")


_FINDERS: tuple[Callable[[Places], Iterator[Line]], ...] = (
    _required,
    _funds,
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
    scores = places.column("indicators", "score")
    known = [score for score in places.values("indicators", "score") if isinstance(score, Decimal)]
    total = sum(known, Decimal(0)) if known else None
    yield "得分合计", f'=IF(COUNT({scores})=0,"",SUM({scores}))', "" if total is None else total, "points"
    formula, _ = _grade(f"SUM({scores})", layout.scheme)
    shown = f'=IF(COUNT({scores})=0,"",{formula[1:]})'
    yield "等次", shown, layout.scheme.grade_of(total) or "", "text"


def _share(part: object, whole: object) -> object:
    if not isinstance(part, Decimal) or not isinstance(whole, Decimal):
        return ""
    share = ratio(part, whole)
    return "" if share is None else share
