"""What the books say was spent: the amounts executed of each project, added up. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from perfxl.typed.likeness import same_office
from perfxl.typed.wording import code_of, label_key, name_key


@dataclass(frozen=True, slots=True)
class Booked:
    """What the books say of one project in one year: 万元; `year` "" where the books name none; `places` on the ledger."""

    code: str
    name: str
    unit: str
    year: str
    amount: Decimal
    places: str = field(default="", compare=False)


@dataclass(frozen=True)
class Ledger:
    """The books of all projects."""

    booked: tuple[Booked, ...] = ()

    @cached_property
    def _by_code(self) -> Mapping[str, Sequence[Booked]]:
        return _grouped((label_key(one.code), one) for one in self.booked)

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Booked]]:
        return _grouped((name_key(one.name), one) for one in self.booked)

    def of(self, code: str, project: str, unit: str, year: str) -> Booked | None:
        """What the books say of a project: by its code, else by its name; unit and year must not say otherwise.

        None also where the books have several that it may be: nothing is guessed.
        """
        own = label_key(code or code_of(project))
        found = [one for one in self._by_code.get(own, ()) if own] or list(self._by_name.get(name_key(project), ()))
        meant = [one for one in found if _may_be(one, own, unit, year)]
        return meant[0] if len(meant) == 1 else None


def _may_be(booked: Booked, code: str, unit: str, year: str) -> bool:
    if booked.code and code and label_key(booked.code) != code:
        return False
    if booked.year and year and booked.year != year:
        return False
    return not (booked.unit and unit) or same_office(booked.unit, unit)


def _grouped(pairs: Iterable[tuple[str, Booked]]) -> Mapping[str, Sequence[Booked]]:
    groups: dict[str, list[Booked]] = defaultdict(list)
    for key, one in pairs:
        groups[key].append(one)
    return groups
