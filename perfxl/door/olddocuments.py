"""Word and WPS documents of the old kinds: converted by LibreOffice where it is installed, else refused with advice."""

from perfxl.door.filekind import OLE_MAGIC, has_stream, is_encrypted_document
from perfxl.door.limits import Limits, Tally
from perfxl.door.refusals import encrypted
from perfxl.errors import RefusedError
from perfxl.system.libreoffice import ConversionError, convert_document, program

SAVE_AS_DOCX = "请用 Word 或 WPS 打开，另存为“Word 文档（*.docx）”；或填入财政部门下发的 Excel 表格后报送。"
_WHAT = {".doc": "Word 97-2003 或 WPS 文字文档（.doc、.wps）", ".rtf": "RTF 文档（.rtf）"}


def old_kind(data: bytes) -> str:
    """The ending of a text document of an old kind; "" for everything else."""
    if data.startswith(b"{\\rtf"):
        return ".rtf"
    return ".doc" if data.startswith(OLE_MAGIC) and has_stream(data, "WordDocument") else ""


def name_of_kind(kind: str) -> str:
    """As what a clerk knows an old kind."""
    return _WHAT[kind]


def as_docx(data: bytes, kind: str, limits: Limits) -> bytes:
    """The document as .docx, which the door has still to judge.

    Raises:
        RefusedError: FL01 where there is no LibreOffice; FL02, FL03, FL04.
    """
    Tally(limits).hold("file_bytes", len(data))
    if kind == ".doc" and is_encrypted_document(data):
        raise encrypted("加密的 Word 97-2003 文档")
    if program() is None:
        message = f"文件内容是{_WHAT[kind]}；这台电脑没有安装 LibreOffice，不能转换。"
        raise RefusedError("FL01", message, _WHAT[kind], "Word 文档（.docx）或 Excel 工作簿", SAVE_AS_DOCX)
    try:
        return convert_document(data, kind)
    except (ConversionError, OSError) as error:
        message = f"{_WHAT[kind]}转换不了：文件已损坏，内容过多，或这台电脑的 LibreOffice 不能运行。"
        raise RefusedError("FL03", message, _WHAT[kind], "能打开的文档", SAVE_AS_DOCX) from error
