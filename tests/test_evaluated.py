"""What a formula in a cell for typing comes to.

* LibreOffice comes to the same
* what is not worked out says why; error values are not worked out
* work and depth are bounded
"""

from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from office import Converted, by_office
from opened import load_workbook
from perfxl.sight.formulas import DEEPEST, LONGEST_FORMULA, NotEvaluated, evaluate

CELLS: dict[tuple[str, int, int], object] = {
    ("表", 1, 1): 10,
    ("表", 2, 1): 2.5,
    ("表", 3, 1): "文字",
    ("表", 5, 1): 0.1,
    ("表", 1, 2): "3",
    ("表", 2, 2): -7.25,
    ("表", 3, 2): 195.0149,
    ("汇 总", 1, 1): 7,
}


def value_of(sheet: str, row: int, column: int) -> object:
    if sheet not in ("表", "汇 总"):
        raise KeyError(sheet)
    return CELLS.get((sheet, row, column))


def result(formula: str) -> object:
    return evaluate(formula, "表", value_of)


FORMULAS = [
    *("500", "A1*1", "SUM(A1:A5)", "$A$1/3", "'汇 总'!A1+1", "表!B2*2", "-2^2", "2^3^2", "50%", "-50%", "A1%", "+A1"),
    *(
        "0.1+0.2-0.3",
        "(1+2)*3",
        "1-(2-3)",
        "2-3-4",
        "12/4/3",
        "1E3",
        ".5+1",
        "2*-3",
        "A1=10",
        "A1<>10",
        '"a"="A"',
        "A9",
    ),
    *('"甲"&A1', 'A1&"元"', '"a"""', "A1>A2", '"b">"a"', "A9=0", 'A9=""', "SUM(A1,B1)", "A1+B1", "SUM(TRUE,1)"),
    *(
        "ROUND(2.345,2)",
        "ROUND(-2.5,0)",
        "ROUND(1234.5,-2)",
        "ROUNDUP(1.21,1)",
        "ROUNDUP(-1.21,1)",
        "ROUNDDOWN(-1.29,1)",
    ),
    *("TRUNC(-1.567,1)", "TRUNC(9.9)", "INT(-1.5)", "INT(2.5)", "ABS(B2)", "MOD(-7,3)", "MOD(7,-3)", "MOD(5.5,2)"),
    *("AVERAGE(A1:A5)", "MIN(A1:B3)", "MAX(A1:A2)-MIN(A1:A2)", "COUNT(A1:B5)", "COUNTA(A1:B5)", "PRODUCT(A1:A2)"),
    *('IF(A1>5,"是","否")', "IF(A1<5,1)", "IF(A1>5,1/2,1/0)", "IFERROR(1/0,5)", "IFERROR(A1,5)", "IFERROR(A3+1,A2)"),
    *(
        "AND(A1>1,A2>1)",
        "OR(A1>100,FALSE)",
        "NOT(A1>5)",
        "SUMPRODUCT(A1:A2,B1:B2)",
        "SUMPRODUCT(A1:A5)",
        "TRUE",
        "SUM(B2:A1)",
    ),
    *(
        "ROUND(SUM(A1:A2)*B3/100,2)",
        "SUM(A1:A2,'汇 总'!A1:A3)",
        "A1 + A2 * 2",
        "1/3*3",
        "10^-2",
        "4^0.5",
        "B3-B3",
        "100-99.9",
    ),
]


def calculated() -> bytes:
    """A workbook with the cells and the formulas."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheets = {name: book.add_worksheet(name) for name in ("表", "汇 总")}
    for (name, row, column), value in CELLS.items():
        sheets[name].write(row - 1, column - 1, value)
    for row, formula in enumerate(FORMULAS):
        sheets["表"].write_formula(row, 7, f"={formula}", None, "")
    book.close()
    return stream.getvalue()


@by_office(calculated)
def test_libreoffice_comes_to_the_same(office: list[Converted]) -> None:
    computed = load_workbook(office[0].saved, data_only=True)["表"]
    differing = []
    for row, formula in enumerate(FORMULAS, 1):
        mine, theirs = result(formula), computed.cell(row, 8).value
        if isinstance(mine, Decimal) and isinstance(theirs, int | float) and not isinstance(theirs, bool):
            same = abs(float(mine) - theirs) < 1e-12 * max(1, abs(theirs))
        else:
            same = type(mine) is type(theirs) and mine == theirs
        if not same:
            differing.append((formula, mine, theirs))
    assert differing == []


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("NOW()", "函数 NOW 不核对"),
        ('HYPERLINK("http://a","500")', "函数 HYPERLINK 不核对"),
        ("WEBSERVICE(A1)", "函数 WEBSERVICE 不核对"),
        ("_xlfn.XLOOKUP(A1,A1,A2)", "函数 _XLFN.XLOOKUP 不核对"),
        ('TEXT(A1,"0")', "函数 TEXT 不核对"),
        ("LOG10(5)", "函数 LOG10 不核对"),
        ("[1]Sheet1!A1", "引用了其他工作簿或外部数据"),
        ("'[甲.xlsx]表'!A1", "引用了其他工作簿或外部数据"),
        ("别处!A1", "引用的工作表“别处”不存在"),
        ("'表:汇 总'!A1", "引用了多张工作表"),
        ("A:A", "公式里有名称、整行整列或其他不核对的写法"),
        ("SUM(1:2)", "公式里有名称、整行整列或其他不核对的写法"),
        ("合计", "公式里有名称、整行整列或其他不核对的写法"),
        ("A1#", "公式里有名称、整行整列或其他不核对的写法"),
        ("XFE1", "公式里有名称、整行整列或其他不核对的写法"),
        ("A1:A3+1", "区域直接参与运算"),
        ("A1:A3", "区域直接参与运算"),
        ("1 2", "公式的写法不在核对范围内"),
        ("(1", "公式的写法不在核对范围内"),
        ("1,2", "公式的写法不在核对范围内"),
        ("1+", "公式不完整"),
        ("", "公式不完整"),
        ("ROUND(1)", "函数 ROUND 的参数个数不对"),
        ("1/0", "结果是错误值 #DIV/0!"),
        ("SUM(#REF!)", "结果是错误值 #REF!"),
        ("A3+1", "结果是错误值 #VALUE!"),
        ("10^400", "结果是错误值 #NUM!"),
        ("(-8)^0.5", "结果是错误值 #NUM!"),
        ("0^-1", "结果是错误值 #DIV/0!"),
        ("AVERAGE(A3:A4)", "结果是错误值 #DIV/0!"),
        ("SUM(A1:A9999)", "公式引用的单元格过多"),
        ("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), "公式嵌套过深"),
        ("-" * (DEEPEST + 1) + "1", "公式嵌套过深"),
        ("1" + "+1" * LONGEST_FORMULA, "公式过长"),
    ],
)
def test_what_is_not_worked_out_says_why(formula: str, reason: str) -> None:
    assert result(formula) == NotEvaluated(reason)


def test_fifteen_digits_are_kept() -> None:
    assert result("=1/3") == Decimal("0.333333333333333")
    assert result("=2/3*100") == Decimal("66.6666666666667")


def test_an_error_value_in_a_cell_is_one() -> None:
    assert evaluate("A1+1", "表", lambda *_: "#N/A") == NotEvaluated("结果是错误值 #N/A")


TERMS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**6)


@given(st.lists(TERMS, min_size=1, max_size=20))
def test_sums_are_exact(terms: list[Decimal]) -> None:
    assert result("=" + "+".join(map(str, terms))) == sum(terms)
    assert result(f"=SUM({','.join(map(str, terms))})") == sum(terms)


@given(st.text("A1B2:$!'(),+-*/^%&=<>\"# .表SUMIF", max_size=30))
def test_any_text_comes_to_something(formula: str) -> None:
    assert isinstance(result(formula), Decimal | str | bool | NotEvaluated)


def test_a_number_typed_as_a_text_counts_as_an_argument_and_not_in_an_area() -> None:
    assert result('=SUM(A1,"4")') == 14
    assert result("=SUM(A1,B1)") == 10
