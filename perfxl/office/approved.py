"""What was approved: projects with their budgets and targets, as the office's list says them. Pure.

Texts are empty and numbers None where the list says nothing. Amounts are in 万元.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

from perfxl.typed.amounts import plain
from perfxl.typed.likeness import Likeness, same_office
from perfxl.typed.wording import code_of, label_key, name_key

LONG_CODE = 10
"""Letters from which on a code with the unit names a project whatever it is called; shorter ones may be years."""
ID_LETTERS, ISSUE_LETTERS = 16, 12


@dataclass(frozen=True, slots=True)
class Source:
    """An approved amount from one source of money, which is named as the form names it (中央财政, 财政资金)."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ApprovedTarget:
    """An approved target: what it is called, what it asks for, its standards from best to worst, its points.

    `level1` is the kind of target (产出指标); `place` is where the list has it.
    """

    level1: str = ""
    level2: str = ""
    name: str = ""
    sign: str = ""
    target: str = ""
    unit: str = ""
    excellent: str = ""
    good: str = ""
    fair: str = ""
    poor: str = ""
    weight: Decimal | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ApprovedProject:
    """A project of the list: one that should be handed in.

    Attributes:
        budget: in 万元, None where the list says nothing.
        mail: the only address to which letters go.
        year: the year that is evaluated, four digits.
        scheme: id of the form that it is to be handed in on.
        deadline: last day (ISO 8601).
        sources: the budget by source.
        targets: in the order of the list.
        place: where the list has it, such as “批复项目”第 5 行.
    """

    code: str
    name: str
    unit: str
    department: str
    budget: Decimal | None
    contact: str
    mail: str = ""
    year: str = ""
    scheme: str = ""
    deadline: str = ""
    sources: tuple[Source, ...] = ()
    targets: tuple[ApprovedTarget, ...] = ()
    place: str = field(default="", compare=False)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.code

    @property
    def id(self) -> str:
        """By which a form that is sent out names it: the same as long as code (or name), unit, year and form are."""
        name = label_key(self.code) or name_key(self.name)
        return _digest((name, name_key(self.unit), self.year, self.scheme))[:ID_LETTERS]

    @property
    def issue(self) -> str:
        """Which issue of the list a form was made from: another one as soon as something that is approved changes."""
        return _digest(self._approved())[:ISSUE_LETTERS]

    def _approved(self) -> Iterable[object]:
        """Everything but how to reach people and until when."""
        for one in fields(self):
            if one.name not in ("contact", "mail", "deadline", "place", "sources", "targets"):
                yield getattr(self, one.name)
        yield [(source.name, source.amount) for source in self.sources]
        for target in self.targets:
            yield [getattr(target, one.name) for one in fields(target) if one.name != "place"]


def _digest(values: Iterable[object]) -> str:
    said = "\0".join(map(_said, values))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _said(value: object) -> str:
    """A value as text, equal for equal ones: 3 and 3.00 are one amount."""
    if isinstance(value, Decimal):
        return plain(value)
    return "\1".join(map(_said, value)) if isinstance(value, tuple | list) else str(value)


@dataclass(frozen=True)
class ApprovedList:
    """All approved projects, to be looked up; `source` is the workbook of the list, empty where it is none."""

    projects: tuple[ApprovedProject, ...] = ()
    source: str = field(default="", compare=False)

    @cached_property
    def by_id(self) -> Mapping[str, ApprovedProject]:
        """Each project by the id that its form bears."""
        return {one.id: one for one in self.projects}

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[ApprovedProject]]:
        return _grouped((name_key(one.name), one) for one in self.projects)

    @cached_property
    def _by_code(self) -> Mapping[str, Sequence[ApprovedProject]]:
        return _grouped((label_key(one.code), one) for one in self.projects)

    @cached_property
    def _names(self) -> Likeness:
        return Likeness({f"{one.title}（{one.unit}）" if one.unit else one.title: one.title for one in self.projects})

    def near(self, project: str) -> tuple[str, ...]:
        """The projects whose names are most like one: to be proposed, never joined."""
        return tuple(self._names.near(project))

    def matching(self, project: str, unit: str) -> tuple[ApprovedProject, ...]:
        """The projects that a form stands for by what it says of itself: one, several equal ones, or none.

        A code is a claim: it holds where the unit agrees too. Else names (without codes, blanks, width and brackets) and
        units must be equal, and codes, where both have one, not differ. A unit that only one side states is no difference
        as long as the list has the name once.
        """
        code, name, own = label_key(code_of(project)), name_key(project), name_key(unit)
        coded = self._by_code.get(code, ()) if code else ()
        if len(code) >= LONG_CODE or not any(one.name for one in coded):
            agreeing = [one for one in coded if not (own and one.unit) or same_office(one.unit, unit)]
            if agreeing:
                return tuple(agreeing)
        namesakes = self._by_name.get(name, ()) if name else ()
        candidates = [one for one in namesakes if not (code and one.code and label_key(one.code) != code)]
        same_unit = [one for one in candidates if name_key(one.unit) == own]
        if same_unit:
            return tuple(same_unit)
        unstated = not own or all(not one.unit for one in candidates)
        return tuple(candidates) if unstated and len({name_key(one.unit) for one in candidates}) == 1 else ()

    def agrees(self, claimed: ApprovedProject, project: str, unit: str) -> bool:
        """Whether a form may be the project whose id it bears: an id is a claim, unit and name or code must say so too."""
        own = label_key(code_of(project))
        is_named = name_key(project) == name_key(claimed.name) or bool(own and own == label_key(claimed.code))
        return is_named and (not claimed.unit or same_office(claimed.unit, unit))


def _grouped(pairs: Iterable[tuple[str, ApprovedProject]]) -> Mapping[str, Sequence[ApprovedProject]]:
    groups: dict[str, list[ApprovedProject]] = defaultdict(list)
    for key, one in pairs:
        groups[key].append(one)
    return groups
