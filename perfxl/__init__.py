"""perfxl: reads, checks, scores and consolidates the Excel forms of public-spending performance evaluation.

In Python: `check`, `consolidate`, `template` and `read` do what the commands of these names do; docs/python.md has an
example. They are loaded when they are first used, so that `import perfxl` costs nothing.
"""

from typing import TYPE_CHECKING

__version__ = "0.2.0"
__all__ = ["BatchResult", "PerfxlError", "RefusedError", "__version__", "check", "consolidate", "read", "template"]

if TYPE_CHECKING:
    from perfxl.api import BatchResult, PerfxlError, RefusedError, check, consolidate, read, template
else:

    def __getattr__(name: str) -> object:
        """What stands in `__all__`, loaded when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module("perfxl.api"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
