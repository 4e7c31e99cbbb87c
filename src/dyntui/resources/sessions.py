"""Sessions of a user; a record for `dyntui.resources.RESOURCES`."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import ResourceAction
from dyntui.resources.cell_formats import age, short_id
from dyntui.resources.resource import Column, ListOperation, Resource, Row, Scope

__all__ = ["RECORDS"]


def _revoked(row: Row) -> str | None:
    return "It is revoked already." if row.get("revokedAt") else None


SESSIONS = Resource(
    name="sessions",
    aliases=("session",),
    title="Sessions of a user",
    singular="session",
    group="Sessions",
    scope=Scope.PARENT,
    parent="userId",
    parent_resource="users",
    list=ListOperation("getUser", "user.sessions"),
    columns=(
        Column("createdAt", "began", 12, format=age, priority=0),
        Column("revokedAt", "revoked", 12, format=age, priority=0),
        Column("ipAddress", "address", 16, priority=1),
        Column("userAgent", "with", 30, grow=True, priority=2),
        Column("id", "id", 11, format=short_id, priority=3),
    ),
    detail="getSessionById",
    detail_path="sessionId",
    route="detail",
    cached=False,
    empty="This user has no sessions.",
    label=lambda row: " ".join(str(row.get(name) or "") for name in ("ipAddress", "createdAt")).strip(),
    actions=(
        ResourceAction("revoke", "revokeSessionById", "Sign the device out.", key="x", effect=Effect.DESTRUCTIVE,
            disabled_reason=_revoked, warning="The person has to sign in again there."),
    ),
)  # fmt: skip

RECORDS = (SESSIONS,)
