"""In which unit does an amount stand on a filled sheet? The cell's own, else its heading's, else its block's caption's, else the scheme's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from perfxl.layout import Placed, PlacedSheet
from perfxl.model import Cell, Finding
from perfxl.reading.anchors import Anchor, Anchors
from perfxl.reading.grid import Grid
from perfxl.rules import Problem, finding
from perfxl.typed.amounts import MONEY_UNITS, parse_amount, plain
from perfxl.typed.wording import money_unit_in, squeeze


@dataclass(frozen=True)
class UnitHeading:
    """A heading or caption whose unit is not the scheme's, and where it stands."""

    unit: str
    text: str
    anchor: Anchor


@dataclass
class MoneyUnits:
    """The units of the amounts of one sheet; converts what stands under headings of another unit, and says so."""

    placed: PlacedSheet
    grid: Grid
    anchors: Anchors
    unit: str
    converted: dict[UnitHeading, list[tuple[Decimal, Decimal]]] = field(default_factory=dict)

    def unit_at(self, path: str) -> str:
        """The unit in which an amount stands that says none itself."""
        heading = self._headings.get(path)
        return self.unit if heading is None else heading.unit

    def in_scheme_unit(self, path: str, raw: object, value: Decimal) -> Decimal:
        """An amount as read by the scheme's unit, converted where its heading has another and the cell none of its own."""
        heading = self._headings.get(path)
        if heading is None or (isinstance(raw, str) and (typed := parse_amount(raw)) is not None and typed.unit):
            return value
        amount = value * MONEY_UNITS[heading.unit] / MONEY_UNITS[self.unit]
        self.converted.setdefault(heading, []).append((value, amount))
        return amount

    def findings(self) -> Iterator[Finding]:
        """ST11 at each heading under which amounts were converted."""
        for heading, amounts in self.converted.items():
            typed, amount = amounts[0]
            message = (
                f"“{heading.text}”的单位是{heading.unit}，方案规定为{self.unit}，"
                f"其下 {len(amounts)} 个金额已换算，例如 {plain(typed)}{heading.unit} 按 {plain(amount)}{self.unit} 读取"
            )
            cell = Cell(self.grid.sheet, heading.anchor.row, heading.anchor.column)
            fix = f"请确认换算后的金额；也可以改用{self.unit}填写，并恢复原来的表头。"
            yield finding("ST11", Problem(cell, message, heading.unit, self.unit, field=heading.text, fix=fix))

    @cached_property
    def _headings(self) -> Mapping[str, UnitHeading]:
        """The heading of another unit for each amount that has one, by path; none on sheets as the scheme prints them."""
        if self.unit not in MONEY_UNITS:
            return {}
        named = {label: found for label in self.anchors.found if (found := self._read(label)) is not None}
        if all(found.unit == self.unit for found in named.values()):
            return {}
        amounts = [slot for slot in self.placed.single if slot.field is not None and slot.field.type == "money"]
        chosen = ((slot.path, next((named[x] for x in self._above(slot) if x in named), None)) for slot in amounts)
        return {path: found for path, found in chosen if found is not None and found.unit != self.unit}

    def _read(self, label: Placed) -> UnitHeading | None:
        anchor = self.anchors.found[label]
        text = squeeze(str(self.grid.line(anchor.row).get(anchor.column, "")))
        unit = money_unit_in(text)
        return UnitHeading(unit, text, anchor) if unit else None

    def _above(self, slot: Placed) -> Iterator[Placed]:
        """The printed texts that may name an amount's unit, the nearest first."""
        labels, (key, *parts) = self.placed.labels, slot.path.split(".")
        own = labels.get(slot.path)
        named = [own, *(labels.get(f"{key}.{part}") for part in reversed(parts))]
        yield from (label for label in named if label is not None)
        if own is not None:
            yield from (
                label
                for path, label in labels.items()
                if label.column == own.column and label.row < own.row and path.startswith(f"{key}.")
            )
        captions = [cell for cell in self.placed.printed if not cell.path and cell.row < slot.row]
        yield from captions[-1:]
