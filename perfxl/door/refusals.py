"""With which words is a file turned away at the door?

One function for each code FL01 to FL05 and FL08. The sentences are written so that a clerk can pass them on to the
agency as they stand: what is wrong, and what to do.
"""

from perfxl.errors import RefusedError

SAVE_AS = "请用 Excel 或 WPS 打开后，另存为“Excel 工作簿（*.xlsx）”再报送。"
_SEND_AGAIN = "请在发送方电脑上用 Excel 或 WPS 打开检查，重新保存后再发送一次。"
SLIM = "请把内容复制到财政部门下发的空白模板中（只粘贴数值），保存后再报送。"
_WORKBOOK = "Excel 工作簿（.xlsx）"


def not_a_workbook(what: str, fix: str = SAVE_AS) -> RefusedError:
    """FL01: the content is something else; `what` says what it is."""
    return RefusedError("FL01", f"文件内容是{what}，不是 Excel 工作簿。", what, _WORKBOOK, fix)


def encrypted(what: str) -> RefusedError:
    """FL02: a password is needed to open it."""
    fix = "请打开文件，在“文件—信息—保护工作簿—用密码进行加密”中清空密码，保存后再报送。"
    return RefusedError("FL02", "文件设有打开密码，无法读取。", what, "不设打开密码的工作簿", fix)


def damaged(reason: str, where: str = "") -> RefusedError:
    """FL03: damaged or not as a workbook must be; `where` is a sheet with a cell, or a part of the package."""
    return RefusedError("FL03", f"文件已损坏：{reason}。", where, "完整的 Excel 工作簿", _SEND_AGAIN)


def over(what: str, found: int, allowed: int, where: str = "") -> RefusedError:
    """FL04: more than the limit of one kind of thing."""
    place = f"（{where}）" if where else ""
    return RefusedError(
        "FL04",
        f"文件超出允许的上限：{what}为 {found:,}，上限为 {allowed:,}{place}。",
        f"{found:,}",
        f"不超过 {allowed:,}",
        SLIM,
    )


def unsafe(reason: str, where: str = "") -> RefusedError:
    """FL05: content that no spreadsheet program writes and that attacks are made of."""
    return RefusedError("FL05", f"文件含有不安全的内容：{reason}。", where, "由 Excel 或 WPS 直接保存的工作簿", SLIM)


def unsafe_document(reason: str, where: str = "") -> RefusedError:
    """FL05: a Word document that could do something, or brings in what nobody has looked at."""
    fix = "请把文字和表格复制到新文档，另存为“Word 文档（*.docx）”；或填入财政部门下发的 Excel 表格后报送。"
    return RefusedError("FL05", f"文件含有不安全的内容：{reason}。", where, "只有文字和表格的 Word 文档", fix)


def ambiguous(reason: str, where: str = "") -> RefusedError:
    """FL05: what one program reads in this way and another in that; what is seen could not be what is counted."""
    return unsafe(f"{reason}（{where}）" if where else reason, where)


def doctype(part: str) -> RefusedError:
    """FL05: a document type or entities, which can make a reader grow or fetch things."""
    return unsafe("内部文件带有文档类型或实体声明", part)


def strict_ooxml(part: str = "") -> RefusedError:
    """FL08: Strict Open XML, which the readers take for an empty workbook; `part` is the main part."""
    program, kind, of = (
        ("Word", "Word 文档（*.docx）", "文档")
        if part.startswith("word/")
        else ("Excel", "Excel 工作簿（*.xlsx）", "电子表格")
    )
    fix = f"请用 {program} 打开，另存为时把“保存类型”选为“{kind}”，不要选“Strict Open XML {of}”。"
    return RefusedError(
        "FL08", "文件是 Strict Open XML 格式，无法读取。", f"Strict Open XML {of}", kind.replace("*", ""), fix
    )
