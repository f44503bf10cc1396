"""What is kept of thousands of results.

* a result comes back from its two parts as it was, as often and in whatever order it is asked for
* the head says what the result says
* beyond a few megabytes the details lie in a nameless file of the folder that was given, and nowhere else
* a folder without room is said in words
"""

import random
from collections import Counter
from pathlib import Path

import pytest

import perfxl.results.filed
from batches import province, refused, result
from perfxl.errors import OutputError
from perfxl.model import Finding, Severity, Status
from perfxl.results.filed import CodeCount, DetailsStore, Results, filed, pack

RESULTS = province(30)


@pytest.mark.parametrize("in_memory", [0, 20_000, 2**20])
def test_results_come_back_as_they_were(in_memory: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.results.filed, "IN_MEMORY", in_memory)
    shelf = DetailsStore(tmp_path)
    kept = []
    for one in RESULTS:
        kept.append(shelf.put(pack(one)))
        at = len(kept) // 2
        assert kept[at].result == RESULTS[at]
    order = list(range(len(kept)))
    random.Random(3).shuffle(order)
    assert [kept[n].result for n in order] == [RESULTS[n] for n in order]
    assert [one.kept.findings for one in kept] == [one.findings for one in RESULTS]
    assert list(tmp_path.iterdir()) == []


def test_results_are_a_sequence() -> None:
    results = Results(filed(RESULTS))
    assert list(results) == RESULTS
    assert results[-1] == RESULTS[-1]
    assert list(results[2:5]) == RESULTS[2:5]
    assert [head.file for head in results.heads] == [one.file for one in RESULTS]


def test_a_head_says_what_the_result_says() -> None:
    for one in RESULTS:
        head = pack(one).head
        assert [head.count(severity) for severity in Severity] == [one.count(severity) for severity in Severity]
        assert head.count() == len(one.findings)
        assert head.codes == {found.code for found in one.findings}
        assert (head.total, head.grade) == (
            (one.assessment.total, one.assessment.grade) if one.assessment else (None, None)
        )
    assert pack(refused()).head.refusal == "FL03 工作簿已损坏，无法打开"


def test_a_head_with_further_findings() -> None:
    head = pack(result()).head.with_added(
        [Finding("XF01", Severity.INFO, "甲"), Finding("XF03", Severity.WARNING, "乙")]
    )
    assert Counter(head.found) == Counter([CodeCount("XF01", Severity.INFO, 1), CodeCount("XF03", Severity.WARNING, 1)])
    assert (head.count(Severity.ERROR), head.count(Severity.WARNING), head.count(Severity.INFO)) == (0, 1, 1)


def test_other_details_have_another_digest() -> None:
    digests = {pack(one).head.digest for one in RESULTS}
    assert len(digests) == len({str((one.dossier, one.assessment, one.findings)) for one in RESULTS})


def test_without_room_it_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.results.filed, "IN_MEMORY", 10)
    with pytest.raises(OutputError, match="处理结果无处暂存"):
        DetailsStore(tmp_path / "gone").put(pack(result()))


def test_where_nothing_may_be_written_all_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", None)
    monkeypatch.setattr(perfxl.results.filed, "IN_MEMORY", 10)
    shelf = DetailsStore()
    assert [shelf.put(pack(one)).head.status for one in RESULTS[:5]] == [one.status for one in RESULTS[:5]]
    assert Status.ACCEPTED in {one.status for one in RESULTS[:5]}
