"""Batches for the tests of the summary: files as the reader would have returned them, without a workbook.

`result(...)` is one file; `province(number, seed)` is an inbox of that many projects of both kinds of form, with faults,
submissions that were sent again, copies, files that cannot be read, zeros and blanks.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from forms import GOOD, form_of, patched
from own_scheme import GOOD_2023, SCHEME
from perfxl.batch.onefile import claim_of
from perfxl.dossier import complete
from perfxl.model import FileResult, Finding, Severity, status_of
from perfxl.office.approved import ApprovedList, ApprovedProject
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.results.filed import filed
from perfxl.rules import judge
from perfxl.schemes import load_scheme
from perfxl.summary.batch import Batch
from perfxl.summary.resubmissions import LAST_DAY, Received, settle
from perfxl.summary.roster import hold_against_roster, match_roster, standings

MADE = date(2024, 6, 28)
DEPARTMENTS = ("海南省商务厅", "海南省教育厅", "海南省卫生健康委员会", "海南省交通运输厅", "海南省农业农村厅", "海南省旅游和文化广电体育厅",
               "海南省生态环境厅", "海南省人力资源和社会保障厅", "海南省科学技术厅", "海南省人民政府研究室")  # fmt: skip
UNITS = ("本级", "信息中心", "服务中心", "执法总队", "培训学院", "研究所")
SUBJECTS = ("信息系统运维", "服务贸易创新发展", "基层医疗设备购置", "农村公路养护", "学生事务补助", "空气质量自动监测", "文化惠民演出",
            "耕地地力保护", "科技成果转化", "技能人才培训", "宏观经济监测预警", "口岸查验设施改造")  # fmt: skip


def result(
    dossier: Mapping[str, Any] | None = None,
    file: str = "收件/甲.xlsx",
    modified: str = "2021-05-20T08:00:00Z",
    office: OfficeKnowledge | None = None,
    **changes: Any,
) -> FileResult:
    """The result of a file that holds this dossier, as the office knows the project; `changes` replace what would follow."""
    dossier = GOOD if dossier is None else dossier
    scheme = SCHEME if dossier["scheme"] == SCHEME.id else load_scheme(dossier["scheme"])
    form = form_of(dossier, scheme)
    assessment, found = judge(form, MADE, known=(office or OfficeKnowledge()).about(claim_of(form)))
    findings = tuple(found)
    content = hashlib.sha256(f"{file} {modified} {dossier}".encode()).hexdigest()
    values: dict[str, Any] = {
        "file": file,
        "sha256": content,
        "size": 20000 + len(str(dossier)),
        "modified": modified,
        "scheme": scheme.id,
        "status": status_of(findings),
        "dossier": complete(scheme, dossier),
        "assessment": assessment,
        "findings": findings,
    }
    return FileResult(**{**values, **changes})


def refused(file: str = "收件/坏.xlsx", sha256: str = "") -> FileResult:
    """A file that could not be read."""
    found = Finding("FL03", Severity.ERROR, "工作簿已损坏，无法打开", fix="请重新保存后再报送")
    content = sha256 or hashlib.sha256(file.encode()).hexdigest()
    return FileResult(file, content, 512, "2021-05-21T08:00:00Z", findings=(found,))


def settled(results: Sequence[FileResult]) -> list[Received]:
    """What becomes of these files."""
    return settle(filed(results))


def batch_of(results: Sequence[FileResult], **changes: Any) -> Batch:
    """The batch of these files, settled, without a roster."""
    values: dict[str, Any] = {
        "received": tuple(settled(results)),
        "missing": (),
        "roster_size": None,
        "sources": ("收件",),
        "made": MADE,
        "schemes": (SCHEME,),
    }
    return Batch(**{**values, **changes})


def listed_batch(results: Sequence[FileResult], entries: Sequence[ApprovedProject], **changes: Any) -> Batch:
    """The batch of these files, held against a list."""
    office = OfficeKnowledge(ApprovedList(tuple(entries)))
    judged = [_rejudged(one, office) if one.dossier else one for one in results]
    batch = batch_of(judged, roster_size=len(entries), office=office)
    matches = match_roster((one.head for one in batch.received), office)
    received, missing = hold_against_roster(batch.received, entries, matches)
    stand = standings(entries, received, matches, missing, LAST_DAY)
    values = {"received": tuple(received), "missing": tuple(missing), "standings": tuple(stand)}
    return replace(batch, **values, **changes)


def _rejudged(one: FileResult, office: OfficeKnowledge) -> FileResult:
    assert one.dossier is not None
    known = result(one.dossier, one.file, one.modified, office)
    return replace(one, status=known.status, assessment=known.assessment, findings=known.findings)


def province(number: int, seed: int = 7) -> list[FileResult]:
    """An inbox of so many projects; a larger one begins with the smaller."""
    made = _provinces.setdefault(seed, _Province(random.Random(seed), []))
    while len(made.projects) < number:
        made.projects.append(tuple(_submissions(made.rng, len(made.projects))))
    return [one for submitted in made.projects[:number] for one in submitted]


class _Province(NamedTuple):
    """What was made so far, by project, and the chance that the next will be made with."""

    rng: random.Random
    projects: list[tuple[FileResult, ...]]


_provinces: dict[int, _Province] = {}


def _submissions(rng: random.Random, index: int) -> Iterator[FileResult]:
    """What is submitted for one project."""
    dossier = _small(rng, index) if index % 6 == 5 else _project(rng, index)
    department = dossier["basic"].get("department") or "高校"
    file = f"收件/{department}/{index:04d} {dossier['basic']['project_name']}.xlsx"
    copy = f"out/审核/{index:04d} {dossier['basic']['project_name']}.xlsx"
    first = result(dossier, file, f"2024-0{1 + index % 5}-{1 + index % 27:02d}T09:00:00Z", annotated=copy)
    yield first
    if index % 9 == 4:
        yield result(dossier, file.replace(".xlsx", "（修改）.xlsx"), "2024-06-01T10:00:00Z", annotated=copy)
    if index % 13 == 7:
        yield result(dossier, file.replace(".xlsx", " - 副本.xlsx"), first.modified, sha256=first.sha256)
    if index % 15 == 9:
        yield refused(f"收件/{department}/扫描件{index}.xlsx")


def _project(rng: random.Random, index: int) -> dict[str, Any]:
    """A 2020 dossier; about a third has some fault."""
    department = rng.choice(DEPARTMENTS)
    basic = {
        "project_name": f"{2020 + index % 2}年{SUBJECTS[index % len(SUBJECTS)]}项目{_numeral(index)}",
        "year": 2020 + index % 2,
        "department": department,
        "unit": department + rng.choice(UNITS),
        "evaluation_date": f"{2021 + index % 2}-05-20",
    }
    planned = round(rng.lognormvariate(5, 1.4), 2)
    in_place = planned if rng.random() < 0.8 else round(planned * rng.uniform(0.5, 1), 2)
    used = round(in_place * min(1, rng.betavariate(6, 0.7)), 2)
    dossier = {**GOOD, "basic": {**GOOD["basic"], **basic}, "funds": _funds(rng, planned, in_place, used)}
    dossier["indicators"] = [_scored(rng, row) for row in GOOD["indicators"]]
    total = round(sum(row["score"] or 0 for row in dossier["indicators"]), 2)
    dossier["stated"] = {"total": total, "average": 97, "grade": None}
    if rng.random() < 0.15:
        dossier = patched(dossier, "indicators.3.score", rng.choice([None, 9]))
    if rng.random() < 0.1:
        dossier = patched(dossier, "funds.used.total", rng.choice([None, 0, round(used * 2, 2)]))
    return dossier


def _numeral(index: int) -> str:
    return "" if index < len(SUBJECTS) else f"（第{index // len(SUBJECTS)}批）"


def _funds(rng: random.Random, planned: float, in_place: float, used: float) -> dict[str, Any]:
    """Two sources for some; blank or 0 for the others."""
    columns = {}
    for key, total in (("planned", planned), ("in_place", in_place), ("used", used)):
        local = round(total * rng.choice([0, 0, 0.2, 0.4]), 2)
        columns[key] = {
            "total": total,
            "central": None,
            "provincial": round(total - local, 2),
            "local": local,
            "other": 0,
        }
    return columns


def _scored(rng: random.Random, row: Mapping[str, Any]) -> dict[str, Any]:
    quality = rng.betavariate(9, 1.2)
    return {**row, "score": round(row["weight"] * max(quality, 0.3) * 2) / 2}


def _small(rng: random.Random, index: int) -> dict[str, Any]:
    """A dossier of the form with free indicators, in 元."""
    name = f"46000021T00000000{index:04d}-{SUBJECTS[index % len(SUBJECTS)]}（自评）"
    year = round(rng.uniform(2e4, 9e5), 2)
    spent = round(year * rng.uniform(0.3, 1), 2)
    dossier = patched(GOOD_2023, "basic.project_name", name)
    for row in ("total", "unit"):
        dossier = patched(dossier, f"funds.{row}.full_year", year)
        dossier = patched(dossier, f"funds.{row}.executed", spent)
    return patched(dossier, "indicators.0.score", rng.choice([20, 15.5, 3.85]))
