"""What is proved of the door (issue: any file an agency or a stranger may mail in).

* Every file of the hostile corpus is refused with its code or accepted, and nothing else happens.
* What is accepted does not stop the fast reader's process or fill the memory.
* The facts (uncalculated formulas, errors, states, dates, findings) are those of the file.
* A workbook changed anywhere in its XML is accepted or refused with a code; limits can be changed.
* The ways through a part, by bytes and by events, come to the same facts.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examples import times
from goodbook import SHEET, STRINGS, TYPES, cell, edited, good, pack, parts, row, with_sheet
from hostile import Case, StoredCase
from hostile_bytes import ods, ole
from perfxl.door.inspect import Facts, Limits, inspect
from perfxl.door.limits import TITLES
from perfxl.errors import RefusedError
from sharing import shared_folder

MEMORY_MB = 600
DOOR_MB = 300
"""A part of 90 MB unpacked, and once more while zlib joins its pieces."""

CODES = {"FL01", "FL02", "FL03", "FL04", "FL05", "FL08"}
READ_ONE = """
import io, sys, python_calamine
try:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)
except python_calamine.CalamineError as error:
    print(error)
with open("/proc/self/status") as status:
    print(*(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")))
"""
INSPECT_ALL = """
import json, sys
from pathlib import Path
from perfxl.errors import RefusedError
from perfxl.door.inspect import inspect
outcomes = []
for name in json.load(sys.stdin):
    try:
        inspect(Path(name).read_bytes())
        outcomes.append(None)
    except RefusedError as error:
        outcomes.append([error.code, error.message, error.fix, error.expected])
peak = 0
if Path("/proc/self/status").exists():
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps([outcomes, peak]))
"""


def outcome(data: bytes, **limits: int) -> str | None:
    """The code of the refusal, None where the file is accepted."""
    try:
        inspect(data, Limits(**limits))
    except RefusedError as error:
        return error.code
    return None


class Refusal(NamedTuple):
    """What the door says of a file that it turns away."""

    code: str
    message: str
    fix: str
    expected: str


@dataclass(frozen=True)
class Inspected:
    """The corpus with the refusal of each file, None where it is accepted, and the peak memory of the process in MB."""

    outcomes: list[tuple[StoredCase, Refusal | None]]
    peak: int


@pytest.fixture(scope="module")
def inspected(corpus: list[StoredCase], tmp_path_factory: pytest.TempPathFactory) -> Inspected:
    """What becomes of the corpus in a process that does nothing but inspect its files one after the other."""

    def fill(folder: Path) -> None:
        names = json.dumps([str(case.path) for case in corpus])
        command = [sys.executable, "-c", INSPECT_ALL]
        run = subprocess.run(command, input=names.encode(), capture_output=True, timeout=300, check=True)
        (folder / "outcomes.json").write_bytes(run.stdout)

    answer = (shared_folder(tmp_path_factory, "inspected", fill) / "outcomes.json").read_text("utf-8")
    outcomes, peak = json.loads(answer)
    refusals = [Refusal(*one) if one else None for one in outcomes]
    return Inspected(list(zip(corpus, refusals, strict=True)), peak)


def test_every_file_of_the_corpus_has_its_outcome(inspected: Inspected) -> None:
    codes = [(case, error.code if error else None) for case, error in inspected.outcomes]
    assert [(case.name, case.codes, code) for case, code in codes if code not in case.codes] == []
    assert len({case.name for case, _ in codes}) == len(codes) > 200


def test_every_refusal_can_be_passed_on(inspected: Inspected) -> None:
    assert [error for _, error in inspected.outcomes if error and not is_passable(error)] == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_the_door_itself_stays_small(inspected: Inspected) -> None:
    assert 0 < inspected.peak < DOOR_MB


def is_passable(error: Refusal) -> bool:
    """Whether a clerk can pass a refusal on: Chinese sentences that say what is wrong, what is expected, what to do."""
    sentences = re.fullmatch("[\u4e00-\u9fff].*。", error.message) and re.search("[\u4e00-\u9fff].*。$", error.fix)
    return bool(sentences) and bool(error.expected)


def test_no_accepted_file_stops_the_fast_reader_or_fills_the_memory(inspected: Inspected) -> None:
    accepted = [case for case, error in inspected.outcomes if error is None]
    assert len(accepted) > 30
    assert [(case.name, problem) for case in accepted if (problem := reading_problem(case))] == []


def reading_problem(case: StoredCase) -> str:
    """Reads a file in a process of its own; empty where that ended well, or with an error where none is promised."""
    content = case.path.read_bytes()
    run = subprocess.run([sys.executable, "-c", READ_ONE], input=content, capture_output=True, timeout=60, check=False)
    *errors, peak = run.stdout.decode().split("\n")[:-1] or [""]
    if run.returncode or int(peak) > MEMORY_MB:
        return f"exit {run.returncode}, {peak} MB"
    return "".join(errors) if case.codes == {None} else ""


def facts_of(rows: bytes) -> Facts:
    return inspect(with_sheet(rows))


def test_formulas_without_stored_value_are_listed() -> None:
    rows = row(
        2,
        b'<c r="A2"><f>1</f></c><c r="B2"><f>1</f><v></v></c><c r="C2"><f>1</f><v/></c><c r="D2"><f>1</f><v>0</v></c>',
        b'<c r="E2" t="str"><f>""</f><v></v></c><c r="F2"><v></v></c><c r="G2"><f t="shared" si="0"/><v>1</v></c>',
        b'<c r="H2" t="str"><f>1</f></c>',
    )
    assert facts_of(rows).sheets[0].uncalculated == {"A2", "B2", "C2", "H2"}


def test_errors_are_listed_with_their_values() -> None:
    rows = row(
        3, b'<c r="A3" t="e"><v>#REF!</v></c><c r="AB3" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="AC3"><v>1</v></c>'
    )
    sheet = facts_of(rows).sheets[0]
    assert sheet.errors == {"A3": "#REF!", "AB3": "#DIV/0!"}
    assert sheet.uncalculated == frozenset()


def test_addresses_are_those_of_the_fast_reader() -> None:
    error = b'<c t="e"><v>#N/A</v></c>'
    rows = b'<row r="3"><c r="C3"><v>1</v></c>' + error + b"</row><row/><row><c/>" + error + b"</row>"
    assert facts_of(rows).sheets[0].errors == {"D3": "#N/A", "B5": "#N/A"}


def test_sheets_come_with_name_part_and_state() -> None:
    data = edited("xl/workbook.xml", b'sheetId="2"', b'sheetId="2" state="veryHidden"')
    sheets = [(sheet.name, sheet.part, sheet.state) for sheet in inspect(data).sheets]
    assert sheets == [("基本情况", SHEET, "visible"), ("资金", "xl/worksheets/sheet2.xml", "veryHidden")]


def test_only_wanted_sheets_are_scanned() -> None:
    data = with_sheet(row(1, b'<c r="A1"><f>1</f></c>') + row(1048576, cell("XFD1048576")))
    assert outcome(data) == "FL04"
    assert inspect(data, sheets={"资金"}).sheets[0].uncalculated == frozenset()


def test_the_time_of_the_last_change_is_told_or_empty() -> None:
    assert inspect(good()).modified == "2021-05-20T00:00:00Z"
    for stamp in (b"yesterday", b"", b"2021-99-99T00:00:00Z"):
        assert (
            inspect(
                edited("docProps/core.xml", b">2021-05-20T00:00:00Z</dcterms:m", b">" + stamp + b"</dcterms:m")
            ).modified
            == ""
        )
    assert inspect(pack({"docProps/core.xml": b"<nonsense"})).modified == ""


EXTERNAL = ("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
DDE = ("xl/externalLinks/externalLink2.xml", b"<externalLink><ddeLink/></externalLink>")


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ([], []),
        ([("xl/vbaProject.bin", b"x")], ["FL07"]),
        ([EXTERNAL], ["FL10"]),
        ([EXTERNAL, DDE], ["FL10"]),
        ([("_xmlsignatures/sig1.xml", b"<a/>"), ("_xmlsignatures/origin.sigs", b"")], ["FL11"]),
    ],
)
def test_findings_that_do_not_refuse(extra: list[tuple[str, bytes]], expected: list[str]) -> None:
    assert [finding.code for finding in inspect(pack(extra=extra)).notices] == expected


def test_dde_is_named() -> None:
    assert "DDE" in inspect(pack(extra=[DDE])).notices[0].message
    assert "DDE" not in inspect(pack(extra=[EXTERNAL])).notices[0].message


def test_kinds() -> None:
    macro = parts()[TYPES].replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    assert inspect(good()).kind == "xlsx"
    assert inspect(pack({TYPES: macro})).kind == "xlsm"
    legacy = {case.name: inspect(case.data) for case in cases_named("xls", "ods")}
    assert {name: facts.kind for name, facts in legacy.items()} == {"xls": "xls", "ods": "ods"}
    assert [finding.code for facts in legacy.values() for finding in facts.notices] == ["FL06", "FL06"]


def cases_named(*names: str) -> list[Case]:
    return [Case(*made) for made in chain(ods(), ole()) if made[0] in names]


@pytest.mark.parametrize(
    ("limit", "allowed"),
    [
        ("file_bytes", 1000),
        ("entries", 5),
        ("part_bytes", 500),
        ("total_bytes", 5000),
        ("sheets", 1),
        ("cells", 40),
        ("box", 50),
        ("text", 5),
        ("total_text", 50),
        ("strings", 10),
        ("merges", 1),
        ("merged_area", 5),
        ("styles", 3),
        ("comments", 1),
        ("comment_text", 2),
        ("validations", 1),
        ("hyperlinks", 1),
        ("elements", 20),
        ("attributes", 2),
        ("depth", 2),
    ],
)
def test_a_limit_can_be_lowered_and_is_named(limit: str, allowed: int) -> None:
    assert outcome(good(), **{limit: allowed}) == "FL04"
    with pytest.raises(RefusedError) as refused:
        inspect(good(), Limits(**{limit: allowed}))
    assert TITLES[limit] in refused.value.message
    assert refused.value.expected == f"不超过 {allowed:,}"


def test_an_endless_tag_is_refused_before_it_is_taken_apart() -> None:
    data = with_sheet(b'<row r="1" s="' + b"1" * 30_000 + b'"/>')
    assert outcome(data) is None
    assert outcome(data, tag=20_000) == "FL04"


def test_a_limit_can_be_raised() -> None:
    data = with_sheet(row(1, cell("A1")) + row(4_000, cell("ZZ4000")))
    assert outcome(data, box=1_000_000) == "FL04"
    assert outcome(data, box=10_000_000) is None


def test_events_and_regular_expression_agree() -> None:
    """An empty comment before the root sends every row through expat."""
    rows = b"".join(
        row(
            r,
            cell(f"A{r}"),
            b'<c r="B%d" t="s"><v>0</v></c>' % r,
            b'<c r="C%d" s="1"/>' % r,
            b'<c r="D%d"><f>1</f></c>' % r,
        )
        for r in range(1, 30)
    )
    plain = with_sheet(rows)
    slow = with_sheet(b"<!---->" + rows)
    assert inspect(plain) == inspect(slow)
    for limit in ("cells", "box", "total_text"):
        counts = [smallest_allowed(data, limit) for data in (plain, slow)]
        assert counts[0] == counts[1], limit


def smallest_allowed(data: bytes, limit: str) -> int:
    low, high = 0, 100_000
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if outcome(data, **{limit: middle}) is None else (middle + 1, high)
    return low


PARTS = sorted(name for name in parts() if name.endswith((".xml", ".rels")))
FRAGMENTS = (
    b'|<|>|&|"|</row>|<row>|<c/>|<v>1</v>|<f/>| r="A1"| t="e"|<!--|-->|<!DOCTYPE a>|<![CDATA[|]]>|<?a?>'
    b"|\0|\xff|\xef\xbf\xbf|&#0;|1e999|99999999999"
).split(b"|")


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, bytes]:
    """One to three parts of the good workbook with pieces replaced, moved or doubled."""
    changes = {}
    for name in draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3, unique=True)):
        content = parts()[name]
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        new = draw(st.sampled_from(FRAGMENTS) | st.binary(max_size=6) | st.just(content[start:end] * 2))
        changes[name] = content[:start] + new + content[end:]
    return changes


@st.composite
def rewritten_tags(draw: st.DrawFn) -> dict[str, bytes]:
    """A part of the good workbook with one tag taken out, doubled or swapped for another, or written another way."""
    name = draw(st.sampled_from([SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml"]))
    tokens = re.findall(rb"<[^>]*>|[^<]+", parts()[name])
    first, second = draw(st.integers(0, len(tokens) - 1)), draw(st.integers(0, len(tokens) - 1))
    token = tokens[first]
    rewritten = [token.replace(b'"', b"'"), token.replace(b" ", b"\n"), re.sub(rb"^<(/?)", rb"<\1q:", token)]
    tokens[first] = draw(st.sampled_from([b"", token * 2, tokens[second], *rewritten]))
    return {name: b"".join(tokens)}


@times(10)
@given(mutated() | rewritten_tags())
@example({})
def test_a_changed_workbook_is_accepted_or_refused(changes: dict[str, bytes]) -> None:
    assert outcome(pack(changes)) in CODES | {None}


def facts_or_code(changes: dict[str, bytes]) -> Facts | str:
    try:
        return inspect(pack(changes))
    except RefusedError as error:
        return error.code


@times(10)
@given(mutated() | rewritten_tags())
@example({})
def test_what_is_found_without_events_is_what_events_tell(changes: dict[str, bytes]) -> None:
    """A comment before the root sends a whole part through events."""
    followed = {name: parts()[name] for name in PARTS} | changes
    followed = {name: content.replace(b"?>", b"?><!---->", 1) for name, content in followed.items()}
    assert facts_or_code(changes) == facts_or_code(followed)


@times(10)
@given(st.integers(0, len(good())), st.binary(min_size=1, max_size=8))
def test_a_changed_archive_is_accepted_or_refused(position: int, new: bytes) -> None:
    data = good()[:position] + new + good()[position + len(new) :]
    assert outcome(data) in CODES | {None}


@times(10)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<?xml"]),
)
def test_anything_else_is_refused(tail: bytes, head: bytes) -> None:
    assert outcome(head + tail) in CODES
