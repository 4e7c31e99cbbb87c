"""`dyntui users list` and `dyntui users export`: users filtered by the server and, on request, also locally."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.export_output import export_options, export_rows
from dyntui.cli.list_filters import check_order, filter_options, refuse_empty
from dyntui.cli.resource_lists import all_by_creation_option, limit_option, match_options, parse_match, print_list
from dyntui.cli.shared_options import combine_options
from dyntui.cli.watch import watch_option
from dyntui.core.errors import UsageError
from dyntui.resources.cell_formats import time
from dyntui.resources.resource import Column
from dyntui.resources.users import FILTER_COLUMNS, USERS, full_name

if TYPE_CHECKING:
    from dyntui.services.lists.row_conditions import RowConditions
    from dyntui.services.lists.row_match import Match, RowFilter

__all__ = ["export_users", "list_users"]

_COLUMNS = (
    Column("email"),
    Column(title="name", pick=full_name),
    Column("username"),
    Column("country"),
    Column("createdAt", "created", format=time),
)
_filter_options = combine_options(
    click.option(
        "--filter",
        "text",
        metavar="TEXT",
        callback=refuse_empty,
        help="Only users that match TEXT: a part of a value, or a full name. Also COLUMN:TEXT.",
    ),
    click.option(
        "--column",
        type=click.Choice(FILTER_COLUMNS),
        default="all",
        show_default=True,
        help="Column to search for TEXT.",
    ),
    click.option(
        "--social",
        metavar="PROVIDER",
        callback=refuse_empty,
        help="Only users with an account at this provider: google, github, ...",
    ),
)


def _server_filter(text: str | None, column: str) -> dict[str, str]:
    """Return the filter for the server. Without --column, the text can begin with a column: `email:ada`."""
    if not text:
        return {}
    from dyntui.resources.filters import parse_filter

    if column == "all" and USERS.filter is not None:
        return parse_filter(USERS.filter, text)
    return {"filterValue": text, "filterColumn": column}


def _with_provider(conditions: RowConditions, provider: str | None) -> RowConditions:
    return replace(conditions, provider=provider or "")


def _local_filter(server_filter: Mapping[str, str], match: Match | None) -> RowFilter | None:
    """Return the filter for --match and --exact; None without them. Raises UsageError without a text."""
    if match is None:
        return None
    from dyntui.services.lists.row_match import RowFilter

    column = server_filter.get("filterColumn", "all")
    if not (text := server_filter.get("filterValue", "")):
        raise UsageError("--exact and --match need a text.", hint="Give it with --filter TEXT.")
    return RowFilter(text, match, (column,) if column != "all" else ())


@click.command("list", cls=BaseCommand)
@_filter_options
@match_options
@click.option(
    "--order",
    metavar="COLUMN-asc|desc",
    callback=check_order,
    help="Order by the server.  [default: createdAt-desc]",
)
@limit_option
@all_by_creation_option
@click.option("--view", metavar="VIEW", help="Filter, order and columns of a saved view; options override it.")
@click.option("--sessions", is_flag=True, help="Include the sessions of each user.")
@watch_option
@filter_options(USERS)
@pass_context
def list_users(
    context: CliContext,
    text: str | None,
    column: str,
    social: str | None,
    match: str | None,
    exact: bool,
    order: str,
    limit: int,
    offset: int,
    all_rows: bool,
    view: str | None,
    sessions: bool,
    conditions: RowConditions,
) -> None:
    """List users, newest first."""
    if sessions and (all_rows or exact or match or conditions):
        raise UsageError("--sessions cannot be combined with --all or filters of rows.", hint="Leave out --sessions.")
    from dyntui.config.list_preferences import ListPreferences, SavedView
    from dyntui.resources.filters import parse_filter
    from dyntui.services.lists.columns import arrange_columns
    from dyntui.services.lists.list_source import ListQuery

    saved = ListPreferences.load().view("users", view) if view else SavedView()
    saved_filter = parse_filter(USERS.filter, saved.filter) if USERS.filter is not None else {}
    server_filter = {**saved_filter, **_server_filter(text, column)}
    record = replace(USERS, list=USERS.list._replace(query=(("includeSessions", True),))) if sessions else USERS
    print_list(
        context,
        record,
        ListQuery(order=order or saved.order or USERS.list.order, filter=server_filter),
        _local_filter(server_filter, parse_match(match, exact)),
        _with_provider(conditions, social),
        limit=limit,
        offset=offset,
        all_rows=all_rows,
        keeps_order=bool(order or saved.order),
        text=text or "",
        columns=arrange_columns(USERS.columns, saved.columns) if saved.columns else _COLUMNS,
    )


@click.command("export", cls=BaseCommand)
@_filter_options
@export_options
@filter_options(USERS)
@pass_context
def export_users(
    context: CliContext, /, text: str | None, column: str, social: str | None, conditions: RowConditions, **options: Any
) -> int:
    """Export all users, filtered users, or the users that are given.

    TARGET is the id, email, phone number, wallet address, username or external:ID of a user. @FILE reads them from a
    file and - from standard input, one a line.
    """
    from dyntui.services.exports import USER_FIELDS
    from dyntui.services.lists.list_source import ListQuery

    server_filter, conditions = _server_filter(text, column), _with_provider(conditions, social)
    if options["targets"] and (server_filter or conditions):
        raise UsageError("Users and a filter cannot be used together.", hint="Leave out one of them.")
    query = ListQuery(filter=server_filter)
    return export_rows(context, USERS, USER_FIELDS, query=query, conditions=conditions, **options)
