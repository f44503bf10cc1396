"""Which file of a project counts.

1. Of several submissions the latest counts: by the date of the workbook, then 修改 and 最终 in the name, then numbers.
2. A file without a total never replaces one that has it; without any the latest counts.
3. Copies of the same content count once; broken files are refused one by one, even when they are equal.
4. The same project: stage, name and unit, unless years or codes differ. A code alone joins nothing: both are kept (XF08).
5. One project on two forms: one counts, both say so (XF06).
6. Every file is accounted for exactly once, and the order of the files does not matter.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches import province, refused, result, settled
from forms import GOOD, patched
from own_scheme import GOOD_2023, SCHEME
from perfxl.model import FileResult, Mail, Origin, Severity, Status
from perfxl.office.approved import ApprovedList, ApprovedProject
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.results.filed import filed
from perfxl.summary.resubmissions import Received, received, settle
from perfxl.summary.roster import match_roster

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
        ("表（初稿）.xlsx", "a表.xlsx"),
        ("表最终版.xlsx", "表最终版2.xlsx"),
        ("表最终版2.xlsx", "表（重报）.xlsx"),
        ("表第二稿.xlsx", "表第十一稿.xlsx"),
        ("表.xlsx", "重报.eml » 附件/a.xlsx"),
    ],
)
def test_equal_dates_are_decided_by_the_name(earlier: str, later: str) -> None:
    assert became(result(file=earlier), result(file=later))[later] == "used"


@pytest.mark.parametrize("modified", ["", "昨天", "2021-05-19"])
def test_an_unreadable_or_shorter_date_is_the_earlier_one(modified: str) -> None:
    assert became(result(file="a", modified=modified), result(file="b", modified="2021-05-20T08:00:00"))["b"] == "used"


def unfinished(file: str, modified: str) -> FileResult:
    """A file whose total cannot be said."""
    one = result(BAD, file=file, modified=modified)
    assert one.assessment is not None
    return replace(one, assessment=replace(one.assessment, total=None))


def test_a_file_without_a_total_never_replaces_one_that_has_it() -> None:
    good = result(file="a.xlsx", modified="2021-05-20")
    newer = unfinished("b.xlsx", "2021-06-20")
    assert became(good, newer) == {"a.xlsx": "used", "b.xlsx": "superseded"}
    used, superseded = settled([good, newer])
    assert superseded.reason == "报送较晚，但有 1 处错误、算不出总分，仍采用同一项目先前的“a.xlsx”；待更正"
    assert (codes(used), used.added[0].message) == (["XF11"], "有更新的一份待更正：“b.xlsx”，算不出总分，没有采用")
    assert became(good, unfinished("b.xlsx", "2021-04-20")) == {"a.xlsx": "used", "b.xlsx": "superseded"}
    assert codes(settled([good, unfinished("b.xlsx", "2021-04-20")])[0]) == []


def test_a_returned_file_with_a_total_is_the_newest_word() -> None:
    good = result(file="a.xlsx", modified="2021-05-20")
    returned = replace(good, file="b.xlsx", sha256="b", modified="2021-06-20", status=Status.RETURNED)
    assert became(good, returned) == {"a.xlsx": "superseded", "b.xlsx": "used"}


def test_without_a_total_anywhere_the_latest_file_counts() -> None:
    first, second = unfinished("a.xlsx", "2021-05-20"), unfinished("b.xlsx", "2021-05-21")
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
        (named("社会服务\u2060与管理项目"), named("社会服务与管理项目")),
        (named("⻋辆购置\u00ad\u3164"), named("车辆购置")),
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
        (named("道路2.1标段改造"), named("道路21标段改造")),
        (named("信息系统运维（二期）"), named("信息系统运维二期")),
        (named("46000021T000000002749-学生补助"), named("46000021T000000002749-学生补助", "别的单位")),
        (named("46000021T000000002749-学生补助"), named("46000021T000000002749-住房改造")),
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


# -- codes, dates, corrections, hints ---------------------------------------------------------------------------------

CODE = "46000021T000000002749"


def by_file(*results: FileResult, **more: Any) -> dict[str, Received]:
    return {one.head.file: one for one in settle(filed(results), **more)}


def test_one_code_of_two_units_is_kept_twice_and_warned_of_at_each() -> None:
    victim = result(named(f"{CODE}-社会服务与管理项目", "省民政厅"), "victim.xlsx", "2021-05-20")
    other = result(named(f"{CODE}-完全无关的项目", "省商务厅"), "attacker.xlsx", "2021-06-20")
    both = by_file(victim, other)
    assert {file: (str(one.disposition), codes(one)) for file, one in both.items()} == {
        "attacker.xlsx": ("used", ["XF08"]),
        "victim.xlsx": ("used", ["XF08"]),
    }
    assert both["victim.xlsx"].added[0].severity is Severity.WARNING
    assert both["victim.xlsx"].added[0].message == (
        f"项目编码与“attacker.xlsx”相同（{CODE}），但单位或名称不同："
        "本件是省民政厅的“社会服务与管理项目”，另一件是省商务厅的“完全无关的项目”"
    )


def test_the_roster_decides_whose_a_code_is() -> None:
    first = result(named(f"{CODE}-学生补助", "海南大学"), "a.xlsx", "2021-05-20")
    renamed = result(named(f"{CODE}-学生资助补助", "海南大学"), "b.xlsx", "2021-06-20")
    stranger = result(named(f"{CODE}-学生补助", "海南师范大学"), "c.xlsx", "2021-07-20")
    known = OfficeKnowledge(ApprovedList((ApprovedProject(CODE, "学生补助", "海南大学", "", None, ""),)))
    matches = match_roster((one.head for one in filed([first, renamed, stranger])), known)
    listed = {key: found[0] for key, found in matches.items() if found}
    became = {file: str(one.disposition) for file, one in by_file(first, renamed, stranger, listed=listed).items()}
    assert became == {"a.xlsx": "superseded", "b.xlsx": "used", "c.xlsx": "used"}


def test_two_stages_of_a_project_stand_beside_each_other() -> None:
    watched = replace(SCHEME, id="watch", stage="监控")
    first = result(named("学生补助"), "a.xlsx", "2021-05-20")
    second = replace(result(named("学生补助"), "b.xlsx", "2021-06-20"), scheme="watch")
    both = by_file(first, second, schemes=[watched])
    assert {file: (str(one.disposition), codes(one)) for file, one in both.items()} == {
        "a.xlsx": ("used", []),
        "b.xlsx": ("used", []),
    }


def test_the_form_that_takes_anothers_place_counts_though_it_came_earlier() -> None:
    newer = replace(SCHEME, id="own-2024", supersedes=("hainan-2020",))
    old = result(named("学生补助"), "old.xlsx", "2021-06-20")
    new = replace(result(named("学生补助"), "new.xlsx", "2021-05-20"), scheme="own-2024")
    both = by_file(old, new, schemes=[newer])
    assert {file: (str(one.disposition), codes(one)) for file, one in both.items()} == {
        "new.xlsx": ("used", ["XF06"]),
        "old.xlsx": ("superseded", ["XF01", "XF06"]),
    }
    assert both["old.xlsx"].reason == "同一项目采用了新表“new.xlsx”，本件是旧表，不计入汇总"


NOW = datetime(2024, 6, 28, tzinfo=UTC)


def test_a_date_to_come_never_wins_and_is_said() -> None:
    late = result(file="a.xlsx", modified="2099-01-01T00:00:00Z", filed="2024-05-01T00:00:00Z")
    true = result(file="b.xlsx", modified="2024-06-01T00:00:00Z")
    both = by_file(late, true, now=NOW)
    assert {file: (str(one.disposition), codes(one)) for file, one in both.items()} == {
        "a.xlsx": ("superseded", ["XF01", "XF07"]),
        "b.xlsx": ("used", []),
    }
    assert (
        both["a.xlsx"].added[1].message == "工作簿记录的修改时间 2099-01-01 在将来，不采用，改看文件时间（2024-05-01）"
    )
    alone = by_file(result(modified="2099-01-01"), now=NOW)
    assert [found.message for one in alone.values() for found in one.added] == [
        "工作簿记录的修改时间 2099-01-01 在将来，不采用，当作最早的一份"
    ]


def test_the_mail_says_when_a_file_came_before_the_workbook_does() -> None:
    early = result(file="a.xlsx", modified="2024-06-02", mail=Mail(received="2024-06-03T00:00:00+00:00"))
    later = result(file="b.xlsx", modified="2024-06-01", mail=Mail(received="2024-06-04T00:00:00+00:00"))
    forged = result(file="c.xlsx", modified="2024-05-01", mail=Mail(received="2077-01-01T00:00:00+00:00"))
    used = [file for file, one in by_file(early, later, forged, now=NOW).items() if one.is_used]
    assert used == ["b.xlsx"]


def correction(dossier: Mapping[str, Any], source: FileResult, file: str = "更正.xlsx") -> FileResult:
    return result(dossier, file, "2021-06-20", origin=Origin(source.sha256, source.file))


@pytest.mark.parametrize("origin", [None, Origin(file="原件.xlsx")])
def test_a_corrected_copy_replaces_its_original_whatever_it_is_called_now(origin: Origin | None) -> None:
    original = result(patched(GOOD, "basic.project_name", None), "in/原件.xlsx", "2021-05-20")
    corrected = correction(GOOD, original)
    if origin:
        corrected = replace(corrected, origin=origin)
    both = by_file(original, corrected)
    assert {file: (str(one.disposition), codes(one)) for file, one in both.items()} == {
        "in/原件.xlsx": ("superseded", ["XF01", "XF10"]),
        "更正.xlsx": ("used", ["XF10"]),
    }
    assert {found.severity for one in both.values() for found in one.added} == {Severity.INFO}


def test_a_corrected_copy_of_another_unit_replaces_nothing_unless_the_roster_knows_it_alone() -> None:
    original = result(named("学生补助", "海南大学"), "原件.xlsx", "2021-05-20")
    corrected = correction(named("学生补助", "海南师范大学"), original)
    both = by_file(original, corrected)
    assert {str(one.disposition) for one in both.values()} == {"used"}
    assert [(found.code, found.severity) for one in both.values() for found in one.added] == [
        ("XF10", Severity.WARNING),
        ("XF10", Severity.WARNING),
    ]
    vouched = by_file(original, corrected, listed={("更正.xlsx", ()): "entry"})
    assert {file: str(one.disposition) for file, one in vouched.items()} == {
        "原件.xlsx": "superseded",
        "更正.xlsx": "used",
    }


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (named("信息系统运维项目"), named("信息系统运行维护项目"), ["XF09"]),
        (named("信息系统运维项目"), named("信息系统运行维护项目", "海南省教育厅"), []),
        (named("信息系统运维一期项目"), named("信息系统运维二期项目"), []),
        (named("道路2.1标段改造"), named("道路21标段改造"), []),
        (named("学生补助"), named("住房改造"), []),
    ],
)
def test_similar_names_of_one_unit_are_hinted_at(one: dict[str, Any], other: dict[str, Any], found: list[str]) -> None:
    assert [codes(each) for each in settled([result(one, "a"), result(other, "b")])] == [found, found]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("省商务厅", "海南省商务厅", ["XF12"]),
        ("商务厅", "海南省商务厅", ["XF12"]),
        ("海南省商务厅", "海南省 商务厅", []),
        ("海南省商务厅", "海南省教育厅", []),
        ("海南省商务厅", "", []),
    ],
)
def test_spellings_of_one_department_are_hinted_at(one: str, other: str, found: list[str]) -> None:
    forms = [patched(named(f"项目{n}{n}"), "basic.department", name) for n, name in (("甲", one), ("乙", other))]
    assert [codes(each) for each in settled([result(forms[0], "a"), result(forms[1], "b")])] == [found, found]
