"""Which days does a text mean: 2023年10月31日前, 2023.10.31, 10月底前, 2023年第四季度, 年底前?"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from perfxl.typed.wording import in_digits, squeeze


class Days(NamedTuple):
    """The days that a text means, from the first to the last."""

    first: date
    last: date


_LONGEST = 60
"""Longer texts are reports, no dates."""
_YEAR = r"(?:(?P<year>(?:19|20)\d{2})(?:年度?|[./-])|(?P<said>次年|翌年|第二年|下一?年|当年|本年度?|今年))"
_PART = r"(?P<part>份?(?:底|末|初)|[上中下]旬)?"
_DATE = re.compile(
    rf"(?P<plain>(?<!\d)(?:19|20)\d{{6}}(?!\d))"
    rf"|(?P<figures>(?<!\d)(?:19|20)\d{{2}}[./-]\d{{1,2}}[./-]\d{{1,2}}(?!\d)[日号]?)"
    rf"|(?<![\d.]){_YEAR}?(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})(?!\d)[日号]?"
    rf"|(?<![\d.]){_YEAR.replace('year', 'year2').replace('said', 'said2')}?"
    rf"(?:(?P<from>\d{{1,2}})月?[-—~至到])?(?P<whole>\d{{1,2}})月{_PART}份?"
    rf"|(?<![\d.])(?P<year3>(?:19|20)\d{{2}})[./-](?P<month3>\d{{1,2}})(?!\d|[./]\d|-\d{{1,2}}(?!\d))"
    rf"|{_YEAR.replace('year', 'year4').replace('said', 'said4')}?(?:第?(?P<quarter>[一二三四1-4])季度[底末]?|(?P<half>[上下])半年)"
    rf"|(?P<year5>(?:19|20)\d{{2}})?(?P<end>年[底末终])"
    rf"|(?P<year6>(?:19|20)\d{{2}})年(?:度|内)?(?!\d)|(?P<said6>年内|当年|本年度?|全年|次年|翌年)"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?!\d)")
_RANGE = re.compile(r"[-—~至到]+")
_AFTER = re.compile(r"以后|之后|后(?!续)|起")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_NEXT_YEAR = ("次年", "翌年", "第二年", "下年", "下一年")
_THIRDS = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (21, 31), "末": (21, 31)}


@lru_cache(maxsize=4096)
def days_of(text: str, year: int | None = None) -> Days | None:
    """The days that a text means; None where it holds no date, several, other numbers, or what follows a date.

    Args:
        text: such as a target or result: 2023年10月31日前完成, 2023.10.31, 2023-10-31, 2023/11/30, 20231031, 10月底前, 2023年10月,
            第三季度, 2023年上半年, 年底前, 2023年1月至10月.
        year: the one that is meant where a date names none; without it such a date is None.
    """
    squeezed = in_digits(squeeze(_TIME.sub("", text))) if len(text) <= _LONGEST else ""
    matches = list(_DATE.finditer(squeezed))
    rest = _DATE.sub("", squeezed)
    if not 1 <= len(matches) <= 2 or re.search(r"\d", rest) or _AFTER.search(rest):
        return None
    if len(matches) == 2 and not _RANGE.fullmatch(squeezed[matches[0].end() : matches[1].start()]):
        return None
    found = list(_each(matches, year))
    return Days(found[0].first, found[-1].last) if len(found) == len(matches) and found[0] <= found[-1] else None


def year_in(text: str) -> int | None:
    """The year that the date in a text names."""
    match = re.search(r"(?<!\d)((?:19|20)\d{2})(?=年|[./-]\d|\d{4}(?!\d))", in_digits(squeeze(text)))
    return int(match[1]) if match else None


def _each(matches: list[re.Match[str]], year: int | None) -> Iterator[Days]:
    """The days of each date; the second of a range is in the year of the first where it names none."""
    for match in matches:
        named = _year_of(match, year)
        days = _days(match, named)
        if days is not None:
            year = named
            yield days


def _year_of(match: re.Match[str], year: int | None) -> int | None:
    if match["plain"] or match["figures"]:
        return int((match["plain"] or match["figures"])[:4])
    named = next((match[key] for key in ("year", "year2", "year3", "year4", "year5", "year6") if match[key]), None)
    if named:
        return int(named)
    said = match["said"] or match["said2"] or match["said4"] or match["said6"]
    return year + 1 if year is not None and said in _NEXT_YEAR else year


def _days(match: re.Match[str], year: int | None) -> Days | None:
    if year is None:
        return None
    try:
        return _in_year(match, year)
    except ValueError:
        return None


def _in_year(match: re.Match[str], year: int) -> Days:
    """Raises: ValueError, there is no such day."""
    if match["plain"]:
        day = date(year, int(match["plain"][4:6]), int(match["plain"][6:]))
        return Days(day, day)
    if match["figures"]:
        day = date(*map(int, re.findall(r"\d+", match["figures"])))
        return Days(day, day)
    if match["month"]:
        day = date(year, int(match["month"]), int(match["day"]))
        return Days(day, day)
    if match["whole"]:
        return _months(
            year, int(match["from"] or match["whole"]), int(match["whole"]), (match["part"] or "").lstrip("份")
        )
    if match["month3"]:
        return _months(year, int(match["month3"]), int(match["month3"]))
    if match["quarter"]:
        last = 3 * _QUARTERS[match["quarter"]]
        return _months(year, last - 2, last)
    if match["half"]:
        return _months(year, 1, 6) if match["half"] == "上" else _months(year, 7, 12)
    return _months(year, 12, 12) if match["end"] else _months(year, 1, 12)


def _months(year: int, first: int, last: int, part: str = "") -> Days:
    begin, end = _THIRDS.get(part, (1, 31))
    if not 1 <= last <= 12:
        raise ValueError(last)
    return Days(date(year, first, begin), date(year, last, min(end, monthrange(year, last)[1])))
