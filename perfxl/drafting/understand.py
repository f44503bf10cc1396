"""A sheet of a form, block by block: captions, fields, amounts, tables, totals, lines with blanks.

What is printed and what is to be filled in follows from the boxes; what a datum is called, from the dictionary.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from perfxl.drafting import words
from perfxl.drafting.chapters import DraftedSection, key_of_section, sections_at
from perfxl.drafting.draft import AnswerCell, DraftedItem, PrintedLabel
from perfxl.drafting.grids import GridReader
from perfxl.drafting.paper import PrintBox

_YEAR = re.compile(r"((?:20|19)\d\d|[×xX]{4}|_{2,}|\s{2,})\s*(?=年度)")
_BLANK = re.compile(r"[_＿]{2,}|\s{3,}")
_INLINE = re.compile(r"([^：:\s_]{2,14})[：:]\s*(?=$|[_＿\s])")
_TWO = 2
_GRADES = ("优", "良", "中", "差")
_REPEATED = ("project_name", "department", "unit", "year")
"""What forms of several sheets ask for again."""


def _is_sentence(text: str) -> bool:
    """Whether a text has several blanks to fill in, or one and an amount's unit behind it."""
    blanks = len(_BLANK.findall(text.strip()))
    return blanks > 1 or (blanks == 1 and re.search(r"[_＿\s]{2,}[亿百千万]*元", text) is not None)


class SheetReader(GridReader):
    """Understands one sheet, from top to bottom."""

    def read(self) -> None:
        """Adds the sheet's blocks to the draft."""
        row = 1
        while row <= self.paper.last:
            boxes = self.boxes(row)
            texts = [box for box in boxes if box.text]
            if not texts:
                row += 1
                continue
            row = self._block(row, boxes, texts)
        self._say_uncovered()

    def _say_uncovered(self) -> None:
        """Names the blank cells right of a text that no datum was made of."""
        known = {answer.address for answer in self.draft.answers if answer.sheet == self.paper.name} | self.repeated
        for row, boxes in self.paper.rows.items():
            labelled = [(one, other) for one, other in pairwise(boxes) if one.text and not other.text]
            if labelled and row not in self.rows_of_tables and known.isdisjoint(box.address for box in boxes):
                one, other = labelled[0]
                self.draft.unknown.append(f"{self.paper.name}!{other.address}：“{one.text[:20]}”右边的空格")

    def _block(self, row: int, boxes: list[PrintBox], texts: list[PrintBox]) -> int:
        """One block that begins in a row; the row below it."""
        self.left = 1
        if sections := sections_at(self.paper, row):
            return self._sections(sections)
        if self.is_deep_table(row, texts):
            return self.read_table(row, texts)
        caption = self._caption(row, texts)
        if caption is not None:
            self._heading(caption)
            boxes = [box for box in boxes if box.column >= caption.end]
            texts = [box for box in boxes if box.text]
        self.left = caption.end if caption else 1
        if self.has_levels(row, texts) or self.is_plain_table(row, texts):
            return self.read_table(row, texts)
        if pairs_of_funds := self.pairs_of_funds(row):
            return self.read_pairs(pairs_of_funds)
        if sum(words.is_money_heading(box.text) for box in texts) >= _TWO and self.has_funds(row, texts):
            return self.read_funds(row, texts)
        if len(texts) >= _TWO and self._are_side_by_side(row, texts):
            return self._below(row, texts)
        if words.is_total(texts[0].text) if texts else False:
            return self._total(row, boxes)
        pairs = self._pairs(boxes)
        if pairs:
            return self._fields(row, pairs)
        for box in texts:
            self._line(box)
        return row + 1

    # -- boxes

    def _caption(self, row: int, texts: Sequence[PrintBox]) -> PrintBox | None:
        """A text at the left that spans several rows: the name of what stands right of it."""
        first = texts[0]
        others = [box for box in self.boxes(row) if box.column >= first.end]
        return first if first.height > 1 and others and first.column == 1 and len(texts) > 1 else None

    def _heading(self, box: PrintBox) -> None:
        unit, points = words.money_unit(box.text), words.points_in(box.text)
        if unit:
            self.draft.facts.setdefault("unit", unit)
        if points:
            self.draft.facts.setdefault("points", {})[words.plain_label(box.text)] = points
        self.draft.begin("text", {"style": "heading", "text": " ".join(box.text.split())}, box)

    def _sections(self, sections: Sequence[DraftedSection]) -> int:
        """The chapters of a report; the row below them."""
        items: list[DraftedItem] = []
        for chapter, heading, cell in sections:
            label = " ".join(heading.text.split())
            known = key_of_section(label)
            key = self.draft.free_key("report", known or "section")
            values: dict[str, object] = {"chapter": " ".join(chapter.text.split())} if chapter else {}
            items.append((values | {"key": key, "label": label}, heading.address, "" if known else f"取了名称 {key}"))
            self.draft.labels.append(PrintedLabel(heading.text, self.paper.name, heading.address))
            self.draft.answers.append(AnswerCell(f"report.{key}", self.paper.name, cell.address))
        self.draft.begin("sections", {"key": "report"}, sections[0].heading)
        self.draft.items("sections", items)
        return sections[-1].cell.row + sections[-1].cell.height

    # -- lines

    def _line(self, box: PrintBox) -> None:
        text = box.text
        if box.width >= self.paper.columns - 1 or box.column == 1:
            if _YEAR.search(text):
                self._year_line(box)
                return
            if re.search("[_＿]{2,}", text) or _INLINE.search(text):
                self._blank_line(box)
                return
        if re.match(r"附件|附表|表\d", text) and len(text) <= 8:
            return
        if "title" not in self.draft.facts:
            self.draft.facts["title"] = " ".join(text.split())
            self.draft.begin("text", {"style": "title", "text": self.draft.facts["title"]}, box)
            return
        if len(text) <= 60 and words.money_unit(text):
            self._heading(box)
        elif len(text) <= 60:
            self.draft.begin("text", {"style": "note", "text": " ".join(text.split())}, box)
        else:
            self.draft.unknown.append(f"{self.paper.name}!{box.address}：{text[:30]}……（说明文字，没有写进方案）")

    def _year_line(self, box: PrintBox) -> None:
        pattern = " ".join(_YEAR.sub("{year}", box.text, count=1).split())
        if "title" not in self.draft.facts and "表" in pattern:
            title = re.sub(r"[（(]?\{year\}年度[）)]?", "", pattern)
            self.draft.facts["title"] = title
        key = self.draft.free_key("basic", "year")
        style = "title" if "表" in pattern else "note"
        year = {"key": key, "label": "年度", "type": "year"}
        self.draft.begin("text", {"style": style, "text": pattern.replace("{year}", f"{{{key}}}"), "key": "basic"}, box)
        self.draft.items("fields", [(year, box.address, "")])
        self.draft.answers.append(AnswerCell(f"basic.{key}", self.paper.name, box.address, "line:" + pattern))

    def _blank_line(self, box: PrintBox) -> None:
        """A line with several blanks: each is named by the words before its colon."""
        named: list[DraftedItem] = []

        def blank(match: re.Match[str]) -> str:
            label = match[1]
            meaning = words.field_meaning(label)
            known = (
                meaning[1].key
                if meaning and meaning[0] == "basic" and meaning[1].key not in ("unit", "department")
                else "item"
            )
            key = self.draft.free_key("basic", known)
            kind = {"type": "date"} if "日期" in label else {}
            doubt = "" if meaning else f"“{label}”取了名称 {key}；这一行有几个空，请核对"
            named.append(({"key": key, "label": label, **kind, "optional": True}, box.address, doubt))
            return f"{label}：{{{key}}} "

        text = re.sub(r"([^：:\s_＿]{2,14})[：:][_＿\s年月日]*", blank, box.text)
        self.draft.begin("text", {"style": "note", "text": " ".join(text.split()), "key": "basic"}, box)
        self.draft.items("fields", named)

    # -- fields

    def _pairs(self, boxes: Sequence[PrintBox]) -> list[tuple[PrintBox, list[PrintBox]]]:
        """Each label of a row with the blanks right of it, left of the next label."""
        pairs: list[tuple[PrintBox, list[PrintBox]]] = []
        for box in boxes:
            if box.text and not words.choices_in(box.text) and not box.is_number and not _is_sentence(box.text):
                pairs.append((box, []))
            elif pairs:
                pairs[-1][1].append(box)
        return [(label, blanks) for label, blanks in pairs if blanks]

    def _fields(self, row: int, pairs: list[tuple[PrintBox, list[PrintBox]]]) -> int:
        by_block: dict[str, list[DraftedItem]] = {}
        known = [found[0] for label, _ in pairs if (found := words.field_meaning(label.text))]
        usual = known[0] if known else "remarks" if self.draft.facts.get("tables") else "basic"
        for label, blanks in pairs:
            block, values, doubt = self._field(label, blanks, usual)
            by_block.setdefault(block, []).append((values, label.address, doubt))
        for block, items in by_block.items():
            self.draft.begin("fields", {"key": block}, pairs[0][0])
            self.draft.items("fields", items)
        return row + 1

    def _field(self, label: PrintBox, blanks: Sequence[PrintBox], usual: str) -> tuple[str, dict[str, object], str]:
        """Block, declaration and doubt of a labelled cell; one that nobody knows is put where its neighbours are."""
        known = words.field_meaning(label.text)
        block, name, kind = (known[0], known[1].key, known[1].type) if known else (usual, "item", "")
        is_repeated = name in _REPEATED and f"{block}.{name}" in self.draft.keys
        key = name if is_repeated else self.draft.free_key(block, name)
        values: dict[str, object] = {"key": key, "label": " ".join(label.text.split())}
        if kind:
            values["type"] = kind
        choices = next((found for box in blanks if (found := words.choices_in(box.text))), ())
        if choices:
            values |= {"type": "choice", "choices": choices}
        if name in ("project_name", "department", "unit") and not is_repeated:
            values["required"] = True
        sentence = next((box for box in blanks if _is_sentence(box.text)), None)
        width = max(1, sum(box.width for box in blanks))
        values["span"] = [label.width, width]
        path = f"{block}.{values['key']}"
        self.draft.labels.append(PrintedLabel(label.text, self.paper.name, label.address))
        if is_repeated:
            self.repeated.add(blanks[0].address)
            return block, {**values, "echo": True}, f"重复“{values['label']}”，取作核对：与前一处不同会指出"
        if sentence is not None:
            self.draft.labels.append(PrintedLabel(label.text, self.paper.name, label.address))
            return block, values | self._sentence(sentence, block), "一格里有几个空：请核对句子和各个空的名称"
        self.draft.answers.append(AnswerCell(path, self.paper.name, blanks[0].address, str(values.get("type", ""))))
        doubt = "" if known else f"不认识的栏目，取了名称 {values['key']}；要这一栏就改名，不要就删去"
        return block, values, doubt

    def _sentence(self, box: PrintBox, block: str) -> dict[str, object]:
        """The pattern and the data of a sentence with blanks; what stands before 元 is an amount."""
        holds: list[dict[str, object]] = []

        def blank(match: re.Match[str]) -> str:
            before = re.split(r"[；;，,（(：:\s]", box.text[: match.start()].rstrip("：: "))[-1]
            behind = box.text[match.end() :].lstrip()
            key = self.draft.free_key(block, "part")
            is_money = re.match("[亿百千万]*元", behind) is not None
            holds.append({"key": key, "label": before or box.text[:6], **({"type": "money"} if is_money else {})})
            return f"{{{key}}}"

        pattern = _BLANK.sub(blank, box.text)
        filled = [(f"{block}.{hold['key']}", str(hold.get("type", "text"))) for hold in holds]
        place = ";".join(f"{path}={kind}" for path, kind in filled)
        self.draft.answers.append(AnswerCell(place, self.paper.name, box.address, "sentence:" + pattern))
        return {"pattern": pattern, "holds": holds}

    def _are_side_by_side(self, row: int, texts: Sequence[PrintBox]) -> bool:
        """Whether headings stand side by side with one blank below each."""
        below = {box.column: box for box in self.content(row + 1)}
        alike = [below.get(box.column) for box in texts]
        is_full = not any(not box.text for box in self.content(row))
        return is_full and all(
            one is not None and not one.text and one.width == box.width for one, box in zip(alike, texts, strict=True)
        )

    def _below(self, row: int, texts: Sequence[PrintBox]) -> int:
        items: list[DraftedItem] = []
        block = "goals"
        for label in texts:
            known = words.field_meaning(label.text)
            name = known[1].key if known and known[0] == block else "item"
            key = self.draft.free_key(block, name)
            span = [1, max(1, label.width - 1)]
            doubt = "" if name != "item" else f"不认识的栏目，取了名称 {key}"
            items.append(
                ({"key": key, "label": " ".join(label.text.split()), "span": span, "lines": 3}, label.address, doubt)
            )
            self.draft.labels.append(PrintedLabel(label.text, self.paper.name, label.address))
            under = next(box for box in self.content(row + 1) if box.column == label.column)
            self.draft.answers.append(AnswerCell(f"{block}.{key}", self.paper.name, under.address))
        self.draft.begin("fields", {"key": block, "style": "below"}, texts[0])
        self.draft.items("fields", items)
        return row + 2

    def _total(self, row: int, boxes: Sequence[PrintBox]) -> int:
        """The row 总分: as a field with its printed full points, where it is not a table's last row."""
        content = [box for box in boxes if box.column >= self.left]
        label = next(box for box in content if box.text)
        rest = [box for box in content if box.column >= label.end]
        blanks = [box for box in rest if not box.text]
        full = any(box.is_number for box in rest)
        items: list[DraftedItem] = []
        if blanks:
            key = self.draft.free_key("stated", "total")
            values: dict[str, object] = {"key": key, "label": label.text, "type": "points", "span": [label.width, 1]}
            items.append((values | ({"full": True} if full else {}), label.address, ""))
            self.draft.labels.append(PrintedLabel(label.text, self.paper.name, label.address))
            self.draft.answers.append(AnswerCell(f"stated.{key}", self.paper.name, blanks[0].address, "points"))
        for box, behind in zip(rest, [*rest[1:], None], strict=True):
            if box.text and not box.is_number and re.search("等级|等次", box.text):
                name = re.sub(r"[（()）:：\s_]", "", box.text)
                key = self.draft.free_key("stated", "grade")
                choices = list(_GRADES)
                items.append(
                    ({"key": key, "label": name, "type": "choice", "choices": choices, "span": [1, 1]}, box.address, "")
                )
                if behind is not None and not behind.text:
                    self.draft.labels.append(PrintedLabel(box.text, self.paper.name, box.address))
                    self.draft.answers.append(AnswerCell(f"stated.{key}", self.paper.name, behind.address, "choice"))
                else:
                    answer = AnswerCell(f"stated.{key}", self.paper.name, box.address, f"behind:{box.text}")
                    self.draft.answers.append(answer)
        if items:
            self.draft.begin("fields", {"key": "stated"}, label)
            self.draft.items("fields", items)
        return row + 1
