"""How the summary looks: colours, fonts and number formats, in one place."""

from collections.abc import Mapping
from typing import Any, get_args

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from perfxl.summary.cells import KindStyles
from perfxl.summary.tables import Kind

FONT = "微软雅黑"
NAVY, BLUE, STEEL = "#1F3864", "#2F5597", "#8EA9DB"
INK, GREY, LINE = "#262626", "#6B7280", "#D5DCE6"
BAND, CARD, WHITE = "#EAF0F8", "#F3F6FB", "#FFFFFF"
LINK = "#1F5FBF"
BAR = "#9DC3E6"

GREEN, CALM, AMBER, RED = ("#E2F0D9", "#375623"), ("#DDEBF7", "#1F4E79"), ("#FFF2CC", "#7F6000"), ("#F8CBCB", "#9C0006")
"""Fill and ink: good, fair, doubtful, bad."""

SCALE = {"min_color": "#F8A5A5", "mid_color": "#FFF2CC", "max_color": "#A9D9A0"}

_NUMBER_FORMATS: Mapping[Kind, str] = {
    "money": "#,##0.00", "rate": "0.00%", "points": "0.00", "count": "#,##0", "code": "@",
}  # fmt: skip
ACROSS: Mapping[Kind, str] = {
    "money": "right", "rate": "right", "points": "right", "count": "right", "figure": "right", "short": "center",
    "code": "center", "grade": "center", "status": "center", "severity": "center", "link": "center",
}  # fmt: skip

PLAIN: Mapping[str, Any] = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}


class Looks:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def make(self, **properties: Any) -> Format:
        """The format with these properties on top of the plain one."""
        wanted = {**PLAIN, **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def cell(self, kind: Kind, number_format: str = "", **properties: Any) -> Format:
        """A cell in a row of a table."""
        return self.make(
            num_format=number_format or _NUMBER_FORMATS.get(kind, "General"),
            align=ACROSS.get(kind, "left"),
            text_wrap=kind == "long",
            shrink=kind == "short",
            border=1,
            border_color=LINE,
            **properties,
        )

    def styles(self) -> Mapping[Kind, KindStyles]:
        """The numbers of the formats of each kind of cell."""
        return {kind: self._styles(kind) for kind in get_args(Kind)}

    def _styles(self, kind: Kind) -> KindStyles:
        plain, linked = self.cell(kind), self.cell(kind, font_color=LINK, underline=1)
        figures = [self.cell(kind, form) if kind == "figure" else plain for form in ("#,##0", "#,##0.00")]
        return KindStyles(*(look._get_xf_index() for look in (plain, linked, *figures)))

    def band(self, kind: Kind, number_format: str = "") -> Format:
        """A cell in a row of sums."""
        return self.cell(kind, number_format, bold=True, bg_color=BAND, font_color=NAVY)

    def heading(self) -> Format:
        return self.make(
            bold=True, font_color=WHITE, bg_color=BLUE, align="center", text_wrap=True, border=1, border_color=STEEL
        )

    def group(self) -> Format:
        return self.make(bold=True, font_color=WHITE, bg_color=NAVY, align="center", border=1, border_color=STEEL)

    def signal(self, colours: tuple[str, str]) -> Format:
        """The look of a conditional format."""
        fill, ink = colours
        return self._book.add_format({"bg_color": fill, "font_color": ink})
