"""`dyntui allowlists`: the lists that say who may come in, is kept out, or gets a scope; and what is on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.access_commands import add_switches, change, create
from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context, run
from dyntui.cli.write_helpers import read_option
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.access.actions import AccessActions
    from dyntui.services.connection import Connection

__all__ = ["allowlists", "found_list", "outcome_option"]


@click.group(
    "allowlists",
    cls=CommandGroup,
    lazy={
        "entries": (
            "dyntui.cli.allowlist_entries:entries",
            "List the entries of a list, searched, and ordered by the server.",
        ),
        "add": ("dyntui.cli.allowlist_entries:add", "Add entries to a list."),
        "remove": ("dyntui.cli.allowlist_entries:remove", "Remove entries from a list."),
        "edit": (
            "dyntui.cli.allowlist_entries:edit",
            "Change an entry: the new one is added, then the old one deleted.",
        ),
        "copy": ("dyntui.cli.allowlist_transfer:copy", "Add the entries of one list to another."),
        "import": ("dyntui.cli.allowlist_import:import_entries", "Import entries from a file, as a job."),
        "export": (
            "dyntui.cli.allowlist_transfer:export",
            "Write the entries of a list to a file that can be imported again.",
        ),
        "diff": ("dyntui.cli.allowlist_compare:diff", "Compare two lists, or a list and a file."),
        "sync": (
            "dyntui.cli.allowlist_compare:sync",
            "Make a list as a file or another list is: shows the plan, then applies it.",
        ),
        "duplicates": (
            "dyntui.cli.allowlist_compare:duplicates",
            "Find entries that stand twice, on one list or on several.",
        ),
        "undo": (
            "dyntui.cli.allowlist_transfer:undo",
            "Undo entries that were added or removed together; lists what can be undone.",
        ),
    },
)
def allowlists() -> None:
    """Lists that decide who may come in: the lists and their entries."""


outcome_option = click.option(
    "--outcome",
    type=click.Choice(["siteAccess", "scope", "block"]),
    help="siteAccess: only these may sign in; scope: these get a scope; block: these are kept out.",
)


async def found_list(connection: Connection, name: str) -> dict[str, Any]:
    """The list with that id or name."""
    from dyntui.services.access.access_policy import find_policy, read_lists

    return dict(find_policy(await read_lists(connection.client), name))


@allowlists.command("list")
@pass_context
def list_lists(context: CliContext) -> None:
    """List the allowlists: outcome, scope, entries, enabled since when, and what they do together."""
    from dyntui.services.access.access_policy import read_access
    from dyntui.services.access.lists import with_counts

    async def work() -> Any:
        async with context.connection() as connection:
            access = await read_access(connection.client)
            return access, await with_counts(connection.client, access.lists)

    access, rows = run(work())
    context.emit({"lists": rows, "summary": access.summary()})
    context.table(
        ("name", "outcome", "scope", "entries", "enabled", "together", "id"),
        (
            (
                row.get("name"),
                row.get("outcome"),
                row.get("scope"),
                "?" if row["entries"] is None else f"{row['entries']:,}",
                str(row.get("enabledAt") or "off")[:10],
                access.together(row),
                row.get("id"),
            )
            for row in rows
        ),
    )
    if not context.json:
        context.note(*access.summary())


@allowlists.command("get")
@click.argument("name", metavar="LIST")
@pass_context
def get_list(context: CliContext, name: str) -> None:
    """Read one list, by its name or id."""
    from dyntui.cli.object_output import show_object
    from dyntui.services.access.lists import with_counts

    async def work() -> Any:
        async with context.connection() as connection:
            return (await with_counts(connection.client, [await found_list(connection, name)]))[0]

    show_object(context, run(work()), "allowlist")


@allowlists.command("create")
@click.argument("name", metavar="NAME")
@outcome_option
@click.option("--scope", metavar="SCOPES", help="What who is on it gets, separated by spaces.")
@confirm_options
@pass_context
def create_list(
    context: CliContext, name: str, outcome: str | None, scope: str | None, yes: bool, confirm_environment: str
) -> int:
    """Create a list. It is off until it is enabled."""
    from dyntui.services.access.lists import LIST_ACTIONS, checked_fields

    if outcome is None:
        raise UsageError("A list needs an outcome.", hint="--outcome siteAccess, scope or block.")
    fields = checked_fields({"name": name, "outcome": outcome, "scope": scope})
    return create(context, LIST_ACTIONS.create(), fields, yes, confirm_environment)


@allowlists.command("update")
@click.argument("name", metavar="LIST")
@click.option("--name", "new_name", metavar="NAME", help="Another name.")
@outcome_option
@click.option("--scope", metavar="SCOPES", help="Other scopes, separated by spaces.")
@confirm_options
@read_option
@pass_context
def update_list(
    context: CliContext,
    name: str,
    new_name: str | None,
    outcome: str | None,
    scope: str | None,
    yes: bool,
    confirm_environment: str,
    read: str,
) -> int:
    """Change a list's name, outcome or scope. What that does to people is told first."""
    from dyntui.services.access.lists import LIST_ACTIONS, checked_fields

    given = {"name": new_name, "outcome": outcome, "scope": scope}
    fields = checked_fields({key: value for key, value in given.items() if value is not None})
    if not fields:
        raise UsageError("Nothing to change was given.", hint="--name, --outcome or --scope.")
    return change(context, LIST_ACTIONS.update(), found_list, name, yes, confirm_environment, read, fields=fields)


def _actions() -> AccessActions:
    from dyntui.services.access.lists import LIST_ACTIONS

    return LIST_ACTIONS


add_switches(
    allowlists,
    "LIST",
    found_list,
    _actions,
    {
        "enable": "Enable a list. Who would be locked out is told first, as far as it is known.\n\n"
        "A first siteAccess list locks out everybody who is not on it: it wants the list's name (--confirm NAME) and, "
        "without a terminal, the code that is shown with what it does (--read CODE).",
        "disable": "Disable a list. Without the last siteAccess list everybody may sign in.",
        "delete": "Delete a list and its entries. It cannot be undone: export it first.",
    },
)
