"""Word documents as people make them, written as mark-up: nothing of python-docx stands between a test and the format."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
NAMESPACES = (
    f'xmlns:w="{SPACE}" xmlns:r="{RELATIONS}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)
NUMBERING = """<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>
<w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/>
</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"""


def run(text: str, properties: str = "") -> str:
    """A run; line ends become breaks."""
    pieces = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\n"))
    return f"<w:r><w:rPr>{properties}</w:rPr>{pieces}</w:r>"


def par(text: str = "", properties: str = "", runs: str = "") -> str:
    """A paragraph of one run, or of the runs given."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs or (run(text) if text else '')}</w:p>"


def numbered(text: str, level: int) -> str:
    """A paragraph whose number Word counts: level 0 is 一、, level 1 （一）."""
    return par(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')


def cell(text: str = "", span: int = 1, merge: str = "", inner: str = "") -> str:
    """A cell; `merge` is "restart" or "continue", `inner` its paragraphs where they are more than text."""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{merged}</w:tcPr>{inner or par(text)}</w:tc>'


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(one if one.startswith('<w:tc>') else cell(one) for one in cells)}</w:tr>"


def table(widths: Sequence[int], rows: Iterable[str]) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def text_box(inner: str) -> str:
    """A paragraph with a text box as Word saves it: once for new programs, once for old ones."""
    return par(
        runs="<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
        f"{inner}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>"
        f"{inner}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def document(
    body: str,
    parts: Mapping[str, str | bytes] | None = None,
    links: str = "",
    main_type: str = MAIN_TYPE,
    types: str = "",
) -> bytes:
    """A package; `parts` beside the usual ones, `links` are further relations of the document."""
    relation = f'<Relationship Id="{{}}" Type="{RELATIONS}/{{}}" Target="{{}}"/>'
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    override = f'<Override PartName="/word/document.xml" ContentType="{main_type}"/>{types}'
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{override}</Types>',
        "_rels/.rels": HEAD + rels.format(relation.format("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"{HEAD}<w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body></w:document>",
        "word/_rels/document.xml.rels": HEAD
        + rels.format(relation.format("rId1", "numbering", "numbering.xml") + links),
        "word/numbering.xml": f"{HEAD}<w:numbering {NAMESPACES}>{NUMBERING}</w:numbering>",
        **(parts or {}),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


# -- the published dossier with all that happens to documents ---------------------------------------------------------

_TICK = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
_FUNDS = (("total", "计划投资额\n（万元）", "实际到位资金\n（万元）", "实际使用情况（万元）"),)
_SOURCES = (("central", "其中：中央财政"), ("provincial", "省财政"), ("local", "市县财政"), ("other", "其他"))


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def messy(dossier: Mapping[str, Any], is_framed: bool = False) -> bytes:
    """A dossier of 2020 in a document with a cover, contents, tables cut in two, slivers of columns, nested tables, ticks
    as signs, text boxes, tracked changes, hidden text, comments and footnotes; headings are plain, counted or bold; the report may stand in a frame."""
    body = [
        _cover(dossier),
        _contents(),
        _targets(dossier),
        _basics(dossier),
        _indicators(dossier),
        _reviewers(dossier),
        _report(dossier, is_framed),
    ]
    relation = f'<Relationship Id="rId{{}}" Type="{RELATIONS}/{{}}" Target="{{}}.xml"/>'
    return document(
        "".join(body),
        {
            "word/comments.xml": f'{HEAD}<w:comments {NAMESPACES}><w:comment w:id="1" w:author="李会计">'
            f"{par('含上年结转')}</w:comment></w:comments>",
            "word/footnotes.xml": f'{HEAD}<w:footnotes {NAMESPACES}><w:footnote w:id="0" w:type="separator">'
            f'{par("-")}</w:footnote><w:footnote w:id="2">{par("见支付凭证")}</w:footnote></w:footnotes>',
        },
        relation.format(7, "comments", "comments") + relation.format(8, "footnotes", "footnotes"),
    )


def _cover(dossier: Mapping[str, Any]) -> str:
    basic = dossier["basic"]
    return "".join(
        [
            par("财政支出项目绩效评价材料"),
            par(f"（{basic['year']}年度）"),
            par(f"项 目 名 称：{basic['project_name']}"),
            par(f"项目单位：{basic['unit']}"),
            par(f"主管部门：{basic['department']}"),
            par("评价时间：2021年5月"),
        ]
    )


def _contents() -> str:
    """A table of contents by hand and one of Word's own."""
    control = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    own = f"{control}<w:sdtContent>{par('一、项目概况')}{par('（一）项目资金到位情况分析')}</w:sdtContent></w:sdt>"
    return own + par("三、项目组织实施情况", '<w:pStyle w:val="TOC1"/>')


def _targets(dossier: Mapping[str, Any]) -> str:
    """Cut in two by a page: the heading again, and columns that differ by a hair."""
    heading = [
        row(
            cell("指标类型", 1, "restart"),
            cell("指标名称", 1, "restart"),
            cell("绩效目标", 2, "restart"),
            cell("绩效标准", 4),
        ),
        row(cell("", 1, "continue"), cell("", 1, "continue"), cell("", 2, "continue"), "优", "良", "中", "差"),
    ]
    keys = ("kind", "name", "target", "excellent", "good", "fair", "poor")
    rows = [
        row(*(cell(_shown(target[key]), 2 if key == "target" else 1) for key in keys)) for target in dossier["targets"]
    ]
    widths = [900, 1500, 2200, 30, 900, 800, 800, 800]
    lost = table(widths, [*heading, rows[0]]) + par() + table([w + 7 for w in widths], [*heading, *rows[1:]])
    return (
        par("项目绩效目标表")
        + par(f"项目名称：{dossier['basic']['project_name']}")
        + lost
        + par("注：以预算批复的绩效目标为准填列。")
    )


def _basics(dossier: Mapping[str, Any]) -> str:
    """In a table of one cell that somebody drew as a frame; the use of funds was corrected with changes tracked."""
    basic, funds = dossier["basic"], dossier["funds"]
    changed = (
        '<w:del w:id="1" w:author="甲"><w:r><w:delText>80.00</w:delText></w:r></w:del>'
        f'<w:ins w:id="2" w:author="甲">{run(_shown(funds["used"]["total"]))}</w:ins>'
        '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>99</w:t></w:r>'
    )
    ticked = run("经常性项目（ ") + _TICK + run(" ）　一次性项目（  ）")
    lines = [
        row(cell("一、项目基本情况", 6)),
        row("项目实施单位", cell(basic["unit"], 2), "主管部门", cell(basic["department"], 2)),
        row("项目负责人", cell(basic["leader"], 2), "联系电话", cell(basic["phone"], 2)),
        row("地址", cell(basic["address"], 2), "邮编", cell(_shown(basic["postcode"]), 2)),
        row("项目类型", cell(span=5, inner=par(runs=ticked))),
        row("计划投资额\n（万元）", _shown(funds["planned"]["total"]), "实际到位资金\n（万元）",
            _shown(funds["in_place"]["total"]), "实际使用情况（万元）", cell(inner=par(runs=changed))),
    ]  # fmt: skip
    for key, label in _SOURCES:
        amounts = [(label, _shown(funds[column][key])) for column in ("planned", "in_place", "used")]
        lines.append(row(*(text for pair in amounts for text in pair)))
    return par("项目基本信息表") + table([9000], [row(cell(inner=table([1500] * 6, lines) + par()))])


def _indicators(dossier: Mapping[str, Any]) -> str:
    """Over two pages, as two tables; the grade stands below them."""
    heading = row("一级指标", "分值", "二级指标", "分值", "三级指标", "分值", "得分")
    sums: dict[tuple[str, ...], float] = {}
    for one in dossier["indicators"]:
        for key in ((one["level1"],), (one["level1"], one["level2"])):
            sums[key] = sums.get(key, 0) + one["weight"]
    lines, last = [], ("", "")
    for one in dossier["indicators"]:
        first, second = (one["level1"],), (one["level1"], one["level2"])
        is_new, is_new_below = first[0] != last[0], second != last
        lines.append(
            row(
                cell(one["level1"] if is_new else "", 1, "restart" if is_new else "continue"),
                cell(_shown(sums[first]) if is_new else "", 1, "restart" if is_new else "continue"),
                cell(one["level2"] if is_new_below else "", 1, "restart" if is_new_below else "continue"),
                cell(_shown(sums[second]) if is_new_below else "", 1, "restart" if is_new_below else "continue"),
                one["level3"],
                _shown(one["weight"]),
                _shown(one["score"]),
            )
        )
        last = second
    total = row("总分", "100", "", "100", "", "100", _shown(dossier["stated"]["total"]))
    grade = row("评价等次", cell(_shown(dossier["stated"]["grade"]), 6))
    widths = [1300] * 7
    return (
        par("二、绩效评价指标评分（参考）")
        + table(widths, [heading, *lines[:9]])
        + table(widths, [heading, *lines[9:], total, grade])
    )


def _reviewers(dossier: Mapping[str, Any]) -> str:
    lines = [row(*(_shown(one[key]) for key in ("name", "title", "unit", "score")), "") for one in dossier["reviewers"]]
    foot = row("合计", "", "平均得分", _shown(dossier["stated"]["average"]), "")
    heading = row("姓  名", "职务/职称", "单   位", "项目评分", "签 字")
    signed = text_box(par("评价工作组组长（签字并单位盖章）：") + par("2021年  5  月 20  日"))
    return par("三、评价人员") + table([1800] * 5, [heading, *lines, foot]) + signed


def _report(dossier: Mapping[str, Any], is_framed: bool) -> str:
    """Headings counted by Word, typed, in bold, or with the text behind them in the same paragraph."""
    report = dossier["report"]

    def text(key: str) -> str:
        return "".join(par(line) for line in report[key].split("\n"))

    bold = par(runs=run("（二） 项目绩效目标", "<w:b/>"))
    comment = '<w:r><w:commentReference w:id="1"/></w:r>'
    chapters = "".join(
        [
            par("财政支出项目绩效评价报告"),
            numbered("项目概况", 0),
            numbered("项目基本性质、用途和主要内容", 1),
            text("overview"),
            bold,
            text("goals"),
            numbered("项目资金使用及管理情况", 0),
            par(runs=run(f"（一）项目资金到位情况分析。{report['funds_in_place']}") + comment),
            par("2、项目资金使用情况分析："),
            text("funds_used"),
            par("（三）项目资金管理情况分析"),
            text("funds_management"),
            numbered("项目组织实施情况", 0),
            text("organisation"),
            par("四 、项目绩效情况"),
            text("results"),
            par("五、综合评价情况及评价结论"),
            text("conclusion"),
            par("六、主要经验及做法、存在的问题和建议"),
            text("experience"),
        ]
    )
    return table([9000], [row(cell(inner=chapters))]) if is_framed else chapters
