"""Types of the journal: rows to send, their outcomes, and the error of a conflicting write."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import orjson

from dyntui.store.schema import JournalUnusable
from dyntui.store.states import RowState

__all__ = ["KEY_SEPARATOR", "WORK_COLUMNS", "JournalConflict", "JournalOutcome", "WorkRow", "now_ms", "row_document"]

KEY_SEPARATOR = "\x1f"


class JournalConflict(RuntimeError):
    """The journal is not in the expected state. This is an error in dyntui, and is never ignored."""


def row_document(number: int, body: bytes | None) -> Any:
    """Parse the JSON object to send for a row. Raises JournalUnusable when it is damaged."""
    try:
        document = orjson.loads(body or b"")
    except orjson.JSONDecodeError as error:
        raise _damaged_row(number) from error
    if not isinstance(document, dict):
        raise _damaged_row(number)
    return document


def _damaged_row(number: int) -> JournalUnusable:
    return JournalUnusable(
        f"Row {number} of the job cannot be read: its journal is damaged.",
        hint="Replace the journal with a copy from a backup, or import the file again.",
    )


class WorkRow(NamedTuple):
    """A row as the runner needs it. body: the JSON to send. keys: natural keys, joined by KEY_SEPARATOR.

    attempts: requests it was part of so far. first_sent: the earliest that it can have been at the server when
    the first of them was about to leave (ms), or None.
    chosen_id: the id that a row without any key is created under. code: what was noted at its last move.
    """

    number: int
    body: bytes
    keys: str
    attempts: int
    first_sent: int | None
    chosen_id: str
    precheck: str | None
    changed: int
    code: str

    @property
    def key_list(self) -> list[str]:
        return self.keys.split(KEY_SEPARATOR) if self.keys else []

    @property
    def document(self) -> Any:
        """The body as an object."""
        return row_document(self.number, self.body)


class JournalOutcome(NamedTuple):
    """The outcome of a row. stamp: when the user was last changed, by the server's clock, for the undo."""

    number: int
    state: RowState
    user_id: str = ""
    code: str = ""
    field: str = ""
    message: str = ""
    stamp: str = ""


WORK_COLUMNS = "r.number, s.body, s.keys, r.attempts, r.first_sent, s.chosen_id, r.precheck, r.changed, r.code"
"""A WorkRow, of `rows r` joined with `source s`."""


def now_ms() -> int:
    """Return the system time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000
