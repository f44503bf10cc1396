"""Makes every sample workbook again from the data beside it: `python samples/make_samples.py [FOLDER]`.

`NAME.json` is the dossier of `NAME.xlsx`; `NAME.typed.json`, where there is one, says what staff typed over the filled
form: {"sheet!path": text, number, "=formula" or "#REF!"}. README.md says what each sample shows.
"""

import html
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from lxml import etree

from perfxl.door.inspect import inspect
from perfxl.dossier import flatten
from perfxl.layout import _PRINTED, Layout, Placed, PlacedSheet, place
from perfxl.schemes import load_scheme
from perfxl.schemes.spec import Scheme
from perfxl.templates.form import write_form

HERE = Path(__file__).parent
RESAVED = "海南省博物馆-免费开放"
"""Saved by LibreOffice after it was filled; made again only where LibreOffice is installed."""
WEB_PAGE = "三亚市水务局-河道清淤"
"""No workbook at all, although it is called .xlsx: the tables as a web page, as some systems export them."""

Typed = Mapping[str, str | float]
"""What staff typed over the filled form, by "sheet!path"."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PAGE = """\
<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">
<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{title}</title>
<style>td {{ border: .5pt solid windowtext; mso-number-format: "\\@"; }}</style></head>
<body>
{tables}
</body>
</html>
"""


def main(folder: Path) -> None:
    """Writes all samples into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        target = folder / f"{name}.xlsx"
        if name == RESAVED and shutil.which("soffice") is None:
            print(f"{target}: kept, LibreOffice (soffice) is not installed")
            continue
        make = resaved if name == RESAVED else made
        target.write_bytes(make(name))
        print(target)


def names() -> list[str]:
    """The samples by name, in order."""
    return sorted(path.stem for path in HERE.glob("*.json") if not path.stem.endswith(".typed"))


def made(name: str) -> bytes:
    """The content of a sample; of the one that LibreOffice saves, as it was before."""
    dossier = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    scheme = load_scheme(dossier["scheme"])
    layout = place(scheme, flatten(scheme, dossier))
    if name == WEB_PAGE:
        return web_page(layout).encode()
    book, typed = filled(scheme, dossier), HERE / f"{name}.typed.json"
    return typed_over(book, layout, json.loads(typed.read_text("utf-8"))) if typed.exists() else book


def filled(scheme: Scheme, dossier: Mapping[str, object]) -> bytes:
    """The form filled with a dossier."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_form(scheme, path, dossier)
        return path.read_bytes()


def resaved(name: str) -> bytes:
    """A sample opened and saved by LibreOffice, with a profile of its own."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "filled" / f"{name}.xlsx", Path(folder) / "saved"
        source.parent.mkdir()
        source.write_bytes(made(name))
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return (target / source.name).read_bytes()


# -- typed over the filled form ---------------------------------------------------------------------------------------


def typed_over(book: bytes, layout: Layout, typed: Typed) -> bytes:
    """The workbook with cells as staff typed them; everything else, stored formula values too, stays as it is."""
    parts = {sheet.name: sheet.part for sheet in inspect(book).sheets}
    changed: dict[str, dict[str, str | float]] = {}
    for key, value in typed.items():
        sheet, path = key.split("!")
        changed.setdefault(parts[sheet], {})[_cell_of(layout, sheet, path).address] = value
    result = BytesIO()
    with ZipFile(BytesIO(book)) as old, ZipFile(result, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, _retyped(data, changed[entry.filename]) if entry.filename in changed else data)
    return result.getvalue()


def _cell_of(layout: Layout, sheet: str, path: str) -> Placed:
    """The cell of a sheet that holds a datum (not the label that names it)."""
    placed = next(placed for placed in layout.sheets if placed.sheet.name == sheet)
    return next(cell for cell in placed.cells if cell.path == path and cell.role not in _PRINTED)


def _retyped(part: bytes, values: Mapping[str, str | float]) -> bytes:
    """A sheet's XML with some cells replaced; each keeps its style."""
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    cells = {cell.get("r"): cell for cell in root.iter(f"{_MAIN}c")}
    for at, value in values.items():
        _retype(cells[at], value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _retype(cell: etree._Element, value: str | float) -> None:
    """Makes a cell hold a number, a formula that was never calculated, an error value, or a text."""
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", "")
    if not isinstance(value, str):
        etree.SubElement(cell, f"{_MAIN}v").text = str(value)
    elif value.startswith("="):
        etree.SubElement(cell, f"{_MAIN}f").text = value[1:]
    elif value.startswith("#"):
        cell.set("t", "e")
        etree.SubElement(cell, f"{_MAIN}v").text = value
    else:
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{_MAIN}is"), f"{_MAIN}t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


# -- the form as a web page -------------------------------------------------------------------------------------------


def web_page(layout: Layout) -> str:
    """The filled form as tables of a web page."""
    tables = "\n".join(f"<table>\n{''.join(_rows(sheet))}</table>" for sheet in layout.sheets)
    return _PAGE.format(title=layout.scheme.title, tables=tables)


def _rows(sheet: PlacedSheet) -> Iterator[str]:
    for _, cells in groupby(sorted(sheet.cells, key=attrgetter("row", "column")), key=attrgetter("row")):
        yield f"<tr>{''.join(map(_tag, cells))}</tr>\n"


def _tag(cell: Placed) -> str:
    text = html.escape(cell.text or ("" if cell.value is None else str(cell.value))).replace("\n", "<br>")
    sizes = (("rowspan", cell.height), ("colspan", cell.width))
    spans = "".join(f' {name}="{size}"' for name, size in sizes if size > 1)
    return f"<td{spans}>{text}</td>"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
