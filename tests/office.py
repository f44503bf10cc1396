"""LibreOffice as another program and as an independent calculator: what it makes of a file, every formula calculated anew.

Starting it takes longer than converting a form, so all files of a session are converted together. A test says beforehand
what it wants converted, and finds it in the fixture `office`:

    @by_office(lambda: form_bytes(GOOD))
    def test_something(office: list[Converted]) -> None:
        assert read_dossier(office[0].saved.read_bytes()) == GOOD
"""

import inspect
import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from opened import load_workbook

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""
"""LibreOffice keeps the stored values of a workbook unless it is told otherwise."""
INDEX = "index.json"


@dataclass(frozen=True)
class Wanted:
    """A file that a test wants converted.

    Attributes:
        make: gives its content; called with those parameters of the test that it names.
        kind: what it shall become, as LibreOffice calls it: "ods", or "txt:" with a filter.
        suffix: of the file before.
    """

    make: Callable[..., bytes]
    kind: str
    suffix: str


@dataclass(frozen=True)
class Converted:
    """A file before and after LibreOffice opened and saved it."""

    source: Path
    saved: Path


def by_office(make: Callable[..., bytes], kind: str = "xlsx", suffix: str = "xlsx") -> pytest.MarkDecorator:
    """Asks for a file to be converted; the fixture `office` lists those of a test in the order of the marks."""
    return pytest.mark.by_office(Wanted(make, kind, suffix))


def has_office() -> bool:
    """Whether LibreOffice is there; CI must have it."""
    if shutil.which("soffice"):
        return True
    if os.environ.get("CI"):
        pytest.fail("LibreOffice is missing: .ci/run installs it")
    return False


def convert_all(items: list[pytest.Item], folder: Path) -> None:
    """Converts what tests want into a folder, the same content once, in one call for each kind of file."""
    (folder / "sources").mkdir()
    index: dict[str, list[tuple[str, str]]] = {}
    kinds: dict[str, list[Path]] = {}
    known: dict[tuple[bytes, str], tuple[Path, Path]] = {}
    made: dict[tuple[object, ...], bytes] = {}
    for item in items:
        for wanted in _wanted(item):
            content = _made(wanted, item, made)
            key = (sha256(content).digest(), wanted.kind)
            if key not in known:
                source = folder / "sources" / f"{len(known):03}.{wanted.suffix}"
                source.write_bytes(content)
                kinds.setdefault(wanted.kind, []).append(source)
                known[key] = source, folder / "saved" / f"{source.stem}.{wanted.kind.partition(':')[0]}"
            source, saved = known[key]
            index.setdefault(item.nodeid, []).append((str(source), str(saved)))
    (folder / INDEX).write_text(json.dumps(index), "utf-8")
    for kind, sources in kinds.items():
        _convert(sources, kind, folder)


def _wanted(item: pytest.Item) -> list[Wanted]:
    """In the order in which the marks stand above a test."""
    return [mark.args[0] for mark in item.iter_markers("by_office")][::-1]


def _made(wanted: Wanted, item: pytest.Item, known: dict[tuple[object, ...], bytes]) -> bytes:
    """What a test wants converted, made once for a function and the very parameters of it."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    given = {name: parameters[name] for name in inspect.signature(wanted.make).parameters}
    key = (wanted.make, *map(id, given.values()))
    if key not in known:
        known[key] = wanted.make(**given)
    return known[key]


def _convert(sources: list[Path], kind: str, folder: Path) -> None:
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*command, "--outdir", folder / "saved", *sources],
        check=True,
        capture_output=True,
        timeout=60 + 10 * len(sources),
    )


def converted(item: pytest.Item, folder: Path) -> list[Converted]:
    """What was made of the files that a test wants; skips where the program for that kind of file is not installed."""
    found = [Converted(Path(source), Path(saved)) for source, saved in _index(folder)[item.nodeid]]
    lost = [one.source for one in found if not one.saved.exists()]
    if lost and all(source.suffix == ".docx" for source in lost) and not os.environ.get("CI"):
        pytest.skip("LibreOffice Writer is not installed")
    if lost:
        pytest.fail(f"LibreOffice did not convert {lost}")
    return found


def _index(folder: Path) -> dict[str, list[tuple[str, str]]]:
    known: dict[str, list[tuple[str, str]]] = json.loads((folder / INDEX).read_text("utf-8"))
    return known


def formula_cells(book: Converted) -> Iterator[tuple[str, str, object, object]]:
    """Place, formula, stored value and recalculated value of every formula."""
    before, after = _values(book.source), _values(book.saved)
    for (title, address), formula in _values(book.source, formulas=True).items():
        if isinstance(formula, str) and formula.startswith("="):
            yield f"{title}!{address}", formula, before.get((title, address)), after.get((title, address))


def _values(path: Path, formulas: bool = False) -> dict[tuple[str, str], object]:
    """Every filled cell of a workbook by sheet and address; formulas instead of their values where asked for."""
    book = load_workbook(path, data_only=not formulas, read_only=True)
    cells = ((sheet.title, cell) for sheet in book for row in sheet.iter_rows() for cell in row)
    return {(title, cell.coordinate): cell.value for title, cell in cells if cell.value is not None}


def same_value(one: object, other: object) -> bool:
    """Whether two cells show the same: numbers but for the last digits of floating point."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def differing(book: Converted) -> list[tuple[str, str, object, object]]:
    """The formulas whose stored value is not what LibreOffice calculates."""
    return [cell for cell in formula_cells(book) if not same_value(cell[2], cell[3])]
