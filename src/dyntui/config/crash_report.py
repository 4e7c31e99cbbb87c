"""Crash reports: one line to print, and a redacted traceback in a file without local variables."""

from __future__ import annotations

from dyntui import __version__
from dyntui.config.paths import paths
from dyntui.core.errors import DyntuiError
from dyntui.core.redact import redact
from dyntui.core.text import safe
from dyntui.core.times import now

__all__ = ["report_crash", "write_report"]


def report_crash(error: BaseException) -> str:
    """Write the report and return the line to print."""
    name = safe(type(error).__name__)
    try:
        return f"dyntui stopped because of an internal error ({name}). Report, without secrets: {write_report(error)}"
    except (OSError, DyntuiError) as problem:
        return f"dyntui stopped because of an internal error ({name}). No report could be written: {safe(problem)}"


def write_report(error: BaseException) -> str:
    """Write the redacted traceback to a new private file and return its path."""
    import platform
    import traceback
    from importlib.metadata import version

    from dyntui.config.private_files import atomic_write, private_dir

    at = now()
    folder = private_dir(paths().crash_dir)
    path = folder / f"{at:%Y%m%d-%H%M%S-%f}.txt"
    versions = f"dyntui {__version__}, textual {version('textual')}, Python {platform.python_version()}"
    text = f"{versions}, {platform.platform()}\n{at.isoformat()}\n\n{''.join(traceback.format_exception(error))}"
    atomic_write(path, "\n".join(safe(line, 2000) for line in redact(text).split("\n")).encode())
    return str(path)
