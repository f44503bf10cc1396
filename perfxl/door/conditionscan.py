"""What may the conditional formats of a sheet do to what its cells show? Also those of newer programs, in the extensions."""

from collections.abc import Iterator

from perfxl.door.colours import USUAL_GROUND, USUAL_INK, Palette, common
from perfxl.door.ranges import box_of
from perfxl.door.seen import Box, Veil
from perfxl.door.written import is_on, whole
from perfxl.door.xmldoor import Element
from perfxl.sight.codes import builtin_code

_USUAL = Palette()
_PICTURES = ("dataBar", "iconSet")
"""Conditions that can stand in a number's place."""
_BARS = ("color", "fillColor", "negativeFillColor")
"""What colours the bars of a condition."""


def conditions_of(root: Element) -> Iterator[tuple[tuple[Box, ...], int | Veil]]:
    """The ranges of each rule with the number of the format that it gives, or with what it changes itself."""
    for block in root.iter("{*}conditionalFormatting"):
        boxes = _boxes(block)
        for rule in block.iterchildren("{*}cfRule"):
            for change in _changes(rule):
                yield boxes, change


def _boxes(block: Element) -> tuple[Box, ...]:
    """The ranges of a rule; the extensions have them as an element."""
    named = block.get("sqref") or block.findtext("{*}sqref") or ""
    return tuple(filter(None, map(box_of, named.upper().replace(",", " ").split())))


def _changes(rule: Element) -> Iterator[int | Veil]:
    number = whole(rule.get("dxfId"))
    if number is not None:
        yield number
    for part in rule.iterchildren("*"):
        name = part.tag.rpartition("}")[2]
        if name == "dxf":
            yield veil_of(part, _USUAL)
        elif name in _PICTURES and not is_on(part.get("showValue"), usual=True):
            yield Veil(is_bare=True)
        elif name in ("colorScale", "dataBar"):
            colours = (one for key in _BARS for one in part.iterchildren(f"{{*}}{key}"))
            yield from (Veil(ground=_USUAL.of(colour)) for colour in colours)


def veil_of(dxf: Element, palette: Palette) -> Veil:
    """What a conditional format changes; its plain fills have their colour as that of the background."""
    code, fill = dxf.find("{*}numFmt"), dxf.find("{*}fill")
    ink, strike = palette.of(dxf.find("{*}font/{*}color")), dxf.find("{*}font/{*}strike")
    is_struck = strike is not None and is_on(strike.get("val"), usual=True)
    ground = None if fill is None else _changed_ground(fill, palette)
    return Veil("" if code is None else _code_of(code), ink, ground, is_struck=is_struck)


def _code_of(declared: Element) -> str:
    number = whole(declared.get("numFmtId"))
    return declared.get("formatCode") or ("" if number is None else builtin_code(number))


def _changed_ground(fill: Element, palette: Palette) -> int | None:
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return ground_of(fill, palette)
    plain, drawn = palette.of(pattern.find("{*}bgColor")), palette.of(pattern.find("{*}fgColor"))
    return drawn if plain is None else plain


def ground_of(fill: Element, palette: Palette) -> int | None:
    """The colour of a fill; None for patterns and for colours that run into each other, where more than one is to be seen."""
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        stops = [palette.of(colour) for colour in fill.iterfind("{*}gradientFill/{*}stop/{*}color")]
        return common(stops) if len(fill) else USUAL_GROUND
    kind, drawn, below = (
        pattern.get("patternType", "none"),
        palette.of(pattern.find("{*}fgColor")),
        palette.of(pattern.find("{*}bgColor")),
    )
    if kind == "none":
        return USUAL_GROUND
    drawn = USUAL_INK if drawn is None else drawn
    return drawn if kind == "solid" else common([drawn, USUAL_GROUND if below is None else below])
