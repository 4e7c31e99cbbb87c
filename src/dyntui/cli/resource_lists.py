"""List the rows of a resource record and show single objects: options, reading and printing.

`dyntui get` and the commands that are made from records use this module; hand-written list commands use its options.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.context import CliContext
from dyntui.cli.list_filters import (
    check_filters,
    check_order,
    filter_options,
    keep_rows,
    local_filter_message,
    text_option,
)
from dyntui.cli.shared_options import combine_options
from dyntui.cli.watch import watch_option
from dyntui.core.errors import UsageError
from dyntui.core.interface import with_keys
from dyntui.core.json_types import Row
from dyntui.resources.resource import Paging
from dyntui.services.lists.row_match import Match

if TYPE_CHECKING:
    from dyntui.cli.rendering import ItemPrinter
    from dyntui.resources.resource import Column, Resource
    from dyntui.services.connection import Connection
    from dyntui.services.field_names import FieldNames
    from dyntui.services.lists.list_source import ListQuery
    from dyntui.services.lists.row_conditions import RowConditions
    from dyntui.services.lists.row_match import RowFilter

F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "all_by_creation_option",
    "all_option",
    "limit_option",
    "list_of_one",
    "list_options",
    "list_rows",
    "match_options",
    "object_fields",
    "owner_option",
    "parent_option",
    "parse_match",
    "print_list",
    "print_whole_list",
    "record_fields",
    "show_resource",
    "show_rows",
]

parent_option = click.option(
    "--of", "parent", metavar="PARENT", default="", help="The organization, project, user, webhook, ... of the list."
)
owner_option = click.option(
    "--of", "parent", metavar="USER", default="", help="The user, who is then named in the prompt and in the result."
)
"""--of of commands whose targets belong to a user."""
limit_option = combine_options(
    click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="Maximum rows."),
    click.option("--offset", type=click.IntRange(0), metavar="N", default=0, help="Skip the first N rows."),
)
all_option = click.option("--all", "all_rows", is_flag=True, help="List all rows; overrides --limit.")
all_by_creation_option = click.option(
    "--all",
    "all_rows",
    is_flag=True,
    help="List all rows, oldest first (with --since, newest first) unless --order is given; overrides --limit.",
)
"""--all of lists that the server can order by creation."""

match_options = combine_options(
    click.option(
        "--match",
        type=click.Choice([match.value for match in Match]),
        help="Also compare the text locally with each row that the server returns.",
    ),
    click.option("--exact", is_flag=True, help="Same as --match exact."),
)
"""--match and --exact, for lists whose rows may be piped into a command that writes."""

_text_options = combine_options(
    match_options,
    text_option,
)
_order_option = click.option("--order", metavar="COLUMN-asc|desc", callback=check_order, help="Order by the server.")


def list_options(record: Resource | None) -> Callable[[F], F]:
    """Return a decorator that adds the options of a list that is made from a record, the arguments of `list_rows`.

    record: None when it is an argument of the command.
    """
    orders = {column.order for column in record.columns if column.order} if record is not None else set()
    every = all_by_creation_option if "createdAt" in orders else all_option
    options = [_text_options, limit_option, every, watch_option, filter_options(record)]
    if record is None or orders:
        options.insert(1, _order_option)
    if record is None or record.parent:
        options.insert(0, parent_option)
    return combine_options(*options)


def parse_match(match: str | None, exact: bool) -> Match | None:
    """Return what --match and --exact select; None for neither. Raises UsageError when they differ."""
    if exact and match not in (None, Match.EXACT):
        raise UsageError(f"--exact and --match {match} cannot be used together.", hint="Leave out one of them.")
    return Match.EXACT if exact else Match(match) if match else None


def list_rows(
    context: CliContext,
    record: Resource,
    *,
    conditions: RowConditions | None = None,
    parent: str = "",
    text: str = "",
    match: str | None = None,
    exact: bool = False,
    order: str = "",
    limit: int = 100,
    offset: int = 0,
    all_rows: bool = False,
) -> None:
    """Read the rows of a list and print them. The arguments are the values of `list_options`."""
    from dyntui.resources.filters import parse_filter
    from dyntui.services.actions.target_lookup import find_parent
    from dyntui.services.lists.list_source import ListQuery
    from dyntui.services.lists.row_match import row_filter

    if conditions is not None:
        check_filters(record, conditions)
    match_kind = parse_match(match, exact)
    server_filter = parse_filter(record.filter, text) if record.filter is not None else {}
    if text and not server_filter and match_kind is None:
        context.print_message(local_filter_message(record, text))
        match_kind = Match.CONTAINS
    print_list(
        context,
        record,
        ListQuery(order=order or record.list.order, filter=server_filter),
        row_filter(record, text, match_kind) if match_kind is not None else None,
        conditions,
        find_parent=lambda connection: find_parent(connection.client, record, parent),
        limit=limit,
        offset=offset,
        all_rows=all_rows,
        keeps_order=bool(order),
        text=text,
    )


def list_of_one(argument: str, record: Resource) -> Callable[[F], F]:
    """Return a decorator for a command that lists what belongs to one object: its argument, --watch and the filters.

    argument: the name of the argument that says which object. record: of the rows.
    """
    return combine_options(click.argument(argument, metavar=argument.upper()), watch_option, filter_options(record))


def print_whole_list(
    context: CliContext,
    record: Resource,
    rows: Sequence[Row],
    conditions: RowConditions,
    columns: Sequence[Column],
    *,
    text: str = "",
) -> None:
    """Print the rows of a list that was read whole and that fulfill the conditions. text: the value of --filter."""
    found = keep_rows(context, rows, conditions, record, text=text)
    empty = "" if conditions or text else with_keys(record.empty)
    context.print_items(found, columns, names=record_fields(context, record), empty=empty)


def print_list(
    context: CliContext,
    record: Resource,
    query: ListQuery,
    match: RowFilter | None = None,
    conditions: RowConditions | None = None,
    *,
    parent: str = "",
    find_parent: Callable[[Connection], Awaitable[str]] | None = None,
    limit: int,
    offset: int = 0,
    all_rows: bool,
    keeps_order: bool = False,
    text: str = "",
    columns: Sequence[Column] = (),
) -> None:
    """Read the rows that fit `query`, `match` and `conditions`, and print them.

    parent: id of the parent. find_parent: finds that id, where that needs a request. limit: how many rows to print,
    unless `all_rows`. offset: how many rows to skip. keeps_order: whether all rows are read in the order of the query
    too. When this machine filters, the whole list is read. text, columns: as in `show_rows`.
    """
    from dyntui.services.lists.filtered_list import FilteredList
    from dyntui.services.lists.row_conditions import RowConditions

    filtered = FilteredList(record, query, conditions or RowConditions(), match)
    rows = _RowPrinter(context, record, columns)

    context.activity = lambda: filtered.progress
    end = sys.maxsize if all_rows else offset + limit

    async def work(connection: Connection) -> bool:
        """Print the rows, and return whether there are more."""
        parent_id = parent if find_parent is None else await find_parent(connection)
        # Lists with a cursor mostly have no total; the page with one more row is read ahead anyway.
        max_rows = None if all_rows else end + (record.list.paging is Paging.CURSOR)
        count = 0
        async for page in filtered.pages(
            connection.client, parent=parent_id, max_rows=max_rows, keeps_order=keeps_order
        ):
            for found in page:
                if offset <= count < end:
                    rows.add(_printable_row(connection, record, found))
                count += 1
        return count > end or (filtered.total is not None and filtered.total > end)

    context.print_message(filtered.message)
    has_more = context.run_connected(work)
    context.print_message(filtered.dropped_message)
    rows.end(filtered.total, text or str(conditions or ""), next=end if has_more else None, offset=offset)


def show_rows(
    context: CliContext,
    record: Resource,
    rows: Iterable[Row],
    total: int | None,
    *,
    next: int | None = None,
    text: str = "",
    columns: Sequence[Column] = (),
) -> None:
    """Print rows that were read.

    total: how many rows there are; None if unknown. next: as in `ItemPrinter.end`. text: the filter, for messages.
    columns: those of the table, in place of the columns of the record.
    """
    printer = _RowPrinter(context, record, columns)
    for row in rows:
        printer.add(row)
    printer.end(total, text, next=next)


class _RowPrinter:
    """Prints the rows of a record, and how many there are."""

    def __init__(self, context: CliContext, record: Resource, columns: Sequence[Column]) -> None:
        self._context, self._record, self._columns = context, record, columns
        self._printer: ItemPrinter | None = None
        self._count = 0

    def add(self, row: Row) -> None:
        self._count += 1
        self._printer = self._printer or self._start(row)
        self._printer.add(row)

    def end(self, total: int | None, text: str, *, next: int | None = None, offset: int = 0) -> None:
        context, record = self._context, self._record
        if total is None and next is None:
            total = offset + self._count
        (self._printer or self._start({})).end(total, next)
        of_total = f" of {total:,}" if total is not None else ""
        if not self._count and context.prints_data:
            return
        if not self._count and text:
            context.print_message(f"No {record.plural} match {text!r}.")
        elif not self._count and offset:
            context.print_message(f"There are no {record.plural} after the first {offset:,}.")
        elif not self._count:
            context.print_message(with_keys(record.empty) or "The list is empty.")
        elif not context.prints_data and sys.stdout.isatty():
            context.print_message(self._counted(of_total))
        elif next is not None and (context.output.is_streamed or not context.prints_data):
            context.print_message(f"{self._counted(of_total)}. Use --all to list all.")

    def _counted(self, of_total: str) -> str:
        """Return the number of rows with their name: `1 event`, `1 of 500 users`."""
        from dyntui.core.text import quantity

        record = self._record
        return (
            f"{self._count:,}{of_total} {record.plural}"
            if of_total
            else quantity(self._count, record.singular, record.plural)
        )

    def _start(self, first: Row) -> ItemPrinter:
        names = record_fields(self._context, self._record)
        columns = self._columns or [column for column in self._record.columns if not column.wide]
        return self._context.item_printer(_with_key(self._record, columns, first), names)


def _printable_row(connection: Connection, record: Resource, row: Row) -> Row:
    """Return the row without the secrets of its record; an API token gets the field `own`: whether it is in use."""
    masked = row
    if record.secrets:
        from dyntui.services.actions.resource_actions import mask_fields

        masked = mask_fields(record, row)
    if "checksum" not in masked:
        return masked
    from dyntui.resources.tokens import is_own_token

    return {**masked, "own": is_own_token(row, connection.token_hint)}


def _with_key(record: Resource, columns: Sequence[Column], first: Row) -> list[Column]:
    """Return the columns, and the full id, which other commands accept, if the first row has one."""
    from dyntui.resources.cell_formats import short_id, yes_no
    from dyntui.resources.resource import Column

    columns = [column for column in columns if not (column.format is short_id and column.field == record.key)]
    if "own" in first:
        columns = [Column("own", "in use", 6, format=yes_no), *columns]
    if record.key in first and all(column.field != record.key for column in columns):
        columns.append(Column(record.key, "id"))
    return columns


def show_resource(context: CliContext, record: Resource, row_id: str, *, parent: str = "") -> None:
    """Read one object of a resource and print it in full."""
    from dyntui.services.actions.resource_actions import mask_fields
    from dyntui.services.actions.target_lookup import find_parent, read_object

    async def work(connection: Connection) -> object:
        parent_id = await find_parent(connection.client, record, parent)
        found = await read_object(connection.client, record, row_id, parent=parent_id)
        return found if context.output.reveal else mask_fields(record, found)

    context.print_object(context.run_connected(work), object_fields(context, record))


def record_fields(context: CliContext, record: Resource) -> FieldNames | None:
    """Return the fields that the rows of a record can have, when the options name fields."""
    from dyntui.services.field_names import list_fields

    return list_fields(record) if context.output.names_fields else None


def object_fields(context: CliContext, record: Resource) -> FieldNames | None:
    """Return the fields that one object of a record can have, when the options name fields."""
    from dyntui.services.field_names import detail_fields

    return detail_fields(record) if context.output.names_fields else None
