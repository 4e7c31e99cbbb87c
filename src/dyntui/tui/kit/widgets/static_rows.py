"""The rows of a table: what the table needs of them, and rows in memory, such as profiles or the request log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row

__all__ = ["StaticRows", "TableRows"]


class TableRows(Protocol):
    """The rows of a table by position: services.lists.paged_view.PagedView, or a subclass."""

    error: DyntuiError | None = None
    """Why the rows could not be loaded; None when they could."""
    loading: bool = False
    """Whether a request is running."""

    @property
    def changed(self) -> AbstractSet[str]:
        """Ids of rows that the last refresh found changed."""
        return frozenset()

    @property
    def added(self) -> AbstractSet[str]:
        """Ids of rows that the last refresh found new."""
        return frozenset()

    @property
    def total(self) -> int:
        """The number of rows, as far as it is known."""
        raise NotImplementedError

    @property
    def is_loaded(self) -> bool:
        """Whether there is anything to show, also an empty list."""
        raise NotImplementedError

    def get(self, index: int) -> Row | None:
        """Return a row; None when it is not loaded."""
        raise NotImplementedError

    def id_at(self, index: int) -> str | None:
        """Return the id of a row; None when it is not loaded."""
        raise NotImplementedError

    def index_of(self, row_id: str) -> int | None:
        """Return the index of a row; None when it is not loaded."""
        raise NotImplementedError

    def set_viewport(self, first: int, last: int) -> None:
        """Set the rows in view, so that they are loaded."""
        return

    def is_tombstone(self, index: int) -> bool:
        """Return whether the row is a tombstone."""
        return False


class StaticRows(TableRows):
    """The rows of a table, all in memory. A filter may hide some of them."""

    is_loaded: bool = False

    def __init__(self, rows: Sequence[Row] = (), *, key: str = "", is_loaded: bool = True) -> None:
        """key: the field with the id of a row; without one, the id is the index.

        is_loaded: False while `rows` is a placeholder until `set_rows` is called.
        """
        self._key = key
        self.rows: list[Row] = []
        """All rows, with those that the filter hides."""
        self._matches: Callable[[Row], bool] | None = None
        self._shown: Sequence[int] = ()
        """The indexes of the rows that are shown."""
        self._indexes: dict[str, int] = {}
        """The indexes among the shown rows, by id."""
        self.set_rows(rows)
        self.is_loaded = is_loaded

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows. An equal row stays the same object, so that it is not formatted again."""
        old = self.rows
        self.rows = [old[i] if i < len(old) and old[i] == row else row for i, row in enumerate(rows)]
        self.is_loaded = True
        self.filter(self._matches)

    def filter(self, matches: Callable[[Row], bool] | None) -> None:
        """Show only the rows for which `matches` returns True; None shows all."""
        self._matches = matches
        count = len(self.rows)
        self._shown = range(count) if matches is None else [i for i in range(count) if matches(self.rows[i])]
        self._indexes = {self._id(index): place for place, index in enumerate(self._shown)}

    @property
    def total(self) -> int:
        return len(self._shown)

    def _id(self, index: int) -> str:
        return str(self.rows[index].get(self._key, "")) if self._key else str(index)

    def get(self, index: int) -> Row | None:
        return self.rows[self._shown[index]] if 0 <= index < len(self._shown) else None

    def id_at(self, index: int) -> str | None:
        return self._id(self._shown[index]) if 0 <= index < len(self._shown) else None

    def index_of(self, row_id: str) -> int | None:
        return self._indexes.get(row_id)
