"""What offices have from an earlier release: copies that version 0.1.0 annotated (data/README.md)."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from opened import load_workbook
from perfxl.batch.onefile import process_file
from perfxl.results.jobs import Conditions, Job
from perfxl.writeback.reviewed import keep_reviewed

DATA, SAMPLES = Path(__file__).parent / "data", Path(__file__).parent.parent / "samples"
REVIEWED, PLAIN = DATA / "0.1.0-hainan-2020-reviewed.xlsx", DATA / "0.1.0-hainan-2023.xlsx"
CONDITIONS = Conditions(date(2024, 6, 28))


@pytest.mark.parametrize(
    ("copy", "sample"), [(REVIEWED, "海南省公益林中心-林业补助.xlsx"), (PLAIN, "屯昌县农业农村局-土壤检测.xlsx")]
)
def test_such_a_copy_reads_as_the_form_that_it_is_of(copy: Path, sample: str, tmp_path: Path) -> None:
    (one,) = process_file(Job(copy, copy.name, CONDITIONS, annotated=tmp_path / "again.xlsx"))
    (other,) = process_file(Job(SAMPLES / sample, sample, CONDITIONS))
    assert (one.dossier, one.assessment) == (other.dossier, other.assessment)
    assert [(f.code, f.sheet, f.cell) for f in one.findings] == [(f.code, f.sheet, f.cell) for f in other.findings]
    titles = load_workbook(tmp_path / "again.xlsx").sheetnames
    assert [title for title in titles if title.startswith("审核结果")] == ["审核结果"]


def test_the_reviewers_words_in_it_are_not_replaced(tmp_path: Path) -> None:
    target = Path(shutil.copy(REVIEWED, tmp_path / "表.xlsx"))
    kept = keep_reviewed(target)
    assert kept is not None
    assert kept.read_bytes() == REVIEWED.read_bytes()
    assert keep_reviewed(Path(shutil.copy(PLAIN, target))) is None


def test_a_copy_of_which_the_reader_dies_counts_as_written_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """As the fast reader's language gives a panic to Python."""

    def panic(*_: object, **__: object) -> None:
        raise PanicException("index out of bounds")

    target = Path(shutil.copy(PLAIN, tmp_path / "表.xlsx"))
    monkeypatch.setattr("perfxl.reading.grid.pd.ExcelFile", panic)
    assert keep_reviewed(target) == tmp_path / "表（已复核1）.xlsx"
