"""Paths into a cell, such as `profile.email`, `emails.0` or `linked_accounts[type=email].address`; a cell may contain
JSON. `tags[split=;].0` is a part of a text, and `mobile|phone` the first of several paths that has a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from dyntui.core.errors import UsageError
from dyntui.core.strict_json import parse_json
from dyntui.importer.source_types import Cell, normalize_name

__all__ = ["PathReader", "compile_path", "find_owner_column", "find_owner_columns", "left_out_values", "matching_path"]
__all__ += ["open_json", "split_alternatives"]

PathReader = Callable[[Sequence[Cell]], object]
"""Returns the value at a path in a row's cells; None when there is none."""

IsEmpty = Callable[[object], bool]
"""Returns whether a value counts as no value."""

_SEPARATORS = {"comma": ",", "semicolon": ";", "space": " ", "tab": "\t", "newline": "\n", "bar": "|"}
_SPLIT = re.compile(r"(?P<base>.+\[split=[^\]]*\])\.(?P<place>\d+)")
_ALTERNATIVE = re.compile(r"\|(?![^\[]*\])")
_STEP = re.compile(r"\.?(?:\[(?P<key>[^=\]]+)=(?P<value>[^\]]*)\]|(?P<name>[^.\[]+))")


def split_alternatives(columns: Sequence[str], path: str) -> tuple[str, ...]:
    """Return the paths of `mobile|phone`; the path itself when it has no alternatives or is the name of a column."""
    if path in columns or "|" not in path:
        return (path,)
    return tuple(part.strip() for part in _ALTERNATIVE.split(path))


def find_owner_columns(columns: Sequence[str], path: str) -> tuple[str, ...]:
    """Return the columns that a path reads; empty when one of them does not exist."""
    found = [_find_column(columns, part) for part in split_alternatives(columns, path)]
    return () if None in found else tuple(column for column in found if column is not None)


def find_owner_column(columns: Sequence[str], path: str) -> str | None:
    """Return the first column that a path reads; None when one of its columns does not exist."""
    return next(iter(find_owner_columns(columns, path)), None)


def _find_column(columns: Sequence[str], path: str) -> str | None:
    """Return the column of exactly that name, else the longest that the path starts with; None without one."""
    if path in columns:
        return path
    starts = [column for column in columns if path.startswith((f"{column}.", f"{column}["))]
    return max(starts, key=len) if starts else None


def matching_path(columns: Sequence[str], path: str) -> str:
    """Return a path with the column names as a file spells them, without alternatives that it does not have.

    `primaryEmailAddress` also finds the column `primary_email_address`. Returns "" when nothing of the path exists.
    """
    spelling = {normalize_name(column): column for column in reversed(columns)}
    return "|".join(filter(None, (_matching_column(columns, spelling, part) for part in split_alternatives((), path))))


def _matching_column(columns: Sequence[str], spelling: Mapping[str, str], path: str) -> str:
    if find_owner_column(columns, path):
        return path
    bracket, dot = path.find("["), path.find(".")
    for end in (bracket if bracket >= 0 else len(path), dot):
        if end > 0 and (column := spelling.get(normalize_name(path[:end]))):
            return column + path[end:]
    return ""


def is_blank(value: object) -> bool:
    """Return whether a value is empty."""
    return value is None or value == ""


def compile_path(columns: Sequence[str], path: str, is_empty: IsEmpty = is_blank) -> PathReader:
    """Return a function that reads the value of a path from a row's cells.

    `list.0` reads the first item, `list[key=value]` the items whose key matches (`*` for any text, `|` for or,
    `@column` for the value of another column), `.name` after that reads from the first of them. `text[split=;]` is the
    list of the parts of a text. `one|other` is the first that is not empty. A key may be spelled otherwise in the data
    (`emailAddress`, `email_address`). Raises UsageError for an unknown column.
    """
    parts = split_alternatives(columns, path)
    if len(parts) > 1:
        return _first_filled([compile_path(columns, part) for part in parts], is_empty)
    column = _find_column(columns, path)
    if column is None:
        raise UsageError(f"The file has no column {path!r}.", hint=f"Columns: {', '.join(columns[:8])}.")
    index = list(columns).index(column)
    if column == path:
        return lambda cells: cells[index]
    steps = [_step(match, columns) for match in _STEP.finditer(path[len(column) :])]

    def follow(cells: Sequence[Cell]) -> object:
        value: object = open_json(cells[index])
        for step in steps:
            if value is None:
                return None
            value = step(value, cells)
        return None if value == [] else value

    return follow


def _first_filled(readers: Sequence[PathReader], is_empty: IsEmpty) -> PathReader:
    def follow(cells: Sequence[Cell]) -> object:
        return next((value for read in readers if not is_empty(value := read(cells))), None)

    return follow


def left_out_values(
    columns: Sequence[str], paths: Sequence[str], is_empty: IsEmpty = is_blank
) -> Callable[[Sequence[Cell]], list[str]] | None:
    """Return a function that lists the values which several paths leave out; None when they cannot leave out any.

    These are the other filled columns of `mobile|phone`, the parts of `tags[split=;]` that no path reads, and texts in
    which a path such as `profile.email` finds nothing, because they are no JSON.
    """
    inside: dict[str, list[str]] = {}
    checks: list[Callable[[Sequence[Cell]], list[str]]] = []
    split_places: dict[str, set[int]] = {}
    for path in paths:
        parts = split_alternatives(columns, path)
        if len(parts) > 1:
            checks.append(_other_alternatives(parts, [compile_path(columns, part) for part in parts], is_empty))
            continue
        if match := _SPLIT.fullmatch(path):
            split_places.setdefault(match["base"], set()).add(int(match["place"]))
        if (column := _find_column(columns, path)) is not None and column not in paths:
            inside.setdefault(column, []).append(path)
    for column, found in inside.items():
        checks.append(_unread_text(columns, column, [compile_path(columns, path) for path in found], is_empty))
    for base, places in split_places.items():
        if base not in paths:
            checks.append(_other_parts(compile_path(columns, base), places))
    if not checks:
        return None
    return lambda cells: [text for check in checks for text in check(cells)]


def _other_alternatives(
    names: Sequence[str], readers: Sequence[PathReader], is_empty: IsEmpty
) -> Callable[[Sequence[Cell]], list[str]]:
    def check(cells: Sequence[Cell]) -> list[str]:
        found = [(name, read(cells)) for name, read in zip(names, readers, strict=True)]
        filled = [(name, value) for name, value in found if not is_empty(value)]
        return [f"“{value}” in {name}" for name, value in filled[1:] if value != filled[0][1]]

    return check


def _other_parts(read: PathReader, places: set[int]) -> Callable[[Sequence[Cell]], list[str]]:
    def check(cells: Sequence[Cell]) -> list[str]:
        parts = read(cells)
        return [f"“{part}”" for at, part in enumerate(parts) if at not in places] if isinstance(parts, list) else []

    return check


def _unread_text(
    columns: Sequence[str], column: str, readers: Sequence[PathReader], is_empty: IsEmpty
) -> Callable[[Sequence[Cell]], list[str]]:
    place = list(columns).index(column)

    def check(cells: Sequence[Cell]) -> list[str]:
        cell = cells[place]
        if not isinstance(cell, str) or not cell.strip() or is_empty(cell):
            return []
        if cell.lstrip()[:1] in ("{", "["):
            return [] if open_json(cell) is not None else [f"“{cell[:80]}” in {column}"]
        if any(not is_empty(read(cells)) for read in readers):
            return []
        return [f"“{cell[:80]}” in {column}"]

    return check


def open_json(cell: object) -> object:
    """Return the parsed JSON of a text that looks like it, None when it is not JSON; any other value as it is."""
    if isinstance(cell, str) and cell.lstrip()[:1] in ("{", "["):
        try:
            return parse_json(cell)
        except ValueError:
            return None
    return cell


def _step(match: re.Match[str], columns: Sequence[str]) -> Callable[[object, Sequence[Cell]], object]:
    if (name := match["name"]) is not None:
        return lambda value, cells: _child_of(value, name)
    key, expected = match["key"], match["value"]
    if key == "split":
        separator = _SEPARATORS.get(expected, expected) or ","
        return lambda value, cells: _split_text(value, separator)
    if expected.startswith("@"):
        column = matching_path(columns, expected[1:])
        if column not in columns:
            return lambda value, cells: None
        other = list(columns).index(column)
        return lambda value, cells: _items_with(value, key, [str(cells[other])])
    patterns = expected.split("|")
    return lambda value, cells: _items_with(value, key, patterns)


def _split_text(value: object, separator: str) -> object:
    if not isinstance(value, str):
        return value if isinstance(value, list) else [value]
    return [part.strip() for part in value.split(separator) if part.strip()]


def _child_of(value: object, name: str) -> object:
    if isinstance(value, dict):
        return _value_at_key(value, name)
    if isinstance(value, list) and value:
        if name.isdigit():
            return value[int(name)] if int(name) < len(value) else None
        return _child_of(value[0], name)
    return None


_normal_key = lru_cache(4096)(normalize_name)


def _value_at_key(record: Mapping[object, object], name: str) -> object:
    """Return the value of a key, also when the record spells it otherwise: `emailAddress` or `email_address`."""
    if name in record:
        return record[name]
    normal = _normal_key(name)
    return next((value for key, value in record.items() if _normal_key(str(key)) == normal), None)


def _items_with(value: object, key: str, patterns: list[str]) -> list[object]:
    each = value if isinstance(value, list) else [value]
    return [
        item
        for item in each
        if isinstance(item, dict) and any(fnmatchcase(str(_value_at_key(item, key)), pattern) for pattern in patterns)
    ]
