"""Parts that no library writes, as Excel writes them: the hand-made half of `rich_workbooks`."""

from dataclasses import dataclass

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
EXCEL_2009 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

PERSON = "{A1B2C3D4-0000-4000-8000-000000000001}"
THREAD = "{A1B2C3D4-0000-4000-8000-000000000002}"
THREADED_CELL = "B5"


@dataclass(frozen=True)
class Part:
    """One part to add; `kind` is its content type, empty where its extension says it."""

    name: str
    content: bytes
    kind: str = ""

    @property
    def declared(self) -> str:
        return f'<Override PartName="/{self.name}" ContentType="{self.kind}"/>' if self.kind else ""


def xml(name: str, text: str, kind: str) -> Part:
    return Part(name, (HEAD + text).encode(), kind)


def link(key: str, kind: str, target: str, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{key}" Type="{kind if ":" in kind else f"{OFFICE}/{kind}"}" Target="{target}"{mode}/>'


def links(*entries: str) -> str:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{space}">{"".join(entries)}</Relationships>'


RELATIONS = {
    "xl/worksheets/_rels/sheet1.xml.rels": (
        link("rIdP1", "printerSettings", "/xl/printerSettings/printerSettings1.bin")
        + link("rIdC1", "ctrlProp", "../ctrlProps/ctrlProp1.xml")
        + link(
            "rIdT1",
            "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
            "../threadedComments/threadedComment1.xml",
        )
    ),
    "xl/worksheets/_rels/sheet3.xml.rels": link("rIdV1", "pivotTable", "../pivotTables/pivotTable1.xml"),
    "xl/_rels/workbook.xml.rels": (
        link("rIdX1", "externalLink", "externalLinks/externalLink1.xml")
        + link("rIdV2", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")
        + link("rIdK1", "calcChain", "calcChain.xml")
        + link("rIdQ1", "http://schemas.microsoft.com/office/2017/10/relationships/person", "persons/person.xml")
        + link("rIdU1", "customXml", "../customXml/item1.xml")
    ),
}
"""What is appended to relationships that are there already."""

PIVOT_CACHE = (
    f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rId1" refreshOnLoad="1" recordCount="1">'
    '<cacheSource type="worksheet"><worksheetSource ref="A20:C23" sheet="绩效自评表"/></cacheSource><cacheFields count="3">'
    + "".join(
        f'<cacheField name="{name}" numFmtId="0"><sharedItems/></cacheField>' for name in ("姓名", "单位", "评分")
    )
    + "</cacheFields></pivotCacheDefinition>"
)
PIVOT_TABLE = (
    f'<pivotTableDefinition xmlns="{MAIN}" name="透视表" cacheId="7" dataCaption="值" applyNumberFormats="0" '
    'applyBorderFormats="0" applyFontFormats="0" applyPatternFormats="0" applyAlignmentFormats="0" applyWidthHeightFormats="1">'
    '<location ref="E3:G5" firstHeaderRow="0" firstDataRow="1" firstDataCol="0"/>'
    '<pivotFields count="3"><pivotField showAll="0"/><pivotField showAll="0"/><pivotField showAll="0"/></pivotFields>'
    "</pivotTableDefinition>"
)
RECORDS = '<r><s v="a"/><s v="b"/><n v="1"/></r>'
EXTERNAL_BOOK = (
    f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1"><sheetNames><sheetName val="Sheet1"/></sheetNames>'
    "</externalBook></externalLink>"
)
THREADS = (
    f'<ThreadedComments xmlns="{THREADED}"><threadedComment ref="{THREADED_CELL}" dT="2021-05-20T08:00:00.00" personId="{PERSON}" '
    f'id="{THREAD}"><text>请核对</text></threadedComment></ThreadedComments>'
)
PERSONS = f'<personList xmlns="{THREADED}"><person displayName="王五" id="{PERSON}" userId="王五" providerId="None"/></personList>'
CONTROL = f'<formControlPr xmlns="{EXCEL_2009}" objectType="CheckBox" checked="Checked" lockText="1" noThreeD="1"/>'

ADDED_PARTS = (
    Part("xl/printerSettings/printerSettings1.bin", b"\0P\0r\0i\0n\0t\0e\0r" * 9, f"{SPREADSHEET}.printerSettings"),
    xml("xl/ctrlProps/ctrlProp1.xml", CONTROL, "application/vnd.ms-excel.controlproperties+xml"),
    xml("xl/threadedComments/threadedComment1.xml", THREADS, "application/vnd.ms-excel.threadedcomments+xml"),
    xml("xl/persons/person.xml", PERSONS, "application/vnd.ms-excel.person+xml"),
    xml("xl/externalLinks/externalLink1.xml", EXTERNAL_BOOK, f"{SPREADSHEET}.externalLink+xml"),
    xml(
        "xl/externalLinks/_rels/externalLink1.xml.rels",
        links(link("rId1", "externalLinkPath", "other.xlsx", True)).removeprefix(HEAD),
        "",
    ),
    xml("xl/pivotCache/pivotCacheDefinition1.xml", PIVOT_CACHE, f"{SPREADSHEET}.pivotCacheDefinition+xml"),
    xml(
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels",
        links(link("rId1", "pivotCacheRecords", "pivotCacheRecords1.xml")).removeprefix(HEAD),
        "",
    ),
    xml(
        "xl/pivotCache/pivotCacheRecords1.xml",
        f'<pivotCacheRecords xmlns="{MAIN}" count="1">{RECORDS}</pivotCacheRecords>',
        f"{SPREADSHEET}.pivotCacheRecords+xml",
    ),
    xml("xl/pivotTables/pivotTable1.xml", PIVOT_TABLE, f"{SPREADSHEET}.pivotTable+xml"),
    xml(
        "xl/pivotTables/_rels/pivotTable1.xml.rels",
        links(link("rId1", "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")).removeprefix(HEAD),
        "",
    ),
    xml(
        "xl/calcChain.xml",
        f'<calcChain xmlns="{MAIN}"><c r="D3" i="1"/><c r="B7"/></calcChain>',
        f"{SPREADSHEET}.calcChain+xml",
    ),
    xml("customXml/item1.xml", "<报送 xmlns='urn:example:fiscal'><批次>1</批次></报送>", ""),
)

CHECK_BOX = (
    '<v:shape id="_x0000_s1900" type="#_x0000_t201" style="position:absolute;z-index:9" filled="f" stroked="f">'
    "<v:textbox><div style='text-align:left'><font face='宋体' size='200'>完成<br>本项</font></div></v:textbox>"
    '<x:ClientData ObjectType="Checkbox"><x:Anchor>1, 5, 9, 2, 2, 60, 10, 4</x:Anchor><x:Checked>1</x:Checked></x:ClientData></v:shape>'
)
"""With a line break as Excel writes it: not well-formed."""

CONTROLS = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    f'<mc:Choice xmlns:x14="{EXCEL_2009}" Requires="x14"><controls><mc:AlternateContent><mc:Choice Requires="x14">'
    '<control shapeId="1900" r:id="rIdC1" name="复选框 1"><controlPr defaultSize="0" autoFill="0" autoLine="0">'
    '<anchor moveWithCells="1"><from><xdr:col xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">1</xdr:col>'
    '<xdr:colOff xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">0</xdr:colOff>'
    '<xdr:row xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">9</xdr:row>'
    '<xdr:rowOff xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">0</xdr:rowOff></from>'
    '<to><xdr:col xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">2</xdr:col>'
    '<xdr:colOff xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">0</xdr:colOff>'
    '<xdr:row xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">10</xdr:row>'
    '<xdr:rowOff xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">0</xdr:rowOff></to></anchor>'
    "</controlPr></control></mc:Choice></mc:AlternateContent></controls></mc:Choice></mc:AlternateContent>"
)

VALIDATIONS = (
    f'<ext xmlns:x14="{EXCEL_2009}" uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}"><x14:dataValidations '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list" allowBlank="1">'
    "<x14:formula1><xm:f>选项!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>B10</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
)


def in_sheet(text: str) -> str:
    """A printer's settings, a check box and a drop-down that lists from another sheet."""
    text = text.replace("<pageSetup ", '<pageSetup r:id="rIdP1" ').replace("<tableParts", f"{CONTROLS}<tableParts")
    head, end, _ = text.rpartition("</extLst></worksheet>")
    return f"{head}{VALIDATIONS}{end}"


def in_comments(text: str) -> str:
    """The place-holder that Excel keeps under a threaded comment."""
    holder = f'<comment ref="{THREADED_CELL}" authorId="1" shapeId="0"><text><t>[线程批注]\n\n批注:\n    请核对</t></text></comment>'
    text = text.replace("</authors>", f"<author>tc={THREAD}</author></authors>")
    return text.replace("</commentList>", f"{holder}</commentList>")


def in_drawing(text: str) -> str:
    """A check box, and the box of the place-holder."""
    note = (
        '<v:shape id="_x0000_s1901" type="#_x0000_t202" style="position:absolute;visibility:hidden"><x:ClientData ObjectType="Note">'
        "<x:Anchor>2, 15, 4, 2, 4, 15, 8, 4</x:Anchor><x:Row>4</x:Row><x:Column>1</x:Column></x:ClientData></v:shape>"
    )
    return text.replace("</xml>", f"{CHECK_BOX}{note}</xml>")


def in_book(text: str) -> str:
    """A link to another workbook and a pivot cache."""
    text = text.replace(
        "<definedNames>", '<externalReferences><externalReference r:id="rIdX1"/></externalReferences><definedNames>'
    )
    head, found, tail = text.partition("</workbook>")
    return f'{head}<pivotCaches><pivotCache cacheId="7" r:id="rIdV2"/></pivotCaches>{found}{tail}'
