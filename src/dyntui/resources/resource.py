"""The record that says all a list needs to know about one kind of thing: columns, paging, order, filter, detail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.cell_formats import Format, get_path, text

__all__ = [
    "ActionTarget",
    "Column",
    "Filter",
    "ListOperation",
    "Paging",
    "Resource",
    "ResourceAction",
    "Row",
    "Scope",
    "Shape",
]

Row = Mapping[str, Any]


class Paging(StrEnum):
    """How an endpoint pages: by position, by an opaque cursor, or all at once."""

    OFFSET = "offset"
    CURSOR = "cursor"
    NONE = "none"


class Shape(StrEnum):
    """What an answer has in it: rows; one thing, or a 404 for none; things by their names; words.

    ROWS: [{...}] or {"items": [{...}]}. ONE: {...}. NAMED: {"live": {...}}, the row gets its `name`. WORDS: ["V1"],
    each a row with a `value`.
    """

    ROWS = "rows"
    ONE = "one"
    NAMED = "named"
    VALUES = "words"


class Scope(StrEnum):
    """What a list belongs to: the environment, its organization, or one thing whose id is in the path."""

    ENVIRONMENT = "environment"
    ORGANIZATION = "organization"
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
    format: Format = text
    order: str = ""
    pick: Callable[[Row], Any] | None = None

    @property
    def name(self) -> str:
        """How people and settings name the column."""
        return self.title or self.field

    def value(self, row: Row) -> Any:
        """The raw value, for copying and exports."""
        return self.pick(row) if self.pick is not None else get_path(row, self.field)

    def cell(self, row: Row, at: datetime) -> str:
        """The text to draw, already safe; `—` for nothing. at: the time that ages are counted from."""
        return self.format(self.value(row), at)


@dataclass(frozen=True, slots=True)
class Filter:
    """How the server filters a list: the query parameter, and the columns it can be told to look in.

    key: the name inside the parameter's object, "" when the parameter is plain text.
    """

    parameter: str
    key: str = ""
    column_key: str = ""
    columns: tuple[str, ...] = ()
    other_keys: tuple[str, ...] = ()
    """Further keys that narrow the list: chain, filterSocialProvider."""
    searched_locally: tuple[str, ...] = ()
    """Fields that are searched here, in the whole list, because the server's filter does not look at all of them."""


@dataclass(frozen=True, slots=True)
class ListOperation:
    """The list operation. items: the dot path of the rows in the answer, "" for a bare array. query: always sent.

    inside: the name around each row. each: a path parameter and the values it is asked with, one request after another;
    the row gets the value under the parameter's name. absent: a 404 only means that there is nothing.
    ranged: it wants a start and an end; the last thirty days when nothing is said.
    """

    operation: str
    items: str = ""
    paging: Paging = Paging.NONE
    order: str = ""
    query: tuple[tuple[str, object], ...] = ()
    shape: Shape = Shape.ROWS
    wrapper: str = ""
    per_value: tuple[str, tuple[str, ...]] = ("", ())
    missing_is_empty: bool = False
    needs_date_range: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of thing. label: what a row is called, from the row. open: the resource or screen that Enter leads to.

    parent: the path parameter that its parent's id fills, when scope is PARENT or ORGANIZATION. of: the resource that
    the parent is one of. cached: whether rows may be kept. detail, detail_path, detail_in: the operation that reads
    one, its path parameter, the name around the answer. extra: further operations that its screens and its command
    use. secrets: fields that no list, detail or command shows. command: its own one, beside `get` and `do`.
    """

    name: str
    title: str
    singular: str
    group: str
    list: ListOperation
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()
    key: str = "id"
    scope: Scope = Scope.ENVIRONMENT
    parent: str = ""
    filter: Filter | None = None
    detail: str = ""
    detail_path: str = ""
    route: str = ""
    empty: str = ""
    label: Callable[[Row], str] | None = None
    cached: bool = True
    actions: tuple[ResourceAction, ...] = ()
    parent_resource: str = ""
    detail_wrapper: str = ""
    extra_operations: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    command: str = ""
    also_changes: tuple[str, ...] = ()
    """Further resources that writes to this one change, besides what it belongs to and what belongs to it."""

    def label_of(self, row: Row) -> str:
        """How a person knows this row, raw: its label, else its id."""
        return (self.label(row) if self.label is not None else "") or str(row.get(self.key, ""))

    def action(self, name: str) -> ResourceAction | None:
        """The action of that name."""
        return next((action for action in self.actions if action.name == name), None)

    @property
    def operations(self) -> tuple[str, ...]:
        """The ids of every operation that this record reaches, its list first."""
        named = [
            self.list.operation,
            self.detail,
            *(action.operation for action in self.actions),
            *self.extra_operations,
        ]
        return tuple(dict.fromkeys(name for name in named if name))
