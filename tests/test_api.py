"""perfxl in Python: what `import perfxl` offers.

1. `import perfxl` loads neither pandas nor click; what it offers is typed, documented, and nothing else.
2. `read` gives a list of dossiers, as `fill` takes them; a file that cannot be read raises with its code.
3. The frames have the documented columns, dtypes and units, with or without rows, and are what `--tables` writes.
4. `consolidate` writes what the command writes; refusals are errors, findings are not.
5. A script needs no guard, and the example of docs/python.md shows what it gives.
"""

import doctest
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import perfxl
from batches import batch_of, province, result
from forms import GOOD, patched
from own_scheme import GOOD_2023
from perfxl.command.cli import cli
from perfxl.command.terminal import run
from perfxl.errors import OutputError, SchemeError, UsageError
from perfxl.results.filed import Results, filed
from perfxl.summary.frames import FrameTables, typed_frame
from perfxl.summary.workbook import has_parquet, write_tables
from running import ROOT, environment
from test_several_forms import two_self_assessments
from workbooks import form_bytes

DAY = date(2024, 6, 28)
FRAMES = {
    "projects": "项目汇总表",
    "indicators": "指标逐项表",
    "targets": "绩效目标表",
    "funds": "资金逐项表",
    "findings": "问题清单",
    "files": "收文清单",
}
BAD = patched(GOOD, "funds.used.total", 200)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "收件"
    folder.mkdir()
    (folder / "好.xlsx").write_bytes(form_bytes(GOOD))
    (folder / "错.xlsx").write_bytes(form_bytes(patched(BAD, "basic.project_name", "另一个项目")))
    (folder / "坏.xlsx").write_bytes(b"<html></html>")
    (folder / "说明.txt").write_text("x")
    return folder


@pytest.fixture(scope="module")
def mixed() -> perfxl.BatchResult:
    """Both schemes, resubmissions, copies and refused files."""
    results = province(30)
    return perfxl.BatchResult(batch_of(results), Results(filed(results)))


# -- the package ------------------------------------------------------------------------------------------------------


def test_the_import_alone_loads_nothing() -> None:
    code = (
        "import sys, perfxl\ndir(perfxl), perfxl.__version__\n"
        "loaded = [name for name in sys.modules if name.startswith('perfxl.')]\n"
        "loaded += {'pandas', 'numpy', 'click', 'lxml', 'openpyxl', 'pebble'} & set(sys.modules)\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_package_offers_what_it_says() -> None:
    assert set(perfxl.__all__) <= set(dir(perfxl))
    for name in ("check", "consolidate", "read", "template", "BatchResult"):
        offered = getattr(perfxl, name)
        assert offered.__module__ == "perfxl.api"
        assert offered.__doc__
    for name in ("check", "consolidate", "read", "template"):
        assert "Raises:" in str(getattr(perfxl, name).__doc__)
        assert "return" in getattr(perfxl, name).__annotations__
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        perfxl.chekc  # type: ignore[attr-defined]  # noqa: B018


# -- read and template ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_given", [str, Path])
def test_read_gives_the_dossiers_of_a_workbook(as_given: Any, inbox: Path) -> None:
    assert perfxl.read(as_given(inbox / "好.xlsx")) == [GOOD]


def test_what_cannot_be_read_raises_with_its_code(inbox: Path) -> None:
    with pytest.raises(perfxl.RefusedError, match=r"FL01 “.*坏\.xlsx”：文件内容是网页") as caught:
        perfxl.read(inbox / "坏.xlsx")
    assert caught.value.code == "FL01"
    with pytest.raises(perfxl.RefusedError, match="FL12"):
        perfxl.read(inbox / "没有.xlsx")
    (inbox / "空").mkdir()
    with pytest.raises(perfxl.PerfxlError, match="没有可以读取的表"):
        perfxl.read(inbox / "空")


def test_a_template_is_what_the_command_writes(tmp_path: Path) -> None:
    for scheme in ("hainan-2020", "hainan-2023"):
        path = perfxl.template(tmp_path / f"{scheme}.xlsx", scheme=scheme)
        assert path == tmp_path / f"{scheme}.xlsx"
        assert path.read_bytes() == (ROOT / "workbook_templates" / path.name).read_bytes()
    assert perfxl.template(str(tmp_path / "名单.xlsx"), roster=True).exists()


def test_a_template_replaces_no_work(inbox: Path) -> None:
    (inbox / "好.xlsx").write_bytes((inbox / "坏.xlsx").read_bytes())
    with pytest.raises(UsageError, match="已有同名的文件"):
        perfxl.template(inbox / "好.xlsx")
    with pytest.raises(UsageError, match=r"\.xlsx 结尾"):
        perfxl.template(inbox / "表.xls")
    with pytest.raises(SchemeError):
        perfxl.template(inbox / "表.xlsx", scheme="hainan-1999")


# -- check ------------------------------------------------------------------------------------------------------------


def test_check_accounts_for_every_file(inbox: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = perfxl.check(inbox, today=DAY, jobs=1)
    files = found.files.set_index(found.files["文件"].map(lambda name: Path(name).name))
    assert files["处理"].to_dict() == {"坏.xlsx": "拒收", "好.xlsx": "采用", "说明.txt": "略过", "错.xlsx": "采用"}
    assert found.projects["状态"].tolist() == ["退回", "通过"]
    assert found.errors == len(found.findings[found.findings["级别"] == "错误"]) == 2
    assert repr(found) == "<perfxl: 3 submissions, 1 rejected, 2 projects count>"
    assert [type(one).__name__ for one in found.results] == ["FileResult"] * 3
    assert capfd.readouterr() == ("", "")


def test_options_are_those_of_the_command(inbox: Path) -> None:
    paths = [inbox / "错.xlsx", str(inbox / "好.xlsx")]
    assert set(perfxl.check(paths, jobs=1).findings["代码"]) == {"FD01", "FD03", "TX03"}
    assert set(perfxl.check(paths, jobs=1, ignore=["FD01", "TX"]).findings["代码"]) == {"FD03"}
    assert set(perfxl.check(paths, jobs=1, select=["BA"]).findings["代码"]) == set()
    assert perfxl.check(paths, jobs=1, limits={"cells": 10}).files["审核"].tolist() == ["拒收", "拒收"]
    for wrong in ({"ignore": ["ZZ"]}, {"limits": {"cell": 1}}, {"scheme": "hainan-1999"}):
        with pytest.raises(perfxl.PerfxlError):
            perfxl.check(paths, **wrong)


# -- the frames -------------------------------------------------------------------------------------------------------


def documented() -> dict[str, list[str]]:
    """The upright headings of each frame in docs/python.md."""
    found = {}
    for line in (ROOT / "docs" / "python.md").read_text("utf-8").splitlines():
        if match := re.match(r"\| `(\w+)` (\S+) \|[^|]*\| (.*) \|$", line):
            assert FRAMES[match[1]] == match[2]
            text = re.sub(r"\*[^*]*\*|\([^()]*\)", "", match[3]).replace(" and ", ", ")
            found[match[1]] = [part for part in re.split(r"[,;:] *", text) if part.strip()]
    return {name: [part.strip() for part in parts] for name, parts in found.items()}


def test_every_documented_column_is_there(mixed: perfxl.BatchResult) -> None:
    described = documented()
    assert list(described) == list(FRAMES)
    for name, headings in described.items():
        there = list(getattr(mixed, name).columns)
        plain = [heading for heading in headings if heading not in ("指标类型", "指标名称") and " to " not in heading]
        assert [heading for heading in plain if heading not in there] == [], name
        if name in ("indicators", "funds", "findings", "files"):
            assert headings == there, name


@pytest.mark.parametrize("name", FRAMES)
def test_types_and_units(name: str, mixed: perfxl.BatchResult) -> None:
    frame = getattr(mixed, name)
    assert len(frame)
    assert {str(kind) for kind in frame.dtypes} <= {"Int64", "Float64", "string"}
    units = frame.attrs["units"]
    assert set(units) == {label for label, kind in frame.dtypes.items() if str(kind) == "Float64"}
    for label, unit in units.items():
        assert (unit == "万元") == ("（万元）" in label), label
        assert (unit == "1") == label.endswith("率"), label
    assert not (frame.select_dtypes("string") == "").any(axis=None)
    assert list(frame.index) == list(range(len(frame)))


def test_without_rows_the_columns_are_the_same() -> None:
    nothing = FrameTables(batch_of([]))
    full = FrameTables(batch_of(province(6)))
    for name in ("indicators", "funds", "findings", "files"):
        empty, filled = typed_frame(getattr(nothing, name)), typed_frame(getattr(full, name))
        assert len(empty) == 0
        pd.testing.assert_series_equal(empty.dtypes, filled.dtypes)
    assert list(typed_frame(nothing.targets).columns) == ["项目名称", "实施单位", "主管部门", "核定等次"]
    assert {"年度", "审核副本", "评价人员 平均分"} <= set(typed_frame(nothing.projects).columns)


def test_figures_are_those_of_the_forms() -> None:
    typed = patched(GOOD_2023, "indicators.0.score", 3.85)
    blank = patched(patched(GOOD, "funds.used.total", None), "funds.used.provincial", 0)
    tables = FrameTables(batch_of([result(typed, "a.xlsx"), result(blank, "b.xlsx")]))
    indicators, funds = typed_frame(tables.indicators), typed_frame(tables.funds)
    assert len(indicators) == len(typed["indicators"]) + len(GOOD["indicators"])
    first = indicators[indicators["文件"] == "a.xlsx"].iloc[0]
    assert (first["得分"], first["三级指标"]) == (3.85, typed["indicators"][0]["level3"])
    own = funds[funds["文件"] == "b.xlsx"].set_index(["栏目", "资金来源"])["金额 （万元）"]
    assert len(own) == 15
    assert own["计划投资额", "合计"] == 144
    assert own["实际使用情况", "省财政"] == 0
    assert own["实际使用情况", "合计"] is pd.NA
    yuan = funds[(funds["文件"] == "a.xlsx") & (funds["栏目"] == "执行数")]["金额 （万元）"]
    assert yuan.iloc[0] == typed["funds"]["total"]["executed"] / 10000
    rates = typed_frame(tables.projects).set_index("文件")["预算执行率"]
    assert rates["b.xlsx"] is pd.NA


def test_frames_are_the_tables_that_are_written(mixed: perfxl.BatchResult, tmp_path: Path) -> None:
    written = write_tables(mixed._batch, tmp_path)
    assert [path.stem for path in written if path.suffix == ".csv"][:6] == list(FRAMES.values())
    for name, title in FRAMES.items():
        frame = getattr(mixed, name)
        kinds = {label: str(kind) for label, kind in frame.dtypes.items()}
        # a text that begins like a formula has an apostrophe in CSV
        read = pd.read_csv(tmp_path / f"{title}.csv", dtype=kinds, encoding="utf-8-sig", lineterminator="\n")
        read.columns = read.columns.str.strip()
        for label in frame.select_dtypes("string"):
            read[label] = read[label].str.strip().str.removeprefix("'").replace("", pd.NA)
        pd.testing.assert_frame_equal(read, _one_line(frame), check_dtype=False)
        if has_parquet():
            pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / f"{title}.parquet"), frame)


def _one_line(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{label: frame[label].str.strip() for label in frame.select_dtypes("string")})


def test_links_are_what_they_lead_to(mixed: perfxl.BatchResult) -> None:
    assert all(path.startswith("out/审核/") for path in mixed.projects["审核副本"])
    assert set(mixed.findings["单元格"].dropna().str.fullmatch(r"[A-Z]+\d+")) == {True}


def test_forms_of_one_workbook_are_told_apart_by_their_sheets(tmp_path: Path) -> None:
    (tmp_path / "两表.xlsx").write_bytes(two_self_assessments("第二个项目", "自评表二"))
    names = [dossier["basic"]["project_name"] for dossier in perfxl.read(tmp_path / "两表.xlsx")]
    assert len(names) == 2
    assert names[1] == "第二个项目"
    found = perfxl.check(tmp_path, jobs=1)
    sheets = set(found.projects["工作表"])
    assert "自评表二" in sheets
    assert len(sheets) == 2
    for frame in (found.indicators, found.funds, found.files):
        assert set(frame["工作表"]) == sheets


# -- consolidate ------------------------------------------------------------------------------------------------------


def test_consolidate_writes_what_the_command_writes(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own, words = (
        tmp_path / "甲",
        ["consolidate", "收件", "-o", "out/汇总.xlsx", "--annotated", "out/审核", "--tables", "out/表"],
    )
    monkeypatch.setattr(sys, "argv", ["perfxl", *words, "--date", DAY.isoformat(), "--jobs", "1"])
    assert run(cli) == 3
    shutil.move("out", own)
    where = {"annotated": "out/审核", "tables": Path("out/表")}
    first = perfxl.consolidate("收件", "out/汇总.xlsx", made=DAY, jobs=1, **where)  # type: ignore[arg-type]
    assert _files(tmp_path / "out") == _files(own)
    assert first.projects["审核副本"].tolist() == ["out/审核/错.xlsx", "out/审核/好.xlsx"]
    again = perfxl.consolidate("收件", "out/汇总.xlsx", made=DAY, jobs=1, **where)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(again.projects, first.projects)


def _files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".jsonl")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_refusals_of_a_consolidation_are_errors(inbox: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.xlsx 结尾"):
        perfxl.consolidate(inbox, tmp_path / "汇总.xls")
    with pytest.raises(UsageError, match="不是汇总表"):
        perfxl.consolidate(inbox / "错.xlsx", inbox / "好.xlsx")
    with pytest.raises(UsageError, match="会盖掉原件"):
        perfxl.consolidate(inbox, tmp_path / "汇总.xlsx", annotated=inbox)
    with pytest.raises(perfxl.PerfxlError, match="没有找到可以处理的文件"):
        perfxl.consolidate(tmp_path / "没有", tmp_path / "汇总.xlsx")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        perfxl.consolidate(inbox, tmp_path / "file" / "汇总.xlsx")


# -- scripts and documents --------------------------------------------------------------------------------------------


def test_a_script_needs_no_guard(inbox: Path, tmp_path: Path) -> None:
    script = tmp_path / "脚本.py"
    script.write_text("import perfxl\nprint(perfxl.check('收件', jobs=2))\n", "utf-8")
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "<perfxl: 3 submissions, 1 rejected, 2 projects count>\n"


def test_the_example_of_the_page_gives_what_it_shows() -> None:
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        failed, tried = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False, encoding="utf-8")
    finally:
        os.chdir(before)
    assert (failed, tried > 8) == (0, True)
