"""The facts of a job in its journal, such as location and options: JSON that is checked when it is read.

A journal may be damaged or edited. A fact has the expected type, or reading it raises a JournalUnusable that
names it. This is not pydantic, whose import takes as long as a command that lists jobs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from dyntui.core.strict_json import dump_json, parse_json
from dyntui.store.connection import damaged

__all__ = ["Facts", "dump_facts", "load_facts"]

_TEXT, _NUMBER, _FLAG = (str,), (int, float), (bool,)
_OPTIONAL_TEXT = (str, type(None))
_LOCATION_KEYS = ("profile", "base_url", "environment_id", "environment_kind", "organization", "organisation")
"""The last one is the former spelling, in existing journals."""
_Shape: TypeAlias = "tuple[type, ...] | list[_Shape] | dict[str, _Shape]"
_TYPES: dict[str, _Shape] = {
    "where": dict.fromkeys(_LOCATION_KEYS, _TEXT),
    "source": {
        "name": _TEXT, "format": _TEXT, "encoding": _TEXT, "delimiter": _TEXT, "quoting": _TEXT,
        "header_row": (int, type(None)), "columns": [_TEXT], "fingerprint": _TEXT, "preset": _OPTIONAL_TEXT,
        "notes": [_TEXT], "sheets": [_TEXT], "sheet": _OPTIONAL_TEXT, "non_ascii": [_TEXT], "size": (int,),
    },
    "mapping": {
        "columns": [{"column": _TEXT, "field": _OPTIONAL_TEXT, "transforms": [_TEXT]}],
        "constants": {}, "source_columns": [_TEXT],
    },
    "options": {
        "batch": (int,), "settle": _NUMBER, "rate": (int, float, type(None)), "upsert": _FLAG, "adaptive": _FLAG,
    },
    "allowlist": {"id": _TEXT},
    "confirmed": {"yes": _FLAG, "typed": _TEXT},
    "custom_fields": [],
    "precheck": {
        "new": (int,), "exists": (int,), "conflict": (int,), "taken": (int,), "unchanged": (int,), "changes": {},
        "samples": [], "collisions": [],
    },
    "region": _TEXT,
    "report": _OPTIONAL_TEXT,
    "reports": {},
    "draft": _OPTIONAL_TEXT,
    "ids_kept": _FLAG,
    "max_rows": (int,),
}  # fmt: skip
"""The types of the facts: types, {name: shape} for an object, [shape] for a list.

Other names and empty shapes are not checked."""


class Facts(dict[str, Any]):
    """An object of facts. A missing name raises JournalUnusable, because the journal is damaged."""

    def __init__(self, values: Mapping[str, object], path: Path) -> None:
        super().__init__({name: _wrap(value, path) for name, value in values.items()})
        self._path = path

    def __missing__(self, name: str) -> Any:
        raise damaged(self._path, f"it does not say {name!r}")


def load_facts(text: object, path: Path) -> Facts:
    """Parse the facts of a journal. Raises JournalUnusable when they do not have the expected types."""
    if not isinstance(text, str):
        raise damaged(path, "its facts are no text")
    try:
        values = parse_json(text)
    except ValueError as error:
        raise damaged(path, f"its facts are no JSON ({error})") from error
    wrong = _wrong(values, _TYPES, "facts")
    if wrong or not isinstance(values, dict):
        raise damaged(path, f"{wrong} has a wrong type")
    return Facts(values, path)


def dump_facts(values: Mapping[str, object]) -> str:
    return dump_json(values).decode()


def _wrap(value: object, path: Path) -> object:
    match value:
        case dict():
            return Facts(value, path)
        case list():
            return [_wrap(each, path) for each in value]
    return value


def _wrong(value: object, shape: _Shape, name: str) -> str:
    """Return the name of the first value of a wrong type; "" for none."""
    match shape:
        case dict():
            if not isinstance(value, dict):
                return name
            parts = ((value[key], inner, f"{name}.{key}") for key, inner in shape.items() if key in value)
        case list():
            if not isinstance(value, list):
                return name
            parts = ((each, inner, f"{name}[{at}]") for inner in shape for at, each in enumerate(value))
        case _:
            fits = isinstance(value, shape) and (bool in shape or not isinstance(value, bool))
            return "" if fits else name
    return next((wrong for part in parts if (wrong := _wrong(*part))), "")
