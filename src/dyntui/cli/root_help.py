"""The help of `dyntui` itself, laid out before the program runs: loading click takes longer than all the rest of it.

`scripts/make_docs.py` makes `root_help.txt` from the commands, and `make check` compares it with them.
"""

from __future__ import annotations

import os
import sys

__all__ = ["MAX_WIDTH", "PAGE_WIDTHS", "print_root_help"]

MAX_WIDTH = 100
"""The widest help, in columns, on terminals that are wider too."""
PAGE_WIDTHS = (80, MAX_WIDTH)
"""The widths that `root_help.txt` has a page for, in this order and separated by form feeds: 80 is that of a pipe."""


def print_root_help() -> bool:
    """Print the help for the width of the terminal. Returns whether it was printed; click does it for other widths."""
    width = min(_columns(), MAX_WIDTH)
    if width not in PAGE_WIDTHS:
        return False
    with open(os.path.join(os.path.dirname(__file__), "root_help.txt"), encoding="ascii") as file:  # noqa: PTH118, PTH120, PTH123  # pathlib takes long to load
        text = file.read().split("\f")[PAGE_WIDTHS.index(width)]
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        return False  # the same error follows, and is reported, when click prints it
    return True


def _columns() -> int:
    """Return the columns of the terminal as `shutil.get_terminal_size` does, which loads modules for compression."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or PAGE_WIDTHS[0]  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return PAGE_WIDTHS[0]
