"""What is kept of a failure of perfxl itself? A log for whoever maintains it, without anything that a form holds.

A traceback names code; the message of an exception may quote a cell. So the log has the type of each exception and the
lines of code, and a message only where its words are perfxl's or the system's own.
"""

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp
from traceback import FrameSummary, extract_tb

import perfxl
from perfxl.errors import OutputError, RefusedError, SchemeError
from perfxl.system.versions import versions

LOG = "perfxl-错误日志.txt"
_LONGEST = 2 * 2**20
"""Bytes after which a log is begun anew: whoever has not looked by then does not need the oldest."""
_HOME = Path(perfxl.__file__).parents[1]
_HEAD = "本日志只有程序信息和文件名，没有表中内容。"


class InternalError(Exception):
    """A failure of perfxl itself, as words that may leave this process and be shown.

    Args:
        summary: type of the exception and the place in the code, one line.
        trace: the whole chain of exceptions with the lines of code.
    """

    def __init__(self, summary: str, trace: str) -> None:
        super().__init__(summary, trace)
        self.summary = summary
        self.trace = trace


def internal_error(error: BaseException) -> InternalError:
    """What may be said of a failure."""
    if isinstance(error, InternalError):
        return error
    frames = extract_tb(error.__traceback__)
    own = [frame for frame in frames if _short(frame.filename).startswith("perfxl/")]
    last = next(reversed(own or frames), None)
    place = f"，{_short(last.filename)} 第 {last.lineno} 行" if last else ""
    return InternalError(f"{type(error).__name__}{place}", "\n".join(_chain(error)))


def _chain(error: BaseException) -> list[str]:
    """The lines of an exception, below those of what it came from."""
    lines: list[str] = []
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        lines = [*_lines(step), *lines]
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return lines


def _lines(error: BaseException) -> Iterator[str]:
    for frame in extract_tb(error.__traceback__):
        yield from _frame_lines(frame)
    kind = type(error)
    yield f"{kind.__module__}.{kind.__qualname__}{_harmless(error)}"


def _frame_lines(frame: FrameSummary) -> Iterator[str]:
    yield f"  {_short(frame.filename)}:{frame.lineno} {frame.name}"
    if frame.line:
        yield f"    {frame.line}"


def _harmless(error: BaseException) -> str:
    """The message of an exception where no cell can be quoted in it."""
    if isinstance(error, RefusedError):
        return f": {error.code}"
    if isinstance(error, OutputError | SchemeError):
        return f": {error}"
    if isinstance(error, OSError) and error.errno is not None:
        names = "".join(f" {os.fspath(name)!r}" for name in (error.filename, error.filename2) if _is_path(name))
        return f": [{error.errno}] {os.strerror(error.errno)}{names}"
    return ""


def _is_path(name: object) -> bool:
    return isinstance(name, str | bytes | os.PathLike)


def _short(filename: str) -> str:
    """A module's file as it is imported, without the folder in which it is installed."""
    folders = [_HOME, *map(Path, sorted((folder for folder in sys.path if folder), key=len, reverse=True))]
    path = Path(filename)
    base = next((folder for folder in folders if path.is_relative_to(folder)), path.parent)
    return path.relative_to(base).as_posix()


class CrashLog:
    """The log of one command.

    Args:
        folder: where the command writes; the temporary folder where None, or where nothing can be written there.
        command: what was asked for, as typed.
    """

    def __init__(self, folder: Path | None = None, command: str = "") -> None:
        self._folder = folder
        self._command = command
        self._path: Path | None = None
        self._numbers: dict[str, int] = {}

    def add(self, crash: InternalError, file: str = "") -> str:
        """Puts a failure down; returns the path of the log, "" where nothing can be written anywhere.

        A failure of thousands of files at the same place is described once and then has a line for each file.
        """
        is_new = crash.trace not in self._numbers
        number = self._numbers.setdefault(crash.trace, len(self._numbers) + 1)
        text = f"错误 {number}　文件：{file or '（与文件无关）'}\n"
        try:
            self._write(f"{text}{crash.trace}\n" if is_new else text)
        except OSError:
            return ""
        return self._path.as_posix() if self._path else ""

    def _write(self, text: str) -> None:
        if self._path is None:
            text = self._opening() + text
            self._path = self._begun()
        with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)

    def _begun(self) -> Path:
        """The log, which can be written.

        Raises:
            OSError: not even in the temporary folder.
        """
        if self._folder is not None:
            path = self._folder / LOG
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    if file.tell() > _LONGEST:
                        file.truncate(0)
                return path
        # others may have put a link of a name that can be guessed there
        handle, name = mkstemp(prefix=f"{Path(LOG).stem}-", suffix=Path(LOG).suffix, text=True)
        os.close(handle)
        return Path(name)

    def _opening(self) -> str:
        used = "，".join(f"{name} {number}" for name, number in versions().items() if number)
        when = datetime.now().astimezone().isoformat(timespec="seconds")
        return f"\n==== {when} ====\n{_HEAD}\n版本：{used}\n系统：{platform.platform()}\n命令：{self._command}\n"


_current: ContextVar[CrashLog | None] = ContextVar("crash log", default=None)


@contextmanager
def crashes_kept(folder: Path | None, command: str) -> Iterator[None]:
    """Failures within this block go to the log of this command."""
    token = _current.set(CrashLog(folder, command))
    try:
        yield
    finally:
        _current.reset(token)


def keep_crash(error: BaseException, file: str = "") -> tuple[str, str]:
    """Puts a failure into the log of the command that runs; returns what may be shown of it, and where it stands."""
    crash = internal_error(error)
    return crash.summary, (_current.get() or CrashLog()).add(crash, file)
