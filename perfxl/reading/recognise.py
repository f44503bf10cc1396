"""Which form a workbook is, and which of its sheets is which sheet of the form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from perfxl.errors import RefusedError
from perfxl.layout import PlacedSheet, blank_layout
from perfxl.reading.anchors import share_found
from perfxl.reading.grid import OpenedBook
from perfxl.schemes import load_scheme, scheme_names
from perfxl.schemes.spec import MARKER_SHEET, NO_FORM_SHEETS, SUMMARY_SHEETS, Scheme
from perfxl.typed.amounts import exact
from perfxl.typed.wording import label_key

ENOUGH = 0.5
"""Share of a sheet's labels that must be there for a sheet without the right name to be taken for it."""
SURE = 0.7
"""Share from which a further sheet of the same kind is a second form."""
_FAINT = 0.1
"""Share below which naming the nearest form would only mislead."""
_COPY = re.compile(r"(\(\d+\)|副本|-?\d{1,2})$")


@dataclass(frozen=True)
class Recognised:
    """A workbook's scheme, its sheets by the form's own names, and the template version that it carries (None: none)."""

    scheme: Scheme
    sheets: Mapping[str, str]
    version: int | None = None


class _Fit(NamedTuple):
    """A scheme held against a workbook: its sheets that are there, and how many of its labels they hold."""

    scheme: Scheme
    sheets: Mapping[str, str]
    share: float


def recognise(book: OpenedBook, wanted: Scheme | None) -> Recognised:
    """The form that a workbook is: by its hidden marker, else by the labels that it shows.

    Args:
        book: the workbook.
        wanted: the scheme to read it by where it fits, None to find out.

    Raises:
        RefusedError: ST01, no scheme fits, the workbook holds two forms, or it is a summary of many.
    """
    if set(SUMMARY_SHEETS) <= set(book.names):
        raise _summary()
    marked, version = _marker(book)
    fit = _fitting(book, wanted, marked)
    if fit.share < ENOUGH:
        raise _unrecognised(book, fit)
    _refuse_two_forms(book, fit.scheme)
    return Recognised(fit.scheme, fit.sheets, version if marked == fit.scheme.id else None)


def _fitting(book: OpenedBook, wanted: Scheme | None, marked: str | None) -> _Fit:
    """The scheme to read a workbook by.

    The wanted one where it fits; else the marked one; else the one that fits best, so that a batch may hold several forms
    though one of them is read by a scheme of the office's own.
    """
    if wanted is not None and (fit := _fit(book, wanted)).share >= ENOUGH:
        return fit
    if marked in _shipped() and (fit := _fit(book, load_scheme(str(marked)))).share >= ENOUGH:
        return fit
    schemes = [*([wanted] if wanted else []), *map(load_scheme, _shipped())]
    return max((_fit(book, scheme) for scheme in schemes), key=lambda fit: fit.share)


@lru_cache
def _shipped() -> list[str]:
    return scheme_names()


def _marker(book: OpenedBook) -> tuple[str | None, int | None]:
    """Scheme id and version from the template's hidden sheet."""
    if MARKER_SHEET not in book.names:
        return None, None
    cells = book.grid(MARKER_SHEET).cells
    name, version = cells.get((1, 2)), cells.get((2, 2))
    number = exact(version) if isinstance(version, int | float) else None
    return (name if isinstance(name, str) else None), (int(number) if number is not None else None)


def match_sheets(book: OpenedBook, scheme: Scheme) -> dict[str, str]:
    """The workbook's name of each sheet of the form that is there: by name or alias, by a copy's name, by its labels."""
    matched: dict[str, str] = {}
    for find in (_named, _copied, _likest):
        for sheet in blank_layout(scheme).sheets:
            if sheet.sheet.name not in matched:
                taken = set(matched.values())
                name = find(book, sheet, [name for name in book.names if name not in taken])
                if name is not None:
                    matched[sheet.sheet.name] = name
    return matched


def _named(book: OpenedBook, sheet: PlacedSheet, names: Sequence[str]) -> str | None:
    return next((name for name in names if label_key(name) in _names_of(sheet)), None)


def _copied(book: OpenedBook, sheet: PlacedSheet, names: Sequence[str]) -> str | None:
    return next((name for name in names if _copy_key(name) in _names_of(sheet)), None)


@lru_cache(maxsize=512)
def _names_of(sheet: PlacedSheet) -> frozenset[str]:
    """The keys of a sheet's name and aliases."""
    return frozenset(map(label_key, (sheet.sheet.name, *sheet.sheet.aliases)))


@lru_cache(maxsize=4096)
def _copy_key(name: str) -> str:
    """The key of a sheet's name without what a program adds to a copy's."""
    return _COPY.sub("", label_key(name))


def _likest(book: OpenedBook, sheet: PlacedSheet, names: Sequence[str]) -> str | None:
    """The sheet that holds the most of the form's labels, if they are enough."""
    others = [name for name in names if not name.startswith(NO_FORM_SHEETS)]
    shares = {name: share_found(sheet, book.grid(name)) for name in others}
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] >= ENOUGH else None


def _fit(book: OpenedBook, scheme: Scheme) -> _Fit:
    """How much of a scheme's labels a workbook holds, over all sheets of the form."""
    matched = match_sheets(book, scheme)
    placed = blank_layout(scheme).sheets
    shares = [
        share_found(sheet, book.grid(matched[sheet.sheet.name])) if sheet.sheet.name in matched else 0.0
        for sheet in placed
    ]
    return _Fit(scheme, matched, sum(shares) / len(shares))


def _summary() -> RefusedError:
    return RefusedError(
        "ST01",
        "这是 perfxl 写出的汇总表，不是评价表，没有计入",
        found=f"工作表：{'、'.join(SUMMARY_SHEETS)}",
        expected="一个项目一个工作簿",
        fix="请把汇总表移出收件文件夹，不用报送。",
    )


def _refuse_two_forms(book: OpenedBook, scheme: Scheme) -> None:
    for sheet in blank_layout(scheme).sheets:
        alike = _of_kind(book, sheet)
        names = [name for name in alike if len(alike) > 1 and share_found(sheet, book.grid(name)) >= SURE]
        if len(names) > 1:
            raise RefusedError(
                "ST01",
                f"一个工作簿里有 {len(names)} 份“{sheet.sheet.name}”：{'、'.join(names)}",
                found="、".join(names),
                expected="一个项目一个工作簿，每张表一份",
                fix="请把每个项目单独存为一个工作簿后分别报送；多余的副本请删除。",
            )


def _of_kind(book: OpenedBook, sheet: PlacedSheet) -> list[str]:
    """Sheets whose name says that they may be this sheet of the form."""
    return [name for name in book.names if _copy_key(name) in _names_of(sheet)]


def _unrecognised(book: OpenedBook, fit: _Fit) -> RefusedError:
    scheme, matched, share = fit
    shown = "、".join(name for name in book.names[:6] if name not in NO_FORM_SHEETS)
    fix = "请使用财政部门下发的模板填写，不要改动工作表名称和表头文字。"
    if share < _FAINT:
        known = "、".join(f"{one.title}（{one.edition}）" for one in map(load_scheme, _shipped()))
        message = "认不出这是哪一种评价表：没有找到任何一种评价表的栏目名称"
        return RefusedError("ST01", message, found=f"工作表：{shown}", expected=known, fix=fix)
    missing = [sheet.name for sheet in scheme.sheets if sheet.name not in matched]
    return RefusedError(
        "ST01",
        f"认不出这是哪一种评价表：最接近“{scheme.title}（{scheme.edition}）”，但只找到 {share:.0%} 的栏目名称"
        + (f"，缺少工作表 {'、'.join(missing)}" if missing else ""),
        found=f"工作表：{shown}",
        expected=f"{scheme.title}的工作表：{'、'.join(sheet.name for sheet in scheme.sheets)}",
        fix=fix,
    )
