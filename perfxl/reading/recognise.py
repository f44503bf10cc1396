"""Which forms a workbook holds, and which of its sheets is which sheet of each form."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from perfxl.errors import RefusedError
from perfxl.layout import PlacedSheet, blank_layout
from perfxl.reading.anchors import label_count, share_found, share_twice
from perfxl.reading.grid import OpenedBook
from perfxl.schemes import load_scheme, scheme_names
from perfxl.schemes.spec import GUIDE_LABELS, MARKER_SHEET, NO_FORM_SHEETS, SUMMARY_SHEETS, Scheme
from perfxl.typed.amounts import exact
from perfxl.typed.wording import label_key

ENOUGH = 0.5
"""Share of a sheet's labels that must be there for a sheet without the right name to be taken for it."""
SURE = 0.7
"""Share from which a further sheet of the same kind is a second form."""
_FAINT = 0.1
"""Share below which naming the nearest form would only mislead."""
_GUIDE_ENOUGH = 4
"""Labels of the instructions that no sheet of a form has so many of."""
_COPY = re.compile(r"(\(\d+\)|副本|-?\d{1,2})$")


@dataclass(frozen=True)
class Recognised:
    """One form of a workbook.

    Attributes:
        scheme: the edition of the form.
        sheets: the workbook's sheets by the form's own names.
        version: of the template, by the hidden marker; None where there is none.
    """

    scheme: Scheme
    sheets: Mapping[str, str]
    version: int | None = None


class _Fit(NamedTuple):
    """A scheme held against a workbook: its sheets that are there, and how many of its labels they hold."""

    scheme: Scheme
    sheets: Mapping[str, str]
    share: float


def recognise(book: OpenedBook, wanted: Scheme | None) -> list[Recognised]:
    """The forms in a workbook: by its hidden marker, else by the labels that it shows.

    A department may send the forms of several projects in one workbook, of one scheme or of several. The first form is
    that of the scheme that fits best; forms beside it count where their sheets bear most of the labels.

    Args:
        book: the workbook.
        wanted: the scheme to read it by where it fits, None to find out.

    Raises:
        RefusedError: ST01, no scheme fits, forms cannot be told apart, or it is a summary of many.
    """
    if set(SUMMARY_SHEETS) <= set(book.names):
        raise _summary()
    marked, version = _marker(book)
    fit = _fitting(book, wanted, marked)
    if fit.share < ENOUGH:
        raise _unrecognised(book, fit)
    found = [
        Recognised(fit.scheme, sheets, version if marked == fit.scheme.id else None) for sheets in _alike(book, fit)
    ]
    found += _of_other_schemes(book, fit.scheme, {name for form in found for name in form.sheets.values()})
    for form in found:
        _refuse_stacked(book, form)
    return found


def unread_sheets(book: OpenedBook, forms: Sequence[Recognised]) -> tuple[str, ...]:
    """The sheets that hold something, were not read and are not perfxl's own."""
    read = {name for form in forms for name in form.sheets.values()}
    return tuple(name for name in _others(book, book.names) if name not in read and book.grid(name).lines)


def _others(book: OpenedBook, names: Iterable[str]) -> list[str]:
    """The sheets that are not perfxl's own, however the instructions are called."""
    return [name for name in names if not name.startswith(NO_FORM_SHEETS) and not is_guide(book, name)]


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


def match_sheets(book: OpenedBook, scheme: Scheme, names: Sequence[str]) -> dict[str, str]:
    """The workbook's name of each sheet of the form that is there: by name or alias, by a copy's name, by its labels."""
    matched: dict[str, str] = {}
    for find in (_named, _copied, _likest):
        for sheet in blank_layout(scheme).sheets:
            if sheet.sheet.name not in matched:
                taken = set(matched.values())
                name = find(book, sheet, [name for name in names if name not in taken])
                if name is not None:
                    matched[sheet.sheet.name] = name
    return matched


def _named(book: OpenedBook, sheet: PlacedSheet, names: Sequence[str]) -> str | None:
    wanted = _names_of(sheet)
    return next((name for name in names if label_key(name) in wanted and not is_guide(book, name)), None)


def _copied(book: OpenedBook, sheet: PlacedSheet, names: Sequence[str]) -> str | None:
    wanted = _names_of(sheet)
    return next((name for name in names if _copy_key(name) in wanted and not is_guide(book, name)), None)


def is_guide(book: OpenedBook, name: str) -> bool:
    """Whether a sheet is the template's instructions, however it is called: they repeat the labels of the form."""
    return len(_guide_keys() & book.grid(name).keys.keys()) >= _GUIDE_ENOUGH


@lru_cache
def _guide_keys() -> frozenset[str]:
    return frozenset(map(label_key, GUIDE_LABELS))


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
    shares = {name: share_found(sheet, book.grid(name)) for name in _others(book, names)}
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] >= ENOUGH else None


def _fit(book: OpenedBook, scheme: Scheme, names: Sequence[str] | None = None) -> _Fit:
    """How much of a scheme's labels some sheets of a workbook hold, or all of them, over all sheets of the form."""
    matched = match_sheets(book, scheme, book.names if names is None else names)
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


# -- several forms in a workbook --------------------------------------------------------------------------------------


def _alike(book: OpenedBook, fit: _Fit) -> list[Mapping[str, str]]:
    """The sheets of each form of one scheme, by the form's own names.

    Raises:
        RefusedError: ST01, there are several of some sheet, and which of them belong together is not certain.
    """
    placed = blank_layout(fit.scheme).sheets
    kinds = _kinds(book, fit)
    if len(kinds) == len(fit.sheets):
        return [fit.sheets]
    if len(placed) == 1:
        return [{kind: name} for name, kind in kinds.items()]
    groups = _by_names(kinds, placed) or _by_order(kinds)
    if not groups:
        raise _two_forms(kinds)
    return groups


def _kinds(book: OpenedBook, fit: _Fit) -> dict[str, str]:
    """Which sheet of the form each sheet of the workbook is, in the workbook's order."""
    matched = {name: kind for kind, name in fit.sheets.items()}
    kinds = {}
    for name in book.names:
        kind = matched.get(name) or (_kind_of(book, name, fit.scheme) if _others(book, [name]) else None)
        if kind:
            kinds[name] = kind
    return kinds


def _kind_of(book: OpenedBook, name: str, scheme: Scheme) -> str | None:
    """The sheet of a scheme that a sheet is beyond doubt: it bears its labels, and not still more of another scheme's."""
    labels, kind = _most_labels(book, name, scheme)
    others = (load_scheme(other) for other in _shipped() if kind and other != scheme.id)
    return None if any(_most_labels(book, name, other)[0] > labels for other in others) else kind


def _most_labels(book: OpenedBook, name: str, scheme: Scheme) -> tuple[float, str | None]:
    """The sheet of a scheme that a sheet bears most labels of, and how many; none where it lacks too many."""
    shares = [(share_found(placed, book.grid(name)), placed) for placed in blank_layout(scheme).sheets]
    sure = [(share * label_count(placed), placed.sheet.name) for share, placed in shares if share >= SURE]
    return max(sure, default=(0, None))


def _by_names(kinds: Mapping[str, str], placed: Sequence[PlacedSheet]) -> list[Mapping[str, str]]:
    """Forms whose sheets are called alike but for the form's own words (农村公路养护-评分表); none where that is not certain."""
    wordings = {sheet.sheet.name: sorted(_names_of(sheet), key=len, reverse=True) for sheet in placed}
    groups: dict[str, dict[str, str]] = {}
    for name, kind in kinds.items():
        key = label_key(name)
        own = next((words for words in wordings[kind] if words in key), None)
        if own is None or kind in groups.setdefault(_bare(key.replace(own, "", 1)), {}):
            return []
        groups[_bare(key.replace(own, "", 1))][kind] = name
    return list(groups.values()) if _are_whole(groups.values()) else []


def _bare(rest: str) -> str:
    """What a sheet's name says beside the form's words, without what stands between."""
    return rest.strip("-_—·.、:：()（） ")


def _by_order(kinds: Mapping[str, str]) -> list[Mapping[str, str]]:
    """Forms whose sheets follow each other, each form in the same order; none where that is not certain."""
    size = len(set(kinds.values()))
    names = list(kinds)
    groups: list[Mapping[str, str]] = [
        {kinds[name]: name for name in names[at : at + size]} for at in range(0, len(names), size)
    ]
    return groups if _are_whole(groups) and len({tuple(group) for group in groups}) == 1 else []


def _are_whole(groups: Collection[Mapping[str, str]]) -> bool:
    """Whether each form has the same sheets."""
    return len(groups) > 1 and len({frozenset(group) for group in groups}) == 1


def _two_forms(kinds: Mapping[str, str]) -> RefusedError:
    counts = Counter(kinds.values())
    many = [(kind, [name for name in kinds if kinds[name] == kind]) for kind, count in counts.items() if count > 1]
    said = "；".join(f"{len(names)} 份“{kind}”：{'、'.join(names)}" for kind, names in many)
    return RefusedError(
        "ST01",
        f"一个工作簿里有 {said}，分不清哪些工作表属于同一个项目",
        found="、".join(name for _, names in many for name in names),
        expected="每个项目的工作表齐全，并在工作表名称前写上项目名称",
        fix="请把每个项目单独存为一个工作簿后分别报送；多余的副本请删除。",
    )


def _of_other_schemes(book: OpenedBook, first: Scheme, taken: set[str]) -> list[Recognised]:
    """Whole forms of further schemes in the sheets that are left."""
    found: list[Recognised] = []
    left = [name for name in _others(book, book.names) if name not in taken and book.grid(name).lines]
    for scheme in (load_scheme(name) for name in _shipped() if left and name != first.id):
        fit = _fit(book, scheme, left)
        if fit.share >= SURE:
            forms = [Recognised(scheme, sheets) for sheets in _alike_in(book, fit, left)]
            found += forms
            read = {name for form in forms for name in form.sheets.values()}
            left = [name for name in left if name not in read]
    return found


def _alike_in(book: OpenedBook, fit: _Fit, names: Sequence[str]) -> list[Mapping[str, str]]:
    """As `_alike`, for some of the sheets."""
    return [sheets for sheets in _alike(book, fit) if set(sheets.values()) <= set(names)]


def _refuse_stacked(book: OpenedBook, form: Recognised) -> None:
    """Refuses a sheet on which two forms stand below one another: which figure is whose would be guessed."""
    for placed in blank_layout(form.scheme).sheets:
        name = form.sheets.get(placed.sheet.name)
        if name is not None and share_twice(placed, book.grid(name)) >= SURE:
            raise RefusedError(
                "ST01",
                f"工作表“{name}”上有两份“{placed.sheet.name}”，上下排在一起",
                found=name,
                expected="一张工作表一个项目",
                fix="请把每个项目单独放在一张工作表上，或单独存为一个工作簿后分别报送。",
            )


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
