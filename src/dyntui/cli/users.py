"""`dyntui users`: what the users screen shows and does, for pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context, run
from dyntui.cli.field_arguments import assignments
from dyntui.cli.write_helpers import act, ids_argument, read_ids, report
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Target, WriteAction

__all__ = ["users"]


_LAZY = {
    "list": ("dyntui.cli.user_lists:list_users", "List users, newest first."),
    "export": ("dyntui.cli.user_lists:export_users", "Export users: all, filtered, or those whose ids are given."),
    "sessions": ("dyntui.cli.user_subresources:sessions", "List the sessions of a user, the latest first."),
    "session-revoke": (
        "dyntui.cli.user_subresources:revoke_session",
        "Sign single devices out, by the ids of their sessions.",
    ),
    "social-token": (
        "dyntui.cli.user_subresources:social_token",
        "Reveal the access token of a social account; it is audited.",
    ),
    "allowlist-add": ("dyntui.cli.user_subresources:add_to_list", "Put users on an allowlist."),
    "edit-metadata": (
        "dyntui.cli.user_subresources:edit_metadata",
        "Change the metadata of a user as a whole, in your editor or from a file.",
    ),
}


@click.group(cls=CommandGroup, lazy=_LAZY)
def users() -> None:
    """List, read and change users."""


@users.command("get")
@click.argument("user_id", metavar="ID")
@pass_context
def get_user(context: CliContext, user_id: str) -> None:
    """Read one user with everything on it."""

    async def work() -> Any:
        async with context.connection() as connection:
            return await connection.client.users.get_raw(user_id)

    show_object(context, run(work()), "user")


def show_object(context: CliContext, document: Any, key: str) -> None:
    """One object of the API: as JSON, or as dot paths and values."""
    found = document.get(key, document) if isinstance(document, dict) else document
    context.emit(found)
    if not context.json:
        for name, value in facts(found):
            context.say(f"{name:<28}  {value}")


def facts(value: Any, prefix: str = "") -> Any:
    """Nested JSON as (dot path, text) pairs."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from facts(part, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from facts(part, f"{prefix}.{index}")
    elif value not in (None, "", [], {}):
        yield prefix, value


def _performing(
    context: CliContext, action: WriteAction, targets: list[Target], yes: bool, confirm_environment: str
) -> int:
    async def work() -> int:
        async with context.connection() as connection:
            results = await act(context, connection, action, targets, yes=yes, confirm_environment=confirm_environment)
            return report(context, results)

    return run(work())


def targets_of(ids: tuple[str, ...]) -> list[Target]:
    """Users or wallets named by id, from the arguments or standard input."""
    from dyntui.services.actions.write_types import Target

    return [Target(user_id) for user_id in read_ids(ids)]


@users.command("create")
@click.argument("pairs", nargs=-1, metavar="FIELD=VALUE...")
@confirm_options
@pass_context
def create_user(context: CliContext, pairs: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Create one user: email=ada@example.com firstName=Ada metadata='{"plan":"pro"}'.

    What FIELD=VALUE says is text, unless the API has another kind of value there; FIELD:=JSON is sent as it is.
    """
    from dyntui.services.actions.user_actions import CREATE_USER
    from dyntui.services.actions.write_types import Target

    fields = assignments(pairs, "createUser", known_only=True)
    if not fields:
        raise UsageError("A user needs at least one field.", hint="For instance: email=ada@example.com")
    target = Target(
        str(fields.get("id", "")), str(fields.get("email") or fields.get("username") or ""), {"fields": fields}
    )
    return _performing(context, CREATE_USER, [target], yes, confirm_environment)


@users.command("update")
@click.argument("user_id", metavar="ID")
@click.argument("pairs", nargs=-1, metavar="FIELD=VALUE...")
@confirm_options
@pass_context
def update_user(context: CliContext, user_id: str, pairs: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Change profile fields of one user; the e-mail cannot be changed.

    metadata.KEY=TEXT changes one field of the metadata, metadata.KEY:=JSON to a number, true, false, null, a list or an
    object. FIELD:=null clears a field that may be empty.
    """
    from dyntui.services.actions.user_actions import UPDATABLE, UPDATE_USER
    from dyntui.services.actions.write_types import Target

    fields = assignments(pairs, "updateUser")
    partial = {
        name.removeprefix("metadata."): fields.pop(name) for name in list(fields) if name.startswith("metadata.")
    }
    if wrong := [name for name in fields if name not in UPDATABLE]:
        raise UsageError(f"The API cannot change {', '.join(wrong)}.", hint=f"It can change: {', '.join(UPDATABLE)}.")
    if not fields and not partial:
        raise UsageError("Nothing to change was given.", hint="For instance: firstName=Ada")

    async def work() -> int:
        async with context.connection() as connection:
            if partial:
                document = await connection.client.users.get_raw(user_id)
                kept = document.get("user", document).get("metadata") or {}
                fields["metadata"] = {**kept, **fields.get("metadata", {}), **partial}
            targets = [Target(user_id, data={"fields": fields})]
            return report(
                context,
                await act(context, connection, UPDATE_USER, targets, yes=yes, confirm_environment=confirm_environment),
            )

    return run(work())


@users.command("delete")
@ids_argument
@confirm_options
@pass_context
def delete_users(context: CliContext, ids: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Delete users for good. Ids as arguments or on standard input."""
    from dyntui.services.actions.user_actions import DELETE_USER

    return _performing(context, DELETE_USER, targets_of(ids), yes, confirm_environment)


@users.command("sessions-revoke")
@ids_argument
@confirm_options
@pass_context
def revoke_sessions(context: CliContext, ids: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Sign users out everywhere. Ids as arguments or on standard input."""
    from dyntui.services.actions.user_actions import REVOKE_SESSIONS

    return _performing(context, REVOKE_SESSIONS, targets_of(ids), yes, confirm_environment)


@users.command("mfa-reset")
@ids_argument
@click.option("--devices", is_flag=True, help="Remove all devices, instead of resetting the methods.")
@confirm_options
@pass_context
def reset_mfa(context: CliContext, ids: tuple[str, ...], devices: bool, yes: bool, confirm_environment: str) -> int:
    """Reset the MFA methods of users, or remove their devices."""
    from dyntui.services.actions.user_actions import REMOVE_MFA_DEVICES, RESET_MFA

    action = REMOVE_MFA_DEVICES if devices else RESET_MFA
    return _performing(context, action, targets_of(ids), yes, confirm_environment)


@users.command("set-metadata")
@click.argument("pair", metavar="KEY=TEXT|KEY:=JSON")
@ids_argument
@confirm_options
@pass_context
def set_metadata(context: CliContext, pair: str, ids: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Set one metadata field of users; the others are kept.

    KEY=TEXT sets a text, also one of digits; KEY:=JSON a number, true, false, null, a list or an object: seats:=3.
    """
    from dyntui.services.actions.user_actions import set_metadata_field

    ((key, value),) = assignments((pair,)).items()
    return _performing(context, set_metadata_field(key, value), targets_of(ids), yes, confirm_environment)
