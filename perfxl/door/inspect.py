"""May this file be opened at all?

`inspect` looks at the bytes of a file before any reader does. It refuses what is not a workbook, what is damaged,
encrypted, unsafe or too large (FL01 to FL05, FL08), and reports what a reader cannot see: formulas without a stored
value, error values, macros, links, signatures. It resolves, fetches and runs nothing.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from perfxl.door.bookscan import (
    SheetEntry,
    check_comments,
    check_styles,
    content_types,
    modified,
    sheet_entries,
    string_lengths,
)
from perfxl.door.filekind import UNPACK, kind_of
from perfxl.door.limits import Limits, Tally
from perfxl.door.odsscan import sheet_names
from perfxl.door.refusals import SAVE_AS, not_a_workbook
from perfxl.door.sheetscan import SheetScan
from perfxl.door.skimming import tags_of
from perfxl.door.xmldoor import walk
from perfxl.door.zipdoor import Archive
from perfxl.model import Finding, Severity

__all__ = ["Facts", "Limits", "SheetFacts", "inspect"]

NO_TAGS = tags_of()
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
OTHER_PACKAGES = (
    ("word/document.xml", "Word 文档（.docx）", SAVE_AS),
    ("ppt/presentation.xml", "演示文稿（.pptx）", SAVE_AS),
    ("xl/workbook.bin", "二进制工作簿（.xlsb）", SAVE_AS),
    ("mimetype", "OpenDocument 文件", SAVE_AS),
    ("content.xml", "OpenDocument 文件", SAVE_AS),
)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the reader cannot see of a sheet.

    Attributes:
        name: as the workbook lists it.
        part: where its content is, such as "xl/worksheets/sheet1.xml".
        state: "visible", "hidden" or "veryHidden".
        uncalculated: A1 addresses of formulas without a stored value, which the reader takes for blanks.
        errors: A1 address to the error value (#REF! ...), which the reader takes for blanks too.
    """

    name: str
    part: str
    state: str = "visible"
    uncalculated: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What is known of a file that may be read.

    Attributes:
        kind: "xlsx", "xlsm", "xls" or "ods".
        sheets: in the order of the workbook; none for "xls", into which the door cannot see.
        findings: FL06, FL07, FL10, FL11.
        modified: when the workbook says that it was last changed (ISO 8601), else empty.
    """

    kind: str
    sheets: tuple[SheetFacts, ...] = ()
    findings: tuple[Finding, ...] = ()
    modified: str = ""


def inspect(data: bytes, limits: Limits = Limits(), sheets: Container[str] | None = None) -> Facts:  # noqa: B008
    """Decides whether a file may be read.

    Args:
        data: the whole file.
        limits: how large it may be.
        sheets: the names of the sheets that will be read; the cells of others are not looked at. None means all.

    Raises:
        RefusedError: FL01, FL02, FL03, FL04, FL05 or FL08.
    """
    tally = Tally(limits)
    tally.hold("file_bytes", len(data))
    if kind_of(data) == "xls":
        return Facts("xls", findings=(_legacy("Excel 97-2003 工作簿（.xls）"),))
    archive = Archive(data, tally)
    if "xl/workbook.xml" in archive:
        facts = _inspect_workbook(archive, tally, sheets)
    elif "mimetype" in archive and archive.read("mimetype").strip() == ODS_TYPE:
        names = sheet_names(archive, tally)
        facts = Facts(
            "ods", tuple(SheetFacts(name, "content.xml") for name in names), (_legacy("OpenDocument 表格（.ods）"),)
        )
    else:
        raise _other_package(archive)
    _check_unread(archive, tally)
    return facts


def _inspect_workbook(archive: Archive, tally: Tally, wanted: Container[str] | None) -> Facts:
    types = content_types(archive, tally)
    entries = sheet_entries(archive, tally)
    check_styles(archive, tally)
    for part, kind in types.items():
        if kind.endswith(".comments+xml") and part in archive:
            check_comments(part, archive, tally)
    facts = _scan_sheets(archive, tally, entries, wanted)
    macros = "macroenabled" in types.get("xl/workbook.xml", "").lower()
    return Facts("xlsm" if macros else "xlsx", facts, _findings(archive), modified(archive, tally))


def _scan_sheets(
    archive: Archive, tally: Tally, entries: Sequence[SheetEntry], wanted: Container[str] | None
) -> tuple[SheetFacts, ...]:
    lengths = string_lengths(archive, tally)
    facts = []
    for entry in entries:
        if wanted is not None and entry.name not in wanted:
            facts.append(SheetFacts(entry.name, entry.part, entry.state))
            continue
        found = SheetScan(entry.name, entry.part, tally, lengths).run(archive.read(entry.part))
        uncalculated, errors = frozenset(found.uncalculated), found.errors
        facts.append(SheetFacts(entry.name, entry.part, entry.state, uncalculated, errors))
    return tuple(facts)


def _check_unread(archive: Archive, tally: Tally) -> None:
    """Looks at the parts that no scan has needed: checksum, encoding, document type; relations must be well-formed."""
    for name in archive.unread:
        data = archive.read(name)
        if name.endswith(".rels"):
            walk(name, data, tally, lambda _name, _attributes: None, needed=NO_TAGS)


def _findings(archive: Archive) -> tuple[Finding, ...]:
    """What is worth knowing of the other parts of a workbook."""
    names = sorted(archive.names)
    found = []
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        message = "工作簿带有宏（VBA）：予以保留，但从不运行。"
        found.append(Finding("FL07", Severity.INFO, message, found="宏", fix="如无需要，请另存为不含宏的 .xlsx。"))
    links = [name for name in names if name.startswith("xl/externallinks/") and name.endswith(".xml")]
    if links:
        found.append(_links(any(b"ddeLink" in archive.read(name) for name in links), len(links)))
    if any(name.startswith("_xmlsignatures/") for name in names):
        message = "工作簿带有数字签名：写入批注后的副本与原件不同，签名随之失效；原件不受影响。"
        found.append(Finding("FL11", Severity.WARNING, message, found="数字签名", fix="需要核验签名时，请以原件为准。"))
    return tuple(found)


def _links(dde: bool, count: int) -> Finding:
    what = f"{count} 处外部链接" + ("（含 DDE）" if dde else "")
    message = f"工作簿链接到其他文件或程序（{what}）：链接不会更新，只采用文件中保存的数值。"
    fix = "请在“数据—编辑链接”中断开链接，把数值直接填入表格。"
    return Finding("FL10", Severity.WARNING, message, found=what, expected="不含外部链接", fix=fix)


def _legacy(what: str) -> Finding:
    message = f"文件是{what}：可以读取，带批注的副本改用标准模板生成。"
    return Finding("FL06", Severity.INFO, message, found=what, expected="Excel 工作簿（.xlsx）", fix=SAVE_AS)


def _other_package(archive: Archive) -> Exception:
    for mark, what, fix in OTHER_PACKAGES:
        if mark in archive:
            return not_a_workbook(what, fix)
    books = sum(name.endswith((".xlsx", ".xlsm", ".xls", ".et")) for name in archive.names)
    return not_a_workbook(f"压缩包（内有 {books} 个工作簿）" if books else "压缩包（ZIP）", UNPACK)
