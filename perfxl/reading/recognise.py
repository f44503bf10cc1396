"""Which forms a workbook holds, and which of its sheets is which sheet of each form."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from perfxl.errors import RefusedError
from perfxl.layout import PlacedSheet, blank_layout
from perfxl.reading.anchors import label_count, share_found, share_twice
from perfxl.reading.fits import ENOUGH, MARGIN, Fit, best_of, fit_of
from perfxl.reading.grid import Book
from perfxl.schemes.spec import GUIDE_LABELS, MARKER_SHEET, NO_FORM_SHEETS, SUMMARY_SHEETS, Scheme
from perfxl.system.marks import ISSUE_MARK, PROJECT_MARK
from perfxl.typed.amounts import exact
from perfxl.typed.wording import label_key

_SURE = 0.7
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
        doubt: what is to be said of how the scheme was chosen; "" where it is beyond doubt.
        marks: what the hidden marker says beyond, of a form that stands alone: it would be a guess whose of several it is.
    """

    scheme: Scheme
    sheets: Mapping[str, str]
    version: int | None = None
    doubt: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)


def recognise(book: Book, known: Sequence[Scheme], others: Sequence[Scheme] = ()) -> list[Recognised]:
    """The forms in a workbook: by its hidden marker, else by the labels that it shows.

    A department may send the forms of several projects in one workbook, of one scheme or of several. The first form is
    that of the scheme that fits best; forms beside it count where their sheets bear most of the labels.

    Args:
        book: the workbook.
        known: the schemes to read it by.
        others: schemes that were not asked for; a form that fits one of them clearly better is none of the known ones.

    Raises:
        RefusedError: ST01, no scheme fits, forms cannot be told apart, or it is a summary of many.
    """
    if set(SUMMARY_SHEETS) <= set(book.names):
        raise _summary()
    marked, version = _marker(book)
    fits = _fits(book, marked, known, others)
    fit, equals = best_of(fits, marked)
    if fit.share < ENOUGH:
        raise _unrecognised(book, fit, known)
    refuse_others(fit, known, [_fit(book, other, (*known, *others)) for other in others_of(known, others)])
    doubt = doubt_of(fit, equals, marked, known)
    is_marked = marked in (fit.scheme.id, fit.scheme.extends)
    found = [
        Recognised(fit.scheme, sheets, version if is_marked and marked == fit.scheme.id else None, doubt)
        for sheets in _alike(book, fit, known)
    ]
    found += _of_other_schemes(book, fit.scheme, {name for form in found for name in form.sheets.values()}, known)
    for form in found:
        refuse_stacked(book, form)
    return [replace(found[0], marks=_marks(book))] if len(found) == 1 else found


def _fits(book: Book, marked: str | None, known: Sequence[Scheme], others: Sequence[Scheme]) -> list[Fit]:
    """How the schemes fit a workbook; the marked one alone where none can fit it clearly better."""
    own = next((scheme for scheme in known if marked in (scheme.id, scheme.extends)), None) if marked else None
    if own is not None and (fit := _fit(book, own, (*known, *others))).likeness > 1 - MARGIN:
        return [fit]
    return [_fit(book, scheme, (*known, *others)) for scheme in known]


def doubt_of(fit: Fit, equals: Sequence[Fit], marked: str | None, known: Sequence[Scheme]) -> str:
    """What is to be said of the choice of a scheme: a marker that nobody knows or that does not fit, a tie."""
    read = f"已按“{fit.scheme.title}（{fit.scheme.edition}）”读取"
    if equals:
        names = "、".join(f"“{one.scheme.title}（{one.scheme.edition}）”" for one in equals)
        return f"这份表与 {names} 也同样相符，分不清是哪一种，{read}"
    if marked and marked not in {id for scheme in known for id in (scheme.id, scheme.extends)}:
        return f"工作簿标明的评价方案“{marked}”不在本次使用的方案之内，{read}"
    if marked and marked not in (fit.scheme.id, fit.scheme.extends):
        return f"工作簿标明的评价方案是“{marked}”，但栏目更符合另一种表，{read}"
    return ""


def others_of(known: Sequence[Scheme], others: Sequence[Scheme]) -> list[Scheme]:
    """The schemes that were not asked for, and that none of the known ones stands for."""
    ids = {id for scheme in known for id in (scheme.id, scheme.extends, *scheme.supersedes)}
    return [scheme for scheme in others if scheme.id not in ids]


def refuse_others(fit: Fit, known: Sequence[Scheme], others: Iterable[Fit]) -> None:
    """Refuses a form that fits a scheme clearly better that was not asked for; `others` are the fits of those."""
    for other, better in ((one.scheme, one.likeness - fit.likeness) for one in others):
        if better >= MARGIN:
            asked = "、".join(f"{one.title}（{one.edition}）" for one in known)
            raise RefusedError(
                "ST01",
                f"这份表是“{other.title}（{other.edition}）”，不在本次指定的方案之内",
                found=f"{other.title}（{other.edition}）",
                expected=asked,
                fix="请改用指定的表填写；确要处理这种表的，请财政部门用 --scheme 加上它的方案。",
            )


def unread_sheets(book: Book, forms: Sequence[Recognised]) -> tuple[str, ...]:
    """The sheets that hold something, were not read and are not perfxl's own."""
    read = {name for form in forms for name in form.sheets.values()}
    return tuple(name for name in _others(book, book.names) if name not in read and book.grid(name).lines)


def _others(book: Book, names: Iterable[str]) -> list[str]:
    """The sheets that are not perfxl's own, however the instructions are called."""
    return [name for name in names if not name.startswith(NO_FORM_SHEETS) and not is_guide(book, name)]


def _marker(book: Book) -> tuple[str | None, int | None]:
    """Scheme id and version from the template's hidden sheet."""
    if MARKER_SHEET not in book.names:
        return None, None
    cells = book.grid(MARKER_SHEET).cells
    name, version = cells.get((1, 2)), cells.get((2, 2))
    number = exact(version) if isinstance(version, int | float) else None
    return (name if isinstance(name, str) else None), (int(number) if number is not None else None)


def _marks(book: Book) -> dict[str, str]:
    """What the hidden sheet says of project and list."""
    lines = book.grid(MARKER_SHEET).lines.values() if MARKER_SHEET in book.names else ()
    said = {str(line.get(1)): line.get(2) for line in lines}
    return {label: value for label in (PROJECT_MARK, ISSUE_MARK) if isinstance(value := said.get(label), str)}


def match_sheets(book: Book, scheme: Scheme, names: Sequence[str]) -> dict[str, str]:
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


def _named(book: Book, sheet: PlacedSheet, names: Sequence[str]) -> str | None:
    wanted = _names_of(sheet)
    return next((name for name in names if label_key(name) in wanted and not is_guide(book, name)), None)


def _copied(book: Book, sheet: PlacedSheet, names: Sequence[str]) -> str | None:
    wanted = _names_of(sheet)
    return next((name for name in names if _copy_key(name) in wanted and not is_guide(book, name)), None)


def is_guide(book: Book, name: str) -> bool:
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


def _likest(book: Book, sheet: PlacedSheet, names: Sequence[str]) -> str | None:
    """The sheet that holds the most of the form's labels, if they are enough."""
    shares = {name: share_found(sheet, book.grid(name)) for name in _others(book, names)}
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] >= ENOUGH else None


def _fit(book: Book, scheme: Scheme, known: Sequence[Scheme], names: Sequence[str] | None = None) -> Fit:
    """How a scheme fits some sheets of a workbook, or all of them."""
    matched = match_sheets(book, scheme, book.names if names is None else names)
    return fit_of(book, scheme, matched, known)


def _summary() -> RefusedError:
    return RefusedError(
        "ST01",
        "这是 perfxl 写出的汇总表，不是评价表，没有计入",
        found=f"工作表：{'、'.join(SUMMARY_SHEETS)}",
        expected="一个项目一个工作簿",
        fix="请把汇总表移出收件文件夹，不用报送。",
    )


# -- several forms in a workbook --------------------------------------------------------------------------------------


def _alike(book: Book, fit: Fit, known: Sequence[Scheme]) -> list[Mapping[str, str]]:
    """The sheets of each form of one scheme, by the form's own names.

    Raises:
        RefusedError: ST01, there are several of some sheet, and which of them belong together is not certain.
    """
    placed = blank_layout(fit.scheme).sheets
    kinds = _kinds(book, fit, known)
    if len(kinds) == len(fit.sheets):
        return [fit.sheets]
    if len(placed) == 1:
        return [{kind: name} for name, kind in kinds.items()]
    groups = _by_names(kinds, placed) or _by_order(kinds)
    if not groups:
        raise _two_forms(kinds)
    return groups


def _kinds(book: Book, fit: Fit, known: Sequence[Scheme]) -> dict[str, str]:
    """Which sheet of the form each sheet of the workbook is, in the workbook's order."""
    matched = {name: kind for kind, name in fit.sheets.items()}
    kinds = {}
    for name in book.names:
        kind = matched.get(name) or (_kind_of(book, name, fit.scheme, known) if _others(book, [name]) else None)
        if kind:
            kinds[name] = kind
    return kinds


def _kind_of(book: Book, name: str, scheme: Scheme, known: Sequence[Scheme]) -> str | None:
    """The sheet of a scheme that a sheet is beyond doubt: it bears its labels, and not still more of another scheme's."""
    labels, kind = _most_labels(book, name, scheme)
    others = (other for other in known if kind and other.id != scheme.id)
    return None if any(_most_labels(book, name, other)[0] > labels for other in others) else kind


def _most_labels(book: Book, name: str, scheme: Scheme) -> tuple[float, str | None]:
    """The sheet of a scheme that a sheet bears most labels of, and how many; none where it lacks too many."""
    shares = [(share_found(placed, book.grid(name)), placed) for placed in blank_layout(scheme).sheets]
    sure = [(share * label_count(placed), placed.sheet.name) for share, placed in shares if share >= _SURE]
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


def _of_other_schemes(book: Book, first: Scheme, taken: set[str], known: Sequence[Scheme]) -> list[Recognised]:
    """Whole forms of further schemes in the sheets that are left."""
    found: list[Recognised] = []
    left = [name for name in _others(book, book.names) if name not in taken and book.grid(name).lines]
    fits = [_fit(book, scheme, known, left) for scheme in known if left and scheme.id != first.id]
    for scheme in (fit.scheme for fit in sorted(fits, key=lambda fit: -fit.likeness)):
        fit = _fit(book, scheme, known, left)
        if fit.share >= _SURE:
            forms = [Recognised(scheme, sheets) for sheets in _alike_in(book, fit, left, known)]
            found += forms
            read = {name for form in forms for name in form.sheets.values()}
            left = [name for name in left if name not in read]
    return found


def _alike_in(book: Book, fit: Fit, names: Sequence[str], known: Sequence[Scheme]) -> list[Mapping[str, str]]:
    """As `_alike`, for some of the sheets."""
    return [sheets for sheets in _alike(book, fit, known) if set(sheets.values()) <= set(names)]


def refuse_stacked(book: Book, form: Recognised) -> None:
    """Refuses a sheet on which two forms stand below one another: which figure is whose would be guessed."""
    for placed in blank_layout(form.scheme).sheets:
        name = form.sheets.get(placed.sheet.name)
        if name is not None and share_twice(placed, book.grid(name)) >= _SURE:
            raise RefusedError(
                "ST01",
                f"工作表“{name}”上有两份“{placed.sheet.name}”，上下排在一起",
                found=name,
                expected="一张工作表一个项目",
                fix="请把每个项目单独放在一张工作表上，或单独存为一个工作簿后分别报送。",
            )


def _unrecognised(book: Book, fit: Fit, schemes: Sequence[Scheme]) -> RefusedError:
    scheme, matched, share = fit.scheme, fit.sheets, fit.share
    shown = "、".join(name for name in book.names[:6] if name not in NO_FORM_SHEETS)
    fix = "请使用财政部门下发的模板填写，不要改动工作表名称和表头文字。"
    if share < _FAINT:
        known = "、".join(f"{one.title}（{one.edition}）" for one in schemes)
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
