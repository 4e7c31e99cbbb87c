"""Text, cell by cell: what stands in each column, as Rich measures it, and without any control character."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich.cells import get_character_cell_size, split_graphemes

__all__ = ["drawn_width", "is_certain", "is_simple", "split"]

_SIMPLE = r" -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc\u2800-\u28ff"
"""Characters of one column everywhere, unless something follows that combines with them."""
_ALL_SIMPLE = re.compile(f"[{_SIMPLE}]*")
_OTHERS = re.compile(f"([{_SIMPLE}]?(?:\u200d[{_SIMPLE}]|[^{_SIMPLE}])+)")

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def split(text: str) -> list[str]:
    """One item a column: the character with all that combines with it; "" is the other half of a wide one.

    Control characters have no width to Rich and Textual; here they have no effect either.
    """
    if is_simple(text):
        return list(text)
    columns: list[str] = []
    text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    for place, part in enumerate(_OTHERS.split(text)):
        columns += _combined(part) if place % 2 else part
    return columns


def is_simple(text: str) -> bool:
    """Whether each character takes one column, in every terminal."""
    return (text.isascii() and text.isprintable()) or _ALL_SIMPLE.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _combined(text: str) -> tuple[str, ...]:
    columns: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        item = text[start:end]
        if not width:
            continue  # Nothing stands before it that it could combine with.
        if _regional(item) and columns and _regional(columns[-1]):
            columns[-1:] = [columns[-1] + item, ""]  # A flag is two letters, and one picture.
        else:
            columns += [item] + [""] * (width - 1)
    return tuple(columns)


def _regional(item: str) -> bool:
    return len(item) == 1 and "\U0001f1e6" <= item <= "\U0001f1ff"


@lru_cache(maxsize=4096)
def is_certain(item: str) -> bool:
    """Whether every terminal gives this the width that Rich does. After others the cursor is nobody knows where."""
    if len(item) != 1:
        return item == ""
    return get_character_cell_size(item) == 1 or unicodedata.category(item)[0] in "LP"


@lru_cache(maxsize=4096)
def drawn_width(item: str) -> int:
    """The columns this takes where its parts are drawn one by one."""
    return sum(get_character_cell_size(character) for character in item)
