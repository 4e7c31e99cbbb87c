"""The record that says all a list needs to know about one kind of thing: columns, paging, order, filter, detail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dyntui.resources.formats import Format, dig, text

__all__ = ["Column", "Filter", "Listing", "Paging", "Resource", "Row", "Scope"]

Row = Mapping[str, Any]


class Paging(StrEnum):
    """How an endpoint pages: by position, by an opaque cursor, or all at once."""

    OFFSET = "offset"
    CURSOR = "cursor"
    NONE = "none"


class Scope(StrEnum):
    """What a list belongs to: the environment, or one thing in it whose id is in the path."""

    ENVIRONMENT = "environment"
    PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    field: dot path into the row, "" when `pick` computes it. title: "" takes the field's name. width: in cells.
    grow: takes what is left over. priority: the highest number leaves first on a narrow screen; 0 stays.
    order: what the server's orderBy calls it, "" when it cannot order by it.
    """

    field: str = ""
    title: str = ""
    width: int = 12
    grow: bool = False
    right: bool = False
    priority: int = 1
    as_: Format = text
    order: str = ""
    pick: Callable[[Row], Any] | None = None

    @property
    def name(self) -> str:
        """How people and settings name the column."""
        return self.title or self.field

    def value(self, row: Row) -> Any:
        """The raw value, for copying and exports."""
        return self.pick(row) if self.pick is not None else dig(row, self.field)

    def cell(self, row: Row, at: datetime) -> str:
        """The text to draw, already safe; `—` for nothing. at: the time that ages are counted from."""
        return self.as_(self.value(row), at)


@dataclass(frozen=True, slots=True)
class Filter:
    """How the server filters a list: the query parameter, and the columns it can be told to look in.

    key: the name inside the parameter's object, "" when the parameter is plain text.
    """

    parameter: str
    key: str = ""
    column_key: str = ""
    columns: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Further keys that narrow the list: chain, filterSocialProvider."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The list operation. items: the rows' name in the answer, "" for a bare array. query: always sent."""

    operation: str
    items: str = ""
    paging: Paging = Paging.NONE
    order: str = ""
    query: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of thing. label: what a row is called, from the row. open: the resource or screen that Enter leads to.

    parent: the path parameter that its parent's id fills, when scope is PARENT. cached: whether rows may be kept.
    """

    name: str
    title: str
    singular: str
    group: str
    list: Listing
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()
    key: str = "id"
    scope: Scope = Scope.ENVIRONMENT
    parent: str = ""
    filter: Filter | None = None
    detail: str = ""
    detail_path: str = ""
    open: str = ""
    empty: str = ""
    label: Callable[[Row], str] | None = None
    cached: bool = True

    def label_of(self, row: Row) -> str:
        """How a person knows this row, raw: its label, else its id."""
        return (self.label(row) if self.label is not None else "") or str(row.get(self.key, ""))
