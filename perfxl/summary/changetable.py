"""变化: a line for each change since the last run, linked to the project and to the cell in its annotated copy."""

from pathlib import PurePosixPath

from perfxl.summary.batch import Batch
from perfxl.summary.changes import Change, Changes
from perfxl.summary.listings import annotated_link
from perfxl.summary.tables import Column, Inside, Link, Linker, SummaryTable, Values, framed

CHANGES_KEY, CHANGES_TITLE = "changes", "变化"
_WITH_OWN_CELLS = (".xlsx", ".xlsm")
"""Copies of other formats stand on the standard form, where the cells are others."""

_COLUMNS: tuple[Column[Change], ...] = (
    Column("kind", "变化", "status", 9, value=lambda one: one.kind),
    Column("name", "项目名称", "long", 26, value=lambda one: one.name),
    Column("unit", "实施单位", "long", 16, value=lambda one: one.unit),
    Column("what", "什么变了", "long", 24, value=lambda one: one.what),
    Column("before", "上次", "long", 36, value=lambda one: one.before),
    Column("now", "本次", "long", 36, value=lambda one: one.now),
    Column("cell", "单元格", "link", 8, value=lambda one: one.cell),
    Column("sheet", "工作表", "text", 16, value=lambda one: one.sheet),
    Column("department", "主管部门", "long", 16, printed=False, value=lambda one: one.department),
    Column("file", "文件", "text", 40, printed=False, value=lambda one: one.file),
)


def change_table(batch: Batch, changes: Changes) -> SummaryTable:
    """A row for each change, in the order of the summary; what is not there any more stands first."""
    copies = {one.head.key: one.head.annotated for one in batch.received if one.head.annotated}
    numbers = {project.head.key: project.number - 1 for project in batch.portfolio.projects}
    rows = changes.rows

    def project_link(row: int, _: Values) -> Link:
        number = numbers.get((rows[row].file, rows[row].sheets))
        return None if number is None else Inside("projects", number)

    def copy_link(row: int, _: Values) -> Link:
        one = rows[row]
        has_own_cells = PurePosixPath(one.file.lower()).suffix in _WITH_OWN_CELLS
        return annotated_link(copies.get((one.file, one.sheets)), one.sheet, one.cell) if has_own_cells else None

    links: dict[str, Linker] = {"name": project_link, "cell": copy_link}
    note = (
        f"{changes.said()}　每处变化一行；点项目名称转到项目汇总表，点单元格转到审核副本；再次汇总同样的文件，这里不变"
    )
    return SummaryTable(CHANGES_KEY, CHANGES_TITLE, note, _COLUMNS, framed(_COLUMNS, rows), links=links, frozen="name")
