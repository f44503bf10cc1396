"""A number format code taken apart: its sections, their conditions and the pieces that each is made of.

Source: ECMA-376 part 1, 18.8.30 and 18.8.31; the marks ! (an escape like the backslash) and G/通用格式 are those of the
Chinese editions of Excel and WPS.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

GENERAL_CODE = "General"
LONGEST_CODE = 1000
"""Excel takes 255 characters; a longer code than this is not read."""

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)(?:"|$)|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<half>AM/PM|A/P|上午/下午)|E(?P<exponent>[+-])"
    r"|(?P<day>y+|m+|d+|h+|s+|e+|g+|b+|a{3,4})|(?P<mark>[0#?.,%/@])|(?P<next>;)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"\s*(<=|>=|<>|<|>|=)\s*([-+]?\d{1,30}(?:\.\d{1,30})?)\s*")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_COLOURS = {
    name: number
    for number, names in enumerate(
        (
            "black 黑色 黑",
            "white 白色 白",
            "red 红色 红",
            "green 绿色 绿",
            "blue 蓝色 蓝",
            "yellow 黄色 黄",
            "magenta 洋红色 洋红",
            "cyan 蓝绿色 青色",
        ),
        1,
    )
    for name in names.split()
}
_RED = 3
_MINUSES = frozenset("-−－–")
"""What fills a cell with these, in front of a number, shows a negative one where there is room for one of them."""
_NUMBERED = re.compile(r"(?:color|颜色)([1-9]|[1-4]\d|5[0-6])", re.ASCII)
_COMPARED = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
    "=": lambda value, limit: value == limit,
    "<>": lambda value, limit: value != limit,
}


class FormatPiece(NamedTuple):
    """A piece of a section.

    `kind` is one of text (as it stands), digit (0 # ?), point, comma, percent, slash, at, general, exponent, half (of the
    day), day (letters of dates and times) and elapsed ([h]).
    """

    kind: str
    text: str


_MARKS = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "at", "0": "digit", "#": "digit", "?": "digit"}


@dataclass(frozen=True, slots=True)
class FormatSection:
    """One section of a code.

    Attributes:
        pieces: what it is made of, in order.
        sign: the comparison of its condition, "" where it has none.
        limit: what a number is compared with.
        colour: the number of the colour in which it is written, from 1 (2 is white); 0 where it says none.
        numerals: 1 to 3 where digits are shown in another writing ([DBNum1] 一二三), 0 where not.
    """

    pieces: tuple[FormatPiece, ...]
    sign: str = ""
    limit: Decimal = Decimal(0)
    colour: int = 0
    numerals: int = 0

    @property
    def is_red(self) -> bool:
        """Whether it is written in red, as many write negative numbers."""
        return self.colour == _RED

    def has(self, *kinds: str) -> bool:
        """Whether there is a piece of one of these kinds."""
        return any(piece.kind in kinds for piece in self.pieces)

    def takes(self, value: Decimal) -> bool:
        """Whether a number meets the condition; true where there is none."""
        return not self.sign or _COMPARED[self.sign](value, self.limit)

    @property
    def only_negative(self) -> bool:
        """Whether the condition lets no positive number or zero in: the sign is then the section's own affair."""
        if self.sign == "<":
            return self.limit <= 0
        return self.sign in ("<=", "=") and self.limit < 0


GENERAL_SECTION = FormatSection((FormatPiece("general", ""),))


@lru_cache(maxsize=2048)
def sections_of(code: str) -> tuple[FormatSection, ...]:
    """The sections of a code, at least one; an empty code is General."""
    groups: list[list[re.Match[str]]] = [[]]
    for match in _PIECE.finditer(code):
        if match.lastgroup == "next":
            groups.append([])
        else:
            groups[-1].append(match)
    if len(groups) == 1 and not groups[0]:
        return (GENERAL_SECTION,)
    return tuple(_section(group) for group in groups)


def _section(matches: list[re.Match[str]]) -> FormatSection:
    brackets = [match["bracket"] for match in matches if match["bracket"] is not None]
    conditions = [found for found in map(_CONDITION.fullmatch, brackets) if found]
    numerals = [int(found[1]) for found in (re.fullmatch(r"DBNum([1-4])", b, re.IGNORECASE) for b in brackets) if found]
    return FormatSection(
        pieces=tuple(piece for match in matches for piece in _pieces(match)),
        sign=conditions[0][1] if conditions else "",
        limit=Decimal(conditions[0][2]) if conditions else Decimal(0),
        colour=next(filter(None, map(_colour, brackets)), 0),
        numerals=numerals[0] if numerals else 0,
    )


def _colour(bracket: str) -> int:
    """The number of the colour that a bracket names; 0 for none."""
    key = bracket.casefold().replace(" ", "")
    numbered = _NUMBERED.fullmatch(key)
    return int(numbered[1]) if numbered else _COLOURS.get(key, 0)


def _pieces(match: re.Match[str]) -> list[FormatPiece]:
    kind = match.lastgroup or "other"
    text = match[kind]
    if kind in ("quoted", "escaped", "other"):
        return [FormatPiece("text", text)] if text else []
    if kind == "space":
        return [FormatPiece("text", " ")]
    if kind == "fill":
        return [FormatPiece("text", text * 2 if text.isdigit() else text)] if text.isdigit() or text in _MINUSES else []
    if kind == "bracket":
        return _bracketed(text)
    return [FormatPiece(_MARKS[text] if kind == "mark" else kind, text)]


def _bracketed(text: str) -> list[FormatPiece]:
    """What stands in square brackets: [h] is elapsed time, [$¥-804] a currency; colours and languages show nothing."""
    if _ELAPSED.fullmatch(text):
        return [FormatPiece("elapsed", text.lower())]
    if text.startswith("$"):
        symbol = text[1:].rpartition("-")[0] if "-" in text else text[1:]
        return [FormatPiece("text", symbol)] if symbol else []
    return []


_DAY_MONTH, _YEAR_MONTH, _FULL_DAY = 'm"月"d"日"', 'yyyy"年"m"月"', 'yyyy"年"m"月"d"日"'
_HALF_DAY, _HALF_DAY_SECONDS = '上午/下午h"时"mm"分"', '上午/下午h"时"mm"分"ss"秒"'
_BUILTIN = {
    0: GENERAL_CODE,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "¥#,##0;¥-#,##0",
    6: "¥#,##0;[Red]¥-#,##0",
    7: "¥#,##0.00;¥-#,##0.00",
    8: "¥#,##0.00;[Red]¥-#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: _YEAR_MONTH,
    28: _DAY_MONTH,
    29: _DAY_MONTH,
    30: "m-d-yy",
    31: _FULL_DAY,
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: _HALF_DAY,
    35: _HALF_DAY_SECONDS,
    36: _YEAR_MONTH,
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: _YEAR_MONTH,
    51: _DAY_MONTH,
    52: _YEAR_MONTH,
    53: _DAY_MONTH,
    54: _DAY_MONTH,
    55: _HALF_DAY,
    56: _HALF_DAY_SECONDS,
    57: _YEAR_MONTH,
    58: _DAY_MONTH,
}
"""The formats that a workbook names by number alone, as a Chinese Excel shows them (27 to 36 and 50 to 58 are its own)."""


def builtin_code(number_format_id: int) -> str:
    """The code of a number format that has only a number; General for numbers that have no meaning."""
    return _BUILTIN.get(number_format_id, GENERAL_CODE)
