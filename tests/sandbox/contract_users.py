"""Calls every operation on users, wallets, sessions, visitors, analytics, exports and embedded wallets."""

from __future__ import annotations

from typing import Any

from tests.sandbox.sandbox_contract import Checked, full_row, make_wallet


async def users(call: Checked) -> None:
    found = (await call("getEnvironmentUsers", query={"limit": 80, "includeSessions": "true"}))["users"]
    assert len(found) == 80
    for user in found:
        await call("getUser", userId=user["id"])
    someone = next(user for user in found if user["sessions"] and user["wallets"] and user["oauthAccounts"])
    await call("getUserLegacy", userId=someone["id"])
    await call("updateUser", {"alias": "Changed"}, userId=someone["id"])
    await call("updateUserLegacy", {"alias": "Again"}, userId=someone["id"])
    session = someone["sessions"][0]["id"]
    await call("getSessionById", userId=someone["id"], sessionId=session)
    await call("revokeSessionById", sessionId=session)
    rows = (await call("getUserSessions", query={"limit": 1, "revoked": "true"}, userId=someone["id"]))["sessions"]
    assert [row["id"] for row in rows] == [session]
    await call("revokeUserSessions", userId=someone["id"])
    await call("revokeUserSessionsLegacy", userId=someone["id"])
    await call("resetAllMfaDevices", userId=someone["id"])
    await call("resetUserMfa", userId=someone["id"])
    await call("getUserOauthAccessToken", oauthAccountId=someone["oauthAccounts"][0]["id"])

    await call("getWalletsByEnvironmentId", query={"limit": 100})
    await call("getWalletsByUserId", userId=someone["id"])
    await call("getWalletsByUserIdLegacy", userId=someone["id"])
    wallet = someone["wallets"][0]["id"]
    await call("getWalletById", walletId=wallet)
    await call("getWalletByIdLegacy", walletId=wallet)
    await call("deleteWalletById", walletId=wallet)
    await call("recoverDeletedWalletsWithEnvironment", {"userId": someone["id"]})
    await call("deleteWalletByIdLegacy", walletId=wallet)
    await call("getActiveEmbeddedWalletVersionsForEnvironment")

    other = next(user for user in found if user["sessions"] and user["id"] != someone["id"])
    await call("revokeAllEnvironmentSessions")
    before = (await call("getUserSessions", query={"revoked": "false"}, userId=other["id"]))["sessions"]
    call.api.sandbox.clock.freeze("2099-01-01T00:00:00Z")
    after = (await call("getUserSessions", query={"revoked": "false"}, userId=other["id"]))["sessions"]
    call.api.sandbox.clock.freeze(None)
    assert before and not after, "202: accepted first, done later"

    made = (await call("createUser", full_row("one")))["user"]
    for number, operation_id in enumerate(("createWallet", "createWalletLegacy")):
        await call(operation_id, make_wallet(f"0x{number}" + "ab" * 19 + "f"), userId=made["id"])
    bulk = await call("bulkCreateUser", [full_row("two"), full_row("three"), full_row("one")], query={"upsert": "true"})
    assert (len(bulk["created"]), len(bulk["updated"]), len(bulk["failed"])) == (2, 1, 0)
    bulk = await call("bulkCreateUser", [full_row("two"), {"email": "no"}, {}])
    assert len(bulk["failed"]) == 3
    await call("deleteUser", userId=made["id"])
    await call("deleteUserLegacy", userId=found[-1]["id"])

    await call("getEnvironmentVisitors", query={"limit": 100})
    body = {"balanceRequests": [{"address": "0x" + "ab" * 20, "chain": "EVM", "networkIds": [1, 8453]}]}
    await call("getUserAccountBalances", body, userId=someone["id"])


async def embedded_wallets(call: Checked) -> None:
    person = {"identifier": "new@example.com", "type": "email"}
    made = (await call("createWaasWallet", {**person, "chains": ["EVM", "SVM"]}))["user"]
    await call("createEmbeddedWallet", {**person, "chains": ["SUI"]})
    await call("createEmbeddedWalletFromFarcaster", {"email": "frame@example.com", "fid": 77, "chains": ["SOL"]})
    wallets = []
    for offset in (0, 100):
        wallets += (await call("getWalletsByEnvironmentId", query={"limit": 100, "offset": offset}))["wallets"]
    mine = next(each for each in wallets if each["userId"] == made["id"] and "waasWallet" in each)
    await call("getWaasWalletByWalletId", walletId=mine["id"])
    limit = {"asset": "0x" + "ab" * 20, "maxPerCall": "100"}
    content = [{"chain": "EVM", "toAddresses": ["0x" + "cd" * 20], "valueLimits": [limit]}]
    body = {"policyContent": content, "timeLimit": 60}
    policy = await call("createWaasSignaturePolicy", body, walletId=mine["id"])
    named = {"walletId": mine["id"], "policyId": policy["id"]}
    await call("updateWaasSignaturePolicyByWalletIdAndPolicyId", {**body, "timeLimit": 90}, **named)
    await call("getWaasSignaturePolicyByWalletIdAndPolicyId", **named)
    assert [each["id"] for each in await call("getWaasSignaturePolicies", walletId=mine["id"])] == [policy["id"]]
    await call("deleteWaasSignaturePolicyByWalletIdAndPolicyId", **named)
    assert await call("getWaasSignaturePolicies", walletId=mine["id"]) == []
    locations = {"userId": made["id"], "locations": [{"location": "googleDrive"}]}
    await call("backupKeySharesToLocationsForPregen", locations, walletId=mine["id"])
    delegated = [each["id"] for each in wallets if each["delegatedAccessWalletApiKeys"]]
    await call("delegatedSignMessage", {"message": "0x00"}, walletId=delegated[0])
    await call("deleteDelegatedAccess", walletId=delegated[0])
    revoked = await call("revokeDelegatedAccess", {"walletIds": delegated})
    assert (revoked["total"], revoked["failed"]) == (len(delegated), 1)

    await call("verifyApiKey")
    await call("authenticateWaas")
    await call("getDelegatedAccessEncryptionPublicKeys")
    await call("createDelegatedCredentials", {"publicKey": "UEVN"})
    keys = (await call("getDelegatedAccessEncryptionPublicKeys", query={"includeAll": "true"}))["keys"]
    await call("getDelegatedAccessEncryptionPublicKeyById", keyId=keys[0]["id"])
    await call("getWaasPolicy")
    policy = await call("createWaasPolicy", {"rulesToAdd": [{"name": "r", "ruleType": "deny", "chain": "EVM"}]})
    rule = policy["policyContent"][-1]
    await call("updateWaasPolicy", {"rulesToUpdate": [{**rule, "ruleType": "allow"}]})
    await call("deleteWaasPolicy", {"ruleIdsToDelete": [rule["ruleId"]]})


async def analytics(call: Checked) -> None:
    ranges: dict[str, Any] = {"start": "2026-01-01", "end": "2026-11-22"}
    await call("getVisitorsCountByEnvironmentId")
    await call("getAnalyticsTopline", query=ranges)
    for granularity in ("day", "week", "month"):
        await call("getAnalyticsOverview", query={**ranges, "granularity": granularity})
    await call("getAnalyticsEngagement", query=ranges)
    await call("getAnalyticsWallets", query={**ranges, "chain": "EVM"})
    dates = {"startDate": "2026-01-01T00:00:00Z", "endDate": "2026-11-22T00:00:00Z"}
    await call("getWalletsBreakdown", query=dates)
    await call("getVisitAnalytics", query=dates)
    await call("getEvents")
    event = (await call("getEvents", query={"resourceType": "user"}))["data"][0]
    await call("getEventById", eventId=event["eventId"])
    assert {"user.created", "admin.gate.created"} <= {each["name"] for each in await call("getEventTypes")}
