"""Names in place of ids, such as the emails of owners, from the row cache: no request is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from dyntui.core.text import safe
from dyntui.resources.cell_formats import text
from dyntui.resources.resource import Column, Row

if TYPE_CHECKING:
    from dyntui.store.cache import RowCache

__all__ = ["CachedNames", "cached_name"]


class CachedNames:
    """The names of the objects that rows have ids of, where the row cache has them."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def column(self, column: Column) -> Column:
        """Return the column, which shows names where its `names` says that it has the ids of another resource."""
        return column._replace(format=self._format) if column.names else column

    def load(self, cache: RowCache | None, columns: Sequence[Column], rows: Sequence[Row]) -> bool:
        """Look up the names for these rows, and return whether there are new ones. cache: None for no cache."""
        from dyntui.resources.all_resources import RESOURCES

        is_changed = False
        for column in columns if cache is not None else ():
            if not column.names:
                continue
            record = RESOURCES[column.names]
            ids = [*{str(value) for row in rows if (value := column.value(row))} - self._names.keys()]
            found = cache.rows(record.name, ids) if cache is not None and ids else []
            self._names |= {str(row[record.key]): record.label_of(row) for row in found if row}
            is_changed = is_changed or any(found)
        return is_changed

    def _format(self, value: object, at: datetime) -> str:
        """Format the id of an object as its name, or as the id while its name is not known."""
        return safe(self._names.get(str(value), "")) or text(value, at)


def cached_name(cache: RowCache | None, resource: str, row_id: str) -> str:
    """Return the name of the object of a resource, such as the email of a user; "" when the cache has no such row."""
    from dyntui.resources.all_resources import RESOURCES

    rows = cache.rows(resource, [row_id]) if cache is not None and row_id else []
    return RESOURCES[resource].label_of(rows[0]) if rows and rows[0] else ""
