"""Pages by cursor, for events and for the messages of webhooks."""

from __future__ import annotations

import base64
import binascii
import sqlite3
from collections.abc import Mapping
from typing import Any, TypeAlias

from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.sandbox.replies import bad_request

__all__ = ["DatabaseRow", "decode_cursor", "encode_cursor", "read_page"]

DatabaseRow: TypeAlias = tuple[Any, ...]
"""A row as sqlite3 returns it: the types of its values follow from the statement."""


def read_page(
    db: sqlite3.Connection, select: str, conditions: Mapping[str, object], cursor: str | None, flags: BehaviorFlags
) -> tuple[list[DatabaseRow], str]:
    """Return the rows of one page, and the cursor of the next page; empty when it is the last one.

    select: a statement up to its first condition, with `pos` as the first column. conditions: the values of further
    conditions with one `?` each; None for a condition that does not apply. Raises RequestRefused (400) for an invalid
    cursor.
    """
    is_newest_first = flags["events-order"] == "newest"
    after = decode_cursor(cursor) if cursor else None
    conditions = {**conditions, "pos < ?" if is_newest_first else "pos > ?": after}
    used = {condition: value for condition, value in conditions.items() if value is not None}
    size = max(1, flags.number("page-size"))
    rows = db.execute(
        f"{' AND '.join((select, *used))} ORDER BY pos {'DESC' if is_newest_first else 'ASC'} LIMIT ?",
        (*used.values(), size + 1),
    ).fetchall()
    return rows[:size], encode_cursor(rows[size - 1][0]) if len(rows) > size else ""


def encode_cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"after {position}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> int:
    """Return the position of a cursor. Raises RequestRefused (400) for an invalid cursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        position = int(text.removeprefix("after "))
    except (binascii.Error, ValueError):
        position = -1
    if not 0 <= position < 1 << 62:
        raise bad_request("query/cursor is invalid")
    return position
