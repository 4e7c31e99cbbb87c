"""Pages of a list, for endpoints that page by offset, by cursor or not at all, with bare or wrapped rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from dyntui.api.errors import BadPage, BadResponse, RepeatedPage
from dyntui.core.interface import by_interface
from dyntui.core.json_types import Json, Row

if TYPE_CHECKING:
    from dyntui.api.models.common import Model

__all__ = ["MAX_LIMIT", "Page", "PageCheck", "RowPage", "only_list", "page_from"]

M = TypeVar("M", bound="Model")

MAX_LIMIT = 100
"""The maximum rows of a page (docs/vendor-api.md#paging)."""


class ApiRow(dict[str, Json]):
    """An object as the server sent it; reading a missing key raises BadResponse."""

    def __missing__(self, name: str) -> Json:
        raise BadResponse(
            f"The server sent an object without {name!r}.",
            hint=by_interface(
                "`dyntui api` with the operation shows its response.", "{app.jump}api shows the response."
            ),
        )


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of a list, as documents."""

    rows: Sequence[Row]
    """The rows as the server sent them."""
    total: int | None = None
    """How many rows match; None when the server does not say."""
    cursor: str | None = None
    """Where the next page begins; None on the last page and for offset paging."""
    is_partly_filtered: bool = False
    """Whether rows were left out here, because the server applies only a part of the filter."""


@dataclass(frozen=True, slots=True)
class Page(RowPage, Generic[M]):
    """One page of a list whose model is known."""

    model: Callable[[], type[M]] = field(kw_only=True)

    @property
    def items(self) -> list[M]:
        """The rows as models."""
        model = self.model()
        return [model.of(row) for row in self.rows]


def only_list(document: object) -> list[Json] | None:
    """Return a list, or the only list in an object; None when there is none."""
    if isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list)]
        return lists[0] if len(lists) == 1 else None
    return document if isinstance(document, list) else None


def page_from(document: object, items: str = "") -> RowPage:
    """Return the page in a response: a bare array, or an object with the rows under `items` (or its only list).

    An object without anything but a count of 0 is an empty page, and so is one whose list is null or `{}`.
    Raises BadPage when it contains no rows.
    """
    if isinstance(document, list):
        return RowPage([ApiRow(row) for row in document if isinstance(row, dict)], total=len(document))
    if isinstance(document, dict):
        rows = document.get(items)
        if not isinstance(rows, list):
            rows = only_list(document)
        if rows is None and _is_empty_page(document, items):
            rows = []
        if rows is not None:
            count = document.get("count")
            cursor = document.get("cursor")
            return RowPage(
                [ApiRow(row) for row in rows if isinstance(row, dict)],
                total=int(count) if isinstance(count, (int, float)) else None,
                cursor=cursor if isinstance(cursor, str) and cursor else None,
            )
    raise BadPage(f"The response contains no list of {items or 'rows'}.", hint="Is the base URL that of the API?")


def _is_empty_page(document: Mapping[str, object], items: str) -> bool:
    """Return whether the list in an object is absent, null or `{}`, as servers write an empty one."""
    names = document.keys() - {"count", "cursor"}
    name = items or next(iter(names), "")
    if not items and len(names) > 1:
        return False
    return document[name] in (None, {}) if name in document else not names and not document.get("count")


class PageCheck:
    """Detects a list that repeats its pages, so that reading it ends. Use one object for each pass over a list.

    A server that ignores the offset answers every request with the same rows; a faulty cursor leads back to a page that
    was read before. key: the field that is a row's id.
    """

    def __init__(self, key: str = "id") -> None:
        self._key = key
        self.restart()

    def restart(self) -> None:
        """Forget the previous page, because another one is read on purpose or the list has changed."""
        self._start: int | None = None
        self._rows: list[object] = []
        self._cursors: set[str] = set()

    def offset(self, start: int, rows: Sequence[Row]) -> None:
        """Check the rows of an offset. Raises RepeatedPage when they are those of the previous page."""
        found = self._identified(rows)
        both = min(len(found), len(self._rows))
        if both and start != self._start and found[:both] == self._rows[:both]:
            raise RepeatedPage(
                f"The server sent the same rows for offset {start:,} as for offset {self._start:,}: it does not page.",
                hint=_HINT,
            )
        self._start, self._rows = start, found

    def cursor(self, cursor: str | None, rows: Sequence[Row] = ()) -> None:
        """Check the rows of a page and the cursor to the next one.

        Raises RepeatedPage when the cursor was seen before, or the rows are those of the previous page.
        """
        found = self._identified(rows)
        if (found and found == self._rows) or cursor in self._cursors:
            raise RepeatedPage("The server sent a page twice, so this list cannot be read to its end.", hint=_HINT)
        self._rows = found
        if cursor is not None:
            self._cursors.add(cursor)

    def _identified(self, rows: Sequence[Row]) -> list[object]:
        return [row.get(self._key) or row for row in rows]


_HINT = "A filter may make it short enough for one page."
