"""`dyntui users list` and `dyntui users export`: users filtered by the server and, on request, also locally."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.context import BaseCommand, CliContext, pass_context
from dyntui.cli.export_output import export_options, export_rows
from dyntui.cli.resource_lists import collect_rows, limit_option, match_options, ndjson_option, parse_match
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row

if TYPE_CHECKING:
    from dyntui.config.list_preferences import SavedView
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_match import Match, RowFilter

__all__ = ["export_users", "list_users"]

F = TypeVar("F", bound=Callable[..., Any])

_PAGE_SIZE = 100

_COLUMNS = ["all", "id", "walletPublicKey", "email", "alias", "firstName", "lastName", "phoneNumber", "jobTitle"]
_COLUMNS += ["wallet", "username", "accountId"]


def _filter_options(command: F) -> F:
    for option in (
        click.option(
            "--social", metavar="PROVIDER", help="Only users with an account at this provider: google, github, ..."
        ),
        click.option("--chain", metavar="CHAIN", help="Only users with a wallet on this chain: EVM, SOL, BTC, ..."),
        click.option(
            "--column", type=click.Choice(_COLUMNS), default="all", show_default=True, help="Column to search for TEXT."
        ),
        click.option(
            "--filter", "text", metavar="TEXT", help="Only users that match TEXT in the search of the server."
        ),
    ):
        command = option(command)
    return command


def _server_filter(text: str | None, column: str, chain: str | None, social: str | None) -> dict[str, str]:
    """Return the filter for the list operation."""
    server_filter: dict[str, str] = {"filterValue": text, "filterColumn": column} if text else {}
    server_filter |= {"chain": chain} if chain else {}
    return server_filter | ({"filterSocialProvider": social} if social else {})


def _local_filter(server_filter: Mapping[str, str], match: Match | None) -> RowFilter | None:
    """Return the filter for --match and --exact; None without them. Raises UsageError without a text."""
    if match is None:
        return None
    from dyntui.services.lists.row_match import RowFilter

    column = server_filter.get("filterColumn", "all")
    if not (text := server_filter.get("filterValue", "")):
        raise UsageError("--exact and --match need a text.", hint="Give it with --filter TEXT.")
    return RowFilter(text, match, (column,) if column != "all" else ())


def _load_view(name: str | None) -> SavedView:
    from dyntui.config.list_preferences import ListPreferences, SavedView

    return ListPreferences.load().view("users", name) if name else SavedView()


def _view_filter(saved: SavedView) -> dict[str, str]:
    from dyntui.resources import USERS
    from dyntui.resources.filters import parse_filter

    return parse_filter(USERS.filter, saved.filter) if USERS.filter is not None else {}


def _print_view(context: CliContext, view: SavedView, rows: Sequence[Row]) -> None:
    """Print the columns of a saved view, and the ids."""
    from dyntui.core.times import now
    from dyntui.resources import USERS
    from dyntui.services.lists.columns import arrange_columns

    columns, current_time = arrange_columns(USERS.columns, view.columns), now()
    cells = ([*(column.cell(row, current_time) for column in columns), row.get("id")] for row in rows)
    context.print_table([*(column.name for column in columns), "id"], cells)


@click.command("list", cls=BaseCommand)
@_filter_options
@match_options
@click.option("--order", metavar="COLUMN-asc|desc", help="Order by the server.  [default: createdAt-desc]")
@limit_option
@click.option("--all", "all_rows", is_flag=True, help="List all users, oldest first; overrides --order and --limit.")
@click.option("--view", metavar="NAME", help="Filter, order and columns of a saved view; options override it.")
@click.option("--sessions", is_flag=True, help="Include the sessions of each user.")
@ndjson_option
@pass_context
def list_users(
    context: CliContext,
    text: str | None,
    column: str,
    chain: str | None,
    social: str | None,
    match: str | None,
    exact: bool,
    order: str | None,
    limit: int,
    all_rows: bool,
    view: str | None,
    sessions: bool,
    ndjson: bool,
) -> None:
    """List users, newest first."""
    if sessions and (all_rows or exact or match):
        raise UsageError("--sessions cannot be combined with --all, --exact or --match.", hint="Leave out --sessions.")
    from dyntui.resources import USERS
    from dyntui.services.lists.list_source import ListQuery, scan

    saved = _load_view(view)
    server_filter = {**_view_filter(saved), **_server_filter(text, column, chain, social)}
    local_filter = _local_filter(server_filter, parse_match(match, exact))
    order = order or saved.order or "createdAt-desc"

    async def work(connection: Connection) -> tuple[list[Row], int | None]:
        if not all_rows and local_filter is None:
            return await _read_first_users(connection, order, limit, server_filter, sessions)
        return await collect_rows(
            scan(connection.client, USERS, query=ListQuery(filter=server_filter)),
            local_filter,
            limit=None if all_rows else limit,
            emit=context.emit_json_line if ndjson and all_rows else None,
        )

    rows, total = context.run_connected(work)
    if ndjson:
        for row in rows:
            context.emit_json_line(row)
        if total is not None and len(rows) < total and not all_rows:
            context.print_message(f"{len(rows):,} of {total:,} users. Use --all to list all.")
        return
    context.emit_json({"count": total, "users": rows})
    if saved.columns:
        _print_view(context, saved, rows)
        return
    _print_table(context, rows)
    if not context.json:
        context.print_message(f"{len(rows):,} of {total:,} users" if total is not None else f"{len(rows):,} users")


async def _read_first_users(
    connection: Connection, order: str, limit: int, server_filter: Mapping[str, str], include_sessions: bool
) -> tuple[list[Row], int | None]:
    """Read up to `limit` users page by page; return them and the total, None if unknown."""
    from dyntui.api.pagination import PageCheck

    check = PageCheck()
    users: list[Row] = []
    total: int | None = None
    while len(users) < limit:
        size = min(_PAGE_SIZE, limit - len(users))
        page = await connection.client.users.list(
            offset=len(users),
            limit=size,
            orderBy=order,
            filter=server_filter or None,
            includeSessions=include_sessions or None,
        )
        check.offset(len(users), page.rows)
        total = page.total
        users += page.rows
        if len(page.rows) < size:
            break
    return users, total


def _print_table(context: CliContext, rows: Sequence[Row]) -> None:
    context.print_table(
        ("email", "name", "username", "country", "created", "id"),
        (
            (
                row.get("email"),
                " ".join(str(row[key]) for key in ("firstName", "lastName") if row.get(key)),
                row.get("username"),
                row.get("country"),
                str(row.get("createdAt") or "")[:10],
                row.get("id"),
            )
            for row in rows
        ),
    )


@click.command("export", cls=BaseCommand)
@_filter_options
@export_options
@pass_context
def export_users(
    context: CliContext,
    text: str | None,
    column: str,
    chain: str | None,
    social: str | None,
    ids: tuple[str, ...],
    format_name: str | None,
    fields: str | None,
    output: Path | None,
) -> None:
    """Export all users, filtered users, or the users with these ids. `-` reads the ids from standard input."""
    from dyntui.resources import USERS
    from dyntui.services.exports import USER_FIELDS
    from dyntui.services.lists.list_source import ListQuery

    server_filter = _server_filter(text, column, chain, social)
    if ids and server_filter:
        raise UsageError("Ids and a filter cannot be used together.", hint="Leave out one of them.")
    query = ListQuery(filter=server_filter)
    export_rows(
        context, USERS, USER_FIELDS, ids=ids, query=query, format_name=format_name, fields=fields, output=output
    )
