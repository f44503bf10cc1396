"""What is known of an annotated copy: from which file it was made, and has anybody changed what it answers?"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from itertools import chain, count
from pathlib import Path

from python_calamine import CalamineError

import perfxl
from perfxl.door.inspect import Facts, inspect
from perfxl.dossier import dossier_of, without_explanations
from perfxl.errors import RefusedError
from perfxl.model import NO_CELL, NO_ORIGIN, Dossier, FileResult, Finding, Origin
from perfxl.reading.grid import Grid, OpenedBook
from perfxl.reading.reader import read_forms
from perfxl.results.encoding import encode
from perfxl.results.jobs import OWN_COPY, Conditions
from perfxl.rules import Problem, finding
from perfxl.schemes.choice import known_schemes
from perfxl.schemes.spec import MARKER_SHEET, REVIEW_SHEET
from perfxl.system.copymarks import CopyMarks, look_at, marks_in, read_marks
from perfxl.system.ownbooks import is_copy
from perfxl.typed.wording import label_key

VERDICT_ROWS = 4
"""Rows at the top of a review sheet in which the file is named."""


def answers_of(results: Sequence[FileResult]) -> str:
    """A digest of what the forms of a workbook answer, with the version that read them: another may read otherwise."""
    return _digest_of([without_explanations(one.dossier) for one in results])


def _digest_of(dossiers: Sequence[Dossier | None]) -> str:
    return f"{perfxl.__version__} {sha256(encode(dossiers)).hexdigest()}"


def origin_of(data: bytes, facts: Facts) -> Origin:
    """From which file an annotated copy was made: by its marks, else by what its review sheet says."""
    marks = _marks_of(data, facts)
    if marks:
        return Origin(marks.source, marks.file)
    reviews = [sheet.name for sheet in facts.sheets if sheet.name.startswith(REVIEW_SHEET)]
    if not reviews or not is_copy(BytesIO(data)):
        return NO_ORIGIN
    try:
        return Origin(file=_named_source(OpenedBook(data).grid(reviews[-1])))
    except (CalamineError, ValueError):
        return NO_ORIGIN


def _marks_of(data: bytes, facts: Facts) -> CopyMarks | None:
    """The marks of a copy, from the parts that the door has opened where it has."""
    if facts.parts is None or all(sheet.name != MARKER_SHEET for sheet in facts.sheets):
        return read_marks(BytesIO(data)) if facts.parts is None else None
    try:
        return marks_in(facts.parts.content)
    except (RefusedError, LookupError, ValueError):
        return None


def _named_source(review: Grid) -> str:
    """The file that a review sheet names behind its label, in the rows above its table."""
    for row, column in review.keys.get(label_key("文件"), ()):
        behind = [value for at, value in review.line(row).items() if at > column]
        if row <= VERDICT_ROWS and behind:
            return str(behind[0])
    return ""


# -- copies in the output folder --------------------------------------------------------------------------------------


def check_copy(data: bytes, result: FileResult, conditions: Conditions) -> FileResult:
    """What is to be said of a copy that somebody saved: nothing, or FL16 where its answers were changed."""
    if _is_corrected(data, read_marks(BytesIO(data)), conditions):
        return replace(result, findings=(_corrected(result.file),))
    return replace(result, passed=OWN_COPY)


def _corrected(name: str) -> Finding:
    return finding("FL16", Problem(NO_CELL, f"审核副本“{name}”里的填报内容被改过，没有计入汇总", found=name))


def _is_corrected(data: bytes, marks: CopyMarks | None, conditions: Conditions) -> bool:
    """Whether a copy answers otherwise than the file from which it was made, as far as this version can tell."""
    if marks is None or marks.answers.partition(" ")[0] != perfxl.__version__:
        return False
    try:
        readings = read_forms(data, inspect(data, conditions.limits), known_schemes(conditions.scheme))
    except (RefusedError, CalamineError):
        return False
    return _digest_of([dossier_of(reading.form) for reading in readings]) != marks.answers


def free_target(target: Path, place: str) -> Path:
    """Where a copy goes: not where another file's copy stands."""
    if not place or not target.is_file():
        return target
    numbered = (target.with_stem(f"{target.stem}({number})") for number in count(2))
    return next(path for path in chain([target], numbered) if _may_hold(path, place))


def _may_hold(path: Path, place: str) -> bool:
    marks = read_marks(path) if path.is_file() else None
    return marks is None or marks.place in ("", place)


def keep_corrected(target: Path, conditions: Conditions) -> list[FileResult]:
    """Renames a copy that somebody has corrected where it stands, so that the new one does not replace it.

    Returns:
        What is to be said of it (FL16); nothing where there is none such.

    Raises:
        OSError: it cannot be renamed.
    """
    marks, untouched = look_at(target) if target.is_file() else (None, True)
    if untouched or not _is_corrected(data := target.read_bytes(), marks, conditions):
        return []
    numbered = (target.with_stem(f"{target.stem}（有改动{number}）") for number in count(1))
    kept = next(path for path in numbered if not path.exists())
    target.rename(kept)
    name = kept.as_posix()
    return [FileResult(name, sha256(data).hexdigest(), len(data), findings=(_corrected(name),))]
