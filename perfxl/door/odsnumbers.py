"""How do the number styles of an OpenDocument spreadsheet write a number? Each is put as a code of the other formats.

Programs show a number by its style; the text that a cell holds beside its number is only what was shown when it was saved.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from perfxl.door.colours import USUAL_GROUND, is_told_apart, parsed
from perfxl.door.written import whole
from perfxl.door.xmldoor import Attributes

_NUMBER = "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0 "
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_COLOUR = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0 color"
_STYLES = ("number-style", "percentage-style", "currency-style", "text-style")
_WRITTEN = ("text", "currency-symbol", "embedded-text", "fill-character")
_CONDITION = re.compile(r"\s*value\(\)\s*(<=|>=|<|>|=|!=)\s*(-?\d{1,15}(?:\.\d{1,15})?)\s*", re.ASCII)
_BY_SIGN = ([">=0"], [">0", "<0"])
"""Conditions that sections have without saying so."""
_NOTHING = ";;;"
_MOST_PLACES, _MOST_CONDITIONS = 30, 2


@dataclass
class _NumberStyle:
    """What a style writes: the pieces of its code, and the styles that take its place under a condition."""

    is_percent: bool = False
    pieces: list[str] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)

    @property
    def code(self) -> str:
        return "".join(self.pieces)


@dataclass
class OdsNumbers:
    """Collects the number styles of a spreadsheet, from the events of its parts."""

    _styles: dict[str, _NumberStyle] = field(default_factory=dict)
    _open: _NumberStyle | None = None
    _text: str | None = None

    def on_start(self, name: str, attributes: Attributes) -> None:
        """Takes the beginning of an element into account."""
        if name in _STYLES:
            self._open = self._styles[attributes.get(_STYLE + "name", "")] = _NumberStyle(name == "percentage-style")
        elif self._open is None:
            return
        elif name == "number":
            self._open.pieces.append(_digits(attributes))
        elif name == "scientific-number":
            self._open.pieces.append(_digits(attributes) + "E+00")
        elif name == "fraction":
            self._open.pieces.append("# ?/?")
        elif name == "text-content":
            self._open.pieces.append("@")
        elif name in _WRITTEN:
            self._text = ""
        elif name == "map":
            self._take_condition(attributes)
        elif name == "text-properties":
            colour = parsed(attributes.get(_COLOUR, "").removeprefix("#"))
            if colour is not None and not is_told_apart(colour, USUAL_GROUND):
                self._open.pieces.insert(0, "[White]")

    def on_text(self, text: str) -> None:
        """Takes what a style writes around a number."""
        if self._text is not None:
            self._text += text[:100]

    def on_end(self, name: str) -> None:
        """Takes the end of an element into account."""
        if self._open is None:
            return
        if name in _STYLES:
            self._open = None
        elif name in _WRITTEN and self._text is not None:
            self._open.pieces.append(_piece(name, self._text, self._open.is_percent))
            self._text = None

    def code(self, name: str) -> str:
        """The code of a style; "" for one that is not known. One that writes nothing hides the number."""
        style = self._styles.get(name)
        if style is None:
            return ""
        if not (style.others or style.code):
            return _NOTHING
        conditions = [condition for condition, _ in style.others]
        codes = [self._styles.get(other, _NumberStyle()).code for _, other in style.others]
        if conditions not in _BY_SIGN:
            codes = [f"[{condition}]{code}" for condition, code in zip(conditions, codes, strict=True)]
        return ";".join([*codes, style.code])

    def _take_condition(self, attributes: Attributes) -> None:
        found = _CONDITION.fullmatch(attributes.get(_STYLE + "condition", ""))
        if self._open is not None and found is not None and len(self._open.others) < _MOST_CONDITIONS:
            condition = found[1].replace("!=", "<>") + found[2]
            self._open.others.append((condition, attributes.get(_STYLE + "apply-style-name", "")))


def _digits(attributes: Attributes) -> str:
    """The digits of a number: as many as it has where no places are said."""
    places, factor = attributes.get(_NUMBER + "decimal-places"), attributes.get(_NUMBER + "display-factor", "1")
    if places is None and factor == "1":
        return "General"
    least = min(whole(attributes.get(_NUMBER + "min-integer-digits")) or 0, _MOST_PLACES)
    digits = "0" * least or "#"
    if attributes.get(_NUMBER + "grouping") == "true":
        digits = "#,##" + digits
    fraction = min(whole(places) or 0, _MOST_PLACES)
    scale = "," * (len(factor.partition(".")[0][:30]) // 3)
    return digits + ("." + "0" * fraction if fraction else "") + scale


def _piece(name: str, text: str, is_percent: bool) -> str:
    """A text of a style as a piece of a code."""
    if name == "fill-character":
        return f"*{text[:1]}" if text else ""
    parts: Sequence[str] = re.split("(%)", text) if is_percent and name == "text" else [text]
    return "".join(part if part == "%" and is_percent else _quoted(part) for part in parts)


def _quoted(text: str) -> str:
    return "".join(rf"\{letter}" for letter in text) if '"' in text else f'"{text}"' if text else ""
