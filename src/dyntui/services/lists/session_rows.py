"""The sessions of a user, from whichever operation of the server tells them (docs/vendor-api.md#sessions)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.api.errors import ApiError, BadResponse, FilterUnsupported, Forbidden, NotFound
from dyntui.api.pagination import MAX_LIMIT, PageCheck
from dyntui.core.json_types import Row, as_object
from dyntui.resources.sessions import SESSIONS_UNKNOWN

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["read_sessions", "with_sessions"]

_LACKING = (403, 404, 405, 501)
"""The statuses with which a server that lacks the operation, or does not allow it, may refuse."""


async def read_sessions(client: Client, user_id: str, user: Row | None = None) -> list[Row]:
    """Return the sessions of a user.

    user: the user, if it was read already. Raises NotFound when there is no such user, and BadResponse when the server
    does not tell its sessions, which is not the same as a user without sessions.
    """
    if (found := await _listed(client, user_id)) is not None:
        return found
    user = user if user is not None else (await client.users.get(user_id)).raw
    if rows := _rows(user):
        return rows
    if (found := await _on_users_page(client, user_id)) is not None:
        return found
    if (found := _rows(user)) is not None:
        return found
    raise BadResponse(SESSIONS_UNKNOWN, hint="The token may lack the scope environment.users.read.")


async def with_sessions(client: Client, user: Row) -> Row:
    """Return a user with its sessions; without `sessions` when the server does not tell them.

    A user that has a list of sessions already, perhaps an empty one, needs no further request.
    """
    if _rows(user) is not None:
        return user
    try:
        return {**user, "sessions": await read_sessions(client, str(user.get("id")), user)}
    except BadResponse:
        return {name: value for name, value in user.items() if name != "sessions"}


async def _listed(client: Client, user_id: str) -> list[Row] | None:
    """Return the sessions from their own operation; None when the server lacks it."""
    rows: list[Row] = []
    check = PageCheck()
    try:
        while True:
            page = await client.page(
                "getUserSessions", "sessions", path={"userId": user_id}, limit=MAX_LIMIT, offset=len(rows) or None
            )
            check.offset(len(rows), page.rows)
            rows += page.rows
            if len(page.rows) < MAX_LIMIT:
                return rows
    except ApiError as error:
        if error.status in _LACKING:
            return None
        raise


async def _on_users_page(client: Client, user_id: str) -> list[Row] | None:
    """Return the sessions from the list of users; None when it does not contain them."""
    filter = {"filterColumn": "id", "filterValue": user_id}
    try:
        page = await client.page("getEnvironmentUsers", "users", filter=filter, includeSessions=True, limit=1)
    except (FilterUnsupported, Forbidden, NotFound):
        return None
    return next((_rows(row) for row in page.rows if row.get("id") == user_id), None)


def _rows(user: Row) -> list[Row] | None:
    """Return the sessions in a user; None when it has no list of them."""
    rows = user.get("sessions")
    return [as_object(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None
