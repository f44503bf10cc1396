"""The Word documents: a project's dossier to be signed and stamped, and the finance office's report on a batch.

`document.write_dossier` and `office.write_office_report` are the ways in. Both need python-docx, which comes with
`pip install "perfxl[report]"`; nothing here is imported before it is known to be there.
"""

from importlib.util import find_spec

from perfxl.errors import PerfxlError


def require_docx() -> None:
    """Refuses to go on without python-docx.

    Raises:
        PerfxlError: it is not installed, or too old to write comments; says how to install it.
    """
    if find_spec("docx") is None or find_spec("docx.comments") is None:
        raise PerfxlError('生成 Word 文档需要 python-docx（1.2 以上）。请先安装：pip install "perfxl[report]"')
