"""Which colours does a workbook mean, and can a person tell an ink from its ground?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perfxl.door.written import whole
from perfxl.door.xmldoor import Element

USUAL_INK, USUAL_GROUND = 0x000000, 0xFFFFFF
"""The automatic colours."""
_DIGITS = re.compile("(?:[0-9A-Fa-f]{2})?[0-9A-Fa-f]{6}")
_LEAST_CONTRAST = 1.2
"""Ratio of luminances (WCAG 2) below which nobody reads a figure: white on pale yellow has 1.04, pale grey on white 1.3."""
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
"""As sheets number the colours of a theme; the theme lists dark before light."""
THEME = (
    0xFFFFFF, 0x000000, 0xE7E6E6, 0x44546A, 0x4472C4, 0xED7D31, 0xA5A5A5, 0xFFC000, 0x5B9BD5, 0x70AD47, 0x0563C1, 0x954F72,
)  # fmt: skip
"""The theme that Excel gives a workbook which brings none."""
_FIRST = (0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0xFFFF00, 0xFF00FF, 0x00FFFF)
INDEXED = (
    *_FIRST, *_FIRST, 0x800000, 0x008000, 0x000080, 0x808000, 0x800080, 0x008080, 0xC0C0C0, 0x808080, 0x9999FF, 0x993366, 0xFFFFCC,
    0xCCFFFF, 0x660066, 0xFF8080, 0x0066CC, 0xCCCCFF, 0x000080, 0xFF00FF, 0xFFFF00, 0x00FFFF, 0x800080, 0x800000, 0x008080, 0x0000FF,
    0x00CCFF, 0xCCFFFF, 0xCCFFCC, 0xFFFF99, 0x99CCFF, 0xFF99CC, 0xCC99FF, 0xFFCC99, 0x3366FF, 0x33CCCC, 0x99CC00, 0xFFCC00, 0xFF9900,
    0xFF6600, 0x666699, 0x969696, 0x003366, 0x339966, 0x003300, 0x333300, 0x993300, 0x993366, 0x333399, 0x333333,
)  # fmt: skip
"""The colours that older formats number."""
_SYSTEM = {64: USUAL_INK, 65: USUAL_GROUND}
"""The colours of letters and of windows, which every program numbers so."""
_OWN_NUMBERS = 7
"""What a number format calls [Color1] has this number among the numbered colours."""


@dataclass(frozen=True)
class Palette:
    """The colours that a workbook names by number."""

    theme: Sequence[int] = THEME
    indexed: Sequence[int] = INDEXED

    def of(self, colour: Element | None) -> int | None:
        """The colour of an element as 0xRRGGBB; None for an automatic one and for what makes no sense."""
        if colour is None:
            return None
        known = parsed(colour.get("rgb", ""))
        for key, listed in (("theme", self.theme), ("indexed", self.indexed)):
            number = whole(colour.get(key))
            if known is None and number is not None:
                known = listed[number] if number < len(listed) else _SYSTEM.get(number)
        return known if known is None else _tinted(known, colour.get("tint", "0"))


def palette_of(theme: Element | None, styles: Element) -> Palette:
    """The colours of a workbook: its theme's, and the numbered ones that its styles may declare anew."""
    themed = theme.find(f".//{_DRAWING}clrScheme") if theme is not None else None
    entries = themed.iterchildren("*") if themed is not None else ()
    own = {entry.tag.rpartition("}")[2]: _of_theme(entry) for entry in entries}
    colours = [own.get(name) for name in _THEME_ORDER]
    numbered = [parsed(entry.get("rgb", "")) for entry in styles.iterfind("{*}colors/{*}indexedColors/{*}rgbColor")]
    return Palette(
        [usual if known is None else known for known, usual in zip(colours, THEME, strict=True)],
        [USUAL_INK if known is None else known for known in numbered] or INDEXED,
    )


def _of_theme(entry: Element) -> int | None:
    colour = next(entry.iterchildren("*"), None)
    return None if colour is None else parsed(colour.get("lastClr", colour.get("val", "")))


def parsed(text: str) -> int | None:
    """A colour in six or eight hexadecimal digits, whose first two, of the eight, nobody sees."""
    return int(text[-6:], 16) if _DIGITS.fullmatch(text) else None


def _tinted(colour: int, tint: str) -> int:
    """A colour made lighter (above 0) or darker (below), as a sheet says."""
    try:
        share = max(-1.0, min(1.0, float(tint)))
    except ValueError:
        return colour
    if not share:
        return colour
    channels = [round(c + (255 - c) * share if share > 0 else c * (1 + share)) for c in colour.to_bytes(3, "big")]
    return int.from_bytes(bytes(channels), "big")


def of_number_format(number: int) -> int:
    """The colour that a number format gives by its own number, from 1."""
    return INDEXED[_OWN_NUMBERS + number]


def common(colours: Sequence[int | None]) -> int | None:
    """The first of several colours, where nobody tells the others from it; None where there are several to be seen."""
    first = colours[0] if colours else None
    is_one = first is not None and all(other is not None and not is_told_apart(first, other) for other in colours)
    return first if is_one else None


def is_told_apart(ink: int, ground: int) -> bool:
    """Whether a person sees an ink on a ground."""
    one, other = _luminance(ink), _luminance(ground)
    return (max(one, other) + 0.05) / (min(one, other) + 0.05) >= _LEAST_CONTRAST


def _luminance(colour: int) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour.to_bytes(3, "big"))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
