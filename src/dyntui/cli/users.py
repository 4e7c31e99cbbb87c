"""`dyntui users`: what the users screen shows, for pipes."""

from __future__ import annotations

from typing import Any

import click

from dyntui.cli.common import Context, Group, pass_context, run
from dyntui.core.errors import Usage

__all__ = ["users"]

_COLUMNS = ["all", "id", "walletPublicKey", "email", "alias", "firstName", "lastName", "phoneNumber", "jobTitle"]
_COLUMNS += ["wallet", "username", "accountId"]


@click.group(cls=Group)
def users() -> None:
    """List and read users."""


@users.command("list")
@click.option("--filter", "text", metavar="TEXT", help="Only users that match, as the server searches.")
@click.option("--column", type=click.Choice(_COLUMNS), default="all", show_default=True, help="Where to look for TEXT.")
@click.option("--chain", metavar="CHAIN", help="Only users with a wallet on that chain: EVM, SOL, BTC, ...")
@click.option("--social", metavar="PROVIDER", help="Only users with that social account: google, github, ...")
@click.option("--order", metavar="COLUMN-asc|desc", default="createdAt-desc", show_default=True, help="Server order.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first; order and limit do not count.")
@click.option("--sessions", is_flag=True, help="With their sessions.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line, as they come.")
@pass_context
def list_users(
    context: Context,
    text: str | None,
    column: str,
    chain: str | None,
    social: str | None,
    order: str,
    limit: int,
    everything: bool,
    sessions: bool,
    ndjson: bool,
) -> None:
    """List users, newest first."""
    from dyntui.resources import USERS
    from dyntui.services.listing import Query, scan

    wanted: dict[str, str] = {"filterValue": text, "filterColumn": column} if text else {}
    wanted |= {"chain": chain} if chain else {}
    wanted |= {"filterSocialProvider": social} if social else {}

    if everything and sessions:
        raise Usage("--all comes without sessions.", hint="Leave out --sessions, or give a --limit.")

    async def work() -> tuple[list[dict[str, Any]], int | None]:
        found: list[dict[str, Any]] = []
        total: int | None = None
        async with context.connection() as connection:
            listing = connection.client.users
            if everything:
                async for scanned in scan(connection.client, USERS, query=Query(filter=wanted)):
                    total = scanned.reported
                    if ndjson:
                        context.emit_line(scanned.row)
                    else:
                        found.append(scanned.row)
                return found, total
            while len(found) < limit:
                size = min(100, limit - len(found))
                page = await listing.list(
                    offset=len(found), limit=size, order=order, filter=wanted, include_sessions=sessions or None
                )
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

    document = run(work())
    user = document.get("user", document) if isinstance(document, dict) else document
    context.emit(user)
    if not context.json and isinstance(user, dict):
        for key, value in _facts(user):
            context.say(f"{key:<28}  {value}")


def _facts(value: Any, prefix: str = "") -> Any:
    """Nested JSON as (dot path, text) pairs."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from _facts(part, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from _facts(part, f"{prefix}.{index}")
    elif value not in (None, "", [], {}):
        yield prefix, value
