"""Fills a folder with what a province sends in: `python benchmarks/workload.py FOLDER COUNT [SEED]`.

COUNT forms of many projects, the same for the same seed: about a third with faults, some typed as people type, some sent
again or twice, one in six on the form of 2023; and beside them, one for fifty, files that are no forms or damaged.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "samples"))

from make_samples import filled, typed_over

from forms import GOOD, patched
from perfxl.dossier import flatten
from perfxl.layout import place
from perfxl.schemes import load_scheme

SAMPLES = Path(__file__).parents[1] / "samples"
KINDS = 120
"""Different fillings; every further project takes one of them under a name of its own."""
NAME = "某某项目名称待定"
"""Stands in a filling for the project's name."""
OFFICES = ("商务厅", "教育厅", "卫生健康委", "交通运输厅", "农业农村厅", "生态环境厅", "科学技术厅", "水务厅", "文物局")
SUBJECTS = ("信息系统运维", "服务贸易发展", "医疗设备购置", "农村公路养护", "空气质量监测", "文化惠民演出", "成果转化")
SUCCESSOR = json.loads((SAMPLES / "海南省图书馆-读者服务.json").read_text("utf-8"))
Dossier = dict[str, Any]

FAULTS: tuple[Callable[[Dossier], Dossier], ...] = (
    lambda dossier: patched(dossier, "funds.used.total", dossier["funds"]["used"]["total"] * 2),
    lambda dossier: patched(dossier, "funds.planned.provincial", 1),
    lambda dossier: patched(dossier, "indicators.3.score", 9),
    lambda dossier: patched(dossier, "indicators.12.score", None),
    lambda dossier: patched(dossier, "stated.total", 99),
    lambda dossier: patched(dossier, "stated.grade", "中"),
    lambda dossier: patched(dossier, "targets.1.actual", None),
    lambda dossier: patched(dossier, "basic.phone", "570203"),
    lambda dossier: patched(dossier, "report.conclusion", "自评得分88分，总体评价为良。"),
    lambda dossier: patched(dossier, "report.results", None),
)
ODDITIES: tuple[Mapping[str, str | float], ...] = (
    {"项目基本信息表!basic.phone": "（0898）6530 4417", "项目基本信息表!funds.planned.central": "无"},
    {"项目基本信息表!funds.used.total": "=142"},
    {"评价指标评分表!indicators.4.score": "６", "评价人员!reviewers.1.score": "97 分"},
    {"评价指标评分表!stated.total": "97分"},
)
BROKEN: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("网页.xlsx", lambda form: b"<html><table><tr><td>1</td></tr></table></html>"),
    ("传输中断.xlsx", lambda form: form[: len(form) // 2]),
    ("空文件.xlsx", lambda form: b""),
    ("坏字节.xlsx", lambda form: form[:4000] + b"\x00" * 500 + form[4500:]),
    ("说明.pdf", lambda form: b"%PDF-1.7\n"),
)


def fill(folder: Path, count: int, seed: int = 1) -> None:
    """Writes the files of so many forms into a folder."""
    rng = random.Random(seed)
    forms = [_filling(random.Random(f"{seed} {kind}"), kind) for kind in range(min(count, KINDS))]
    for name, data in islice(_inbox(forms, rng), count):
        _write(folder / name, data)
    for number in range(count // 50):
        name, spoil = BROKEN[number % len(BROKEN)]
        _write(folder / OFFICES[number % len(OFFICES)] / f"{number:05}{name}", spoil(forms[number % len(forms)]))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _inbox(forms: list[bytes], rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Forms without end, each with the name of its file: one for each project, some again."""
    number = 0
    while True:
        office = OFFICES[number % len(OFFICES)]
        project = f"{SUBJECTS[number % len(SUBJECTS)]}（第{number + 1}项）"
        data = named(forms[number % len(forms)], project)
        yield f"{office}/{project}.xlsx", data
        if rng.random() < 0.08:
            yield f"{office}/{project}（修改）.xlsx", named(forms[(number + 7) % len(forms)], project)
        if rng.random() < 0.03:
            yield f"{office}/{project} - 副本.xlsx", data
        number += 1


def _filling(rng: random.Random, kind: int) -> bytes:
    """One filled form, its project not named yet."""
    if kind % 6 == 5:
        return _written(_successor(rng))
    dossier = _dossier(rng)
    if rng.random() < 0.35:
        dossier = rng.choice(FAULTS)(dossier)
    odd = rng.choice(ODDITIES) if rng.random() < 0.15 else {}
    return _written(dossier, odd)


def _dossier(rng: random.Random) -> Dossier:
    planned = round(rng.lognormvariate(5, 1.2), 2)
    used = round(planned * rng.choice([1, 0.98, 0.95, 0.7, 0.4]), 2)
    dossier = patched(GOOD, "basic.project_name", NAME)
    for key, amount in (("planned", planned), ("in_place", planned), ("used", used)):
        dossier["funds"][key] |= {"total": amount, "provincial": amount}
    for row in dossier["indicators"]:
        row["score"] = round(row["weight"] * max(rng.betavariate(9, 1), 0.4) * 2) / 2
    dossier["stated"]["total"] = sum(row["score"] for row in dossier["indicators"])
    for key, text in dossier["report"].items():
        dossier["report"][key] = text * rng.randint(1, 4)
    return dossier


def _successor(rng: random.Random) -> Dossier:
    dossier = patched(SUCCESSOR, "basic.project_name", NAME)
    return patched(dossier, "indicators.0.score", rng.choice([5, 10, dossier["indicators"][0]["score"]]))


def _written(dossier: Dossier, odd: Mapping[str, str | float] | None = None) -> bytes:
    scheme = load_scheme(dossier["scheme"])
    book = filled(scheme, dossier)
    return typed_over(book, place(scheme, flatten(scheme, dossier)), odd) if odd else book


def named(form: bytes, project: str) -> bytes:
    """The filling as the form of one project."""
    target = BytesIO()
    with ZipFile(BytesIO(form)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry).replace(NAME.encode(), project.encode()))
    return target.getvalue()


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
