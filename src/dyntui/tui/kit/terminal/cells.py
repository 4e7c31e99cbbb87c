"""Text as cells: the characters in each column as Rich measures them, without control characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from rich.cells import get_character_cell_size, split_graphemes

__all__ = ["LEFT_TO_RIGHT_MARK", "drawn_width", "is_certain", "is_simple", "narrow_cells", "split_cells"]

_SIMPLE = r" -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc\u2800-\u28ff"
"""Characters of one column in every terminal, unless a combining character follows."""
_ALL_SIMPLE = re.compile(f"[{_SIMPLE}]*")


@cache
def _others() -> re.Pattern[str]:
    """Return the pattern for other characters with what they combine with. Like the next two, compiled when needed."""
    return re.compile(f"([{_SIMPLE}]?(?:\u200d[{_SIMPLE}]|[^{_SIMPLE}])+)")


@cache
def _controls() -> re.Pattern[str]:
    return re.compile("[\x00-\x1f\x7f-\x9f]")


@cache
def _right_to_left() -> re.Pattern[str]:
    return re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


LEFT_TO_RIGHT_MARK = "\u200e"
_LINES = {"\u2500": "-", "\u2501": "-", "\u2550": "-", "\u2502": "|", "\u2503": "|", "\u2551": "|"}
_NARROW_REPLACEMENTS = (
    dict.fromkeys(map(chr, range(0x2500, 0x2580)), "+")
    | dict.fromkeys(map(chr, range(0x2580, 0x25A0)), "#")
    | _LINES
    | dict.fromkeys("▌▍▎▏▐▕", "|")
    | dict(zip("…·•●○◆◇■□▲△▼▽▶▷◀◁★☆→←↑↓×–—‘’“”", "~.**o*o#o^^vv>><<**><^vx--''\"\"", strict=True))
    | dict(zip("ØøĐđŁłĦħŦŧı", "OoDdLlHhTti", strict=True))
)
"""Replacements for signs and letters that take two columns in some terminals."""


def split_cells(text: str) -> list[str]:
    """Return one item per column: a character with its combining characters; "" for the second half of a wide one.

    Control characters are removed, because Rich and Textual count no width for them.
    """
    if is_simple(text):
        return list(text)
    columns: list[str] = []
    text = _controls().sub("", text)
    if not text.isprintable():
        text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    for index, part in enumerate(_others().split(text)):
        columns += _combined(part) if index % 2 else part
    if _right_to_left().search(text):
        _isolate(columns)
    return columns


def _isolate(columns: list[str]) -> None:
    """End each right-to-left phrase with a left-to-right mark, so that a terminal reorders only the phrase.

    Without it, the terminal includes text and numbers of the columns after it. The mark is part of the cell of the last
    character: terminals that reorder (VTE, Konsole) keep it there like a combining character, others show nothing.
    """
    last = blanks = 0
    found = False
    for column, item in enumerate([*columns, " ", " "]):
        if item == " ":
            blanks += 1
            if blanks > 1 and found:
                columns[last] += LEFT_TO_RIGHT_MARK
                found = False
        elif item:
            last, blanks = column, 0
            found = found or _right_to_left().search(item) is not None


def is_simple(text: str, wide_ambiguous: bool = False) -> bool:
    """Return whether each character takes one column.

    wide_ambiguous: whether East Asian ambiguous characters take two columns in this terminal.
    """
    return (text.isascii() and text.isprintable()) or (not wide_ambiguous and _ALL_SIMPLE.fullmatch(text) is not None)


@lru_cache(maxsize=4096)
def _combined(text: str) -> tuple[str, ...]:
    columns: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        item = text[start:end]
        if not width:
            continue  # a combining character without a base character
        if _regional(item) and columns and _regional(columns[-1]):
            columns[-1:] = [columns[-1] + item, ""]  # a flag is two letters drawn as one picture
        else:
            columns += [item] + [""] * (width - 1)
    return tuple(columns)


def _regional(item: str) -> bool:
    return len(item) == 1 and "\U0001f1e6" <= item <= "\U0001f1ff"


@lru_cache(maxsize=4096)
def is_certain(item: str, wide_ambiguous: bool = False) -> bool:
    """Return whether every terminal gives the item the width that Rich does. After others the cursor is unknown."""
    if len(item) != 1:
        return item == ""
    if wide_ambiguous and _is_ambiguous(item):
        return False
    return get_character_cell_size(item) == 1 or unicodedata.category(item)[0] in "LP"


@lru_cache(maxsize=4096)
def drawn_width(item: str, wide_ambiguous: bool = False) -> int:
    """Return the maximum width of the item in columns, for terminals that draw its parts one by one."""
    return sum(_max_width(character, wide_ambiguous) for character in item)


def _max_width(character: str, wide_ambiguous: bool) -> int:
    if unicodedata.category(character) == "Mn":
        return 0
    if unicodedata.east_asian_width(character) in "WF" or (wide_ambiguous and _is_ambiguous(character)):
        return 2
    if get_character_cell_size(character):
        return get_character_cell_size(character)
    # Vowel signs, joining letters and format characters take a column in some terminals.
    return 1 if unicodedata.category(character) in ("Mc", "Lo", "Cf", "Sk") else 0


def _is_ambiguous(character: str) -> bool:
    return unicodedata.east_asian_width(character) == "A"


def narrow_cells(cells: Sequence[str]) -> list[str]:
    """Return the cells with narrow replacements, for terminals where ambiguous characters take two columns."""
    return [item if item.isascii() else _narrow(item) for item in cells]


@lru_cache(maxsize=4096)
def _narrow(item: str) -> str:
    if item in _NARROW_REPLACEMENTS:
        return _NARROW_REPLACEMENTS[item]
    # A letter with a combining accent takes one column; the precomposed letter is an ambiguous character.
    decomposed = unicodedata.normalize("NFD", item)
    is_accented = decomposed[:1].isascii() and all(unicodedata.category(mark) == "Mn" for mark in decomposed[1:])
    return decomposed if is_accented else item
