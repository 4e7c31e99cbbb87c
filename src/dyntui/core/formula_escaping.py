"""Escape formulas in cells with an apostrophe, which writers add and readers remove.

A spreadsheet runs a cell that starts with = + - @ (also in their full-width forms, and after blanks or a byte order
mark); a TAB, NUL or CR at the start may lead it there. One that separates by other characters than the file does finds
starts inside a cell too: after a semicolon, a tab, a line break, or a comma. The spreadsheet-safe profile puts an
apostrophe at each such start; every reader of dyntui removes exactly one. A value that already has apostrophes there
gets another one in both profiles, so that reading returns the same value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

__all__ = ["escape_formula", "escaped_columns", "shield", "unescape_formula", "without_escape"]

_T = TypeVar("_T")

_SIGN = "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
_SIGN_BUT_MINUS = "[=+@\uff1d\uff0b\uff20\ufe66\ufe62\ufe6b]"
"""A minus after a comma is not escaped: numbers in lists are more usual there than formulas."""
_HIDDEN = "\x00-\x08\x0e-\x1f\x7f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BLANKS = rf"(?:[^\S\t\r\n]|[{_HIDDEN}])*"
# An apostrophe at one start does not change the decision about another, so all can be removed again.
_STARTS = re.compile(
    rf"(?:\A(?=[\s;,'{_HIDDEN}]*{_SIGN}|'*[\t\0\r])|(?<=[;\t\r\n])(?='*{_BLANKS}{_SIGN})|(?<=,)(?='*{_SIGN_BUT_MINUS}))('?)"
)

_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
"""How some programs write a text that a spreadsheet must not read as a number."""


def escape_formula(text: str) -> str:
    """Return `text` for files that are opened in a spreadsheet: formulas are preceded by an apostrophe."""
    if text.isalnum() or _STARTS.search(text) is None:
        return text  # the usual case, in which a search takes less time than a replacement
    return _STARTS.sub(r"'\1", text)


def shield(text: str) -> str:
    """Return `text` for exact files: only a value that looks escaped already gets another apostrophe."""
    if _TEXT_FORMULA.fullmatch(text):
        return "'" + _STARTS.sub(r"\1\1", text)
    return _STARTS.sub(r"\1\1", text) if "'" in text else text


def unescape_formula(text: str) -> str:
    """Return `text` without the apostrophes that `escape_formula` or `shield` added; the text of `="text"`."""
    if text.startswith('="') and (match := _TEXT_FORMULA.fullmatch(text)):
        return match[1].replace('""', '"')
    return _STARTS.sub("", text) if "'" in text else text


_NEARLY_ALL = 0.9
_ELISION = re.compile(r"'[tsnk][\s\-]", re.IGNORECASE)
"""The start of Dutch names such as 't Hooft, which are no escaped texts."""


def escaped_columns(rows: Sequence[Sequence[object]]) -> dict[int, bool]:
    """Return the columns in which an apostrophe escapes every text, as in the CSV of Auth0, from the first rows.

    The value is whether the texts are between two apostrophes, as in SQL. One apostrophe in one cell proves nothing.
    """
    texts: Counter[int] = Counter()
    escaped: Counter[int] = Counter()
    quoted: Counter[int] = Counter()
    for row in rows:
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell and cell not in ("true", "false") and not cell.isdigit():
                texts[place] += 1
                if len(cell) > 1 and cell.startswith("'") and not _ELISION.match(cell):
                    escaped[place] += 1
                    quoted[place] += cell.endswith("'")
    found = {place: count for place, count in escaped.items() if count >= _NEARLY_ALL * texts[place]}
    return {place: quoted[place] == count for place, count in found.items()} if sum(found.values()) > 1 else {}


def without_escape(cells: Sequence[_T], columns: Mapping[int, bool]) -> tuple[_T | str, ...]:
    """Return the cells without the apostrophe before each text of the `escaped_columns`, or those around it."""
    return tuple(
        (cell[1:-1] if columns[place] and len(cell) > 1 and cell.endswith("'") else cell[1:])
        if place in columns and isinstance(cell, str) and cell.startswith("'")
        else cell
        for place, cell in enumerate(cells)
    )
