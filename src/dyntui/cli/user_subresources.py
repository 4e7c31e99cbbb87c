"""Commands of `dyntui users` for sessions, social accounts, allowlists and the whole metadata of users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.input_text import read_text
from dyntui.cli.output import print_lines
from dyntui.cli.questions import confirm
from dyntui.cli.resource_lists import list_of_one, print_whole_list
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.targets import ignore_missing_option, users_argument
from dyntui.cli.write_helpers import (
    confirm_access_options,
    perform,
    report_results,
    run_on_users,
)
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_objects
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.users import USERS

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation, WriteAction
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = [
    "add_users_to_allowlist",
    "edit_metadata",
    "list_balances",
    "list_sessions",
]


@click.command("sessions", cls=BaseCommand)
@list_of_one("user", RESOURCES["sessions"])
@pass_context
def list_sessions(context: CliContext, user: str, conditions: RowConditions) -> None:
    """List the sessions of a user, newest first."""
    from dyntui.resources.cell_formats import time
    from dyntui.resources.resource import Column
    from dyntui.services.actions.target_lookup import read_object
    from dyntui.services.lists.session_rows import read_sessions

    async def read(connection: Connection) -> list[Row]:
        document = await read_object(connection.client, USERS, user)
        return await read_sessions(connection.client, str(document.get("id")), document)

    rows = sorted(context.run_connected(read), key=lambda row: str(row.get("createdAt", "")), reverse=True)
    columns = (
        Column("createdAt", "started", format=time),
        Column(title="state", pick=lambda row: "revoked" if row.get("revokedAt") else "active"),
        Column("ipAddress", "IP address"),
        Column("userAgent", "device"),
        Column("id"),
    )
    print_whole_list(context, RESOURCES["sessions"], rows, conditions, columns)


@click.command("balances", cls=BaseCommand)
@list_of_one("user", RESOURCES["balances"])
@pass_context
def list_balances(context: CliContext, user: str, conditions: RowConditions) -> None:
    """List the tokens that the wallets of a user hold on the enabled networks of the environment."""
    from dyntui.services.actions.target_lookup import read_object
    from dyntui.services.lists.balance_rows import read_balances

    async def read(connection: Connection) -> list[Row]:
        document = await read_object(connection.client, USERS, user)
        return await read_balances(connection.client, str(document.get("id")), as_objects(document.get("wallets")))

    print_balances(context, context.run_connected(read), conditions)


def print_balances(context: CliContext, rows: Sequence[Row], conditions: RowConditions) -> None:
    """Print the balances that fit the conditions."""
    record = RESOURCES["balances"]
    print_whole_list(context, record, rows, conditions, record.columns)


@click.command("add-to-allowlist", cls=BaseCommand)
@click.argument("allowlist", metavar="LIST")
@users_argument
@ignore_missing_option
@confirm_access_options
@pass_context
def add_users_to_allowlist(
    context: CliContext,
    allowlist: str,
    targets: tuple[str, ...],
    ignore_missing: bool,
    confirmation: Confirmation,
) -> int:
    """Add users to an allowlist. LIST is its name or id.

    The entry is the email of the user, else one of the user's wallets.
    """
    from dyntui.services.access.access_policy import find_policy, name_of, read_lists
    from dyntui.services.actions.user_actions import add_to_allowlist

    async def find_list(connection: Connection) -> WriteAction:
        row = find_policy(await read_lists(connection.client), allowlist)
        return add_to_allowlist(str(row["id"]), name_of(row))

    action = add_to_allowlist("", allowlist)
    return run_on_users(context, action, targets, confirmation, ignore_missing=ignore_missing, prepare=find_list)


@click.command("edit-metadata", cls=BaseCommand)
@click.argument("user", metavar="USER")
@click.option(
    "--from",
    "source",
    metavar="FILE",
    help="Read the metadata from FILE; - is standard input.",
)
@confirm_options
@pass_context
def edit_metadata(context: CliContext, user: str, source: str | None, confirmation: Confirmation) -> int:
    """Edit the whole metadata of a user in your editor, or replace it from a file. The changes are shown first."""
    from dyntui.services.actions.resource_actions import write_action
    from dyntui.services.actions.target_lookup import read_object
    from dyntui.services.actions.user_actions import user_target
    from dyntui.services.editor import editor
    from dyntui.services.metadata import metadata_changes, metadata_of, metadata_text, read_metadata

    if source is None and not editor():
        raise UsageError("The variable EDITOR is not set.", hint="Set it, or pass the metadata with --from FILE.")
    file_text = read_text(source, "The metadata") if source is not None else None

    async def work(connection: Connection) -> int:
        connection.write_gate.check(write_action("users.edit"))
        document = await read_object(connection.client, USERS, user)
        text = file_text if file_text is not None else _edit_until_valid(metadata_text(metadata_of(document)))
        metadata = read_metadata(text)
        document = await connection.client.users.get_raw(str(document["id"]))
        changes = metadata_changes(metadata_of(document), metadata)
        if not changes:
            context.print_message("There are no changes, so nothing was saved.")
            return 0
        context.print_message(*changes)
        target = user_target(document, fields={"metadata": metadata})
        is_saved = False
        try:
            results = await perform(context, connection, write_action("users.edit"), [target], confirmation)
            is_saved = results.is_complete
        finally:
            if not is_saved and file_text is None:
                context.print_message("The metadata was not saved. Your text, for --from FILE:", *text.split("\n"))
        return report_results(context, results)

    return context.run_connected(work)


def _edit_until_valid(text: str) -> str:
    """Open the editor with `text` until the result is valid metadata, and return it. Raises UsageError on giving up."""
    from dyntui.services.editor import edit
    from dyntui.services.metadata import read_metadata

    while True:
        text = edit(text)
        try:
            read_metadata(text)
        except UsageError as error:
            print_lines(error.message, err=True)
            if not confirm("Edit again?", default=True):
                raise
        else:
            return text
