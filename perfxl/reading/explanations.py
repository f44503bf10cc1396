"""What does an agency explain beside the lines of the form's self-check?"""

import re
from collections.abc import Iterator, Sequence

from perfxl.dialogue.remarks import SheetRow
from perfxl.dossier import LONGEST_TEXT
from perfxl.model import Explanation, Form
from perfxl.reading.grid import Book, Grid
from perfxl.reading.recognise import is_guide
from perfxl.schemes.spec import GUIDE_CODES, GUIDE_EXPLANATION, GUIDE_PATH
from perfxl.typed.wording import label_key

_CODE = re.compile(r"[A-Z]{2}\d{2}")


def guide_explanations(book: Book) -> tuple[Explanation, ...]:
    """What is typed beside the lines of the self-check, for each code that a line stands for."""
    grids = (book.grid(name) for name in book.names if is_guide(book, name))
    return tuple(one for grid in grids for one in _typed_beside(grid))


def _typed_beside(grid: Grid) -> Iterator[Explanation]:
    heads = [grid.keys.get(label_key(head), []) for head in (GUIDE_EXPLANATION, GUIDE_CODES, GUIDE_PATH)]
    if not all(heads):
        return
    (first, typed), (_, codes), (_, paths) = (places[0] for places in heads)
    for row, line in grid.lines.items():
        text = line.get(typed)
        if row > first and isinstance(text, str) and text.strip():
            for code in _CODE.findall(str(line.get(codes, ""))):
                yield Explanation(code, str(line.get(paths, "")), text.strip()[:LONGEST_TEXT])


def told(form: Form, explanations: Sequence[Explanation], rows: Sequence[SheetRow]) -> list[Explanation]:
    """All that an agency explains: beside the self-check, and on the review sheet that came back."""
    paths = {(cell.sheet, cell.address): path for path, cell in form.addressed()} if rows else {}
    said = ((row.code, paths.get((row.sheet, row.cell), ""), row.remark.explanation) for row in rows)
    return [*explanations, *(Explanation(*one) for one in said if one[0] and one[2])]
