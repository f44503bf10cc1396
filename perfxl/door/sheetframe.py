"""What does a sheet say around its cells: how wide its columns are, what of it is hidden, how it is opened?

Each of these is said once and directly in the sheet. What is said twice, or wrapped in an element that some programs open
and others pass over, could be read in two ways and is refused.
"""

from collections.abc import Iterator, Sequence
from typing import cast

from perfxl.door.ranges import LAST_COLUMN, box_of
from perfxl.door.refusals import ambiguous
from perfxl.door.seen import SheetSight
from perfxl.door.written import is_on, size_of, whole
from perfxl.door.xmldoor import MAIN_SPACE, Element, main_tag

LOWEST, _NARROWEST = 4.0, 1.0
"""Points of height and letters of width below which a cell shows nothing."""
_USUAL_WIDTH = 9.14
"""Letters that a column is wide of which nothing is said, with its edges."""
_FORMAT, _COLUMNS, _COLUMN, _VIEWS, _VIEW, _PANE = map(
    main_tag, ("sheetFormatPr", "cols", "col", "sheetViews", "sheetView", "pane")
)
_ONCE = (_FORMAT, _VIEWS)
_READ = tuple(
    map(
        main_tag,
        ("sheetFormatPr", "sheetViews", "sheetView", "cols", "col", "mergeCell", "conditionalFormatting", "cfRule"),
    )
)
_FROZEN = ("frozen", "frozenSplit")


def is_flat(root: Element) -> bool:
    """Whether rows that say no height have none."""
    usual = root.find(_FORMAT)
    height = size_of(usual.get("defaultRowHeight")) if usual is not None else None
    return height is not None and height < LOWEST


def take_frame(root: Element, name: str, sight: SheetSight) -> None:
    """Notes widths, hidden columns and the view of a sheet.

    Raises:
        RefusedError: FL05, it says something twice or in a wrapping.
    """
    _refuse_two_readings(root, name)
    runs = [(*_run_of(column), column) for column in root.iterfind(f"{_COLUMNS}/{_COLUMN}")]
    for first, last, column in runs:
        width = size_of(column.get("width"))
        if is_on(column.get("hidden")) or (width is not None and width < _NARROWEST):
            sight.hidden_columns.append((first, last))
        elif width is not None:
            sight.widths.append((first, last, width))
    usual = root.find(_FORMAT)
    width = size_of(usual.get("defaultColWidth")) if usual is not None else None
    sight.usual_width = _USUAL_WIDTH if width is None else width
    if sight.usual_width < _NARROWEST:
        sight.hidden_columns += _between([(first, last) for first, last, _ in runs])
    for view in root.iterfind(f"{_VIEWS}/{_VIEW}"):
        _take_view(view, sight)


def _refuse_two_readings(root: Element, name: str) -> None:
    if any(sum(1 for _ in root.iterchildren(tag)) > 1 for tag in _ONCE):
        raise ambiguous("工作表的默认行高、列宽或视图登记了不止一份", name)
    if any(not cast(Element, part.getparent()).tag.startswith(MAIN_SPACE) for part in root.iter(*_READ)):
        raise ambiguous("工作表的行列、合并、视图或条件格式包在别的元素里，有的程序读，有的不读", name)


def _run_of(column: Element) -> tuple[int, int]:
    """The first and the last of the columns that an element speaks of."""
    return whole(column.get("min")) or 0, whole(column.get("max")) or LAST_COLUMN


def _between(runs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The columns of a sheet that no run names."""
    first = 1
    for start, end in sorted(runs):
        if start > first:
            yield first, start - 1
        first = max(first, end + 1)
    if first <= LAST_COLUMN:
        yield first, LAST_COLUMN


def _take_view(view: Element, sight: SheetSight) -> None:
    sight.shows_zeros = sight.shows_zeros and is_on(view.get("showZeros"), usual=True)
    sight.shows_formulas = sight.shows_formulas or is_on(view.get("showFormulas"))
    pane, corner = view.find(_PANE), box_of(view.get("topLeftCell", "A1"))
    if pane is not None and corner is not None and pane.get("state") in _FROZEN:
        top, left = sight.first_reached
        is_down, is_right = size_of(pane.get("ySplit")), size_of(pane.get("xSplit"))
        sight.first_reached = (max(top, corner.top) if is_down else top, max(left, corner.left) if is_right else left)
