"""Lines with blanks to fill in, as forms print them: （    年度）, 单位名称：      填报日期：   年 月 日."""

import re
from collections.abc import Sequence
from functools import lru_cache

_BLANK = re.compile(r"\{(\w+)\}")
"""A blank as a scheme names it: "（{year}年度）"."""
_UNFILLED = re.compile(r"[\s_＿—…·.×xX年月日]*")
_WIDE = 0xFEE0
"""What lies between a letter of half width and the same of full width."""
_MEANT = {
    "phone": r"(\d[\d\-—()（）转、,，/\s]*|[\s_＿]*)",
    "number": r"([-\d.,，\s_＿×xX]*?)",
    "text": r"(.*?)",
}


def names_of(pattern: str) -> tuple[str, ...]:
    """The names of a pattern's blanks, in order."""
    return tuple(_BLANK.findall(pattern))


def filled_in(patterns: Sequence[str], kinds: Sequence[str], text: str) -> tuple[str, ...] | None:
    """What stands in each blank of a line, "" where nothing does; None where a text is not this line.

    Args:
        patterns: the wordings of the line; all name the same blanks in the same order.
        kinds: phone, number or text for each blank.
        text: of the cell; its width and its blanks do not matter.
    """
    for pattern in patterns:
        if match := _compiled(pattern, tuple(kinds)).fullmatch(text):
            return tuple("" if _UNFILLED.fullmatch(part) else part.strip(" \t\r\n_＿　") for part in match.groups())
    return None


@lru_cache(maxsize=256)
def _compiled(pattern: str, kinds: tuple[str, ...]) -> re.Pattern[str]:
    """The expression that a line of this pattern fulfils."""
    parts = _BLANK.split(pattern)
    words, blanks = parts[::2], (_MEANT[kind] for kind in kinds)
    found = _loose(words[0])
    for blank, behind in zip(blanks, words[1:], strict=True):
        found += rf"\s*{blank}\s*{_loose(behind)}"
    return re.compile(rf"\s*{found}\s*", re.DOTALL)


def _loose(words: str) -> str:
    """Words in any width, with blanks anywhere."""
    return r"\s*".join(_either(letter) for letter in words if not letter.isspace())


def _either(letter: str) -> str:
    """A letter in half or full width."""
    code = ord(letter)
    if 0x21 <= code <= 0x7E:
        return f"[{re.escape(letter)}{chr(code + _WIDE)}]"
    if 0xFF01 <= code <= 0xFF5E:
        return f"[{letter}{re.escape(chr(code - _WIDE))}]"
    return re.escape(letter)
