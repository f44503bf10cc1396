"""What a person sees of each sheet of a workbook, made ready for the reader."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cached_property

from perfxl.door.inspect import Facts, SheetFacts
from perfxl.door.seen import BookSight, SheetSight
from perfxl.model import State
from perfxl.reading.agreement import Agreement
from perfxl.reading.eyes import Eyes
from perfxl.reading.formulacheck import FormulaCheck
from perfxl.reading.grid import Book
from perfxl.reading.parsing import MOST, Meaning
from perfxl.schemes.spec import Field
from perfxl.typed.amounts import plain
from perfxl.typed.wording import label_key

NO_FACTS = SheetFacts("", "")


class Sights:
    """What the door knows of the sheets of one workbook."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._by_name = {sheet.name: sheet for sheet in facts.sheets}
        self._seen: dict[str, SheetSight | None] = {}

    @cached_property
    def hidden_rows(self) -> Mapping[str, Collection[int]]:
        """The rows that nobody sees, by sheet."""
        sights = ((sheet.name, sheet.sight) for sheet in self._facts.sheets)
        return {name: sight.hidden_rows for name, sight in sights if sight and sight.hidden_rows}

    def facts_of(self, name: str) -> SheetFacts:
        """What the door has noted of a sheet."""
        return self._by_name.get(name, NO_FACTS)

    def eyes(self, book: Book, name: str) -> Eyes:
        """Who looks at the cells of a sheet, after the fast reader's values have been held against the file.

        Raises:
            RefusedError: FL03 with the cell, FL05.
        """
        facts = self.facts_of(name)
        sight = self._sight_of(name)
        if sight is not None and self._facts.book is not None:
            self._agreement.hold(book.grid(name), sight)
        shared = self._facts.sight if sight is not None else BookSight()
        check = FormulaCheck(book, name, self._sight_of, shared.counts_as_shown)
        return Eyes(name, sight, shared, check, facts.state != "visible")

    def _sight_of(self, name: str) -> SheetSight | None:
        if name not in self._seen:
            self._seen[name] = self._facts.sight_of(self.facts_of(name))
        return self._seen[name]

    @cached_property
    def _agreement(self) -> Agreement:
        return Agreement(self._facts.sight.is_1904)


class DocumentSights(Sights):
    """Of a document: all that stands in its lines is seen, and as it stands."""

    def eyes(self, book: Book, name: str) -> Eyes:
        return DocumentEyes(name, SheetSight(), BookSight(), FormulaCheck(book, name, lambda _: None))


_FIGURE = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_AROUND_TICKS = re.compile(r"[()□☐口○_]*")


class DocumentEyes(Eyes):
    """In a document every number is text, and choices are printed to be ticked."""

    def meaning(self, datum: Field, row: int, column: int, raw: object) -> Meaning | None:
        text = raw.strip() if isinstance(raw, str) else ""
        if datum.choices and text and _is_unticked(datum, text):
            return Meaning(None, State.BLANK)
        if _FIGURE.fullmatch(text):
            number = Decimal(text.replace(",", "").replace("−", "-"))
            is_number = datum.is_number and datum.type != "year" and abs(number) < MOST
            if is_number or (datum.type == "any" and plain(number) == text):
                return Meaning(number, State.READ)
        return None


def _is_unticked(datum: Field, text: str) -> bool:
    """Whether a text is no more than the printed choices with their boxes."""
    rest = label_key(text)
    keys = sorted(map(label_key, datum.choices), key=len, reverse=True)
    if not all(key in rest for key in keys) or len(keys) < 2:
        return False
    for key in keys:
        rest = rest.replace(key, "", 1)
    return _AROUND_TICKS.fullmatch(rest) is not None
