"""Text measured in terminal cells: truncated, padded, wrapped, and joined to the row of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

from dyntui.core.meanings import role_of

__all__ = ["cut", "fit", "is_identifier", "pad", "row_pieces", "width_of", "wrapped"]


_IDENTIFIER = re.compile(r"(?=.*[0-9])[A-Za-z0-9]{20,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""An address, a hash or an id: its start and its end tell it from others."""
_MIN_ELIDED_WIDTH, _TAIL = 9, 6
"""The width in cells from which identifiers are cut in the middle, and the characters after the cut."""
_URL = re.compile(r"[a-z]+://[!-~]+")
_MIN_URL_WIDTH = 24
"""The width in cells from which URLs are cut in the middle: many have the same start, and differ in their end."""


def width_of(text: str) -> int:
    """Return the width of `text` in cells."""
    return len(text) if text.isascii() else cell_len(text)


def is_identifier(text: str) -> bool:
    """Return whether `text` is an address, a hash or an id."""
    return _IDENTIFIER.fullmatch(text) is not None


def cut(text: str, width: int) -> str:
    """Return `text` truncated to `width` cells: an address, id or URL in the middle, other text at its end."""
    if width_of(text) <= width:
        return text
    first_words, blank, word = text.rpartition(" ")
    room = width - width_of(first_words + blank)
    if room >= _MIN_ELIDED_WIDTH and is_identifier(word):
        tail = _TAIL if room >= 2 * _TAIL + 4 else 4
    elif room >= _MIN_URL_WIDTH and _URL.fullmatch(word):
        tail = room * 2 // 5
    else:
        return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""
    return f"{first_words}{blank}{word[: room - 1 - tail]}…{word[-tail:]}"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` truncated or padded to exactly `width` cells. right: whether to align it to the right."""
    text = cut(text, width)
    space = " " * (width - width_of(text))
    return space + text if right else text + space


def pad(text: str, width: int) -> str:
    """Return `text` padded to at least `width` cells; a wider text is not truncated."""
    return text + " " * (width - width_of(text))


def row_pieces(cells: Iterable[tuple[str, str, int, bool]], separator: str) -> list[tuple[str, str]]:
    """Return the pieces of a row: each text that has a meaning, and what is between them, with their styles.

    cells: column, text, width and whether the text is aligned to the right.
    """
    pieces: list[tuple[str, str]] = []
    plain = ""
    for column, text, width, right in cells:
        shown = fit(text, width, right=right)
        if role := role_of(column, text):
            word = shown.strip()
            start = shown.index(word)
            pieces += [(plain + shown[:start], ""), (word, role)]
            plain = shown[start + len(word) :] + separator
        else:
            plain += shown + separator
    return [*pieces, (plain.removesuffix(separator), "")]


def wrapped(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` cells, wrapped between words if possible."""
    width = max(2, width)  # a character may take two cells
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width_of(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while width_of(line) > width:
            part = _prefix_of_width(line, width)
            lines.append(part)
            line = line[len(part) :]
    return [*lines, line]


def _prefix_of_width(word: str, width: int) -> str:
    size = 1
    while width_of(word[: size + 1]) <= width:
        size += 1
    return word[:size]
