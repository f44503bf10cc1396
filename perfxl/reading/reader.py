"""Workbook -> Form: every value with the cell it came from, and a finding for whatever could not be read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfxl.dialogue.identity import part_of
from perfxl.dialogue.remarks import SheetRow
from perfxl.door.filekind import text_in
from perfxl.door.inspect import Facts, SheetFacts
from perfxl.door.refusals import over
from perfxl.dossier import LONGEST_TEXT, complete, dossier_of
from perfxl.layout import Placed, PlacedSheet, Role, TablePlace, blank_layout
from perfxl.model import Cell, Explanation, Finding, Form, Row, Severity, State, address
from perfxl.reading.anchors import Anchor, Anchors, find_anchors, nearest_text
from perfxl.reading.documentlines import Line, lines_of_text
from perfxl.reading.documents import recognise_document, unread_rows
from perfxl.reading.explanations import guide_explanations
from perfxl.reading.eyes import Eyes
from perfxl.reading.grid import Book, Grid, GridRow, OpenedBook
from perfxl.reading.parsing import Meaning, is_lost_text, parse_cell, text_of, unit_of
from perfxl.reading.places import Located, Places, is_figure
from perfxl.reading.problems import lost_text, problem_of
from perfxl.reading.recognise import Recognised, is_guide, recognise, unread_sheets
from perfxl.reading.reviews import own_reviews, review_rows
from perfxl.reading.sights import DocumentSights, Sights
from perfxl.reading.standardplaces import at_standard_places, moved_findings
from perfxl.reading.tablecolumns import Columns, columns_of, is_subtotal_row
from perfxl.reading.units import MoneyUnits
from perfxl.reading.wordlines import lines_of_document
from perfxl.rules import Problem, finding
from perfxl.schemes.choice import EVERY, known_schemes
from perfxl.schemes.spec import NO_FORM_SHEETS, Field, Scheme, Table
from perfxl.typed.lines import filled_in
from perfxl.typed.wording import label_key

MOST_TEXT = 1_000_000
"""Characters of all answers of a form: twenty narratives that each fill a cell, and tables of hundreds of rows beside them."""
NO_FIELD = Field("", "")


@dataclass(frozen=True)
class Reading:
    """A form and what reading it found.

    Attributes:
        unread: the workbook's sheets that hold something, belong to no form and are not perfxl's own.
        said: the rows of its review sheets, whichever form they are about.
        explanations: what stands beside the lines of its self-check; none where the workbook holds several forms.
    """

    form: Form
    findings: tuple[Finding, ...]
    unread: tuple[str, ...] = ()
    said: tuple[SheetRow, ...] = ()
    explanations: tuple[Explanation, ...] = ()


def read_forms(
    data: bytes, facts: Facts, known: Sequence[Scheme] | None = None, others: Sequence[Scheme] = ()
) -> list[Reading]:
    """Reads every form in a workbook that the door has let in; blank ones beside filled ones are left out.

    Args:
        data: the workbook.
        facts: what the door learned of it: formulas without values, error values, hidden sheets.
        known: the schemes to read it by; None for those that perfxl ships.
        others: further schemes; a form that fits one of them clearly better is not taken for a known one.

    Raises:
        RefusedError: ST01, the workbook is no form that perfxl knows; FL04, a form holds more text than people write.
    """
    if facts.kind == "txt":
        return [read_lines(lines_of_text(text_in(data)), facts, known, others)]
    if facts.document:
        return [read_lines(lines_of_document(facts.parts, facts.document), facts, known, others)] if facts.parts else []
    sights = Sights(facts)
    book = OpenedBook(facts.readable or data, sights.hidden_rows)
    forms = recognise(book, known_schemes(EVERY) if known is None else known, others)
    taken = {name for form in forms for name in form.sheets.values()}
    common = [*_hidden_findings(book, facts, taken), *own_reviews(book, facts)]
    readings = [_read_one(book, sights, form, taken, common) for form in forms]
    filled = [one for one in readings if has_answers(one.form)] or readings[:1]
    read = [form for form, one in zip(forms, readings, strict=True) if one in filled]
    unread = unread_sheets(book, read)
    said = review_rows(book)
    explained = guide_explanations(book) if len(filled) == 1 else ()
    return [replace(one, unread=unread, said=_about(one, filled, said), explanations=explained) for one in filled]


def read_lines(
    lines: Sequence[Line], facts: Facts, known: Sequence[Scheme] | None = None, others: Sequence[Scheme] = ()
) -> Reading:
    """Reads the form in the lines of a document; its data stand at the places of the standard template. As `read_forms`."""
    document = recognise_document(lines, known_schemes(EVERY) if known is None else known, others)
    sheets = frozenset(document.form.sheets.values())
    reading = _read_one(document.book, DocumentSights(facts), document.form, sheets, document.findings)
    form = at_standard_places(reading.form)
    found = (*reading.findings, *unread_rows(document, reading.form))
    return Reading(form, tuple(moved_findings(found, reading.form, form)))


def _about(own: Reading, readings: Sequence[Reading], rows: tuple[SheetRow, ...]) -> tuple[SheetRow, ...]:
    """The rows of review sheets that are about no other form of the workbook."""
    others = [one.form for one in readings if one is not own]
    sheets = {name for form in others for name in form.sheets.values()}
    parts = tuple({part_of(form) for form in others} - {part_of(own.form)})
    return tuple(row for row in rows if row.sheet not in sheets and not row.remark.id.startswith(parts))


def read_form(data: bytes, facts: Facts, scheme: Scheme | None = None) -> Reading:
    """Reads the first form in a workbook, by one scheme or by those that perfxl ships; as `read_forms`."""
    return read_forms(data, facts, None if scheme is None else (scheme,))[0]


def has_answers(form: Form) -> bool:
    """Whether a form holds anything beyond what its blank holds, and what its own formulas make of that."""
    typed = [form.cell(path) for path, datum in form.scheme.data.items() if not datum.live]
    for key, table in form.scheme.tables.items():
        cells = [row[column.key] for row in form.rows(key) for column in table.data if column.is_typed]
        # what a tree prints is read too, and says nothing of the agency; what cannot be read was typed by somebody
        typed += [cell for cell in cells if cell.state is State.UNREADABLE] if table.fixed else cells
    if any(cell.state is not State.BLANK and cell.address for cell in typed):
        return True
    blank, held = complete(form.scheme, {}), dossier_of(form)
    return any(held[key] != blank[key] for key in form.scheme.tables)


def _read_one(
    book: Book, sights: Sights, recognised: Recognised, known: Collection[str], common: Sequence[Finding]
) -> Reading:
    """Reads one form; `known` are the sheets of all forms of the workbook, `common` the findings that concern all."""
    reader = _FormReader(recognised, {name: frozenset(rows) for name, rows in sights.hidden_rows.items()})
    for placed in blank_layout(recognised.scheme).sheets:
        name = recognised.sheets.get(placed.sheet.name)
        if name is None:
            reader.miss(placed, book, known)
        else:
            reader.read(placed, book.grid(name), sights.facts_of(name), sights.eyes(book, name))
    reader.findings.extend(_version_findings(recognised))
    reader.findings.extend(common)
    form = reader.form()
    _hold_text(form)
    return Reading(form, tuple(reader.findings))


def _hold_text(form: Form) -> None:
    """Refuses a form whose texts together are more than people write (FL04): one text may be shown in every cell."""
    rows = (row.cells for rows in form.tables.values() for row in rows)
    total = sum(len(c.value) for cells in (form.cells, *rows) for c in cells.values() if isinstance(c.value, str))
    if total > MOST_TEXT:
        raise over("一份表的文字总字符数", total, MOST_TEXT, "、".join(form.sheets.values()))


@dataclass
class _FormReader:
    """Collects what the sheets hold."""

    recognised: Recognised
    hidden_rows: Mapping[str, frozenset[int]]
    cells: dict[str, Cell] = field(default_factory=dict)
    tables: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    reserved: dict[str, Cell] = field(default_factory=dict)
    echoes: dict[str, tuple[Cell, ...]] = field(default_factory=dict)
    subtotals: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def form(self) -> Form:
        scheme = self.recognised.scheme
        known = self.recognised
        places = self.reserved, self.echoes, known.sheets
        return Form(scheme, self.cells, self.tables, *places, self.hidden_rows, self.subtotals, known.marks)

    def read(self, placed: PlacedSheet, grid: Grid, facts: SheetFacts, eyes: Eyes) -> None:
        """Reads one sheet."""
        sheet = _SheetReader(self, placed, grid, facts, eyes, find_anchors(placed, grid))
        sheet.report_lost_labels()
        for key, place in placed.tables.items():
            sheet.read_table(self.recognised.scheme.tables[key], place)
        for cell in placed.single:
            sheet.read_slot(cell)
        for line in placed.sentences:
            sheet.read_sentence(line)
        self.findings.extend(eyes.findings())
        self.findings.extend(sheet.units.findings())

    def miss(self, placed: PlacedSheet, book: Book, known: Collection[str]) -> None:
        """Reports a sheet that is not there; its data count as unreadable."""
        for cell in placed.cells:
            if cell.role is Role.INPUT and "." in cell.path:
                self.cells[cell.path] = Cell(placed.sheet.name, 0, 0, state=State.UNREADABLE)
        others = [name for name in book.names if name not in {*known, *NO_FORM_SHEETS} and not is_guide(book, name)]
        hint = f"，是否改名为“{'”“'.join(others[:3])}”了" if others else ""
        self.findings.append(
            finding(
                "ST03",
                Problem(
                    Cell(placed.sheet.name, 0, 0),
                    f"缺少工作表“{placed.sheet.name}”{hint}",
                    found="、".join(others[:6]) or "没有其他工作表",
                    expected=placed.sheet.name,
                ),
            )
        )


@dataclass
class _SheetReader:
    """Reads the cells of one sheet into the form."""

    into: _FormReader
    placed: PlacedSheet
    grid: Grid
    facts: SheetFacts
    eyes: Eyes
    anchors: Anchors

    def __post_init__(self) -> None:
        self.money_unit = self.into.recognised.scheme.money_unit
        self.units = MoneyUnits(self.placed, self.grid, self.anchors, self.money_unit)
        self.places = Places(self.placed, self.grid, self.anchors, self.into.recognised.scheme.full_score)
        self.has_unread = bool(self.facts.uncalculated or self.facts.errors)

    # -- labels

    def report_lost_labels(self) -> None:
        """ST04 for each label of the form's data that is not on the sheet."""
        for label in self.placed.printed:
            if label in self.anchors.found or not self._is_needed(label):
                continue
            near, place = nearest_text(label, self.anchors)
            cell = Cell(self.grid.sheet, place.row, place.column) if place else Cell(self.grid.sheet, 0, 0)
            hint = f"，是否写成了“{near}”" if near else ""
            message = f"找不到“{label.text}”这一栏{hint}"
            problem = Problem(cell, message, found=near or "没有", expected=label.text, field=label.text)
            self.into.findings.append(finding("ST04", problem))

    def _is_needed(self, label: Placed) -> bool:
        if not label.path or (label.field and (label.field.optional or not (label.field.is_data or label.field.holds))):
            return False
        return not self.places.sibling(label)

    # -- single data

    def read_slot(self, slot: Placed) -> None:
        """Reads one cell that does not belong to a table's rows."""
        located = self.places.locate(slot)
        place, raw = located
        if slot.blanks:
            self._read_shared(slot, located)
            return
        if slot.role is Role.RESULT:
            if place:
                self.into.reserved[slot.path] = Cell(self.grid.sheet, place.row, place.column)
            return
        if place is None:
            if slot.role is Role.INPUT:
                is_missed = slot.field is None or not slot.field.optional
                self.into.cells[slot.path] = Cell(
                    self.grid.sheet, 0, 0, state=State.UNREADABLE if is_missed else State.BLANK
                )
            return
        datum = slot.field or NO_FIELD
        cell = self._parse(datum, place.row, place.column, raw, slot.role is Role.INPUT)
        if slot.role is Role.INPUT and datum.is_number and raw is not None:
            self._look_for_others(slot, datum, cell)
        if datum.type == "money" and cell.number is not None:
            self.eyes.check_unit(datum, cell, self.units.unit_at(slot.path), self.money_unit)
            cell = cell._replace(value=self.units.in_scheme_unit(slot.path, raw, cell.number))
        if slot.role is Role.ECHO:
            self.into.echoes[slot.path] = (*self.into.echoes.get(slot.path, ()), cell)
        else:
            self.into.cells[slot.path] = cell

    def read_sentence(self, line: Placed) -> None:
        """Reads a printed line with blanks: the first cell on the sheet that has its words."""
        data = [datum for _, datum in line.blanks]
        for (row, column), raw in self.grid.cells.items():
            parts = isinstance(raw, str) and filled_in((line.pattern, *line.aliases), _kinds(data), raw)
            if parts:
                self._read_parts(line, Anchor(row, column), parts)
                return
        for path, datum in line.blanks:
            self.into.cells[path] = Cell(
                self.grid.sheet, 0, 0, state=State.BLANK if datum.optional else State.UNREADABLE
            )
        needed = [datum.label for datum in data if not datum.optional]
        if needed:
            said = f"找不到“{line.text}”这一行，其中的{'、'.join(needed)}没有读到"
            problem = Problem(Cell(self.grid.sheet, 0, 0), said, found="没有", expected=line.text, field=needed[0])
            self.into.findings.append(finding("ST04", problem))

    def _look_for_others(self, slot: Placed, datum: Field, cell: Cell) -> None:
        """SG08, SG09: further figures that a person may take for this one, in its row and beside a label of the same words."""
        label = self.placed.labels.get(slot.path)
        anchor = self.anchors.found.get(label) if label else None
        if label is None or anchor is None or anchor.rest or cell.row != anchor.row:
            return
        others = self._figures_beside(anchor.row, cell.column)
        if others:
            self.eyes.say_second(datum, cell, others)
        for key in map(label_key, (label.text, *label.aliases)):
            for place in self.grid.keys.get(key, ()):
                if place not in self.anchors.taken:
                    column, raw = next(iter(self._figures_beside(*place).items()), (0, cell.raw))
                    if raw != cell.raw:
                        self.eyes.say_twice(datum, cell, (place[0], column), raw)

    def _figures_beside(self, row: int, column: int) -> dict[int, object]:
        """The cells with figures right of a place and left of the next label that a person sees."""
        found: dict[int, object] = {}
        for at, raw in self.grid.line(row).items():
            if at > column and (row, at) in self.anchors.taken:
                break
            if at > column and is_figure(raw) and not self.eyes.is_covered(row, at):
                found[at] = raw
        return found

    def _read_shared(self, slot: Placed, located: Located) -> None:
        """Reads a cell that holds several data: by the words between them; a cell without them holds the first."""
        place = located.place
        if place is None or located.raw is None:
            for path, _ in slot.blanks:
                self.into.cells[path] = _absent(self.grid.sheet, place)
            return
        raw = text_of(located.raw)
        parts = filled_in((slot.pattern,), _kinds([datum for _, datum in slot.blanks]), raw)
        self._read_parts(slot, place, parts or (raw, *[""] * (len(slot.blanks) - 1)))

    def _read_parts(self, line: Placed, place: Anchor, parts: Sequence[str]) -> None:
        """Reads the data of one cell."""
        for (path, datum), part in zip(line.blanks, parts, strict=True):
            self.into.cells[path] = self._parse(
                datum, place.row, place.column, part or None, True, is_typed_alone=False
            )

    # -- tables

    def read_table(self, table: Table, place: TablePlace) -> None:
        """Reads the rows between a table's heading and the next printed text; blank rows are left out."""
        columns = self._columns(table)
        if not any(columns.at.values()):
            return
        start = self.anchors.row(place.heading) + 1
        end = self.anchors.next_row(start - 1, place.last)
        rows: list[Row] = []
        subtotals: list[Row] = []
        branch: dict[str, Cell] = {}
        for at in range(start, end):
            line = self.grid.line(at)
            if is_subtotal_row(table, columns, line):
                cells = {c.key: self._cell(c, place, at, line, False) for c, place in columns.merged + columns.own}
                subtotals.append(Row(len(subtotals), cells))
                continue
            branch = self._branch(columns, at, line, branch)
            if self._is_filled(columns, at, line):
                own = {column.key: self._cell(column, place, at, line) for column, place in columns.own}
                row = Row(len(rows), branch | own | self._shared_cells(columns, at, line))
                rows += [] if _is_untouched(table, row) else [row]
        self.into.tables[table.key] = tuple(rows)
        if subtotals:
            self.into.subtotals[table.key] = tuple(subtotals)
        self._reserve(table, columns, rows)

    def _columns(self, table: Table) -> Columns:
        at = {column.key: self._heading(f"{table.key}.{column.key}") for column in table.columns}
        return columns_of(table, at)

    def _heading(self, path: str) -> int:
        """Physical column of a table's heading, 0 where it is lost."""
        label = self.placed.labels.get(path)
        anchor = self.anchors.found.get(label) if label else None
        return anchor.column if anchor else 0

    def _is_filled(self, columns: Columns, at: int, line: GridRow) -> bool:
        if not line.keys().isdisjoint(columns.telling):
            return True
        return self.has_unread and any(self._formula_state(at, place) for place in columns.telling)

    def _branch(self, columns: Columns, at: int, line: GridRow, above: dict[str, Cell]) -> dict[str, Cell]:
        """The names of the levels that a row belongs to: its own, else those above it, also of rows that say no more."""
        branch: dict[str, Cell] = {}
        is_new = not above
        for column, place in columns.merged:
            if place not in line and not is_new:
                branch[column.key] = above[column.key]
                continue
            branch[column.key] = self._cell(column, place, at, line)
            is_new = is_new or label_key(branch[column.key].text) != label_key(above[column.key].text)
        return branch

    def _shared_cells(self, columns: Columns, at: int, line: GridRow) -> dict[str, Cell]:
        """The data of a row's cells that hold several."""
        found: dict[str, Cell] = {}
        for column, place in columns.shared:
            raw = line.get(place) if place else None
            text = "" if raw is None else text_of(raw)
            parts = filled_in((column.pattern,), _kinds(column.holds), text) if text else None
            for datum, part in zip(column.holds, parts or (text, *[""] * (len(column.holds) - 1)), strict=True):
                cell = self._cell(datum, place, at, {})
                found[datum.key] = self._parse(datum, at, place, part, True, is_typed_alone=False) if part else cell
        return found

    def _cell(self, column: Field, place: int, at: int, line: GridRow, is_counted: bool = True) -> Cell:
        """One cell of a row; unreadable where the column's heading is lost."""
        if not place:
            return Cell(self.grid.sheet, 0, 0, state=State.UNREADABLE)
        return self._parse(column, at, place, line.get(place), column.is_data and is_counted)

    def _reserve(self, table: Table, columns: Columns, rows: Sequence[Row]) -> None:
        """Notes where the results of each row are written."""
        results = [(c.result, columns.at[c.key]) for c in table.columns if c.result and columns.at[c.key]]
        lines = [max(cell.row for cell in row.cells.values()) for row in rows] if results else []
        for result, place in results:
            for index, line in enumerate(lines):
                self.into.reserved[f"{table.key}.{index}.{result}"] = Cell(self.grid.sheet, line, place)

    # -- cells

    def _formula_state(self, row: int, column: int) -> str:
        """ "" or the finding's code for a formula without a stored value, or with an error for its value."""
        place = address(row, column)
        return "ST07" if place in self.facts.uncalculated else "ST08" if place in self.facts.errors else ""

    def _parse(
        self, datum: Field, row: int, column: int, raw: object, report: bool, is_typed_alone: bool = True
    ) -> Cell:
        """The cell with its meaning; what reading it found is added to the findings.

        A number in a cell that holds other words too is a text of necessity: `is_typed_alone` is false, and there is no ST09.
        """
        sheet = self.grid.sheet
        if raw is None and not self.has_unread:
            return Cell(sheet, row, column)
        if is_lost_text(datum, raw):
            cell = Cell(sheet, row, column, raw, state=State.UNREADABLE)
            self.into.findings.extend([finding("ST07", lost_text(datum, cell))] if report else [])
            return cell
        code = self._formula_state(row, column) if raw is None else ""
        kept = raw[:LONGEST_TEXT] if isinstance(raw, str) else raw
        if code:
            meaning = self._unread(datum, row, column, code)
        else:
            meaning = self.eyes.meaning(datum, row, column, raw) or parse_cell(datum, kept, self.money_unit)
        if isinstance(raw, str) and len(raw) > LONGEST_TEXT and not meaning.code:
            meaning = meaning._replace(
                code="ST13", found=f"{len(raw):,} 个字符", expected=f"不超过 {LONGEST_TEXT:,} 个字符"
            )
        cell = Cell(sheet, row, column, kept, meaning.value, meaning.state)
        if meaning.code and report and (is_typed_alone or meaning.code != "ST09"):
            self.into.findings.append(finding(meaning.code, problem_of(datum, cell, meaning)))
        if report and not code and meaning.state is not State.BLANK:
            self.eyes.check(datum, cell)
        return cell

    def _unread(self, datum: Field, row: int, column: int, code: str) -> Meaning:
        """The meaning of a formula whose value is not there or is an error."""
        shown = self.facts.errors.get(address(row, column), "公式没有计算结果")
        unit = unit_of(datum, self.money_unit)
        return Meaning(None, State.UNREADABLE, code, shown, f"数字（单位：{unit}）" if unit else "内容")


def _is_untouched(table: Table, row: Row) -> bool:
    """Whether an agency left a row of the tree so that was open to it; what cannot be read is something."""
    if not table.open_rows or any(cell.state is State.UNREADABLE for cell in row.cells.values()):
        return False
    return table.is_untouched({key: cell.value for key, cell in row.cells.items()})


_KINDS = {"phone": "phone", "text": "text", "choice": "text", "any": "text", "date": "text"}


def _kinds(data: Sequence[Field]) -> tuple[str, ...]:
    """What stands in each blank of a line; numbers where nothing else is said."""
    return tuple(_KINDS.get(datum.type, "number") for datum in data)


def _absent(sheet: str, place: Anchor | None) -> Cell:
    """A blank cell, unreadable where its label is lost."""
    return Cell(sheet, place.row, place.column) if place else Cell(sheet, 0, 0, state=State.UNREADABLE)


def _version_findings(recognised: Recognised) -> Iterator[Finding]:
    """ST02 where the workbook was not made from the scheme's present template, or its scheme is in doubt."""
    if recognised.doubt:
        place = Cell("", 0, 0)
        fix = "请财政部门确认这份表用的是哪一种方案；可用 --scheme 指定。"
        found = Problem(place, recognised.doubt, found=recognised.scheme.id, expected="只与一种方案相符", fix=fix)
        yield finding("ST02", found)
    version, current = recognised.version, recognised.scheme.version
    if version is None or version == current:
        return
    older = version < current
    message = f"模板版本为 {version}，现行版本为 {current}" + ("" if older else "，无法确认这个版本")
    severity = Severity.WARNING if older else Severity.ERROR
    yield finding(
        "ST02", Problem(Cell("", 0, 0), message, found=str(version), expected=str(current), severity=severity)
    )


def _hidden_findings(book: Book, facts: Facts, known: Collection[str]) -> Iterator[Finding]:
    """ST12 for each hidden sheet that holds data and is not part of a form."""
    for sheet in facts.sheets:
        if sheet.state == "visible" or sheet.name in {*known, *NO_FORM_SHEETS} or sheet.name not in book.names:
            continue
        cells = book.grid(sheet.name).cells
        if cells and not is_guide(book, sheet.name):
            first = min(cells)
            message = f"隐藏的工作表“{sheet.name}”中有 {len(cells)} 个单元格有内容，没有读取"
            cell = Cell(sheet.name, *first)
            yield finding("ST12", Problem(cell, message, found=f"{len(cells)} 个单元格", expected="没有隐藏的数据"))
