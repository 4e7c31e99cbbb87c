"""Calls every operation on the configuration of an environment."""

from __future__ import annotations

from tests.sandbox.sandbox_contract import Checked

RULE = {"type": "nft", "chain": "EVM", "address": {"networkId": 1, "contractAddress": "0x" + "1" * 40}}


async def access(call: Checked) -> None:
    await call("getTokens")
    body = {"note": "Made by a test", "scopes": ["environment.users.read", "flow.write"]}
    token = (await call("postToken", body))["token"]
    await call("deleteTokenById", tokenId=token["id"])

    await call("getAllowlistsByEnvironmentId")
    made = await call("createAllowlistByEnvironmentId", {"name": "Guests", "outcome": "block"})
    await call("getAllowlistsById", allowlistId=made["id"])
    await call("updateAllowlistById", {"name": "Guests 2"}, allowlistId=made["id"])
    await call("enableAllowlistById", allowlistId=made["id"])
    await call("disableAllowlistById", allowlistId=made["id"])
    person = {"email": "guest@example.com", "alias": "Guest"}
    entry = await call("postEntryByAllowlistId", person, allowlistId=made["id"])
    await call("getEntriesByAllowlistId", allowlistId=made["id"])
    await call("deleteAllowlistEntryById", allowlistEntryId=entry["id"])
    await call("deleteAllowlistById", allowlistId=made["id"])

    await call("getEnvironmentGates")
    gate = await call("createGate", {"name": "Holders", "outcome": "scope", "scope": "holder", "rules": [RULE]})
    for operation_id in ("getGate", "enableGate", "disableGate"):
        await call(operation_id, gateId=gate["id"])
    await call("updateGate", {"name": "Holders 2"}, gateId=gate["id"])
    await call("deleteGate", gateId=gate["id"])


async def settings(call: Checked) -> None:
    environment = await call("getEnvironmentById")
    await call("updateProjectSettings", environment["settings"])
    await call("getKeysForEnvironment")
    await call("getCustomFieldsForEnvironment")
    field = {"name": "Shoe size", "enabled": True, "required": False, "fieldType": "text", "position": 3}
    made = (await call("createCustomFieldForEnvironment", field))["id"]
    await call("getCustomFieldById", customFieldId=made)
    await call("updateCustomFieldById", {**field, "required": True}, customFieldId=made)
    await call("deleteCustomFieldById", customFieldId=made)

    await call("getEnvironmentProviders")
    await call("getEnvironmentProviderUrls")
    provider = (await call("createProvider", {"provider": "facebook", "clientId": "x", "clientSecret": "y"}))["id"]
    for operation_id in ("getProvider", "enableProvider", "disableProvider"):
        await call(operation_id, providerId=provider)
    await call("updateProvider", {"clientId": "z"}, providerId=provider)
    await call("deleteProvider", providerId=provider)
    await call("getEnvironmentExchanges")
    exchange = (await call("createExchange", {"exchange": "kraken"}))["id"]
    for operation_id in ("getExchange", "enableExchange", "disableExchange", "deleteExchange"):
        await call(operation_id, exchangeId=exchange)
    await call("getSdkViews")
    await call("getSdkView", sdkViewType="login")
    await call("updateSdkView", {"sections": [{"type": "wallet", "alignment": "center"}]}, sdkViewType="login")


async def hosts(call: Checked) -> None:
    await call("getOrigins")
    origin = (await call("addOrigin", {"origin": "https://shop.example"}))["origin"]
    await call("deleteOriginById", originId=origin["id"])
    await call("getDeeplinkUrls")
    link = await call("addDeeplinkUrl", {"url": "shop://open"})
    await call("deleteDeeplinkUrlById", deeplinkUrlId=link["id"])
    await call("getCustomHostnames")
    host = await call("createCustomHostname", {"hostname": "id.shop.example", "usage": "cookies"})
    await call("deleteCustomHostname", customHostnameId=host["id"])


async def integrations(call: Checked) -> None:
    await call("getChainalysisByEnvironmentId")
    await call("disableSanctionsApiByEnvironmentId")
    await call("enableSanctionsApiByEnvironmentId")
    claim = {"address": "0x" + "2" * 40, "domain": "shop.sol"}
    project = await call("upsertWalletConnectProject", {"name": "Northwind"})
    assert (await call("upsertWalletConnectProject", {"name": "Shop"}))["id"] == project["id"]
    await call("fetchNameServiceSigningMessage", {**claim, "uri": "https://shop.example"}, chainName="SOL")
    await call("createNameService", {**claim, "signature": "signed"}, chainName="SOL")
    for operation_id in ("getNameService", "enableNameService", "disableNameService", "deleteNameService"):
        await call(operation_id, chainName="SOL")
    await call("getAllTokensByChain", query={"networkId": 1}, chainName="EVM")
    await call("createTestAccount")
    await call("getTestAccount")
    await call("deleteTestAccount")
    await call("checkExternalJwt", {"encodedJwt": "no"})


async def global_wallet(call: Checked) -> None:
    for operation_id in ("getGlobalWalletSettings", "disableGlobalWallet", "enableGlobalWallet"):
        await call(operation_id)
    await call("updateGlobalWalletSettings", {"walletName": "Renamed"})
    await call("getGlobalWalletAccessControlList")
    await call("updateGlobalWalletAccessControl", {"type": "block"})
    await call("disableGlobalWalletAccessControl")
    await call("enableGlobalWalletAccessControl")
    domain = await call("addGlobalWalletAccessControlDomain", {"domain": "shop.example"})
    await call("deleteGlobalWalletAccessControlDomainById", globalWalletAccessControlDomainId=domain["id"])
    await call("getGlobalWalletConnections", query={"status": "connected", "limit": 2})
    for kind in ("globalWallets", "globalWalletAccess"):
        call.api.sandbox.store.remove(kind, call.api.sandbox.environment_id)
    await call("createGlobalWalletSettings", {"walletName": "New"})
    await call("createGlobalWalletAccessControl", {"type": "allow"})


async def webhooks(call: Checked) -> None:
    hooks = (await call("getWebhooks"))["data"]
    enabled = next(hook for hook in hooks if hook["isEnabled"])["webhookId"]
    message = (await call("getWebhookMessages", webhookId=enabled))["data"][0]["messageId"]
    await call("getWebhookMessageDeliveries", webhookId=enabled, messageId=message)
    await call("redeliverWebhookMessage", webhookId=enabled, messageId=message)
    body = {"url": "https://shop.example/hook", "isEnabled": True, "events": ["user.created"]}
    made = (await call("createWebhook", body))["webhookId"]
    await call("getWebhook", webhookId=made, query={"includeSecret": "true"})
    await call("updateWebhookById", {**body, "isEnabled": False}, webhookId=made)
    await call("deleteWebhookById", webhookId=made)


async def exports(call: Checked) -> None:
    for model in ("users", "visits"):
        made = await call("createExport", {"format": "csv", "model": model})
        call.api.wait_for(lambda made=made: call.api.sandbox.exports.get(made["id"]).completed is not None)
        assert (await call("getExportById", exportId=made["id"]))["status"] == "completed"
    await call("getEnvironmentExports", query={"model": "users"})
    # It redirects to a file, which the vendor's schemas do not describe.
    file = await call.api("GET", f"ENV/exports/{made['id']}/download")
    assert file.status_code == 302 and file.headers["content-type"] == "text/csv; charset=utf-8"
    call.seen.add("downloadExportById")
