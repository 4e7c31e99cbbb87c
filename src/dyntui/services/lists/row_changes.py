"""Which rows of a list a refresh found changed or new, for the signs before the rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from dyntui.core.json_types import Row
from dyntui.services.lists.row_blocks import RowBlock

__all__ = ["RowChanges"]


class RowChanges:
    """The ids of changed and new rows since the last refresh."""

    def __init__(self, key: str) -> None:
        """key: the field that is the id of a row."""
        self._key = key
        self._known: Collection[str] | None = None
        """The ids of the rows in memory before the refresh; None when it shows no new rows."""
        self.changed: set[str] = set()
        self.added: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.changed or self.added)

    def clear(self) -> None:
        """Forget the changed and new rows."""
        self.changed.clear()
        self.added.clear()

    def begin(self, known: Collection[str] | None) -> None:
        """Begin a refresh. known: the ids of the rows in memory; None to show no new rows."""
        self.clear()
        self._known = known

    def record(self, before: RowBlock, rows: Sequence[Row], *, is_last: bool) -> None:
        """Compare a block with its rows from the server. is_last: whether no block follows."""
        form: Callable[[Row], Row] | None = None
        if before.from_cache:
            from dyntui.store.cache import cached_form

            form = cached_form
        old = {self._id(row): row for row in before.rows}
        for row in rows:
            row_id = self._id(row)
            if row_id in old and old[row_id] != (row if form is None else form(row)):
                self.changed.add(row_id)
        if self._known is not None and not before.from_cache:
            self._record_added(rows, self._known, is_last=is_last)

    def _record_added(self, rows: Sequence[Row], known: Collection[str], *, is_last: bool) -> None:
        """Record the new rows. Unknown rows at the end of a block may have moved up from one that was never read."""
        ids = [self._id(row) for row in rows]
        end = (
            len(ids) if is_last else max((index + 1 for index, row_id in enumerate(ids) if row_id in known), default=0)
        )
        self.added.update(row_id for row_id in ids[:end] if row_id not in known)

    def _id(self, row: Row) -> str:
        return str(row.get(self._key, ""))
