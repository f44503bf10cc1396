"""The dossier as a Word document, and the finance office's report.

* every figure and sentence of the published dossier stands in its place, in the official order and typesetting
* computed figures fill only what is blank and are listed; what the agency typed stands, a comment says what was computed
* drafts are offered for blank chapters, marked as drafts, and can be left out
* each scheme says which parts its document has; contradictions are refused
* hostile text is text; one document for each file that could be read; same input, same bytes
"""

import importlib.util
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Length
from docx.table import Table
from lxml import etree

from forms import GOOD, TODAY, form_of, patched, unreadable
from office import Converted, by_office
from own_scheme import SCHEME as OWN
from perfxl.command.cli import cli
from perfxl.command.terminal import run
from perfxl.errors import SchemeError
from perfxl.model import FileResult, Form, Status
from perfxl.report.delivery import NO_NAME, document_names
from perfxl.report.document import write_dossier
from perfxl.results.filed import ResultHead, pack
from perfxl.rules import judge
from perfxl.schemes import load_scheme, parse_scheme, scheme_text
from perfxl.system.names import safe_name
from self_assessments import form_2023
from workbooks import form_bytes, read_bytes

SAMPLES = Path(__file__).parent.parent / "samples"
PUBLISHED = SAMPLES / "海南省商务厅-信息系统运维"
DOSSIER: dict[str, Any] = json.loads(PUBLISHED.with_suffix(".json").read_text("utf-8"))
SELF_ASSESSED: dict[str, Any] = json.loads((SAMPLES / "省农垦实验中学-学生事务补助.json").read_text("utf-8"))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Document]:
    """Writes the document of a form or dossier and opens it."""

    def write(what: Form | dict[str, Any], drafts: bool = True) -> Document:
        target = tmp_path / "文档.docx"
        write_document(what, target, drafts)
        return docx.Document(str(target))

    return write


def write_document(what: Form | dict[str, Any], target: Path, drafts: bool = True) -> None:
    form = what if isinstance(what, Form) else form_of(what)
    assessment, findings = judge(form, TODAY)
    write_dossier(form, assessment, findings, target, TODAY, drafts)


def document_bytes(dossier: dict[str, Any]) -> bytes:
    with TemporaryDirectory() as folder:
        write_document(dossier, Path(folder, "文档.docx"))
        return Path(folder, "文档.docx").read_bytes()


def rows_of(table: Table) -> list[list[str]]:
    """The texts of a table; a merged cell counts once, in the row where it begins."""
    rows = []
    for row in table.rows:
        cells = [cell for cell in row._tr.tc_lst if cell.vMerge != "continue"]
        rows.append(["\n".join(_text(p) for p in cell.p_lst) for cell in cells])
    return rows


def _text(paragraph: Any) -> str:
    return "".join(
        "\n" if part.tag == qn("w:br") else part.text or "" for part in paragraph.iter(qn("w:t"), qn("w:br"))
    )


def below(document: Document, heading: str) -> list[tuple[str, str]]:
    """Style and text of the paragraphs under a title, up to the next one."""
    found: list[tuple[str, str]] = []
    inside = False
    for paragraph in document.paragraphs:
        style = str(paragraph.style.style_id) if paragraph.style else ""
        if style == "Heading1":
            inside = paragraph.text == heading
        elif inside:
            found.append((style, paragraph.text))
    return found


def comments_of(document: Document) -> dict[str, str]:
    """The text that each comment stands on, by its rule."""
    found = {}
    for comment in document.comments:
        start = document.element.body.find(f".//{qn('w:commentRangeStart')}[@{qn('w:id')}='{comment.comment_id}']")
        found[comment.text[1:5]] = _text(start.getnext())
    return found


def listed(document: Document) -> list[tuple[str, str, str]]:
    """Name, value and treatment of what the document says it computed."""
    table = next((t for t in document.tables if rows_of(t)[0][-1] == "处理"), None)
    return [(row[1], row[2], row[4]) for row in rows_of(table)[1:]] if table else []


# -- the published dossier --------------------------------------------------------------------------------------------


def test_tables_of_the_published_dossier_stand_as_printed(written: Callable[..., Document]) -> None:
    cover, targets, basic, scores, reviewers, _ = written(
        read_bytes(PUBLISHED.with_suffix(".xlsx").read_bytes()).form
    ).tables
    assert [(row[0], row[-1]) for row in rows_of(cover)] == [
        ("项目名称", "2020年度信息系统运维项目"),
        ("项目单位", "海南省商务厅"),
        ("主管部门", "海南省商务厅"),
        ("评价时间", "2021年5月20日"),
        ("评价单位（盖章）", ""),
        ("上报时间", ""),
    ]
    assert rows_of(targets)[:2] == [["指标类型", "指标名称", "绩效目标", "绩效标准"], ["优", "良", "中", "差"]]
    keys = ("kind", "name", "target", "excellent", "good", "fair", "poor")
    assert rows_of(targets)[2:] == [[row[key] for key in keys] for row in DOSSIER["targets"]]
    assert rows_of(basic) == [
        ["一、项目基本情况"],
        ["项目实施单位", "海南省商务厅", "主管部门", "海南省商务厅"],
        ["项目负责人", "谭国伟", "联系电话", "570203"],
        ["地址", "海南省海口市国兴大道9号省政府办公大楼", "邮编", ""],
        ["项目类型", "经常性项目（ √ ）　　一次性项目（　）"],
        ["计划投资额\n（万元）", "195.01", "实际到位资金\n（万元）", "195.01", "实际使用情况\n（万元）", "87.44"],
        ["其中：中央财政", "", "其中：中央财政", "", "其中：中央财政", ""],
        ["省财政", "195.01", "省财政", "195.01", "省财政", ""],
        ["市县财政", "", "市县财政", "", "市县财政", ""],
        ["其他", "", "其他", "", "其他", ""],
    ]
    assert rows_of(scores) == list(printed_scores())
    assert rows_of(reviewers) == [
        ["三、评价人员"],
        ["姓名", "职务/职称", "单位", "项目评分", "签字"],
        *([str(row[key] or "") for key in ("name", "title", "unit", "score")] + [""] for row in DOSSIER["reviewers"]),
        ["合计", "", "平均得分", "98.5", ""],
        ["评价工作组组长（签字并单位盖章）：\n2021年5月20日"],
    ]


def printed_scores() -> Iterator[list[str]]:
    """The rows of the scores as the dossier prints them: the name and points of a branch stand in its first row."""
    yield ["二、绩效评价指标评分（参考）"]
    yield ["一级指标", "分值", "二级指标", "分值", "三级指标", "分值", "得分"]
    sums = {"项目决策": 20, "项目目标": 4, "决策过程": 8, "资金分配": 8, "项目管理": 25, "资金到位": 5, "资金管理": 10}
    sums |= {"组织实施": 10, "项目绩效": 55, "项目产出": 15, "项目效益": 40}
    seen: set[str] = set()
    for row in DOSSIER["indicators"]:
        branches = [name for name in (row["level1"], row["level2"]) if name not in seen]
        seen |= set(branches)
        heads = [text for name in branches for text in (name, str(sums[name]))]
        yield [*heads, row["level3"], str(row["weight"]), str(row["score"])]
    yield ["总分", "100", "", "100", "", "100", "98.5"]
    yield ["评价等次", "优"]


def test_every_sentence_of_the_report_stands_under_its_heading(written: Callable[..., Document]) -> None:
    report = DOSSIER["report"]
    chapters = (
        ("Heading2", "一、项目概况", ""),
        ("Heading3", "（一）项目基本性质、用途和主要内容", "overview"),
        ("Heading3", "（二）项目绩效目标", "goals"),
        ("Heading2", "二、项目资金使用及管理情况", ""),
        ("Heading3", "（一）项目资金到位情况分析", "funds_in_place"),
        ("Heading3", "（二）项目资金使用情况分析", "funds_used"),
        ("Heading3", "（三）项目资金管理情况分析", "funds_management"),
        ("Heading2", "三、项目组织实施情况", "organisation"),
        ("Heading2", "四、项目绩效情况", "results"),
        ("Heading2", "五、综合评价情况及评价结论", "conclusion"),
        ("Heading2", "六、主要经验及做法、存在的问题和建议", "experience"),
    )
    expected = []
    for style, heading, key in chapters:
        expected.append((style, heading))
        for line in report[key].split("\n") if key else ():
            is_heading = line in ("（一）统一优化平台建设", "（二）监督保障门户网站错链断链")
            expected.append(("Heading3" if is_heading else "BodyText", line))
    document = written(read_bytes(PUBLISHED.with_suffix(".xlsx").read_bytes()).form)
    assert below(document, "财政支出项目绩效评价报告") == expected
    assert [p.text for p in document.paragraphs if p.style and p.style.style_id == "Heading1"] == [
        "项目绩效目标表",
        "项目基本信息表",
        "财政支出项目绩效评价报告",
        "系统核算值一览",
    ]


def test_typesetting_is_that_of_official_documents(written: Callable[..., Document]) -> None:
    document = written(DOSSIER)
    for section in document.sections:
        assert [round(Length(length).mm) for length in (section.page_width, section.page_height)] == [210, 297]
        edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(Length(length).mm) for length in edges] == [37, 35, 28, 26]
    assert "PAGE" in etree.tostring(document.sections[-1].footer._element).decode()
    assert looks_of(document, "BodyText") == ("仿宋", "32", "560", "exact", None)
    assert looks_of(document, "Heading1") == ("方正小标宋简体", "44", "700", "exact", "0")
    assert looks_of(document, "Heading2") == ("黑体", "32", "560", "exact", "1")
    assert looks_of(document, "Heading3") == ("楷体", "32", "560", "exact", "2")
    for style in {p.style.style_id for p in document.paragraphs if p.style}:
        assert style in {s.style_id for s in document.styles}
    for table in document.tables[1:]:
        heads = [row._tr.find(f"./{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows]
        assert heads[0]
        assert heads == sorted(heads, reverse=True)
        assert all(row._tr.find(f"./{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in table.rows)
    formatted = document.element.body.findall(f".//{qn('w:rPr')}/*")
    assert {child.tag for child in formatted} <= {qn("w:rStyle")}


def looks_of(document: Document, style: str) -> tuple[str | None, ...]:
    """Font, size, pitch, its rule and outline level of a style."""
    found = next(s for s in document.styles if s.style_id == style).element
    wanted = (
        ("rFonts", "eastAsia"),
        ("sz", "val"),
        ("spacing", "line"),
        ("spacing", "lineRule"),
        ("outlineLvl", "val"),
    )
    parts = [(found.find(f".//{qn(f'w:{tag}')}"), name) for tag, name in wanted]
    return tuple(None if part is None else part.get(qn(f"w:{name}")) for part, name in parts)


@by_office(lambda: document_bytes(DOSSIER), "pdf", "docx")
@by_office(lambda: document_bytes(DOSSIER), "txt:Text (encoded):UTF8", "docx")
def test_libreoffice_shows_everything(office: list[Converted]) -> None:
    pdf, plain = (document.saved for document in office)
    assert 7 <= len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) <= 11
    text = re.sub(r"\s", "", plain.read_text("utf-8-sig"))
    wanted = [
        *DOSSIER["report"].values(),
        *(row["target"] for row in DOSSIER["targets"]),
        "98.5",
        "平均得分",
        "2021年5月20日",
    ]
    for sentence in wanted:
        assert re.sub(r"\s", "", sentence) in text


# -- computed figures, comments, drafts -------------------------------------------------------------------------------


def test_a_blank_figure_is_computed_marked_and_listed(written: Callable[..., Document]) -> None:
    blank = patched(patched(patched(GOOD, "stated.total", None), "stated.average", None), "stated.grade", None)
    document = written(patched(blank, "funds.used.total", None))
    assert listed(document) == [
        ("实际使用情况", "142", "已填入"),
        ("评价等次", "优", "已填入"),
        ("总分", "97", "已填入"),
        ("平均得分", "97", "已填入"),
        ("资金到位率", "100.00%", "供核对"),
        ("预算执行率", "未计算", "未评"),
        ("资金使用率", "未计算", "未评"),
    ]
    marked = [run.text for t in document.tables for p in t._tbl.iter(qn("w:p")) for run in _computed(p)]
    assert marked == ["142", "97", "优", "97"]


def _computed(paragraph: Any) -> Iterator[Any]:
    for run_ in paragraph.iter(qn("w:r")):
        if run_.style == "ComputedFigure":
            yield run_


def test_nothing_is_computed_from_what_is_missing(written: Callable[..., Document]) -> None:
    unscored = patched(patched(GOOD, "stated", {}), "indicators.3.score", None)
    assert {name for name, _, done in listed(written(unscored)) if done == "已填入"} == {"平均得分"}


@pytest.mark.parametrize(
    ("path", "value", "code", "stands_on"),
    [
        ("stated.total", 98, "IN05", "98"),
        ("stated.average", 95, "PT03", "95"),
        ("stated.grade", "良", "PT01", "良"),
        ("funds.used.total", 141, "FD01", "141"),
        ("indicators.5.score", 2.5, "PT07", "2.5"),
        ("report.conclusion", "经自评，自评得分96分，总体评价为优。", "TX05", "96分"),
    ],
)
def test_what_the_agency_typed_stands_and_a_comment_says_what_was_computed(
    path: str, value: Any, code: str, stands_on: str, written: Callable[..., Document]
) -> None:
    document = written(patched(GOOD, path, value))
    assert code in comments_of(document)
    assert stands_on in comments_of(document)[code]
    comment = next(c for c in document.comments if c.text.startswith(f"【{code}】"))
    assert "核算：" in comment.text
    assert comment.timestamp is not None
    assert comment.timestamp.date() == TODAY
    assert all(done == "供核对" for _, _, done in listed(document))


def test_a_comment_on_a_sentence_stands_on_its_words(written: Callable[..., Document]) -> None:
    document = written(DOSSIER)
    assert comments_of(document) == {"PT07": "2.5", "TX04": "44.83%"}
    paragraph = next(p for p in document.paragraphs if "44.83%" in p.text)
    assert paragraph.text == DOSSIER["report"]["funds_used"]


def test_what_could_not_be_read_stands_as_typed(written: Callable[..., Document]) -> None:
    form = unreadable(form_of(GOOD), "stated.total")
    document = written(form)
    assert rows_of(document.tables[3])[-2][-1] == "约"
    assert "总分" not in {name for name, _, _ in listed(document)}


CHAPTERS = ("funds_in_place", "funds_used", "conclusion", "overview")


def test_blank_chapters_get_a_draft_with_the_figures_of_the_tables(written: Callable[..., Document]) -> None:
    blank = {**GOOD, "report": {**GOOD["report"], **dict.fromkeys(CHAPTERS)}}
    found = [text for style, text in below(written(blank), "财政支出项目绩效评价报告") if style == "Draft"]
    assert found == [
        "【草稿，请确认】本项目计划投资144万元，实际到位资金144万元，资金到位率为100.00%。",
        "【草稿，请确认】本项目实际使用资金142万元，占计划投资额144万元的98.61%。按实际到位资金144万元计算，资金使用率为98.61%。",
        "【草稿，请确认】参照省财政厅制订的评价指标体系及评价标准，从项目决策、项目管理、项目绩效三个方面对项目进行了自评，"
        "自评得分97分，总体评价为优。评价人员的平均得分为97分。",
    ]
    without = written(blank, drafts=False)
    assert not [text for style, text in below(without, "财政支出项目绩效评价报告") if style == "Draft"]
    no_funds = written({**blank, "funds": {}})
    assert len([text for style, text in below(no_funds, "财政支出项目绩效评价报告") if style == "Draft"]) == 1


# -- schemes ----------------------------------------------------------------------------------------------------------


def test_the_2023_form_is_a_self_evaluation_table_across_the_page(written: Callable[..., Document]) -> None:
    document = written(SELF_ASSESSED)
    assert {section.orientation for section in document.sections} == {WD_ORIENT.LANDSCAPE}
    head, funds, goals, indicators, _ = map(rows_of, document.tables)
    assert head[0] == ["项目名称", "46000021T000000002749-学生事务补助"]
    assert head[1] == ["主管部门", "203-省教育厅", "实施单位", "203045-省农垦实验中学"]
    assert ["资金总额", "120000", "120000", "30000", "10", "25", "2.5"] in funds
    assert ["预期目标", ""] in goals
    assert indicators[-2][:1] == ["合计"]
    assert indicators[-2][-3:] == ["100", "46.35", ""]
    assert ["产出指标", "数量指标", "资助困难教师及学生", "", "52", "", "10", "19.23%", "20", "3.85", ""] in indicators


def test_figures_that_a_self_evaluation_leaves_blank_are_computed(written: Callable[..., Document]) -> None:
    blank = patched(patched(SELF_ASSESSED, "stated.total", None), "funds.total.rate", None)
    found = {
        name: value
        for name, value, done in listed(written(form_2023(patched(blank, "funds.total.score", None))))
        if done == "已填入"
    }
    assert found["合计"] == "46.35"
    assert (found["执行率"], found["得分"]) == ("25", "2.5")


def test_a_blank_score_is_computed_but_leaves_the_total_open(written: Callable[..., Document]) -> None:
    blank = patched(patched(SELF_ASSESSED, "stated.total", None), "indicators.0.score", None)
    found = {name: (value, done) for name, value, done in listed(written(form_2023(blank)))}
    assert found["得分（资助困难教师及学生）"] == ("3.85", "已填入")
    assert "合计" not in found
    assert found["总分"] == ("未评", "未评")


def test_a_total_that_is_not_final_is_commented_and_no_draft_quotes_it(written: Callable[..., Document]) -> None:
    blank = patched(patched(DOSSIER, "report.conclusion", None), "indicators.0.score", 80)
    document = written(blank)
    assert comments_of(document)["未评】未"] == "98.5"
    texts = "".join(paragraph.text for paragraph in document.paragraphs)
    assert "自评得分" not in texts.split("五、综合评价情况及评价结论")[1].split("六、")[0]
    assert ("总分", "未评", "未评") in listed(document)


def test_a_scheme_without_document_is_printed_sheet_by_sheet(written: Callable[..., Document]) -> None:
    assert OWN.document is None
    document = written(form_of({"basic": {"project_name": "甲项目"}}, OWN))
    texts = [text for table in document.tables for row in rows_of(table) for text in row]
    assert "甲项目" in texts
    assert {"产出指标", "合计"} & set(texts) or "三级指标" in texts


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('of = "basic.unit" }', 'of = "basic.units" }', "引用了不存在的“basic.units”"),
        ('show = "matrix", of = "funds"', 'show = "matrix", of = "money"', "引用了不存在的 matrix“money”"),
        ('"leader", "phone"', '"leader", "fax"', "引用了不存在的栏目“fax”"),
        ('{ show = "sections", of = "report" }', '{ show = "note", text = "略" }', "没有列出“report.overview”"),
        ("widths = [16, 20, 34, 14, 16] }", "widths = [16, 20] }", "widths 有 2 个，应为 5 个"),
        ("资金到位率为{rates.in_place}", "资金到位率为{rates.inplace}", "引用了不存在的“rates.inplace”"),
        ('"report.conclusion" = [', '"report.end" = [', "“report.end”不是报告的章节"),
    ],
)
def test_a_document_that_contradicts_its_form_is_refused(old: str, new: str, reason: str) -> None:
    text = scheme_text("hainan-2020")
    head, mark, tail = text.partition("[document]")
    assert tail.count(old) == 1
    with pytest.raises(SchemeError, match=re.escape(reason)):
        parse_scheme(head + mark + tail.replace(old, new), "方案.toml")


# -- hostile text -----------------------------------------------------------------------------------------------------

HOSTILE = '=HYPERLINK("http://x")</w:t><w:p/>&amp;\x01\x1b\u202e' + "A" * 3000 + "\ud800"


def test_hostile_text_is_text(written: Callable[..., Document], tmp_path: Path) -> None:
    poisoned = GOOD
    for path in ("basic.unit", "targets.0.target", "reviewers.0.name", "report.overview", "basic.project_name"):
        poisoned = patched(poisoned, path, HOSTILE.replace("\ud800", ""))
    form = form_of(poisoned)
    document = written(form)
    shown = HOSTILE.replace("\x01", "␁").replace("\x1b", "␛").replace("\u202e", "").replace("\ud800", "")
    assert rows_of(document.tables[2])[1][1] == shown
    assert rows_of(document.tables[1])[2][2] == shown
    assert shown in [text for _, text in below(document, "财政支出项目绩效评价报告")]
    assert not document.element.body.findall(f".//{qn('w:hyperlink')}")
    with zipfile.ZipFile(tmp_path / "文档.docx") as package:
        for name in package.namelist():
            etree.fromstring(package.read(name), etree.XMLParser(resolve_entities=False, no_network=True))


def test_a_row_higher_than_a_page_may_be_divided(written: Callable[..., Document]) -> None:
    table = written(patched(GOOD, "targets.0.target", "目标" * 2000)).tables[1]
    kept = [row._tr.find(f"./{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in table.rows]
    assert kept == [True, True, False, True, True]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j"),
        ("../../etc/passwd", "etc passwd"),
        ("CON", "_CON"),
        ("com1.项目", "_com1.项目"),
        (" . ", "未填项目名称"),
        ("甲\x00\u202e乙\n丙", "甲 乙 丙"),
        ("项" * 300, "项" * 60),
    ],
)
def test_names_are_safe_on_every_file_system(text: str, name: str) -> None:
    assert safe_name(text, NO_NAME) == name


def test_names_do_not_clash() -> None:
    def result(file: str, project: str | None) -> ResultHead:
        dossier = {"basic": {"project_name": project}}
        return pack(FileResult(file, scheme="x", status=Status.ACCEPTED, dossier=dossier, report="x.docx")).head

    results = [result("a/1.xlsx", "甲"), result("b/1.xlsx", "甲"), result("c.xlsx", "乙"), result("d.xlsx", None)]
    assert document_names(results) == ["甲（1）.docx", "甲（1）(2).docx", "乙.docx", "未填项目名称.docx"]


# -- commands ---------------------------------------------------------------------------------------------------------


def call(*words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(lambda **options: cli.main([str(word) for word in words], **options))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "收件"
    folder.mkdir()
    (folder / "好.xlsx").write_bytes(form_bytes(GOOD))
    (folder / "退回.xlsx").write_bytes(
        form_bytes(patched(patched(GOOD, "stated.total", 12), "basic.project_name", "乙/项目"))
    )
    (folder / "网页.xlsx").write_text("<html><table></table></html>", "utf-8")
    return folder


def test_a_batch_writes_a_document_for_each_file_that_could_be_read(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "文档"
    code, out, err = call("report", inbox, "-o", target, capsys=capsys)
    assert code == 3
    names = [f"{GOOD['basic']['project_name']}.docx", "乙 项目.docx"]
    assert sorted(path.name for path in target.iterdir()) == sorted(names)
    assert sorted(out.split("\n")) == sorted(["", *((target / name).as_posix() for name in names)])
    assert "网页.xlsx  拒收" in err
    assert "FL01" in err
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    call("report", inbox, "-o", target, "--jobs", 1, capsys=capsys)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before


def test_the_command_says_how_to_install_what_it_needs(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr("perfxl.report.find_spec", lambda name: None if name.startswith("docx") else found(name))
    for words in (
        ("report", inbox, "-o", tmp_path / "文档"),
        ("consolidate", inbox, "-o", tmp_path / "a.xlsx", "--report-docx", tmp_path / "a.docx"),
    ):
        code, out, err = call(*words, capsys=capsys)
        assert (code, out) == (3, "")
        assert 'pip install "perfxl[report]"' in err
    assert not (tmp_path / "文档").exists()
    assert not (tmp_path / "a.xlsx").exists()


def test_the_office_report_has_the_figures_of_the_summary(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        "consolidate",
        inbox,
        "-o",
        tmp_path / "汇总.xlsx",
        "--report-docx",
        tmp_path / "报告.docx",
        "--date",
        "2024-06-28",
    )
    code, out, _ = call(*words, capsys=capsys)
    assert code == 3
    assert out.split() == [(tmp_path / "汇总.xlsx").as_posix(), (tmp_path / "报告.docx").as_posix()]
    first = (tmp_path / "报告.docx").read_bytes()
    document = docx.Document(str(tmp_path / "报告.docx"))
    tables = [rows_of(table) for table in document.tables]
    assert ["收到文件", "3", "来自 1 处"] in tables[0]
    assert ["拒收", "1", "无法读取；略过 0"] in tables[0]
    texts = {text for rows in tables for row in rows for text in row}
    assert {"海南省人民政府研究室", "IN05", "乙/项目", "网页.xlsx"} <= texts | {Path(text).name for text in texts}
    sums = next(rows[-1] for rows in tables if rows[0][1] == "主管部门")
    assert sums == ["", "合计", "2", "288.00", "284.00", "98.61%", "97", "1"]
    headings = [p.text for p in document.paragraphs if p.style and p.style.style_id == "Heading2"]
    assert [heading[:2] for heading in headings] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    with zipfile.ZipFile(tmp_path / "报告.docx") as package:
        assert sum(name.startswith("word/charts/") for name in package.namelist()) == 3
    call(*words, "--no-cache", capsys=capsys)
    assert (tmp_path / "报告.docx").read_bytes() == first


def test_a_report_is_a_docx_file(inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = call(
        "consolidate", inbox, "-o", tmp_path / "a.xlsx", "--report-docx", tmp_path / "a.doc", capsys=capsys
    )
    assert code == 2
    assert ".docx" in err


def test_the_day_of_the_check_is_the_only_date(written: Callable[..., Document]) -> None:
    properties = written(GOOD).core_properties
    assert properties.created is not None
    assert properties.created.date() == properties.modified.date() == TODAY == date(2024, 6, 28)
    assert load_scheme("hainan-2020").document is not None
