"""LibreOffice as a converter: in its own process, with a profile that nobody else uses, without macros and without the network."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

SECONDS = 40
"""A dossier takes two to five; a worker has a minute for a file."""
MEMORY = 4 * 1024**3
_LARGEST = 256 * 1024**2
_ITEMS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("org.openoffice.Inet/Settings", "ooInetProxyType", "1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
"""No macros, nothing active, no links followed, and a proxy that is not there."""


class ConversionError(Exception):
    """A document that LibreOffice has not converted."""


def program() -> str | None:
    """Where LibreOffice is; None where it is not installed."""
    found = (shutil.which(place) for place in ("soffice", "libreoffice", *_usual_places()))
    return next(filter(None, found), None)


def _usual_places() -> Iterator[str]:
    """Where its installers put it, on systems whose search path they leave alone."""
    for folder in filter(None, map(os.environ.get, ("ProgramFiles", "ProgramFiles(x86)"))):
        yield str(Path(folder, "LibreOffice", "program", "soffice.exe"))
    yield "/Applications/LibreOffice.app/Contents/MacOS/soffice"


def convert_document(data: bytes, ending: str, wanted: str = "docx") -> bytes:
    """A document in another format.

    Args:
        data: the document.
        ending: of its format, such as ".doc".
        wanted: the ending of the other format, without dot.

    Raises:
        ConversionError: LibreOffice is not there, takes too long or does not understand the document.
    """
    office = program()
    if office is None:
        raise ConversionError("LibreOffice")
    with TemporaryDirectory(prefix="perfxl-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / f"in{ending}", Path(folder) / "out"
        source.write_bytes(data)
        profile = _new_profile(Path(folder) / "profile")
        command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
        _run([*command, "--convert-to", wanted, "--outdir", str(target), str(source)], folder)
        made = target / f"in.{wanted}"
        if not made.is_file() or made.stat().st_size > _LARGEST:
            raise ConversionError(ending)
        return made.read_bytes()


def _new_profile(folder: Path) -> Path:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _ITEMS
    )
    (folder / "user").mkdir(parents=True)
    space = 'xmlns:oor="http://openoffice.org/2001/registry"'
    text = f'<?xml version="1.0" encoding="UTF-8"?><oor:items {space}>{items}</oor:items>'
    (folder / "user" / "registrymodifications.xcu").write_text(text, encoding="utf-8")
    return folder


def _run(command: list[str], folder: str) -> None:
    """Runs a program with all that it starts, for a while at most; what it says is nothing for users."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True, env=_environment(folder)
    ) as process:
        _limit(process.pid)
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            raise ConversionError("timeout") from error
        finally:
            _end(process)


def _environment(folder: str) -> dict[str, str]:
    return {
        **os.environ,
        "HOME": folder,
        "TMPDIR": folder,
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }


def _limit(pid: int) -> None:
    """Bounds the memory of a process and of what it starts, where the system can."""
    try:
        import resource

        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (_LARGEST, _LARGEST))
    except (ImportError, AttributeError, OSError, ValueError):
        return


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process with its children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
