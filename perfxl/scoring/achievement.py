"""The points of an indicator from its target and its actual value, each with its reason.

Source of the formulas: the finance system's self-evaluation script for the 2023 form. w weight, t target, a actual:
">=" and ">": a >= t -> w, else a / t x w. "=": like ">=", but t = 0 -> w if a <= 0 else 0. "<=" and "<": a <= t -> w;
a >= 2t -> 0; between (1 - (a - t) / t) x w, or t / a x w where the scheme says ratio. Rounded half-up to 2 places.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfxl.model import Value
from perfxl.schemes.spec import Band
from perfxl.scoring.ladder import may_be_share, same_unit
from perfxl.typed.amounts import Interval, parse_amount, parse_threshold, plain, round_half_up
from perfxl.typed.wording import is_nothing, squeeze

QUALITATIVE = "定性"
SIGNS = {
    "≥": "≥ >= => ≧ ⩾ ≮ 大于等于 大于或等于 不低于 不少于 不小于 不得低于 不得少于 至少 正向 正向指标",
    ">": "> 大于 高于 超过 多于",
    "=": "= 等于 ═ ==",
    "≤": "≤ <= =< ≦ ⩽ ≯ 小于等于 小于或等于 不超过 不高于 不大于 不多于 不得超过 不得高于 至多 最多 反向 反向指标",
    "<": "< 小于 低于 少于",
}
"""What people type for each sign, in half width and without blanks."""
LESS = ("≤", "<")
"""Signs that ask for no more than the target."""
ZERO = Decimal(0)
_NO_UNITS = ("日期", "成")
"""What stands behind a number that cannot be reckoned with: days (2023年12月), tenths (九成)."""
_SIGN_OF = {squeeze(word): sign for sign, words in SIGNS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A target and an actual value that may be held against each other, and what had to be assumed ("" where nothing)."""

    sign: str
    wanted: Decimal
    reached: Decimal
    assumed: str = ""

    @property
    def asks_for_less(self) -> bool:
        return self.sign in LESS


@dataclass(frozen=True, slots=True)
class Achieved:
    """The points of an indicator, why, and what had to be assumed ("" where nothing)."""

    points: Decimal
    reason: str
    assumed: str = ""

    @property
    def explained(self) -> str:
        """Reason and assumption in one line."""
        return "；".join(filter(None, (self.reason, self.assumed)))


# -- what was typed ---------------------------------------------------------------------------------------------------


def parse_sign(text: str) -> str:
    """The sign that a text means: ≥ > = ≤ < 定性; "" where blank or unknown."""
    squeezed = squeeze(text)
    return QUALITATIVE if squeezed.startswith(QUALITATIVE) else _SIGN_OF.get(squeezed, "")


def sign_of(stated: str, target: Value) -> str:
    """The sign that counts: the stated one, else the one typed into the target's cell, else none."""
    sign = parse_sign(stated)
    measured = _measured(target)
    if sign or measured is None:
        return sign
    if measured.is_point:
        return "=" if isinstance(target, str) and squeeze(target).startswith("=") else ""
    if measured.low is not None:
        return ">" if measured.low_open else "≥"
    return "<" if measured.high_open else "≤"


def number_of(value: Value) -> Decimal | None:
    """The single number that a target or actual means, whether typed as a number or with sign and unit."""
    if isinstance(value, Decimal):
        return value
    measured = _measured(value)
    if measured is None or measured.unit in _NO_UNITS:
        return None
    bounds = {bound for bound in (measured.low, measured.high) if bound is not None}
    return bounds.pop() if len(bounds) == 1 else None


def number_typed(value: Value) -> Decimal | None:
    """The number that a cell shows, with its minus sign: -95, -5条; None where it is none."""
    if not isinstance(value, str):
        return value if isinstance(value, Decimal) else None
    amount = parse_amount(value)
    return amount.value if amount else None


def _measured(value: Value) -> Interval | None:
    return None if not isinstance(value, str) or is_nothing(value) else parse_threshold(value)


def is_numeric(stated: str, target: Value) -> bool:
    """Whether a target asks for a number: a number, one with a sign or a unit, or any text with a number beside a stated sign.

    按2019版标准执行 asks for none: a text that merely contains a number counts only where a sign was chosen.
    """
    sign = sign_of(stated, target)
    if sign == QUALITATIVE or number_of(target) is None:
        return False
    return bool(sign) or not isinstance(target, str) or parse_amount(target) is not None


def differing_units(target: Value, unit: str, actual: Value) -> tuple[str, str] | None:
    """Two of the units of target, unit column and actual value that do not go together; None where all do."""
    column = "" if is_nothing(unit) else squeeze(unit).replace("百分比", "%")
    named = [name for name in (_unit(target), column, _unit(actual)) if name]
    differing = next(((named[0], other) for other in named[1:] if not same_unit(named[0], other)), None)
    return differing or (("%", "无单位") if "%" in named and _is_bare_share(target, actual) else None)


def _is_bare_share(target: Value, actual: Value) -> bool:
    """Whether an actual value without a unit may be a share of one beside a target in percent: 0.965 beside 95."""
    wanted, reached = number_of(target), number_of(actual)
    if wanted is None or reached is None or _unit(actual):
        return False
    return may_be_share(reached, wanted, wanted)


def _unit(value: Value) -> str:
    measured = _measured(value)
    return measured.unit if measured else ""


def compare(stated: str, target: Value, actual: Value, unit: str = "") -> Comparison | None:
    """What is held against what; None for a qualitative indicator, and where either is no single number of the same unit.

    Args:
        stated: the sign as typed; without one the target is read as "at least", and the answer says so.
        target: 年度指标值, a number or a text with sign and unit.
        actual: 实际完成值.
        unit: 度量单位, where the form has such a column.
    """
    wanted, reached = number_of(target), number_of(actual)
    if wanted is None or reached is None or not is_numeric(stated, target) or differing_units(target, unit, actual):
        return None
    sign = sign_of(stated, target)
    return Comparison(sign or "≥", wanted, reached, "" if sign else _assumption(stated))


def _assumption(stated: str) -> str:
    if is_nothing(stated):
        return "未填性质，按“≥”"
    return f"性质“{stated}”无法识别，按“≥”"


# -- points -----------------------------------------------------------------------------------------------------------


def achieve(
    stated: str, target: Value, actual: Value, weight: Decimal | None, reverse: str, unit: str = ""
) -> Achieved | None:
    """The points that target and actual give; None where they cannot be compared (see `compare`) or have no weight.

    Args:
        weight: points of the indicator.
        reverse: "linear" or "ratio", for signs that ask for less.
    """
    compared = compare(stated, target, actual, unit)
    if compared is None or weight is None:
        return None
    if compared.asks_for_less:
        points, reason = _less(compared.wanted, compared.reached, weight, reverse)
    else:
        points, reason = _more(compared.wanted, compared.reached, weight, exact=compared.sign == "=")
    return Achieved(points, reason, compared.assumed)


def _more(wanted: Decimal, reached: Decimal, weight: Decimal, exact: bool) -> tuple[Decimal, str]:
    # before the comparison, which every positive result would pass
    if exact and wanted == 0:
        points = weight if reached <= 0 else ZERO
        return points, f"目标为 0，实际为 {plain(reached)}，得 {plain(points)}"
    if reached >= wanted:
        return weight, f"{plain(reached)} ≥ {plain(wanted)}，得满分 {plain(weight)}"
    if wanted <= 0 or reached < 0:
        return ZERO, f"{plain(reached)} 没有达到目标 {plain(wanted)}，得 0"
    points = round_half_up(reached / wanted * weight, 2)
    return points, f"{plain(reached)} / {plain(wanted)} × {plain(weight)} = {plain(points)}"


def _less(wanted: Decimal, reached: Decimal, weight: Decimal, reverse: str) -> tuple[Decimal, str]:
    if reached <= wanted:
        return weight, f"{plain(reached)} ≤ {plain(wanted)}，得满分 {plain(weight)}"
    if wanted <= 0:
        return ZERO, f"{plain(reached)} 超过目标 {plain(wanted)}，得 0"
    if reverse == "ratio":
        points = round_half_up(wanted / reached * weight, 2)
        return points, f"{plain(wanted)} / {plain(reached)} × {plain(weight)} = {plain(points)}"
    # from here on the formula would give less than nothing
    if reached >= 2 * wanted:
        return ZERO, f"{plain(reached)} 是目标 {plain(wanted)} 的两倍或更多，得 0"
    points = round_half_up((1 - (reached - wanted) / wanted) * weight, 2)
    shown = f"({plain(reached)} - {plain(wanted)}) / {plain(wanted)}"
    return points, f"(1 - {shown}) × {plain(weight)} = {plain(points)}"


def completion(target: Value, actual: Value) -> Decimal | None:
    """完成率 as the form shows it: actual / target as a fraction of 4 places, at most 1; None where there is none."""
    wanted, reached = number_of(target), number_of(actual)
    if wanted is None or reached is None or wanted <= 0:
        return None
    return max(ZERO, min(Decimal(1), round_half_up(reached / wanted, 4)))


# -- qualitative results ----------------------------------------------------------------------------------------------


def band_of(actual: str, bands: Sequence[Band]) -> Band | None:
    """The band whose phrase an actual value says; None where it says none.

    The beginning of a phrase is enough (部分达成年度指标). One phrase may be part of another (达成年度指标, 未达成年度指标): the
    longest that was said counts.
    """
    said = squeeze(actual)
    heads = [(head, band) for band in bands for head in _heads(band) if head in said]
    # the longest, whatever the order of the bands: 达成年度指标 is part of 未达成年度指标
    return max(heads, key=lambda pair: len(pair[0]))[1] if heads else None


_UNDONE = re.compile(
    r"(?:未能?|没有?|尚未|还未|暂未|仍未)(?:按期|按时|按计划|全部|如期|能|全面)?(?:完成|达成|达到|达标|实现|开展|实施|启动|落实|建成|建立|执行|开工)"
)
_PARTLY = re.compile("部分|基本|大部分|多数")


def undone_band(actual: str, bands: Sequence[Band]) -> Band | None:
    """The lowest band where an actual value says in other words that nothing was reached (未完成, 尚未开展); else None."""
    said = squeeze(actual)
    if not bands or not _UNDONE.match(said) or _PARTLY.search(said):
        return None
    return min(bands, key=lambda band: band.upper)


def _heads(band: Band) -> Iterator[str]:
    yield re.split(r"[并且,，]", squeeze(band.phrase))[0]
