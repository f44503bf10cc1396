"""Files that perfxl writes: complete or not there at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from perfxl.errors import OutputError, reason_of

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
EVERYONE = 0o666
"""Less what the user's umask takes away."""


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
    with _replacing(target, durable) as (temporary, handle):
        os.close(handle)
        yield temporary


def write_whole(target: Path, content: bytes, durable: bool = True) -> None:
    """Writes a file in one go; as `written_whole`."""
    with _replacing(target, durable) as (_, handle), os.fdopen(handle, "wb") as file:
        file.write(content)


@contextmanager
def folder_beside(folder: Path | None) -> Iterator[Path]:
    """Yields a folder inside an output folder for what is needed while a command runs; it is taken away at the end.

    Raises:
        OutputError: nothing can be written there.
    """
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        made = TemporaryDirectory(dir=folder, prefix=".perfxl-", ignore_cleanup_errors=True)
    except OSError as error:
        raise OutputError(f"无法写入“{folder}”：{reason_of(error)}。请检查该位置后重试。") from error
    with made as path:
        yield Path(path)


@contextmanager
def _replacing(target: Path, durable: bool) -> Iterator[tuple[Path, int]]:
    """Yields a new file beside `target` and a handle, which the block closes."""
    temporary = target.parent / f".perfxl-{token_hex(8)}{target.suffix}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary, os.open(temporary, _NEW, EVERYONE)
        if durable:
            _flush(temporary)
        temporary.replace(target)
    except OSError as error:
        raise OutputError(f"无法写入“{target}”：{reason_of(error)}。请检查该位置后重试，原文件没有改动。") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Forces the content to the disk, so that a full disk is known before the old file is replaced."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
