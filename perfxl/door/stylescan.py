"""How do the cell formats of a workbook show what the cells hold, and how many are there?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from perfxl.door.colours import USUAL_GROUND, USUAL_INK, Palette, palette_of
from perfxl.door.conditionscan import veil_of
from perfxl.door.limits import Limits, Tally
from perfxl.door.parts import OpenedParts
from perfxl.door.seen import GENERAL, Look, Styles, Veil, draws
from perfxl.door.xmldoor import MOST_BYTES, Attributes, Element, main_tag, parsed_tree, walk
from perfxl.errors import RefusedError
from perfxl.sight.codes import builtin_code
from perfxl.system.recurring import recurring

_T = TypeVar("_T")
_STYLE_ELEMENTS = ("xf", "font", "fill", "border", "numFmt", "cellStyle", "dxf")
_LONGEST = 200_000
"""Bytes of a part that is worth remembering: forms of one template share their styles."""
_TINY = 4.0
"""Points below which nobody reads a text."""
_OFF = ("0", "false", "none")
_ON = ("1", "true")
_USUAL_SIZE = 11.0
_IN_WHITE = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*){0,4}?\[\s*(?:white|白色?|(?:color|颜色)\s*2)\s*\]", re.IGNORECASE)
"""In a number format: it writes numbers that are not negative in white."""
_ALIGNMENT = main_tag("alignment")
_FARTHEST = 15
"""Steps of indentation that Excel's buttons give at most; beyond, a text stands outside of its cell."""


class _Ink(NamedTuple):
    """Whether a font strikes through, is too small to be read, shows pictures for letters; its colour, its size in points."""

    is_struck: bool = False
    is_tiny: bool = False
    is_drawn: bool = False
    colour: int = USUAL_INK
    size: float = _USUAL_SIZE


def styles_of(parts: OpenedParts, part: str, theme: str = "") -> Styles:
    """The formats of a workbook; none where it has no such part. `theme` is the part of its colours.

    Raises:
        RefusedError: FL03, FL04, FL05.
    """
    if part not in parts:
        return Styles()
    content, tally = parts.mark_up(part), parts.tally
    colours = parts.mark_up(theme) if theme in parts else b""
    if len(content) > MOST_BYTES:
        _count_large(part, content, tally)
        return _read(parts.adopt(part, content), _theme(colours, tally))
    known = _known(content, part, colours, tally.limits.depth, tally.limits.attributes, tally.limits.elements)
    tally.add("styles", known.count, part)
    return known


def _count_large(part: str, content: bytes, tally: Tally) -> None:
    def start(name: str, _attributes: Attributes) -> None:
        if name in _STYLE_ELEMENTS:
            tally.add("styles", 1, part)

    walk(part, content, tally, start)


@recurring(kept=16, longest=_LONGEST)
def _known(content: bytes, part: str, colours: bytes, depth: int, attributes: int, elements: int) -> Styles:
    tally = Tally(replace(Limits(), depth=depth, attributes=attributes, elements=elements))
    return _read(parsed_tree(part, content, tally), _theme(colours, tally))


def _theme(colours: bytes, tally: Tally) -> Element | None:
    """The theme; none where it makes no sense, as nothing but colours depends on it."""
    try:
        return parsed_tree("theme", colours, tally) if colours else None
    except RefusedError:
        return None


def _read(root: Element, theme: Element | None) -> Styles:
    palette = palette_of(theme, root)
    codes = {
        number.get("numFmtId", ""): number.get("formatCode", "")
        for number in root.iterfind(f"{main_tag('numFmts')}/{main_tag('numFmt')}")
    }
    fonts = [_ink(font, palette) for font in root.iterfind(f"{main_tag('fonts')}/{main_tag('font')}")]
    fills = [_ground(fill, palette) for fill in root.iterfind(f"{main_tag('fills')}/{main_tag('fill')}")]
    looks = [_look(xf, codes, fonts, fills) for xf in root.iterfind(f"{main_tag('cellXfs')}/{main_tag('xf')}")]
    conditional = {}
    for number, dxf in enumerate(root.iterfind(f"{main_tag('dxfs')}/{main_tag('dxf')}")):
        veil = veil_of(dxf, palette)
        if veil != Veil():
            conditional[number] = veil
    count = sum(1 for _ in root.iter(*(f"{{*}}{name}" for name in _STYLE_ELEMENTS)))
    return Styles(looks, conditional, count)


def _look(xf: Element, codes: Mapping[str, str], fonts: Sequence[_Ink], fills: Sequence[int | None]) -> Look:
    number = xf.get("numFmtId", "0")
    code = codes.get(number)
    if code is None:
        code = builtin_code(int(number)) if number.isdecimal() else GENERAL
    font = _entry(fonts, xf.get("fontId", "0"), _Ink())
    ground = _entry(fills, xf.get("fillId", "0"), USUAL_GROUND)
    scale = font.size / fonts[0].size if fonts and fonts[0].size > 0 else 1.0
    ink = USUAL_GROUND if _IN_WHITE.match(code) else font.colour
    look = Look(code, font.is_struck, font.is_tiny, ink, ground, is_drawn=font.is_drawn, scale=scale)
    set_ = xf.find(_ALIGNMENT)
    if set_ is None:
        return look
    indent = set_.get("indent", "0")
    is_pushed = not indent.isdecimal() or len(indent) > 3 or int(indent) > _FARTHEST
    is_repeated, is_shrunk = set_.get("horizontal") == "fill", set_.get("shrinkToFit") in _ON
    return look._replace(is_repeated=is_repeated, is_pushed=is_pushed, is_shrunk=is_shrunk)


def _entry(table: Sequence[_T], number: str, otherwise: _T) -> _T:
    return table[int(number)] if number.isdecimal() and int(number) < len(table) else otherwise


def _ink(font: Element, palette: Palette) -> _Ink:
    strike, size, colour = font.find(main_tag("strike")), font.find(main_tag("sz")), font.find(main_tag("color"))
    is_struck = strike is not None and strike.get("val", "1") not in _OFF
    points = _points(size)
    ink, name = palette.of(colour), font.find(main_tag("name"))
    is_drawn = name is not None and draws(name.get("val", ""))
    return _Ink(is_struck, points < _TINY, is_drawn, USUAL_INK if ink is None else ink, points)


def _points(size: Element | None) -> float:
    try:
        return _USUAL_SIZE if size is None else float(size.get("val", ""))
    except ValueError:
        return _USUAL_SIZE


def _ground(fill: Element, palette: Palette) -> int | None:
    """The colour of a fill; None for patterns and for colours that run into each other."""
    pattern = fill.find(main_tag("patternFill"))
    if pattern is None:
        return None if len(fill) else USUAL_GROUND
    if pattern.get("patternType", "none") == "none":
        return USUAL_GROUND
    return palette.of(pattern.find(main_tag("fgColor"))) if pattern.get("patternType") == "solid" else None
