"""What the document shows for each datum: what was typed, else what can be computed, else nothing. Pure.

A figure that was typed is never replaced, not even one that cannot be read. A figure is computed only where everything
that it is made of is there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from perfxl.layout import BLANK_TO_FILL, NAMED_BLANK, has_words
from perfxl.model import Assessment, Cell, Form, Row, State, Value
from perfxl.schemes.spec import Field, Matrix, parse_live
from perfxl.scoring.achievement import completion
from perfxl.scoring.finality import reasons, without_value
from perfxl.typed.amounts import percent, plain, ratio

FIGURE_OF = {"sum": "total", "total": "total", "grade": "total", "mean": "average", "execution": "execution_score"}
"""The figure of the assessment that the form's own formula stands for."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A figure that was computed: the name of its place, its value as shown, and how it came about."""

    label: str
    text: str
    reason: str


def printed(value: Value) -> str:
    """A value as the document prints it."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return value or ""


def as_typed(cell: Cell) -> str:
    """What a cell holds, as it stands where it could not be read."""
    if cell.state is State.UNREADABLE:
        return "" if cell.raw is None else str(cell.raw)
    return printed(cell.value)


def figures_of_row(row: Row, datum: Field) -> str:
    """What a column of a row says; all data of one that holds several, with the words between."""
    if not datum.holds:
        return as_typed(row[datum.key])
    texts = {one.key: as_typed(row[one.key]) for one in datum.holds}
    if all(texts.values()):
        return NAMED_BLANK.sub(lambda blank: texts[blank[1]], datum.pattern)
    return " ".join(filter(None, texts.values()))


@dataclass(frozen=True)
class ReportFigures:
    """The figures of one form."""

    form: Form
    assessment: Assessment

    def text(self, path: str) -> str:
        """What the document shows for a datum, "" where there is nothing."""
        own = as_typed(self.form.cell(path))
        return own or (self.computed[path].text if path in self.computed else "")

    def filled(self, key: str, pattern: str) -> str:
        """A printed line with its blanks filled in, or left to be filled in."""
        return NAMED_BLANK.sub(lambda blank: self.text(f"{key}.{blank[1]}") or BLANK_TO_FILL, pattern)

    def shared(self, key: str, datum: Field) -> str:
        """What a cell says that holds several data; empty where it prints no words and nothing was filled in."""
        is_answered = any(self.text(f"{key}.{one.key}") for one in datum.holds)
        return self.filled(key, datum.pattern) if is_answered or has_words(datum.pattern) else ""

    @cached_property
    def computed(self) -> Mapping[str, Computed]:
        """Every blank datum that could be computed, by path, in the order of the form."""
        return {path: found for path, found in self._candidates() if self._is_blank(path)}

    @cached_property
    def rates(self) -> Sequence[Computed]:
        """The rates of the scheme with their division, those that exist."""
        found = []
        for rate in self.form.scheme.rates:
            value = self.assessment.rates.get(rate.key)
            part, whole = self.form.number(rate.part), self.form.number(rate.whole)
            if value is not None and part is not None and whole is not None:
                found.append(Computed(rate.label, percent(value), f"{plain(part)} ÷ {plain(whole)}"))
        return found

    @cached_property
    def open(self) -> Sequence[Computed]:
        """Total, average and rates that are not final, each with the reason."""
        names = {"total": "总分", "average": "平均得分"}
        names |= {f"rates.{rate.key}": rate.label for rate in self.form.scheme.rates}
        found = ((figure, name, self.assessment.open_at(figure)) for figure, name in names.items())
        return [Computed(name, without_value(figure), reasons(why)) for figure, name, why in found if why]

    def draft_figure(self, name: str) -> str:
        """A figure of a draft: a rate in percent, else what the document shows; nothing for one that is not final."""
        datum = self.form.scheme.data.get(name)
        figure = FIGURE_OF.get(parse_live(datum.live)[0], name) if datum else name
        if self.assessment.open_at(figure):
            return ""
        if name.startswith("rates."):
            rate = self.assessment.rates.get(name.removeprefix("rates."))
            return "" if rate is None else percent(rate)
        return self.text(name)

    def _is_blank(self, path: str) -> bool:
        table, _, rest = path.partition(".")
        if table not in self.form.tables:
            return self.form.cell(path).state is State.BLANK
        index, _, key = rest.partition(".")
        row = next(row for row in self.form.rows(table) if row.index == int(index))
        return row[key].state is State.BLANK

    # -- how each figure is computed ----------------------------------------------------------------------------------

    def _candidates(self) -> Iterator[tuple[str, Computed]]:
        for matrix in self.form.scheme.matrices:
            yield from self._sums(matrix)
        yield from self._points()
        for path, datum in self.form.scheme.data.items():
            found = self._live(path, datum) if datum.live else None
            if found:
                yield path, found

    def _sums(self, matrix: Matrix) -> Iterator[tuple[str, Computed]]:
        """The totals of a matrix where each source can be read and one is given."""
        for column, row in matrix.cells():
            path = matrix.path(column.key, row.key)
            datum = self.form.scheme.data.get(path)
            if row.key != matrix.total or datum is None or datum.type != "money":
                continue
            cells = [self.form.cell(matrix.path(column.key, part.key)) for part in matrix.parts]
            numbers = [cell.number for cell in cells if cell.number is not None]
            if numbers and all(cell.number is not None or cell.state is State.BLANK for cell in cells):
                total = plain(sum(numbers, Decimal(0)))
                yield path, Computed(datum.label, total, " + ".join(map(plain, numbers)))

    def _points(self) -> Iterator[tuple[str, Computed]]:
        """The points of the indicators where the scheme computes them, and the rates of completion that it prints."""
        if self.form.scheme.computing is None:
            return
        table = self.form.scheme.tables["indicators"]
        for row, score in zip(self.form.rows("indicators"), self.assessment.indicators, strict=True):
            if score.computed is not None:
                yield (
                    f"indicators.{row.index}.score",
                    Computed(f"得分（{score.level3}）", plain(score.computed), score.reason),
                )
            reached = completion(row["target"].value, row["actual"].value)
            column = next((column for column in table.columns if column.live.startswith("completion")), None)
            if column and reached is not None:
                reason = f"{printed(row['actual'].value)} ÷ {printed(row['target'].value)}，最高100%"
                label = f"{column.label}（{score.level3}）"
                yield f"indicators.{row.index}.{column.key}", Computed(label, percent(reached), reason)

    def _live(self, path: str, datum: Field) -> Computed | None:
        """A datum for which the form keeps a formula."""
        name, argument = parse_live(datum.live)
        match name:
            case "sum" | "total":
                return self._figure(datum, self.assessment.total, self._levels)
            case "mean" if self.assessment.average is not None:
                table, _, key = argument.partition(".")
                numbers = [n for row in self.form.rows(table) if (n := row[key].number) is not None]
                reason = f"（{' + '.join(map(plain, numbers))}）÷ {len(numbers)}"
                return self._figure(datum, self.assessment.average, reason)
            case "grade" if self.assessment.grade:
                bands = "，".join(f"{grade.name}≥{plain(grade.lower)}" for grade in self.form.scheme.grades)
                total = printed(self.assessment.total)
                return Computed(datum.label, self.assessment.grade, f"得分{total}分（{bands}）")
            case "share":
                return self._share(path, datum, argument)
            case "execution":
                return self._figure(datum, self.assessment.execution_score, self.assessment.execution_reason)
        return None

    def _figure(self, datum: Field, value: Decimal | None, reason: str) -> Computed | None:
        return None if value is None else Computed(datum.label, plain(value), reason)

    @property
    def _levels(self) -> str:
        known = [level for level in self.assessment.levels if level.level == 1 and level.score is not None]
        return " + ".join(f"{level.name}{printed(level.score)}" for level in known)

    def _share(self, path: str, datum: Field, argument: str) -> Computed | None:
        """One amount as a percentage of another in the same row of a matrix."""
        part, whole = (self.form.number(self._beside(path, column)) for column in argument.split(","))
        share = ratio(part, whole)
        if share is None or part is None or whole is None:
            return None
        return Computed(datum.label, plain(share * 100), f"{plain(part)} ÷ {plain(whole)} × 100")

    def _beside(self, path: str, column: str) -> str:
        """The path of the amount in another column of the same row."""
        for matrix in self.form.scheme.matrices:
            for own, row in matrix.cells():
                if matrix.path(own.key, row.key) == path:
                    return matrix.path(column, row.key)
        raise KeyError(path)
