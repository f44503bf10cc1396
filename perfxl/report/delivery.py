"""Where each document goes: named after its project, no two alike, moved to its place when all are known."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from perfxl.errors import OutputError, reason_of
from perfxl.results.filed import ResultHead
from perfxl.system.names import safe_name

NO_NAME = "未填项目名称"


@contextmanager
def staged_in(folder: Path) -> Iterator[Path]:
    """Yields a folder inside the output folder in which documents wait until their names are known; it is taken away.

    Raises:
        OutputError: the output folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".perfxl-", ignore_cleanup_errors=True) as waiting:
            yield Path(waiting)
    except OSError as error:
        raise OutputError(f"无法写入“{folder}”：{reason_of(error)}。请检查该位置后重试。") from error


def deliver(heads: Sequence[ResultHead], folder: Path) -> list[ResultHead]:
    """Moves every document to the output folder; the heads come back with the paths where they are."""
    delivered = []
    for head, name in zip(heads, document_names(heads), strict=True):
        if head.report:
            target = folder / name
            os.replace(head.report, target)  # noqa: PTH105  (a path in words, as results hold it)
            head = replace(head, report=target.as_posix())
        delivered.append(head)
    return delivered


def document_names(heads: Sequence[ResultHead]) -> list[str]:
    """A name for each document: 项目名称.docx; with the workbook's name behind it where projects share a name, and a
    number where that is not enough."""
    projects = [safe_name(head.project, NO_NAME) for head in heads]
    shared = Counter(name.casefold() for name, head in zip(projects, heads, strict=True) if head.report)
    taken: set[str] = set()
    names = []
    for project, head in zip(projects, heads, strict=True):
        name = f"{project}（{Path(head.file).stem}）" if shared[project.casefold()] > 1 else project
        name = safe_name(name, NO_NAME)
        candidates = (name, *(f"{name}({number})" for number in range(2, len(heads) + 2)))
        free = next(candidate for candidate in candidates if candidate.casefold() not in taken)
        if head.report:
            taken.add(free.casefold())
        names.append(f"{free}.docx")
    return names
