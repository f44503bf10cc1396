"""The tables of a form: amounts by source and kind, rows of the same columns, the row 总分 below them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from perfxl.drafting import words
from perfxl.drafting.draft import AnswerCell, Draft, DraftedItem, PrintedLabel
from perfxl.drafting.paper import BlankForm, PrintBox

_TWO = 2


@dataclass
class GridReader:
    """Understands the tables of one sheet.

    `left` is the first column right of the caption at hand; `rows_of_tables` are the rows that belong to tables.
    """

    paper: BlankForm
    draft: Draft
    rows_of_tables: set[int] = field(default_factory=set)
    left: int = 1

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

    def read_table(self, row: int, texts: list[PrintBox]) -> int:
        columns, start = self._columns(row, texts)
        scored = any(_means(box.text) == "score" for box, _ in columns)
        has_levels = any(words.is_level(box.text) for box, _ in columns)
        known = "indicators" if has_levels and (scored or "indicators#table" not in self.draft.keys) else "list"
        key = self.draft.free_key("table", known)
        self.draft.keys.add(f"{key}#table")
        end = self._table_end(start, columns)
        self.rows_of_tables |= set(range(row, end))
        items: list[DraftedItem] = []
        names: list[str] = []
        for box, group in columns:
            meaning = words.table_column(box.text)
            name = self.draft.free_key(key, meaning.key if meaning else "column")
            names.append(name)
            values: dict[str, object] = {"key": name, "label": " ".join(box.text.split())}
            values |= {"group": group} if group else {}
            values |= {"type": meaning.type} if meaning and meaning.type else {}
            if name in ("level1", "level2"):
                values["merge"] = name
            if name == "level3":
                values["required"] = True
            if name == "score" and "weight" in names:
                values["at_most"] = "weight"
            items.append((values, box.address, "" if meaning else f"不认识的栏目，取了名称 {name}"))
        self.draft.begin("table", {"key": key, "rows": max(1, end - start)}, columns[0][0])
        self.draft.items("columns", items)
        self.draft.labels += [PrintedLabel(box.text, self.paper.name, box.address) for box, _ in columns]
        for number, at in enumerate(range(start, min(end, start + _TWO))):
            for (box, _), name, (declared, _, _) in zip(columns, names, items, strict=True):
                cell = next((one for one in self.boxes(at) if one.column == box.column), None)
                if cell is not None:
                    self.draft.answers.append(
                        AnswerCell(
                            f"{key}.{number}.{name}", self.paper.name, cell.address, str(declared.get("type", ""))
                        )
                    )
        self.draft.facts.setdefault("tables", {})[key] = names
        return self._footer(end, key, columns, names)

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
        free = {box.column for box, _ in columns[3:]}
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
            if wide or any(box.column in free and not box.is_number for box in texts):
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
        if "weight" in places:
            items.append(({"column": "weight", "printed": "weight"}, label.address, ""))
        items.append(({"column": "score", "path": "stated.total"}, label.address, ""))
        self.draft.items("footer", items)
        self.draft.keys.add("stated.total")
        self.draft.labels.append(PrintedLabel(label.text, self.paper.name, label.address))
        cell = next((box for box in boxes if box.column <= places["score"] < box.end), None)
        if cell is not None:
            self.draft.answers.append(AnswerCell("stated.total", self.paper.name, cell.address, "points"))
        return row + 1


def _means(label: str) -> str:
    """The name of a table's column, "" where the dictionary does not know it."""
    meaning = words.table_column(label)
    return meaning.key if meaning else ""


def _means_amount(label: str) -> str:
    meaning = words.funds_column(label)
    return meaning.key if meaning else ""
