"""What a crash leaves: one line on the terminal and a redacted report in a file, never a local variable."""

from __future__ import annotations

import platform
import traceback
from typing import TYPE_CHECKING

from dyntui import __version__
from dyntui.config.paths import paths
from dyntui.core.errors import DyntuiError
from dyntui.core.redact import redact
from dyntui.core.text import safe
from dyntui.core.time import now

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["report", "write_report"]


def report(error: BaseException) -> RenderableType:
    """Write the report; the line to print."""
    from rich.segment import Segment, Segments

    name = safe(type(error).__name__)
    try:
        line = f"dyntui stopped on an error of its own ({name}). The report, without secrets: {write_report(error)}"
    except (OSError, DyntuiError) as problem:
        line = f"dyntui stopped on an error of its own ({name}); no report was written: {safe(problem)}"
    return Segments([Segment(line)])


def write_report(error: BaseException) -> str:
    """Write the traceback, redacted, as a new private file; its path."""
    from textual import __version__ as textual_version

    from dyntui.config.files import atomic_write, private_dir

    at = now()
    folder = private_dir(paths().crash_dir)
    path = folder / f"{at:%Y%m%d-%H%M%S-%f}.txt"
    trace = "".join(traceback.format_exception(error))
    text = (
        f"dyntui {__version__}, textual {textual_version}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{at.isoformat()}\n\n{trace}"
    )
    atomic_write(path, "\n".join(safe(line, 2000) for line in redact(text).split("\n")).encode())
    return str(path)
