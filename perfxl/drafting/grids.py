"""The tables of a form: amounts by source and kind, rows of the same columns, the row 总分 below them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfxl.drafting import words
from perfxl.drafting.draft import AnswerCell, Draft, DraftedItem, PrintedLabel
from perfxl.drafting.paper import BlankForm, PrintBox
from perfxl.drafting.trees import POINTED, PrintedTree, tree_of_rows
from perfxl.schemes.spec import LEVELS

_TWO = 2


@dataclass
class GridReader:
    """Understands the tables of one sheet.

    `left` is the first column right of the caption at hand; `rows_of_tables` are the rows that belong to tables, `repeated`
    the cells that ask again for what the form has asked before.
    """

    paper: BlankForm
    draft: Draft
    rows_of_tables: set[int] = field(default_factory=set)
    left: int = 1
    repeated: set[str] = field(default_factory=set)

    def boxes(self, row: int) -> list[PrintBox]:
        return self.paper.rows.get(row, [])

    def content(self, row: int) -> list[PrintBox]:
        """The boxes of a row right of the block's caption."""
        return [box for box in self.boxes(row) if box.column >= self.left]

    # -- amounts

    def has_funds(self, row: int, headings: Sequence[PrintBox]) -> bool:
        """Whether amounts stand below headings, in rows that begin with a source."""
        columns, rows = self._funds_at(row, headings)
        return len(columns) >= _TWO and bool(rows)

    def read_funds(self, row: int, headings: Sequence[PrintBox]) -> int:
        """The table of amounts; the row below it."""
        columns, rows = self._funds_at(row, headings)
        end = rows[-1].row + 1
        self.rows_of_tables |= set(range(row, end))
        self._add_funds(columns, rows)
        return end

    def _funds_at(self, row: int, headings: Sequence[PrintBox]) -> tuple[list[PrintBox], list[PrintBox]]:
        """The headings and the sources of a table of amounts."""
        below = [box for box in self.boxes(row + 1) if box.text and box.height == 1 and words.is_row_of_funds(box.text)]
        if not below:
            return [], []
        start = below[-1].end
        rows: list[PrintBox] = []
        for at in range(row + 1, self.paper.last + 1):
            texts = [box for box in self.boxes(at) if box.text and not box.is_number and box.height == 1]
            names = [box for box in texts if box.column < start]
            if not names or not words.is_row_of_funds(names[-1].text):
                break
            rows.append(names[-1])
        return [box for box in headings if words.funds_column(box.text) and box.column >= start], rows

    def _add_funds(self, columns: Sequence[PrintBox], rows: Sequence[PrintBox]) -> None:
        row_keys = [self.draft.free_key("funds#row", words.funds_row(box.text).key) for box in rows]
        totals = [key for key, box in zip(row_keys, rows, strict=True) if words.funds_row(box.text).key == "total"]
        total = totals[0] if totals else row_keys[0]
        items: list[DraftedItem] = []
        keys: list[str] = []
        for box in columns:
            meaning = words.funds_column(box.text)
            assert meaning is not None
            key = self.draft.free_key("funds#column", meaning.key)
            keys.append(key)
            values: dict[str, object] = {"key": key, "label": " ".join(box.text.split())}
            values |= {"type": meaning.type} if meaning.type else {}
            blanks = [
                line for line, name in zip(rows, row_keys, strict=True) if self._is_open(line.row, box, name == total)
            ]
            if meaning.key in ("weight", "score", "reason") or len(blanks) < len(rows):
                values["rows"] = [total]
            items.append((values, box.address, "" if meaning.is_sure else "请核对含义"))
            self._answers_of_column(key, meaning.type or "money", box, rows, row_keys, total, "rows" in values)
        facts = self.draft.facts
        facts["funds"] = {key: " ".join(box.text.split()) for key, box in zip(keys, columns, strict=True)}
        facts["total"] = total
        printed = [
            self._below_heading(rows[0].row, column) for column in columns if _means_amount(column.text) == "weight"
        ]
        facts["weight"] = next((box.text for box in printed if box is not None and box.is_number), "")
        shares = (words.points_in(column.text) for column in columns if "执行率" in column.text)
        facts["weight_in_label"] = next(filter(None, shares), "")
        self.draft.begin(
            "matrix", {"key": "funds", "style": "grid", "outer": "rows", "total": total, "span": [2, 1]}, columns[0]
        )
        self.draft.items("columns", items)
        self.draft.items("rows", [self._funds_row(box, key) for box, key in zip(rows, row_keys, strict=True)])
        self.draft.labels += [PrintedLabel(box.text, self.paper.name, box.address) for box in (*columns, *rows)]

    def _below_heading(self, row: int, heading: PrintBox) -> PrintBox | None:
        return next((box for box in self.boxes(row) if box.column == heading.column), None)

    def _funds_row(self, box: PrintBox, key: str) -> DraftedItem:
        label = " ".join(box.text.split()).rstrip("：:")
        doubt = "" if words.funds_row(box.text).is_sure else f"不认识的来源，取了名称 {key}"
        return {"key": key, "label": label, "name": re.sub("^其中[：:]", "", label)}, box.address, doubt

    def _is_open(self, row: int, column: PrintBox, is_total: bool) -> bool:
        """Whether a row has a cell to fill in below a heading."""
        box = next((box for box in self.boxes(row) if box.column == column.column), None)
        return is_total or (box is not None and not box.text)

    def _answers_of_column(
        self,
        key: str,
        kind: str,
        column: PrintBox,
        rows: Sequence[PrintBox],
        names: Sequence[str],
        total: str,
        is_total_only: bool,
    ) -> None:
        for line, name in zip(rows, names, strict=True):
            box = next((box for box in self.boxes(line.row) if box.column == column.column), None)
            if box is not None and (name == total or not is_total_only):
                self.draft.answers.append(AnswerCell(f"funds.{name}.{key}", self.paper.name, box.address, kind))

    def pairs_of_funds(self, row: int) -> list[list[PrintBox]]:
        """The rows of a table of amounts in which each amount stands behind a label of its own: the first with the kinds of
        amounts, each further one with the same source before every amount. None where there is no such table."""
        first = self._labels_of_pairs(row)
        if len(first) < _TWO or not all(words.is_money_heading(box.text) for box in first):
            return []
        rows = [first]
        while labels := self._labels_of_pairs(row + len(rows)):
            is_alike = [box.column for box in labels] == [box.column for box in first]
            if not is_alike or len({box.key for box in labels}) > 1:
                break
            rows.append(labels)
        return rows if len(rows) > 1 else []

    def _labels_of_pairs(self, row: int) -> list[PrintBox]:
        """The labels of a row of labels and blanks by turns."""
        boxes = self.content(row)
        texts = [bool(box.text) for box in boxes]
        return boxes[::2] if boxes and texts == [True, False] * (len(boxes) // 2) else []

    def read_pairs(self, rows: Sequence[Sequence[PrintBox]]) -> int:
        """The table of amounts behind labels; the row below it."""
        columns = [(box, words.funds_column(box.text)) for box in rows[0]]
        keys = [self.draft.free_key("funds#column", meaning.key if meaning else "amount") for _, meaning in columns]
        names = ["total", *(self.draft.free_key("funds#row", words.funds_row(row[0].text).key) for row in rows[1:])]
        items: list[DraftedItem] = [
            ({"key": key, "label": " ".join(box.text.split())}, box.address, "" if meaning else f"取了名称 {key}")
            for key, (box, meaning) in zip(keys, columns, strict=True)
        ]
        sources: list[DraftedItem] = [({"key": "total", "name": "合计"}, rows[0][0].address, "")]
        sources += [self._funds_row(row[0], name) for row, name in zip(rows[1:], names[1:], strict=True)]
        for labels, name in zip(rows, names, strict=True):
            boxes = self.content(labels[0].row)
            for label, blank, key in zip(labels, boxes[1::2], keys, strict=True):
                self.draft.labels.append(PrintedLabel(label.text, self.paper.name, label.address))
                self.draft.answers.append(AnswerCell(f"funds.{name}.{key}", self.paper.name, blank.address, "money"))
        self.draft.facts["funds"] = {key: " ".join(box.text.split()) for key, box in zip(keys, rows[0], strict=True)}
        self.draft.facts["total"] = "total"
        self.draft.facts.setdefault("unit", words.money_unit(rows[0][0].text))
        span = [rows[0][0].width, self.content(rows[0][0].row)[1].width]
        head = {"key": "funds", "style": "pairs", "outer": "rows", "total": "total", "span": span}
        self.draft.begin("matrix", head, rows[0][0])
        self.draft.items("columns", items)
        self.draft.items("rows", sources)
        end = rows[-1][0].row + 1
        self.rows_of_tables |= set(range(rows[0][0].row, end))
        return end

    # -- tables

    def has_levels(self, row: int, texts: Sequence[PrintBox]) -> bool:
        """Whether a row is the heading of a table of indicators, or the upper one of two lines of it."""
        if any(words.is_level(box.text) for box in texts):
            return True
        below = [box for box in self.content(row + 1) if box.text]
        return any(box.height > 1 for box in texts) and any(words.is_level(box.text) for box in below)

    def is_plain_table(self, row: int, texts: Sequence[PrintBox]) -> bool:
        """Whether three headings and more stand above blank rows of the same columns."""
        if len(texts) < 3 or any(box.is_number or box.width > 4 for box in texts):
            return False
        heads = [box for box in self.content(row) if box.column < texts[-1].end]
        below = [box for box in self.content(row + 1) if box.column < texts[-1].end]
        return (
            len(heads) == len(texts)
            and [box.column for box in below] == [box.column for box in texts]
            and not any(box.text for box in below)
        )

    def is_deep_table(self, row: int, texts: Sequence[PrintBox]) -> bool:
        """Whether headings in two lines, some of them over several others, stand above blank rows of the same columns."""
        columns, start = self._columns(row, texts)
        if start != row + _TWO or any(box.height != _TWO and not group for box, group in columns):
            return False
        below = [box for box in self.boxes(start) if box.column < columns[-1][0].end]
        return [box.column for box in below] == [box.column for box, _ in columns] and not any(
            box.text for box in below
        )

    def read_table(self, row: int, texts: list[PrintBox]) -> int:
        columns, start = self._columns(row, texts)
        scored = any(_means(box.text) == "score" for box, _ in columns)
        has_levels = any(words.is_level(box.text) for box, _ in columns)
        known = "indicators" if has_levels and (scored or "indicators#table" not in self.draft.keys) else "list"
        known = words.table_of(box.text for box, _ in columns) or known
        key = self.draft.free_key("table", known)
        self.draft.keys.add(f"{key}#table")
        end = self._table_end(start, columns)
        self.rows_of_tables |= set(range(row, end))
        names = self._names(key, [box.text for box, _ in columns])
        places = {name: box.column for name, (box, _) in zip(names, columns, strict=True)}
        tree = tree_of_rows([self.boxes(at) for at in range(start, end)], places) if key == "indicators" else None
        items: list[DraftedItem] = []
        for (box, group), name in zip(columns, names, strict=True):
            meaning = words.table_column(box.text, key)
            doubt = "" if meaning else f"不认识的栏目，取了名称 {name}"
            kind = meaning.type if meaning else ""
            items.append((_column(box, group, kind, name, names, tree), box.address, doubt))
        self.draft.begin("table", {"key": key} | ({} if tree else {"rows": max(1, end - start)}), columns[0][0])
        self.draft.items("columns", items)
        if tree:
            doubt = "各份填得相同，当作表上印的；由单位填写的请删去 level3 和 weight" if self.paper.is_compared else ""
            self.draft.items("fixed", [(values, place, doubt) for values, place, _ in tree.rows])
        self.draft.labels += [PrintedLabel(box.text, self.paper.name, box.address) for box, _ in columns]
        for number, at in enumerate(range(start, end if tree else min(end, start + _TWO))):
            for (box, _), (declared, _, _) in zip(columns, items, strict=True):
                cell = next((one for one in self.boxes(at) if one.column == box.column), None)
                is_printed = tree is not None and cell is not None and bool(cell.text)
                if cell is not None and not is_printed and {"total_of", "blank"}.isdisjoint(declared):
                    row_path = f"{key}.{number}"
                    path, kind = f"{row_path}.{declared['key']}", str(declared.get("type", ""))
                    if "holds" in declared:
                        path, kind = f"{row_path}.level3=text;{row_path}.weight=points", f"sentence:{POINTED}"
                    self.draft.answers.append(AnswerCell(path, self.paper.name, cell.address, kind))
        self.draft.facts.setdefault("tables", {})[key] = names
        return self._footer(end, key, columns, names)

    def _names(self, key: str, labels: Sequence[str]) -> list[str]:
        """The name of each column; the points of a level, beside its name, are those of the level."""
        names: list[str] = []
        means = [_means(label, key) for label in labels]
        for place, meaning in enumerate(means):
            before = names[-1] if names else ""
            is_of_level = meaning == "weight" and before in LEVELS[:2] and "weight" in means[place + 1 :]
            wanted = f"weight{before[-1]}" if is_of_level else meaning or "column"
            names.append(self.draft.free_key(key, wanted))
        return names

    def _columns(self, row: int, texts: Sequence[PrintBox]) -> tuple[list[tuple[PrintBox, str]], int]:
        """The lowest headings of a table, each with the heading above it, and the first row below them."""
        below = self.content(row + 1)
        grouped = [
            box
            for box in texts
            if box.height == 1
            and box.width > 1
            and any(one.text and box.column <= one.column < box.end for one in below)
        ]
        is_deep = bool(grouped) and any(
            words.table_column(box.text) or box.height > 1 for box in texts if box not in grouped
        )
        if not is_deep:
            return [(box, "") for box in texts], row + 1
        columns: list[tuple[PrintBox, str]] = []
        for box in texts:
            if box in grouped:
                columns += [(one, box.text) for one in below if one.text and box.column <= one.column < box.end]
            else:
                columns.append((box, ""))
        return columns, row + 2

    def _table_end(self, start: int, columns: Sequence[tuple[PrintBox, str]]) -> int:
        """The first row that is none of the table's: a total, a caption, cells of other widths."""
        places = {box.column for box, _ in columns}
        named = {box.column for box, _ in columns if _means(box.text) in LEVELS}
        free = {box.column for box, _ in columns[3:]} - named
        at = start
        while at <= self.paper.last:
            texts = [box for box in self.boxes(at) if box.text and box.column >= self.left]
            if any(words.is_total(box.text) for box in texts) or any(box.column not in places for box in texts):
                break
            wide = [
                box
                for box in self.boxes(at)
                if box.column >= self.left and sum(box.column <= p < box.end for p in places) > 1
            ]
            is_named = any(box.column in named and box.height == 1 for box in texts)
            if wide or (not is_named and any(box.column in free and not box.is_number for box in texts)):
                break
            if any(box.text and box.column < self.left and box.row == at and at > start for box in self.boxes(at)):
                break
            at += 1
        return at

    def _footer(self, row: int, key: str, columns: Sequence[tuple[PrintBox, str]], names: Sequence[str]) -> int:
        """The row 总分 below a table, where its figures stand below the table's columns."""
        boxes = self.boxes(row)
        label = next((box for box in boxes if box.text), None)
        if label is None or not words.is_total(label.text) or "score" not in names:
            return row
        if any(re.search("等级|等次", box.text) for box in boxes):
            return row
        items: list[DraftedItem] = [({"column": names[0], "label": label.text}, label.address, "")]
        places = dict(zip(names, (box.column for box, _ in columns), strict=True))
        if key == "reviewers":
            return self._average(row, label, places)
        if "weight" in places:
            items.append(({"column": "weight", "printed": "weight"}, label.address, ""))
        path = f"stated.{self.draft.free_key('stated', 'total')}"
        doubt = "" if path == "stated.total" else f"前面已有一处总分，这里取了名称 {path}"
        items.append(({"column": "score", "path": path}, label.address, doubt))
        self.draft.items("footer", items)
        self.draft.labels.append(PrintedLabel(label.text, self.paper.name, label.address))
        cell = next((box for box in boxes if box.column <= places["score"] < box.end), None)
        if cell is not None:
            self.draft.answers.append(AnswerCell(path, self.paper.name, cell.address, "points"))
        return row + 1

    def _average(self, row: int, label: PrintBox, places: Mapping[str, int]) -> int:
        """The row 合计 | 平均得分 below the evaluators."""
        boxes = self.boxes(row)
        mean = next((box for box in boxes if "平均" in box.text), None)
        cell = next((box for box in boxes if box.column <= places["score"] < box.end and not box.text), None)
        if mean is None or cell is None:
            return row
        named = [(name, box) for name, at in places.items() for box in boxes if box.column == at and box.text]
        items: list[DraftedItem] = [({"column": name, "label": box.text}, box.address, "") for name, box in named]
        items.append(({"column": "score", "path": "stated.average"}, mean.address, ""))
        self.draft.items("footer", items)
        self.draft.keys.add("stated.average")
        self.draft.labels += [PrintedLabel(box.text, self.paper.name, box.address) for _, box in named]
        self.draft.answers.append(AnswerCell("stated.average", self.paper.name, cell.address, "points"))
        return row + 1


def _column(
    box: PrintBox, group: str, kind: str, name: str, names: Sequence[str], tree: PrintedTree | None
) -> dict[str, object]:
    """The declaration of a table's column."""
    values: dict[str, object] = {"key": name, "label": " ".join(box.text.split())}
    values |= {"group": group} if group else {}
    values |= {"type": kind} if kind else {}
    if name in LEVELS[:2]:
        values["merge"] = name
    if name == "signature":
        values["blank"] = True
    if name in ("weight1", "weight2"):
        values |= {"fixed": True, "merge": f"level{name[-1]}", "total_of": "weight"}
    if tree and name in (*LEVELS, "weight") and tree.printed(name):
        values["fixed"] = True
    elif name == "level3":
        values["required"] = True
    if name == "level3" and tree and tree.is_pointed:
        named = {"key": name, "label": values["label"], "required": True}
        holds = [named, {"key": "weight", "label": "分值", "type": "points"}]
        fixed = {"fixed": True} if tree.is_whole else {}
        return {"key": "named", "label": values["label"], "pattern": POINTED, "holds": holds, **fixed}
    if name == "score" and "weight" in names:
        values["at_most"] = "weight"
    return values


def _means(label: str, table: str = "") -> str:
    """The name of a table's column, "" where the dictionary does not know it."""
    meaning = words.table_column(label, table)
    return meaning.key if meaning else ""


def _means_amount(label: str) -> str:
    meaning = words.funds_column(label)
    return meaning.key if meaning else ""
