"""The approved list: a workbook of the office's becomes projects with their targets; whatever cannot be used is named by cell.

A roster is such a list with fewer columns. Projects and targets may stand on sheets of their own or side by side; headings
are known by their words.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from perfxl.errors import PerfxlError
from perfxl.office.approved import ApprovedProject, ApprovedTarget, Source
from perfxl.office.headings import (
    FURTHER,
    PROJECT,
    TARGET,
    HeadingRow,
    find_headings,
    is_closing_line,
    is_sum_line,
    source_names,
)
from perfxl.office.workbooks import OfficeSheet, WrongCell, all_wrong, money_of, read_sheets
from perfxl.schemes import load_scheme, scheme_names
from perfxl.schemes.spec import Scheme
from perfxl.typed.amounts import OFFICE_UNIT, parse_amount, plain
from perfxl.typed.wording import code_of, is_nothing, label_key, name_key, parse_date, squeeze

TARGET_TEXTS = ("level1", "level2", "name", "sign", "target", "unit", "excellent", "good", "fair", "poor")
_RENAMED = {"name": "target_name", "unit": "target_unit"}
_YEARS = range(2000, 2100)


@dataclass(frozen=True)
class ReadList:
    """What a list says, and which of its cells cannot be used: their projects are left out."""

    projects: tuple[ApprovedProject, ...]
    wrong: tuple[WrongCell, ...]


def read_list(path: Path, schemes: Sequence[Scheme] = (), what: str = "批复清单") -> ReadList:
    """The projects of a list.

    Args:
        path: the workbook.
        schemes: the forms that perfxl does not ship; their ids and sources of money are understood too.
        what: what the workbook is called in messages.

    Raises:
        PerfxlError: no such file, no workbook, no headings, or no project.
    """
    reader = _ListReader((*map(load_scheme, scheme_names()), *schemes))
    sheets = [(sheet, reader.headings(sheet)) for sheet in read_sheets(path, what)]
    known = [(sheet.below(head.row), head) for sheet, head in sheets if head is not None]
    if not known:
        wanted = "、".join(names[0] for names in PROJECT.values())
        raise PerfxlError(
            f"{what}“{path}”里没有找到表头。请保留“项目名称”等表头（{wanted}），"
            "可用 perfxl template --list 取得空白清单，用 perfxl template --roster 取得空白名单"
        )
    for sheet, head in known:
        reader.read_projects(sheet, head)
    for sheet, head in known:
        reader.read_targets(sheet, head)
    found = reader.finished()
    if not found.projects and not found.wrong:
        raise PerfxlError(f"{what}“{path}”里没有项目，请在表头下逐行填写（工作表“{known[0][0].name}”）")
    return found


def read_whole_list(path: Path, schemes: Sequence[Scheme] = (), what: str = "批复清单") -> tuple[ApprovedProject, ...]:
    """The projects of a list that can be used throughout.

    Raises:
        PerfxlError: as `read_list`, or some cell cannot be used: all of them are named.
    """
    found = read_list(path, schemes, what)
    if found.wrong:
        raise PerfxlError(all_wrong(path, what, found.wrong))
    return found.projects


@dataclass
class _Entry:
    """A project while its list is read."""

    project: ApprovedProject
    where: tuple[OfficeSheet, int, HeadingRow]
    targets: list[ApprovedTarget] = field(default_factory=list)
    is_wrong: bool = False


@dataclass
class _ListReader:
    """Collects what the sheets say."""

    schemes: Sequence[Scheme]
    entries: list[_Entry] = field(default_factory=list)
    wrong: list[WrongCell] = field(default_factory=list)
    _named: dict[str, list[_Entry]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        return source_names(self.schemes)

    def headings(self, sheet: OfficeSheet) -> HeadingRow | None:
        """The headings of a sheet; None for one that names no projects."""
        return find_headings(sheet.texts, {**PROJECT, **FURTHER, **TARGET}, self._sources)

    # -- projects

    def read_projects(self, sheet: OfficeSheet, head: HeadingRow) -> None:
        """A project for each row, of rows of targets for each group of them that names one that is not known yet."""
        lists_targets = head.has("target_name")
        if lists_targets and not head.has("department", "budget", "scheme", "deadline", "contact"):
            return
        for row in self._rows(sheet, head):
            texts = _texts(sheet, head, row)
            if not (texts["name"] or texts["code"]):
                if not lists_targets:
                    self._complain(sheet, row, head, "name", "没有项目编码和项目名称，不知道是哪个项目")
                continue
            faults = len(self.wrong)
            project = self._project(sheet, row, head, texts)
            is_wrong = len(self.wrong) > faults
            if not (lists_targets and self._meant(project.code, project.name, project.unit)):
                self._add(_Entry(project, (sheet, row, head), is_wrong=is_wrong))

    def _add(self, entry: _Entry) -> _Entry:
        self.entries.append(entry)
        for key in {label_key(entry.project.code), name_key(entry.project.name)} - {""}:
            self._named[key].append(entry)
        return entry

    def _meant(self, code: str, name: str, unit: str) -> list[_Entry]:
        """The projects that a code, name and unit may mean."""
        keys = {label_key(code), name_key(name)} - {""}
        found = {id(one): one for key in keys for one in self._named.get(key, ())}
        return [one for one in found.values() if _same(one.project, code, name, unit)]

    def _rows(self, sheet: OfficeSheet, head: HeadingRow) -> Iterator[int]:
        """The rows that say something, sums left out; cells without a value are complained of."""
        for row in range(head.row + 1, len(sheet.rows)):
            texts = [sheet.texts[row][place] for place in head.columns.values()]
            named = next((text for key in ("name", "code") if (text := _at(sheet, head, row, key))), "")
            if not any(texts) or is_sum_line(named, sheet.texts[row]) or is_closing_line(sheet.texts[row]):
                continue
            unusable = list(sheet.unusable_in(row, list(head.columns.values())))
            self.wrong += unusable
            if not unusable:
                yield row

    def _project(self, sheet: OfficeSheet, row: int, head: HeadingRow, texts: Mapping[str, str]) -> ApprovedProject:
        budget = self._money(sheet, row, head, "budget")
        sources = [
            Source(key.removeprefix("source:"), amount)
            for key in head.columns
            if key.startswith("source:") and (amount := self._money(sheet, row, head, key)) is not None
        ]
        total = sum((source.amount for source in sources), Decimal(0))
        if sources and budget is not None and total != budget:
            reason = f"批复预算 {plain(budget)} 万元不等于各来源之和 {plain(total)} 万元"
            self._complain(sheet, row, head, "budget", reason)
        return ApprovedProject(
            texts["code"] or code_of(texts["name"]),
            texts["name"],
            texts["unit"],
            texts["department"],
            total if sources and budget is None else budget,
            texts["contact"],
            self._mail(sheet, row, head, texts["mail"]),
            self._year(sheet, row, head, texts["year"]),
            self._scheme(sheet, row, head, texts["scheme"]),
            self._deadline(sheet, row, head, texts["deadline"]),
            tuple(sources),
            place=f"“{sheet.name}”第 {row + 1} 行",
        )

    def _complain(self, sheet: OfficeSheet, row: int, head: HeadingRow, key: str, reason: str) -> None:
        column = head.columns.get(key, head.columns.get("name", head.columns.get("code", 0)))
        self.wrong.append(sheet.wrong(row, column, reason))

    def _money(self, sheet: OfficeSheet, row: int, head: HeadingRow, key: str) -> Decimal | None:
        if key not in head.columns:
            return None
        what = {"budget": "预算"}.get(key, key.removeprefix("source:"))
        text = sheet.texts[row][head.columns[key]]
        try:
            amount = money_of(sheet.rows[row][head.columns[key]], head.units[key] or OFFICE_UNIT)
        except ValueError:
            self._complain(sheet, row, head, key, f"{what}“{text}”不是数字")
            return None
        if amount is not None and amount < 0:
            self._complain(sheet, row, head, key, f"{what} {text} 小于 0")
            return None
        return amount

    def _mail(self, sheet: OfficeSheet, row: int, head: HeadingRow, text: str) -> str:
        before, at, behind = squeeze(text).partition("@")
        if is_nothing(text) or (before and at and "." in behind and text.isascii() and text.isprintable()):
            return "" if is_nothing(text) else squeeze(text)
        self._complain(sheet, row, head, "mail", f"“{text}”不是电子邮箱")
        return ""

    def _year(self, sheet: OfficeSheet, row: int, head: HeadingRow, text: str) -> str:
        digits = squeeze(text).rstrip("年度")
        if is_nothing(text):
            return ""
        if not digits.isdecimal() or int(digits) not in _YEARS:
            self._complain(sheet, row, head, "year", f"年度“{text}”应写成 2024 的样子")
            return ""
        return digits

    def _scheme(self, sheet: OfficeSheet, row: int, head: HeadingRow, text: str) -> str:
        """The id of a form, which may be given by its edition (2020年版) where one form alone has it."""
        named = [one.id for one in self.schemes if label_key(text) in map(label_key, (one.id, one.edition, one.title))]
        if is_nothing(text):
            return ""
        if len(named) != 1:
            known = "、".join(f"{one.id}（{one.edition}）" for one in self.schemes)
            self._complain(sheet, row, head, "scheme", f"没有评价表“{text}”，可填：{known}")
            return ""
        return named[0]

    def _deadline(self, sheet: OfficeSheet, row: int, head: HeadingRow, text: str) -> str:
        day = parse_date(text)
        if day is None and not is_nothing(text):
            self._complain(sheet, row, head, "deadline", f"截止日期“{text}”应写成 2024-06-28 的样子")
        return day.isoformat() if day else ""

    # -- targets

    def read_targets(self, sheet: OfficeSheet, head: HeadingRow) -> None:
        """Adds the targets of a sheet to their projects; rows that name none belong to the project above them."""
        if not head.has("target_name"):
            return
        entry: _Entry | None = None
        levels: dict[str, str] = {}
        for row in self._rows(sheet, head):
            texts = _texts(sheet, head, row)
            if texts["name"] or texts["code"]:
                entry, levels = self._entry_of(sheet, row, head, texts), {}
            if entry is None:
                if not (texts["name"] or texts["code"]):
                    self._complain(sheet, row, head, "name", "没有项目编码和项目名称，不知道是哪个项目的指标")
                continue
            target = self._target(sheet, row, head, levels)
            entry.is_wrong = entry.is_wrong or target is None
            if target is not None and target.name:
                entry.targets.append(target)

    def _entry_of(self, sheet: OfficeSheet, row: int, head: HeadingRow, texts: Mapping[str, str]) -> "_Entry | None":
        code = texts["code"] or code_of(texts["name"])
        found = self._meant(code, texts["name"], texts["unit"])
        if len(found) == 1 or (found and len({one.project.id for one in found}) == 1):
            return found[0]
        if not found and not self._has_projects:
            place = f"“{sheet.name}”第 {row + 1} 行"
            project = ApprovedProject(code, texts["name"], texts["unit"], texts["department"], None, "", place=place)
            return self._add(_Entry(project, (sheet, row, head)))
        named = texts["name"] or texts["code"]
        reason = f"清单里有 {len(found)} 个“{named}”，请用编码或单位分清" if found else f"清单里没有项目“{named}”"
        self._complain(sheet, row, head, "name" if texts["name"] else "code", reason)
        return None

    @cached_property
    def _has_projects(self) -> bool:
        """Whether some sheet listed projects beside those of the targets."""
        return bool(self.entries)

    def _target(self, sheet: OfficeSheet, row: int, head: HeadingRow, levels: dict[str, str]) -> ApprovedTarget | None:
        """The target of a row, a nameless one for a row that says none; None for one that cannot be used."""
        texts = {key: _at(sheet, head, row, _RENAMED.get(key, key)) for key in TARGET_TEXTS}
        if not texts["level1"]:  # merged with the row above, and so is what stands behind it
            texts["level1"], texts["level2"] = levels.get("level1", ""), texts["level2"] or levels.get("level2", "")
        levels.update(level1=texts["level1"], level2=texts["level2"])
        stated = _at(sheet, head, row, "weight")
        said = [text for key, text in texts.items() if key not in ("level1", "level2", "name")]
        if not texts["name"] and any((*said, stated)):
            self._complain(sheet, row, head, "target_name", "没有指标名称")
            return None
        parsed = None if is_nothing(stated) else parse_amount(stated)
        if not is_nothing(stated) and (parsed is None or parsed.unit not in ("", "分") or parsed.value < 0):
            self._complain(sheet, row, head, "weight", f"分值“{stated}”不是数字")
            return None
        return ApprovedTarget(**texts, weight=parsed.value if parsed else None, place=f"“{sheet.name}”第 {row + 1} 行")

    # -- the whole

    def finished(self) -> ReadList:
        """The projects that can be used; one that stands there twice is there twice."""
        by_id: dict[str, list[_Entry]] = defaultdict(list)
        for entry in self.entries:
            by_id[replace(entry.project, targets=tuple(entry.targets)).id].append(entry)
        usable: dict[int, ApprovedProject] = {}
        for entries in by_id.values():
            whole = [(entry, replace(entry.project, targets=tuple(entry.targets))) for entry in entries]
            others = [entry for entry, project in whole if not _same_approval(project, whole[0][1])]
            for entry in others:
                sheet, row, head = entry.where
                reason = f"与{whole[0][1].place}是同一个项目，但内容不同"
                self._complain(sheet, row, head, "name", reason)
            if not others and not any(entry.is_wrong for entry in entries):
                usable |= {id(entry): project for entry, project in whole}
        projects = tuple(usable[id(entry)] for entry in self.entries if id(entry) in usable)
        return ReadList(projects, tuple(self.wrong))


def _at(sheet: OfficeSheet, head: HeadingRow, row: int, key: str) -> str:
    place = head.columns.get(key)
    return "" if place is None else sheet.texts[row][place]


def _texts(sheet: OfficeSheet, head: HeadingRow, row: int) -> dict[str, str]:
    return {key: _at(sheet, head, row, key) for key in (*PROJECT, *FURTHER)}


def _same_approval(one: ApprovedProject, other: ApprovedProject) -> bool:
    """Whether two rows of one project approve the same, however its name is spelled."""
    said = ("budget", "deadline", "sources", "targets")
    return all(getattr(one, name) == getattr(other, name) for name in said)


def _same(project: ApprovedProject, code: str, name: str, unit: str) -> bool:
    """Whether a row means a project: by its code, else by its name; a unit that is stated must be its own."""
    if unit and project.unit and name_key(unit) != name_key(project.unit):
        return False
    if code and project.code:
        return label_key(code) == label_key(project.code)
    return bool(name) and name_key(name) == name_key(project.name)
