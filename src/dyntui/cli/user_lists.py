"""`dyntui users list|export`: users, filtered by the server and compared here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.context import BaseCommand, CliContext, pass_context, run
from dyntui.cli.export_output import export_options, export_rows
from dyntui.cli.resource_lists import match_options, parse_match
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.config.list_preferences import SavedView
    from dyntui.services.lists.row_match import Match, RowFilter

__all__ = ["export_users", "list_users"]

F = TypeVar("F", bound=Callable[..., Any])

_COLUMNS = ["all", "id", "walletPublicKey", "email", "alias", "firstName", "lastName", "phoneNumber", "jobTitle"]
_COLUMNS += ["wallet", "username", "accountId"]


def _filter_options(command: F) -> F:
    for option in (
        click.option("--social", metavar="PROVIDER", help="Only users with that social account: google, github, ..."),
        click.option("--chain", metavar="CHAIN", help="Only users with a wallet on that chain: EVM, SOL, BTC, ..."),
        click.option(
            "--column", type=click.Choice(_COLUMNS), default="all", show_default=True, help="Where to look for TEXT."
        ),
        click.option("--filter", "text", metavar="TEXT", help="Only users that match, as the server searches."),
    ):
        command = option(command)
    return command


def _server_filter(text: str | None, column: str, chain: str | None, social: str | None) -> dict[str, str]:
    wanted: dict[str, str] = {"filterValue": text, "filterColumn": column} if text else {}
    wanted |= {"chain": chain} if chain else {}
    return wanted | ({"filterSocialProvider": social} if social else {})


def _row_filter(wanted: Mapping[str, str], match: Match | None) -> RowFilter | None:
    """What compares users with the filter here; None where the server's comparison will do."""
    if match is None:
        return None
    from dyntui.services.lists.row_match import RowFilter

    column = wanted.get("filterColumn", "all")
    if not (text := wanted.get("filterValue", "")):
        raise UsageError("--exact and --match need a text to compare with.", hint="Give --filter TEXT.")
    return RowFilter(text, match, (column,) if column != "all" else ())


def _load_view(name: str | None) -> SavedView:
    from dyntui.config.list_preferences import ListPreferences, SavedView

    return ListPreferences.load().view("users", name) if name else SavedView()


def _view_filter(saved: SavedView) -> dict[str, str]:
    from dyntui.resources import USERS
    from dyntui.resources.filters import parse_filter

    return parse_filter(USERS.filter, saved.filter) if USERS.filter is not None else {}


def _print_table(context: CliContext, saved: SavedView, found: Sequence[Mapping[str, Any]]) -> None:
    """The users in the columns of the view, and their ids."""
    from dyntui.core.times import now
    from dyntui.resources import USERS
    from dyntui.services.lists.columns import arrange_columns

    columns, at = arrange_columns(USERS.columns, saved.columns), now()
    cells = ([*(column.cell(row, at) for column in columns), row.get("id")] for row in found)
    context.print_table([*(column.name for column in columns), "id"], cells)


@click.command("list", cls=BaseCommand)
@_filter_options
@match_options
@click.option("--order", metavar="COLUMN-asc|desc", help="Server order.  [default: createdAt-desc]")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first; order and limit do not count.")
@click.option("--view", metavar="NAME", help="Filter, order and columns as kept in the console; options go before.")
@click.option("--sessions", is_flag=True, help="With their sessions.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line, as they come.")
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
    everything: bool,
    view: str | None,
    sessions: bool,
    ndjson: bool,
) -> None:
    """List users, newest first."""
    if sessions and (everything or exact or match):
        raise UsageError("--all, --exact and --match come without sessions.", hint="Leave out --sessions.")
    wanted = _server_filter(text, column, chain, social)
    from dyntui.api.pagination import PageCheck
    from dyntui.resources import USERS
    from dyntui.services.lists.list_source import ListQuery, scan

    saved = _load_view(view)
    wanted = {**_view_filter(saved), **wanted}
    fitting = _row_filter(wanted, parse_match(match, exact))
    order = order or saved.order or "createdAt-desc"

    async def work() -> tuple[list[dict[str, Any]], int | None]:
        found: list[dict[str, Any]] = []
        total: int | None = None
        async with context.connection() as connection:
            if everything or fitting is not None:
                count = 0
                async for scanned in scan(connection.client, USERS, query=ListQuery(filter=wanted)):
                    total = scanned.reported
                    if fitting is not None and not fitting.fits(scanned.row):
                        continue
                    count += 1
                    if ndjson and everything:
                        context.emit_json_line(scanned.row)
                    elif everything or count <= limit:
                        found.append(scanned.row)
                return found, count if fitting is not None else total
            check = PageCheck()
            while len(found) < limit:
                size = min(100, limit - len(found))
                page = await connection.client.users.list(
                    offset=len(found), limit=size, order=order, filter=wanted, include_sessions=sessions or None
                )
                check.offset(len(found), page.items)
                total = page.total
                found += page.items
                if len(page.items) < size:
                    break
        return found, total

    found, total = run(work())
    if ndjson:
        for row in found:
            context.emit_json_line(row)
        if total is not None and len(found) < total and not everything:
            context.print_message(f"{len(found):,} of {total:,} users; --all prints all.")
        return
    context.emit_json({"count": total, "users": found})
    if saved.columns:
        _print_table(context, saved, found)
        return
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
            for row in found
        ),
    )
    if not context.json:
        context.print_message(f"{len(found):,} of {total:,} users" if total is not None else f"{len(found):,} users")


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
    kind: str | None,
    fields: str | None,
    output: Path | None,
) -> None:
    """Export users: all, filtered, or those whose ids are given (- reads them from standard input)."""
    from dyntui.resources import USERS
    from dyntui.services.exports import USER_FIELDS
    from dyntui.services.lists.list_source import ListQuery

    wanted = _server_filter(text, column, chain, social)
    if ids and wanted:
        raise UsageError("Ids and a filter were given; one of them is meant.")
    query = ListQuery(filter=wanted)
    export_rows(context, USERS, USER_FIELDS, ids=ids, query=query, kind=kind, fields=fields, output=output)
