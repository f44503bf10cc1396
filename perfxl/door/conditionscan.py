"""What may the conditional formats of a sheet do to what its cells show? Also those of newer programs, in the extensions."""

from collections.abc import Iterator

from perfxl.door.colours import Palette
from perfxl.door.ranges import box_of
from perfxl.door.seen import Box, Veil
from perfxl.door.xmldoor import Element, main_tag

_OFF = ("0", "false")
_USUAL = Palette()
_PICTURES = ("dataBar", "iconSet")
"""Conditions that can stand in a number's place."""


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
    return tuple(filter(None, map(box_of, named.split())))


def _changes(rule: Element) -> Iterator[int | Veil]:
    number = rule.get("dxfId", "")
    if number.isdecimal() and len(number) < 10:
        yield int(number)
    for part in rule.iterchildren("*"):
        name = part.tag.rpartition("}")[2]
        if name == "dxf":
            yield veil_of(part, _USUAL)
        elif name in _PICTURES and part.get("showValue") in _OFF:
            yield Veil(is_bare=True)
        elif name == "colorScale":
            yield from (Veil(ground=_USUAL.of(colour)) for colour in part.iterchildren("{*}color"))


def veil_of(dxf: Element, palette: Palette) -> Veil:
    """What a conditional format changes; its plain fills have their colour as that of the background."""
    code = dxf.find(main_tag("numFmt"))
    ink = palette.of(dxf.find(f"{main_tag('font')}/{main_tag('color')}"))
    ground = palette.of(dxf.find(f"{main_tag('fill')}/{main_tag('patternFill')}/{main_tag('bgColor')}"))
    return Veil("" if code is None else code.get("formatCode", ""), ink, ground)
