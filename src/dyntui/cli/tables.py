"""Lay out tables for a terminal: columns as wide as needed, cut where they do not fit, with the colors of states."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from dyntui.cli.output import TextPart
from dyntui.core.meanings import Role, role_of
from dyntui.core.text import display_width, json_text, safe, shorten

if TYPE_CHECKING:
    from dyntui.core.json_types import Row
    from dyntui.resources.resource import Column

__all__ = ["joined", "named_lines", "object_lines", "table_lines"]

_GAP = "  "
_IDENTIFIER = re.compile(r"[\w:.-]*\d[\w:.-]*")
"""An id or an address, of which the start and the end tell more than the middle."""
_SHORTEST_IDENTIFIER = 20
_SHORTENED_IDENTIFIER = 13
"""The width to which identifiers are shortened before anything else is cut."""
_LONGEST_CELL = 1000
_WIDEST_NAME = 40


def joined(field: str, separator: str = " ") -> Callable[[Row], str]:
    """Return the `pick` of a column that shows a list of words as text."""

    def join(row: Row) -> str:
        words = row.get(field)
        return separator.join(map(json_text, words)) if isinstance(words, (list, tuple)) else ""

    return join


def object_lines(fields: Sequence[tuple[str, str]]) -> list[list[TextPart]]:
    """Return a line for each field of an object: its name and its whole value."""
    width = min(_WIDEST_NAME, max((display_width(name) for name, _ in fields), default=0))
    return [
        [
            TextPart(name + " " * (width - display_width(name))),
            TextPart(_GAP),
            TextPart(text, role_of(name, text).value),
        ]
        for name, text in fields
    ]


def table_lines(columns: Sequence[Column], rows: Sequence[Row], width: int, now: datetime) -> list[list[TextPart]]:
    """Return the lines of a table in at most `width` columns of the terminal, if two a column are enough.

    The first one has the titles of the columns. Columns without any value are left out. now: the time from which ages
    are counted.
    """
    columns = [column for column in columns if any(column.value(row) not in (None, "", [], {}) for row in rows)]
    cells = [[_text(column, row, now) for column in columns] for row in rows]
    heads = [safe(column.name).upper() for column in columns]
    widths = [
        max([display_width(head), *(display_width(row[place]) for row in cells)]) for place, head in enumerate(heads)
    ]
    identifiers = [any(_is_identifier(row[place]) for row in cells) for place in range(len(columns))]
    widths = _fitted(widths, identifiers, width - len(_GAP) * (len(columns) - 1))
    lines = [
        [TextPart(_pad(head, size, column), "title") for head, size, column in zip(heads, widths, columns, strict=True)]
    ]
    for row in cells:
        parts = []
        for text, size, column in zip(row, widths, columns, strict=True):
            role = role_of(column.field, text) or role_of(column.name, text)
            parts.append(TextPart(_pad(text, size, column), role.value if role else _dim_if_empty(text)))
        lines.append(parts)
    return [_joined(line) for line in lines]


def named_lines(columns: Sequence[Column], rows: Sequence[Row], now: datetime) -> list[str]:
    """Return each row as a line of `title: value`, without the values that are missing, for a screen reader."""
    return [
        ", ".join(
            f"{safe(column.name)}: {text}" for column in columns if (text := _text(column, row, now)) not in ("", "—")
        )
        for row in rows
    ]


def _text(column: Column, row: Row, now: datetime) -> str:
    """Return the text of a cell, whole also where the console shortens it."""
    from dyntui.resources.cell_formats import short_id, text

    format = text if column.format is short_id else column.format
    return safe(format(column.value(row), now), _LONGEST_CELL)


def _fitted(widths: Sequence[int], identifiers: Sequence[bool], available: int) -> list[int]:
    """Return the widths, made smaller until their sum is available: first those of identifiers, then the widest."""
    largest = max((width for width, is_id in zip(widths, identifiers, strict=True) if is_id), default=0)
    fitted = list(widths)
    while sum(fitted) > available and largest > _SHORTENED_IDENTIFIER:
        largest -= 1
        fitted = [min(width, largest) if is_id else width for width, is_id in zip(widths, identifiers, strict=True)]
    largest = max(fitted, default=0)
    while largest > 2 and sum(min(width, largest) for width in fitted) > available:
        largest -= 1
    rest = max(0, available - sum(min(width, largest) for width in fitted))
    for place, width in enumerate(fitted):
        extra = 1 if width > largest and rest > 0 else 0
        rest -= extra
        fitted[place] = min(width, largest) + extra
    return fitted


def _pad(text: str, width: int, column: Column) -> str:
    if display_width(text) > width:
        text = shorten(text, width) if _is_identifier(text) else _cut(text, width)
    blanks = " " * (width - display_width(text))
    return blanks + text if column.right else text + blanks


def _is_identifier(text: str) -> bool:
    return len(text) >= _SHORTEST_IDENTIFIER and _IDENTIFIER.fullmatch(text) is not None


def _cut(text: str, width: int) -> str:
    start, used = "", 0
    for char in text:
        used += display_width(char)
        if used > width - 1:
            break
        start += char
    return f"{start}…"


def _dim_if_empty(text: str) -> str:
    return Role.DIM.value if text == "—" else ""


def _joined(parts: Sequence[TextPart]) -> list[TextPart]:
    """Return the parts of a line with the gaps between them, without blanks at the end."""
    joined: list[TextPart] = []
    for number, part in enumerate(parts):
        joined += [TextPart(_GAP, ""), part] if number else [part]
    while joined and not joined[-1].text.strip():
        joined.pop()
    if joined:
        joined[-1] = joined[-1]._replace(text=joined[-1].text.rstrip())
    return joined
