"""Calls every implemented end-user operation: those that apps call before sign-in."""

from __future__ import annotations

from tests.sandbox.sandbox_contract import Checked

ADDRESS = "0x" + "cd" * 20


async def end_user(call: Checked) -> None:
    for operation_id in (
        "getHealthcheck", "getNonce", "getJwksByEnvironmentId", "getJwksJsonByEnvironmentId", "getEnvironmentSettings",
        "getNetworksConfigurationByEnvId", "getGlobalWalletsSettings", "getDelegatedAccessEncryptionPublicKey",
        "getExchangeRates", "getCurrencyExchangeRates",
    ):  # fmt: skip
        await call(operation_id)
    await call("getEmailProvider", query={"email": "a@example.com"})
    await call("checkSsoProvider", {"email": "a@example.com"})
    await call("getUserFieldsCheck", query={"filter[field]": "email", "filter[value]": "a@example.com"})
    visit = {"address": ADDRESS, "chain": "EVM", "provider": "browserExtension", "walletName": "metamask"}
    await call("createVisit", visit)
    await call("prefetch", {"chain": "EVM", "publicWalletAddress": ADDRESS})
    await call("publishEvent", {"events": [{"anonymousId": "x", "event": "e", "properties": {}, "type": "track"}]})
    await call("logDynamicSdkSettings", {})
    email = await call("createEmailVerification", {"email": "a@example.com"})
    await call("retryEmailVerification", email)
    phone = {"phoneNumber": "2025550123", "phoneCountryCode": "1", "isoCountryCode": "US"}
    await call("retrySmsVerification", await call("createSmsVerification", phone))
    await call("oauthLoginUrl", providerType="google")
    await call("initAuth", {"state": "x"}, providerType="google")
    await call("scanUrl", {"url": "https://example.com"})
    for operation_id in ("getSupportedOnramps", "getSupportedOfframps"):
        await call(operation_id, query={"walletAddress": ADDRESS, "chain": "EVM"})
    body = {"balanceRequests": [{"address": ADDRESS, "chain": "EVM", "networkIds": [1]}]}
    await call("postMultichainAccountBalances", body)
    await call("getAccountBalances", query={"accountAddress": ADDRESS, "networkId": 1}, chainName="EVM")
    # A redirect to the provider, without a body.
    login = await call.api("GET", f"/sdk/{call.api.sandbox.environment_id}/providers/google/login")
    assert login.status_code == 302 and login.headers["location"].startswith("https://")
    call.seen.add("oauthLogin")
