"""A number written by a section of a number format: digits on their places, General, exponents, fractions."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from perfxl.sight.codes import FormatPiece, FormatSection

_WIDE = Context(prec=2000)
_GENERAL_WIDTH = 11
"""Characters that General takes for a number, without its sign."""
_SMALLEST_PLAIN = Decimal("0.0001")


def rounded(value: Decimal, places: int) -> Decimal:
    """The value half-up to so many places."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=_WIDE)


def general_text(value: Decimal) -> str:
    """A number that is not negative in the format General: 11 characters at most, else six digits and an exponent."""
    if not value:
        return "0"
    magnitude = value.adjusted()
    short = _stripped(rounded(value, 12)) if magnitude < _GENERAL_WIDTH else ""
    if short and len(short) <= _GENERAL_WIDTH and Decimal(short) == value:
        return short
    if value >= _SMALLEST_PLAIN and magnitude < _GENERAL_WIDTH:
        plain = _stripped(rounded(value, max(0, _GENERAL_WIDTH - 2 - max(0, magnitude))))
        if len(plain) <= _GENERAL_WIDTH:
            return plain
    mantissa, power = _normalised(value, 1, 5)
    return f"{_stripped(mantissa)}E{'-' if power < 0 else '+'}{abs(power):02d}"


def _stripped(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _normalised(value: Decimal, whole: int, places: int) -> tuple[Decimal, int]:
    """Mantissa, rounded, and power of ten; the power is a multiple of the digits before the point."""
    if not value:
        return rounded(Decimal(0), places), 0
    power = value.adjusted() // whole * whole
    mantissa = rounded(value.scaleb(-power, context=_WIDE), places)
    if mantissa.adjusted() >= whole:
        power += whole
        mantissa = rounded(value.scaleb(-power, context=_WIDE), places)
    return mantissa, power


def number_text(section: FormatSection, value: Decimal) -> str:
    """What a section shows of a number that is not negative."""
    pieces = list(section.pieces)
    slash = _slash(pieces)
    if slash is not None:
        return _Fractional(pieces, slash).text(value)
    pieces, scale = _without_scale(pieces)
    value = value.scaleb(2 * sum(piece.kind == "percent" for piece in pieces) - 3 * scale, context=_WIDE)
    at = next((place for place, piece in enumerate(pieces) if piece.kind == "exponent"), None)
    if at is None:
        return "".join(_plain(pieces, value))
    mantissa = pieces[:at]
    point = _point(mantissa)
    whole = max(1, _digits(mantissa[:point]))
    number, power = _normalised(value, whole, _digits(mantissa[point:]))
    sign = "-" if power < 0 else "+" if pieces[at].text == "+" else ""
    return "".join([*_plain(mantissa, number), "E", sign, *_plain(pieces[at + 1 :], Decimal(abs(power)))])


def _slash(pieces: list[FormatPiece]) -> int | None:
    """Where the bar of a fraction stands: behind a digit, before a digit or a denominator."""
    for place, piece in enumerate(pieces):
        if piece.kind == "slash" and 0 < place < len(pieces) - 1:
            before, behind = pieces[place - 1], pieces[place + 1]
            if before.kind == "digit" and (behind.kind == "digit" or behind.text.isdigit()):
                return place
    return None


def _point(pieces: list[FormatPiece]) -> int:
    return next((place for place, piece in enumerate(pieces) if piece.kind == "point"), len(pieces))


def _digits(pieces: list[FormatPiece]) -> int:
    return sum(piece.kind == "digit" for piece in pieces)


def _without_scale(pieces: list[FormatPiece]) -> tuple[list[FormatPiece], int]:
    """The pieces without the commas behind the last digit before the point, or behind the last of all, and their count."""
    kept: list[FormatPiece] = []
    scale = 0
    point = _point(pieces)
    last = max((place for place in range(point) if pieces[place].kind == "digit"), default=-1)
    for place, piece in enumerate(pieces):
        if piece.kind == "comma" and _is_scale(pieces, place, last, point):
            scale += 1
        else:
            kept.append(piece)
    return kept, scale


def _is_scale(pieces: list[FormatPiece], place: int, last: int, point: int) -> bool:
    before = place - 1
    while before >= 0 and pieces[before].kind == "comma":
        before -= 1
    if before < 0 or pieces[before].kind not in ("digit", "point") or last < 0:
        return False
    if place < point:
        return before == last
    return not _digits(pieces[place:])


def _plain(pieces: list[FormatPiece], value: Decimal) -> Iterator[str]:
    """The pieces with the digits of a value on their places."""
    point = _point(pieces)
    places = _digits(pieces[point:])
    whole, _, decimals = format(rounded(value, places), "f").partition(".")
    yield from _whole(pieces[:point], whole.lstrip("0"), has_point=point < len(pieces))
    yield from _decimals(pieces[point:], decimals)


def _whole(pieces: list[FormatPiece], digits: str, has_point: bool) -> Iterator[str]:
    """The part before the point: digits from the right, what is too many before the first place."""
    left = _digits(pieces)
    if not left and has_point:
        pieces, left = [*pieces, FormatPiece("digit", "#")], 1
    grouped = _is_grouped(pieces)
    begun = False
    for place, piece in enumerate(pieces):
        if piece.kind == "digit":
            shown = _shown_at(digits, left, begun)
            padding = {"0": "0", "?": " "}.get(piece.text, "") if not shown else ""
            for behind, letter in zip(
                range(left + len(shown or padding) - 2, left - 2, -1), shown or padding, strict=True
            ):
                yield letter + _mark(grouped, behind, letter)
            begun = True
            left -= 1
        elif not (piece.kind == "comma" and grouped and _between(pieces, place)):
            yield piece.text


def _shown_at(digits: str, left: int, begun: bool) -> str:
    """The digits on a place with so many places from it to the point; the first one takes all that are too many."""
    first = len(digits) - left
    return "" if first < 0 else digits[first] if begun else digits[: first + 1]


def _mark(grouped: bool, behind: int, letter: str) -> str:
    """The mark of thousands behind a digit."""
    if not grouped or behind <= 0 or behind % 3:
        return ""
    return "," if letter.isdigit() else " "


def _is_grouped(pieces: list[FormatPiece]) -> bool:
    return any(piece.kind == "comma" and _between(pieces, place) for place, piece in enumerate(pieces))


def _between(pieces: list[FormatPiece], place: int) -> bool:
    return bool(_digits(pieces[:place]) and _digits(pieces[place + 1 :]))


def _decimals(pieces: list[FormatPiece], digits: str) -> Iterator[str]:
    """The part from the point on: zeros at the end are shown, left out or blank as 0, # and ? say."""
    significant = len(digits.rstrip("0"))
    at = 0
    for piece in pieces:
        if piece.kind == "digit":
            zero = {"#": "", "?": " "}.get(piece.text, "0")
            yield digits[at] if at < significant else zero
            at += 1
        else:
            yield piece.text


class _Fractional:
    """A section that shows a fraction: # ??/??, ?/8."""

    def __init__(self, pieces: list[FormatPiece], slash: int) -> None:
        start, end = slash, slash + 1
        while start > 0 and pieces[start - 1].kind == "digit":
            start -= 1
        while end < len(pieces) and (pieces[end].kind == "digit" or pieces[end].text.isdigit()):
            end += 1
        self._before, self._numerator = pieces[:start], pieces[start:slash]
        self._denominator, self._behind = pieces[slash + 1 : end], pieces[end:]

    def value(self, value: Decimal) -> Fraction:
        """The fraction nearest to a value among those that can be shown."""
        digits = "".join(piece.text for piece in self._denominator)
        if any(piece.kind == "text" for piece in self._denominator):
            fixed = max(1, int("".join(letter for letter in digits if letter.isdigit())[:9]))
            return Fraction(int(rounded(value * fixed, 0)), fixed)
        return Fraction(value).limit_denominator(10 ** min(9, len(self._denominator)) - 1)

    def text(self, value: Decimal) -> str:
        fraction = self.value(value)
        has_whole = bool(_digits(self._before))
        whole, rest = divmod(fraction.numerator, fraction.denominator) if has_whole else (0, fraction.numerator)
        below = fraction.denominator
        if any(piece.kind == "text" for piece in self._denominator):
            below = int("".join(piece.text for piece in self._denominator))
            rest = rest * below // fraction.denominator
        front = "".join(_plain(self._before, Decimal(whole)))
        behind = "".join(piece.text for piece in self._behind)
        if has_whole and not rest:
            if not whole and not front.strip():
                front += "0"
            return front.rstrip() + behind
        return f"{front}{rest}/{below}{behind}"


def shown_fraction(section: FormatSection, value: Decimal) -> Fraction | None:
    """The fraction that a section shows of a number that is not negative; None where it shows none."""
    pieces = list(section.pieces)
    slash = _slash(pieces)
    return _Fractional(pieces, slash).value(value) if slash is not None else None
