"""List the rows of a resource record and show single objects: options, reading and printing.

`dyntui get` and the commands that are made from records use this module; hand-written list commands use its options.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext
from dyntui.cli.object_output import show_object
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row

if TYPE_CHECKING:
    from dyntui.resources import Resource
    from dyntui.services.connection import Connection
    from dyntui.services.lists.list_source import ListQuery, ScannedRow
    from dyntui.services.lists.row_match import Match, RowFilter

__all__ = [
    "all_option",
    "collect_rows",
    "limit_option",
    "list_options",
    "list_rows",
    "match_options",
    "ndjson_option",
    "parent_option",
    "parse_match",
    "show_resource",
    "show_rows",
]

_PAGE_SIZE = 100

parent_option = click.option(
    "--of", "parent", metavar="ID", default="", help="Parent ID: of the organization, project, user or webhook."
)
limit_option = click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="Maximum rows.")
all_option = click.option("--all", "all_rows", is_flag=True, help="List all rows; overrides --limit.")
ndjson_option = click.option("--ndjson", is_flag=True, help="Print one JSON object per line.")


def match_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --match and --exact, for lists whose rows may be piped into a command that writes."""
    from dyntui.services.lists.row_match import Match

    for option in (
        click.option("--exact", is_flag=True, help="Same as --match exact."),
        click.option(
            "--match",
            type=click.Choice([match.value for match in Match]),
            help="Also compare the text locally with each row that the server returns.",
        ),
    ):
        command = option(command)
    return command


def parse_match(match: str | None, exact: bool) -> Match | None:
    """Return what --match and --exact select; None for neither. Raises UsageError when they differ."""
    from dyntui.services.lists.row_match import Match

    if exact and match not in (None, Match.EXACT):
        raise UsageError(f"--exact and --match {match} cannot be used together.", hint="Leave out one of them.")
    return Match.EXACT if exact else Match(match) if match else None


def list_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every list that is made from a record; their values are the arguments of `list_rows`."""
    for option in (
        ndjson_option,
        all_option,
        limit_option,
        click.option("--order", metavar="COLUMN-asc|desc", default="", help="Order by the server, if it supports it."),
        click.option(
            "--filter", "text", metavar="TEXT", default="", help="Filter by the server: TEXT, or column:TEXT."
        ),
        match_options,
        parent_option,
    ):
        command = option(command)
    return command


def list_rows(
    context: CliContext,
    record: Resource,
    *,
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
    from dyntui.services.actions.resource_actions import resolve_parent
    from dyntui.services.lists.list_source import ListQuery, scan
    from dyntui.services.lists.row_match import row_filter

    match_kind = parse_match(match, exact)
    if text and record.filter is None and match_kind is None:
        raise UsageError(
            f"The server cannot filter {record.name}.",
            hint="Add --exact or --match contains to compare the rows locally.",
        )
    local_filter = row_filter(record, text, match_kind) if match_kind is not None else None
    server_filter = parse_filter(record.filter, text) if record.filter is not None and text else {}

    async def work(connection: Connection) -> tuple[list[Row], int | None]:
        parent_id = await resolve_parent(connection.client, record, parent)
        query = ListQuery(order=order or record.list.order, filter=server_filter)
        if not all_rows and local_filter is None:
            return await _read_first_rows(connection, record, query, parent_id, limit)
        return await collect_rows(
            scan(connection.client, record, parent=parent_id, query=query),
            local_filter,
            limit=None if all_rows else limit,
            convert=lambda row: _printable_row(connection, record, row),
            emit=context.emit_json_line if ndjson and all_rows else None,
        )

    rows, total = context.run_connected(work)
    if not (ndjson and all_rows):
        show_rows(context, record, rows, total, ndjson=ndjson, text=text)


async def collect_rows(
    scanned_rows: AsyncIterator[ScannedRow],
    local_filter: RowFilter | None,
    *,
    limit: int | None,
    convert: Callable[[Row], Row] = lambda row: row,
    emit: Callable[[Row], None] | None = None,
) -> tuple[list[Row], int | None]:
    """Read all rows; return those that fit the filter, and how many fit or, without a filter, the server's total.

    limit: how many rows to return; None for all.
    convert: makes the row to print.
    emit: prints each row at once; then no rows are returned.
    """
    rows: list[Row] = []
    total: int | None = None
    matching = 0
    async for scanned in scanned_rows:
        total = scanned.reported
        if local_filter is not None and not local_filter.fits(scanned.row):
            continue
        matching += 1
        if limit is not None and matching > limit:
            continue
        (emit or rows.append)(convert(scanned.row))
    return rows, matching if local_filter is not None else total


def show_rows(
    context: CliContext,
    record: Resource,
    rows: Sequence[Row],
    total: int | None,
    *,
    ndjson: bool = False,
    text: str = "",
) -> None:
    """Print rows that were read. total: how many rows there are; None if unknown. text: the filter, for messages."""
    if ndjson:
        for row in rows:
            context.emit_json_line(row)
        if total is not None and total > len(rows):
            context.print_message(f"{len(rows):,} of {total:,} rows. Use --all to list all.")
        return
    context.emit_json({"count": total, "items": rows})
    _print_table(context, record, rows)
    if context.json:
        return
    if not rows and text:
        context.print_message(f"No {record.plural} match {text!r}.")
    elif not rows:
        # Only the first sentence of the record's text: the others mention keys of the console.
        context.print_message(re.split(r"(?<=[.:])\s", record.empty or "The list is empty.")[0].replace(":", "."))
    else:
        context.print_message(f"{len(rows):,} of {total:,}" if total is not None else f"{len(rows):,}")


async def _read_first_rows(
    connection: Connection, record: Resource, query: ListQuery, parent: str, limit: int
) -> tuple[list[Row], int | None]:
    """Read up to `limit` rows page by page; return them and the total, None if unknown."""
    from dyntui.api.pagination import PageCheck
    from dyntui.resources import Paging
    from dyntui.services.lists.list_source import make_fetch

    check = PageCheck(record.key)
    fetch = make_fetch(connection.client, record, parent)
    has_offsets = record.list.paging is Paging.OFFSET
    rows: list[Row] = []
    cursor: str | None = None
    while True:
        size = min(_PAGE_SIZE, limit - len(rows))
        page = await fetch(query, len(rows), size, cursor)
        if has_offsets:
            check.offset(len(rows), page.rows)
        else:
            check.cursor(page.cursor, page.rows)
        rows += [_printable_row(connection, record, row) for row in page.rows]
        cursor = page.cursor
        is_last = len(page.rows) < size if has_offsets else cursor is None
        if len(rows) >= limit or is_last:
            return rows[:limit], page.total


def _printable_row(connection: Connection, record: Resource, row: Row) -> Row:
    """Return the row without secrets; an API token gets the field `own`: whether the connection uses it."""
    from dyntui.resources.tokens import is_own_token
    from dyntui.services.actions.resource_actions import mask_secrets

    masked = mask_secrets(record, row)
    return {**masked, "own": is_own_token(row, connection.token_hint)} if "checksum" in masked else masked


def _print_table(context: CliContext, record: Resource, rows: Sequence[Row]) -> None:
    """Print the columns of the record, and the full id, which other commands accept."""
    from dyntui.core.times import now
    from dyntui.resources import Column
    from dyntui.resources.cell_formats import get_path, short_id

    current_time = now()
    columns = [column for column in record.columns if not (column.format is short_id and column.field == record.key)]
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
    from dyntui.services.actions.resource_actions import find_rows, mask_secrets, read_one, resolve_parent

    async def work(connection: Connection) -> object:
        client = connection.client
        parent_id, object_id = await resolve_parent(client, record, parent), row_id
        if record.by_name:
            object_id = str((await find_rows(client, record, [row_id]))[row_id].get(record.key))
        return mask_secrets(record, await read_one(client, record, object_id, parent=parent_id))

    show_object(context, context.run_connected(work))
