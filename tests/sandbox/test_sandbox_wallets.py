"""Wallets, sessions, MFA devices and social accounts of users."""

from __future__ import annotations

from typing import Any

UNKNOWN_ID = "11111111-2222-4333-8444-555555555555"


def body(letter: str) -> dict[str, Any]:
    return {
        "publicWalletAddress": "0x" + letter * 40,
        "chain": "EVM",
        "walletName": "metamask",
        "walletProvider": "browserExtension",
        "additionalWalletAddresses": [{"address": "cosmos1abc", "type": "cosmos"}],
    }


async def test_wallet_pages_contain_each_wallet_once(api: Any) -> None:
    users = await api.users(limit=100)
    alive = {wallet["id"] for user in users for wallet in user["wallets"]}
    total = (await api.get("ENV/wallets"))["count"]
    pages = [await api.get("ENV/wallets", offset=offset, limit=7) for offset in range(0, total, 7)]
    wallets = [wallet for page in pages for wallet in page["wallets"]]
    assert len({wallet["id"] for wallet in wallets}) == len(wallets) == total
    assert {wallet["id"] for wallet in wallets if wallet["deletedAt"] is None} == alive
    assert {page["limit"] for page in pages} == {7}
    owners = {wallet["id"]: user["id"] for user in users for wallet in user["wallets"]}
    assert all(owners[wallet["id"]] == wallet["userId"] for wallet in wallets if wallet["deletedAt"] is None)


async def test_embedded_wallets_list_key_shares_without_secrets(api: Any) -> None:
    wallets = (await api.get("ENV/wallets", limit=100))["wallets"]
    embedded = [wallet for wallet in wallets if wallet["provider"] == "embeddedWallet"]
    assert embedded
    for wallet in embedded:
        assert wallet["waasWallet"]["thresholdSignatureScheme"] in ("TWO_OF_TWO", "TWO_OF_THREE", "THREE_OF_FIVE")
        assert all(
            set(share) <= {"id", "backupLocation", "passwordEncrypted"} for share in wallet["waasWallet"]["keyShares"]
        )


async def test_a_wallet_is_linked_read_soft_deleted_and_recovered(api: Any) -> None:
    user = await api.create(email="a@example.com")
    made = await api("POST", f"ENV/users/{user['id']}/wallets", body("a"))
    assert made.status_code == 201
    id = made.json()["id"]
    assert (await api.get(f"ENV/wallets/{id}"))["publicKey"] == "0x" + "a" * 40
    assert (await api.get(f"ENV/users/{user['id']}/wallets"))["count"] == 1

    assert (await api("DELETE", f"ENV/wallets/{id}")).status_code == 204
    assert (await api("GET", f"ENV/wallets/{id}")).status_code == 404
    assert (await api("DELETE", f"ENV/wallets/{id}")).status_code == 404
    assert (await api.get(f"ENV/users/{user['id']}/wallets"))["count"] == 0
    total = (await api.get("ENV/wallets"))["count"]
    assert (await api.get("ENV/wallets", offset=total - 1))["wallets"][0]["deletedAt"] == "2026-11-22T12:30:00.000Z"
    assert await api.users(**{"filter[filterValue]": "0x" + "a" * 40}) == []

    answer = await api("POST", "ENV/wallets/recover", {"userId": user["id"]})
    assert answer.json()["data"]["wallets"] == 1
    assert (await api.get(f"ENV/wallets/{id}"))["id"] == id
    assert (await api.bulk({"wallets": [body("a")]}))["failed"][0]["code"] == "reassign_wallet_error"


async def test_a_deleted_wallet_with_a_reused_address_stays_deleted(api: Any) -> None:
    first = (await api.bulk({"wallets": [body("a")]}))["created"][0]
    await api("DELETE", f"ENV/wallets/{first['wallets'][0]['id']}")
    await api.create(wallets=[body("a")])
    answer = await api("POST", "ENV/wallets/recover", {"userId": first["id"]})
    assert answer.json()["data"]["wallets"] == 0


async def test_duplicate_wallets_and_wallets_with_an_embedded_one_are_refused(api: Any) -> None:
    user = await api.create(wallets=[body("a")])
    repeated = await api("POST", f"ENV/users/{user['id']}/wallets", body("a"))
    assert (repeated.status_code, repeated.json()["code"]) == (422, "duplicate_exists")
    other = await api.create(email="a@example.com")
    stolen = await api("POST", f"ENV/users/{other['id']}/wallets", body("A"))
    assert stolen.json()["code"] == "reassign_wallet_error"
    people = await api.users(limit=100)
    embedded = next(
        each for each in people if any(wallet["provider"] == "embeddedWallet" for wallet in each["wallets"])
    )
    refused = await api("POST", f"ENV/users/{embedded['id']}/wallets", body("b"))
    assert refused.json()["code"] == "linked_embedded_wallet"


async def test_deleted_wallets_are_hidden_by_a_flag(make_api: Any) -> None:
    hidden = make_api(flags={"deleted-wallets-listed": "no"})
    wallets = (await hidden.get("ENV/wallets", limit=100))["wallets"]
    assert wallets and all(wallet["deletedAt"] is None for wallet in wallets)
    listed = (await make_api().get("ENV/wallets", limit=100))["wallets"]
    assert any(wallet["deletedAt"] for wallet in listed)


async def test_one_session_or_all_of_a_user_are_revoked(api: Any) -> None:
    users = await api.users(limit=100, includeSessions="true")
    user = next(each for each in users if sum(session["revokedAt"] is None for session in each["sessions"]) >= 2)
    open_ = [session for session in user["sessions"] if session["revokedAt"] is None]
    revoked = await api("PUT", f"/sessions/{open_[0]['id']}/revoke")
    assert revoked.json()["revokedAt"] == "2026-11-22T12:30:00.000Z"
    read = await api.get(f"/users/{user['id']}/sessions/{open_[0]['id']}")
    assert read == revoked.json()
    assert (await api.get(f"/users/{user['id']}/sessions/{open_[1]['id']}"))["revokedAt"] is None

    assert (await api("POST", f"ENV/users/{user['id']}/sessions/revoke")).is_success
    after = (await api.get(f"ENV/users/{user['id']}"))["user"]["sessions"]
    assert len(after) == len(user["sessions"]) and all(session["revokedAt"] for session in after)


async def test_sessions_of_other_users_are_not_found(api: Any) -> None:
    users = [user for user in await api.users(limit=100, includeSessions="true") if user["sessions"]]
    session = users[0]["sessions"][0]["id"]
    assert (await api("GET", f"/users/{users[1]['id']}/sessions/{session}")).status_code == 404
    assert (await api("PUT", f"/sessions/{UNKNOWN_ID}/revoke")).status_code == 404


async def test_mfa_devices_are_removed(make_api: Any) -> None:
    api = make_api(users=120)
    protected = [user for user in await api.users(limit=100) if user["mfaDevices"]]
    assert len(protected) >= 2
    for user, (method, path) in zip(
        protected, (("DELETE", "/users/{}/mfa"), ("POST", "/users/{}/mfa/reset")), strict=False
    ):
        assert (await api(method, path.format(user["id"]))).is_success
        assert (await api.get(f"ENV/users/{user['id']}"))["user"]["mfaDevices"] == []


async def test_a_social_account_has_an_access_token(api: Any) -> None:
    user = next(each for each in await api.users(limit=100) if each["oauthAccounts"])
    assert (await api.get(f"/oauthAccounts/{user['oauthAccounts'][0]['id']}/accessToken"))["accessToken"]
    assert (await api("GET", f"/oauthAccounts/{UNKNOWN_ID}/accessToken")).status_code == 404
