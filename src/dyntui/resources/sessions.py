"""Sessions of a user; a record for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import NoChange, ResourceAction
from dyntui.resources.columns import id_column, time_column
from dyntui.resources.resource import Column, ListOperation, Resource, Row
from dyntui.resources.undo import irreversible

__all__ = ["SESSIONS", "SESSIONS_UNKNOWN"]

SESSIONS_UNKNOWN = "The server does not tell the sessions of a user."
"""What is shown in place of the sessions, so that it does not look like a user without any."""


def _revoke_disabled_reason(row: Row) -> str | None:
    return NoChange("The session is already revoked.") if row.get("revokedAt") else None


SESSIONS = Resource(
    name="sessions",
    description="Sign-ins of one user: device, IP address, state",
    aliases=("session",),
    title="User Sessions",
    singular="session",
    parent_resource="users",
    list=ListOperation("getUserSessions", "sessions"),
    columns=(
        time_column("createdAt", "started", priority=0, former_titles=("began",)),
        time_column("revokedAt", "revoked", priority=0),
        Column("ipAddress", "IP address", 16, priority=1, former_titles=("address",)),
        Column("userAgent", "device", 30, grow=True, priority=2, former_titles=("with",)),
        id_column(priority=3),
    ),
    detail="getSessionById",
    cached=False,
    empty="This user has no sessions.",
    not_configuration="It is data of running apps, not configuration.",
    label=lambda row: " ".join(str(row.get(name) or "") for name in ("ipAddress", "createdAt")).strip(),
    actions=(
        ResourceAction("revoke", "revokeSessionById", "Revoke the session, which signs the device out.", "revoke session", key="minus", effect=Effect.DESTRUCTIVE,
            disabled_reason=_revoke_disabled_reason, undo=irreversible("A session that was revoked cannot be opened again; the user has to sign in."), warning="The user has to sign in again on the device.", in_parallel=True),
    ),
)  # fmt: skip
