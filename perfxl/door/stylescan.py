"""How do the cell formats of a workbook show what the cells hold, and how many are there?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from perfxl.door.limits import Limits, Tally
from perfxl.door.parts import OpenedParts
from perfxl.door.seen import GENERAL, Look, Styles
from perfxl.door.xmldoor import MOST_BYTES, Attributes, Element, main_tag, parsed_tree, walk
from perfxl.sight.codes import builtin_code
from perfxl.system.recurring import recurring

_T = TypeVar("_T")
_STYLE_ELEMENTS = ("xf", "font", "fill", "border", "numFmt", "cellStyle", "dxf")
_LONGEST = 200_000
"""Bytes of a part that is worth remembering: forms of one template share their styles."""
_WHITE = frozenset({"FFFFFF", "FFFFFFFF", "00FFFFFF"})
_WHITE_NUMBERS = frozenset({"1", "9"})
"""White among the indexed colours."""
_TINY = 4.0
"""Points below which nobody reads a text."""
_OFF = ("0", "false", "none")


def styles_of(parts: OpenedParts, part: str) -> Styles:
    """The formats of a workbook; none where it has no such part.

    Raises:
        RefusedError: FL03, FL04, FL05.
    """
    if part not in parts:
        return Styles()
    content, tally = parts.mark_up(part), parts.tally
    if len(content) > MOST_BYTES:
        _count_large(part, content, tally)
        return _read(parts.adopt(part, content))
    known = _known(content, part, tally.limits.depth, tally.limits.attributes, tally.limits.elements)
    tally.add("styles", known.count, part)
    return known


def _count_large(part: str, content: bytes, tally: Tally) -> None:
    def start(name: str, _attributes: Attributes) -> None:
        if name in _STYLE_ELEMENTS:
            tally.add("styles", 1, part)

    walk(part, content, tally, start)


@recurring(kept=16, longest=_LONGEST)
def _known(content: bytes, part: str, depth: int, attributes: int, elements: int) -> Styles:
    limits = replace(Limits(), depth=depth, attributes=attributes, elements=elements)
    return _read(parsed_tree(part, content, Tally(limits)))


def _read(root: Element) -> Styles:
    codes = {
        number.get("numFmtId", ""): number.get("formatCode", "")
        for number in root.iterfind(f"{main_tag('numFmts')}/{main_tag('numFmt')}")
    }
    fonts = [_ink(font) for font in root.iterfind(f"{main_tag('fonts')}/{main_tag('font')}")]
    fills = [_is_coloured(fill) for fill in root.iterfind(f"{main_tag('fills')}/{main_tag('fill')}")]
    looks = [_look(xf, codes, fonts, fills) for xf in root.iterfind(f"{main_tag('cellXfs')}/{main_tag('xf')}")]
    conditional = {}
    for number, dxf in enumerate(root.iterfind(f"{main_tag('dxfs')}/{main_tag('dxf')}")):
        own = dxf.find(main_tag("numFmt"))
        if own is not None:
            conditional[number] = own.get("formatCode", "")
    count = sum(1 for _ in root.iter(*(f"{{*}}{name}" for name in _STYLE_ELEMENTS)))
    return Styles(looks, conditional, count)


def _look(
    xf: Element, codes: Mapping[str, str], fonts: Sequence[tuple[bool, bool, bool]], fills: Sequence[bool]
) -> Look:
    number = xf.get("numFmtId", "0")
    code = codes.get(number)
    if code is None:
        code = builtin_code(int(number)) if number.isdecimal() else GENERAL
    is_struck, is_white, is_tiny = _entry(fonts, xf.get("fontId", "0"), (False, False, False))
    has_ground = _entry(fills, xf.get("fillId", "0"), False)
    return Look(code, is_struck, is_white and not has_ground, is_tiny)


def _entry(table: Sequence[_T], number: str, otherwise: _T) -> _T:
    return table[int(number)] if number.isdecimal() and int(number) < len(table) else otherwise


def _ink(font: Element) -> tuple[bool, bool, bool]:
    """Whether a font strikes through, is white, is too small to be read."""
    strike, size, colour = font.find(main_tag("strike")), font.find(main_tag("sz")), font.find(main_tag("color"))
    is_struck = strike is not None and strike.get("val", "1") not in _OFF
    try:
        is_tiny = size is not None and float(size.get("val", "11")) < _TINY
    except ValueError:
        is_tiny = False
    return is_struck, colour is not None and _is_white(colour), is_tiny


def _is_white(colour: Element) -> bool:
    if (own := colour.get("rgb")) is not None:
        return own.upper() in _WHITE
    tint = colour.get("tint", "0").strip("0.")
    return (colour.get("theme") == "0" and not tint) or colour.get("indexed") in _WHITE_NUMBERS


def _is_coloured(fill: Element) -> bool:
    """Whether a fill is anything but white, so that white ink is seen on it."""
    pattern = fill.find(main_tag("patternFill"))
    if pattern is None:
        return len(fill) > 0
    if pattern.get("patternType", "none") == "none":
        return False
    front = pattern.find(main_tag("fgColor"))
    return front is None or pattern.get("patternType") != "solid" or not _is_white(front)
