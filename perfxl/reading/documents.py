"""Which form does a document hold, and which of its lines belong to which sheet of the form?

A document has no sheets. Its lines are shared out among the sheets of a scheme by the labels that they bear, each sheet
getting stretches of lines as long as can be; what stands on the cover, in headings and at the place to sign is put beside
the form's own labels. From there on everything is read as on sheets.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from perfxl.errors import RefusedError
from perfxl.layout import Placed, PlacedSheet, blank_layout
from perfxl.model import Cell, Finding, Form
from perfxl.reading.anchors import Anchor, Wanted, candidates_for, wanted_on
from perfxl.reading.documentlines import Line, plain_line, without_repeated_headings
from perfxl.reading.fits import ENOUGH, Fit, best_of, fit_of
from perfxl.reading.grid import Book, Grid
from perfxl.reading.recognise import Recognised, doubt_of, others_of, refuse_others, refuse_stacked
from perfxl.rules import Problem, finding
from perfxl.schemes.paper import COMPUTED_LIST, DRAFT_MARK, CoverLine
from perfxl.schemes.spec import Scheme, Sections
from perfxl.typed.wording import is_nothing, label_key, parse_date

_FORM_LIKE = 0.25
"""Share of a form's labels below which a document is a letter, a notice or a report of its own, and no form."""
_CHANGE = 2.0
"""What going over to another sheet costs, in labels: one label of another sheet in between is an answer or a chance."""
_COVER_LINES = 60
_ABOVE = 10
"""Rows left free above the first line, for what the cover says."""
_NUMBER = re.compile(
    r"\(?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)、.．,]+|第[一二三四五六七八九十]{1,3}(?:章|部分|节)"
)
_YEAR = re.compile(r"\D{0,3}((?:19|20)\d{2})\s*年\s*度?\D{0,3}")
_NAMED_YEAR = re.compile(r"((?:19|20)\d{2})年")
_AFTER_HEADING = ":。;,. "
_Labels = list[tuple[Wanted, list[Anchor]]]
"""The printed texts of a sheet, each with the places where it stands in the document."""


class NoFormError(RefusedError):
    """A document that is no form of any kind, and that nobody need be told to correct."""


@dataclass(frozen=True)
class ReadDocument:
    """A document as sheets of a form: the book, the form in it, and what is to be said of how it came to be."""

    book: Book
    form: Recognised
    findings: tuple[Finding, ...] = ()


def recognise_document(lines: Sequence[Line], known: Sequence[Scheme], others: Sequence[Scheme] = ()) -> ReadDocument:
    """The form that a document holds.

    Args:
        lines: the document's.
        known: the schemes to read it by.
        others: schemes that were not asked for.

    Raises:
        RefusedError: ST01, no scheme fits, or it holds several forms.
    """
    every = (*known, *others)
    books = {scheme.id: _Sharing(scheme, lines).book() for scheme in every}

    def fit(scheme: Scheme) -> Fit:
        book = books[scheme.id]
        return fit_of(book, scheme, {name: name for name in book.names}, every)

    best, equals = best_of([fit(scheme) for scheme in known], None)
    if best.share < ENOUGH:
        raise _unrecognised(best, known)
    refuse_others(best, known, [fit(scheme) for scheme in others_of(known, others)])
    form = Recognised(best.scheme, best.sheets, doubt=doubt_of(best, equals, None, known))
    refuse_stacked(books[best.scheme.id], form)
    return _with_year(ReadDocument(books[best.scheme.id], form))


def _unrecognised(fit: Fit, known: Sequence[Scheme]) -> RefusedError:
    names = "、".join(f"{one.title}（{one.edition}）" for one in known)
    fix = "请填写财政部门下发的表格；Word 文档的表格和标题请不要改动栏目名称。"
    nearest = f"最接近“{fit.scheme.title}（{fit.scheme.edition}）”，但只找到 {fit.share:.0%} 的栏目名称"
    if fit.share < _FORM_LIKE:
        return NoFormError(
            "ST01", "这份文档不是评价表：没有找到任何一种评价表的栏目名称", "没有评价表的栏目", names, fix
        )
    return RefusedError("ST01", f"认不出这是哪一种评价表：{nearest}", f"{fit.share:.0%} 的栏目名称", names, fix)


# -- lines to sheets --------------------------------------------------------------------------------------------------


@dataclass
class _Sharing:
    """Shares the lines of a document out among the sheets of a scheme."""

    scheme: Scheme
    lines: Sequence[Line]
    said: dict[str, str] = field(default_factory=dict)
    """What the cover says, by path."""

    def book(self) -> Book:
        """The sheets that got lines."""
        lines = list(_signed(_as_declared(_without_own_list(self.lines), self.scheme), self.scheme))
        lines = self._without_cover(lines)
        lines = without_repeated_headings(lines, _labels_of(self.scheme))
        placed = blank_layout(self.scheme).sheets
        whole = Grid("", {row: line.cells for row, line in enumerate(lines, _ABOVE)})
        labels = [_labels_in(one, whole) for one in placed]
        hits = _hits(labels)
        rows: dict[int, dict[int, Mapping[int, str]]] = defaultdict(dict)
        tables = {row for row, line in enumerate(lines, _ABOVE) if line.table}
        stretches = _stretches([hits.get(row, {}) for row in whole.lines], len(placed))
        for row, number in _with_strays(stretches, labels, tables).items():
            line = lines[row - _ABOVE]
            if number >= 0 and _belongs(placed[number], line, bool(hits.get(row, {}).get(number))):
                rows[number][row] = line.cells
        grids = [self._with_cover(one, rows[number]) for number, one in enumerate(placed) if rows[number]]
        return Book({grid.sheet: grid for grid in grids})

    # -- the cover

    def _without_cover(self, lines: list[Line]) -> list[Line]:
        """The lines behind the cover; what it says is kept."""
        paper = self.scheme.document
        if paper is None or not paper.cover:
            return lines
        places = dict(self._cover_places(lines, paper.cover))
        if len(places) < 2 or 2 * len(places) < len(paper.cover):
            return lines
        last = max(places)
        for line in lines[:last]:
            year = _YEAR.fullmatch(line.first) if len(line.cells) == 1 else None
            if year and paper.period:
                self.said[paper.period] = year[1]
        for number, (cover, text) in places.items():
            if cover.of and text and number <= last:
                self.said[cover.of] = text
        return lines[last + 1 :]

    def _cover_places(
        self, lines: Sequence[Line], cover: Sequence[CoverLine]
    ) -> Iterator[tuple[int, tuple[CoverLine, str]]]:
        """Where each line of the cover stands, and what stands behind its label; all above the first table of four columns."""
        by_key = {label_key(line.label): line for line in cover}
        for number, line in enumerate(lines[:_COVER_LINES]):
            if len(line.cells) > 3 or label_key(line.first) in _titles_of(self.scheme):
                return
            texts = [text for text in line.cells.values() if label_key(text)]
            head, _, rest = texts[0].replace(":", "：", 1).partition("：") if texts else ("", "", "")
            found = by_key.pop(label_key(head), None)
            if found:
                yield number, (found, " ".join([rest.strip(), *texts[1:]]).strip())

    def _with_cover(self, placed: PlacedSheet, rows: dict[int, Mapping[int, str]]) -> Grid:
        """A sheet's lines, with what only the cover says of its data above them."""
        grid = Grid(placed.sheet.name, dict(sorted(rows.items())))
        added: dict[int, Mapping[int, str]] = {}
        for path, text in self.said.items():
            label = placed.labels.get(path)
            if label and not candidates_for(_keys_of(label), grid):
                added[min(rows) - 1 - len(added)] = {1: label.text, 2: text}
        return Grid(placed.sheet.name, dict(sorted((rows | added).items()))) if added else grid


def _labels_in(placed: PlacedSheet, whole: Grid) -> _Labels:
    return [(text, candidates_for(text.keys, whole)) for text in wanted_on(placed)]


def _hits(labels: Sequence[_Labels]) -> Mapping[int, Mapping[int, float]]:
    """How many labels of each sheet each row bears; one that several sheets have counts for each a part."""
    claims: dict[tuple[int, int], set[int]] = defaultdict(set)
    for number, one in enumerate(labels):
        for _, places in one:
            for place in places:
                claims[place.row, place.column].add(number)
    hits: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (row, _), numbers in claims.items():
        for number in numbers:
            hits[row][number] += 1 / len(numbers)
    return hits


def _stretches(hits: Sequence[Mapping[int, float]], sheets: int) -> list[int]:
    """The sheet of each line, -1 before the first: as many labels on their own sheet, and as few changes, as can be."""
    best = [0.0] + [float("-inf")] * sheets
    came: list[list[int]] = []
    for row in hits:
        top = max(range(sheets + 1), key=best.__getitem__)
        # of equals the later change, as rows without a label belong to the heading above them; but the first comes early
        least = best[top] - _CHANGE
        from_where = [
            one if best[one] > least or (not top and best[one] == least) else top for one in range(sheets + 1)
        ]
        from_where[0] = 0
        best = [
            best[source] - (_CHANGE if source != one else 0) + row.get(one - 1, 0.0)
            for one, source in enumerate(from_where)
        ]
        came.append(from_where)
    if not came:
        return []
    state = max(range(sheets + 1), key=best.__getitem__)
    found = []
    for from_where in reversed(came):
        found.append(state - 1)
        state = from_where[state]
    return found[::-1]


def _with_strays(stretches: Sequence[int], labels: Sequence[_Labels], tables: Collection[int]) -> dict[int, int]:
    """The sheet of each row: that of its stretch; a table's row that bears the only instance of another sheet's label goes over.

    Seen in the dossier: the grade stands below the indicators, in the form among the basic data.
    """
    sheets = dict(enumerate(stretches, _ABOVE))
    strays: dict[int, set[int]] = defaultdict(set)
    own: set[int] = set()
    for number, one in enumerate(labels):
        for text, places in one:
            rows = [place.row for place in places]
            own.update(row for row in rows if sheets[row] == number)
            datum = text.cell.field
            is_alone = datum is not None and datum.is_data and len(rows) == 1
            if is_alone and rows[0] in tables and sheets[rows[0]] != number:
                strays[rows[0]].add(number)
    return sheets | {row: min(numbers) for row, numbers in strays.items() if len(numbers) == 1 and row not in own}


def _belongs(placed: PlacedSheet, line: Line, bears_label: bool) -> bool:
    """Whether a line is part of its sheet: between tables, paragraphs without a label of the form are titles and remarks."""
    has_text = any(isinstance(block, Sections) for block in placed.sheet.blocks) or bool(placed.sentences)
    return not line.is_paragraph or bears_label or has_text


# -- lines as the form has them ---------------------------------------------------------------------------------------


def _without_own_list(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines above the list of computed figures that perfxl puts at the end of its documents, without its drafts."""
    for line in lines:
        if line.is_paragraph and label_key(line.first) == label_key(COMPUTED_LIST):
            return
        if not line.first.startswith(DRAFT_MARK):
            yield line


def _as_declared(lines: Iterable[Line], scheme: Scheme) -> Iterator[Line]:
    """Headings as the form prints them, however they were numbered; a text behind one in its paragraph on a line of its own."""
    exact, bare = _headings_of(scheme)
    for line in _unframed(lines, exact, bare):
        key = label_key(line.first)
        if line.table or key in exact:
            yield line
        elif (heading := bare.get(_bare(key))) is not None:
            yield Line({1: heading})
        else:
            yield from _split(line, bare)


def _unframed(lines: Iterable[Line], exact: Collection[str], bare: Collection[str]) -> Iterator[Line]:
    """The lines; a cell that is a frame around chapters, a paragraph for each of its lines."""
    for line in lines:
        pieces = line.first.split("\n") if line.table and len(line.cells) == 1 else []
        keys = [label_key(piece) for piece in pieces]
        if len(pieces) > 1 and any(key in exact or _bare(key) in bare for key in keys):
            yield from (plain_line(piece) for piece in pieces if piece.strip())
        else:
            yield line


def _split(line: Line, bare: Mapping[str, str]) -> Iterator[Line]:
    """Heading and text of a paragraph that holds both: （一）项目资金到位情况分析。该项目资金已全部到位。"""
    head = re.split("[：:。；;\n]", line.first, maxsplit=1)
    heading = bare.get(_bare(label_key(head[0]))) if len(head) > 1 and _NUMBER.match(label_key(head[0])) else None
    if heading is None:
        yield line
    else:
        yield Line({1: heading})
        yield Line({1: head[1].strip()})


def _bare(key: str) -> str:
    """A heading's key without its number."""
    return _NUMBER.sub("", key, count=1).strip(_AFTER_HEADING) if _NUMBER.match(key) else key.strip(_AFTER_HEADING)


@lru_cache(maxsize=64)
def _headings_of(scheme: Scheme) -> tuple[frozenset[str], Mapping[str, str]]:
    """The keys of a scheme's chapters and sections, and each by its words without number where these are its own."""
    sections = [one for _, block in scheme.blocks() if isinstance(block, Sections) for one in block.sections]
    texts = [text for one in sections for text in (one.chapter, one.label, *one.aliases) if text]
    bare: dict[str, str | None] = {}
    for text in texts:
        key = _bare(label_key(text))
        bare[key] = text if bare.get(key, text) == text else None
    return frozenset(map(label_key, texts)), {key: text for key, text in bare.items() if text and len(key) > 3}


def _signed(lines: Iterable[Line], scheme: Scheme) -> Iterator[Line]:
    """The lines; the day at the place to sign stands beside the label of its datum too."""
    pieces = [piece for part in (scheme.document.parts if scheme.document else ()) for piece in part.pieces]
    signs = {label_key(piece.text): piece.of for piece in pieces if piece.show == "signature" and piece.of}
    waiting = ""
    left = 0
    for line in lines:
        yield line
        for sign, path in signs.items():
            if any(label_key(text).startswith(sign) for text in line.cells.values()):
                waiting, left = path, 4
        day = next((day for text in line.cells.values() for day in _days_in(text)), "") if waiting else ""
        label = _label_of(scheme, waiting) if day else None
        if label:
            yield Line({1: label.text, 2: day}, table=line.table or 1)
        left -= 1
        waiting = waiting if left > 0 and not day else ""


def _days_in(text: str) -> Iterator[str]:
    """The lines of a text that are a day."""
    for piece in re.split(r"[\n：:]", text):
        if parse_date(piece):
            yield piece.strip()


def _label_of(scheme: Scheme, path: str) -> Placed | None:
    return next((one.labels[path] for one in blank_layout(scheme).sheets if path in one.labels), None)


def _keys_of(label: Placed) -> tuple[str, ...]:
    return tuple(map(label_key, (label.text, *label.aliases)))


@lru_cache(maxsize=64)
def _labels_of(scheme: Scheme) -> frozenset[str]:
    """Every wording that a scheme prints for a datum."""
    return frozenset(key for one in blank_layout(scheme).sheets for text in wanted_on(one) for key in text.keys)


@lru_cache(maxsize=64)
def _titles_of(scheme: Scheme) -> frozenset[str]:
    """The titles of the parts and sheets of a form: where its cover ends."""
    parts = [part.title for part in scheme.document.parts] if scheme.document else []
    return frozenset(map(label_key, (*parts, *(sheet.name for sheet in scheme.sheets))))


def _with_year(read: ReadDocument) -> ReadDocument:
    """A document that says its year nowhere but in the project's name: that is taken, and said (ST16)."""
    scheme = read.form.scheme
    label = _label_of(scheme, "basic.year")
    sheet = next((one for one in blank_layout(scheme).sheets if "basic.year" in one.labels), None)
    if label is None or sheet is None or sheet.sheet.name not in read.book.names:
        return read
    grid = read.book.grid(sheet.sheet.name)
    name = _label_of(scheme, "basic.project_name")
    stated = [text for anchor in candidates_for(_keys_of(name), grid) for text in _beside(grid, anchor)] if name else []
    years = [found[1] for text in stated if (found := _NAMED_YEAR.search(text))]
    if not years or candidates_for(_keys_of(label), grid):
        return read
    lines = {min(grid.lines) - 1: {1: label.text, 2: years[0]}} | dict(grid.lines)
    grids = {one: Grid(one, lines) if one == sheet.sheet.name else read.book.grid(one) for one in read.book.names}
    message = f"文档里没有“{label.text}”，按项目名称中的“{years[0]}年”采用"
    place = Cell(sheet.sheet.name, min(lines), 2)
    said = finding(
        "ST16", Problem(place, message, found=f"项目名称：{stated[0]}", expected=f"写明{label.text}", field=label.text)
    )
    return replace(read, book=Book(grids), findings=(*read.findings, said))


def unread_rows(read: ReadDocument, form: Form) -> Iterator[Finding]:
    """ST17 for rows of tables of which nothing came into the form: below no heading of it, or in a table of another kind."""
    labels = _labels_of(form.scheme)
    rows = (row.cells.values() for rows in (*form.tables.values(), *form.subtotals.values()) for row in rows)
    raw = [str(cell.raw) for cells in (form.cells.values(), *rows) for cell in cells if cell.raw is not None]
    known, long = set(raw), "\n".join(text for text in raw if len(text) > _SHORT)
    for name in read.book.names:
        lost = []
        for line in read.book.grid(name).lines.values():
            texts = [
                str(text) for text in line.values() if label_key(str(text)) not in labels and not is_nothing(str(text))
            ]
            told = sum(text in known or text in long for text in texts)  # some may stand elsewhere too
            if len(line) > 1 and 2 * told < len(texts):
                lost.append("、".join(texts)[:_SHOWN])
        if lost:
            shown = "；".join(f"“{text}”" for text in lost[:3]) + ("……" if len(lost) > 3 else "")
            message = f"文档的表格里有 {len(lost)} 行没有读到：{shown}"
            yield finding(
                "ST17", Problem(Cell(name, 0, 0), message, found=f"{len(lost)} 行", expected="表格与表样一致")
            )


_SHORT, _SHOWN = 20, 40


def _beside(grid: Grid, anchor: Anchor) -> Iterator[str]:
    """The text behind a label."""
    yield from (
        [anchor.rest]
        if anchor.rest
        else [str(raw) for at, raw in grid.line(anchor.row).items() if at > anchor.column][:1]
    )
