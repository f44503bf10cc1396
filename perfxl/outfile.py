"""Files that perfxl writes: complete or not there at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from perfxl.errors import OutputError, reason_of


@contextmanager
def written_whole(target: Path, durable: bool = True) -> Iterator[Path]:
    """Yields a temporary path beside `target`; when the block ends well it replaces `target` in one step.

    Args:
        target: the file to be.
        durable: whether it survives a power failure from then on; a thousand copies that a second run makes again need
            not wait for the disk one by one.

    Raises:
        OutputError: the folder cannot be made or written, or the disk is full. Nothing is left behind then.
    """
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".perfxl-", suffix=target.suffix)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        if durable:
            _flush(temporary)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise OutputError(f"无法写入“{target}”：{reason_of(error)}。请检查该位置后重试，原文件没有改动。") from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Forces the content to the disk, so that a full disk is known before the old file is replaced."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
