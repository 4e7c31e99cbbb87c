"""Rows in memory for a table: profiles, wallets of a user, the request log."""

from __future__ import annotations

from collections.abc import Sequence

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row

__all__ = ["StaticRows"]


class StaticRows:
    """The rows of a table, all in memory."""

    def __init__(self, rows: Sequence[Row] = (), *, key: str = "", is_loaded: bool = True) -> None:
        """key: the field with the id of a row; without one, the id is the index.

        is_loaded: False while `rows` is a placeholder until `set_rows` is called.
        """
        self._key = key
        self._rows: list[Row] = []
        self._indexes: dict[str, int] = {}
        self.error: DyntuiError | None = None
        self.loading = False
        self.changed: set[str] = set()
        self.set_rows(rows)
        self._loaded = is_loaded

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows. An equal row stays the same object, so that it is not formatted again."""
        old = self._rows
        self._rows = [old[i] if i < len(old) and old[i] == row else row for i, row in enumerate(rows)]
        self._indexes = {self._id(index): index for index in range(len(self._rows))}
        self._loaded = True

    @property
    def rows(self) -> list[Row]:
        return self._rows

    @property
    def total(self) -> int:
        return len(self._rows)

    @property
    def is_loaded(self) -> bool:
        return self._loaded

    def _id(self, index: int) -> str:
        return str(self._rows[index].get(self._key, "")) if self._key else str(index)

    def get(self, index: int) -> Row | None:
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def id_at(self, index: int) -> str | None:
        return self._id(index) if 0 <= index < len(self._rows) else None

    def index_of(self, row_id: str) -> int | None:
        return self._indexes.get(row_id)

    def is_tombstone(self, index: int) -> bool:
        return False

    def set_viewport(self, first: int, last: int) -> None:
        """Do nothing: all rows are loaded."""
