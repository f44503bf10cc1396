"""The samples: each is what its data make, and gives exactly the findings that the note beside them promises.

1. Every workbook can be made again, part by part, from the data beside it; the one that LibreOffice saved reads the same.
2. The exact findings of every sample, with their cells.
3. The figures of the published dossier and of the published self-assessment.
4. Numbers as people type them are read as meant, or reported; a resubmission takes the place of the first file.
5. README.md names every sample and its codes.
"""

import io
import json
import re
import runpy
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from batches import settled
from office import Converted, by_office
from perfxl.batch.onefile import process_file
from perfxl.dossier import complete
from perfxl.model import FileResult, Severity
from perfxl.results.jobs import Conditions, Job
from perfxl.schemes import load_scheme
from perfxl.summary.resubmissions import Disposition

SAMPLES = Path(__file__).parent.parent / "samples"
COMMAND = "python samples/make_samples.py"
MAKER: dict[str, Any] = runpy.run_path(str(SAMPLES / "make_samples.py"))
NAMES: list[str] = MAKER["names"]()
RESAVED: str = MAKER["RESAVED"]
DOSSIER = "海南省商务厅-信息系统运维"
TYPED_NUMBERS = "海南省农科院-种质资源圃"
FIRST, CORRECTED = "琼海市教育局-校舍维修", "琼海市教育局-校舍维修（修改）"
SELF_ASSESSED = ("省农垦实验中学-学生事务补助", "海南省图书馆-读者服务")
CARELESS = "屯昌县农业农村局-土壤检测"
TODAY = date(2024, 6, 28)

FINDINGS = """
三亚市水务局-河道清淤: rejected
    FL01

海南省体校-五指山训练基地: returned
    项目绩效目标表    TG02 E8   TG02 E10  TG04 C11  TG07 H11
    项目基本信息表    BA05 B3   PT01 B13
    评价指标评分表    IN05 G23
    评价人员          PT03 D9

海南省公益林中心-林业补助: returned
    项目绩效目标表    TG02 E5   TG02 F6   TG09 D7   TG07 H7   TG07 H9
    项目基本信息表    FD01 B8   FD03 F8
    评价指标评分表    PT09 G23
    评价人员          PT06 A3   PT10 C3   ST10 A4

海南省农科院-种质资源圃: returned
    项目基本信息表    ST09 B8   ST11 D8   ST09 B10  ST09 D10  ST06 F10
    评价指标评分表    ST09 G3   ST09 G7   ST09 G23
    评价人员          ST09 D4

海南省博物馆-免费开放: accepted
    项目绩效目标表    TG07 H6   TG03 D7   TG07 H7   TG06 H8
    项目基本信息表    FD06 F8
    评价人员          PT04 D9   BA06 B10
    绩效评价报告      TX03 A11  TX05 A19  TX06 A19

海南省商务厅-信息系统运维: accepted
    项目绩效目标表    TG08 D5   TG05 H5   TG05 H6
    项目基本信息表    BA01 E5   FD06 F8   FD07 F8   PT02 B13
    评价指标评分表    PT07 G8   PT08 G10  PT15 G23
    评价人员          PT10 C3   ST10 A5
    绩效评价报告      TX04 A11

海南省商务厅-服务贸易: accepted
    项目基本信息表    FD06 F8   FD07 F8
    评价指标评分表    PT07 G8   PT08 G10  PT15 G23
    评价人员          PT10 C3

海南省商务厅-社会服务与管理: accepted

海南省图书馆-读者服务: accepted

海南省政府研究室-宏观经济监测: accepted
    项目绩效目标表    ST10 B6

屯昌县农业农村局-土壤检测: returned
    项目支出绩效自评表  FD09 K7   PT11 J16  PT13 L17  PT12 G18  PT16 J21

澄迈县水务局-农村饮水安全: returned
    项目绩效目标表    TG07 H6
    项目基本信息表    FD02 D8   FD05 F8
    评价指标评分表    IN03 F13  IN06 E20  ST08 G23
    评价人员          ST07 D9

琼海市教育局-校舍维修: returned
    项目绩效目标表    TG01 F5
    项目基本信息表    ST05 E4   BA02 E5   BA03 E6   BA04 B7   ST05 D8
    评价指标评分表    IN01 G11  IN01 G15  IN02 G20
    评价人员          PT05 D4
    绩效评价报告      TX01 A15  TX02 A17  TX01 A21

琼海市教育局-校舍维修（修改）: accepted

省农垦实验中学-学生事务补助: accepted
    项目支出绩效自评表  FD06 G7   PT17 D15  PT13 L15  PT13 L16  PT12 G18  PT15 J27
"""


def data_of(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return data


def processed(path: Path) -> FileResult:
    return process_file(Job(path, f"samples/{path.name}", Conditions(TODAY)))[0]


@cache
def sample(name: str) -> FileResult:
    return processed(SAMPLES / f"{name}.xlsx")


def cells_by_sheet(result: FileResult) -> dict[str, list[str]]:
    """Code and cell of each finding by sheet: {"评价人员": ["PT10 C3", "ST10 A5"]}."""
    groups = groupby(result.findings, key=lambda found: found.sheet)
    return {sheet: [f"{found.code} {found.cell}".strip() for found in members] for sheet, members in groups}


def expected(name: str) -> tuple[str, dict[str, list[str]]]:
    """Status and findings of a sample from the table above."""
    block = next(block for block in FINDINGS.strip().split("\n\n") if block.startswith(f"{name}: "))
    status, *lines = block.removeprefix(f"{name}: ").splitlines()
    cells: dict[str, list[str]] = {}
    for line in lines:
        sheet, *found = re.split(r"\s{2,}", line.strip()) if "  " in line.strip() else ("", line.strip())
        cells[sheet] = found
    return status, cells


def parts(data: bytes) -> dict[str, tuple[Any, ...]]:
    """Content and time stamp of each zip entry; compression is left out, it differs between builds of zlib."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: (entry.date_time, archive.read(entry)) for entry in archive.infolist()}


def test_there_are_fifteen_samples_each_with_its_workbook() -> None:
    assert len(NAMES) == 15
    assert sorted(path.stem for path in SAMPLES.glob("*.xlsx")) == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (RESAVED, MAKER["WEB_PAGE"])])
def test_a_workbook_is_what_its_data_make(name: str) -> None:
    committed, made = parts((SAMPLES / f"{name}.xlsx").read_bytes()), parts(MAKER["made"](name))
    different = [part for part in committed.keys() | made.keys() if committed.get(part) != made.get(part)]
    assert not different, f"{name}.xlsx is out of date, run: {COMMAND}"
    assert list(committed) == list(made)


def test_the_web_page_is_what_its_data_make() -> None:
    name = MAKER["WEB_PAGE"]
    assert (SAMPLES / f"{name}.xlsx").read_bytes() == MAKER["made"](name), f"{name}.xlsx is out of date, run: {COMMAND}"


@by_office(lambda: MAKER["made"](RESAVED))
def test_a_form_saved_by_libreoffice_reads_as_it_was_filled(office: list[Converted]) -> None:
    for result in (processed(office[0].source), processed(office[0].saved)):
        assert result.dossier == sample(RESAVED).dossier, f"{RESAVED}.xlsx is out of date, run: {COMMAND}"
        assert result.findings == sample(RESAVED).findings
        assert result.assessment == sample(RESAVED).assessment


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_exactly_these_findings(name: str) -> None:
    assert (sample(name).status.value, cells_by_sheet(sample(name))) == expected(name)


def test_the_published_dossier_has_its_published_figures() -> None:
    result = sample(DOSSIER)
    assessment = result.assessment
    assert assessment is not None
    assert (assessment.total, assessment.weight, assessment.average) == (Decimal("98.5"), Decimal(100), Decimal("98.5"))
    assert assessment.grade == "优"
    rates = {"in_place": Decimal(1), "execution": Decimal("0.4484"), "use": Decimal("0.4484")}
    assert assessment.rates == rates
    levels = {level.name: level.score for level in assessment.levels if level.level == 1}
    assert levels == {"项目决策": 19, "项目管理": Decimal("24.5"), "项目绩效": 55}
    assert result.count(Severity.ERROR) == 0


@pytest.mark.parametrize("name", [DOSSIER, RESAVED, "海南省商务厅-服务贸易", FIRST, CORRECTED])
def test_a_sample_is_read_as_its_data_say(name: str) -> None:
    assert sample(name).dossier == complete(load_scheme("hainan-2020"), data_of(name))


def test_typed_numbers_are_read_as_they_were_meant_or_not_at_all() -> None:
    meant = data_of(TYPED_NUMBERS)
    meant["basic"] |= {"phone": "（0898）6530 4417", "postcode": "５７１１００"}  # text stays as typed
    meant["funds"]["used"]["provincial"] = None  # 300,80 may be 300.80 or 30080
    assert sample(TYPED_NUMBERS).dossier == complete(load_scheme("hainan-2020"), meant)


@pytest.mark.parametrize("name", SELF_ASSESSED)
def test_a_self_assessment_is_read_as_its_data_say(name: str) -> None:
    assert sample(name).dossier == complete(load_scheme("hainan-2023"), data_of(name))


def test_levels_with_points_behind_them_are_read_without() -> None:
    dossier: Any = sample(CARELESS).dossier
    assert [row["level1"] for row in dossier["indicators"]] == ["产出指标"] * 4 + ["效益指标"] * 3 + ["满意度指标"]


def test_the_published_self_assessment_has_its_published_figures() -> None:
    assessment = sample("省农垦实验中学-学生事务补助").assessment
    assert assessment is not None
    assert [assessment.execution_score, *(one.computed for one in assessment.indicators)] == [
        Decimal(text) for text in ("2.5", "3.85", "0", "30", "10")
    ]
    assert (assessment.total, assessment.grade) == (Decimal("46.35"), "差")


def test_the_corrected_file_takes_the_place_of_the_first() -> None:
    received = settled([sample(name) for name in NAMES])
    became = {Path(one.head.file).stem: one.disposition for one in received}
    others = dict.fromkeys(NAMES, Disposition.USED)
    assert became == others | {FIRST: Disposition.SUPERSEDED, MAKER["WEB_PAGE"]: Disposition.REFUSED}


@pytest.mark.parametrize("name", NAMES)
def test_the_note_names_the_codes_of_a_sample(name: str) -> None:
    note = (SAMPLES / "README.md").read_text("utf-8")
    row = next(line for line in note.splitlines() if line.startswith(f"| {name}.xlsx |"))
    codes = re.findall(r"\b([A-Z]{2}\d\d)(?: ×(\d))?", row.rstrip("| ").split("|")[-1])
    promised = Counter({code: int(count or 1) for code, count in codes})
    assert promised == Counter(found.code for found in sample(name).findings)
