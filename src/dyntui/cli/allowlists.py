"""`dyntui allowlists`: manage allowlists. The commands for their entries are in the modules `allowlist_*`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dyntui.cli.access_commands import create_policy, update_policy
from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.cli.write_helpers import read_option
from dyntui.core.errors import UsageError
from dyntui.resources import ALLOWLISTS

if TYPE_CHECKING:
    from dyntui.services.access.access_policy import AccessPolicy
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["allowlists", "find_list", "outcome_option", "undo_hint"]


@click.group(
    "allowlists",
    cls=CommandGroup,
    lazy={
        "entries": (
            "dyntui.cli.allowlist_entries:entries",
            "List the entries of a list.",
        ),
        "add": ("dyntui.cli.allowlist_entries:add", "Add entries to LIST."),
        "remove": ("dyntui.cli.allowlist_entries:remove", "Remove entries from LIST."),
        "edit": (
            "dyntui.cli.allowlist_entries:edit",
            "Change an entry of LIST.",
        ),
        "copy": ("dyntui.cli.allowlist_transfer:copy", "Copy the entries of list FROM to list TO."),
        "import": ("dyntui.cli.allowlist_import:import_entries", "Import entries from FILE into LIST, a name or id."),
        "export": (
            "dyntui.cli.allowlist_transfer:export",
            "Export the entries of a list to a file for `allowlists import` or `sync`.",
        ),
        "diff": ("dyntui.cli.allowlist_compare:diff", "Compare the entries of two lists, or of a list and a file."),
        "sync": (
            "dyntui.cli.allowlist_compare:sync",
            "Make LIST match SOURCE, a file or another list.",
        ),
        "duplicates": (
            "dyntui.cli.allowlist_compare:duplicates",
            "Find duplicate entries on the named lists, or on all lists.",
        ),
        "undo": (
            "dyntui.cli.allowlist_transfer:undo",
            "Undo a change or an import of entries.",
        ),
    },
)
def allowlists() -> None:
    """Manage allowlists and their entries."""


outcome_option = click.option(
    "--outcome",
    type=click.Choice(["siteAccess", "scope", "block"]),
    help="siteAccess: only matching users may sign in; scope: they get an access scope; block: they may not sign in.",
)


async def find_list(connection: Connection, name: str) -> dict[str, object]:
    """Return the list with that id or name."""
    from dyntui.services.access.access_policy import find_policy, read_lists

    return dict(find_policy(await read_lists(connection.client), name))


def undo_hint(job: str) -> str:
    """Return the message that tells how to undo a change of entries."""
    return f"To undo this: dyntui allowlists undo {job}"


@allowlists.command("list")
@pass_context
def list_lists(context: CliContext) -> None:
    """List allowlists, with their number of entries and their effect on sign-in."""
    from dyntui.services.access.access_policy import read_access
    from dyntui.services.access.policy_fields import with_counts

    async def work(connection: Connection) -> tuple[AccessPolicy, list[dict[str, object]]]:
        policy = await read_access(connection.client)
        return policy, await with_counts(connection.client, policy.lists)

    policy, rows = context.run_connected(work)
    context.emit_json({"lists": rows, "summary": policy.summary()})
    context.print_table(
        ("name", "outcome", "scope", "entries", "enabled", "effect", "id"),
        (
            (
                row.get("name"),
                row.get("outcome"),
                row.get("scope"),
                "?" if row["entries"] is None else f"{row['entries']:,}",
                str(row.get("enabledAt") or "disabled")[:10],
                policy.column_text(row),
                row.get("id"),
            )
            for row in rows
        ),
    )
    if not context.json:
        context.print_message(*policy.summary())


@allowlists.command("get")
@click.argument("name", metavar="LIST")
@pass_context
def get_list(context: CliContext, name: str) -> None:
    """Show one list, by name or id."""
    from dyntui.cli.object_output import show_object
    from dyntui.services.access.policy_fields import with_counts

    async def work(connection: Connection) -> dict[str, object]:
        return (await with_counts(connection.client, [await find_list(connection, name)]))[0]

    show_object(context, context.run_connected(work))


@allowlists.command("create")
@click.argument("name", metavar="NAME")
@outcome_option
@click.option("--scope", metavar="SCOPES", help="Access scopes of users on the list, separated by spaces.")
@confirm_options
@pass_context
def create_list(
    context: CliContext, name: str, outcome: str | None, scope: str | None, confirmation: Confirmation
) -> int:
    """Create a list. It is disabled until you enable it."""
    from dyntui.services.access.policy_fields import checked_fields

    if outcome is None:
        raise UsageError("--outcome is missing.", hint="Outcomes: siteAccess, scope, block.")
    fields = checked_fields({"name": name, "outcome": outcome, "scope": scope})
    return create_policy(context, "allowlists.create", fields, confirmation)


@allowlists.command("update")
@click.argument("name", metavar="LIST")
@click.option("--name", "new_name", metavar="NAME", help="New name.")
@outcome_option
@click.option("--scope", metavar="SCOPES", help="New access scopes, separated by spaces.")
@confirm_options
@read_option
@pass_context
def update_list(
    context: CliContext,
    name: str,
    new_name: str | None,
    outcome: str | None,
    scope: str | None,
    confirmation: Confirmation,
) -> int:
    """Change the name, outcome or scopes of a list.

    The impact on sign-in is shown before the confirmation.
    """
    from dyntui.services.access.policy_fields import checked_fields

    options = {"name": new_name, "outcome": outcome, "scope": scope}
    fields = checked_fields({key: value for key, value in options.items() if value is not None})
    if not fields:
        raise UsageError("Nothing to change.", hint="Use --name, --outcome or --scope.")
    return update_policy(context, "allowlists.update", name, fields, confirmation)


add_resource_commands(allowlists, ALLOWLISTS, without=allowlists.lazy.keys() | allowlists.commands.keys())
