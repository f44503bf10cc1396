"""What was said before this run? Explanations and verdicts out of the office's own copies and tables.

Only workbooks that somebody has saved, or in which words stand, are opened: the others are as perfxl wrote them. What
opens them is imported when there is one.
"""

from dataclasses import dataclass
from pathlib import Path

from perfxl.dialogue.remarks import Remark, as_office
from perfxl.dialogue.settle import Said, gathered
from perfxl.schemes.choice import EVERY, SchemeChoice
from perfxl.system.seals import is_kept, remarks_as_written, workbooks_in


@dataclass(frozen=True)
class OfficeFolders:
    """Where the office's own words lie.

    Attributes:
        annotated: the folder of the annotated copies.
        reviewed: further folders of copies, and tables that `collect` wrote.
        schemes: by which copies of an earlier release are read.
    """

    annotated: Path | None = None
    reviewed: tuple[Path, ...] = ()
    schemes: SchemeChoice = EVERY

    @property
    def all(self) -> tuple[Path, ...]:
        return (*([self.annotated] if self.annotated else []), *self.reviewed)


@dataclass(frozen=True)
class Heard:
    """What was said, how many workbooks were opened for it, and those that could not be."""

    said: Said
    opened: int = 0
    unreadable: tuple[str, ...] = ()


def hear(folders: OfficeFolders) -> Heard:
    """Everything that the office's own copies and tables say; a folder that is not there says nothing."""
    own = workbooks_in(folders.annotated) if folders.annotated else []
    groups = (
        [path for path in own if not is_kept(path)],
        [path for path in own if is_kept(path)],
        [path for folder in folders.reviewed for path in workbooks_in(folder)],
    )
    unreadable: list[str] = []
    opened = 0
    found: list[list[Remark]] = []
    for paths in groups:
        remarks: list[Remark] = []
        for path in paths:
            if remarks_as_written(path) == 0:
                continue
            from perfxl.batch.officewords import rows_or_none

            rows = rows_or_none(path, folders.schemes)
            opened += 1
            if rows is None:
                unreadable.append(path.as_posix())
            else:
                remarks += map(as_office, rows)
        found.append(remarks)
    return Heard(gathered(*found), opened, tuple(unreadable))
