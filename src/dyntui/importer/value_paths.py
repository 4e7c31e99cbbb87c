"""Paths into a cell, such as `profile.email`, `emails.0` or `linked_accounts[type=email].address`; a cell may contain
JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from dyntui.core.errors import UsageError
from dyntui.core.strict_json import parse_json
from dyntui.importer.source_types import Cell

__all__ = ["Reach", "compile_path", "find_owner_column"]

Reach = Callable[[Sequence[Cell]], object]
"""Returns the value at a path in a row's cells; None when there is none."""

_STEP = re.compile(r"\.?(?:\[(?P<key>[^=\]]+)=(?P<value>[^\]]*)\]|(?P<name>[^.\[]+))")


def find_owner_column(columns: Sequence[str], path: str) -> str | None:
    """Return the column that a path starts with: the column of exactly that name, else the longest match; None
    without one.
    """
    if path in columns:
        return path
    starts = [column for column in columns if path.startswith((f"{column}.", f"{column}["))]
    return max(starts, key=len) if starts else None


def compile_path(columns: Sequence[str], path: str) -> Reach:
    """Return a function that reads the value of a path from a row's cells.

    `list.0` reads the first item, `list[key=value]` the items whose key matches (`*` for any text, `|` for or,
    `@column` for the value of another column), `.name` after that reads from the first of them. Raises UsageError for
    an unknown column.
    """
    column = find_owner_column(columns, path)
    if column is None:
        raise UsageError(f"The file has no column {path!r}.", hint=f"Columns: {', '.join(columns[:8])}.")
    index = list(columns).index(column)
    if column == path:
        return lambda cells: cells[index]
    steps = [_step(match, columns) for match in _STEP.finditer(path[len(column) :])]

    def follow(cells: Sequence[Cell]) -> object:
        value: object = _opened(cells[index])
        for step in steps:
            if value is None:
                return None
            value = step(value, cells)
        return None if value == [] else value

    return follow


def _opened(cell: Cell) -> object:
    """Return the parsed JSON of a cell; None when it is not JSON."""
    if isinstance(cell, str) and cell.lstrip()[:1] in ("{", "["):
        try:
            return parse_json(cell)
        except ValueError:
            return None
    return cell


def _step(match: re.Match[str], columns: Sequence[str]) -> Callable[[object, Sequence[Cell]], object]:
    if (name := match["name"]) is not None:
        return lambda value, cells: _into(value, name)
    key, expected = match["key"], match["value"]
    if expected.startswith("@"):
        if expected[1:] not in columns:
            return lambda value, cells: None
        other = list(columns).index(expected[1:])
        return lambda value, cells: _matching(value, key, [str(cells[other])])
    patterns = expected.split("|")
    return lambda value, cells: _matching(value, key, patterns)


def _into(value: object, name: str) -> object:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and value:
        if name.isdigit():
            return value[int(name)] if int(name) < len(value) else None
        return _into(value[0], name)
    return None


def _matching(value: object, key: str, patterns: list[str]) -> list[object]:
    each = value if isinstance(value, list) else [value]
    return [
        item
        for item in each
        if isinstance(item, dict) and any(fnmatchcase(str(item.get(key)), pattern) for pattern in patterns)
    ]
