"""Who came and what was checked: sessions, visitors, Chainalysis, name services."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.cell_formats import address, age, flag, ident, since
from dyntui.resources.environment import disabled, enabled
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Row, Scope, Shape

__all__ = ["RECORDS"]

CHAINS = ("EVM", "SOL", "FLOW", "STARK", "COSMOS", "BTC", "SUI", "TON")
"""The chains that are asked for a name service; the API has no list of them."""


def _revoked(row: Row) -> str | None:
    return "It is revoked already." if row.get("revokedAt") else None


def _sanctions_on(row: Row) -> str | None:
    return "It is on already." if row.get("sanctionsApiEnabled") else None


def _sanctions_off(row: Row) -> str | None:
    return None if row.get("sanctionsApiEnabled") else "It is off already."


SESSIONS = Resource(
    name="sessions",
    aliases=("session",),
    title="Sessions of a user",
    singular="session",
    group="Sessions",
    scope=Scope.PARENT,
    parent="userId",
    of="users",
    list=ListOperation("getUser", "user.sessions"),
    columns=(
        Column("createdAt", "began", 12, as_=age, priority=0),
        Column("revokedAt", "revoked", 12, as_=age, priority=0),
        Column("ipAddress", "address", 16, priority=1),
        Column("userAgent", "with", 30, grow=True, priority=2),
        Column("id", "id", 11, as_=ident, priority=3),
    ),
    detail="getSessionById",
    detail_path="sessionId",
    open="detail",
    cached=False,
    empty="This user has no sessions.",
    label=lambda row: " ".join(str(row.get(name) or "") for name in ("ipAddress", "createdAt")).strip(),
    actions=(
        ResourceAction("revoke", "revokeSessionById", "Sign the device out.", key="x", effect=Effect.DESTRUCTIVE,
            when=_revoked, warning="The person has to sign in again there."),
    ),
)  # fmt: skip

VISITORS = Resource(
    name="visitors",
    aliases=("visitor", "visits"),
    title="Visitors",
    singular="visitor",
    group="Visits",
    list=ListOperation("getEnvironmentVisitors", "visitors", Paging.OFFSET, order="createdAt-desc"),
    filter=Filter(
        "filter", "filterValue", "filterColumn", columns=("all", "id", "walletPublicKey"), others=("chain",)
    ),
    columns=(
        Column("address", "address", 20, grow=True, as_=address, priority=0),
        Column("chain", "chain", 8, priority=0),
        Column("walletName", "wallet", 18, priority=1),
        Column("provider", "provider", 18, priority=2),
        Column("createdAt", "came", 12, as_=age, priority=1, order="createdAt"),
        Column("id", "id", 11, as_=ident, priority=3),
    ),
    open="detail",
    empty="Nobody has connected a wallet without signing in.",
    label=lambda row: str(row.get("address") or ""),
)  # fmt: skip

CHAINALYSIS = Resource(
    name="chainalysis",
    touches=("settings",),
    aliases=("sanctions",),
    title="Chainalysis",
    singular="Chainalysis configuration",
    group="Chainalysis",
    list=ListOperation("getChainalysisByEnvironmentId", shape=Shape.ONE, absent=True),
    columns=(
        Column("sanctionsApiEnabled", "sanctions", 10, as_=flag, priority=0),
        Column("kytApiEnabled", "KYT", 6, as_=flag, priority=0),
        Column("updatedAt", "changed", 12, as_=age, priority=1),
        Column("id", "id", 36, grow=True, priority=2),
    ),
    open="detail",
    empty="Chainalysis is not set up for this environment.",
    actions=(
        ResourceAction("enable", "enableSanctionsApiByEnvironmentId", "Check wallets against sanctions lists.",
            when=_sanctions_on),
        ResourceAction("disable", "disableSanctionsApiByEnvironmentId", "Check wallets no more.", effect=Effect.DESTRUCTIVE,
            when=_sanctions_off, warning="Sanctioned wallets can sign in from then on."),
    ),
)  # fmt: skip

NAME_SERVICES = Resource(
    name="name-services",
    touches=("settings",),
    aliases=("names", "ens"),
    title="Name services",
    singular="name service",
    group="NameServices",
    key="chainName",
    list=ListOperation("getNameService", shape=Shape.ONE, absent=True, each=("chainName", CHAINS)),
    columns=(
        Column("chainName", "chain", 8, priority=0),
        Column("domain", "domain", 24, grow=True, priority=0),
        Column("address", "address", 14, as_=address, priority=1),
        Column("enabledAt", "on", 18, as_=since, priority=0),
    ),
    open="detail",
    empty="No chain has a name service.",
    label=lambda row: str(row.get("domain") or row.get("chainName") or ""),
    actions=(
        ResourceAction("signing-message", "fetchNameServiceSigningMessage",
            "Get the message that the owner of the domain signs with the wallet.", on=ActionTarget.LIST, key="m",
            effect=Effect.READ, fields=("chainName", "address", "domain", "uri"),
            shows=("unsignedMessage", "message to sign")),
        ResourceAction("create", "createNameService", "Add a name service; the wallet has signed the message.", "new",
            on=ActionTarget.LIST, key="n", fields=("chainName", "address", "domain", "signature")),
        ResourceAction("enable", "enableNameService", "Give names from then on.", when=enabled),
        ResourceAction("disable", "disableNameService", "Give names no more.", when=disabled),
        ResourceAction("delete", "deleteNameService", "Delete it.", key="d", effect=Effect.DESTRUCTIVE,
            warning="It takes a new signature to add it again."),
    ),
)  # fmt: skip

RECORDS = (SESSIONS, VISITORS, CHAINALYSIS, NAME_SERVICES)
