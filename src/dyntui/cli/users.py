"""`dyntui users`: what the users screen shows and does, for pipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.acting import act, ids_argument, read_ids, report
from dyntui.cli.common import Context, Group, confirm_options, pass_context, run
from dyntui.cli.files import export_options, export_rows
from dyntui.cli.pairs import assignments
from dyntui.core.errors import Usage

if TYPE_CHECKING:
    from dyntui.config.lists import SavedView
    from dyntui.services.writes import Target, WriteAction

__all__ = ["users"]

F = TypeVar("F", bound=Callable[..., Any])

_COLUMNS = ["all", "id", "walletPublicKey", "email", "alias", "firstName", "lastName", "phoneNumber", "jobTitle"]
_COLUMNS += ["wallet", "username", "accountId"]


_PARTS = "dyntui.cli.user_parts"
_LAZY = {
    "sessions": (_PARTS, "List the sessions of a user, the latest first."),
    "session-revoke": (_PARTS, "Sign single devices out, by the ids of their sessions."),
    "social-token": (_PARTS, "Reveal the access token of a social account; it is audited."),
    "allowlist-add": (_PARTS, "Put users on an allowlist."),
    "edit-metadata": (_PARTS, "Change the metadata of a user as a whole, in your editor or from a file."),
}


@click.group(cls=Group, lazy=_LAZY)
def users() -> None:
    """List, read and change users."""


def _filters(command: F) -> F:
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


def _wanted(text: str | None, column: str, chain: str | None, social: str | None) -> dict[str, str]:
    wanted: dict[str, str] = {"filterValue": text, "filterColumn": column} if text else {}
    wanted |= {"chain": chain} if chain else {}
    return wanted | ({"filterSocialProvider": social} if social else {})


def _saved(name: str | None) -> SavedView:
    from dyntui.config.lists import Lists, SavedView

    return Lists.load().view("users", name) if name else SavedView()


def _saved_filter(saved: SavedView) -> dict[str, str]:
    from dyntui.resources import USERS
    from dyntui.resources.filters import parse_filter

    return parse_filter(USERS.filter, saved.filter) if USERS.filter is not None else {}


def _table(context: Context, saved: SavedView, found: Sequence[Mapping[str, Any]]) -> None:
    """The users in the columns of the view, and their ids."""
    from dyntui.core.time import now
    from dyntui.resources import USERS
    from dyntui.services.columns import arranged

    columns, at = arranged(USERS.columns, saved.columns), now()
    cells = ([*(column.cell(row, at) for column in columns), row.get("id")] for row in found)
    context.table([*(column.name for column in columns), "id"], cells)


@users.command("list")
@_filters
@click.option("--order", metavar="COLUMN-asc|desc", help="Server order.  [default: createdAt-desc]")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first; order and limit do not count.")
@click.option("--view", metavar="NAME", help="Filter, order and columns as kept in the console; options go before.")
@click.option("--sessions", is_flag=True, help="With their sessions.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line, as they come.")
@pass_context
def list_users(
    context: Context,
    text: str | None,
    column: str,
    chain: str | None,
    social: str | None,
    order: str | None,
    limit: int,
    everything: bool,
    view: str | None,
    sessions: bool,
    ndjson: bool,
) -> None:
    """List users, newest first."""
    if everything and sessions:
        raise Usage("--all comes without sessions.", hint="Leave out --sessions, or give a --limit.")
    wanted = _wanted(text, column, chain, social)
    from dyntui.api.pages import PageCheck
    from dyntui.resources import USERS
    from dyntui.services.listing import Query, scan

    saved = _saved(view)
    wanted = {**_saved_filter(saved), **wanted}
    order = order or saved.order or "createdAt-desc"

    async def work() -> tuple[list[dict[str, Any]], int | None]:
        found: list[dict[str, Any]] = []
        total: int | None = None
        async with context.connection() as connection:
            if everything:
                async for scanned in scan(connection.client, USERS, query=Query(filter=wanted)):
                    total = scanned.reported
                    if ndjson:
                        context.emit_line(scanned.row)
                    else:
                        found.append(scanned.row)
                return found, total
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
            context.emit_line(row)
        return
    context.emit({"count": total, "users": found})
    if saved.columns:
        _table(context, saved, found)
        return
    context.table(
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
        context.note(f"{len(found):,} of {total:,} users" if total is not None else f"{len(found):,} users")


@users.command("get")
@click.argument("user_id", metavar="ID")
@pass_context
def get_user(context: Context, user_id: str) -> None:
    """Read one user with everything on it."""

    async def work() -> Any:
        async with context.connection() as connection:
            return await connection.client.users.get_raw(user_id)

    show_object(context, run(work()), "user")


def show_object(context: Context, document: Any, key: str) -> None:
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
    context: Context, action: WriteAction, targets: list[Target], yes: bool, confirm_environment: str
) -> int:
    async def work() -> int:
        async with context.connection() as connection:
            results = await act(context, connection, action, targets, yes=yes, confirm_environment=confirm_environment)
            return report(context, results)

    return run(work())


def targets_of(ids: tuple[str, ...]) -> list[Target]:
    """Users or wallets named by id, from the arguments or standard input."""
    from dyntui.services.writes import Target

    return [Target(user_id) for user_id in read_ids(ids)]


@users.command("create")
@click.argument("pairs", nargs=-1, metavar="FIELD=VALUE...")
@confirm_options
@pass_context
def create_user(context: Context, pairs: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Create one user: email=ada@example.com firstName=Ada metadata='{"plan":"pro"}'.

    What FIELD=VALUE says is text, unless the API has another kind of value there; FIELD:=JSON is sent as it is.
    """
    from dyntui.services.people import CREATE_USER
    from dyntui.services.writes import Target

    fields = assignments(pairs, "createUser", known_only=True)
    if not fields:
        raise Usage("A user needs at least one field.", hint="For instance: email=ada@example.com")
    target = Target(
        str(fields.get("id", "")), str(fields.get("email") or fields.get("username") or ""), {"fields": fields}
    )
    return _performing(context, CREATE_USER, [target], yes, confirm_environment)


@users.command("update")
@click.argument("user_id", metavar="ID")
@click.argument("pairs", nargs=-1, metavar="FIELD=VALUE...")
@confirm_options
@pass_context
def update_user(context: Context, user_id: str, pairs: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Change profile fields of one user; the e-mail cannot be changed.

    metadata.KEY=TEXT changes one field of the metadata, metadata.KEY:=JSON to a number, true, false, null, a list or an
    object. FIELD:=null clears a field that may be empty.
    """
    from dyntui.services.people import UPDATABLE, UPDATE_USER
    from dyntui.services.writes import Target

    fields = assignments(pairs, "updateUser")
    partial = {
        name.removeprefix("metadata."): fields.pop(name) for name in list(fields) if name.startswith("metadata.")
    }
    if wrong := [name for name in fields if name not in UPDATABLE]:
        raise Usage(f"The API cannot change {', '.join(wrong)}.", hint=f"It can change: {', '.join(UPDATABLE)}.")
    if not fields and not partial:
        raise Usage("Nothing to change was given.", hint="For instance: firstName=Ada")

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
def delete_users(context: Context, ids: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Delete users for good. Ids as arguments or on standard input."""
    from dyntui.services.people import DELETE_USER

    return _performing(context, DELETE_USER, targets_of(ids), yes, confirm_environment)


@users.command("sessions-revoke")
@ids_argument
@confirm_options
@pass_context
def revoke_sessions(context: Context, ids: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Sign users out everywhere. Ids as arguments or on standard input."""
    from dyntui.services.people import REVOKE_SESSIONS

    return _performing(context, REVOKE_SESSIONS, targets_of(ids), yes, confirm_environment)


@users.command("mfa-reset")
@ids_argument
@click.option("--devices", is_flag=True, help="Remove all devices, instead of resetting the methods.")
@confirm_options
@pass_context
def reset_mfa(context: Context, ids: tuple[str, ...], devices: bool, yes: bool, confirm_environment: str) -> int:
    """Reset the MFA methods of users, or remove their devices."""
    from dyntui.services.people import REMOVE_MFA_DEVICES, RESET_MFA

    action = REMOVE_MFA_DEVICES if devices else RESET_MFA
    return _performing(context, action, targets_of(ids), yes, confirm_environment)


@users.command("set-metadata")
@click.argument("pair", metavar="KEY=TEXT|KEY:=JSON")
@ids_argument
@confirm_options
@pass_context
def set_metadata(context: Context, pair: str, ids: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Set one metadata field of users; the others are kept.

    KEY=TEXT sets a text, also one of digits; KEY:=JSON a number, true, false, null, a list or an object: seats:=3.
    """
    from dyntui.services.people import set_metadata_field

    ((key, value),) = assignments((pair,)).items()
    return _performing(context, set_metadata_field(key, value), targets_of(ids), yes, confirm_environment)


@users.command("export")
@_filters
@export_options
@pass_context
def export_users(
    context: Context,
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
    from dyntui.services.listing import Query

    wanted = _wanted(text, column, chain, social)
    if ids and wanted:
        raise Usage("Ids and a filter were given; one of them is meant.")
    query = Query(filter=wanted)
    export_rows(context, USERS, USER_FIELDS, ids=ids, query=query, kind=kind, fields=fields, output=output)
