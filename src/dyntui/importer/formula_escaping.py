"""Escape formulas in cells with an apostrophe, which writers add and readers remove.

A spreadsheet runs a cell that starts with = + - @ (also in their full-width forms, and after blanks or a byte order
mark); a TAB, NUL or CR at the start may lead it there. One that separates by other characters than the file does finds
starts inside a cell too: after a semicolon, a tab, a line break, or a comma. The spreadsheet-safe profile puts an
apostrophe at each such start; every reader of dyntui removes exactly one. A value that already has apostrophes there
gets another one in both profiles, so that reading returns the same value.
"""

from __future__ import annotations

import re

__all__ = ["escape_formula", "shield", "unescape_formula"]

_SIGN = "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
_SIGN_BUT_MINUS = "[=+@\uff1d\uff0b\uff20\ufe66\ufe62\ufe6b]"
"""A minus after a comma is not escaped: numbers in lists are more usual there than formulas."""
_HIDDEN = "\x00-\x08\x0e-\x1f\x7f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BLANKS = rf"(?:[^\S\t\r\n]|[{_HIDDEN}])*"
# An apostrophe at one start does not change the decision about another, so all can be removed again.
_STARTS = re.compile(
    rf"(?:\A(?=[\s;,'{_HIDDEN}]*{_SIGN}|'*[\t\0\r])|(?<=[;\t\r\n])(?='*{_BLANKS}{_SIGN})|(?<=,)(?='*{_SIGN_BUT_MINUS}))('?)"
)


def escape_formula(text: str) -> str:
    """Return `text` for files that are opened in a spreadsheet: formulas are preceded by an apostrophe."""
    return _STARTS.sub(r"'\1", text)


def shield(text: str) -> str:
    """Return `text` for exact files: only a value that looks escaped already gets another apostrophe."""
    return _STARTS.sub(r"\1\1", text) if "'" in text else text


def unescape_formula(text: str) -> str:
    """Return `text` without the apostrophes that `escape_formula` or `shield` added."""
    return _STARTS.sub("", text) if "'" in text else text
