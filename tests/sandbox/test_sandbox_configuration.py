"""Configuration: create, update, delete, and invalid requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.sandbox.contract_configuration import RULE
from tests.sandbox.sandbox_contract import Checked

UNKNOWN_ID = "11111111-2222-4333-8444-555555555555"
FIELD = {"name": "Shoe size", "enabled": True, "required": False, "fieldType": "text", "position": 3}
GATE = {"name": "Holders", "outcome": "scope", "scope": "holder", "rules": [RULE]}


@dataclass(frozen=True)
class Life:
    """The operations of one kind of document. `change` is the body of an update."""

    path: str
    list: str
    create: str
    body: dict[str, Any]
    delete: str
    items: str = ""
    one: str = ""
    get: str = ""
    update: str = ""
    change: dict[str, Any] = field(default_factory=dict)
    enable: str = ""
    disable: str = ""


LIVES = [
    Life(
        "gateId", "getEnvironmentGates", "createGate", GATE, "deleteGate", items="gates", get="getGate",
        update="updateGate", change={"name": "Owners"}, enable="enableGate", disable="disableGate",
    ),
    Life(
        "customFieldId", "getCustomFieldsForEnvironment", "createCustomFieldForEnvironment", FIELD,
        "deleteCustomFieldById", get="getCustomFieldById", update="updateCustomFieldById",
        change={**FIELD, "name": "Size", "required": True},
    ),
    Life(
        "providerId", "getEnvironmentProviders", "createProvider", {"provider": "facebook", "clientId": "x"},
        "deleteProvider", items="providers", get="getProvider", update="updateProvider", change={"clientId": "y"},
        enable="enableProvider", disable="disableProvider",
    ),
    Life(
        "exchangeId", "getEnvironmentExchanges", "createExchange", {"exchange": "kraken"}, "deleteExchange",
        items="exchanges", get="getExchange", enable="enableExchange", disable="disableExchange",
    ),
    Life(
        "originId", "getOrigins", "addOrigin", {"origin": "https://a.example"}, "deleteOriginById", items="origins",
        one="origin",
    ),
    Life(
        "deeplinkUrlId", "getDeeplinkUrls", "addDeeplinkUrl", {"url": "shop://x"}, "deleteDeeplinkUrlById",
        items="deeplinkUrls",
    ),
    Life(
        "customHostnameId", "getCustomHostnames", "createCustomHostname",
        {"hostname": "id.a.example", "usage": "cookies"}, "deleteCustomHostname", items="customHostnames",
    ),
    Life(
        "webhookId", "getWebhooks", "createWebhook",
        {"url": "https://a.example/x", "isEnabled": False, "events": ["user.created"]}, "deleteWebhookById",
        items="data", get="getWebhook", update="updateWebhookById",
        change={"url": "https://b.example/x", "isEnabled": False, "events": ["user.deleted"]},
    ),
]  # fmt: skip


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.path)
async def test_a_document_is_created_updated_and_deleted(api: Any, life: Life) -> None:
    call = Checked(api)
    key = "webhookId" if life.path == "webhookId" else "id"

    async def listed() -> list[dict[str, Any]]:
        answer = await call(life.list)
        return list(answer[life.items] if life.items else answer)

    before = await listed()
    made = await call(life.create, life.body)
    made = made[life.one] if life.one else made
    assert {name: made[name] for name in life.body} == life.body
    path = {life.path: made[key]}
    assert await listed() == [*before, made], "new things come last"
    if life.get:
        assert await call(life.get, **path) == made
    if life.update:
        changed = await call(life.update, life.change, **path)
        assert {name: changed[name] for name in life.change} == life.change
        assert (await listed())[-1] == changed
        assert await call.refused(404, life.update, life.change, None, **{life.path: UNKNOWN_ID}) == "not_found"
    if life.enable:
        enabled = await call(life.enable, **path)
        assert enabled["enabledAt"] == "2026-11-22T12:30:00.000Z" and (await listed())[-1] == enabled
        api.sandbox.clock.freeze("2026-11-22T13:00:00Z")
        assert await call(life.enable, **path) == enabled, "enabled since then, still"
        assert (await call(life.disable, **path))["enabledAt"] is None
        assert await call.refused(404, life.enable, None, None, **{life.path: UNKNOWN_ID}) == "not_found"
    await call(life.delete, **path)
    assert await listed() == before
    assert await call.refused(404, life.delete, **path) == "not_found"
    if life.get:
        assert await call.refused(404, life.get, **path) == "not_found"


@pytest.mark.parametrize(
    ("operation_id", "body", "status", "code"),
    [
        ("createGate", {**GATE, "name": "Whales"}, 422, "gate_exists"),
        ("createGate", {**GATE, "rules": []}, 422, "invalid_gate"),
        ("createGate", {**GATE, "rules": [{**RULE, "address": {"networkId": 1, "contractAddress": "0x1"}}]}, 422,
         "invalid_gate"),
        ("createGate", {**GATE, "rules": [{**RULE, "type": "token", "filter": {"amount": 0}}]}, 422, "invalid_gate"),
        ("createGate", {**GATE, "rules": [{**RULE, "chain": "BTC"}]}, 422, "nft_token_gating_not_supported_for_chain"),
        ("createGate", {**GATE, "name": " x"}, 400, ""),
        ("createGate", {**GATE, "outcome": "maybe"}, 400, ""),
        ("createCustomFieldForEnvironment", {**FIELD, "name": "Plan"}, 422, "custom_field_not_unique"),
        ("createCustomFieldForEnvironment", {**FIELD, "position": -1}, 422, "invalid_position"),
        ("createCustomFieldForEnvironment", {**FIELD, "validationRules": {"regex": "("}}, 422, "invalid_regex"),
        ("createCustomFieldForEnvironment", {**FIELD, "validationRules": {"validOptions": [{"label": "a"}] * 2}}, 422,
         "repeated_options"),
        ("addOrigin", {"origin": "https://a.example/path"}, 422, "invalid_cors_origins"),
        ("addOrigin", {"origin": "ftp://a.example"}, 422, "invalid_cors_origins"),
        ("addOrigin", {"origin": "https://a.*.example"}, 422, "invalid_cors_origins"),
        ("addOrigin", {"origin": "http://localhost:3000/"}, 422, "duplicate_exists"),
        ("addDeeplinkUrl", {"url": "no scheme"}, 422, "invalid_mobile_deeplink_urls"),
        ("addDeeplinkUrl", {"url": "northwind://sign-in"}, 422, "duplicate_exists"),
        ("createCustomHostname", {"hostname": "localhost", "usage": "cookies"}, 422, "invalid_custom_hostname"),
        ("createCustomHostname", {"hostname": "AUTH.a.example", "usage": "cookies"}, 422, "invalid_custom_hostname"),
        ("createCustomHostname", {"hostname": "a.example", "usage": "mail"}, 400, ""),
        ("createProvider", {"provider": "google"}, 422, "duplicate_exists"),
        ("createProvider", {"provider": "github"}, 422, "duplicate_exists"),
        ("createExchange", {"exchange": "coinbase"}, 422, "duplicate_exists"),
        ("createGlobalWalletSettings", {"walletName": "x"}, 422, "duplicate_exists"),
        ("updateGlobalWalletSettings", {"walletIconUrl": "javascript:x"}, 400, ""),
        ("addGlobalWalletAccessControlDomain", {"domain": "partner.example"}, 422, "duplicate_exists"),
        ("addGlobalWalletAccessControlDomain", {"domain": "a b"}, 400, ""),
        ("createWaasPolicy", {"rulesToAdd": [{"name": "No export", "ruleType": "deny", "chain": "SVM"}]}, 422,
         "duplicate_exists"),
        ("updateWaasPolicy", {"rulesToUpdate": [{"name": "x", "ruleType": "deny", "chain": "SVM"}]}, 404, "not_found"),
        ("deleteWaasPolicy", {"ruleIdsToDelete": [UNKNOWN_ID]}, 404, "not_found"),
        ("getTestAccount", None, 404, "not_found"),
        ("deleteTestAccount", None, 404, "not_found"),
    ],
)  # fmt: skip
async def test_an_invalid_request_is_refused_with_its_code(
    api: Any, operation_id: str, body: Any, status: int, code: str
) -> None:
    assert await Checked(api).refused(status, operation_id, body) == code


async def test_a_gate_name_is_unique_and_an_update_may_keep_it(api: Any) -> None:
    call = Checked(api)
    gate = await call("createGate", GATE)
    await call("updateGate", {"name": GATE["name"], "scope": "other"}, gateId=gate["id"])
    assert await call.refused(422, "updateGate", {"name": "Whales"}, gateId=gate["id"]) == "gate_exists"


async def test_a_field_keeps_its_key_and_is_unique_only_if_its_values_are(api: Any) -> None:
    call = Checked(api)
    made = await call("createCustomFieldForEnvironment", FIELD)
    assert made["key"] == "shoe_size"
    for number in range(2):
        await api.create(email=f"p{number}@example.com", metadata={"shoe_size": "42", "other": number})
    unique = {**FIELD, "name": "Size", "validationRules": {"unique": True}}
    path = {"customFieldId": made["id"]}
    assert await call.refused(422, "updateCustomFieldById", unique, **path) == "cannot_switch_to_unique"
    renamed = await call("updateCustomFieldById", {**FIELD, "name": "Size"}, **path)
    assert (renamed["key"], renamed["name"]) == ("shoe_size", "Size")
    other = await call("createCustomFieldForEnvironment", {**FIELD, "name": "Other"})
    await call("updateCustomFieldById", {**unique, "name": "Other"}, customFieldId=other["id"])


async def test_settings_include_separate_objects_that_a_put_does_not_change(api: Any) -> None:
    call = Checked(api)
    settings = (await call("getEnvironmentById"))["settings"]
    assert {each["provider"] for each in settings["providers"]} > {"google", "discord"}
    assert [each["name"] for each in settings["customFields"]] == ["plan", "referrer", "newsletter"]
    assert settings["sdk"]["views"][0]["type"] == "login"
    changed = {**settings, "providers": [], "customFields": [], "environmentName": "live"}
    changed["general"] = {**settings["general"], "displayName": "Changed"}
    after = await call("updateProjectSettings", changed)
    assert after["general"]["displayName"] == "Changed"
    assert after == (await call("getEnvironmentById"))["settings"]
    assert after["providers"] == settings["providers"] and after["environmentName"] == "sandbox"
    assert await call.refused(400, "updateProjectSettings", {"general": {}}) == ""


async def test_an_exchange_needs_its_provider(api: Any) -> None:
    call = Checked(api)
    providers = {each["provider"]: each["id"] for each in (await call("getEnvironmentProviders"))["providers"]}
    exchange = (await call("getEnvironmentExchanges"))["exchanges"][0]["id"]
    await call("disableProvider", providerId=providers["coinbaseOnramp"])
    assert await call.refused(422, "enableExchange", exchangeId=exchange) == "exchange_cannot_be_enabled"
    await call("enableProvider", providerId=providers["coinbaseOnramp"])
    assert (await call("enableExchange", exchangeId=exchange))["enabledAt"]


async def test_each_chain_has_one_name_service(api: Any) -> None:
    call = Checked(api)
    body = {"address": "0x1", "domain": "shop.eth", "signature": "signed"}
    assert await call.refused(422, "createNameService", body, chainName="ETH") == "duplicate_exists"
    assert (await call("getNameService", chainName="evm"))["domain"] == "northwind.eth"
    assert await call.refused(404, "getNameService", chainName="SOL") == "not_found"
    assert await call.refused(404, "getNameService", chainName="MOON") == "not_found"
    assert await call.refused(400, "createNameService", {**body, "domain": "nodot"}, chainName="SOL") == ""
    await call("deleteNameService", chainName="EVM")
    await call("createNameService", body, chainName="EVM")


async def test_only_a_sandbox_test_account_has_a_phone(make_api: Any) -> None:
    for name, phone in (("sandbox", True), ("live", False)):
        account = await Checked(make_api(flags={"environment-name": name}))("createTestAccount")
        assert ("phone" in account) is phone and "+dynamic_test@" in account["email"] and len(account["code"]) == 6


async def test_connections_are_filtered_by_user_and_status(api: Any) -> None:
    call = Checked(api)
    connections = await call("getGlobalWalletConnections")
    user = connections[0]["userId"]
    assert [each["userId"] for each in await call("getGlobalWalletConnections", query={"userId": user})] == [user]
    disconnected = await call("getGlobalWalletConnections", query={"status": "disconnected"})
    assert disconnected and {each["status"] for each in disconnected} == {"disconnected"}
    assert await call("getGlobalWalletConnections", query={"offset": 1, "limit": 2}) == connections[1:3]


@pytest.mark.parametrize(
    ("head", "claims", "errors"),
    [
        ('{"alg":"RS256"}', '{"sub":"x","exp":99999999999,"iss":"https://id.example"}', 0),
        ('{"alg":"none"}', '{"sub":"x","exp":99999999999,"iss":"https://id.example"}', 1),
        ('{"alg":"RS256"}', '{"exp":1,"iss":"else"}', 3),
        ("[]", "{}", 1),
    ],
)
async def test_external_jwts_are_checked_by_form_and_claims(api: Any, head: str, claims: str, errors: int) -> None:
    import base64

    call = Checked(api)
    settings = (await call("getEnvironmentById"))["settings"]
    settings["security"]["externalAuth"] = {"enabled": True, "iss": "https://id.example"}
    await call("updateProjectSettings", settings)
    parts = [base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in (head, claims)]
    answer = await call("checkExternalJwt", {"encodedJwt": ".".join([*parts, "x"])})
    assert (answer["valid"], len(answer["errors"])) == (errors == 0, errors)


async def test_each_environment_has_separate_settings(make_api: Any) -> None:
    """The other environment of the project has separate settings; only a personal token reaches it."""
    call = Checked(make_api(flags={"organization-access": "yes"}))
    environments = await call("membershipEnvironmentIdsGet")
    other = next(id for id in environments if id != call.api.sandbox.environment_id)
    settings = (await call("getEnvironmentById", environmentId=other))["settings"]
    assert settings["environmentName"] == "live" and settings["customFields"] == []
    settings["general"]["displayName"] = "Live"
    await call("updateProjectSettings", settings, environmentId=other)
    assert (await call("getEnvironmentById"))["settings"]["general"]["displayName"] == "Northwind"
    assert await call.refused(403, "getEnvironmentUsers", environmentId=other) == ""
