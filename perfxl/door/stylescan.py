"""How do the cell formats of a workbook show what the cells hold, and how many are there?"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from perfxl.door.colours import USUAL_GROUND, USUAL_INK, Palette, palette_of
from perfxl.door.conditionscan import ground_of, veil_of
from perfxl.door.fonts import draws
from perfxl.door.limits import Limits, Tally
from perfxl.door.parts import OpenedParts
from perfxl.door.refusals import ambiguous
from perfxl.door.seen import GENERAL, USUAL_POINTS, Look, Styles, Veil
from perfxl.door.written import is_on, size_of, whole
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
_ALIGNMENT = main_tag("alignment")
_FARTHEST = 15
"""Steps of indentation that Excel's buttons give at most; beyond, a text stands outside of its cell."""


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


class _Font(NamedTuple):
    """What of a font keeps a content from being seen as it is."""

    is_struck: bool = False
    points: float = USUAL_POINTS
    ink: int = USUAL_INK
    is_drawn: bool = False


def _read(root: Element, theme: Element | None) -> Styles:
    palette = palette_of(theme, root)
    fonts = [_font(font, palette) for font in _entries(root, "fonts", "font")]
    fills = [ground_of(fill, palette) for fill in _entries(root, "fills", "fill")]
    formats = _entries(root, "cellXfs", "xf")
    codes = _codes(root, {whole(xf.get("numFmtId")) for xf in formats})
    usual = fonts[0].points if fonts else USUAL_POINTS
    looks = [_look(xf, codes, fonts, fills, usual) for xf in formats]
    conditional = {}
    for number, dxf in enumerate(_entries(root, "dxfs", "dxf")):
        veil = veil_of(dxf, palette)
        if veil != Veil():
            conditional[number] = veil
    count = sum(1 for _ in root.iter(*(f"{{*}}{name}" for name in _STYLE_ELEMENTS)))
    return Styles(looks, conditional, count, _tables(root))


def _entries(root: Element, table: str, entry: str) -> list[Element]:
    """The entries of a table of styles, which are called by their place in it.

    Raises:
        RefusedError: FL05, programs may count them differently.
    """
    found = list(root.iter(main_tag(table)))
    entries = [one for one in found[0] if isinstance(one.tag, str)] if found else []
    if (
        len(found) > 1
        or (found and found[0].getparent() is not root)
        or any(one.tag != main_tag(entry) for one in entries)
    ):
        raise ambiguous("格式表登记了不止一份，或夹有其他元素，编号有两种数法", table)
    return entries


def _codes(root: Element, used: Container[int | None]) -> Mapping[int, str]:
    """The codes of the number formats that a workbook declares, by their numbers.

    Raises:
        RefusedError: FL05, one that is used is declared in two ways.
    """
    codes: dict[int, str] = {}
    for declared in _entries(root, "numFmts", "numFmt"):
        number, code = whole(declared.get("numFmtId")), declared.get("formatCode", "")
        if number is not None and codes.setdefault(number, code) != code and number in used:
            raise ambiguous("同一编号的数字格式有两种写法", str(number))
    return codes


def _look(
    xf: Element, codes: Mapping[int, str], fonts: Sequence[_Font], fills: Sequence[int | None], usual: float
) -> Look:
    number = whole(xf.get("numFmtId", "0"))
    code = codes.get(number, builtin_code(number)) if number is not None else GENERAL
    font = _entry(fonts, xf.get("fontId", "0"), _Font())
    look = Look(
        code,
        font.is_struck,
        font.points < _TINY,
        font.ink,
        _entry(fills, xf.get("fillId", "0"), USUAL_GROUND),
        is_drawn=font.is_drawn,
        points=font.points,
        scale=font.points / usual if usual > 0 else 1.0,
    )
    set_ = xf.find(_ALIGNMENT)
    if set_ is None:
        return look
    indent = whole(set_.get("indent", "0"))
    return look._replace(
        is_repeated=set_.get("horizontal") == "fill",
        is_pushed=indent is None or indent > _FARTHEST,
        is_shrunk=is_on(set_.get("shrinkToFit")),
        is_wrapped=is_on(set_.get("wrapText")),
        is_turned=bool(whole(set_.get("textRotation"))),
    )


def _entry(table: Sequence[_T], written: str, otherwise: _T) -> _T:
    number = whole(written)
    return table[number] if number is not None and number < len(table) else otherwise


def _font(font: Element, palette: Palette) -> _Font:
    strike, size, colour, name, charset = (
        font.find(main_tag(part)) for part in ("strike", "sz", "color", "name", "charset")
    )
    points = size_of(size.get("val")) if size is not None else None
    ink = palette.of(colour)
    return _Font(
        strike is not None and is_on(strike.get("val"), usual=True),
        USUAL_POINTS if points is None else points,
        USUAL_INK if ink is None else ink,
        draws("" if name is None else name.get("val", ""), "" if charset is None else charset.get("val", "")),
    )


def _tables(root: Element) -> Mapping[str, Sequence[int]]:
    """The numbers of the formats that each of the workbook's own table styles gives, by its name."""
    styles = root.iterfind(f"{main_tag('tableStyles')}/{main_tag('tableStyle')}")
    return {
        style.get("name", ""): [number for part in style if (number := whole(part.get("dxfId"))) is not None]
        for style in styles
    }
