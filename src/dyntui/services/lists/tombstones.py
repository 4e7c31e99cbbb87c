"""Tombstones: rows that are gone at the server stay visible, dimmed, until the next refresh.

This maps positions of the server to lines of the screen, which differ by the tombstones in between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set

from dyntui.core.json_types import Row

__all__ = ["Tombstones", "vanished"]

_MAX_COUNT = 100


class Tombstones:
    """Rows that are gone, each before its former server position. At most a hundred are kept."""

    def __init__(self) -> None:
        self._positions: list[int] = []
        self._lines: list[int] = []
        self._rows: list[Row] = []

    def __len__(self) -> int:
        return len(self._rows)

    def clear(self) -> None:
        self._positions, self._lines, self._rows = [], [], []

    def add(self, position: int, row: Row, *, is_deleted: bool = False) -> None:
        """Add a row that was before that position at the server.

        is_deleted: whether it was at that position until now, so that the rows after it move up.
        """
        index = bisect_right(self._positions, position)
        if is_deleted:
            self._positions[index:] = [each - 1 for each in self._positions[index:]]
        if len(self._rows) < _MAX_COUNT:
            self._positions.insert(index, position)
            self._rows.insert(index, row)
        self._place()

    def limit(self, total: int) -> None:
        """Move the tombstones that are after the end of the list, which has `total` rows, to its end."""
        self._positions = [min(each, total) for each in self._positions]
        self._place()

    def _place(self) -> None:
        self._lines = [position + number for number, position in enumerate(self._positions)]

    def discard(self, ids: Set[str], key: str) -> None:
        """Remove the tombstones of rows that exist again."""
        remaining = [
            (position, row)
            for position, row in zip(self._positions, self._rows, strict=True)
            if str(row.get(key, "")) not in ids
        ]
        if len(remaining) < len(self._rows):
            self._positions, self._rows = [position for position, _ in remaining], [row for _, row in remaining]
            self._place()

    def at(self, line: int) -> Row | None:
        """Return the tombstone on a line, if there is one."""
        index = bisect_left(self._lines, line)
        return self._rows[index] if index < len(self._lines) and self._lines[index] == line else None

    def position(self, line: int) -> int:
        """Return the server position of a line; for a tombstone, the next one."""
        return line - bisect_left(self._lines, line)

    def line(self, position: int) -> int:
        """Return the line of a server position."""
        return position + bisect_right(self._positions, position)


def vanished(before: Sequence[Row], after: Sequence[Row], key: str) -> list[tuple[int, Row]]:
    """Return the rows of `before` that are certainly gone, each with its index in `after`.

    Only rows between rows that still exist are returned: a row at an end of the page may have moved to another page.
    """
    indexes = {str(row.get(key, "")): index for index, row in enumerate(after)}
    deleted: list[tuple[int, Row]] = []
    pending: list[Row] = []
    last: int | None = None
    for row in before:
        index = indexes.get(str(row.get(key, "")))
        if index is None:
            pending.append(row)
            continue
        if pending and last is not None and index > last:
            deleted += [(index, missing) for missing in pending]
        pending = []
        last = index
    return deleted
