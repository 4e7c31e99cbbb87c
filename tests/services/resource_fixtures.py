"""What the tests of the resource records share: a sandbox that lets everything be reached, and something to fill in for
every action of every record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource, Scope
from dyntui.sandbox.app import Gateway
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.sandbox import Sandbox
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.resource_actions import (
    check_values,
    find_action,
    form_fields,
    make_target,
    make_write_action,
    resolve_parent,
    starting_values,
)
from dyntui.services.actions.write_types import Confirmation, Target, TargetResult, WriteAction
from dyntui.services.connection import Connection
from dyntui.services.demo import demo_connection
from dyntui.services.lists.list_source import scan

NOW = "2026-11-22T12:30:00Z"
FLAGS = {"organization-access": "yes", "export-delay-ms": "0", "webhook-elsewhere": "accepted"}
RULE = '[{"type": "email"}, {"type": "wallet"}]'
SIGNED = json.dumps(
    [
        {
            "chain": "EVM",
            "toAddresses": ["0x" + "ab" * 20],
            "valueLimits": [{"asset": "0x" + "cd" * 20, "maxPerCall": "5"}],
        }
    ]
)
GATE_RULE = '[{"type": "nft", "address": {"networkId": 1, "contractAddress": "0x%s"}, "chain": "EVM"}]' % ("ab" * 20)

FILLED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("users", "create"): {"email": "new@example.com"},
    ("users", "edit"): {"firstName": "Renamed"},
    ("organizations", "create"): {"name": "Tailspin", "websiteUrl": "https://tailspin.example"},
    ("organizations", "edit"): {"name": "Northwind 2"},
    ("organizations", "edit-address"): {"city": "Oslo"},
    ("projects", "create"): {"name": "Second"},
    ("projects", "edit"): {"name": "Renamed"},
    ("members", "edit"): {"role": "developer"},
    ("members", "delegate-ownership"): {"adminMemberIdToDelegate": "ADMIN"},
    ("invites", "create"): {"email": "guest@example.com", "role": "developer"},
    ("custom-networks", "create"): {
        "networkType": "EVM",
        "chainName": "Test",
        "chainId": "77",
        "rpcUrl": "https://rpc.example",
        "blockExplorerUrl": "https://explorer.example",
        "iconUrl": "https://icon.example/i.png",
        "nativeCurrencyName": "Test",
        "nativeCurrencySymbol": "TST",
        "nativeCurrencyIconUrl": "https://icon.example/c.png",
        "nativeCurrencyDecimals": "18",
    },
    ("custom-networks", "edit"): {"chainName": "Renamed"},
    ("sso", "create"): {
        "clientId": "client",
        "clientSecret": "hidden",
        "ssoDomain": "acme.okta.com",
        "emailDomain": "acme.example",
        "provider": "okta",
    },
    ("sso", "edit"): {"enforceOnlySSO": "true"},
    ("subscription", "apply-coupon"): {"coupon": "SPRING"},
    ("origins", "create"): {"origin": "https://new.example"},
    ("deeplinks", "create"): {"url": "newapp://"},
    ("hostnames", "create"): {"hostname": "auth.new.example", "usage": "cookies"},
    ("custom-fields", "create"): {
        "name": "Size",
        "enabled": "true",
        "required": "false",
        "fieldType": "text",
        "position": "7",
    },
    ("custom-fields", "edit"): {"name": "Renamed"},
    ("providers", "create"): {"provider": "spotify", "clientId": "spot", "clientSecret": "hidden"},
    ("providers", "edit"): {"scopes": "openid"},
    ("exchanges", "create"): {"exchange": "kraken"},
    ("sdk-views", "edit"): {"sections": RULE},
    ("name-services", "create"): {
        "chainName": "SOL",
        "address": "So1anaAddress",
        "domain": "north.sol",
        "signature": "0xsigned",
    },
    ("name-services", "signing-message"): {
        "chainName": "SOL",
        "address": "So1anaAddress",
        "domain": "north.sol",
        "uri": "https://north.example",
    },
    ("global-wallet", "create"): {"walletName": "Mine"},
    ("global-wallet", "edit"): {"popupPageTitle": "Sign in"},
    ("global-wallet-access", "create"): {"type": "allow"},
    ("global-wallet-access", "edit"): {"type": "block"},
    ("global-wallet-domains", "create"): {"domain": "new.example"},
    ("allowlists", "create"): {"name": "Guests", "outcome": "siteAccess"},
    ("allowlists", "edit"): {"outcome": "block"},
    ("gates", "create"): {"name": "Owners", "outcome": "scope", "scope": "owner", "rules": GATE_RULE},
    ("gates", "edit"): {"name": "Renamed"},
    ("waas-policies", "create"): {"name": "Limit", "ruleType": "deny", "chain": "EVM", "valueLimit.totalLimit": "100"},
    ("waas-policies", "edit"): {"ruleType": "deny", "addresses": "0x%s" % ("cd" * 20)},
    ("delegation-keys", "create"): {"publicKey": "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"},
    ("delegation-keys", "revoke-delegated-access"): {"walletIds": "DELEGATED"},
    ("signature-policies", "create"): {"policyContent": SIGNED, "timeLimit": "600"},
    ("signature-policies", "edit"): {"policyContent": SIGNED, "timeLimit": "60"},
    ("keys", "verify-jwt"): {"encodedJwt": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1MSIsImV4cCI6NDEwMjQ0NDgwMH0.signature"},
    ("webhooks", "create"): {"url": "https://hooks.example.com/in", "events": "user.created", "isEnabled": "true"},
    ("webhooks", "edit"): {"events": "user.created, user.deleted"},
    ("exports", "create"): {"model": "users", "format": "csv"},
    ("tokens", "create"): {"note": "Made by a test", "scopes": "environment.users.read"},
    ("user-tokens", "create"): {"note": "Mine", "scopes": "environment.users.read"},
}
"""What is filled in for the actions that ask for something; `filled_values` puts ids in the place of capitals."""

FIRST: Mapping[tuple[str, str], tuple[str, str]] = {
    ("sso", "edit"): ("sso", "create"),
    ("sso", "delete"): ("sso", "create"),
    ("test-account", "delete"): ("test-account", "create"),
    ("chainalysis", "enable"): ("chainalysis", "disable"),
    ("name-services", "enable"): ("name-services", "disable"),
    ("global-wallet", "enable"): ("global-wallet", "disable"),
    ("global-wallet-access", "enable"): ("global-wallet-access", "disable"),
    ("exchanges", "disable"): ("exchanges", "enable"),
    ("projects", "delete"): ("projects", "create"),
    ("signature-policies", "edit"): ("signature-policies", "create"),
    ("signature-policies", "delete"): ("signature-policies", "create"),
}
"""What has to be done before there is anything to do an action to."""

DELETED_BEFORE: Mapping[tuple[str, str], str] = {
    ("global-wallet", "create"): "globalWallets",
    ("global-wallet-access", "create"): "globalWalletAccess",
}
"""One of a kind, of which the sample data has one: the sandbox's kind of document that has to go first."""


def connected(home: Any, *, read_only: bool = False, live: bool = False, **options: Any) -> Connection:
    """A connection to a sandbox of its own."""
    sandbox_options = {"users": 40, "seed": 1, "now": NOW, "flags": FLAGS, **options}
    made = demo_connection(SandboxOptions(**sandbox_options), read_only=read_only)
    return Connection(
        replace(made.profile, kind="live") if live else made.profile,
        sandbox_of(made).token,
        app=made.app,
        audit=Audit(home / "audit.jsonl"),
    )


def sandbox_of(connection: Connection) -> Sandbox:
    """Return the sandbox in this process that a connection goes to."""
    assert isinstance(connection.app, Gateway)
    return connection.app.sandbox


def actions() -> list[tuple[str, str]]:
    """Every action of every record that needs only rows of the record and fields."""
    return [
        (record.name, action.name)
        for record in RESOURCES.values()
        for action in record.actions
        if not action.command and (not action.noun or action.fields)
    ]


async def rows_of(connection: Connection, name: str, parent: str = "") -> list[dict[str, Any]]:
    """All rows of a list."""
    record = RESOURCES[name]
    return [dict(scanned.row) async for scanned in scan(connection.client, record, parent=parent)]


def _fits(action: ResourceAction | None, row: dict[str, Any]) -> bool:
    return action is None or action.disabled_reason is None or action.disabled_reason(row) is None


async def parent_for(connection: Connection, record: Resource, action: ResourceAction | None = None) -> str:
    """Something that the record's list can belong to, with rows in it (that the action fits) where there is any."""
    if record.scope is not Scope.PARENT:
        return await resolve_parent(connection.client, record)
    holder = RESOURCES[record.parent_resource]
    holders = await rows_of(connection, holder.name, await parent_for(connection, holder))
    for row in holders:
        row_id = str(row[holder.key])
        if any(_fits(action, each) for each in await rows_of(connection, record.name, row_id)):
            return row_id
    return str(holders[0][holder.key])


async def row_for(
    connection: Connection, record: Resource, action: ResourceAction, parent: str
) -> dict[str, Any] | None:
    """A row that the action can be done with, the one made last; None for an action on the list."""
    if action.target is ActionTarget.LIST:
        return None
    fitting = [row for row in await rows_of(connection, record.name, parent) if _fits(action, row)]
    assert fitting, f"the sandbox has nothing to {action.name} among {record.name}"
    return fitting[-1]


async def filled_values(connection: Connection, name: str, action_name: str, parent: str) -> dict[str, str]:
    """What is filled in for an action, with the ids of the sandbox. parent: what the list of the record belongs to."""
    values = dict(FILLED.get((name, action_name), {}))
    if values.get("adminMemberIdToDelegate") == "ADMIN":
        members = await rows_of(connection, name, parent)
        values["adminMemberIdToDelegate"] = next(each["id"] for each in members if each["role"] == "admin")
    if values.get("walletIds") == "DELEGATED":
        wallets = await rows_of(connection, "wallets")
        values["walletIds"] = next(each["id"] for each in wallets if each.get("delegatedAccessWalletApiKeys"))
    return values


@dataclass(frozen=True)
class Prepared:
    """An action that is filled in. row: what it is done to, None for the list. parent: what the list belongs to."""

    write: WriteAction
    target: Target
    row: dict[str, Any] | None
    parent: str


async def prepared(
    connection: Connection, name: str, action_name: str, *, fields: Mapping[str, str] | None = None
) -> Prepared:
    """An action with what is filled in for it here, or with these fields."""
    record, action = RESOURCES[name], find_action(RESOURCES[name], action_name)
    client = connection.client
    parent = await parent_for(connection, record, action)
    row = await row_for(connection, record, action, parent)
    values = fields if fields is not None else await filled_values(connection, name, action_name, parent)
    form = form_fields(client, action)
    initial_values = starting_values(action, form, row) if row is not None and form else None
    filled = check_values(client, action, {**(initial_values or {}), **values}, before=initial_values)
    write = make_write_action(record, action, filled, parent=parent)
    target = make_target(record, row)
    if name in ("allowlists", "gates"):
        target = replace(target, data={**target.data, "fields": filled.body or {}})
    return Prepared(write, target, row, parent)


async def perform(connection: Connection, write: WriteAction, *targets: Target) -> list[TargetResult]:
    """Do a write, confirmed in whichever way it asks for."""
    assessed = await connection.write_gate.with_impact(write, targets)
    needed = connection.write_gate.requirement(assessed, targets)
    confirmed = Confirmation(yes=True, typed=next(iter(needed.accepted), ""), read=needed.code)
    return list((await connection.write_gate.perform(write, targets, confirmed)).items)


async def done(
    connection: Connection, name: str, action_name: str, *, fields: Mapping[str, str] | None = None
) -> TargetResult:
    """Do an action with what is filled in for it; its one result."""
    ready = await prepared(connection, name, action_name, fields=fields)
    return (await perform(connection, ready.write, ready.target))[0]
