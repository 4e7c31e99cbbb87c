"""The types of a resource record: list operation, columns, filter and detail.

The modules of this package make the records; screens, commands and documentation are made from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from dyntui.core.json_types import Row
from dyntui.core.masking import mask
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.cell_formats import SHORTENING, Format, get_path, min_width, text

if TYPE_CHECKING:
    from dyntui.resources.configuration import Configuration

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


_IDENTIFIER_NAMES = {
    "chainName": "name",
    "externalUserId": "external:ID",
    "phoneNumber": "phone number",
    "publicKey": "address",
    "url": "URL",
    "user.email": "email",
    "walletPublicKey": "wallet address",
}
"""Names for people of fields that identify objects, where the field has another name."""


class Paging(StrEnum):
    """How an endpoint pages."""

    OFFSET = "offset"
    """By position."""
    CURSOR = "cursor"
    """By an opaque cursor in each response."""
    NONE = "none"
    """All rows in one response."""


class Shape(StrEnum):
    """The form of a list response."""

    ROWS = "rows"
    """An array of objects, or an object that contains it: `[{...}]`, `{"items": [{...}]}`."""
    ONE = "one"
    """One object; 404 when there is none."""
    NAMED = "named"
    """Objects by name: `{"live": {...}}`. The row gets the name as `name`."""
    VALUES = "values"
    """An array of values: `["V1"]`. Each value becomes a row with the field `value`."""


class Scope(StrEnum):
    """What a list belongs to."""

    ENVIRONMENT = "environment"
    ORGANIZATION = "organization"
    """The organization of the environment."""
    PARENT = "parent"
    """One object of another resource, whose id is in the path."""


class Column(NamedTuple):
    """One column of a list."""

    field: str = ""
    """Dot path into the row; "" when `pick` computes the value."""
    title: str = ""
    """Heading; "" takes the name of the field."""
    width: int = 12
    """In cells."""
    grow: bool = False
    """Whether the column takes the width that is left over."""
    right: bool = False
    """Whether the cells are right-aligned."""
    priority: int = 1
    """On a narrow screen the column with the highest number is hidden first; 0 is never hidden."""
    wide: bool = False
    """Whether the column is only for wide screens, after all others have their place."""
    format: Format = text
    """Makes the text of a cell from the value and the current time."""
    order: str = ""
    """The name of the column in the server's `orderBy`; "" when the server cannot order by it."""
    names: str = ""
    """The resource whose ids the values are. Lists show the names of these objects where the row cache has them."""
    pick: Callable[[Row], object] | None = None
    """Computes the value from the row, in place of `field`."""
    former_titles: tuple[str, ...] = ()
    """Titles in earlier versions: saved column choices may contain them."""

    @property
    def name(self) -> str:
        """The name of the column on screens and in settings."""
        return self.title or self.field

    @property
    def min_width(self) -> int:
        """The width in cells as times are shown now: at least `width`, and enough for a whole time."""
        return max(self.width, min_width(self.format))

    def value(self, row: Row) -> object:
        """Return the raw value, for copying and exports; secrets inside it are masked by their names."""
        return self.pick(row) if self.pick is not None else mask(get_path(row, self.field))

    def cell(self, row: Row, now: datetime) -> str:
        """Return the text of the cell, safe for the terminal; `—` for no value. now: the time from which ages are counted."""
        return self.format(self.value(row), now)

    def whole(self, row: Row, now: datetime) -> object:
        """Return the value where the cell shows less than it; else the text of the cell. now: as for `cell`."""
        value = self.value(row)
        return value if self.format in SHORTENING and isinstance(value, (str, list, dict)) else self.cell(row, now)


class Filter(NamedTuple):
    """How the server filters a list."""

    parameter: str
    """The query parameter."""
    key: str = ""
    """The name of the text inside the parameter's object; "" when the parameter is plain text."""
    column_key: str = ""
    """The name inside the object that selects a column; "" when columns cannot be selected."""
    columns: tuple[str, ...] = ()
    """The columns that can be selected."""
    other_keys: tuple[str, ...] = ()
    """Further keys that narrow the list: chain, filterSocialProvider."""
    searched_locally: tuple[str, ...] = ()
    """Fields that dyntui searches in the whole list, because the server does not search all of them."""
    name_columns: tuple[str, ...] = ()
    """The columns of first and last name. The server searches one column at a time, so dyntui combines them."""
    owner_column: str = ""
    """The column of users that finds the owners of an address, for the list of wallets, which has no filter itself."""


class ListOperation(NamedTuple):
    """The operation that lists a resource, and the form of its response."""

    operation: str
    """Catalog id."""
    items: str = ""
    """Dot path of the rows in the response; "" for a bare array."""
    paging: Paging = Paging.NONE
    """How the endpoint pages."""
    order: str = ""
    """Initial `orderBy`; "" for the order of the server."""
    query: tuple[tuple[str, object], ...] = ()
    """Query parameters that are always sent."""
    shape: Shape = Shape.ROWS
    """The form of the response."""
    wrapper: str = ""
    """The name of the object around each row; "" for none."""
    per_value: tuple[str, tuple[str, ...]] = ("", ())
    """A path parameter and its values: one request for each value. The row gets the value under the name of the parameter."""
    missing_is_empty: bool = False
    """Whether a 404 means an empty list."""
    since: str = ""
    """Query parameter for the first time of a row; "" when the server cannot filter by time."""
    until: str = ""
    """Query parameter for the last time of a row."""
    equal: tuple[str, ...] = ()
    """Fields of a row that are query parameters of the same name, which select the rows with that value."""
    needs_date_range: bool = False
    """Whether the endpoint needs a start and an end date. The default is the last thirty days."""


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One kind of object that the API lists."""

    name: str
    """Name on the command line and in the jump bar."""
    description: str
    """What is in the list, in at most 50 characters, so that the jump bar shows it whole in 80 columns."""
    list: ListOperation
    """How it is listed."""
    columns: tuple[Column, ...]
    """Columns of the list, in order."""
    title: str = ""
    """Heading of its list, in title case; by default made of the name."""
    singular: str = ""
    """Noun for one object; by default the plural without its s."""
    aliases: tuple[str, ...] = ()
    """Further names."""
    group: str = ""
    """The group in the list of resources, in words; "" takes that of its operation in the catalog."""
    key: str = "id"
    """The field that is the id of a row."""
    filter: Filter | None = None
    """The server's filter, if there is one."""
    time_field: str = ""
    """The field with the time of a row, by which it is selected; by default `createdAt` if that is a column."""
    detail: str = ""
    """The operation that reads one object; "" for none."""
    route: str = ""
    """Name of the resource or screen that Enter opens; by default the detail, if the record has one."""
    empty: str = ""
    """Text for an empty list."""
    label: Callable[[Row], str] | None = None
    """Makes the name of a row for people; by default the value of the first column."""
    cached: bool = True
    """Whether rows may be saved in the row cache."""
    actions: tuple[ResourceAction, ...] = ()
    """What can be done with the list or its rows."""
    parent_resource: str = ""
    """Name of the resource of the parent; "" when the list belongs to the environment."""
    identified_by: tuple[str, ...] = ()
    """Dot paths of the values that commands accept in place of the id, when exactly one object has the value."""
    detail_wrapper: str = ""
    """Name of the object around the response of `detail`; "" for none."""
    extra_operations: tuple[str, ...] = ()
    """Further operations that its screens and commands use."""
    secrets: tuple[str, ...] = ()
    """Fields, also as dot paths, that no list, detail or command shows."""
    command: str = ""
    """Its own command, in addition to `get` and `do`; "" for none."""
    also_changes: tuple[str, ...] = ()
    """Further resources that writes to this one change, besides its parent and its children."""
    configuration: Configuration | None = None
    """How its objects are configuration; None when they are not."""
    not_configuration: str = ""
    """Why its objects are not configuration, as a sentence; "" when they are."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", self.title or self.name.replace("-", " ").title())
        object.__setattr__(self, "singular", self.singular or self.plural.removesuffix("s"))
        object.__setattr__(self, "route", self.route or ("detail" if self.detail else ""))
        created = next((column.field for column in self.columns if column.field == "createdAt"), "")
        object.__setattr__(self, "time_field", self.time_field or created)

    @property
    def parent(self) -> str:
        """The path parameter for the id of the parent: `userId`; "" when the list belongs to the environment."""
        return f"{self.parent_resource.removesuffix('s')}Id" if self.parent_resource else ""

    @property
    def identifiers(self) -> str:
        """What a command accepts to identify an object, as text: `id, email or username`."""
        *first, last = dict.fromkeys(("id", *(_IDENTIFIER_NAMES.get(name, name) for name in self.identified_by)))
        return f"{', '.join(first)} or {last}" if first else last

    @property
    def plural(self) -> str:
        """The title as a noun in a sentence: `API tokens`, `deeplink URLs`."""
        return " ".join(word.lower() if word.istitle() else word for word in self.title.split())

    @property
    def metavar(self) -> str:
        """The name of an object in usage lines and hints of the command line: `USER`."""
        return self.singular.upper().replace(" ", "-")

    def label_of(self, row: Row) -> str:
        """Return the name of a row for people, unescaped: its label, else its id."""
        label = self.label(row) if self.label is not None else self.columns[0].value(row)
        return str(label or row.get(self.key, ""))

    @property
    def scope(self) -> Scope:
        """What the list belongs to."""
        if not self.parent:
            return Scope.ENVIRONMENT
        return Scope.ORGANIZATION if self.parent_resource == "organizations" else Scope.PARENT

    def action(self, name: str) -> ResourceAction | None:
        """Return the action with that name."""
        return next((action for action in self.actions if action.name == name), None)

    def belongs_to_user(self, action: ResourceAction) -> bool:
        """Return whether the targets of an action belong to a user."""
        return bool(action.items) or self.parent_resource == "users"

    @property
    def operations(self) -> tuple[str, ...]:
        """The ids of all operations of this record, that of the list first."""
        named = [
            self.list.operation,
            self.detail,
            *(action.operation for action in self.actions if not action.variant_of),
            *self.extra_operations,
        ]
        return tuple(dict.fromkeys(name for name in named if name))
