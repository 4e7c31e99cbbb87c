"""Preferences for lists: columns, named views, automatic refresh and the format of times, in one JSON file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from dyntui.config.errors import ConfigError
from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, locked, private_dir, read_private
from dyntui.core.errors import UsageError
from dyntui.core.file_version import check_version
from dyntui.core.times import TimeFormat
from dyntui.core.validation import validate

__all__ = ["ListPreferences", "SavedView", "Widths"]

Widths = tuple[tuple[str, int], ...]
"""Columns from left to right: name or field, and width in cells."""
_LIMIT = 1024 * 1024
_MAX_WIDTH = 400
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class SavedView:
    filter: str = ""
    """The filter as typed after `/`."""
    order: str = ""
    columns: Widths = ()
    """Columns and their widths; () for the default columns."""


@dataclass(frozen=True, slots=True)
class ListPreferences:
    """Columns, saved views and automatic refresh of lists, by the name of the resource, and the format of times."""

    columns: Mapping[str, Widths] = field(default_factory=dict)
    views: Mapping[str, Mapping[str, SavedView]] = field(default_factory=dict)
    time_format: TimeFormat = TimeFormat.RELATIVE
    refresh: Mapping[str, int] = field(default_factory=dict)
    """Seconds between automatic refreshes; 0 for none, where a list has another default."""

    @classmethod
    def load(cls) -> ListPreferences:
        """Read the file; without a file the preferences are empty. Raises ConfigError."""
        path = paths().lists_file
        document = None
        try:
            text = read_private(path, _LIMIT)
            from dyntui.core.strict_json import parse_json  # there is often no file

            document = parse_json(text)
            check_version(document, path, error=ConfigError)
            if not isinstance(document, dict):
                raise TypeError
            views = document.get("views", {}).items()
            return cls(
                {name: _widths(each) for name, each in document.get("columns", {}).items()},
                {name: {key: _view(view) for key, view in each.items()} for name, each in views},
                TimeFormat(document.get("time_format", TimeFormat.RELATIVE)),
                {name: max(0, int(seconds)) for name, seconds in document.get("refresh", {}).items()},
            )
        except FileNotFoundError:
            return cls()
        except (ValueError, TypeError, AttributeError) as error:
            raise _explained(document, path, error) from error

    def view(self, resource: str, name: str) -> SavedView:
        """Return a saved view. Raises UsageError."""
        views = self.views.get(resource, {})
        if name not in views:
            known = ", ".join(views) or "none; save one in the console"
            raise UsageError(f"There is no view {name!r} of {resource}.", hint=f"Views: {known}.")
        return views[name]

    @staticmethod
    def keep_columns(resource: str, columns: Widths) -> ListPreferences:
        """Save the columns of a list; () deletes them."""
        return _change(lambda lists: replace(lists, columns=_with(lists.columns, resource, columns)))

    @staticmethod
    def keep_time_format(time_format: TimeFormat) -> ListPreferences:
        """Save the format in which the console shows times."""
        return _change(lambda lists: replace(lists, time_format=time_format))

    @staticmethod
    def keep_refresh(resource: str, seconds: int) -> ListPreferences:
        """Save the seconds between automatic refreshes of a list; 0 for none."""
        return _change(lambda lists: replace(lists, refresh={**lists.refresh, resource: seconds}))

    @staticmethod
    def keep_view(resource: str, name: str, view: SavedView | None) -> ListPreferences:
        """Save a view under a name; None deletes it."""
        return _change(
            lambda lists: replace(
                lists, views=_with(lists.views, resource, _with(lists.views.get(resource, {}), name, view))
            )
        )


def _explained(document: object, path: Path, error: Exception) -> ConfigError:
    """Return the error for a file that could not be read. Only then pydantic is loaded, which finds the place."""
    hint = "Correct it by hand, or delete it."
    if document is None:
        return ConfigError(f"{path} is not JSON: {error}.", hint=hint)
    try:
        validate(ListPreferences, document, name=str(path), hint=hint)
    except UsageError as wrong:
        return ConfigError(wrong.message, hint=hint)
    return ConfigError(f"{path} is not valid: {error}.", hint=hint)


def _with(known: Mapping[str, V], name: str, value: V | None) -> dict[str, V]:
    """Return a copy of a mapping with `name` set to `value`, or without `name` if the value is empty."""
    rest = {key: each for key, each in known.items() if key != name}
    return {**rest, name: value} if value else rest


def _change(change: Callable[[ListPreferences], ListPreferences]) -> ListPreferences:
    import json

    path = paths().lists_file
    private_dir(path.parent)
    with locked(path):
        lists = change(ListPreferences.load())
        atomic_write(path, json.dumps(asdict(lists), indent=1, ensure_ascii=False).encode())
    return lists


def _widths(value: Iterable[tuple[object, int]]) -> Widths:
    return tuple((str(name), max(1, min(int(cells), _MAX_WIDTH))) for name, cells in value)


def _view(value: Mapping[str, Any]) -> SavedView:
    return SavedView(str(value.get("filter", "")), str(value.get("order", "")), _widths(value.get("columns", [])))
