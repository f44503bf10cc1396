"""How does an OpenDocument spreadsheet show its cells? Its styles: numbers, ink and ground, heights and widths."""

import re
from dataclasses import dataclass, field

from perfxl.door.colours import USUAL_GROUND, USUAL_INK, is_told_apart, parsed
from perfxl.door.fonts import draws
from perfxl.door.odsnumbers import OdsNumbers
from perfxl.door.seen import USUAL_POINTS, Look, Odd, Veil, is_plain
from perfxl.door.xmldoor import Attributes

_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_FORMAT = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0 "
_FAMILY = "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0 font-family"
_LENGTH = re.compile(r"(\d{0,9}(?:\.\d{1,20})?)(pt|cm|mm|in|px)", re.ASCII)
_POINTS = {"pt": 1.0, "cm": 28.3465, "mm": 2.83465, "in": 72.0, "px": 0.75}
_TINY, _LOWEST, _NARROWEST = 4.0, 4.0, 5.5
"""Points of a letter, of a row and of a column below which nothing is seen."""
_LETTER, _USUAL_SIZE = 5.25, 10.5
"""Points of width of a digit, and of letters whose digits are so wide."""
_DEEPEST = 12
_RAISED = ("super", "sub", "1", "2", "3", "4", "5", "6", "7", "8", "9", "-")
"""How a text position begins that is not on the line: in words or percents of the height."""


@dataclass
class _OdsStyle:
    """What a style says itself; None where it says nothing."""

    parent: str = ""
    ink: int | None = None
    ground: int | None = None
    is_struck: bool | None = None
    is_drawn: bool | None = None
    is_raised: bool = False
    size: float | None = None
    extent: float | None = None
    numbers: str | None = None
    is_fixed: bool = False
    is_repeated: bool = False
    is_shrunk: bool = False
    is_turned: bool = False
    is_left_out: bool = False
    conditional: list[str] = field(default_factory=list)


@dataclass
class OdsLooks:
    """Collects the styles of a spreadsheet, from the events of its parts."""

    _styles: dict[tuple[str, str], _OdsStyle] = field(default_factory=dict)
    _open: _OdsStyle | None = None
    _known: dict[str, Look] = field(default_factory=dict)
    _veils: dict[str, list[Veil]] = field(default_factory=dict)
    _fonts: dict[str, str] = field(default_factory=dict)
    """The names of fonts by those under which they are declared."""
    numbers: OdsNumbers = field(default_factory=OdsNumbers)

    def on_start(self, name: str, attributes: Attributes) -> None:
        """Takes the beginning of an element into account."""
        self.numbers.on_start(name, attributes)
        if name in ("style", "default-style"):
            key = attributes.get(_STYLE + "family", ""), attributes.get(_STYLE + "name", "")
            self._open = self._styles[key] = _OdsStyle(
                attributes.get(_STYLE + "parent-style-name", ""), numbers=attributes.get(_STYLE + "data-style-name")
            )
        elif name == "font-face":
            self._fonts[attributes.get(_STYLE + "name", "")] = attributes.get(_FAMILY, "")
        elif name.endswith("-style"):
            self._open = None  # of numbers and lists: their colours are others
        elif self._open is None:
            return
        elif name == "text-properties":
            self._open.ink = _colour(attributes.get(_FORMAT + "color"))
            struck = attributes.get(
                _STYLE + "text-line-through-style", attributes.get(_STYLE + "text-line-through-type")
            )
            self._open.is_struck = None if struck is None else struck != "none"
            font = attributes.get(_STYLE + "font-name", attributes.get(_FORMAT + "font-family"))
            self._open.is_drawn = None if font is None else draws(self._fonts.get(font, font).strip("'\""))
            self._open.is_raised = attributes.get(_STYLE + "text-position", "").startswith(_RAISED)
            self._open.size = _points(attributes.get(_FORMAT + "font-size"))
        elif name == "table-cell-properties":
            self._open.ground = _colour(attributes.get(_FORMAT + "background-color"))
            self._open.is_repeated = attributes.get(_STYLE + "repeat-content") == "true"
            self._open.is_shrunk = attributes.get(_STYLE + "shrink-to-fit") == "true"
            self._open.is_turned = attributes.get(_STYLE + "rotation-angle", "0") not in ("0", "0deg")
        elif name == "table-properties":
            self._open.is_left_out = attributes.get(_TABLE + "display") == "false"
        elif name == "map":
            self._open.conditional.append(attributes.get(_STYLE + "apply-style-name", ""))
        elif name in ("table-row-properties", "table-column-properties"):
            extent = attributes.get(_STYLE + "row-height", attributes.get(_STYLE + "column-width"))
            self._open.extent = _points(extent)
            self._open.is_fixed = attributes.get(_STYLE + "use-optimal-row-height") == "false"

    def look(self, style: str) -> Look:
        """How a cell of a style shows its content, whatever its number format."""
        if style not in self._known:
            self._known[style] = self._look(style)
        return self._known[style]

    def _look(self, style: str) -> Look:
        chain = self._chain("table-cell", style)
        ink = next((one.ink for one in chain if one.ink is not None), USUAL_INK)
        ground = next((one.ground for one in chain if one.ground is not None), USUAL_GROUND)
        is_struck = next((one.is_struck for one in chain if one.is_struck is not None), False)
        is_drawn = next((one.is_drawn for one in chain if one.is_drawn is not None), False)
        size = next((one.size for one in chain if one.size is not None), _TINY)
        numbers = next((one.numbers for one in chain if one.numbers is not None), "")
        return Look(
            self.numbers.code(numbers),
            is_struck=is_struck,
            is_tiny=size < _TINY,
            ink=ink,
            ground=ground,
            is_repeated=any(one.is_repeated for one in chain[:1]),
            is_drawn=is_drawn,
            is_shrunk=any(one.is_shrunk for one in chain[:1]),
            is_turned=any(one.is_turned for one in chain[:1]),
            points=size if size > _TINY else USUAL_POINTS,
            scale=size / _USUAL_SIZE if size > _TINY else 1.0,
        )

    def veils(self, style: str) -> list[Veil]:
        """What the conditions in a cell style change."""
        if style not in self._veils:
            names = [name for one in self._chain("table-cell", style) for name in one.conditional]
            self._veils[style] = [self.veil(name) for name in dict.fromkeys(names)]
        return self._veils[style]

    def veil(self, style: str) -> Veil:
        """What a style changes that a condition gives to a cell."""
        own = self._styles.get(("table-cell", style), _OdsStyle())
        code = self.numbers.code(own.numbers or "")
        return Veil("" if is_plain(code) else code, own.ink, own.ground, is_struck=bool(own.is_struck))

    def is_left_out(self, style: str) -> bool:
        """Whether a sheet of a style is not shown."""
        return self._styles.get(("table", style), _OdsStyle()).is_left_out

    def height(self, style: str) -> float | None:
        """The height of a row of a style in points, where it does not grow with what stands in it."""
        own = self._styles.get(("table-row", style), _OdsStyle())
        return own.extent if own.is_fixed else None

    def width(self, style: str) -> float | None:
        """The width of a column of a style in letters, as the other formats measure it."""
        extent = next((one.extent for one in self._chain("table-column", style) if one.extent is not None), None)
        return None if extent is None else extent / _LETTER

    def odd(self, style: str) -> Odd | None:
        """What is odd about a part of a text that has a style of its own."""
        own = self._styles.get(("text", style), _OdsStyle())
        if own.is_struck:
            return Odd.STRUCK
        is_faint = own.ink is not None and not is_told_apart(own.ink, USUAL_GROUND)
        if is_faint or (own.size is not None and own.size < _TINY):
            return Odd.FAINT
        return Odd.DRAWN if own.is_drawn else None

    def is_raised(self, style: str) -> bool:
        """Whether a part of a text that has a style of its own stands above or below its line."""
        return self._styles.get(("text", style), _OdsStyle()).is_raised

    def is_flat(self, family: str, style: str) -> bool:
        """Whether a row or column of a style shows nothing."""
        least = _LOWEST if family == "table-row" else _NARROWEST
        return any(one.extent is not None and one.extent < least for one in self._chain(family, style)[:1])

    def _chain(self, family: str, style: str) -> list[_OdsStyle]:
        """A style, those that it rests on, and what is usual."""
        found: list[_OdsStyle] = []
        while (own := self._styles.get((family, style))) is not None and style and len(found) < _DEEPEST:
            found.append(own)
            style = own.parent
        usual = self._styles.get((family, ""))
        return [*found, usual] if usual is not None else found


def _colour(text: str | None) -> int | None:
    return parsed(text.removeprefix("#")) if text else None


def _points(text: str | None) -> float | None:
    length = _LENGTH.fullmatch(text) if text else None
    return float(length[1]) * _POINTS[length[2]] if length and length[1] else None
