"""`dyntui users`: show, create, edit and delete users, their sessions, MFA and metadata.

The lazy commands are in user_lists.py and user_subresources.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.field_arguments import data_option, nested_body, parse_fields, print_warnings
from dyntui.cli.resource_commands import add_action_command, add_resource_commands
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.targets import UNCHANGED, LeftOut, ignore_missing_option, users_argument
from dyntui.cli.write_helpers import perform_and_report, report_results, run_on_users, run_write
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object
from dyntui.resources.all_resources import RESOURCES

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["users"]

users = CommandGroup(
    "users",
    help="List, create, edit and delete users.",
    lazy={
        "list": "dyntui.cli.user_lists:list_users",
        "export": "dyntui.cli.user_lists:export_users",
        "sessions": "dyntui.cli.user_subresources:list_sessions",
        "balances": "dyntui.cli.user_subresources:list_balances",
        "add-to-allowlist": "dyntui.cli.user_subresources:add_users_to_allowlist",
        "edit-metadata": "dyntui.cli.user_subresources:edit_metadata",
    },
)

_FIXED = ("id", "userId", "email", "emailVerifiedAt", "wallets", "oauthAccounts")
"""Fields of users that only a new user can have."""


@users.command("create")
@click.argument("pairs", nargs=-1, metavar="FIELD=VALUE...")
@data_option
@confirm_options
@pass_context
def create_user(context: CliContext, pairs: tuple[str, ...], data: str | None, confirmation: Confirmation) -> int:
    """Create one user.

    FIELD=VALUE is text, or the type of that field in the API; FIELD:=JSON is sent unchanged.
    """
    from dyntui.services.actions.resource_actions import write_action
    from dyntui.services.actions.write_types import Target

    fields = parse_fields(pairs, data).body("createUser")
    if not fields:
        raise UsageError("No field was given.", hint="Give at least one, such as email=ada@example.com.")
    print_warnings(context, "createUser", fields)
    target = Target(
        str(fields.get("id", "")), str(fields.get("email") or fields.get("username") or ""), {"fields": fields}
    )
    return run_write(context, write_action("users.create"), [target], confirmation)


@users.command("edit")
@click.argument("user", metavar="USER")
@click.argument("pairs", nargs=-1, metavar="FIELD=VALUE...")
@data_option
@confirm_options
@pass_context
def edit_user(
    context: CliContext, user: str, pairs: tuple[str, ...], data: str | None, confirmation: Confirmation
) -> int:
    """Edit profile fields of one user. The email cannot be changed.

    metadata.KEY=TEXT sets one metadata field to a text, metadata.KEY:=JSON to another JSON value. FIELD:=null clears a
    field.
    """
    from dyntui.resources.users import UPDATABLE
    from dyntui.services.actions.resource_actions import write_action
    from dyntui.services.actions.target_lookup import look_up_one
    from dyntui.services.actions.user_actions import user_target
    from dyntui.services.actions.write_types import WriteResults

    given = parse_fields(pairs, data)
    if unchangeable := [name for name in given.names if name in _FIXED]:
        raise UsageError(
            f"The API cannot change {', '.join(unchangeable)}.",
            hint=f"Fields that can be changed: {', '.join(UPDATABLE)}.",
        )
    fields = given.typed("updateUser")
    partial = {
        name.removeprefix("metadata."): fields.pop(name) for name in list(fields) if name.startswith("metadata.")
    }
    fields = nested_body(fields)
    print_warnings(context, "updateUser", fields)
    whole = fields.get("metadata", {})
    if partial and not isinstance(whole, dict):
        raise UsageError(f"metadata.{next(iter(partial))} cannot be set, because metadata is not a JSON object.")
    if not fields and not partial:
        raise UsageError("No change was given.", hint="Give FIELD=VALUE, such as firstName=Ada.")

    async def work(connection: Connection) -> int:
        action = write_action("users.edit")
        connection.write_gate.check(action)
        document = await look_up_one(connection.client, RESOURCES["users"], user)
        if partial:
            document = await connection.client.users.get_raw(str(document["id"]))
            current = as_object(document.get("metadata"))
            fields["metadata"] = {**current, **whole, **partial}
        target = user_target(document, fields=fields)
        if all(name in document and document[name] == value for name, value in fields.items()):
            left_out = LeftOut(unchanged=[(target, UNCHANGED)])
            return report_results(context, WriteResults(action, ()), left_out)
        return await perform_and_report(context, connection, action, [target], confirmation)

    return context.run_connected(work)


@users.command("set-metadata")
@click.argument("pair", metavar="KEY=TEXT|KEY:=JSON")
@users_argument
@ignore_missing_option
@confirm_options
@pass_context
def set_metadata(
    context: CliContext, pair: str, targets: tuple[str, ...], ignore_missing: bool, confirmation: Confirmation
) -> int:
    """Set one metadata field of users. Other metadata fields stay unchanged.

    KEY=TEXT sets a text, also for digits. KEY:=JSON sets another JSON value, such as seats:=3. Nothing is sent for
    users who have the value already.
    """
    from dyntui.core.strict_json import dump_json
    from dyntui.services.actions.user_actions import set_metadata_field
    from dyntui.services.metadata import metadata_of

    ((key, value),) = parse_fields((pair,)).typed().items()
    action = set_metadata_field(key, value)

    def has_value(user: Row) -> bool:
        metadata = metadata_of(user)
        return key in metadata and dump_json(metadata[key]) == dump_json(value)

    return run_on_users(context, action, targets, confirmation, ignore_missing=ignore_missing, is_unchanged=has_value)


add_resource_commands(users, RESOURCES["users"], without=users.lazy.keys() | users.commands.keys())
add_action_command(users, RESOURCES["sessions"], RESOURCES["sessions"].actions[0], "revoke-session")
