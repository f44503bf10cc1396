"""A line of the self-check, and the small formulas that its lines are made of. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfxl.model import Severity, Value
from perfxl.rules import RULES


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the self-check.

    Attributes:
        topic: what is looked at.
        formula: counts what is wrong.
        count: what the formula gives now.
        advice: what to do.
        codes: of the rules that find the same in the office.
        is_array: whether the formula goes over whole columns cell by cell.
    """

    topic: str
    formula: str
    count: int
    advice: str
    codes: tuple[str, ...] = ()
    is_array: bool = False

    @property
    def is_doubt(self) -> bool:
        """Whether the office only asks: it may be right and does not keep a form from being sent."""
        return bool(self.codes) and all(RULES[code].severity is not Severity.ERROR for code in self.codes)


def row_array(words: Sequence[object]) -> str:
    """Words and numbers as an array of rows within a formula."""
    return "{" + ";".join(str(word) if isinstance(word, int | Decimal) else f'"{word}"' for word in words) + "}"


def is_not_number(value: Value) -> bool:
    """Whether a cell for numbers holds something else."""
    return value is not None and not isinstance(value, Decimal)
