"""What is known outlives the day: only what has to do with the day is worked out anew.

1. A rule looks at the day only where it declares which date it holds against it, and only asks whether that has come.
2. A result is found on another day unless one of its dates has come, or gone, in between.
3. The next day an inbox costs what its forms with dates to come cost; their copies stay byte for byte until the date has come.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import GOOD, TODAY, form_of, patched
from own_scheme import GOOD_2023, SCHEME
from perfxl.batch.onefile import process_file
from perfxl.batch.pool import run_jobs
from perfxl.model import Form, Status
from perfxl.results.cache import Cache
from perfxl.results.filed import pack
from perfxl.results.jobs import Conditions, Job
from perfxl.rules import Case, Rule, judge, turning_days
from perfxl.rules.declare import run_rules
from perfxl.scoring.assess import assess
from spoilt import spoilt_forms
from workbooks import form_bytes

DATE = "basic.evaluation_date"
DIGEST = re.compile(rb"\b[0-9a-f]{32}(?:[0-9a-f]{32})?\b")


class Timeless(Case):
    """A case whose day nobody may look at."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        if name == "today":
            raise AssertionError("looks at the day without saying so")
        return super().__getattribute__(name)


def dated(day: str | None, dossier: dict[str, Any] = GOOD) -> dict[str, Any]:
    return patched(dossier, DATE, day)


def _is_undated(rule: Rule) -> bool:
    return not rule.dated


@given(spoilt_forms("basic", "funds", "targets", "indicators", "stated", "report"))
def test_a_rule_that_looks_at_the_day_says_so(form: Form) -> None:
    assessment = assess(form)
    timeless, case = Timeless(form, assessment, TODAY), Case(form, assessment, TODAY)
    assert run_rules(timeless, _is_undated) == run_rules(case, _is_undated)


def test_looking_at_the_day_is_noticed() -> None:
    form = form_of(dated("2030-01-01"))
    with pytest.raises(AssertionError):
        run_rules(Timeless(form, assess(form), TODAY), lambda rule: rule.code == "BA06")


@given(st.dates(date(2012, 1, 1), date(2030, 1, 1)), st.dates(date(2012, 1, 1), date(2030, 1, 1)))
def test_between_two_turning_days_nothing_changes(stated: date, today: date) -> None:
    form = form_of(dated(stated.isoformat()))
    assert turning_days(form) == tuple(sorted({date(2012, 1, 1), stated}))  # the year that is evaluated begins
    eve = stated - timedelta(1)
    other = eve if stated > today else stated
    assert judge(form, today) == judge(form, other)
    assert judge(form, eve) != judge(form, stated)


def test_what_has_no_date_has_no_turning_day() -> None:
    assert turning_days(form_of(patched(dated(None), "basic.year", None))) == ()
    assert turning_days(form_of(GOOD), ["BA06", "BA07", "BA08"]) == ()
    assert turning_days(form_of(GOOD_2023, SCHEME)) == ()


# -- the cache --------------------------------------------------------------------------------------------------------


def job_on(day: date, folder: Path) -> Job:
    return Job(folder / "甲.xlsx", "甲.xlsx", Conditions(day), folder / "out" / "甲.xlsx")


@pytest.mark.parametrize(
    ("stated", "kept_on", "asked_on", "is_known"),
    [
        ("2024-06-28", "2024-06-28", "2024-06-29", True),
        ("2024-06-28", "2024-06-28", "2034-01-01", True),
        ("2024-06-28", "2024-06-28", "2024-06-27", False),
        ("2024-07-01", "2024-06-28", "2024-06-30", True),
        ("2024-07-01", "2024-06-28", "2024-07-01", False),
        (None, "2024-06-28", "2034-01-01", True),
        (None, "2024-06-28", "2014-01-01", True),
    ],
)
def test_a_result_is_known_until_a_date_has_come(
    stated: str | None, kept_on: str, asked_on: str, is_known: bool, tmp_path: Path
) -> None:
    (tmp_path / "甲.xlsx").write_bytes(form_bytes(dated(stated)))
    kept, asked = (job_on(date.fromisoformat(day), tmp_path) for day in (kept_on, asked_on))
    known = list(map(pack, process_file(kept)))
    Cache(tmp_path, "f").store(kept, known)
    copy = undated(tmp_path / "out" / "甲.xlsx", kept_on)
    assert Cache(tmp_path, "f").find(asked) == (known if is_known else [])
    fresh = list(map(pack, process_file(asked)))
    assert (fresh == known) is is_known
    assert (undated(tmp_path / "out" / "甲.xlsx", asked_on) == copy) is is_known


def undated(path: Path, day: str) -> dict[str, bytes]:
    """The parts of a copy without the day of the check, which its review sheet bears, and the seal on that sheet."""
    with ZipFile(path) as parts:
        read = {name: parts.read(name).replace(day.encode(), b"") for name in parts.namelist()}
    return {name: DIGEST.sub(b"", content) for name, content in read.items()}


def test_the_next_day_only_what_has_come_is_worked_out_anew(tmp_path: Path) -> None:
    stated = ["2013-04-25", "2024-06-29", "2024-12-31", None, "约五月"]
    for number, day in enumerate(stated):
        (tmp_path / f"{number}.xlsx").write_bytes(form_bytes(dated(day)))

    def run(day: date) -> tuple[list[str], list[Status]]:
        conditions = Conditions(day)
        jobs = [Job(tmp_path / f"{n}.xlsx", f"{n}.xlsx", conditions, tmp_path / f"out{n}.xlsx") for n in range(5)]
        worked: list[str] = []
        results = run_jobs(jobs, 1, cache=Cache(tmp_path, "f"), engine=_noting(worked))
        return worked, [result.status for result in results]

    first = run(TODAY)
    copies = {path: path.read_bytes() for path in tmp_path.glob("out*.xlsx")}
    assert first[0] == [f"{n}.xlsx" for n in range(5)]
    assert run(TODAY)[0] == []
    assert run(TODAY + timedelta(1))[0] == ["1.xlsx"]
    changed = [path.name for path, content in copies.items() if path.read_bytes() != content]
    assert changed == ["out1.xlsx"]
    assert run(TODAY + timedelta(365))[0] == ["2.xlsx"]


def _noting(worked: list[str]) -> Callable[..., Any]:
    """Works in this process, and notes at which files."""

    def work(tasks: Any) -> Any:
        for number, job in tasks:
            worked.append(job.name)
            yield number, list(map(pack, process_file(job)))

    return work
