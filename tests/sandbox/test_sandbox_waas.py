"""Embedded wallets: keys, delegated access, policies, backups."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.sandbox_contract import Checked

UNKNOWN_ID = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def call(make_api: Any) -> Checked:
    return Checked(make_api(users=150))


async def delegated(call: Checked) -> list[dict[str, Any]]:
    wallets: list[dict[str, Any]] = []
    for offset in (0, 100, 200):
        wallets += (await call("getWalletsByEnvironmentId", query={"limit": 100, "offset": offset}))["wallets"]
    return [each for each in wallets if each["delegatedAccessWalletApiKeys"] and each["deletedAt"] is None]


async def test_delegated_access_is_revoked_for_one_and_for_many(call: Checked) -> None:
    before = await delegated(call)
    assert len(before) >= 3
    await call("deleteDelegatedAccess", walletId=before[0]["id"])
    await call.refused(403, "deleteDelegatedAccess", walletId=before[0]["id"])
    ids = [before[1]["id"], before[0]["id"], UNKNOWN_ID, before[2]["waasWallet"]["walletId"]]
    answer = await call("revokeDelegatedAccess", {"walletIds": ids})
    assert [each["success"] for each in answer["results"]] == [True, False, False, True]
    assert (answer["total"], answer["succeeded"], answer["failed"]) == (4, 2, 2)
    assert len(await delegated(call)) == len(before) - 3
    events = (await call("getEvents", query={"resourceType": "wallet.delegation"}))["data"]
    assert {event["eventName"] for event in events} == {"wallet.delegation.revoked"} and len(events) == 3


async def test_signing_needs_delegated_access(call: Checked) -> None:
    wallet = (await delegated(call))[0]
    room = await call("delegatedSignMessage", {"message": "0x00", "roomId": "room"}, walletId=wallet["id"])
    assert (room["roomId"], room["walletId"]) == ("room", wallet["waasWallet"]["walletId"])
    await call("deleteDelegatedAccess", walletId=wallet["id"])
    await call.refused(403, "delegatedSignMessage", {"message": "0x00"}, walletId=wallet["id"])
    assert await call.refused(404, "delegatedSignMessage", {"message": "0x00"}, walletId=UNKNOWN_ID) == "not_found"


async def test_a_new_key_replaces_the_active_one(call: Checked) -> None:
    old = (await call("getDelegatedAccessEncryptionPublicKeys"))["key"]
    made = await call("createDelegatedCredentials", {"publicKey": "UEVN", "alg": "RSA-OAEP-256"})
    listed = await call("getDelegatedAccessEncryptionPublicKeys", query={"includeAll": "true"})
    assert (listed["key"]["kid"], listed["key"]["publicKeyPemB64"]) == (made["kid"], "UEVN")
    assert [key["status"] for key in listed["keys"]] == ["revoked", "active"]
    assert (await call("getDelegatedAccessEncryptionPublicKeyById", keyId=old["id"]))["key"]["revokedAt"]
    assert await call.refused(404, "getDelegatedAccessEncryptionPublicKeyById", keyId=UNKNOWN_ID) == "not_found"
    await call.refused(400, "createDelegatedCredentials", {"publicKey": "UEVN", "alg": "ROT13"})


async def test_rules_of_the_policy_are_added_changed_and_deleted(call: Checked) -> None:
    rule = {"name": "r", "ruleType": "deny", "chain": "EVM"}
    assert len((await call("getWaasPolicy"))["policyContent"]) == 2
    made = (await call("createWaasPolicy", {"rulesToAdd": [rule]}))["policyContent"][-1]
    changed = {**made, "ruleType": "allow"}
    assert (await call("updateWaasPolicy", {"rulesToUpdate": [changed]}))["policyContent"][-1] == changed
    await call("deleteWaasPolicy", {"ruleIdsToDelete": [made["ruleId"]]})
    assert [each["name"] for each in (await call("getWaasPolicy"))["policyContent"]] == [
        "Stablecoins only",
        "No export",
    ]


async def test_a_wallet_has_one_backup_in_each_location(call: Checked) -> None:
    person = {"identifier": "a@example.com", "type": "email", "chains": ["EVM"]}
    user = (await call("createWaasWallet", person))["user"]
    id = user["wallets"][0]["id"]
    body = {"userId": user["id"], "locations": [{"location": "icloud", "externalKeyShareId": "mine"}]}
    answer = await call("backupKeySharesToLocationsForPregen", body, walletId=id)
    assert answer["locationsWithKeyShares"][0]["externalKeyShareId"] == "mine"
    shares = (await call("getWaasWalletByWalletId", walletId=id))["wallet"]["keyShares"]
    assert [share["backupLocation"] for share in shares] == ["dynamic", "icloud"]
    operation = "backupKeySharesToLocationsForPregen"
    assert await call.refused(422, operation, body, walletId=id) == "key_share_already_backed_up"
    assert await call.refused(404, operation, {**body, "userId": UNKNOWN_ID}, walletId=id) == "not_found"


async def test_the_api_key_is_verified_and_gets_tokens(call: Checked) -> None:
    environment = call.api.sandbox.environment_id
    assert await call("verifyApiKey") == {"environmentId": environment, "verified": True}
    assert (await call("authenticateWaas"))["encodedJwts"]["jwt"].count(".") == 2
