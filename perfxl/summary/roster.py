"""Who should have submitted, who has not, who is not on the list, and whose budget differs?

The roster is a workbook of the finance office: one project a row, with headings that are found by their words.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError

from perfxl.door.inspect import inspect
from perfxl.errors import PerfxlError, RefusedError, reason_of
from perfxl.model import Finding, Key, Severity, Status
from perfxl.results.filed import ResultHead
from perfxl.results.moments import NEVER
from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE
from perfxl.schemes.spec import Scheme
from perfxl.scoring.finality import without_amount
from perfxl.summary.identity import LONG_CODE
from perfxl.summary.likeness import PROPOSED, Likeness, same_office
from perfxl.summary.projects import BUDGET, MONEY_UNIT, in_money_unit, measure_paths, scheme_named, shown_name
from perfxl.summary.resubmissions import Disposition, Received
from perfxl.summary.versions import date_of
from perfxl.system.names import file_name
from perfxl.system.newbook import new_workbook
from perfxl.typed.amounts import MONEY_UNITS, exact, misread, parse_amount, plain, round_half_up
from perfxl.typed.wording import code_of, is_nothing, label_key, name_key, without_code

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("项目编码", "项目代码", "编码", "代码", "项目编号"),
    "name": ("项目名称", "名称", "项目"),
    "unit": ("实施单位", "项目实施单位", "项目单位", "预算单位", "单位名称", "单位"),
    "department": ("主管部门", "部门", "主管单位"),
    "budget": ("批复预算", "批复预算数", "预算数", "预算金额", "年初预算数", "全年预算数", "计划投资额", "预算"),
    "contact": ("联系人及电话", "联系人", "联系方式", "联系电话", "电话"),
}
"""The columns of a roster: the first heading is that of the blank roster, the others are understood."""

SEARCHED_ROWS = 30
"""Titles and notes may stand above the headings."""

SURE_HEADINGS = 4
"""Headings of a roster side by side, one of them the project's, by which a sheet is known as one."""


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A project that should be handed in; `budget` in 万元, None where the roster says nothing. Texts may be empty."""

    code: str
    name: str
    unit: str
    department: str
    budget: Decimal | None
    contact: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A project of the roster for which no file is used, the finding XF05 that says so, and files that may be meant."""

    entry: RosterEntry
    finding: Finding
    near: tuple[str, ...] = ()


# -- reading and writing ----------------------------------------------------------------------------------------------


def read_roster(path: Path) -> tuple[RosterEntry, ...]:
    """The projects of a roster: the first sheet that has a heading 项目名称 or 项目编码 beside another one.

    Blank rows and rows of sums are passed over. A budget counts in the unit of its heading (万元 without one).

    Raises:
        PerfxlError: no such file, no workbook, no headings, no project, or a budget that is no number.
    """
    for name, rows in _sheets(path).items():
        for number, row in enumerate(rows[:SEARCHED_ROWS]):
            columns = _columns(row)
            if columns.keys() & {"code", "name"} and len(columns) > 1:
                entries = tuple(_entries(rows, number, columns, name))
                if not entries:
                    raise PerfxlError(f"应报名单“{path}”的工作表“{name}”里没有项目，请在表头下逐行填写")
                return entries
    wanted = "、".join(names[0] for names in HEADINGS.values())
    raise PerfxlError(
        f"应报名单“{path}”里没有找到表头。请保留“项目名称”等表头（{wanted}），可用 perfxl template --roster 取得空白名单"
    )


def is_roster(cells: Mapping[tuple[int, int], object]) -> bool:
    """Whether a sheet, given by its cells, has the headings of a roster."""
    rows: dict[int, list[object]] = defaultdict(list)
    for (row, _), value in cells.items():
        if row <= SEARCHED_ROWS:
            rows[row].append(value)
    found = (_columns(row).keys() for row in rows.values())
    return any(columns & {"code", "name"} and len(columns) >= SURE_HEADINGS for columns in found)


def write_blank_roster(path: Path) -> None:
    """Writes a roster to fill in.

    Raises:
        OutputError: the file cannot be written.
    """
    widths = {"code": 24, "name": 40, "unit": 28, "department": 24, "budget": 18, "contact": 26}
    with new_workbook(path) as book:
        sheet = book.add_worksheet("应报项目名单")
        look = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
        text = book.add_format(look | {"num_format": "@"})
        money = book.add_format(look | {"num_format": "#,##0.00"})
        head = book.add_format(look | {"bold": True, "align": "center", "border": 1, "bg_color": "#D9E5F3"})
        title = book.add_format(look | {"bold": True, "font_size": 14})
        note = book.add_format(look | {"font_color": "#595959"})
        sheet.write_string(0, 0, "应报项目名单", title)
        sheet.write_string(
            1, 0, f"每个项目一行；项目编码、项目名称至少填一项；预算为批复数，单位{MONEY_UNIT}，不知道的留空。", note
        )
        for column, (key, names) in enumerate(HEADINGS.items()):
            label = f"{names[0]}（{MONEY_UNIT}）" if key == "budget" else names[0]
            sheet.set_column(column, column, widths[key], money if key == "budget" else text)
            sheet.write_string(2, column, label, head)
        sheet.set_row(0, 26)
        sheet.set_row(2, 22)
        sheet.freeze_panes(3, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)


def _sheets(path: Path) -> Mapping[str, list[list[object]]]:
    """The rows of every sheet."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PerfxlError(f"应报名单“{path}”打不开：{reason_of(error)}") from error
    try:
        inspect(data)
        frames = pd.read_excel(BytesIO(data), engine="calamine", sheet_name=None, header=None, dtype=object)
    except RefusedError as error:
        raise PerfxlError(f"应报名单“{path}”不能使用：{error.message}") from error
    except (CalamineError, ValueError) as error:
        raise PerfxlError(f"应报名单“{path}”无法读取，请用 Excel 或 WPS 打开后另存为 .xlsx 再试") from error
    return {str(name): frame.to_numpy(dtype=object).tolist() for name, frame in frames.items()}


def _columns(row: Sequence[object]) -> dict[str, tuple[int, str]]:
    """Position and whole heading of each column that a row of headings names; of two the better-known wording counts."""
    found: dict[str, tuple[int, int, str]] = {}
    for position, value in enumerate(row):
        heading = label_key(_text(value))
        bare = re.sub(r"\(.*?\)", "", heading)
        for key, names in HEADINGS.items():
            if bare in names and names.index(bare) < found.get(key, (len(names), 0, ""))[0]:
                found[key] = (names.index(bare), position, heading)
    return {key: (position, heading) for key, (_, position, heading) in found.items()}


def _entries(
    rows: Sequence[Sequence[object]], heading: int, columns: Mapping[str, tuple[int, str]], sheet: str
) -> Iterator[RosterEntry]:
    for number, row in enumerate(rows[heading + 1 :], heading + 2):
        texts = {key: _text(row[columns[key][0]]) if key in columns else "" for key in HEADINGS}
        if not (texts["name"] or texts["code"]) or label_key(texts["name"] or texts["code"]) in (
            "合计",
            "总计",
            "小计",
        ):
            continue
        position, head = columns.get("budget", (-1, ""))
        budget = None if position < 0 else _budget(row[position], head, f"工作表“{sheet}”第 {number} 行")
        yield RosterEntry(
            texts["code"] or code_of(texts["name"]),
            texts["name"],
            texts["unit"],
            texts["department"],
            budget,
            texts["contact"],
        )


def _budget(value: object, heading: str, place: str) -> Decimal | None:
    """A budget in 万元: the unit typed behind the number, else the heading's, else 万元."""
    unit = next((unit for unit in sorted(MONEY_UNITS, key=len, reverse=True) if f"({unit})" in heading), MONEY_UNIT)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = exact(value)
        return None if number is None else in_money_unit(number, unit)
    text = _text(value)
    if is_nothing(text):
        return None
    parsed = parse_amount(text)
    if parsed is None or parsed.unit not in (*MONEY_UNITS, ""):
        raise PerfxlError(f"应报名单{place}的预算“{text}”不是数字，请改正后再试")
    return in_money_unit(parsed.value, parsed.unit or unit)


def _text(value: object) -> str:
    """A cell as text; pandas gives whole numbers, such as codes typed as numbers, without a decimal point."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    return str(value).strip()


# -- comparing --------------------------------------------------------------------------------------------------------


Matches = Mapping[Key, tuple[RosterEntry, ...]]
"""The entries of the roster that a submission stands for: none, one, or several equal ones."""


def match_roster(heads: Iterable[ResultHead], roster: Sequence[RosterEntry]) -> Matches:
    """Which of the roster's projects each readable submission is.

    A code is a claim: it holds where the unit agrees too. Else names (without codes, blanks, width and letters that nobody
    sees) and units must be equal, and codes, where both have one, not differ. A unit that only one side states is no
    difference as long as the roster has the name once. Anything nearer than chance is proposed, never joined.
    """
    by_name: dict[str, list[RosterEntry]] = defaultdict(list)
    by_code: dict[str, list[RosterEntry]] = defaultdict(list)
    for entry in roster:
        by_name[name_key(entry.name)].append(entry)
        by_code[label_key(entry.code)].append(entry)
    readable = (head for head in heads if head.status is not Status.REJECTED)
    return {head.key: tuple(_match(head, by_name, by_code)) for head in readable}


def hold_against_roster(
    received: Sequence[Received],
    roster: Sequence[RosterEntry],
    schemes: Sequence[Scheme] = (),
    matches: Matches | None = None,
) -> tuple[list[Received], list[Missing]]:
    """The files with XF03, XF04 and XF12 added to those that are used, and the projects of the roster without a file.

    Departments of files that are used are spelled as the roster spells them.
    """
    known = match_roster((one.head for one in received), roster) if matches is None else matches
    used = {one.head.key: known.get(one.head.key, ()) for one in received if one.is_used}
    handed_in = {entry for entries in used.values() for entry in entries}
    open_entries = [entry for entry in roster if entry not in handed_in]
    names = Likeness(
        {f"{entry.name}（{entry.unit}）" if entry.unit else entry.name: entry.name for entry in open_entries}
    )
    departments = sorted({entry.department for entry in roster if entry.department})
    checked = [
        _checked(_with_department(one, used[one.head.key], departments), used[one.head.key], names, schemes)
        if one.is_used
        else one
        for one in received
    ]
    return checked, _missing(open_entries, checked, used)


def _match(
    head: ResultHead, by_name: Mapping[str, list[RosterEntry]], by_code: Mapping[str, list[RosterEntry]]
) -> list[RosterEntry]:
    full = head.project
    code, name, unit = label_key(code_of(full)), name_key(full), name_key(head.unit)
    coded = by_code.get(code, []) if code else []
    if len(code) >= LONG_CODE or not any(entry.name for entry in coded):
        agreeing = [entry for entry in coded if not (unit and entry.unit) or same_office(entry.unit, unit)]
        if agreeing:
            return agreeing
    namesakes = by_name.get(name, []) if name else []
    candidates = [entry for entry in namesakes if not (code and entry.code and label_key(entry.code) != code)]
    same_unit = [entry for entry in candidates if name_key(entry.unit) == unit]
    if same_unit:
        return same_unit
    unstated = not unit or all(not entry.unit for entry in candidates)
    return candidates if unstated and len({name_key(entry.unit) for entry in candidates}) == 1 else []


def _with_department(one: Received, entries: Sequence[RosterEntry], departments: Sequence[str]) -> Received:
    """A file with its department as the roster spells it: its entry's, or the only one that the spelling may mean."""
    own = without_code(one.head.department)
    alike = [name for name in departments if same_office(name, own)]
    named = [entry.department for entry in entries if entry.department in alike]
    chosen = named[0] if named else alike[0] if len(alike) == 1 else own
    if not own or chosen == own:
        return one
    renamed = replace(one, head=replace(one.head, department=chosen))
    if name_key(chosen) == name_key(own):
        return renamed
    message = f"主管部门写作“{own}”，按应报名单写作“{chosen}”汇总"
    rest = tuple(found for found in one.added if found.code != "XF12")
    plain_one = replace(renamed, head=renamed.head.without(frozenset({"XF12"})), added=rest)
    return plain_one.adding([finding("XF12", Problem(NOWHERE, message, found=own, expected=chosen))])


def _checked(one: Received, entries: Sequence[RosterEntry], names: Likeness, schemes: Sequence[Scheme]) -> Received:
    """A file that is used with its findings against the roster."""
    added = _budget_problems(one, entries[0], schemes) if entries else [_not_listed(one, names)]
    scheme = scheme_named(str(one.head.scheme), schemes)
    checked = one.adding(added) if added else one
    for doubted in (found for found in added if found.opens):
        head = without_amount(checked.head, scheme, measure_paths(scheme)[BUDGET], doubted)
        checked = replace(checked, head=head)
    return checked


def _not_listed(one: Received, names: Likeness) -> Finding:
    name = shown_name(one.head)
    near = names.near(one.head.project)
    hint = f"，名单上相近的未报项目：{'、'.join(f'“{other}”' for other in near)}" if near else ""
    return finding("XF03", Problem(NOWHERE, f"“{name}”不在应报名单中{hint}", found=name, expected="、".join(near)))


def _budget_problems(one: Received, entry: RosterEntry, schemes: Sequence[Scheme]) -> list[Finding]:
    """XF04 where both sides state a budget and they differ when rounded to two places of 万元."""
    scheme = scheme_named(str(one.head.scheme), schemes)
    path = measure_paths(scheme).get(BUDGET, "")
    number = one.head.amounts.get(path)
    if number is None or entry.budget is None:
        return []
    stated = in_money_unit(number, scheme.money_unit)
    if round_half_up(stated, 2) == round_half_up(entry.budget, 2):
        return []
    label = scheme.data[path].label
    found, expected = f"{plain(stated)}{MONEY_UNIT}", f"{plain(entry.budget)}{MONEY_UNIT}"
    message = f"表中“{label}”为 {found}，应报名单上批复 {expected}"
    likely = misread(number, entry.budget * MONEY_UNITS[MONEY_UNIT] / MONEY_UNITS[scheme.money_unit], scheme.money_unit)
    if likely is None:
        return [finding("XF04", Problem(NOWHERE, message, found, expected, label))]
    corrected = f"{likely.amount:,.2f} {scheme.money_unit}"
    message += f"，正好相差约 10,000 倍，可能以{likely.unit or '其他单位'}填写：{corrected}"
    fix = f"请核对单位：确以{likely.unit or '其他单位'}填写的，改为 {corrected}；金额存疑，更正前不计入合计和比率。"
    problem = Problem(NOWHERE, message, found, expected, label, fix, Severity.ERROR, opens=True)
    return [finding("XF04", problem)]


def _missing(entries: Sequence[RosterEntry], checked: Sequence[Received], matches: Matches) -> list[Missing]:
    """XF05 for each entry without a file, with unmatched files of like names and refused files named after it."""
    unlisted: dict[str, list[str]] = defaultdict(list)
    for one in checked:
        if matches.get(one.head.key) == ():
            unlisted[one.head.project].append(one.head.file)
    names = Likeness({name: name for name in unlisted})
    refused = [one.head.file for one in checked if one.disposition == Disposition.REFUSED]
    gaps = []
    for entry in entries:
        key = name_key(entry.name)
        unread = [file for file in refused if key and key in name_key(file_name(file))]
        near = [*(file for name in names.near(entry.name) for file in unlisted[name]), *unread][:PROPOSED]
        named = "、".join(f"“{file}”" for file in near)
        said = f"“{entry.name or entry.code}”在应报名单中，没有收到可用的文件" + (f"；可能是 {named}" if near else "")
        gaps.append(Missing(entry, finding("XF05", Problem(NOWHERE, said, expected=entry.name)), tuple(near)))
    return gaps


# -- every project of the roster --------------------------------------------------------------------------------------

HANDED_IN, PENDING, RETURNED, UNREADABLE, NOT_SUBMITTED = STANDINGS = ("已报", "待核", "退回", "拒收", "未报")
"""How a project of the roster stands: accepted, accepted with warnings, to be corrected, not readable, nothing came."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a project of the roster stands.

    Attributes:
        entry: the project.
        kind: one of `STANDINGS`.
        used: the submission that counts, None where there is none.
        date: when that came in (ISO 8601), else empty.
        hint: what the office should know or do; empty where nothing.
    """

    entry: RosterEntry
    kind: str
    used: Key | None = None
    date: str = ""
    hint: str = ""


def standings(
    roster: Sequence[RosterEntry],
    checked: Sequence[Received],
    matches: Matches,
    missing: Sequence[Missing],
    now: datetime,
) -> list[Standing]:
    """How every project of the roster stands, in its order; one that stands there twice is said to."""
    used = {entry: one for one in checked if one.is_used for entry in matches.get(one.head.key, ())}
    gaps = {gap.entry: gap for gap in missing}
    refused = {one.head.file for one in checked if one.disposition == Disposition.REFUSED}
    found = []
    for entry, again in zip(roster, _repeated(roster), strict=True):
        one = used.get(entry)
        gap = gaps.get(entry)
        standing = _handed_in(entry, one.head, one, now) if one else _not_handed_in(entry, gap, refused)
        found.append(replace(standing, hint="；".join(filter(None, (again, standing.hint)))))
    return found


def _handed_in(entry: RosterEntry, head: ResultHead, one: Received, now: datetime) -> Standing:
    doubtful = head.count(Severity.WARNING) > 0
    kind = RETURNED if head.status is Status.RETURNED else PENDING if doubtful else HANDED_IN
    said = [found.message for found in one.added if found.code in ("XF04", "XF08", "XF11")]
    date = date_of(head, now)
    return Standing(entry, kind, head.key, "" if date == NEVER else date.date().isoformat(), "；".join(said))


def _not_handed_in(entry: RosterEntry, gap: Missing | None, refused: Collection[str]) -> Standing:
    near = gap.near if gap else ()
    kind = UNREADABLE if any(file in refused for file in near) else NOT_SUBMITTED
    hint = f"可能是 {'、'.join(f'“{file}”' for file in near)}" if near else gap.finding.fix if gap else ""
    return Standing(entry, kind, hint=hint)


def _repeated(roster: Sequence[RosterEntry]) -> Iterator[str]:
    """What is to be said of each entry that stands on the roster more than once: by its long code, or name and unit."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, entry in enumerate(roster, 1):
        for key in _keys_of(entry):
            places[key].append(number)
    for number, entry in enumerate(roster, 1):
        others = sorted({other for key in _keys_of(entry) for other in places[key]} - {number})
        yield f"名单中重复：与第 {'、'.join(map(str, others))} 个项目相同" if others else ""


def _keys_of(entry: RosterEntry) -> list[tuple[str, ...]]:
    code, name = label_key(entry.code), name_key(entry.name)
    return [
        *([("code", code)] if len(code) >= LONG_CODE else []),
        *([("name", name, name_key(entry.unit))] if name else []),
    ]
