"""The points of an indicator from its target and its actual value, each with its reason.

Source of the formulas: the finance system's self-evaluation script for the 2023 form. w weight, t target, a actual:
">=" and ">": a >= t -> w, else a / t x w. "=": like ">=", but t = 0 -> w if a <= 0 else 0. "<=" and "<": a <= t -> w;
a >= 2t -> 0; between (1 - (a - t) / t) x w, or t / a x w where the scheme says ratio. Rounded half-up to 2 places.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from perfxl.amounts import Threshold, parse_threshold, plain, round_half_up
from perfxl.model import Value
from perfxl.wording import is_nothing, squeeze

QUALITATIVE = "定性"
_SIGNS = {
    "≥": r"≥|>=|=>|大于等于|大于或等于|不低于|不少于|不小于|至少|正向",
    ">": r">|大于|高于|超过|多于",
    "=": r"=|等于",
    "≤": r"≤|<=|=<|小于等于|小于或等于|不超过|不高于|不大于|不多于|至多|反向",
    "<": r"<|小于|低于|少于",
    QUALITATIVE: r"定性.*",
}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Achieved:
    """The points of an indicator, why, and what had to be assumed ("" where nothing)."""

    points: Decimal
    reason: str
    assumed: str = ""


def parse_sign(text: str) -> str:
    """The sign that a text means: ≥ > = ≤ < 定性; "" where blank or unknown."""
    squeezed = squeeze(text)
    return next((sign for sign, pattern in _SIGNS.items() if re.fullmatch(pattern, squeezed)), "")


def number_of(value: Value) -> Decimal | None:
    """The single number that a target or actual means, whether typed as a number or with sign and unit."""
    if isinstance(value, Decimal):
        return value
    measured = _measured(value)
    if measured is None or measured.unit == "日期":
        return None
    bounds = {bound for bound in (measured.low, measured.high) if bound is not None}
    return bounds.pop() if len(bounds) == 1 else None


def sign_of(stated: str, target: Value) -> str:
    """The sign that counts: the stated one, else the one typed into the target's cell, else none."""
    sign = parse_sign(stated)
    measured = _measured(target)
    if sign or measured is None or measured.is_point:
        return sign
    if measured.low is not None:
        return ">" if measured.low_open else "≥"
    return "<" if measured.high_open else "≤"


def _measured(value: Value) -> Threshold | None:
    return None if not isinstance(value, str) or is_nothing(value) else parse_threshold(value)


def achieve(stated: str, target: Value, actual: Value, weight: Decimal | None, reverse: str) -> Achieved | None:
    """The points that target and actual give; None for a qualitative indicator and where no number can be compared.

    Args:
        stated: the sign as typed.
        target: 年度指标值, a number or a text with sign and unit.
        actual: 实际完成值.
        weight: points of the indicator.
        reverse: "linear" or "ratio", for signs that ask for less.
    """
    sign = sign_of(stated, target)
    wanted, reached = number_of(target), number_of(actual)
    if sign == QUALITATIVE or wanted is None or reached is None or weight is None:
        return None
    assumed = "" if sign else "未填指标性质，按“≥”计算"
    if sign in ("≤", "<"):
        points, reason = _less(wanted, reached, weight, reverse)
    else:
        points, reason = _more(wanted, reached, weight, exact=sign == "=")
    return Achieved(points, reason, assumed)


def _more(wanted: Decimal, reached: Decimal, weight: Decimal, exact: bool) -> tuple[Decimal, str]:
    if exact and wanted == 0:
        points = weight if reached <= 0 else ZERO
        return points, f"目标为 0，实际为 {plain(reached)}，得 {plain(points)}"
    if reached >= wanted:
        return weight, f"{plain(reached)} 达到目标 {plain(wanted)}，得满分 {plain(weight)}"
    if wanted <= 0:
        return ZERO, f"{plain(reached)} 没有达到目标 {plain(wanted)}，得 0"
    points = max(ZERO, round_half_up(reached / wanted * weight, 2))
    return points, f"{plain(reached)} / {plain(wanted)} × {plain(weight)} = {plain(points)}"


def _less(wanted: Decimal, reached: Decimal, weight: Decimal, reverse: str) -> tuple[Decimal, str]:
    if reached <= wanted:
        return weight, f"{plain(reached)} 不超过目标 {plain(wanted)}，得满分 {plain(weight)}"
    if reverse == "ratio":
        points = max(ZERO, round_half_up(wanted / reached * weight, 2))
        return points, f"{plain(wanted)} / {plain(reached)} × {plain(weight)} = {plain(points)}"
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
