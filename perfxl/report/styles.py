"""The styles of the documents: the typesetting of official documents, GB/T 9704-2012.

Text in 三号仿宋 on a pitch of 28 points, titles in 二号小标宋, chapters in 黑体, sections in 楷体; tables in 五号.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from docx.document import Document
from docx.oxml.parser import parse_xml

from perfxl.report.wordxml import WordElement, element

SONG, FANG, HEI, KAI, TITLE_FONT = "宋体", "仿宋", "黑体", "楷体", "方正小标宋简体"
LATIN = "Times New Roman"
FALLBACKS = {TITLE_FONT: SONG, FANG: "仿宋_GB2312", KAI: "楷体_GB2312", HEI: "SimHei", SONG: "SimSun"}
"""The font that a program may take where it does not have the first."""

PITCH = 560
"""28 points between lines, in twentieths of a point."""
TABLE_PITCH = 290
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass(frozen=True)
class ParagraphLook:
    """A paragraph style.

    Attributes:
        name: as Word shows it; Word translates the names of its own styles.
        size: in half points.
        align: "both" (justified), "center", "left", "right" or "distribute".
        line: twentieths of a point between lines, exactly; a single line where 0.
        indent: of the first line, in hundredths of a character.
        outline: level of the heading, 0 the highest, None for text.
        page: whether it begins a page.
        keep: whether it stays with what follows.
        above, below: space in twentieths of a point.
        sides: kept free at the left and right, in hundredths of a character.
        ruled: whether a line is drawn below, as to write on.
        fill, colour: of the ground and of the letters.
        hidden: for the paragraph that keeps two tables apart.
    """

    name: str
    size: int = 32
    font: str = FANG
    align: str = "both"
    line: int = PITCH
    indent: int = 0
    outline: int | None = None
    page: bool = False
    keep: bool = False
    above: int = 0
    below: int = 0
    sides: tuple[int, int] = (0, 0)
    ruled: bool = False
    fill: str = ""
    colour: str = ""
    hidden: bool = False


CENTRE, LEFT, _RIGHT = "center", "left", "right"

LOOKS = {
    "Normal": ParagraphLook("Normal", line=0, align=LEFT),
    "BodyText": ParagraphLook("Body Text", indent=200),
    "TableLead": ParagraphLook("表前正文", indent=200, keep=True),
    "Draft": ParagraphLook("草稿", indent=200, fill="F2F2F2", colour="7F7F7F"),
    "Title": ParagraphLook("Title", 52, TITLE_FONT, CENTRE, 800, above=2200, below=240),
    "Subtitle": ParagraphLook("Subtitle", 36, KAI, CENTRE, 640, below=1800),
    "DateLine": ParagraphLook("日期行", 32, KAI, CENTRE, below=280),
    "Heading1": ParagraphLook("heading 1", 44, TITLE_FONT, CENTRE, 700, outline=0, page=True, keep=True, below=280),
    "Heading2": ParagraphLook("heading 2", 32, HEI, "both", indent=200, outline=1, keep=True),
    "Heading3": ParagraphLook("heading 3", 32, KAI, "both", indent=200, outline=2, keep=True),
    "CoverLabel": ParagraphLook("封面栏目", 32, FANG, "distribute", 640),
    "CoverText": ParagraphLook("封面内容", 32, FANG, CENTRE, 640, ruled=True),
    "TableText": ParagraphLook("表格文字", 21, FANG, CENTRE, TABLE_PITCH),
    "TableLong": ParagraphLook("表格长文", 21, FANG, LEFT, TABLE_PITCH),
    "TableHead": ParagraphLook("表格栏目", 21, HEI, CENTRE, TABLE_PITCH),
    "TableCaption": ParagraphLook("表内标题", 24, HEI, LEFT, 0, above=40, below=40),
    "TableLine": ParagraphLook("表前栏目", 24, FANG, LEFT, 480, keep=True),
    "TableGap": ParagraphLook("表间", 2, align=LEFT, line=20, hidden=True),
    "TableBreak": ParagraphLook("表间分页", 2, align=LEFT, line=20, page=True),
    "Note": ParagraphLook("表注", 21, FANG, LEFT, 360, above=60),
    "Signature": ParagraphLook("Signature", 24, FANG, LEFT, 0, above=60),
    "SignatureDate": ParagraphLook("签章日期", 24, FANG, _RIGHT, 0, above=560, below=40, sides=(0, 200)),
    "Caption": ParagraphLook("caption", 24, HEI, CENTRE, 480, keep=True, above=120),
    "Picture": ParagraphLook("图", 21, align=CENTRE, line=0, keep=False),
    "PageNumberOdd": ParagraphLook("页码（单页）", 28, SONG, _RIGHT, 0, sides=(0, 100)),
    "PageNumberEven": ParagraphLook("页码（双页）", 28, SONG, LEFT, 0, sides=(100, 0)),
    "CommentText": ParagraphLook("annotation text", 20, SONG, LEFT, 0),
}

FORM_TABLE = f"""<w:style {W} w:type="table" w:customStyle="1" w:styleId="FormTable"><w:name w:val="公文表格"/>
<w:basedOn w:val="TableNormal"/><w:tblPr><w:jc w:val="center"/><w:tblBorders>
<w:top w:val="single" w:sz="8" w:space="0" w:color="auto"/><w:left w:val="single" w:sz="8" w:space="0" w:color="auto"/>
<w:bottom w:val="single" w:sz="8" w:space="0" w:color="auto"/><w:right w:val="single" w:sz="8" w:space="0" w:color="auto"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="auto"/>
</w:tblBorders><w:tblCellMar><w:top w:w="25" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>
<w:bottom w:w="25" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>"""

OTHERS = (
    f"""<w:style {W} w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>
<w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>
<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>""",
    FORM_TABLE,
    f"""<w:style {W} w:type="table" w:customStyle="1" w:styleId="CoverTable"><w:name w:val="封面表格"/>
<w:basedOn w:val="TableNormal"/><w:tblPr><w:jc w:val="center"/></w:tblPr></w:style>""",
    f"""<w:style {W} w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/>
<w:uiPriority w:val="1"/><w:semiHidden/></w:style>""",
    f"""<w:style {W} w:type="character" w:customStyle="1" w:styleId="ComputedFigure"><w:name w:val="核算值"/>
<w:rPr><w:u w:val="dotted"/></w:rPr></w:style>""",
    f"""<w:style {W} w:type="character" w:customStyle="1" w:styleId="DraftMark"><w:name w:val="草稿标记"/>
<w:rPr><w:b/><w:color w:val="C00000"/></w:rPr></w:style>""",
    f"""<w:style {W} w:type="character" w:styleId="CommentReference"><w:name w:val="annotation reference"/>
<w:rPr><w:sz w:val="18"/></w:rPr></w:style>""",
)

BUILT_IN = frozenset(
    ["BodyText", "Title", "Subtitle", "Heading1", "Heading2", "Heading3", "Signature", "Caption", "CommentText"]
)
"""Styles that Word knows by name; all others are ours."""


def set_styles(document: Document) -> None:
    """Replaces the styles of python-docx's template by those of official documents."""
    root = document.styles.element
    for child in list(root):
        root.remove(child)
    root.append(_defaults())
    for key, look in LOOKS.items():
        root.append(_style(key, look))
    for text in OTHERS:
        root.append(parse_xml(text))


def font_table() -> bytes:
    """The part that names a second font for each, for machines without the first."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in FALLBACKS.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {W}>{fonts}</w:fonts>'.encode()


def _defaults() -> WordElement:
    fonts = element("rFonts", ascii=LATIN, hAnsi=LATIN, eastAsia=FANG, cs=LATIN)
    run = element("rPr", fonts, element("kern", val=2), element("sz", val=32), element("szCs", val=32))
    run.append(element("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
    return element("docDefaults", element("rPrDefault", run), element("pPrDefault", element("pPr")))


def _style(key: str, look: ParagraphLook) -> WordElement:
    own = {"default": 1} if key == "Normal" else {} if key in BUILT_IN else {"customStyle": 1}
    made = element("style", type="paragraph", **own, styleId=key)
    made.append(element("name", val=look.name))
    if key != "Normal":
        made.append(element("basedOn", val="Normal"))
    if look.outline is not None:
        made.append(element("next", val="BodyText"))
    made.append(element("qFormat"))
    made.append(element("pPr", *_paragraph_properties(look)))
    letters = [element("rFonts", ascii=LATIN, hAnsi=LATIN, eastAsia=look.font, cs=LATIN)]
    letters += [element("vanish")] if look.hidden else []
    letters += [element("color", val=look.colour)] if look.colour else []
    made.append(element("rPr", *letters, element("sz", val=look.size), element("szCs", val=look.size)))
    return made


def _paragraph_properties(look: ParagraphLook) -> Iterator[WordElement]:
    """The properties in the order that the format prescribes."""
    if look.keep:
        yield element("keepNext")
    if look.page:
        yield element("pageBreakBefore")
    if look.ruled:
        yield element("pBdr", element("bottom", val="single", sz=6, space=1, color="auto"))
    if look.fill:
        yield element("shd", val="clear", color="auto", fill=look.fill)
    pitch = {"line": look.line, "lineRule": "exact"} if look.line else {"line": 240, "lineRule": "auto"}
    yield element("snapToGrid", val=0)
    yield element("spacing", before=look.above, after=look.below, **pitch)
    parts = {"left": look.sides[0], "right": look.sides[1], "firstLine": look.indent}
    sizes = {name: hundredths * look.size // 10 for name, hundredths in parts.items() if hundredths}
    if sizes:
        yield element("ind", **{f"{name}Chars": parts[name] for name in sizes}, **sizes)
    yield element("jc", val=look.align)
    if look.outline is not None:
        yield element("outlineLvl", val=look.outline)
