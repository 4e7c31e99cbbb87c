"""One page of a list, however the endpoint pages: by offset, by cursor, or not at all; bare or wrapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dyntui.api.errors import BadResponse

__all__ = ["MAX_LIMIT", "Page", "page_from"]

MAX_LIMIT = 100
"""The most rows that a list answers with at once (API.md 3.1)."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """items: the rows as the server sent them. total: how many match, None when it does not say.

    cursor: where the next page begins; None on the last one and for offset paging.
    """

    items: list[Row]
    total: int | None = None
    cursor: str | None = None


def page_from(document: Any, items: str = "") -> Page:
    """The page in an answer: a bare array, or an object with the rows under `items` (or its only list).

    Raises BadResponse when there are no rows to be found.
    """
    if isinstance(document, list):
        return Page([row for row in document if isinstance(row, dict)], total=len(document))
    if isinstance(document, dict):
        rows = document.get(items)
        if not isinstance(rows, list):
            lists = [value for value in document.values() if isinstance(value, list)]
            rows = lists[0] if len(lists) == 1 else None
        if rows is None and document.get(items, ...) is None:
            rows = []
        if rows is not None:
            count = document.get("count")
            cursor = document.get("cursor")
            return Page(
                [row for row in rows if isinstance(row, dict)],
                total=int(count) if isinstance(count, (int, float)) else None,
                cursor=cursor if isinstance(cursor, str) and cursor else None,
            )
    raise BadResponse(f"The answer has no list of {items or 'rows'} in it.", hint="Is the base URL that of the API?")
