"""Severities and results are told apart by everybody: on grey prints and by eyes that see fewer colours.

* the fills of errors, warnings and infos differ in lightness, from each other and from the form's own grounds
* they differ for three kinds of colour blindness (Machado, Oliveira and Fernandes 2009, severity 1)
* letters are legible on them: black, which the agency's cells get, and the ink of our own sheet (WCAG 2, 4.5)
"""

from itertools import combinations

import pytest

from perfxl.layout import Role
from perfxl.model import Severity
from perfxl.templates.form import FILLS
from perfxl.writeback.styles import BLACK, COLOURS

Colour = tuple[float, float, float]

EYES: dict[str, tuple[Colour, Colour, Colour]] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""What becomes of linear red, green and blue."""

MARKED = {severity.value: fill for severity, (_, fill) in COLOURS.items()}
GROUNDS = {role.value: f"FF{FILLS[role][1:]}" for role in (Role.INPUT, Role.LIVE, Role.FIXED)}


def linear(argb: str) -> Colour:
    red, green, blue = (int(argb[at : at + 2], 16) / 255 for at in (2, 4, 6))
    return (_linear(red), _linear(green), _linear(blue))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def luminance(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def lab(colour: Colour) -> Colour:
    """CIE L*a*b* under D65."""
    red, green, blue = colour
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    bent = [
        max(part, 0) ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, luminance(colour), z)
    ]
    return 116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])


def seen(argb: str, eyes: str) -> Colour:
    colour = linear(argb)
    red, green, blue = (sum(share * part for share, part in zip(row, colour, strict=True)) for row in EYES[eyes])
    return lab((red, green, blue))


def test_severities_differ_in_lightness() -> None:
    light = {name: lab(linear(fill))[0] for name, fill in MARKED.items()}
    error, warning, info = (light[severity.value] for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO))
    assert error + 8 < warning < info - 5
    assert info + 5 < min(lab(linear(fill))[0] for fill in GROUNDS.values())


@pytest.mark.parametrize("eyes", EYES)
def test_severities_differ_for_every_kind_of_eyes(eyes: str) -> None:
    fills = {**MARKED, **GROUNDS}
    pairs = [(one, other) for one, other in combinations(fills, 2) if {one, other} & set(MARKED)]
    distances = {
        pair: sum((a - b) ** 2 for a, b in zip(*(seen(fills[name], eyes) for name in pair), strict=True)) ** 0.5
        for pair in pairs
    }
    assert {pair: round(distance) for pair, distance in distances.items() if distance < 8} == {}


@pytest.mark.parametrize("severity", Severity)
def test_letters_are_legible_on_the_fills(severity: Severity) -> None:
    own, fill = COLOURS[severity]
    for ink in (own, BLACK):
        assert (luminance(linear(fill)) + 0.05) / (luminance(linear(ink)) + 0.05) >= 4.5
