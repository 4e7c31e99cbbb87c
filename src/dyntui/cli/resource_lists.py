"""List the rows of a resource record and show single objects: options, reading and printing.

`dyntui get` and the commands that are made from records use this module; hand-written list commands use its options.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.context import CliContext, combine_options
from dyntui.cli.list_filters import check_filters, filter_options
from dyntui.cli.watch import watch_option
from dyntui.core.errors import UsageError
from dyntui.core.interface import with_keys
from dyntui.core.json_types import Row
from dyntui.services.lists.row_match import Match

if TYPE_CHECKING:
    from dyntui.resources import Column, Resource
    from dyntui.services.connection import Connection
    from dyntui.services.lists.list_source import ListQuery
    from dyntui.services.lists.row_conditions import RowConditions
    from dyntui.services.lists.row_match import RowFilter

F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "all_option",
    "limit_option",
    "list_options",
    "list_rows",
    "match_options",
    "ndjson_option",
    "parent_option",
    "parse_match",
    "print_list",
    "show_object",
    "show_resource",
    "show_rows",
]

parent_option = click.option(
    "--of", "parent", metavar="PARENT", default="", help="The organization, project, user, webhook, ... of the list."
)
limit_option = click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="Maximum rows.")
all_option = click.option("--all", "all_rows", is_flag=True, help="List all rows; overrides --limit.")
ndjson_option = click.option("--ndjson", is_flag=True, help="Print one JSON object per line.")


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
    click.option("--filter", "text", metavar="TEXT", default="", help="Only rows with TEXT, or column:TEXT."),
)
_order_option = click.option("--order", metavar="COLUMN-asc|desc", default="", help="Order by the server.")
_page_options = combine_options(limit_option, all_option, ndjson_option, watch_option)


def list_options(record: Resource | None) -> Callable[[F], F]:
    """Return a decorator that adds the options of a list that is made from a record, the arguments of `list_rows`.

    record: None when it is an argument of the command.
    """
    options = [_text_options, _page_options, filter_options(record)]
    if record is None or any(column.order for column in record.columns):
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
    all_rows: bool = False,
    ndjson: bool = False,
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
        context.print_message(f"Filtered here: the server cannot filter {record.plural} by {text!r}.")
        match_kind = Match.CONTAINS
    print_list(
        context,
        record,
        ListQuery(order=order or record.list.order, filter=server_filter),
        row_filter(record, text, match_kind) if match_kind is not None else None,
        conditions,
        find_parent=lambda connection: find_parent(connection.client, record, parent),
        limit=limit,
        all_rows=all_rows,
        ndjson=ndjson,
        text=text,
    )


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
    all_rows: bool,
    ndjson: bool,
    text: str = "",
    items: str = "items",
    columns: Sequence[Column] = (),
) -> None:
    """Read the rows that fit `query`, `match` and `conditions`, and print them.

    parent: id of the parent. find_parent: finds that id, where that needs a request. limit: how many rows to print,
    unless `all_rows`. When this machine filters, the whole list is read. text, items, columns: as in `show_rows`.
    """
    from dyntui.services.lists.filtered_list import FilteredList
    from dyntui.services.lists.row_conditions import RowConditions

    filtered = FilteredList(record, query, conditions or RowConditions(), match)
    prints_while_reading = ndjson and all_rows

    async def work(connection: Connection) -> tuple[list[Row], int | None]:
        parent_id = parent if find_parent is None else await find_parent(connection)
        rows: list[Row] = []
        count = 0
        max_rows = None if all_rows else limit
        async for page in filtered.pages(connection.client, parent=parent_id, max_rows=max_rows):
            for found in page:
                count += 1
                if all_rows or count <= limit:
                    row = _printable_row(connection, record, found)
                    (context.emit_json_line if prints_while_reading else rows.append)(row)
        return rows, filtered.total

    rows, total = context.run_connected(work)
    context.print_message(*filtered.messages)
    if not prints_while_reading:
        text = text or str(conditions or "")
        show_rows(context, record, rows, total, ndjson=ndjson, text=text, items=items, columns=columns)


def show_rows(
    context: CliContext,
    record: Resource,
    rows: Sequence[Row],
    total: int | None,
    *,
    ndjson: bool = False,
    text: str = "",
    items: str = "items",
    columns: Sequence[Column] = (),
) -> None:
    """Print rows that were read.

    total: how many rows there are; None if unknown. text: the filter, for messages. items: the name of the rows in the
    JSON document. columns: those of the table, in place of the columns of the record.
    """
    if ndjson:
        for row in rows:
            context.emit_json_line(row)
        if total is not None and total > len(rows):
            context.print_message(f"{len(rows):,} of {total:,} {record.plural}. Use --all to list all.")
        return
    context.emit_json({"count": total, items: rows})
    _print_table(context, record, rows, columns or [column for column in record.columns if not column.wide])
    if context.json:
        return
    if not rows and text:
        context.print_message(f"No {record.plural} match {text!r}.")
    elif not rows:
        context.print_message(with_keys(record.empty) or "The list is empty.")
    else:
        of_total = f" of {total:,}" if total is not None else ""
        context.print_message(f"{len(rows):,}{of_total} {record.plural}")


def _printable_row(connection: Connection, record: Resource, row: Row) -> Row:
    """Return the row without secrets; an API token gets the field `own`: whether the connection uses it."""
    from dyntui.resources.tokens import is_own_token
    from dyntui.services.actions.resource_actions import mask_secrets

    masked = mask_secrets(record, row)
    return {**masked, "own": is_own_token(row, connection.token_hint)} if "checksum" in masked else masked


def _print_table(context: CliContext, record: Resource, rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """Print the columns, and the full id, which other commands accept."""
    from dyntui.core.times import now
    from dyntui.resources import Column
    from dyntui.resources.cell_formats import get_path, short_id

    current_time = now()
    columns = [column for column in columns if not (column.format is short_id and column.field == record.key)]
    if any(row.get("own") for row in rows):
        columns = [Column("own", "in use", 6, pick=lambda row: "yes" if row.get("own") else ""), *columns]
    add_key = all(column.field != record.key for column in columns) and any(record.key in row for row in rows)
    titles = [column.name for column in columns] + ([record.key] if add_key else [])
    context.print_table(
        titles,
        (
            [
                *(column.cell(row, current_time) for column in columns),
                *([get_path(row, record.key)] if add_key else []),
            ]
            for row in rows
        ),
    )


def show_resource(context: CliContext, record: Resource, row_id: str, *, parent: str = "") -> None:
    """Read one object of a resource and print it in full."""
    from dyntui.services.actions.resource_actions import mask_secrets
    from dyntui.services.actions.target_lookup import find_parent, read_object

    async def work(connection: Connection) -> object:
        parent_id = await find_parent(connection.client, record, parent)
        return mask_secrets(record, await read_object(connection.client, record, row_id, parent=parent_id))

    show_object(context, context.run_connected(work))


def show_object(context: CliContext, document: object) -> None:
    """Print one object as JSON, or as lines of dot path and value."""
    context.emit_json(document)
    context.print_result(*(f"{name:<28}  {value}" for name, value in _flatten(document)))


def _flatten(value: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Iterate over the values of a JSON document as pairs of dot path and value. Empty values are left out."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from _flatten(part, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from _flatten(part, f"{prefix}.{index}")
    elif value not in (None, "", [], {}):
        yield prefix, value
