"""The office's papers for the samples are what their script makes, and show what their README says."""

import importlib.util
from pathlib import Path

from perfxl import consolidate

ROOT = Path(__file__).parent.parent
YEAR = ROOT / "samples-year"
ABOUT = ("XF05", "LS", "LG01", "LY")


def test_the_papers_are_what_their_script_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_year", YEAR / "make_year.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.xlsx")}
    assert made == {path.relative_to(YEAR): path.read_bytes() for path in YEAR.rglob("*.xlsx")}
    assert len(made) == 4


def test_they_show_what_the_readme_says(tmp_path: Path) -> None:
    forms = [ROOT / "samples" / f"{name}.xlsx" for name in ("海南省商务厅-信息系统运维", "海南省图书馆-读者服务")]
    found = consolidate(
        forms,
        tmp_path / "汇总.xlsx",
        roster=YEAR / "批复清单.xlsx",
        ledger=YEAR / "账.xlsx",
        last=YEAR / "上年",
        jobs=1,
    ).findings
    codes = [code for code in found["代码"] if str(code).startswith(ABOUT)]
    assert sorted(set(codes)) == ["LG01", "LS11", "LY01"]
