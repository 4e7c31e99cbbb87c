"""Cells that a spreadsheet must not run: one protecting apostrophe, added by writers and taken off by readers.

A spreadsheet runs a cell that starts with = + - @ (or TAB, NUL, CR before one of them). The spreadsheet-safe profile
puts an apostrophe before it; every reader of ours takes exactly one off. A value that already looks protected gets
another one in both profiles, so that whatever was written is read back.
"""

from __future__ import annotations

import re

__all__ = ["protect", "shield", "unprotect"]

_DANGEROUS = frozenset("=+-@\t\0\r")
_PROTECTED = re.compile(r"'+[=+\-@\t\0\r]")


def protect(text: str) -> str:
    """`text` for the spreadsheet-safe profile."""
    if text[:1] in _DANGEROUS and text:
        return "'" + text
    return shield(text)


def shield(text: str) -> str:
    """`text` for the exact profile: as it is, but for a value that itself looks protected."""
    return "'" + text if text[:1] == "'" and _PROTECTED.match(text) else text


def unprotect(text: str) -> str:
    """`text` without the one apostrophe that protects it."""
    return text[1:] if text[:1] == "'" and _PROTECTED.match(text) else text
