"""Which copies and letters go back, and where do they lie? A folder for each department and unit; nothing is ever sent.

What an earlier run wrote and nobody changed makes way; what somebody changed stays, and is said.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from perfxl.errors import OutputError, RefusedError, reason_of
from perfxl.model import Status
from perfxl.replies.wording import (
    CHASING_FILE,
    REFUSED_FILE,
    RETURNED_FILE,
    TEMPLATES,
    Returned,
    listed,
    sentence,
    until,
    words,
)
from perfxl.summary.batch import Batch
from perfxl.summary.projects import Project
from perfxl.summary.resubmissions import Disposition
from perfxl.system.letters import mail_draft
from perfxl.system.names import file_name, folded, safe_name
from perfxl.system.outfile import write_whole
from perfxl.typed.wording import name_key, without_code
from perfxl.writeback.sendable import sendable

TEMPLATE_FOLDER = "信函模板"
REFUSED_FOLDER = "拒收"
_NO_DEPARTMENT, _NO_UNIT = "未填主管部门", "未填实施单位"
RETURNED_LETTER, CHASING_LETTER = "退回通知.eml", "催报通知.eml"
_LIST = ".perfxl-replies.json"
"""What perfxl wrote into the folder: digest by path. Without it nothing there is taken for perfxl's."""


@dataclass
class SentBack:
    """What was written: copies and letters; what somebody had changed and was left as it is; what could not be attached."""

    copies: int = 0
    letters: int = 0
    kept: list[str] = field(default_factory=list)
    unattached: list[str] = field(default_factory=list)


def send_back(
    batch: Batch, folder: Path, deadline: date | None = None, addresses: Mapping[str, str] | None = None
) -> SentBack:
    """Writes what goes back.

    Args:
        batch: the files, settled.
        folder: where to; the letters' templates lie there too, once written.
        deadline: by when an answer is wanted.
        addresses: of units by `name_key`, from the office's list.

    Raises:
        UsageError: a template cannot be used.
        OutputError: a file cannot be written.
    """
    return _SendingBack(batch, folder, deadline, addresses or {}).run()


class _SendingBack:
    """One run over a batch."""

    def __init__(self, batch: Batch, folder: Path, deadline: date | None, addresses: Mapping[str, str]) -> None:
        self._batch, self._addresses, self._until = batch, addresses, until(deadline)
        self._output = _Output(folder)
        self._done = SentBack()
        self._templates = {name: self._output.template(name, text) for name, text in TEMPLATES.items()}

    def run(self) -> SentBack:
        self._output.clear(self._done)
        for (department, unit), projects in self._returned().items():
            self._send_unit(_place(department, unit), unit, projects)
        for one in self._batch.ordered:
            if one.disposition == Disposition.REFUSED and not one.head.is_blank_template:
                name = file_name(one.head.file)
                problems = "\n".join(f"· {sentence(found)}" for found in one.findings)
                self._letter(
                    Path(REFUSED_FOLDER) / f"{safe_name(name, '文件')}.eml", REFUSED_FILE, file=name, projects=problems
                )
        for (department, unit), names in self._missing().items():
            lines = "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))
            place = _place(department, unit) / CHASING_LETTER
            self._letter(place, CHASING_FILE, unit=unit or department, count=str(len(names)), projects=lines)
        self._output.remember()
        return self._done

    def _returned(self) -> Mapping[tuple[str, str], list[Project]]:
        """The projects that are returned or wait to be judged, by department and unit."""
        found: dict[tuple[str, str], list[Project]] = {}
        spelled: dict[tuple[str, str], tuple[str, str]] = {}
        for one in self._batch.portfolio.projects:
            if one.head.status is Status.RETURNED or one.head.is_pending:
                key = name_key(one.department), name_key(one.unit)
                place = spelled.setdefault(key, (one.department, one.unit))
                found.setdefault(place, []).append(one)
        return found

    def _missing(self) -> Mapping[tuple[str, str], list[str]]:
        """The names of the projects that nobody has handed in, by department and unit."""
        found: dict[tuple[str, str], list[str]] = {}
        standings = {one.entry: one for one in self._batch.standings}
        for one in self._batch.missing:
            entry = one.entry
            place = without_code(entry.department), without_code(entry.unit)
            waiting = standings[entry].waiting(self._batch.made) if entry in standings else ""
            found.setdefault(place, []).append((entry.name or entry.code) + (f"（{waiting}）" if waiting else ""))
        return found

    def _send_unit(self, place: Path, unit: str, projects: Sequence[Project]) -> None:
        """The copies of one unit and the letter to it."""
        attached: dict[str, bytes] = {}
        returned = []
        late = {one.used: one.late for one in self._batch.standings if one.used}
        for one in projects:
            copy = self._copy(one)
            if copy is None:
                self._done.unattached.append(one.head.file)
            else:
                attached[Path(one.head.annotated or "").name] = copy
            findings = one.received.findings
            returned.append(Returned(one.name, one.head.status, findings, copy is not None, late.get(one.head.key)))
        for name, content in attached.items():
            self._done.copies += self._output.write(place / name, content, self._done)
        named = unit or "贵单位"
        values = {"unit": named, "count": str(len(projects)), "projects": listed(returned)}
        to = self._addresses.get(name_key(unit), "")
        self._letter(place / RETURNED_LETTER, RETURNED_FILE, to, tuple(attached.items()), **values)

    def _copy(self, one: Project) -> bytes | None:
        """The copy of a project as it may leave the house; None where there is none, or it holds another unit's form too."""
        if not one.head.annotated or self._holds_others(one):
            return None
        try:
            return sendable(Path(one.head.annotated).read_bytes())
        except (OSError, RefusedError):
            return None

    def _holds_others(self, one: Project) -> bool:
        own = (other.head for other in self._batch.received if other.head.annotated == one.head.annotated)
        return one.head.file in self._batch.several and len({name_key(head.unit) for head in own}) > 1

    def _letter(
        self, place: Path, template: str, to: str = "", attached: Sequence[tuple[str, bytes]] = (), **values: str
    ) -> None:
        to = to or self._addresses.get(name_key(values.get("unit", "")), "")
        subject, body = words(self._templates[template], template, deadline=self._until, **values)
        self._done.letters += self._output.write(place, mail_draft(subject, body, to, attached), self._done)


def _place(department: str, unit: str) -> Path:
    return Path(safe_name(without_code(department), _NO_DEPARTMENT)) / safe_name(without_code(unit), _NO_UNIT)


class _Output:
    """The folder, and what an earlier run has left in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[str, str] = {}
        self._taken: set[str] = set()

    def template(self, name: str, text: str) -> str:
        """The template as the office has it; written for it to change where there is none.

        Raises:
            OutputError: it cannot be read or written.
        """
        path = self._folder / TEMPLATE_FOLDER / name
        try:
            if path.is_file():
                return path.read_text("utf-8-sig")
        except (OSError, ValueError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else "不是 UTF-8 编码的文本"
            raise OutputError(f"信函模板“{path}”打不开：{reason}。请改好，或删除后重新运行。") from error
        write_whole(path, text.encode())
        return text

    def clear(self, done: SentBack) -> None:
        """Takes away what an earlier run wrote and nobody has changed."""
        for name, digest in self._known().items():
            path = self._folder / name
            if _digest(path) == digest:
                path.unlink()
                for parent in (path.parent, path.parent.parent):
                    with suppress(OSError):
                        parent.rmdir()
            elif path.exists():
                done.kept.append(name)

    def _known(self) -> Mapping[str, str]:
        try:
            known = json.loads((self._folder / _LIST).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        inside = self._folder.resolve()
        pairs = known.items() if isinstance(known, dict) else ()
        return {name: str(digest) for name, digest in pairs if (self._folder / name).resolve().is_relative_to(inside)}

    def write(self, place: Path, content: bytes, done: SentBack) -> bool:
        """Writes a file beside what lies there already; an equal one counts as written."""
        for path in _numbered(place):
            there = self._folder / path
            is_own = folded(path.as_posix()) not in self._taken
            if is_own and (not there.exists() or there.read_bytes() == content):
                break
            if is_own and there.as_posix() not in done.kept and path.as_posix() not in done.kept:
                done.kept.append(path.as_posix())
        write_whole(there, content, durable=False)
        self._taken.add(folded(path.as_posix()))
        self._written[path.as_posix()] = sha256(content).hexdigest()
        return True

    def remember(self) -> None:
        """Keeps what was written."""
        write_whole(self._folder / _LIST, json.dumps(self._written, ensure_ascii=False, indent=0).encode())


def _numbered(place: Path) -> Iterator[Path]:
    yield place
    number = 2
    while True:
        yield place.with_stem(f"{place.stem}({number})")
        number += 1


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
