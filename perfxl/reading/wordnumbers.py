"""The numbers that Word puts before the paragraphs of its lists: they stand nowhere in the text, and every reader sees them."""

import re
from collections.abc import Mapping

from perfxl.door.wordsight import WORD_SPACE
from perfxl.door.xmldoor import Element

_LEVEL = re.compile(r"%(\d)")
_DIGITS = "零一二三四五六七八九"
_CIRCLED = 0x2460 - 1
_LEVELS = 9
_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
     "ideographDigital", "chineseLegalSimplified"}
)  # fmt: skip


class Numbering:
    """Counts the paragraphs of a document's lists.

    Args:
        numbers: the root of the part that declares lists; None where there is none.
        styles: the root of the part of styles, whose paragraphs may be numbered.
    """

    def __init__(self, numbers: Element | None, styles: Element | None) -> None:
        self._lists: dict[str, str] = {}
        self._levels: dict[str, dict[int, Element]] = {}
        self._counts: dict[str, list[int]] = {}
        self._of_style = dict(_numbered_styles(styles)) if styles is not None else {}
        for declared in numbers.iterchildren(WORD_SPACE + "abstractNum") if numbers is not None else ():
            levels = declared.iterchildren(WORD_SPACE + "lvl")
            self._levels[_value(declared, "abstractNumId")] = {_number(_value(one, "ilvl"), 0): one for one in levels}
        for used in numbers.iterchildren(WORD_SPACE + "num") if numbers is not None else ():
            self._lists[_value(used, "numId")] = _child(used, "abstractNumId")

    def before(self, properties: Element | None) -> str:
        """The number that stands before a paragraph with these properties; "" where it has none."""
        found = self._place(properties)
        if found is None:
            return ""
        key, depth = found
        levels = self._levels.get(self._lists.get(key, ""), {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(self._lists[key], [0] * _LEVELS)
        counts[depth] = max(counts[depth], _number(_child(level, "start"), 1) - 1) + 1
        counts[depth + 1 :] = [0] * (_LEVELS - depth - 1)
        if _child(level, "numFmt") in ("bullet", "none", ""):
            return ""
        return _LEVEL.sub(lambda sign: _shown(levels, counts, int(sign[1]) - 1), _child(level, "lvlText"))

    def _place(self, properties: Element | None) -> tuple[str, int] | None:
        if properties is None:
            return None
        own = properties.find(WORD_SPACE + "numPr")
        if own is None:
            return self._of_style.get(_child(properties, "pStyle"))
        return _place_of(own)


def _place_of(numbered: Element) -> tuple[str, int] | None:
    """List and level; None for list 0, which takes a style's number away."""
    key, depth = _child(numbered, "numId"), _number(_child(numbered, "ilvl"), 0)
    return (key, depth) if key not in ("", "0") and 0 <= depth < _LEVELS else None


def _numbered_styles(styles: Element) -> Mapping[str, tuple[str, int]]:
    found = {}
    for style in styles.iterchildren(WORD_SPACE + "style"):
        numbered = style.find(f"{WORD_SPACE}pPr/{WORD_SPACE}numPr")
        place = _place_of(numbered) if numbered is not None else None
        if place:
            found[_value(style, "styleId")] = place
    return found


def _shown(levels: Mapping[int, Element], counts: list[int], depth: int) -> str:
    count = max(counts[depth], 1) if 0 <= depth < _LEVELS else 1
    kind = _child(levels[depth], "numFmt") if depth in levels else "decimal"
    if kind in _CHINESE:
        return chinese(count)
    if kind == "decimalEnclosedCircle" and count <= 20:
        return chr(_CIRCLED + count)
    return str(count)


def chinese(number: int) -> str:
    """A number below 100 as Chinese counts: 十二."""
    tens, ones = divmod(number, 10)
    if number >= 100:
        return str(number)
    head = "" if not tens else ("" if tens == 1 else _DIGITS[tens]) + "十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _value(element: Element, name: str) -> str:
    return element.get(WORD_SPACE + name, "")


def _child(element: Element, name: str) -> str:
    """The value of a child."""
    child = element.find(WORD_SPACE + name)
    return "" if child is None else _value(child, "val")


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise
