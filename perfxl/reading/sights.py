"""What a person sees of each sheet of a workbook, made ready for the reader."""

from collections.abc import Collection, Mapping
from functools import cached_property

from perfxl.door.inspect import Facts, SheetFacts
from perfxl.door.seen import BookSight, Place, SheetSight
from perfxl.reading.agreement import Agreement
from perfxl.reading.eyes import Eyes
from perfxl.reading.formulacheck import FormulaCheck
from perfxl.reading.grid import OpenedBook

NO_FACTS = SheetFacts("", "")


class Sights:
    """What the door knows of the sheets of one workbook."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._by_name = {sheet.name: sheet for sheet in facts.sheets}

    @cached_property
    def hidden_rows(self) -> Mapping[str, Collection[int]]:
        """The rows that nobody sees, by sheet."""
        sights = ((sheet.name, sheet.sight) for sheet in self._facts.sheets)
        return {name: sight.hidden_rows for name, sight in sights if sight and sight.hidden_rows}

    def facts_of(self, name: str) -> SheetFacts:
        """What the door has noted of a sheet."""
        return self._by_name.get(name, NO_FACTS)

    def eyes(self, book: OpenedBook, name: str) -> Eyes:
        """Who looks at the cells of a sheet, after the fast reader's values have been held against the file.

        Raises:
            RefusedError: FL03 with the cell, FL05.
        """
        facts = self.facts_of(name)
        sight = self._facts.sight_of(facts)
        if sight is not None and self._facts.book is not None:
            self._agreement.hold(book.grid(name), sight)
        shared = self._facts.sight if sight is not None else BookSight()
        check = FormulaCheck(book, name, _masters(sight) if sight is not None else {})
        return Eyes(name, sight, shared, check, facts.state != "visible")

    @cached_property
    def _agreement(self) -> Agreement:
        return Agreement(self._facts.sight.is_1904)


def _masters(sight: SheetSight) -> dict[str, tuple[Place, str]]:
    """The formulas that others share, with their places, by their group."""
    return {
        written.formula.group: (place, written.formula.text)
        for place, written in sight.cells.items()
        if written.formula is not None and written.formula.group and written.formula.text
    }
