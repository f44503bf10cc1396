"""Which file of a project counts.

1. Of several submissions the latest counts: by the date of the workbook, then 修改 and 最终 in the name, then numbers.
2. A file with errors, or one that cannot be read, never replaces a good one; without a good one the latest counts.
3. Copies of the same content count once; broken files are refused one by one, even when they are equal.
4. The same project: name and unit, unless years or codes differ; or a long code. Nothing else is joined.
5. One project on two forms: one counts, both say so (XF06).
6. Every file is accounted for exactly once, and the order of the files does not matter.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches import province, refused, result, settled
from forms import GOOD, patched
from own_scheme import GOOD_2023
from perfxl.model import FileResult, Severity, Status
from perfxl.results.filed import filed
from perfxl.summary.resubmissions import Received, received

BAD = patched(GOOD, "indicators.0.score", 9)


def named(
    name: str, unit: str = "海南省商务厅", year: int | None = 2020, dossier: Mapping[str, Any] = GOOD
) -> dict[str, Any]:
    return patched(patched(patched(dossier, "basic.project_name", name), "basic.unit", unit), "basic.year", year)


def became(*results: FileResult) -> dict[str, str]:
    return {one.head.file: str(one.disposition) for one in settled(results)}


def codes(one: Received) -> list[str]:
    return [found.code for found in one.findings if found.code.startswith("XF")]


def test_a_single_file_is_used_as_it_is() -> None:
    only = result()
    assert settled([only]) == [received(filed([only])[0], "used")]


def test_the_later_date_counts() -> None:
    early = result(file="z最终.xlsx", modified="2021-05-20T08:00:00Z")
    late = result(file="a.xlsx", modified="2021-05-20T16:00:01+08:00")
    assert became(early, late) == {"a.xlsx": "used", "z最终.xlsx": "superseded"}
    superseded = settled([early, late])[1]
    assert superseded.reason == "同一项目采用了“a.xlsx”，本件不计入汇总"
    assert codes(superseded) == ["XF01"]
    assert superseded.findings[0].severity is Severity.INFO


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("表.xlsx", "表（修改）.xlsx"),
        ("表（修改）.xlsx", "表最终.xlsx"),
        ("表修改1.xlsx", "表修改2.xlsx"),
        ("表（9）.xlsx", "表（10）.xlsx"),
        ("表 v2.xlsx", "表 V11.xlsx"),
    ],
)
def test_equal_dates_are_decided_by_the_name(earlier: str, later: str) -> None:
    assert became(result(file=earlier), result(file=later))[later] == "used"


@pytest.mark.parametrize("modified", ["", "昨天", "2021-05-19"])
def test_an_unreadable_or_shorter_date_is_the_earlier_one(modified: str) -> None:
    assert became(result(file="a", modified=modified), result(file="b", modified="2021-05-20T08:00:00"))["b"] == "used"


def test_a_returned_file_never_replaces_a_good_one() -> None:
    good = result(file="a.xlsx", modified="2021-05-20")
    returned = result(BAD, file="b.xlsx", modified="2021-06-20")
    assert returned.status is Status.RETURNED
    assert became(good, returned) == {"a.xlsx": "used", "b.xlsx": "superseded"}
    assert settled([good, returned])[1].reason == "报送较晚，但有 1 处错误，仍采用同一项目先前合格的“a.xlsx”"


def test_without_a_good_one_the_latest_returned_file_counts() -> None:
    first, second = result(BAD, "a.xlsx", "2021-05-20"), result(BAD, "b.xlsx", "2021-05-21")
    assert became(first, second) == {"a.xlsx": "superseded", "b.xlsx": "used"}


def test_a_file_that_cannot_be_read_is_refused_with_its_reason() -> None:
    good, broken = result(file="a.xlsx"), refused("b.xlsx")
    assert settled([good, broken])[1] == received(filed([broken])[0], "refused", "FL03 工作簿已损坏，无法打开")


def test_equal_content_counts_once_and_the_shortest_name_stays() -> None:
    original = result(file="in/表.xlsx")
    copy = result(file="in/表 - 副本.xlsx", sha256=original.sha256)
    assert became(original, copy) == {"in/表.xlsx": "used", "in/表 - 副本.xlsx": "identical"}
    assert codes(settled([original, copy])[0]) == ["XF02"]


def test_equal_broken_files_are_each_refused() -> None:
    assert became(refused("a", "0" * 64), refused("b", "0" * 64)) == {"a": "refused", "b": "refused"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (named("信息系统运维项目"), named("信息 系统运维 项目")),
        (named("信息系统运维（二期）"), named("信息系统运维(二期)")),
        (named("46000021T000000002749-学生补助"), named("学生补助")),
        (named("46000021T000000002749-学生补助"), named("46000021T000000002749-学生资助补助", "别的写法")),
        (named("学生补助", year=None), named("学生补助")),
        (named("学生补助", unit="203045-海南大学"), named("学生补助", unit="海南大学")),
    ],
)
def test_the_same_project(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    assert sorted(became(result(one, "a"), result(other, "b")).values()) == ["superseded", "used"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (named("信息系统运维项目"), named("信息系统运行维护项目")),
        (named("学生补助", "海南大学"), named("学生补助", "海南师范大学")),
        (named("学生补助", year=2020), named("学生补助", year=2021)),
        (named("46000021T000000002749-学生补助"), named("46000021T000000002750-学生补助")),
        (named("2020-甲项目"), named("2020-乙项目")),
        (named("2020-学生补助", year=None), named("2021-学生补助", year=None)),
        (patched(GOOD, "basic.project_name", None), patched(GOOD, "basic.project_name", None)),
    ],
)
def test_another_project(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    assert list(became(result(one, "a"), result(other, "b")).values()) == ["used", "used"]


def test_where_two_years_are_there_a_blank_one_joins_neither() -> None:
    files = [result(named("学生补助", year=year), f"{year}.xlsx") for year in (2020, 2021, None)]
    assert set(became(*files).values()) == {"used"}


def test_one_project_on_two_forms() -> None:
    old = result(patched(GOOD, "basic.unit", None), "old.xlsx", "2024-01-01")
    new = result(patched(GOOD_2023, "basic.project_name", GOOD["basic"]["project_name"]), "new.xlsx", "2024-02-01")
    both = settled([old, new])
    assert [(one.head.file, one.disposition, codes(one)) for one in both] == [
        ("new.xlsx", "used", ["XF06"]),
        ("old.xlsx", "superseded", ["XF01", "XF06"]),
    ]
    assert both[0].findings[0].message == (
        "同一项目用了两种表：本件为 own-2023，另有“old.xlsx”（hainan-2020），汇总只计一件"
    )


INBOX = province(24)


@given(st.permutations(INBOX))
def test_the_order_of_the_files_does_not_matter(shuffled: list[FileResult]) -> None:
    became = settled(shuffled)
    assert became == settled(INBOX)
    assert [one.head.file for one in became] == sorted(found.file for found in INBOX)
    assert {str(one.disposition) for one in became} == {"used", "superseded", "identical", "refused"}
