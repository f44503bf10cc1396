"""Basic information (BA): is each entry of the kind that its label asks for, and does it agree with itself?"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from perfxl.model import Cell, State
from perfxl.rules.declare import ERROR, WARNING, Case, Problem, rule
from perfxl.typed.amounts import plain
from perfxl.typed.wording import is_nothing, name_key, squeeze

_POSTCODE = re.compile(r"\d{6}")
_EXTENSION = r"(?:-\d{1,6}|转\d{1,6})?"
_MOBILE = r"(?:(?:\+|00)?86-?)?1[3-9]\d-?\d{4}-?\d{4}"
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_LANDLINE = rf"(?:(?:(?:\+|00)?86-?0?|0){_AREA}-?)?[1-9]\d{{2,3}}-?\d{{4}}{_EXTENSION}"
_HOTLINE = rf"[48]00-?\d{{3}}-?\d{{4}}{_EXTENSION}"
_PHONE = re.compile(f"{_MOBILE}|{_LANDLINE}|{_HOTLINE}")
_SEPARATORS = re.compile(r"[、/,;\n]")
_WORDS = re.compile(r"[():.]|[^\W\d_]+(?<!转)")
LONGEST_PHONES = 200
_DASHES = str.maketrans(dict.fromkeys("—–−‐‑", "-"))


def _typed(cell: Cell) -> str:
    """What a cell says in words, "" where it says nothing or could not be read."""
    if cell.state is State.UNREADABLE or not cell.address:
        return ""
    text = plain(cell.value) if isinstance(cell.value, Decimal) else cell.text
    return "" if is_nothing(text) else text


def _is_postcode(text: str) -> bool:
    return bool(_POSTCODE.fullmatch(squeeze(text)))


def is_phone(text: str) -> bool:
    """Whether a text is one phone number or several: mobile, or landline with or without area code and extension.

    Names and words beside the numbers (办公室, 手机) are passed over.
    """
    if len(text) > LONGEST_PHONES:
        return False
    typed = unicodedata.normalize("NFKC", text).translate(_DASHES).replace("分机", "转")
    numbers = [number for part in _SEPARATORS.split(typed) if (number := _WORDS.sub(" ", part).split())]
    return bool(numbers) and all(map(_is_number, numbers))


def _is_number(pieces: list[str]) -> bool:
    """Whether blanks stand inside one number (0898 65300000), or between several."""
    return bool(_PHONE.fullmatch("".join(pieces))) or all(_PHONE.fullmatch(piece) for piece in pieces)


def _lost_its_zero(cell: Cell, text: str) -> bool:
    """Whether a landline was stored as a number, without the 0 of its area code: 089865342231 -> 89865342231."""
    return not isinstance(cell.raw, str) and is_phone(f"0{text}")


def _are_swapped(case: Case) -> bool:
    phone, postcode = _typed(case.form.cell("basic.phone")), _typed(case.form.cell("basic.postcode"))
    has_place = bool(case.form.cell("basic.postcode").address)
    return has_place and _is_postcode(phone) and (not postcode or (not _is_postcode(postcode) and is_phone(postcode)))


@rule(
    "BA01",
    "phone-postcode-swapped",
    WARNING,
    "联系电话与邮编填反",
    what="“联系电话”中是不是填了六位邮政编码，而“邮编”空着或填的是电话。",
    why="六位数字不是电话号码；两栏填反后，联系不到填报人。",
    example="联系电话填 570203，邮编空白（海南省商务厅 2020 年公开的评价材料）。",
    fix="请把邮政编码移到“邮编”栏，在“联系电话”栏填写手机或带区号的固定电话。",
    reads=("basic.phone", "basic.postcode"),
)
def check_phone_and_postcode(case: Case) -> Iterator[Problem]:
    if not _are_swapped(case):
        return
    phone, postcode = case.form.cell("basic.phone"), _typed(case.form.cell("basic.postcode"))
    yield Problem(
        phone,
        f"“联系电话”填的是邮政编码 {_typed(phone)}，“邮编”{f'填的是电话 {postcode}' if postcode else '空白'}，两栏可能填反",
        found=_typed(phone),
        expected="联系电话",
        field="联系电话",
    )


@rule(
    "BA02",
    "invalid-phone",
    WARNING,
    "电话号码不正确",
    what="“联系电话”是不是手机（11 位）或固定电话（7 至 8 位，可带 3 至 4 位区号和分机号）；有几个号码的，逐个检查。",
    why="号码少一位或多一位就联系不到填报人。",
    example="联系电话填 0898-653422，号码只有 6 位。",
    fix="请填写手机或带区号的固定电话，例如 0898-65300000；几个号码之间用“、”分开。",
    reads=("basic.phone",),
)
def check_phone(case: Case) -> Iterator[Problem]:
    cell = case.form.cell("basic.phone")
    text = _typed(cell)
    if text and not is_phone(text) and not _lost_its_zero(cell, text) and not _are_swapped(case):
        message = f"“联系电话”填的是“{text}”，不是手机号码，也不是固定电话号码"
        yield Problem(cell, message, found=text, expected="手机或固定电话", field="联系电话")


@rule(
    "BA03",
    "invalid-postcode",
    WARNING,
    "邮编不正确",
    what="“邮编”是不是六位数字。",
    why="邮政编码都是六位数字，多一位或少一位都是笔误。",
    example="邮编填 57020。",
    fix="请填写六位数字的邮政编码，例如 570203。",
    reads=("basic.postcode",),
)
def check_postcode(case: Case) -> Iterator[Problem]:
    cell = case.form.cell("basic.postcode")
    text = _typed(cell)
    if text and not _is_postcode(text) and not _are_swapped(case):
        yield Problem(cell, f"“邮编”填的是“{text}”，应为六位数字", found=text, expected="六位数字", field="邮编")


@rule(
    "BA04",
    "project-type-not-chosen",
    ERROR,
    "项目类型未选定",
    what="“项目类型”是否选定了一种，而且只有一种。",
    why="经常性项目与一次性项目分开统计，没有选或两种都选就无法归类。",
    example="经常性项目（√） 一次性项目（√）",
    fix="请从下拉列表中选择一种项目类型。",
    reads=("basic.project_type",),
)
def check_project_type(case: Case) -> Iterator[Problem]:
    cell = case.form.cell("basic.project_type")
    choices = case.form.scheme.data["basic.project_type"].choices
    if not cell.address or cell.state is State.UNREADABLE or cell.value in choices:
        return
    text = _typed(cell)
    state = f"填的是“{text}”，没有选定一种" if text else "没有选择"
    yield Problem(
        cell, f"“项目类型”{state}", found=text or "空白", expected="、".join(choices) + "中的一种", field="项目类型"
    )


@rule(
    "BA05",
    "project-name-differs",
    WARNING,
    "各表项目名称不一致",
    what="同一工作簿中各处的项目名称是否相同；空格、全半角、引号、括号和名称前的项目编码不计。",
    why="名称不同，可能是从别的项目的表复制而来，也会使汇总时对不上项目。",
    example="一处写“五指山体育训练基地建设费”，另一处写“五指山训练基地建设费”（2014 年公开的评价报告）。",
    fix="请按预算批复的项目名称统一填写。",
    reads=("basic.project_name",),
)
def check_project_names(case: Case) -> Iterator[Problem]:
    source = case.form.cell("basic.project_name")
    name = _typed(source)
    if not name:
        return
    for cell in case.form.echoes.get("basic.project_name", ()):
        other = "" if isinstance(cell.raw, int | float) else _typed(cell)  # some programs store 0 for a repeated text
        if other and name_key(other) != name_key(name):
            message = f"这里的项目名称是“{other}”，与“{source.sheet}”{source.address} 的“{name}”不同"
            yield Problem(cell, message, found=other, expected=name, field="项目名称")


@rule(
    "BA06",
    "implausible-date",
    WARNING,
    "评价日期不合理",
    what="“评价日期”能否看出是哪一天，是否在评价年度结束之后，是否不晚于今天。",
    why="评价要在年度结束后、有了全年数据才能进行；日期在将来，多半是年份写错。",
    example="评价 2020 年度的项目，评价日期填 2020 年 5 月 20 日。",
    fix="请填写实际完成评价的日期，例如 2021-05-20；年度有误的，请更正“评价年度”。",
    reads=("basic.evaluation_date",),
    dated=("basic.evaluation_date",),
)
def check_evaluation_date(case: Case) -> Iterator[Problem]:
    cell = case.form.cell("basic.evaluation_date")
    typed = _typed(cell)
    day = cell.value
    if isinstance(day, date):
        for reason, expected in _implausible(day, case):
            message = f"“评价日期”为{_chinese(day)}，{reason}"
            yield Problem(cell, message, found=_chinese(day), expected=expected, field="评价日期")
    elif typed and squeeze(typed) != "年月日":
        message = f"“评价日期”填的是“{typed}”，看不出是哪一天"
        yield Problem(cell, message, found=typed, expected="年月日，例如 2021-05-20", field="评价日期")


def _implausible(day: date, case: Case) -> Iterator[tuple[str, str]]:
    """Why a date cannot be right, and what is expected instead."""
    year = case.form.number("basic.year")
    if day > case.today:
        # without the day itself: the copy stays the same, byte for byte, until the date has come
        yield "这一天还没有到", "不晚于检查当天"
    elif year is not None and day.year <= year:
        end = f"{plain(year)}年12月31日"
        yield f"而评价年度到{end}才结束", f"{end}以后"


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _stated_year(case: Case) -> Decimal | None:
    return case.form.number("basic.year")


@rule(
    "BA07",
    "year-to-come",
    ERROR,
    "评价年度还没有到",
    what="“评价年度”是否晚于检查当天所在的年份。",
    why="还没有开始的年度没有可以评价的结果，多半是年份写错；汇总时会被当成另一个年度的项目。",
    example="2024 年报送的表，评价年度填 2033（应为 2023）。",
    fix="请更正“评价年度”。",
    reads=("basic.year",),
    dated=("basic.year",),
)
def check_year_to_come(case: Case) -> Iterator[Problem]:
    year = _stated_year(case)
    if year is not None and year > case.today.year:
        yield _year_problem(case, f"“评价年度”填的是{plain(year)}年，这一年还没有到", "已经开始的年度")


@rule(
    "BA08",
    "another-year",
    WARNING,
    "不是本次评价的年度",
    what="“评价年度”是否就是本次评价的年度（命令中的 --year）；没有指定年度时不检查，由 XF13 与同批多数项目比较。",
    why="别的年度的表混进来，会使同一项目重复计算，金额和比率都不可比。",
    example="汇总 2023 年度（--year 2023），收到的表评价年度填 2022。",
    fix="请核对“评价年度”；确是其他年度的，请移出本次收件文件夹。",
    reads=("basic.year",),
    dated=("basic.year",),
)
def check_year(case: Case) -> Iterator[Problem]:
    """Silent where the year is one to come (BA07)."""
    year = _stated_year(case)
    if case.year is not None and year is not None and case.year != year <= case.today.year:
        text = f"“评价年度”填的是{plain(year)}年，本次评价的是{case.year}年度"
        yield _year_problem(case, text, f"{case.year}年")


def _year_problem(case: Case, text: str, expected: str) -> Problem:
    cell = case.form.cell("basic.year")
    return Problem(cell, text, found=f"{_typed(cell)}年", expected=expected, field="评价年度")
