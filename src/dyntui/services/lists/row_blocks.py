"""The rows of a list in memory: blocks by their position on the server, and the position of each id."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime

from dyntui.core.json_types import Row

__all__ = ["RowBlock", "RowBlocks"]


@dataclass(slots=True)
class RowBlock:
    """Consecutive rows of a list."""

    rows: list[Row]
    fetched_at: datetime
    """When they were read from the server."""
    stale: bool = False
    """Whether they have to be read again."""
    used: int = 0
    """When they were in view last; a higher number is later."""
    from_cache: bool = False
    """Whether they come from the row cache and were not read again yet."""


class RowBlocks(MutableMapping[int, RowBlock]):
    """Blocks by number: block n begins at position n * stride."""

    def __init__(self, key: str, stride: int) -> None:
        """key: the field that is the id of a row. stride: rows per block."""
        self.stride = stride
        self._key = key
        self._blocks: dict[int, RowBlock] = {}
        self._positions: dict[str, int] = {}

    def __getitem__(self, number: int) -> RowBlock:
        return self._blocks[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)

    def __setitem__(self, number: int, block: RowBlock) -> None:
        if number in self._blocks:
            del self[number]
        self._blocks[number] = block
        self.reindex(number)

    def __delitem__(self, number: int) -> None:
        for index, row in enumerate(self._blocks[number].rows):
            if self._positions.get(self._id(row)) == number * self.stride + index:
                del self._positions[self._id(row)]
        del self._blocks[number]

    def reindex(self, number: int) -> None:
        """Update the positions of the rows of a block."""
        for index, row in enumerate(self._blocks[number].rows):
            old = self._positions.get(self._id(row))
            if (
                old is not None
                and old // self.stride != number
                and (old_block := self.get(old // self.stride)) is not None
            ):
                old_block.stale = True  # the row moved, so its old block is outdated
            self._positions[self._id(row)] = number * self.stride + index

    def numbers(self, first: int, last: int) -> range:
        """Return the numbers of the blocks of positions `first` to `last`."""
        return range(max(0, first) // self.stride, max(0, last) // self.stride + 1)

    def at(self, position: int) -> Row | None:
        """Return the row at a position; None when it is not in memory."""
        block = self._blocks.get(position // self.stride)
        offset = position % self.stride
        return block.rows[offset] if block is not None and offset < len(block.rows) else None

    def ids(self) -> frozenset[str]:
        """Return the ids of all rows in memory."""
        return frozenset(self._positions)

    def position(self, row_id: str) -> int | None:
        """Return the position of a row in memory."""
        return self._positions.get(row_id)

    def replace(self, row: Row) -> bool:
        """Replace the row with the same id; return whether there is one."""
        position = self._positions.get(self._id(row))
        if position is None:
            return False
        self._blocks[position // self.stride].rows[position % self.stride] = row
        return True

    def remove(self, row_id: str) -> tuple[int, Row] | None:
        """Remove a row, so that those after it move up and later blocks become stale.

        Returns its position and the row; None when it is not in memory.
        """
        position = self._positions.get(row_id)
        row = None if position is None else self.at(position)
        if position is None or row is None:
            return None
        number = position // self.stride
        del self._blocks[number].rows[position % self.stride]
        del self._positions[row_id]
        self.reindex(number)
        for other, block in self._blocks.items():
            block.stale = block.stale or other >= number
        return position, row

    def rows(self) -> list[Row]:
        """Return all rows, in the order of the list."""
        return [row for number in sorted(self._blocks) for row in self._blocks[number].rows]

    @property
    def end(self) -> int:
        """The position after the last row in memory."""
        return max((number * self.stride + len(block.rows) for number, block in self._blocks.items()), default=0)

    def mark_stale(self, but: int | None = None) -> None:
        """Mark all blocks, or all but one, as stale."""
        for number, block in self._blocks.items():
            block.stale = block.stale or number != but

    def trim(self, limit: int, protected: range | list[int]) -> None:
        """Remove the least recently used blocks down to `limit`, but none of those in `protected`."""
        while len(self._blocks) > limit:
            others = [number for number in self._blocks if number not in protected]
            if not others:
                return
            del self[min(others, key=lambda number: self._blocks[number].used)]

    def _id(self, row: Row) -> str:
        return str(row.get(self._key, ""))
