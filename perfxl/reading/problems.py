"""What is said of a cell whose reading found something: ST06 to ST11, ST13."""

from perfxl.dossier import LONGEST_TEXT
from perfxl.model import Cell, Severity
from perfxl.reading.parsing import Meaning
from perfxl.rules import Problem
from perfxl.schemes.spec import Field
from perfxl.typed.amounts import parse_amount, plain


def problem_of(datum: Field, cell: Cell, meaning: Meaning) -> Problem:
    """What to say of a cell whose reading made a finding."""
    label, found = datum.label, meaning.found.replace("\n", "⏎")
    messages = {
        "ST06": f"“{label}”应填{meaning.expected}，现为“{found}”，无法识别",
        "ST07": f"“{label}”是公式，但文件里没有保存计算结果",
        "ST08": f"“{label}”的公式结果是错误值 {meaning.found}",
        "ST09": f"“{label}”填写为文字“{found}”，已按 {meaning.expected} 读取",
        "ST11": f"“{label}”填写了单位“{meaning.found}”，与表格单位不同，已换算为 {meaning.expected}",
        "ST13": f"“{label}”有 {meaning.found}，超过一个单元格的上限，只读取了前 {LONGEST_TEXT:,} 个",
    }
    fix = _retyped(meaning) if meaning.code == "ST11" else ""
    return Problem(cell, messages[meaning.code], meaning.found, meaning.expected, label, fix)


def _retyped(meaning: Meaning) -> str:
    """What to type instead of an amount in another unit: nobody can tell whether 100元 was meant or 100万元."""
    typed = parse_amount(meaning.found)
    unit = meaning.expected.lstrip("0123456789.-")
    if typed is None:
        return ""
    number = plain(typed.value)
    return f"请只填数字：确为{meaning.found}的填 {meaning.expected.removesuffix(unit)}；如果本意是{number}{unit}，请填 {number}。"


def lost_text(datum: Field, cell: Cell) -> Problem:
    """ST07 for a text that the form computes, stored as 0: an information, as it is nobody's mistake."""
    text = f"“{datum.label}”由公式得出，文件里保存的结果却是 0，按没有计算结果处理"
    fix = "可以不改；这是另存为 .xls 时丢失的，建议以 .xlsx 格式保存后报送。"
    return Problem(cell, text, "0", datum.label, datum.label, fix, Severity.INFO)
