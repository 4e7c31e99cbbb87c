"""Rows that vanished from a list stay visible, dimmed, where they were, until the next refresh.

Positions of the server and lines of the screen then differ by the ghosts in between; this is the mapping.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set
from typing import Any

__all__ = ["Tombstones", "vanished"]

Row = dict[str, Any]
_MOST = 100


class Tombstones:
    """Vanished rows, each before the server position it stood at. At most a hundred; more are not shown."""

    def __init__(self) -> None:
        self._positions: list[int] = []
        self._lines: list[int] = []
        self._rows: list[Row] = []

    def __len__(self) -> int:
        return len(self._rows)

    def clear(self) -> None:
        self._positions, self._lines, self._rows = [], [], []

    def add(self, place: int, row: Row) -> None:
        """`row` vanished from before server position `place`."""
        if len(self._rows) >= _MOST:
            return
        index = bisect_right(self._positions, place)
        self._positions.insert(index, place)
        self._rows.insert(index, row)
        self._lines = [place + number for number, place in enumerate(self._positions)]

    def discard(self, ids: Set[str], key: str) -> None:
        """Rows with these ids are there again."""
        kept = [
            (p, row) for p, row in zip(self._positions, self._rows, strict=True) if str(row.get(key, "")) not in ids
        ]
        if len(kept) < len(self._rows):
            self._positions, self._rows = [place for place, _ in kept], [row for _, row in kept]
            self._lines = [place + number for number, place in enumerate(self._positions)]

    def at(self, line: int) -> Row | None:
        """The vanished row that is shown on that line, if one is."""
        index = bisect_left(self._lines, line)
        return self._rows[index] if index < len(self._lines) and self._lines[index] == line else None

    def position(self, line: int) -> int:
        """The server position that a line shows, or, for a ghost's line, the next one."""
        return line - bisect_left(self._lines, line)

    def line(self, position: int) -> int:
        """The line on which a server position is shown."""
        return position + bisect_right(self._positions, position)


def vanished(before: Sequence[Row], after: Sequence[Row], key: str) -> list[tuple[int, Row]]:
    """The rows of `before` that are certain to be gone from between rows that are still there, each with the index in
    `after` before which it stood. A row at an end of the page may only have moved to another page: it is not named."""
    places = {str(row.get(key, "")): index for index, row in enumerate(after)}
    gone: list[tuple[int, Row]] = []
    pending: list[Row] = []
    last: int | None = None
    for row in before:
        index = places.get(str(row.get(key, "")))
        if index is None:
            pending.append(row)
            continue
        if pending and last is not None and index > last:
            gone += [(index, lost) for lost in pending]
        pending = []
        last = index
    return gone
