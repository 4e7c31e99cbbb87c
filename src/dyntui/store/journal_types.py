"""Types of the journal: rows to send, their outcomes, and the error of a conflicting write."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from dyntui.core.json_types import JsonObject
from dyntui.store.cell_codec import unpack
from dyntui.store.connection import JournalUnusable
from dyntui.store.states import RowState

__all__ = [
    "KEY_SEPARATOR",
    "WORK_COLUMNS",
    "JournalConflict",
    "JournalOutcome",
    "WorkRow",
    "now_ms",
    "numbers_json",
    "row_cells",
    "row_document",
    "row_keys",
    "row_values",
]

KEY_SEPARATOR = "\x1f"


class JournalConflict(RuntimeError):
    """The journal is not in the expected state. This is an error in dyntui, and is never ignored."""


def row_document(number: int, body: bytes | None) -> JsonObject:
    """Parse the JSON object to send for a row. Raises JournalUnusable when it is damaged."""
    try:
        document = orjson.loads(body or b"")
    except orjson.JSONDecodeError as error:
        raise _damaged_row(number) from error
    if not isinstance(document, dict):
        raise _damaged_row(number)
    return document


def row_values(number: int, raw: object) -> list[Any]:
    """Decode what the file has of a row. Raises JournalUnusable when it is damaged."""
    try:
        values = unpack(raw) if isinstance(raw, bytes) else None
    except ValueError as error:
        raise _damaged_row(number) from error
    if not isinstance(values, list):
        raise _damaged_row(number)
    return values


def row_cells(number: int, values: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the cells of a row, and its values without a column. Raises JournalUnusable when they are damaged."""
    if not values or not all(isinstance(value, list) for value in values):
        raise _damaged_row(number)
    return values[0], values[1] if len(values) > 1 else []


def row_keys(number: int, keys: object) -> list[str]:
    """Return the natural keys of a row. Raises JournalUnusable when they are damaged."""
    if not isinstance(keys, str):
        raise _damaged_row(number)
    return keys.split(KEY_SEPARATOR) if keys else []


def _damaged_row(number: int) -> JournalUnusable:
    return JournalUnusable(
        f"Row {number} of the job cannot be read: its journal is damaged.",
        hint="Replace the journal with a copy from a backup, or import the file again.",
    )


class WorkRow(NamedTuple):
    """A row as the runner needs it."""

    number: int
    body: bytes
    """The JSON to send."""
    keys: str
    """Natural keys, joined by KEY_SEPARATOR."""
    attempts: int
    """Number of requests that contained the row so far."""
    first_sent: int | None
    """The earliest time at which the row can have reached the server, in milliseconds; None if never sent."""
    chosen_id: str
    """The id that a row without any key is created under."""
    precheck: str | None
    changed: int
    code: str
    """The code that was recorded with its last change of state."""

    @property
    def key_list(self) -> list[str]:
        return row_keys(self.number, self.keys)

    @property
    def document(self) -> JsonObject:
        return row_document(self.number, self.body)


class JournalOutcome(NamedTuple):
    number: int
    state: RowState
    user_id: str = ""
    code: str = ""
    field: str = ""
    message: str = ""
    stamp: str = ""
    """When the user was last changed, by the server's clock, for the undo."""


WORK_COLUMNS = "r.number, s.body, s.keys, r.attempts, r.first_sent, s.chosen_id, r.precheck, r.changed, r.code"
"""A WorkRow, of `rows r` joined with `source s`."""


def numbers_json(numbers: Iterable[int]) -> str:
    """Return row numbers as JSON, for `IN (SELECT value FROM json_each(?))`."""
    return orjson.dumps(list(numbers)).decode()


def now_ms() -> int:
    """Return the system time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000
