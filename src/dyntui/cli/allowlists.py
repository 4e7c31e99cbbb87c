"""`dyntui allowlists`: manage allowlists. The commands for their entries are in the modules `allowlist_*`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dyntui.cli.access_commands import add_policy_commands
from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.list_filters import filter_options, keep_rows, text_option
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.cli.resource_lists import object_fields, record_fields
from dyntui.cli.watch import watch_option
from dyntui.resources.allowlists import ALLOWLISTS
from dyntui.resources.cell_formats import enabled_since, thousands
from dyntui.resources.resource import Column

if TYPE_CHECKING:
    from dyntui.services.access.access_policy import AccessPolicy
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["allowlists", "find_list"]


allowlists = CommandGroup(
    "allowlists",
    help="Manage allowlists and their entries.",
    lazy={
        "entries": "dyntui.cli.allowlist_entries:entries",
        "add": "dyntui.cli.allowlist_entries:add",
        "remove": "dyntui.cli.allowlist_entries:remove",
        "edit-entry": "dyntui.cli.allowlist_entries:edit",
        "copy": "dyntui.cli.allowlist_transfer:copy",
        "import": "dyntui.cli.import_command:import_entries",
        "export": "dyntui.cli.allowlist_transfer:export",
        "diff": "dyntui.cli.allowlist_compare:diff",
        "sync": "dyntui.cli.allowlist_compare:sync",
        "duplicates": "dyntui.cli.allowlist_compare:duplicates",
        "undo": "dyntui.cli.allowlist_transfer:undo",
    },
)


async def find_list(connection: Connection, name: str) -> dict[str, object]:
    """Return the list with that id or name."""
    from dyntui.services.access.access_policy import find_policy, read_lists

    return dict(find_policy(await read_lists(connection.client), name))


@allowlists.command("list")
@watch_option
@text_option
@filter_options(ALLOWLISTS)
@pass_context
def list_lists(context: CliContext, text: str, conditions: RowConditions) -> None:
    """List allowlists, with their number of entries and their effect on sign-in."""
    from dyntui.services.access.access_policy import read_access
    from dyntui.services.access.policy_fields import with_counts

    async def work(connection: Connection) -> tuple[AccessPolicy, list[dict[str, object]]]:
        policy = await read_access(connection.client)
        return policy, await with_counts(connection.client, policy.lists)

    policy, counted = context.run_connected(work)
    rows = keep_rows(context, counted, conditions, ALLOWLISTS, text=text)
    columns = (
        Column("name"),
        Column("outcome"),
        Column("scope"),
        Column("entries", right=True, format=thousands),
        Column("enabledAt", "enabled", format=enabled_since),
        Column(title="effect", pick=policy.column_text),
        Column("id"),
    )
    context.print_items(rows, columns, names=record_fields(context, ALLOWLISTS), summary=policy.summary())
    if not context.prints_data:
        context.print_message(*policy.summary())


@allowlists.command("get")
@click.argument("name", metavar="LIST")
@pass_context
def get_list(context: CliContext, name: str) -> None:
    """Show one list, by name or id."""
    from dyntui.services.access.policy_fields import with_counts

    async def work(connection: Connection) -> dict[str, object]:
        return (await with_counts(connection.client, [await find_list(connection, name)]))[0]

    context.print_object(context.run_connected(work), object_fields(context, ALLOWLISTS))


add_policy_commands(
    allowlists,
    ALLOWLISTS,
    scope_help="Access scopes of users on the list, separated by spaces.",
)
add_resource_commands(allowlists, ALLOWLISTS, without=allowlists.lazy.keys() | allowlists.commands.keys())
