"""LibreOffice as an independent calculator: every formula of a workbook calculated anew, beside its stored value.

LibreOffice keeps the stored values of a workbook unless it is told otherwise, so the profile says: always recalculate.
"""

import math
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def recalculate(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice saves it after calculating everything; skips the test where there is no LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing: .ci/run installs it")
        pytest.skip("LibreOffice is not installed")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, "utf-8")
    out = folder / "recalculated"
    command = [program, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=300)
    return out / path.name


def formula_cells(stored: Path, recalculated: Path) -> Iterator[tuple[str, str, object, object]]:
    """Place, formula, stored value and recalculated value of every formula."""
    formulas = load_workbook(stored)
    before, after = load_workbook(stored, data_only=True), load_workbook(recalculated, data_only=True)
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    place = f"{sheet.title}!{cell.coordinate}"
                    yield (
                        place,
                        str(cell.value),
                        before[sheet.title][cell.coordinate].value,
                        after[sheet.title][cell.coordinate].value,
                    )


def same_value(one: object, other: object) -> bool:
    """Whether two cells show the same: numbers but for the last digits of floating point."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other
