"""Lists of a resource record, and single objects of it: options, reading and printing. Used by `get` and by the
commands of resources."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, run
from dyntui.cli.object_output import show_object
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.resources import Resource
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_match import Match

__all__ = ["list_options", "list_rows", "match_options", "parent_option", "parse_match", "show_resource", "show_rows"]

parent_option = click.option(
    "--of", "parent", metavar="ID", default="", help="What it belongs to: the organization, project, user, webhook."
)


def match_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--match and --exact, for lists whose rows may be piped into a command that writes."""
    from dyntui.services.lists.row_match import Match

    for option in (
        click.option("--exact", is_flag=True, help="Only rows with exactly that value: as --match exact."),
        click.option(
            "--match",
            type=click.Choice([each.value for each in Match]),
            help="How the value has to fit; compared here, in everything that the server finds.",
        ),
    ):
        command = option(command)
    return command


def parse_match(match: str | None, exact: bool) -> Match | None:
    """What --match and --exact say; None for neither. Raises Usage when they differ."""
    from dyntui.services.lists.row_match import Match

    if exact and match not in (None, Match.EXACT):
        raise UsageError(f"--exact and --match {match} were given; one of them is meant.")
    return Match.EXACT if exact else Match(match) if match else None


def list_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every list."""
    for option in (
        click.option("--ndjson", is_flag=True, help="One JSON object a line, as they come."),
        click.option("--all", "everything", is_flag=True, help="All of them; the limit does not count."),
        click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many."),
        click.option("--order", metavar="COLUMN-asc|desc", default="", help="Server order, where it can order."),
        click.option("--filter", "text", metavar="TEXT", default="", help="As the server searches; column:TEXT too."),
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
    everything: bool = False,
    ndjson: bool = False,
) -> None:
    """Print the rows of a list."""
    from dyntui.resources.filters import parse_filter
    from dyntui.services.actions.resource_actions import resolve_parent
    from dyntui.services.lists.list_source import ListQuery, scan
    from dyntui.services.lists.row_match import row_filter

    how = parse_match(match, exact)
    if text and record.filter is None and how is None:
        raise UsageError(
            f"The server cannot filter {record.name}.", hint="--match contains, or --exact, compares the rows here."
        )
    fitting = row_filter(record, text, how) if how is not None else None
    wanted = parse_filter(record.filter, text) if record.filter is not None and text else {}

    async def work() -> tuple[list[dict[str, Any]], int | None]:
        found: list[dict[str, Any]] = []
        total: int | None = None
        async with context.connection() as connection:
            known = await resolve_parent(connection.client, record, parent)
            query = ListQuery(order=order or record.list.order, filter=wanted)
            if everything or fitting is not None:
                count = 0
                async for scanned in scan(connection.client, record, parent=known, query=query):
                    total = scanned.reported
                    if fitting is not None and not fitting.fits(scanned.row):
                        continue
                    count += 1
                    if not everything and count > limit:
                        continue
                    if ndjson and everything:
                        context.emit_json_line(_printable_row(connection, record, scanned.row))
                    else:
                        found.append(_printable_row(connection, record, scanned.row))
                return found, count if fitting is not None else total
            return await _read_page_by_page(connection, record, query, known, limit)

    found, total = run(work())
    if not (ndjson and everything):
        show_rows(context, record, found, total, ndjson=ndjson, text=text)


def show_rows(
    context: CliContext,
    record: Resource,
    found: Sequence[Mapping[str, Any]],
    total: int | None,
    *,
    ndjson: bool = False,
    text: str = "",
) -> None:
    """Print rows that are here. text: the filter that they passed."""
    if ndjson:
        for row in found:
            context.emit_json_line(row)
        if total is not None and total > len(found):
            context.print_message(f"{len(found):,} of {total:,}; --all prints all.")
        return
    context.emit_json({"count": total, "items": found})
    _print_table(context, record, found)
    if not context.json:
        if not found and text:
            context.print_message(f"No {record.plural} match {text!r}.")
        elif not found:
            # What follows the first sentence is about the console's keys.
            context.print_message(re.split(r"(?<=[.:])\s", record.empty or "Nothing here.")[0].replace(":", "."))
        else:
            context.print_message(f"{len(found):,} of {total:,}" if total is not None else f"{len(found):,}")


async def _read_page_by_page(
    connection: Connection, record: Resource, query: Any, parent: str, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    from dyntui.api.pagination import PageCheck
    from dyntui.resources import Paging
    from dyntui.services.lists.list_source import make_fetch

    check = PageCheck(record.key)
    fetch, offsets = make_fetch(connection.client, record, parent), record.list.paging is Paging.OFFSET
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        size = min(100, limit - len(found))
        page = await fetch(query, len(found), size, cursor)
        if offsets:
            check.offset(len(found), page.items)
        else:
            check.cursor(page.cursor, page.items)
        found += [_printable_row(connection, record, row) for row in page.items]
        cursor = page.cursor
        if len(found) >= limit or (len(page.items) < size if offsets else cursor is None):
            return found[:limit], page.total


def _printable_row(connection: Connection, record: Resource, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is printed: no secrets, and the token that is used here is marked."""
    from dyntui.resources.tokens import is_own_token
    from dyntui.services.actions.resource_actions import mask_secrets

    shown = mask_secrets(record, row)
    return {**shown, "own": is_own_token(row, connection.token_hint)} if "checksum" in shown else shown


def _print_table(context: CliContext, record: Resource, rows: Sequence[Mapping[str, Any]]) -> None:
    """The record's columns, and the whole id, which every other command takes."""
    from dyntui.core.times import now
    from dyntui.resources import Column
    from dyntui.resources.cell_formats import get_path, short_id

    at = now()
    columns = [column for column in record.columns if not (column.format is short_id and column.field == record.key)]
    if any(row.get("own") for row in rows):
        columns = [Column("own", "used", 4, pick=lambda row: "here" if row.get("own") else ""), *columns]
    keyed = all(column.field != record.key for column in columns) and any(record.key in row for row in rows)
    titles = [column.name for column in columns] + ([record.key] if keyed else [])
    context.print_table(
        titles,
        (
            [*(column.cell(row, at) for column in columns), *([get_path(row, record.key)] if keyed else [])]
            for row in rows
        ),
    )


def show_resource(context: CliContext, record: Resource, row_id: str, *, parent: str = "") -> None:
    """Print one thing, whole."""
    from dyntui.services.actions.resource_actions import mask_secrets, read_one, resolve_parent

    async def work() -> Any:
        async with context.connection() as connection:
            known = await resolve_parent(connection.client, record, parent)
            return mask_secrets(record, await read_one(connection.client, record, row_id, parent=known))

    show_object(context, run(work()), "")
