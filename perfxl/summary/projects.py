"""The projects that count: one for each file that is used, with its figures in one unit of money.

Which amounts there are follows from the rates of the schemes: the two sides of the execution rate are the budget and
what was used, the part of the in-place rate is what is in place. So editions whose forms call them differently share
the columns of the summary. Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from sys import intern
from typing import NamedTuple, cast

from perfxl.model import Assessment, Dossier, Key
from perfxl.office.knowledge import NOTHING_KNOWN, KnownProject, OfficeKnowledge
from perfxl.results.filed import ResultHead
from perfxl.schemes import load_scheme
from perfxl.schemes.spec import STAGE, Scheme
from perfxl.scoring.finality import reasons, unsettled
from perfxl.summary.resubmissions import Received
from perfxl.system.names import file_name
from perfxl.typed.amounts import MONEY_UNITS, OFFICE_UNIT
from perfxl.typed.wording import code_of, name_key, without_code

BUDGET, IN_PLACE, USED = "execution.whole", "in_place.part", "execution.part"
NO_DEPARTMENT_FILLED = "（未填主管部门）"
_NO_NAME = "（未填项目名称：{}）"


@dataclass(frozen=True, slots=True)
class RateColumn:
    """A rate of one or more schemes and the measures that it divides: part and whole."""

    key: str
    label: str
    over: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Project:
    """A project that counts.

    Attributes:
        number: from 1, in the order of the summary.
        received: its file.
        scheme: of the file.
        amounts: that count, in 万元 by measure: none of a project whose budget or execution is not final, so that totals
            and rates are over the same projects.
        typed: as the form has them, in 万元 by measure.
        department_number: that of the table of departments.
        name, unit, department: without the codes that are glued to them; `code` is the project's.
        known: what the office knows of it: what was approved, what the books say, what it was last year.
    """

    number: int
    received: Received
    scheme: Scheme
    amounts: Mapping[str, Decimal | None]
    typed: Mapping[str, Decimal | None]
    department_number: int
    name: str
    code: str
    unit: str
    department: str
    known: KnownProject = NOTHING_KNOWN

    @property
    def head(self) -> ResultHead:
        return self.received.head

    @property
    def counts(self) -> bool:
        """Whether its amounts are in totals and rates."""
        return self.amounts.get(BUDGET) is not None

    @property
    def is_left_out(self) -> bool:
        """Whether its amounts belong into totals and are not there; those of other stages stand for themselves."""
        return not self.counts and BUDGET in measure_paths(self.scheme)

    @property
    def unsettled(self) -> str:
        """Why its points or amounts do not count, "" where all do."""
        said = [unsettled(self.head, "total")]
        if self.is_left_out and self.typed:
            why = reasons([one for one in self.head.open if one.figure in measure_paths(self.scheme).values()])
            said.append(f"金额未计入：{why}" if why else "金额未计入")
        return "；".join(filter(None, said))

    def opened(self) -> "Opened":
        """The project with what its form holds, read anew each time."""
        dossier, assessment = self.received.filed.kept.read("dossier", "assessment")
        return Opened(self, dossier or {}, assessment or Assessment())


class Opened(NamedTuple):
    """A project with what its form holds."""

    project: Project
    dossier: Dossier
    assessment: Assessment


@dataclass(frozen=True)
class Portfolio:
    """All projects that count, in the order of the summary, with what their schemes have in common.

    Attributes:
        projects: by department, unit, name and year.
        departments: number from 1 to name; spellings that differ in blanks or width are one department.
        schemes: that occur, by id.
    """

    projects: tuple[Project, ...]
    departments: Mapping[int, str]
    schemes: tuple[Scheme, ...]

    @cached_property
    def measures(self) -> Mapping[str, str]:
        """Each amount's label without unit by measure, in the order of the forms."""
        labels: dict[str, list[str]] = defaultdict(list)
        for scheme in self.schemes:
            for measure, path in measure_paths(scheme).items():
                label = scheme.data[path].label.split("（")[0] + (
                    "" if scheme.stage == STAGE else f"（{scheme.stage}）"
                )
                if label not in labels[measure]:
                    labels[measure].append(label)
        return {measure: "/".join(found) for measure, found in labels.items()}

    @cached_property
    def rates(self) -> tuple[RateColumn, ...]:
        """The rates of all schemes; rates of the same key over the same measures share a column."""
        columns: dict[tuple[str, str, str], RateColumn] = {}
        for scheme in self.schemes:
            measures = {path: measure for measure, path in measure_paths(scheme).items()}
            for rate in scheme.rates:
                key = (rate.key, measures[rate.part], measures[rate.whole])
                columns.setdefault(key, RateColumn(rate.key, rate.label, key[1:]))
        return tuple(columns.values())

    @cached_property
    def grades(self) -> tuple[str, ...]:
        """The names of all bands, best first."""
        return tuple(dict.fromkeys(grade.name for scheme in self.schemes for grade in scheme.grades))


def scheme_named(name: str, schemes: Sequence[Scheme]) -> Scheme:
    """The scheme of an id: one of those given, otherwise one that perfxl ships."""
    return next((scheme for scheme in schemes if scheme.id == name), None) or load_scheme(name)


def portfolio_of(
    received: Sequence[Received], schemes: Sequence[Scheme] = (), office: OfficeKnowledge | None = None
) -> Portfolio:
    """The projects of the files that are used; `schemes` are those that perfxl does not ship."""
    about = office.about if office else lambda _: NOTHING_KNOWN
    used = [one for one in received if one.is_used]
    known = {name: scheme_named(name, schemes) for name in {str(one.head.scheme) for one in used}}
    typed = {one.head.key: _amounts(one.head, known[str(one.head.scheme)]) for one in used}
    amounts = {one.head.key: _counted(one.head, known[str(one.head.scheme)], typed[one.head.key]) for one in used}
    departments = _departments(used, amounts)
    numbers = {key: number for number, key in enumerate(departments, 1)}
    used.sort(key=lambda one: _order(one, numbers))
    projects = [
        Project(
            number,
            one,
            known[str(one.head.scheme)],
            amounts[one.head.key],
            typed[one.head.key],
            numbers[_department_key(one)],
            name=shown_name(one.head),
            code=code_of(one.head.project),
            unit=intern(without_code(one.head.unit)),
            department=intern(without_code(one.head.department) or NO_DEPARTMENT_FILLED),
            known=about(one.head.claim),
        )
        for number, one in enumerate(used, 1)
    ]
    names = {number: departments[key] for key, number in numbers.items()}
    return Portfolio(tuple(projects), names, tuple(known[name] for name in sorted(known)))


def shown_name(head: ResultHead) -> str:
    """The name of a project without its code; the file where it has none, so that two such projects can be told apart."""
    return without_code(head.project) or head.project or _NO_NAME.format(file_name(head.file))


def measure_paths(scheme: Scheme) -> Mapping[str, str]:
    """The path of each measure of a scheme, in the order of the form: {"execution.whole": "funds.planned.total", ...}."""
    paths: dict[str, str] = {}
    of_stage = (
        "" if scheme.stage == STAGE else f"{scheme.stage}."
    )  # amounts of seven months are not added to full years
    for rate in sorted(scheme.rates, key=lambda rate: ("execution", "in_place", rate.key).index(rate.key)):
        for side, path in (("whole", rate.whole), ("part", rate.part)):
            if path not in paths.values():
                paths[f"{of_stage}{rate.key}.{side}"] = path
    form = list(scheme.data)
    return dict(sorted(paths.items(), key=lambda item: form.index(item[1])))


def number_at(dossier: Dossier | None, path: str) -> Decimal | None:
    """The number at a dotted path of a dossier; None where it is blank or no number."""
    value: object = dossier
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict | Mapping) else None
    return decimal(value)


def decimal(value: object) -> Decimal | None:
    """A JSON number as a Decimal of the digits that it shows."""
    kind = type(value)
    if kind is Decimal:
        number = cast(Decimal, value)
    elif kind is float or kind is int:
        number = _digits(value)
    else:
        return None
    return number if number.is_finite() else None


@lru_cache(maxsize=4096, typed=True)
def _digits(value: object) -> Decimal:
    """Forms repeat their numbers: a total is its only source, and what was planned came in and was used."""
    return Decimal(str(value))


def amount(dossier: Dossier | None, scheme: Scheme, path: str) -> Decimal | None:
    """An amount in 万元, exact."""
    number = number_at(dossier, path)
    return None if number is None else in_money_unit(number, scheme.money_unit)


def in_money_unit(number: Decimal, unit: str) -> Decimal:
    """A number of 元, 千元, ... in 万元, exact."""
    return number if unit == OFFICE_UNIT else number * MONEY_UNITS[unit] / MONEY_UNITS[OFFICE_UNIT]


def _amounts(head: ResultHead, scheme: Scheme) -> Mapping[str, Decimal | None]:
    """The amounts of a file in 万元 by measure."""
    found = {measure: head.amounts.get(path) for measure, path in measure_paths(scheme).items()}
    return {
        measure: None if number is None else in_money_unit(number, scheme.money_unit)
        for measure, number in found.items()
    }


def _counted(head: ResultHead, scheme: Scheme, typed: Mapping[str, Decimal | None]) -> Mapping[str, Decimal | None]:
    """The amounts that count: of a project whose budget and execution are known and final, and of these the final ones."""
    paths = measure_paths(scheme)
    final = {key: None if head.open_at(paths[key]) else number for key, number in typed.items()}
    both = [final[key] for key in (BUDGET, USED) if key in final]
    return final if None not in both else dict.fromkeys(final)


def _departments(used: Sequence[Received], amounts: Mapping[Key, Mapping[str, Decimal | None]]) -> dict[str, str]:
    """The name of each department by its key, the largest budget first, files without a department last.

    The name is the most frequent spelling.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    budgets: dict[str, Decimal] = defaultdict(Decimal)
    for one in used:
        key = _department_key(one)
        spellings[key][without_code(one.head.department) or NO_DEPARTMENT_FILLED] += 1
        budgets[key] += amounts[one.head.key].get(BUDGET) or 0
    names = {key: min(found, key=lambda name: (-found[name], name)) for key, found in spellings.items()}
    return {key: names[key] for key in sorted(names, key=lambda key: (not key, -budgets[key], names[key]))}


def _department_key(one: Received) -> str:
    return name_key(one.head.department)


def _order(one: Received, numbers: Mapping[str, int]) -> tuple[int | str, ...]:
    head = one.head
    return (numbers[_department_key(one)], head.unit, head.project, head.year, head.file, *head.sheets, head.sha256)
