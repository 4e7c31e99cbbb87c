"""Columns that many lists have (the id, a time, since when an object is enabled), and labels of rows."""

from __future__ import annotations

from collections.abc import Callable

from dyntui.core.json_types import Row
from dyntui.core.text import json_text
from dyntui.resources.cell_formats import enabled_since, get_path, short_id, time
from dyntui.resources.resource import Column

__all__ = ["enabled_column", "id_column", "label_from", "time_column"]


def id_column(field: str = "id", *, priority: int) -> Column:
    """Return the column of the id of a row, shortened in the middle."""
    return Column(field, "id", 11, format=short_id, priority=priority)


def time_column(
    field: str, title: str, *, priority: int, order: str = "", former_titles: tuple[str, ...] = ()
) -> Column:
    """Return the column of a time."""
    return Column(field, title, 12, format=time, priority=priority, order=order, former_titles=former_titles)


def enabled_column() -> Column:
    """Return the column of the time since when an object is enabled."""
    return Column("enabledAt", "enabled", 18, format=enabled_since, priority=0, former_titles=("on",))


def label_from(*paths: str) -> Callable[[Row], str]:
    """Return the `label` of a record: the first value of these dot paths that a row has."""
    return lambda row: next((json_text(value) for path in paths if (value := get_path(row, path))), "")
