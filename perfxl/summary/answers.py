"""What does a form say, datum by datum, and where do two versions of it differ? Pure."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from perfxl.dialogue.identity import ROW_NAMES
from perfxl.model import Dossier
from perfxl.schemes.spec import Scheme
from perfxl.typed.amounts import plain

_LONGEST_ANSWER = 80


class StatedAnswer(NamedTuple):
    """What a form says at one place: what it is called, the value as shown, its path in the dossier."""

    label: str
    value: str
    path: str


def answers_changed(scheme: Scheme, before: Dossier, now: Dossier) -> Iterator[tuple[str, str, str, str]]:
    """Label, old value, new value and new path of every datum that differs; rows of tables are known by their names."""
    old, new = _answers(scheme, before), _answers(scheme, now)
    for key in dict.fromkeys((*new, *old)):
        was, one = old.get(key), new.get(key)
        if (was and was.value) != (one and one.value):
            yield (
                (one or was or StatedAnswer("", "", "")).label,
                was.value if was else "",
                one.value if one else "",
                (one.path if one else ""),
            )


def _answers(scheme: Scheme, dossier: Dossier) -> Mapping[Hashable, StatedAnswer]:
    """What a form says, by what tells it apart in another version of the form."""
    found: dict[Hashable, StatedAnswer] = {}
    for path, datum in scheme.data.items():
        if value := answer_in_words(_at(dossier, path)):
            found[path] = StatedAnswer(_joined(datum.label), value, path)
    for key, table in scheme.tables.items():
        labels = {column.key: _joined(column.label) for column in table.columns}
        names: Counter[str] = Counter()
        rows: Any = dossier.get(key) or ()
        for number, row in enumerate(rows):
            name = _row_name(row, number)
            names[name] += 1
            for column, raw in row.items():
                if value := answer_in_words(raw):
                    label = f"“{short(name, 24)}”的{labels.get(column, column)}"
                    found[key, name, names[name], column] = StatedAnswer(label, value, f"{key}.{number}.{column}")
    return found


def _row_name(row: Mapping[str, Any], number: int) -> str:
    """What a row is called: its own name, where it has one."""
    named = [_joined(str(row[key])) for key in ROW_NAMES if row.get(key)]
    return named[-1] if named else f"第{number + 1}行"


def _at(dossier: Dossier, path: str) -> object:
    found: Any = dossier
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def answer_in_words(value: object) -> str:
    """A value as people read it, in one line."""
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        return plain(Decimal(str(value)))
    return short(" ".join(str(value).split()), _LONGEST_ANSWER)


def _joined(text: str) -> str:
    """A label without blanks and line breaks."""
    return "".join(text.split())


def short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"
