"""Which program is this? The versions that can show in a result or in the bytes of a workbook."""

import sys
import zlib
from importlib.metadata import PackageNotFoundError, version

from perfxl import __version__

LIBRARIES = ("pandas", "numpy", "python-calamine", "lxml", "openpyxl", "xlsxwriter", "pyarrow", "xlrd")


def versions() -> dict[str, str]:
    """The version of perfxl, Python, zlib and each library, by name; "" for a library that is not installed."""
    python = ".".join(map(str, sys.version_info[:3]))
    own = {"perfxl": __version__, "Python": python, "zlib": zlib.ZLIB_RUNTIME_VERSION}
    return own | {name: _installed(name) for name in LIBRARIES}


def _installed(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
