"""Where Python keeps what it has compiled, in this process and in those that the tests start.

Where the environment forbids files beside the sources (PYTHONDONTWRITEBYTECODE), every worker of a session and every perfxl
that a test starts would compile all of it anew; the cache of pytest, which no checkout contains, takes it instead.
"""

import os
import sys
from pathlib import Path

CACHE = Path(__file__).parents[1] / ".pytest_cache" / "bytecode"


def keep_bytecode() -> None:
    """Lets compiled modules be kept in the cache of pytest where they may not lie beside their sources."""
    if sys.dont_write_bytecode and sys.pycache_prefix is None:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(CACHE)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


keep_bytecode()
