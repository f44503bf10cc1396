"""Word documents and their text are read as workbooks are.

* the published dossier's text gives what the workbook of samples/ gives, findings at the same cells
* the same of a document with all that happens to documents: cut tables, nested tables, plain headings, tracked changes
* read(report(x)) == x, whatever x says, and after LibreOffice has saved the document
* hostile documents are refused with their code; what is no form is passed over
* of a workbook and a document the newer counts, on ties the workbook; where they differ, it is said
"""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfxl
import perfxl.door.olddocuments
from batches import result, settled
from dossiers import dossiers, is_plain
from forms import GOOD, TODAY, patched
from office import Converted, by_office, has_office
from perfxl.batch.onefile import process_file
from perfxl.door.inspect import inspect, inspect_text
from perfxl.door.limits import Limits
from perfxl.door.wordsight import WordSight
from perfxl.dossier import complete, dossier_of
from perfxl.errors import RefusedError
from perfxl.model import FileResult, Form, Status
from perfxl.reading.documentlines import lines_of_text
from perfxl.reading.reader import Reading, read_forms
from perfxl.reading.wordlines import lines_of_document
from perfxl.report.document import write_dossier
from perfxl.report.wordxml import word_text
from perfxl.results.jobs import Conditions, Job
from perfxl.rules import judge
from perfxl.schemes import load_scheme
from perfxl.schemes.spec import Scheme
from perfxl.system import libreoffice
from perfxl.system.libreoffice import ConversionError
from perfxl.typed.amounts import plain
from worddocs import HEAD, NAMESPACES, RELATIONS, cell, document, messy, par, row, run, table, text_box
from workbooks import form_bytes, read_bytes

SAMPLES = Path(__file__).parent.parent / "samples"
PUBLISHED = SAMPLES / "海南省商务厅-信息系统运维.xlsx"
DOSSIER: dict[str, Any] = json.loads(PUBLISHED.with_suffix(".json").read_text("utf-8"))
FORMS = sorted(SAMPLES.glob("*.xlsx")) + sorted((SAMPLES.parent / "more_samples").glob("*.xlsx"))
UNREADABLE = ("三亚市水务局-河道清淤.xlsx",)


def read_document(data: bytes, scheme: Scheme | None = None) -> Reading:
    (reading,) = read_forms(data, inspect(data), [scheme] if scheme else None)
    return reading


def processed(path: Path, asked: bool = False, annotated: Path | None = None) -> FileResult:
    (result,) = process_file(Job(path, path.name, Conditions(TODAY), asked=asked, annotated=annotated))
    return result


def places(result: FileResult) -> list[tuple[str, str, str]]:
    return [(found.code, found.sheet, found.cell) for found in result.findings]


def as_document(form: Form) -> bytes:
    with TemporaryDirectory() as folder:
        target = Path(folder, "文档.docx")
        write_dossier(form, *judge(form, TODAY), target, TODAY)
        return target.read_bytes()


# -- the dossier as text ----------------------------------------------------------------------------------------------


def as_text(data: bytes) -> str:
    """A document as some programs export it: a cell a line with a tab before it, a blank line behind each row."""
    facts = inspect(data)
    assert facts.parts is not None
    lines: list[str] = []
    for line in lines_of_document(facts.parts, facts.document):
        if line.table:
            last = max(line.cells)
            lines += [f"\t{line.cells.get(column, '')}" for column in range(1, last + 1)] + [""]
        else:
            lines += ["", line.first]
    return "\n".join(lines)


def test_the_text_of_the_dossier_gives_what_its_workbook_gives(tmp_path: Path) -> None:
    path = tmp_path / "dossier.txt"
    path.write_text(as_text(messy(DOSSIER)), "utf-8")
    result, of_workbook = processed(path, asked=True), processed(PUBLISHED)
    assert result.dossier == of_workbook.dossier == complete(load_scheme("hainan-2020"), DOSSIER)
    assert result.assessment == of_workbook.assessment
    assert places(result) == [("FL06", "", ""), *places(of_workbook)]


def test_a_year_that_only_the_name_says_is_taken_and_said(tmp_path: Path) -> None:
    text = as_text(messy(DOSSIER)).partition("项目绩效目标表")
    path = tmp_path / "dossier.txt"
    path.write_text("".join(text[1:]), "gb18030")
    result = processed(path, asked=True)
    assert result.dossier == processed(PUBLISHED).dossier
    assert [found for found in places(result) if found[0] in ("FL06", "ST16")] == [
        ("FL06", "", ""),
        ("ST16", "项目绩效目标表", "I2"),
    ]


def test_cells_on_one_line_are_a_row_too() -> None:
    lines = lines_of_text("一、项目概况\n\n甲\t乙\n丙\t\t丁\n\n\t一\n续\n\t\n\t二\n尾\n")
    assert [(line.table, dict(line.cells)) for line in lines] == [
        (0, {1: "一、项目概况"}),
        (1, {1: "甲", 2: "乙"}),
        (1, {1: "丙", 3: "丁"}),
        (1, {1: "一\n续", 3: "二\n尾"}),
    ]


def test_a_text_is_read_where_it_was_asked_for_and_passed_over_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "说明.txt"
    path.write_text("各单位请于5月20日前报送。", "utf-8")
    assert [found.code for found in processed(path, asked=True).findings] == ["ST01"]
    assert processed(path).passed == "纯文本"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a\x00b", b"\x81\xff\xff"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError, match="FL01"):
        inspect_text(data, Limits())


# -- documents as people make them ------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_framed", [False, True])
def test_a_messy_document_gives_what_the_workbook_gives(is_framed: bool, tmp_path: Path) -> None:
    path = tmp_path / "材料.docx"
    path.write_bytes(messy(DOSSIER, is_framed))
    result, of_workbook = processed(path), processed(PUBLISHED)
    assert (result.dossier, result.assessment) == (of_workbook.dossier, of_workbook.assessment)
    notices = [("FL06", "", ""), *[("FL21", "", "")] * 2, *[("FL22", "", "")] * 2]
    assert places(result) == [*notices, *places(of_workbook)]
    said = [found.message for found in result.findings[1:5]]
    assert said == [
        "文档开着修订，有 2 处改动：按接受修订以后的文字读取",
        "文档里有 1 处隐藏的文字（“99”），没有读取",
        "文档里有 1 条批注，没有作为填报内容读取：“李会计：含上年结转”",
        "文档里有 1 条脚注，没有作为填报内容读取：“见支付凭证”",
    ]


def altered(data: bytes, *changes: tuple[str, str]) -> bytes:
    """A document with other words in its text."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(target, "w") as packed:
        for name in parts.namelist():
            text = parts.read(name)
            for before, after in changes if name == "word/document.xml" else ():
                assert before.encode() in text
                text = text.replace(before.encode(), after.encode())
            packed.writestr(name, text)
    return target.getvalue()


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ([(">主管部门<", ">主 管 部 门<"), (">邮编<", ">邮编：<")], []),
        ([("注：以预算批复的绩效目标为准填列。", "")], []),
        ([(">项目基本信息表<", ">附件2　项目基本信息表<"), (">项目绩效目标表<", ">附件1<")], []),
        (
            [
                (">项目基本信息表<", "><"),
                (">项目绩效目标表<", "><"),
                (">三、评价人员<", "><"),
                ("财政支出项目绩效评价报告", ""),
            ],
            [],
        ),
        ([(">87.44<", ">８７．４４<")], ["ST09"]),
    ],
)
def test_words_around_the_tables_do_not_matter(changes: list[tuple[str, str]], codes: list[str]) -> None:
    read = read_document(altered(messy(DOSSIER), *changes))
    assert dossier_of(read.form) == complete(load_scheme("hainan-2020"), DOSSIER)
    assert [found.code for found in read.findings] == codes


def test_rows_below_no_heading_are_said_to_be_unread() -> None:
    lost = [("姓  名", "称呼"), ("职务/职称", "身份"), ("单   位", "何处"), ("项目评分", "打分"), ("签 字", "画押")]
    read = read_document(altered(messy(DOSSIER), *lost))
    assert dossier_of(read.form)["reviewers"] == []
    (found,) = [found for found in read.findings if found.code == "ST17"]
    assert found.message.startswith("文档的表格里有 3 行没有读到：“称呼、身份、何处、打分、画押”；“谭国伟、主任、")


def test_the_copy_of_a_document_is_the_standard_workbook(tmp_path: Path) -> None:
    path, copy = tmp_path / "材料.docx", tmp_path / "审核" / "材料.xlsx"
    path.write_bytes(messy(DOSSIER))
    result = processed(path, annotated=copy)
    again = read_forms(copy.read_bytes(), inspect(copy.read_bytes()))[0].form
    assert dossier_of(again) == result.dossier
    assert {found.cell: again.sheets.get(found.sheet) for found in result.findings if found.cell}[
        "F8"
    ] == "项目基本信息表"
    assert again.cell("funds.used.total").address == "F8"


def lines_in(body: str) -> list[tuple[int, dict[int, str]]]:
    data = document(body)
    facts = inspect(data)
    assert facts.parts is not None
    return [(line.table, dict(line.cells)) for line in lines_of_document(facts.parts, facts.document)]


W14 = "<w:r><w:sym w:font='Wingdings 2' w:char='F052'/></w:r>"


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (run("甲") + "<w:r><w:tab/><w:t>乙</w:t></w:r>", "甲\t乙"),
        (run("10") + run("2", '<w:vertAlign w:val="superscript"/>'), "10²"),
        (run("10") + run("2", '<w:vertAlign w:val="subscript"/>'), "10₂"),
        (run("a10") + run("2", '<w:vertAlign w:val="baseline"/>'), "a102"),
        (f"<w:bdo w:val='rtl'>{run('241')}</w:bdo>", "\u202e241\u202c"),
        (f"<w:bdo w:val='ltr'>{run('142')}</w:bdo>", "142"),
        (run("500", '<w:rFonts w:ascii="Wingdings"/>'), "\ufffd\ufffd\ufffd"),
        (run("500", '<w:rFonts w:ascii="宋体"/>'), "500"),
        (run("80", "<w:strike/>") + run("87"), "87"),
        (run("80", '<w:strike w:val="0"/>'), "80"),
        (f"<w:ins w:id='1'>{run('新')}</w:ins><w:del w:id='2'>{run('旧')}</w:del>", "新"),
        (f"<w:moveFrom w:id='1'>{run('旧')}</w:moveFrom><w:moveTo w:id='2'>{run('新')}</w:moveTo>", "新"),
        (f"<w:hyperlink>{run('网址')}</w:hyperlink>", "网址"),
        (f"<w:sdt><w:sdtContent>{run('控件')}</w:sdtContent></w:sdt>", "控件"),
        ("<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>", "☑"),
        ("<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox><w:default w:val='0'/></w:checkBox></w:ffData></w:fldChar></w:r>", "☐"),
        (
            "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='优'/>"
            "<w:listEntry w:val='良'/></w:ddList></w:ffData></w:fldChar></w:r>",
            "良",
        ),
        (W14 + run("是"), "☑是"),
        (run("\uf0fc", '<w:rFonts w:ascii="Wingdings"/>'), "√"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("3"), "3"),
        (run("核算", '<w:rStyle w:val="ComputedFigure"/>') + run("填报"), "填报"),
        ("<w:r><w:noBreakHyphen/><w:t>5</w:t></w:r>", "-5"),
    ],
)  # fmt: skip
def test_what_a_paragraph_says(runs: str, text: str) -> None:
    assert lines_in(par(runs=runs)) == [(0, {1: text})]


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ([row("甲", cell("乙", 2)), row("丙", "丁", "戊")], [{1: "甲", 2: "乙"}, {1: "丙", 2: "丁", 3: "戊"}]),
        (
            [row(cell("甲", 1, "restart"), "乙"), row(cell("看不见", 1, "continue"), "丙")],
            [{1: "甲", 2: "乙"}, {2: "丙"}],
        ),
        (["<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>" + cell("乙") + "</w:tr>"], [{2: "乙"}]),
        (["<w:tr><w:trPr><w:del w:id='1'/></w:trPr>" + cell("删") + "</w:tr>", row("甲")], [{1: "甲"}]),
        (["<w:tr><w:trPr><w:hidden/></w:trPr>" + cell("藏") + "</w:tr>", row("甲")], [{1: "甲"}]),
    ],
)
def test_what_the_rows_of_a_table_say(rows: list[str], cells: list[dict[int, str]]) -> None:
    assert lines_in(table([1000, 1000, 1000], rows)) == [(1, one) for one in cells]


def test_columns_that_differ_by_a_hair_are_one() -> None:
    above = row(cell("指标", 2), "分值")
    below = row("甲", cell("5", 2))
    assert lines_in(table([1000, 40, 1000], [above, below])) == [(1, {1: "指标", 2: "分值"}), (1, {1: "甲", 2: "5"})]


def link(kind: str, target: str, mode: str = ' TargetMode="External"') -> str:
    return f'<Relationship Id="rId9" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'


def styles(*declared: str, base: str = "") -> dict[str, str]:
    """The part of styles: each declared as what stands inside its element, with id and type."""
    inner = "".join(declared)
    defaults = f"<w:docDefaults><w:rPrDefault><w:rPr>{base}</w:rPr></w:rPrDefault></w:docDefaults>"
    return {"word/styles.xml": f"{HEAD}<w:styles {NAMESPACES}>{defaults}{inner}</w:styles>"}


def style(key: str, marks: str, kind: str = "character", more: str = "", based: str = "") -> str:
    on = f'<w:basedOn w:val="{based}"/>' if based else ""
    return f'<w:style w:type="{kind}" w:styleId="{key}" {more}><w:name w:val="{key}名"/>{on}{marks}</w:style>'


STYLES = link("styles", "styles.xml", "")
HIDDEN, WHITE, TINY = "<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="6"/>'
NAMED = run("5", '<w:rStyle w:val="a"/>')
IN_STYLE = par("5", '<w:pStyle w:val="p"/>')
FILLED = '<w:shd w:val="clear" w:fill="1F4E79"/>'
BLANK = '<w:shd w:val="clear" w:fill="auto"/>'
PROMPT = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('5')}</w:sdtContent></w:sdt>"
FLAT = '<w:trPr><w:trHeight w:val="10" w:hRule="exact"/></w:trPr>'


def r_style(marks: str, based: str = "") -> str:
    return style("a", f"<w:rPr>{marks}</w:rPr>", based=based)


def p_style(marks: str, more: str = "") -> str:
    return style("p", marks, "paragraph", more)


def in_cell(marks: str, properties: str = "", style_of_table: str = "") -> str:
    inside = par(runs=run("5", marks))
    return f"<w:tbl><w:tblPr>{style_of_table}</w:tblPr><w:tr><w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc></w:tr></w:tbl>"


def what_is_seen(body: str, declared: dict[str, str]) -> tuple[list[str], list[str]]:
    """The lines that are read, and what is said: the code and what was found."""
    facts = inspect(document(body, declared, STYLES if declared else ""))
    assert facts.parts is not None
    said = [f"{one.code} {one.message}" for one in facts.notices if one.code in ("FL21", "SG10")]
    return [line.first for line in lines_of_document(facts.parts, facts.document)], said


@pytest.mark.parametrize(
    ("body", "declared", "why"),
    [
        (par(runs=run("5", HIDDEN)), {}, "隐藏的文字"),
        (par(runs=NAMED), styles(r_style(HIDDEN)), "隐藏的文字"),
        (par(runs=NAMED), styles(style("b", f"<w:rPr>{HIDDEN}</w:rPr>"), r_style("", "b")), "隐藏的文字"),
        (IN_STYLE, styles(p_style(f"<w:rPr>{HIDDEN}</w:rPr>")), "隐藏的文字"),
        (par("5"), styles(p_style(f"<w:rPr>{HIDDEN}</w:rPr>", 'w:default="1"')), "隐藏的文字"),
        (par("5"), styles(base=HIDDEN), "隐藏的文字"),
        (par(runs=NAMED), styles(r_style("<w:dstrike/>")), "划掉的文字"),
        (table([900], [f"<w:tr><w:trPr><w:hidden/></w:trPr>{cell('5')}</w:tr>"]), {}, "隐藏的文字"),
        (table([900], [f"<w:tr>{FLAT}{cell('5')}</w:tr>"]), {}, "隐藏的文字"),
        (par(runs=PROMPT), {}, "内容控件的提示文字"),
        (par(runs=NAMED), styles(style("a", "").replace("a名", "核算值")), "本系统写的核算值或草稿"),
        (IN_STYLE, styles(p_style("").replace("p名", "草稿")), "本系统写的核算值或草稿"),
        (text_box(par(runs=run("5", HIDDEN))), {}, "隐藏的文字"),
    ],
)
def test_what_a_person_does_not_see_is_not_read_and_said(body: str, declared: dict[str, str], why: str) -> None:
    said = [f"FL21 文档里有 1 处{why}（“5”），没有读取"]
    assert what_is_seen(body, declared) == ([], said)


@pytest.mark.parametrize(
    ("body", "declared", "why"),
    [
        (par(runs=run("5", WHITE)), {}, "白底白字"),
        (par(runs=run("5", WHITE + BLANK)), {}, "白底白字"),
        (par(runs=run("5", WHITE + '<w:highlight w:val="white"/>')), {}, "白底白字"),
        (par(runs=NAMED), styles(r_style(WHITE)), "白底白字"),
        (IN_STYLE, styles(p_style(f"<w:rPr>{WHITE}</w:rPr>")), "白底白字"),
        (in_cell(WHITE, BLANK), {}, "白底白字"),
        (par(runs=run("5", '<w:color w:val="FEFEFE"/>')), {}, "与底色几乎同色的文字"),
        (in_cell('<w:color w:val="1F4E79"/>', FILLED), {}, "与底色几乎同色的文字"),
        (par(runs=run("5", '<w:color w:val="FFFF00"/><w:highlight w:val="yellow"/>')), {}, "与底色几乎同色的文字"),
        (par(runs=run("5", WHITE + '<w:shd w:val="clear" w:fill="FFFBE6"/>')), {}, "与底色几乎同色的文字"),
        (par(runs=run("5", TINY)), {}, "小得看不见的文字"),
        (par(runs=run("5", '<w:w w:val="1"/>')), {}, "小得看不见的文字"),
        (par("5", '<w:spacing w:line="10" w:lineRule="exact"/>'), {}, "小得看不见的文字"),
        (IN_STYLE, styles(p_style('<w:pPr><w:spacing w:line="10" w:lineRule="exact"/></w:pPr>')), "小得看不见的文字"),
    ],
)
def test_what_a_person_can_hardly_see_is_read_and_said(body: str, declared: dict[str, str], why: str) -> None:
    assert what_is_seen(body, declared) == (["5"], [f"SG10 文档里有 1 处{why}（“5”），照样计入"])


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (par(runs=run("5", '<w:vanish w:val="0"/>')), styles(base=HIDDEN)),
        (par(runs=run("5", '<w:rStyle w:val="a"/><w:strike w:val="false"/>')), styles(r_style("<w:strike/>"))),
        (par(runs=run("5", WHITE + FILLED)), {}),
        (par(runs=run("5", WHITE + '<w:shd w:val="pct50"/>')), {}),
        (par(runs=run("5", WHITE + '<w:highlight w:val="blue"/>')), {}),
        (par(properties=FILLED, runs=run("5", WHITE)), {}),
        (IN_STYLE, styles(p_style(f"<w:pPr>{FILLED}</w:pPr><w:rPr>{WHITE}</w:rPr>"))),
        (in_cell(WHITE, FILLED), {}),
        (in_cell('<w:color w:val="7F7F7F"/>', BLANK), {}),
        (in_cell('<w:color w:val="1F4E79"/>' + BLANK), {}),
        (
            in_cell(WHITE, style_of_table='<w:tblStyle w:val="t"/>'),
            styles(style("t", f"<w:tblStylePr><w:tcPr>{FILLED}</w:tcPr></w:tblStylePr>", "table")),
        ),
        (par(runs=run("5", '<w:color w:val="auto"/>')), styles(base=WHITE)),
        (par(runs=run("5", '<w:sz w:val="21"/>')), styles(base=TINY)),
        (par("5", '<w:spacing w:line="400" w:lineRule="exact"/>'), {}),
        (par("5", '<w:spacing w:line="10" w:lineRule="auto"/>'), {}),
        (par("5", "<w:rPr><w:vanish/></w:rPr>"), {}),  # the mark of the paragraph's end
        (par(runs=NAMED), styles(r_style("", "a"))),  # based on itself
        (par(runs=PROMPT.replace("<w:showingPlcHdr/>", "")), {}),
    ],
)
def test_what_a_person_sees_is_read_in_silence(body: str, declared: dict[str, str]) -> None:
    assert what_is_seen(body, declared) == (["5"], [])


def test_what_stands_around_the_runs_of_a_paragraph_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand runs in one paragraph were each looked up among all the others."""
    looked: list[object] = []
    look_around = WordSight._look_around
    monkeypatch.setattr(WordSight, "_look_around", lambda sight, at: (looked.append(at), look_around(sight, at))[1])
    assert lines_in(par(runs=run("5") * 500)) == [(0, {1: "5" * 500})]
    assert len(looked) == 2  # the door, and the reader


def test_what_is_hidden_is_said_once_however_it_was_cut() -> None:
    pieces = run("9", HIDDEN) + run("8", HIDDEN)
    assert what_is_seen(par(runs=run("甲") + pieces) + par(runs=pieces), {}) == (
        ["甲"],
        ["FL21 文档里有 2 处隐藏的文字（“98”、“98”），没有读取"],
    )


def test_a_control_that_shows_its_prompt_keeps_its_column() -> None:
    line = table([900, 900], [row(cell(inner=par(runs=PROMPT)), "乙")])
    assert lines_in(line) == [(1, {2: "乙"})]


# -- what perfxl writes, it reads -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in FORMS if path.name not in UNREADABLE], ids=lambda path: path.stem)
def test_the_document_of_a_sample_reads_as_the_sample(path: Path) -> None:
    form = read_bytes(path.read_bytes()).form
    read = read_document(as_document(form))
    assert dossier_of(read.form) == dossier_of(form)
    assert judge(read.form, TODAY)[0] == judge(form, TODAY)[0]
    assert {found.code for found in read.findings} <= {"ST06"}


def texts_of_word(scheme: Scheme, dossier: Any, path: str = "") -> Any:
    """A dossier as a document can say it: no control characters, no blank lines in chapters, numbers as numbers."""
    if isinstance(dossier, dict):
        return {key: texts_of_word(scheme, value, f"{path}.{key}".lstrip(".")) for key, value in dossier.items()}
    if isinstance(dossier, list):
        return [texts_of_word(scheme, value, path) for value in dossier]
    if not isinstance(dossier, str):
        return dossier
    text = word_text(dossier)
    if path in {section for section, _ in scheme.sections}:
        return "\n".join(filter(None, (line.strip() for line in text.split("\n")))) or None
    text = text.strip()
    is_number = re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) and plain(Decimal(text)) == text
    return float(text) if is_number else text or None


def without_labels(dossier: Any, scheme: Scheme) -> Any:
    """In a document nothing but its words tells a label from an answer."""
    if isinstance(dossier, dict):
        return {key: without_labels(value, scheme) for key, value in dossier.items()}
    if isinstance(dossier, list):
        return [without_labels(value, scheme) for value in dossier]
    is_label = isinstance(dossier, str) and not is_plain(dossier, scheme) and dossier != scheme.id
    return "某" if is_label else dossier


@pytest.mark.parametrize("name", ["hainan-2020", "hainan-2023", "national-2020", "sichuan-2023", "yunnan-2020"])
@given(st.data())
def test_reading_gives_back_what_the_document_says(name: str, data: st.DataObject) -> None:
    scheme = load_scheme(name)
    drawn = data.draw(dossiers(scheme))
    fixed = {key: drawn[key] for key, declared in scheme.tables.items() if declared.fixed}
    form = read_bytes(form_bytes({**without_labels(drawn, scheme), **fixed}, scheme)).form
    read = read_document(as_document(form), scheme).form
    assert texts_of_word(scheme, dossier_of(read)) == texts_of_word(scheme, dossier_of(form))


def form_of_sample(name: str) -> Form:
    return read_bytes((SAMPLES / f"{name}.xlsx").read_bytes()).form


SAVED = ("海南省商务厅-信息系统运维", "海南省图书馆-读者服务", "琼海市教育局-校舍维修")


@by_office(lambda: as_document(form_of_sample(SAVED[0])), "docx", "docx")
@by_office(lambda: as_document(form_of_sample(SAVED[1])), "docx", "docx")
@by_office(lambda: as_document(form_of_sample(SAVED[2])), "docx", "docx")
@by_office(lambda: messy(DOSSIER), "docx", "docx")
def test_after_libreoffice_saved_it_it_reads_the_same(office: list[Converted]) -> None:
    for name, book in zip(SAVED, office, strict=False):
        assert dossier_of(read_document(book.saved.read_bytes()).form) == dossier_of(form_of_sample(name))
    saved = dossier_of(read_document(office[3].saved.read_bytes()).form)
    assert {key: saved[key] for key in saved if key != "basic"} == {
        key: DOSSIER[key] for key in DOSSIER if key != "basic"
    }


# -- the door ---------------------------------------------------------------------------------------------------------

DOCM = "application/vnd.ms-word.document.macroEnabled.main+xml"


def hostile_documents() -> Iterator[tuple[str, bytes, str]]:
    body = par("项目绩效目标表")
    bomb = b"<w:document xmlns:w='x'>" + b" " * 90_000_000 + b"</w:document>"
    entities = "<!DOCTYPE w [<!ENTITY a 'b'>]>"
    yield "bomb", document(body, {"word/document.xml": bomb}), "FL04"
    yield "entities", document(body, {"word/document.xml": f"{HEAD}{entities}<w:document {NAMESPACES}/>"}), "FL05"
    yield (
        "entities elsewhere",
        document(body, {"word/numbering.xml": f"{HEAD}{entities}<w:numbering {NAMESPACES}/>"}),
        "FL05",
    )
    yield "macros", document(body, {"word/vbaProject.bin": b"\xd0\xcf"}), "FL05"
    yield "macro type", document(body, main_type=DOCM), "FL05"
    yield "far template", document(body, links=link("attachedTemplate", "http://example.org/a.dotm")), "FL05"
    yield "far object", document(body, links=link("oleObject", "http://example.org/a.doc")), "FL05"
    yield "template on a share", document(body, links=link("attachedTemplate", "file://server/a.dotm")), "FL05"
    yield "strict", document(body, {"_rels/.rels": _strict()}), "FL08"
    yield "share", document(body, links=link("image", "\\\\server\\share\\a.png")), "FL05"
    yield (
        "embedded object",
        document(body, {"word/embeddings/a.bin": b"\xd0\xcf"}, link("oleObject", "embeddings/a.bin", "")),
        "FL05",
    )
    yield "control", document(body, {"word/a.bin": b"\xd0"}, link("control", "a.bin", "")), "FL05"
    yield "foreign part", document(body, {"word/a.html": "<p/>"}, link("aFChunk", "a.html", "")), "FL05"
    yield "dde", document(par(runs="<w:r><w:instrText>DDEAUTO c:\\\\a.exe</w:instrText></w:r>")), "FL05"
    yield "include", document("<w:p><w:fldSimple w:instr=' INCLUDETEXT \"http://example.org\"'/></w:p>"), "FL05"
    yield "cut", document(body)[:-40], "FL03"
    yield "broken", document(body, {"word/document.xml": f"{HEAD}<w:document {NAMESPACES}><w:body>"}), "FL03"
    yield "deep", document("<w:sdt><w:sdtContent>" * 60 + par("a") + "</w:sdtContent></w:sdt>" * 60), "FL04"
    yield "many lines", document(par("a") * 20_001), "FL04"
    yield "two documents", document(body, {"_rels/.rels": _two_documents()}), "FL05"
    yield "escaping", document(body, {"../a.xml": "<a/>"}), "FL05"


def _strict() -> str:
    kind = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
    relation = f'<Relationship Id="a" Type="{kind}" Target="word/document.xml"/>'
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>'


def _two_documents() -> str:
    kinds = "".join(f'<Relationship Id="r{n}" Type="{RELATIONS}/officeDocument" Target="word/{n}.xml"/>' for n in "ab")
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{kinds}</Relationships>'


@pytest.mark.parametrize(
    ("data", "code"), [pytest.param(data, code, id=name) for name, data, code in hostile_documents()]
)
def test_a_hostile_document_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "附件.docx"
    path.write_bytes(data)
    result = processed(path, annotated=tmp_path / "out" / "附件.xlsx")
    assert (result.status, [found.code for found in result.findings]) == (Status.REJECTED, [code])
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "honest",
    [
        link("attachedTemplate", "file:///D:/office/Normal.dotm"),
        link("attachedTemplate", "Macintosh%20HD:office:Normal.dotm"),
        link("image", "file://localhost/office/a.png"),
        link("image", "https://example.org/a.png"),
        link("hyperlink", "http://example.org"),
        link("image", "media/a.png", ""),
    ],
)
def test_an_honest_relation_is_let_in(honest: str) -> None:
    data = document(par("a"), {"word/media/a.png": b"\x89PNG"}, honest)
    assert [notice.code for notice in inspect(data).notices] == ["FL06"]


def test_a_document_under_another_name_is_read_and_a_letter_is_not(tmp_path: Path) -> None:
    form, letter, renamed = tmp_path / "表.xlsx", tmp_path / "函.docx", tmp_path / "函.xlsx"
    form.write_bytes(messy(DOSSIER))
    letter.write_bytes(document(par("关于报送绩效评价材料的函") + par("省财政厅：") * 30))
    renamed.write_bytes(letter.read_bytes())
    assert processed(form).dossier == complete(load_scheme("hainan-2020"), DOSSIER)
    assert processed(letter).passed == "Word 文档，不是评价表"
    assert [found.code for found in processed(letter, asked=True).findings] == ["ST01"]
    assert [found.code for found in processed(renamed).findings] == ["FL01"]


def test_two_forms_in_a_document_are_refused(tmp_path: Path) -> None:
    data = messy(DOSSIER)
    facts = inspect(data)
    assert facts.parts is not None
    text = facts.parts.content("word/document.xml").decode("utf-8")
    body = text.partition("<w:body>")[2].partition("<w:sectPr/>")[0]
    twice = document(body + body)
    path = tmp_path / "两份.docx"
    path.write_bytes(twice)
    assert [found.code for found in processed(path).findings] == ["ST01"]


# -- documents of old kinds -------------------------------------------------------------------------------------------


@by_office(lambda: as_document(form_of_sample(SAVED[0])), "doc", "docx")
@by_office(lambda: as_document(form_of_sample(SAVED[0])), "rtf", "docx")
def test_old_documents_are_converted(office: list[Converted], tmp_path: Path) -> None:
    expected = dossier_of(form_of_sample(SAVED[0]))
    for one, name in zip(office, ("材料.wps", "材料.rtf"), strict=True):
        path = tmp_path / name
        path.write_bytes(one.saved.read_bytes())
        result = processed(path)
        assert result.dossier == expected
        assert "已转换为 .docx" in result.findings[0].message


@by_office(lambda: document(par("甲")), "doc", "docx")
def test_without_libreoffice_an_old_document_is_refused_with_advice(
    office: list[Converted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perfxl.door.olddocuments, "program", lambda: None)
    path = tmp_path / "材料.doc"
    path.write_bytes(office[0].saved.read_bytes())
    (found,) = processed(path).findings
    assert found.code == "FL01"
    assert "没有安装 LibreOffice" in found.message
    assert "另存为“Word 文档（*.docx）”" in found.fix


@by_office(lambda: document(par("甲")), "doc", "docx")
def test_an_old_document_with_a_password_is_refused(office: list[Converted], tmp_path: Path) -> None:
    data = office[0].saved.read_bytes()
    head = data.index(b"\xec\xa5")  # with which each WordDocument stream begins, at the start of a small sector
    assert head % 64 == 0
    flags = int.from_bytes(data[head + 10 : head + 12], "little") | 0x0100
    path = tmp_path / "材料.doc"
    path.write_bytes(data[: head + 10] + flags.to_bytes(2, "little") + data[head + 12 :])
    result = processed(path)
    assert (result.status, [found.code for found in result.findings]) == (Status.REJECTED, ["FL02"])


@pytest.mark.parametrize("error", [ConversionError("timeout"), OSError("no room"), PermissionError()])
def test_an_old_document_that_cannot_be_converted_is_refused(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(data: bytes, kind: str) -> bytes:
        raise error

    monkeypatch.setattr(perfxl.door.olddocuments, "program", lambda: "soffice")
    monkeypatch.setattr(perfxl.door.olddocuments, "convert_document", convert)
    path = tmp_path / "材料.rtf"
    path.write_bytes(b"{\\rtf1 a}")
    result = processed(path)
    assert (result.status, [found.code for found in result.findings]) == (Status.REJECTED, ["FL03"])


def test_libreoffice_is_found_where_its_installers_put_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "LibreOffice" / "program" / "soffice.exe"
    place.parent.mkdir(parents=True)
    place.touch(mode=0o755)
    monkeypatch.setenv("PATH", "")
    assert libreoffice.program() is None
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    assert libreoffice.program() == str(place)


@pytest.mark.skipif(not has_office(), reason="LibreOffice is not installed")
def test_an_old_document_of_nothing_but_noise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "材料.rtf"
    path.write_bytes(b"{\\rtf1 " + bytes(range(128, 256)) * 50)
    result = processed(path)
    assert (result.status, [found.code for found in result.findings]) == (Status.REJECTED, ["FL03"])


# -- a document beside a workbook -------------------------------------------------------------------------------------


def differing(*results: FileResult) -> dict[str, list[str]]:
    return {
        one.head.file: [found.message for found in one.findings if found.code == "XF14"] for one in settled(results)
    }


def test_on_ties_the_workbook_counts_and_the_newer_one_otherwise() -> None:
    book = result(file="表.xlsx", modified="2021-05-20T08:00:00Z")
    paper = result(file="最终材料.docx", modified="2021-05-20T08:00:00Z")
    assert {one.head.file: one.disposition for one in settled([paper, book])} == {
        "表.xlsx": "used",
        "最终材料.docx": "superseded",
    }
    newer = result(file="最终材料.docx", modified="2021-05-21T08:00:00Z")
    assert {one.head.file: one.disposition for one in settled([newer, book])}["最终材料.docx"] == "used"


def test_where_document_and_workbook_differ_it_is_said_at_the_one_that_counts() -> None:
    book = result(GOOD, file="表.xlsx", modified="2021-05-20T08:00:00Z")
    same = result(GOOD, file="材料.docx", modified="2021-05-19T08:00:00Z")
    other = result(patched(GOOD, "funds.used.total", 77.5), file="材料.docx", modified="2021-05-19T08:00:00Z")
    second = result(patched(GOOD, "funds.used.total", 77.5), file="表2.xlsx", modified="2021-05-19T08:00:00Z")
    assert differing(book, same) == {"表.xlsx": [], "材料.docx": []}
    assert differing(book, second) == {"表.xlsx": [], "表2.xlsx": []}
    used = plain(Decimal(str(GOOD["funds"]["used"]["total"])))
    said = f"同一项目的文档“材料.docx”与采用的本件有 1 处不同：实际使用情况：本件“{used}”，另一份“77.5”"
    assert differing(book, other) == {"表.xlsx": [said], "材料.docx": []}


def test_a_mixed_inbox(tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    shutil.copy(SAMPLES / "海南省图书馆-读者服务.xlsx", inbox)
    (inbox / "材料.docx").write_bytes(messy(DOSSIER))
    (inbox / "来函.docx").write_bytes(document(par("关于报送材料的函")))
    (inbox / "扫描件.pdf").write_bytes(b"%PDF-1.7")
    batch = perfxl.consolidate([inbox], out / "汇总.xlsx", annotated=out / "审核")
    files = batch.files.set_index("文件")["处理"]
    assert {Path(name).name: disposition for name, disposition in files.items()} == {
        "海南省图书馆-读者服务.xlsx": "采用",
        "材料.docx": "采用",
        "来函.docx": "略过",
        "扫描件.pdf": "略过",
    }
    assert sorted(path.name for path in (out / "审核").iterdir()) == ["材料.xlsx", "海南省图书馆-读者服务.xlsx"]
    assert sorted(batch.projects["项目名称"]) == ["2020年度信息系统运维项目", "读者服务与阅读推广"]
