"""What one worker of a test session makes, and all of them use."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE = 600.0
"""Seconds that a worker waits for what another one makes."""


def shared_folder(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], None]) -> Path:
    """A folder of the session: the first worker that asks for it fills it, the others wait until that is done.

    Args:
        factory: the session's `tmp_path_factory`.
        name: of the folder; one name, one content.
        fill: writes the content into the empty folder.
    """
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = root / name, root / f"{name}.done"
    try:
        folder.mkdir()
    except FileExistsError:
        until = time.monotonic() + PATIENCE
        while not done.exists() and time.monotonic() < until:
            time.sleep(0.1)
        if not done.exists() or done.read_text("utf-8") != "whole":
            pytest.fail(f"the worker that had to fill {folder} has failed")
        return folder
    outcome = "failed"
    try:
        fill(folder)
        outcome = "whole"
    finally:
        _write_at_once(done, outcome)
    return folder


def _write_at_once(path: Path, text: str) -> None:
    """So that who sees the file sees its text."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, "utf-8")
    part.rename(path)
