"""Every operation accepts any well-formed body, or refuses it in a documented shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.families import slow_except
from tests.sandbox.sandbox_contract import shape_problems

from dyntui.api.catalog import Operation, catalog
from dyntui.sandbox.handler_registry import HANDLERS

TEXTS: dict[str, Callable[[str], str]] = {
    "plain": lambda name: f"{name}1",
    "empty": lambda name: "",
    "address": lambda name: "0x" + "a" * 40,
    "url": lambda name: "https://a.example/x",
    "odd": lambda name: "\x00 ß👩‍👩‍👧 ' \" % _ * [ \\ " + "x" * 300,
}
NUMBERS = {"plain": 1, "empty": 0, "address": 10**15, "url": -1, "odd": -(2**53)}
TEXT = {"type": "string", "minLength": 1}
REFUSALS: dict[int, Any] = {
    400: {"$ref": "#/components/schemas/BadRequest"},
    403: {"$ref": "#/components/schemas/Forbidden"},
    404: {"$ref": "#/components/schemas/NotFound"},
    409: {"type": "object", "required": ["message"], "properties": {"message": TEXT}},
    422: {
        "type": "object",
        "required": ["error"],
        "properties": {"error": TEXT, "code": {"$ref": "#/components/schemas/UnprocessableEntityErrorCode"}},
    },
}
"""The documented shapes of refusals (docs/vendor-api.md#errors). The catalog has no schemas for the last two."""


def a_value(schema: Any, variant: str, name: str, *, whole: bool, depth: int = 0) -> Any:
    """Return a value of a schema. `whole`: with every field, not only the required ones."""
    schema = catalog().resolve(schema)
    if "anyOf" in schema:
        return a_value(schema["anyOf"][0], variant, name, whole=whole, depth=depth)
    if "enum" in schema:
        return schema["enum"][len(variant) % len(schema["enum"])]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties", {})
        names = properties if whole and depth < 6 else schema.get("required", ())
        return {each: a_value(properties[each], variant, each, whole=whole, depth=depth + 1) for each in names}
    if kind == "array":
        return [a_value(schema.get("items", {}), variant, name, whole=whole, depth=depth + 1)] if depth < 8 else []
    if kind in ("number", "integer"):
        return NUMBERS[variant]
    if kind == "boolean":
        return variant == "plain"
    if schema.get("format") == "date-time":
        return "2026-11-22T12:00:00.000Z"
    return TEXTS[variant](name)


async def ids(api: Any) -> dict[str, str]:
    """Return an existing id for each path parameter."""
    store, environment = api.sandbox.store, api.sandbox.environment_id
    users = await api.users(limit=100, includeSessions="true")
    user = next(each for each in users if each["wallets"] and each["sessions"] and each["oauthAccounts"])
    organization = store.all("organizations")[0]["id"]
    lists = store.all("allowlists", environment)
    hook = next(each for each in store.all("webhooks", environment) if each["isEnabled"])["webhookId"]

    def first(kind: str, parent: str = environment) -> str:
        return str(store.all(kind, parent)[0]["id"])

    return {
        "environmentId": environment, "userId": user["id"], "walletId": user["wallets"][0]["id"],
        "sessionId": user["sessions"][0]["id"], "oauthAccountId": user["oauthAccounts"][0]["id"],
        "allowlistId": lists[0]["id"], "allowlistEntryId": first("allowlistEntries", lists[0]["id"]),
        "chainName": "EVM", "sdkViewType": "login", "mfaDeviceType": "totp", "organizationId": organization,
        "projectId": first("projects", organization), "memberId": store.all("members", organization)[1]["id"],
        "inviteId": first("invites", organization), "networkId": first("customNetworks", organization),
        "ssoProviderId": environment, "tokenId": store.all("tokens")[1]["id"], "gateId": first("gates"),
        "customFieldId": first("customFields"), "customHostnameId": first("customHostnames"),
        "deeplinkUrlId": first("deeplinkUrls"), "originId": first("origins"), "providerId": first("providers"),
        "exchangeId": first("exchanges"), "globalWalletAccessControlDomainId": first("globalWalletDomains"),
        "webhookId": hook, "messageId": api.sandbox.webhooks.messages(hook, None)[0][0]["messageId"],
        "eventId": api.sandbox.events.page(None, "", None, None)[0][0]["eventId"], "keyId": first("delegationKeys"),
        "exportId": environment, "providerType": "google", "policyId": environment,
    }  # fmt: skip


def a_query(operation: Operation, variant: str) -> dict[str, Any]:
    query: dict[str, Any] = {}
    for parameter in operation.parameters:
        if parameter.where == "query" and parameter.required:
            text = "2026-11-20" if parameter.name in ("start", "end") else None
            query[parameter.name] = text or a_value(parameter.schema, variant, parameter.name, whole=False)
    return query


@pytest.mark.parametrize(
    ("variant", "whole"),
    slow_except(
        [(variant, whole) for variant in TEXTS for whole in (False, True)],
        *(("odd", True), ("empty", True)),
    ),
)
async def test_no_operation_fails_on_a_well_formed_body(make_api: Any, variant: str, whole: bool) -> None:
    api = make_api(users=60, flags={"organization-access": "yes", "bulk-violation": "row", "export-delay-ms": "60000"})
    real = await ids(api)
    for operation in sorted(catalog(), key=lambda each: each.method == "DELETE"):
        if operation.id not in HANDLERS:
            continue
        body = None if operation.body is None else a_value(operation.body, variant, "body", whole=whole)
        path = operation.path.format(**real)
        response = await api(operation.method, path, body, **a_query(operation, variant))
        if not response.is_success and response.status_code not in (302, 413):
            assert response.status_code in REFUSALS, f"{operation.id}: {response.status_code} {response.text}"
            problems = shape_problems(REFUSALS[response.status_code], response.json())
            assert not problems, f"{operation.id} {response.status_code}: {problems}"
