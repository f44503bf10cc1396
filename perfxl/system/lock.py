"""Is another run writing to the same folder? Asked of the operating system, so that a run that was killed leaves nothing shut."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from perfxl.errors import PerfxlError

LOCK = ".perfxl-lock"
_ATTEMPTS = 5
_held: set[Path] = set()
"""What this process holds already: a run within a run is the same."""


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """Keeps other runs out of a folder, which is there, until the block ends.

    Where nothing can be locked (no permission, some network drives) the run goes on without.

    Raises:
        PerfxlError: another run writes there.
    """
    path = folder / LOCK
    if path.resolve() in _held:
        yield
        return
    handle = _locked(path)
    _held.add(path.resolve())
    try:
        yield
    finally:
        _held.discard(path.resolve())
        if handle is not None:
            with suppress(OSError):
                path.unlink()
            os.close(handle)
            with suppress(OSError):  # Windows takes away what nobody has open
                path.unlink(missing_ok=True)


def _locked(path: Path) -> int | None:
    """The open lock file; None where there can be none."""
    for _ in range(_ATTEMPTS):
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            return None
        try:
            _lock(handle)
        except BlockingIOError as error:
            os.close(handle)
            raise PerfxlError(
                f"另一个 perfxl 正在写“{path.parent}”。请等它结束后再运行，或改用别的输出文件夹。"
            ) from error
        except OSError:
            return handle
        if _is_still(path, handle):
            return handle
        os.close(handle)
    return None


def _is_still(path: Path, handle: int) -> bool:
    """Whether the file that was locked is the one that stands there: the run before may have taken it away meanwhile."""
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except OSError:
        return False


def _lock(handle: int) -> None:
    """Locks an open file.

    Raises:
        BlockingIOError: somebody else has.
        OSError: files cannot be locked there.
    """
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError as error:
            raise BlockingIOError from error
        return
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
