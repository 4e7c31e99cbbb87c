"""The columns that a list can show: those of its record, and one for each further field of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from dyntui.config.list_preferences import Widths
from dyntui.core.masking import is_masked_name, mask_field
from dyntui.core.times import parse_time
from dyntui.resources.cell_formats import get_path, item_count, text, time
from dyntui.resources.resource import Column, Resource, Row

__all__ = ["arrange_columns", "available_columns", "widths_of"]

_SAMPLED_ROWS = 200
"""The number of rows in which fields are searched."""
_MAX_FIELDS = 100
_MAX_WIDTH = 36
"""In cells, for columns of fields that no record describes."""


def available_columns(record: Resource, default_columns: Sequence[Column], rows: Iterable[Row]) -> list[Column]:
    """Return the default columns, then one for each further field of the rows, by name, but none for secrets."""
    known = {column.field for column in default_columns} | set(record.secrets) | _never_cached()
    found: dict[str, int] = {}
    for row, _ in zip(rows, range(_SAMPLED_ROWS), strict=False):
        for path, value in _fields(row):
            if is_masked_name(path):
                continue
            if path not in known and path.split(".")[0] not in known and (path in found or len(found) < _MAX_FIELDS):
                found[path] = max(found.get(path, 0), len(format_any(value, _EPOCH)))
    further = [_field(path, max(6, min(width, _MAX_WIDTH))) for path, width in sorted(found.items())]
    return [*default_columns, *further]


def arrange_columns(default_columns: Sequence[Column], widths: Widths) -> tuple[Column, ...]:
    """Return the columns with these names and widths, in their order; the default columns when `widths` is empty.

    Narrow screens hide them from the right.
    """
    if not widths:
        return tuple(default_columns)
    by_name = {former: column for column in default_columns for former in column.former_titles}
    by_name |= {column.name: column for column in default_columns}
    columns = []
    for index, (name, width) in enumerate(widths):
        column = by_name.get(name) or _field(name, width)
        grow = column.grow and width == column.width
        columns.append(column._replace(width=width, grow=grow, priority=index, wide=False))
    return tuple(columns)


def widths_of(columns: Iterable[Column]) -> Widths:
    """Return the names and widths of columns, as `arrange_columns` takes them."""
    return tuple((column.name, column.width) for column in columns)


def format_any(value: object, now: datetime) -> str:
    """Format a value of a field that no record describes: times as in other columns, lists by their length."""
    if isinstance(value, (list, dict)):
        return item_count(value, now)
    return (
        time(value, now)
        if isinstance(value, str) and "T" in value and parse_time(value) is not None
        else text(value, now)
    )


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _field(path: str, width: int) -> Column:
    return Column(path, path, width, format=time if path.endswith("At") else format_any, pick=partial(_masked_at, path))


def _masked_at(path: str, row: Row) -> object:
    """Return the value of a field that no record describes; a secret is masked by its name."""
    return mask_field(path, get_path(row, path))


def _fields(row: Row) -> Iterator[tuple[str, object]]:
    """Yield the fields of a row; for an object, such as the metadata, its fields."""
    for name, value in row.items():
        if isinstance(value, Mapping) and value:
            yield from ((f"{name}.{inner}", each) for inner, each in value.items() if "." not in inner)
        else:
            yield name, value


def _never_cached() -> frozenset[str]:
    from dyntui.store.cache import NEVER_CACHED

    return NEVER_CACHED
