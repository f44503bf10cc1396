"""What the filler's self-check looks at in the tables: indicators, scores, total, grade and evaluators. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from perfxl.schemes.spec import Field, Table, parse_live
from perfxl.scoring.achievement import QUALITATIVE
from perfxl.templates.checkline import CheckLine, is_not_number, row_array
from perfxl.templates.live import FormPlaces, grade_formula, points_formula
from perfxl.typed.amounts import plain


def table_lines(places: FormPlaces) -> Iterator[CheckLine]:
    """The lines on the tables, in the order of the form."""
    for finder in (_targets, _printed, _chosen, _actuals, _scores, _grade, _reviewers):
        yield from finder(places)


def _targets(places: FormPlaces) -> Iterator[CheckLine]:
    if not places.layout.scheme.has_columns("targets", "name", "actual"):
        return
    names, actual = places.values("targets", "name"), places.values("targets", "actual")
    rows = places.column("targets", "name")
    formula = f'=N(SUMPRODUCT(--({rows}<>""))=0)'
    yield CheckLine("绩效目标：已填写指标", formula, int(not any(names)), "请至少填写一项绩效指标", ("ST05",))
    missing = sum(bool(name) and value is None for name, value in zip(names, actual, strict=True))
    formula = f'=SUMPRODUCT(({rows}<>"")*({places.column("targets", "actual")}=""))'
    advice = "请在“实际完成值”栏填写完成情况，不要写进标准栏"
    yield CheckLine("绩效目标：实际完成值", formula, missing, advice, ("TG05",))


def _printed(places: FormPlaces) -> Iterator[CheckLine]:
    """Where the form prints indicators and weights: whether they are still there, and no others."""
    table = places.layout.scheme.tables.get("indicators")
    if table is None or not table.fixed or not places.layout.scheme.has_columns("indicators", "level3", "weight"):
        return
    if table.open_rows:
        yield _printed_among_others(places, table)
        return
    wanted = len(table.fixed)
    rows = f"{places.row('indicators', False)}-({places.row('indicators', True)})+1"
    differ = [
        _differing(places, table, key) for key in ("level1", "level2", "level3", "weight") if _is_plain(table, key)
    ]
    formula = f"=IF({rows}<>{wanted},ABS({rows}-{wanted}),{'+'.join(formula for formula, _ in differ)})"
    present = len(places.values("indicators", "level3"))
    count = abs(present - wanted) or sum(number for _, number in differ)
    advice = "指标和分值由方案规定，不能增删、改名或改分；请用原模板重新填写"
    yield CheckLine("评分：指标和分值与方案一致", formula, count, advice, ("IN03", "IN04", "IN06"))


def _printed_among_others(places: FormPlaces, table: Table) -> CheckLine:
    """The same where agencies write indicators of their own between them: each name with its weight must be there."""
    wanted = [(str(row["level3"]), Decimal(str(row["weight"]))) for row in table.fixed if row not in table.open_rows]
    known = list(zip(places.values("indicators", "level3"), places.values("indicators", "weight"), strict=True))
    names, weights = row_array([name for name, _ in wanted]), row_array([weight for _, weight in wanted])
    held = (
        f"COUNTIFS({places.column('indicators', 'level3')},{names},{places.column('indicators', 'weight')},{weights})"
    )
    count = sum(pair not in known for pair in wanted)
    advice = "方案规定的指标和分值不能增删、改名或改分；自行填写的指标写在空白行"
    return CheckLine("评分：规定的指标和分值与方案一致", f"=SUMPRODUCT(--({held}=0))", count, advice, ("IN03", "IN06"))


def _is_plain(table: Table, key: str) -> bool:
    """Whether a column has a cell of its own in each row."""
    column = table.column(key)
    return column is not None and not column.merge


def _differing(places: FormPlaces, table: Table, key: str) -> tuple[str, int]:
    """How many cells of a printed column are others than the scheme's."""
    wanted = [row[key] for row in table.fixed]
    words = [word if isinstance(word, str) else Decimal(str(word)) for word in wanted]
    known = places.values("indicators", key)
    number = sum(one != other for one, other in zip(known, words, strict=False))
    return f"SUMPRODUCT(--({places.column('indicators', key)}<>{row_array(words)}))", number


def _chosen(places: FormPlaces) -> Iterator[CheckLine]:
    """Where an agency chooses its own indicators: names, weights, and points against the formula."""
    scheme, table = places.layout.scheme, places.layout.scheme.tables.get("indicators")
    is_printed = table is not None and table.fixed and not table.open_rows
    if table is None or is_printed or not scheme.has_columns("indicators", "level3", "weight", "score"):
        return
    names, weights = places.column("indicators", "level3"), places.column("indicators", "weight")
    pairs = list(zip(places.values("indicators", "level3"), places.values("indicators", "weight"), strict=True))
    formula = f'=SUMPRODUCT(--(({names}="")<>({weights}="")))+N(SUMPRODUCT(--({names}<>""))=0)'
    count = sum((not name) != (weight is None) for name, weight in pairs) + (not any(name for name, _ in pairs))
    yield CheckLine("绩效指标：三级指标与分值都已填", formula, count, "请补填指标名称或分值", ("ST05", "IN06"))
    whole = scheme.full_score - (scheme.execution.weight if scheme.execution else 0)
    summed = sum(places.numbers("indicators", "weight"), Decimal(0))
    formula = f"=N(AND(COUNT({weights})>0,ABS(SUM({weights})-{whole})>0.005))"
    topic = f"评分：各指标分值合计为 {plain(whole)} 分"
    if scheme.full_score:
        yield CheckLine(topic, formula, int(summed not in (0, whole)), "请核对各指标的分值", ("IN04", "IN03"))
    column = next((column for column in table.columns if parse_live(column.live)[0] == "points"), None)
    if column is not None and "score_tolerance" in scheme.thresholds:
        topic, advice = f"评分：得分等于{column.label}", "定量指标请按公式核对得分、指标值和完成值；计分以公式为准"
        formula = _off_points(places, column)
        yield CheckLine(topic, formula, _off_formula(places, column), advice, ("PT11",), is_array=True)


def _off_points(places: FormPlaces, column: Field) -> str:
    """Scores that are off from the formula beside them; in inserted rows, which have none, from the formula as such."""
    keys = parse_live(column.live)[1].split(",")
    sign, target, actual, weight = (places.column("indicators", key) for key in keys)
    score, shown = places.column("indicators", "score"), places.column("indicators", column.key)
    tolerance = places.layout.scheme.threshold("score_tolerance")
    beside = f"ISNUMBER({shown})*ISNUMBER({score})"
    numeric = f'ISNUMBER({target})*ISNUMBER({actual})*ISNUMBER({weight})*(LEFT(TRIM({sign}),2)<>"{QUALITATIVE}")'
    bare = f"ISBLANK({shown})*ISNUMBER({score})*{numeric}"
    points = points_formula(places.layout.scheme, sign, target, actual, weight)
    off = f"--(ROUND(ABS({score}-%s),6)>{tolerance})"
    return f"=SUM(IF({beside},{off % f'IF(ISNUMBER({shown}),{shown},0)'},0))+SUM(IF({bare},{off % f'({points})'},0))"


def _off_formula(places: FormPlaces, column: Field) -> int:
    """How many scores are not what the formula beside them gives."""
    stated, computed = places.values("indicators", "score"), places.shown("indicators", column.key)
    tolerance = places.layout.scheme.threshold("score_tolerance")
    return sum(
        isinstance(one, Decimal) and isinstance(other, Decimal) and abs(one - other) > tolerance
        for one, other in zip(stated, computed, strict=True)
    )


def _actuals(places: FormPlaces) -> Iterator[CheckLine]:
    """Where points follow from target and actual: whether the actual value is there, and a number where it must be."""
    table = places.layout.scheme.tables.get("indicators")
    if table is None or not places.layout.scheme.has_columns("indicators", "level3", "sign", "target", "actual"):
        return
    names, actual = places.column("indicators", "level3"), places.column("indicators", "actual")
    columns = [places.values("indicators", key) for key in ("level3", "sign", "target", "actual")]
    rows = list(zip(*columns, strict=True))
    formula = f'=SUMPRODUCT(({names}<>"")*({actual}=""))'
    count = sum(bool(name) and reached is None for name, _, _, reached in rows)
    yield CheckLine("绩效指标：实际完成值已填", formula, count, "请填写实际完成值；没有完成的填 0", ("TG05",))
    sign, target = places.column("indicators", "sign"), places.column("indicators", "target")
    formula = (
        f'=SUMPRODUCT((LEFT(TRIM({sign}),2)<>"{QUALITATIVE}")*ISNUMBER({target})*({actual}<>"")*(1-ISNUMBER({actual})))'
    )
    count = sum(
        isinstance(wanted, Decimal) and is_not_number(reached) and not str(stated or "").startswith(QUALITATIVE)
        for _, stated, wanted, reached in rows
    )
    advice = "指标值是数字的，实际完成值也只填数字；定性指标请把指标性质选为“定性”"
    yield CheckLine("绩效指标：实际完成值可与指标值比较", formula, count, advice, ("PT14",))


def _scores(places: FormPlaces) -> Iterator[CheckLine]:
    if not places.layout.scheme.has_columns("indicators", "weight", "score"):
        return
    weights, scores = places.column("indicators", "weight"), places.column("indicators", "score")
    rows = list(zip(places.values("indicators", "weight"), places.values("indicators", "score"), strict=True))
    blank = sum(weight is not None and score is None for weight, score in rows)
    formula = f'=SUMPRODUCT(({weights}<>"")*({scores}=""))'
    yield CheckLine("评分：得分已填", formula, blank, "请填写空着的得分", ("IN02",))
    outside = sum(isinstance(s, Decimal) and isinstance(w, Decimal) and not 0 <= s <= w for w, s in rows)
    formula = f'=SUMPRODUCT(({scores}<>"")*(({scores}<0)+({scores}>{weights})))'
    advice = "得分不能小于 0，也不能大于分值"
    yield CheckLine("评分：得分在 0 与分值之间", formula, outside, advice, ("IN01",))
    known = places.numbers("indicators", "score")
    formula, value = scored(places)
    if "stated.total" in places.layout.scheme.data:
        yield _stated(places, "评分：总分等于得分之和", "stated.total", formula, known, value, "IN05")


def scored(places: FormPlaces) -> tuple[str, Decimal]:
    """The sum of all points, with those for execution, as an expression and as it is now."""
    formula, value = (
        f"(SUM({places.column('indicators', 'score')})",
        sum(places.numbers("indicators", "score"), Decimal(0)),
    )
    if (execution := places.layout.scheme.execution) is not None:
        formula += f"+N({places.cell(execution.score)})"
        points = places.value(execution.score)
        value += points if isinstance(points, Decimal) else 0
    return formula + ")", value


def _grade(places: FormPlaces) -> Iterator[CheckLine]:
    """A grade that was typed over its formula."""
    scheme = places.layout.scheme
    if "stated.grade" not in scheme.data or not scheme.grades or not scheme.has_columns("indicators", "score"):
        return
    cell, stated = places.cell("stated.grade"), places.value("stated.grade")
    formula, value = scored(places)
    count = f"COUNT({places.column('indicators', 'score')})"
    grade = grade_formula(formula, scheme)
    known = bool(places.numbers("indicators", "score")) and stated is not None
    topic, advice = "评分：等次与得分一致", "请改为得分所在的等次（各等次下限含本数），或恢复原来的公式"
    formula = f'=N(AND({count}>0,TRIM({cell})<>"",LEFT(TRIM({cell}),1)<>{grade}))'
    yield CheckLine(topic, formula, int(known and str(stated)[:1] != scheme.grade_of(value)), advice, ("PT01",))


def _stated(
    places: FormPlaces, topic: str, path: str, formula: str, known: list[Decimal], value: Decimal, code: str
) -> CheckLine:
    """A stated figure against the computed one, once there is something to compute."""
    cell, stated = places.cell(path), places.value(path)
    table = "indicators" if path == "stated.total" else "reviewers"
    numbers = f"COUNT({places.column(table, 'score')})"
    wrong = bool(known) and (not isinstance(stated, Decimal) or abs(stated - value) > Decimal("0.005"))
    full = f"=N(AND({numbers}>0,OR(NOT(ISNUMBER({cell})),ABS(N({cell})-{formula})>0.005)))"
    advice = "请改为各项得分之和" if path == "stated.total" else "请改为各评价人员得分的平均数"
    return CheckLine(topic, full, int(wrong), advice, (code,))


def _reviewers(places: FormPlaces) -> Iterator[CheckLine]:
    scheme = places.layout.scheme
    if not scheme.has_columns("reviewers", "score"):
        return
    scores, known, full = places.column("reviewers", "score"), places.numbers("reviewers", "score"), scheme.full_score
    formula = f'=SUMPRODUCT(({scores}<>"")*(({scores}<0)+({scores}>{full})))'
    count = sum(not 0 <= score <= full for score in known)
    topic = f"评价人员：评分在 0 与 {plain(full)} 之间"
    yield CheckLine(topic, formula, count, "请只填数字，例如 98.5", ("PT05",))
    if "few_reviewers" in scheme.thresholds:
        few = scheme.threshold("few_reviewers")
        topic, formula = f"评价人员：不少于 {few} 人评分", f"=N(COUNT({scores})<{few})"
        yield CheckLine(topic, formula, int(len(known) < few), "请补充评价人员及其评分", ("PT06",))
    if "stated.average" not in scheme.data:
        return
    mean = sum(known, Decimal(0)) / len(known) if known else Decimal(0)
    formula = f"SUM({scores})/MAX(1,COUNT({scores}))"
    yield _stated(places, "评价人员：平均得分", "stated.average", formula, known, mean, "PT03")
