"""What a project had last year: budget, rate, score, targets and texts, as far as they are known. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from perfxl.typed.likeness import Likeness
from perfxl.typed.wording import code_of, label_key, name_key


@dataclass(frozen=True, slots=True)
class SaidLastYear:
    """A text of last year's form, by its path; or the target of an indicator, by the indicator's name."""

    of: str
    text: str


@dataclass(frozen=True, slots=True)
class LastYear:
    """A project as it was last year: amounts in 万元, the rate as a fraction; None and empty where not known.

    `texts` are chapters of the report by path, `targets` the values aimed at by the indicator's name; `file` is where it is from.
    """

    project: str
    unit: str
    year: str = ""
    budget: Decimal | None = None
    used: Decimal | None = None
    rate: Decimal | None = None
    total: Decimal | None = None
    grade: str = ""
    texts: tuple[SaidLastYear, ...] = ()
    targets: tuple[SaidLastYear, ...] = ()
    file: str = field(default="", compare=False)


@dataclass(frozen=True)
class LastBatch:
    """All projects of last year."""

    projects: tuple[LastYear, ...] = ()

    @cached_property
    def _by_code(self) -> Mapping[str, Sequence[LastYear]]:
        return _grouped((label_key(code_of(one.project)), one) for one in self.projects)

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], Sequence[LastYear]]:
        return _grouped(((name_key(one.project), name_key(one.unit)), one) for one in self.projects)

    @cached_property
    def _names(self) -> Mapping[str, Likeness]:
        """The names of each unit's projects."""
        units: dict[str, dict[str, str]] = defaultdict(dict)
        for one in self.projects:
            units[name_key(one.unit)][one.project] = one.project
        return {unit: Likeness(names) for unit, names in units.items()}

    def of(self, code: str, project: str, unit: str) -> LastYear | None:
        """The project as it was last year: by its code, else by name and unit; None also where several may be meant."""
        own = label_key(code or code_of(project))
        found = [one for one in self._by_code.get(own, ()) if own]
        found = found or list(self._by_name.get((name_key(project), name_key(unit)), ()))
        return found[0] if len(found) == 1 else None

    def renamed(self, project: str, unit: str) -> tuple[str, ...]:
        """Projects of the same unit with names like this one: a hint, nothing is joined."""
        names = self._names.get(name_key(unit))
        return tuple(names.near(project)) if names else ()


_Key = TypeVar("_Key")


def _grouped(pairs: Iterable[tuple[_Key, LastYear]]) -> Mapping[_Key, Sequence[LastYear]]:
    groups: dict[_Key, list[LastYear]] = defaultdict(list)
    for key, one in pairs:
        groups[key].append(one)
    return groups
