"""Who came and what was checked: sessions, visitors, Chainalysis, name services."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.cell_formats import address, age, enabled_since, short_id, yes_no
from dyntui.resources.environment import disable_disabled_reason, enable_disabled_reason
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

VISITORS = Resource(
    name="visitors",
    aliases=("visitor", "visits"),
    title="Visitors",
    singular="visitor",
    group="Visits",
    list=ListOperation("getEnvironmentVisitors", "visitors", Paging.OFFSET, order="createdAt-desc"),
    filter=Filter(
        "filter", "filterValue", "filterColumn", columns=("all", "id", "walletPublicKey"), other_keys=("chain",)
    ),
    columns=(
        Column("address", "address", 20, grow=True, format=address, priority=0),
        Column("chain", "chain", 8, priority=0),
        Column("walletName", "wallet", 18, priority=1),
        Column("provider", "provider", 18, priority=2),
        Column("createdAt", "came", 12, format=age, priority=1, order="createdAt"),
        Column("id", "id", 11, format=short_id, priority=3),
    ),
    route="detail",
    empty="Nobody has connected a wallet without signing in.",
    label=lambda row: str(row.get("address") or ""),
)  # fmt: skip

CHAINALYSIS = Resource(
    name="chainalysis",
    also_changes=("settings",),
    aliases=("sanctions",),
    title="Chainalysis",
    singular="Chainalysis configuration",
    group="Chainalysis",
    list=ListOperation("getChainalysisByEnvironmentId", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("sanctionsApiEnabled", "sanctions", 10, format=yes_no, priority=0),
        Column("kytApiEnabled", "KYT", 6, format=yes_no, priority=0),
        Column("updatedAt", "changed", 12, format=age, priority=1),
        Column("id", "id", 36, grow=True, priority=2),
    ),
    route="detail",
    empty="Chainalysis is not set up for this environment.",
    actions=(
        ResourceAction("enable", "enableSanctionsApiByEnvironmentId", "Check wallets against sanctions lists.",
            disabled_reason=_sanctions_on),
        ResourceAction("disable", "disableSanctionsApiByEnvironmentId", "Check wallets no more.", effect=Effect.DESTRUCTIVE,
            disabled_reason=_sanctions_off, warning="Sanctioned wallets can sign in from then on."),
    ),
)  # fmt: skip

NAME_SERVICES = Resource(
    name="name-services",
    also_changes=("settings",),
    aliases=("names", "ens"),
    title="Name services",
    singular="name service",
    group="NameServices",
    key="chainName",
    list=ListOperation("getNameService", shape=Shape.ONE, missing_is_empty=True, per_value=("chainName", CHAINS)),
    columns=(
        Column("chainName", "chain", 8, priority=0),
        Column("domain", "domain", 24, grow=True, priority=0),
        Column("address", "address", 14, format=address, priority=1),
        Column("enabledAt", "on", 18, format=enabled_since, priority=0),
    ),
    route="detail",
    empty="No chain has a name service.",
    label=lambda row: str(row.get("domain") or row.get("chainName") or ""),
    actions=(
        ResourceAction("signing-message", "fetchNameServiceSigningMessage",
            "Get the message that the owner of the domain signs with the wallet.", target=ActionTarget.LIST, key="m",
            effect=Effect.READ, fields=("chainName", "address", "domain", "uri"),
            reveals=("unsignedMessage", "message to sign")),
        ResourceAction("create", "createNameService", "Add a name service; the wallet has signed the message.", "new",
            target=ActionTarget.LIST, key="n", fields=("chainName", "address", "domain", "signature")),
        ResourceAction("enable", "enableNameService", "Give names from then on.", disabled_reason=enable_disabled_reason),
        ResourceAction("disable", "disableNameService", "Give names no more.", disabled_reason=disable_disabled_reason),
        ResourceAction("delete", "deleteNameService", "Delete it.", key="d", effect=Effect.DESTRUCTIVE,
            warning="It takes a new signature to add it again."),
    ),
)  # fmt: skip

RECORDS = (SESSIONS, VISITORS, CHAINALYSIS, NAME_SERVICES)
