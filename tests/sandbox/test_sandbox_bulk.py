"""POST users/bulk: partial success, upsert, and refused requests."""

from __future__ import annotations

from typing import Any

import pytest


def wallet(letter: str, chain: str = "EVM") -> dict[str, Any]:
    return {
        "publicWalletAddress": "0x" + letter * 40,
        "chain": chain,
        "walletName": "metamask",
        "walletProvider": "browserExtension",
    }


async def test_valid_rows_are_created_and_invalid_ones_returned_unchanged(api: Any) -> None:
    rows = [
        {"email": "a@example.com", "firstName": "Ana"},
        {"email": "bad"},
        {"email": "A@EXAMPLE.com", "team": "x"},
        {"alias": "Zed"},
    ]
    answer = await api.bulk(*rows)
    assert [user["email"] for user in answer["created"]] == ["a@example.com", None]
    assert all(user["id"] for user in answer["created"])
    assert [(entry["user"], entry["code"]) for entry in answer["failed"]] == [
        (rows[1], "invalid_email"),
        (rows[2], "email_already_exists"),
    ]
    assert (answer["updated"], answer["total"]) == ([], 4)
    assert not any("index" in entry for entry in answer["failed"])
    assert (await api.get("ENV/users"))["count"] == 42


async def test_without_upsert_an_existing_user_fails_and_stays_unchanged(api: Any) -> None:
    made = await api.create(email="a@example.com", firstName="Ana")
    answer = await api.bulk({"email": "a@example.com", "firstName": "Eva"})
    assert answer["failed"][0]["code"] == "email_already_exists"
    assert (await api.get(f"ENV/users/{made['id']}"))["user"]["firstName"] == "Ana"


@pytest.mark.parametrize(
    "key",
    [
        {"email": "A@example.com"},
        {"phoneNumber": "+1202 555 0199"},
        {"username": "ANA"},
        {"wallets": [wallet("a", "ETH")]},
        {"oauthAccounts": [{"provider": "google", "accountId": "1"}]},
    ],
)
async def test_upsert_finds_the_user_by_any_key_and_keeps_its_email(api: Any, key: dict[str, Any]) -> None:
    made = await api.create(
        email="a@example.com",
        phoneNumber="+12025550199",
        username="ana",
        wallets=[wallet("a")],
        oauthAccounts=[{"provider": "google", "accountId": "1"}],
    )
    answer = await api.bulk({**key, "lastName": "Ruiz"}, upsert=True)
    assert [(user["id"], user["lastName"], user["email"]) for user in answer["updated"]] == [
        (made["id"], "Ruiz", "a@example.com")
    ]
    assert (await api.get("ENV/users"))["count"] == 41


async def test_upsert_merges_metadata_wallets_and_accounts(api: Any) -> None:
    await api.create(
        email="a@example.com", metadata={"a": 1, "b": 1}, wallets=[wallet("a")], emailVerifiedAt="2026-01-01T00:00:00Z"
    )
    row = {
        "email": "a@example.com",
        "metadata": {"b": 2},
        "wallets": [wallet("a"), wallet("b")],
        "oauthAccounts": [{"provider": "x", "accountId": "1"}],
    }
    user = (await api.bulk(row, upsert=True))["updated"][0]
    assert user["metadata"] == {"a": 1, "b": 2}
    assert [each["publicKey"][-1] for each in user["wallets"]] == ["a", "b"]
    assert [each["provider"] for each in user["oauthAccounts"]] == ["x"]
    assert user["verifiedCredentials"][0]["verifiedAt"] == "2026-01-01T00:00:00Z"


async def test_upsert_refuses_the_keys_of_another_user(api: Any) -> None:
    await api.create(email="a@example.com")
    other = await api.create(email="b@example.com", username="bea")
    answer = await api.bulk({"email": "a@example.com", "username": "bea", "alias": "Thief"}, upsert=True)
    assert answer["failed"][0]["code"] == "username_already_exists"
    assert (await api.get(f"ENV/users/{other['id']}"))["user"]["username"] == "bea"
    found = await api.users(**{"filter[filterValue]": "Thief", "filter[filterColumn]": "alias"})
    assert found == []


async def test_a_row_matches_users_of_earlier_rows(api: Any) -> None:
    answer = await api.bulk(
        {"email": "a@example.com", "wallets": [wallet("a")]},
        {"email": "a@example.com", "firstName": "Ana"},
        {"email": "b@example.com", "wallets": [wallet("a")]},
        {"email": "b@example.com", "username": "bea"},
        upsert=True,
    )
    # The third row's wallet made it the first user, who keeps the email; so the fourth row is a new user.
    assert [(user["email"], user["username"]) for user in answer["created"]] == [
        ("a@example.com", None),
        ("b@example.com", "bea"),
    ]
    assert [(user["email"], user["firstName"]) for user in answer["updated"]] == [("a@example.com", "Ana")]
    assert answer["failed"] == []


async def test_a_key_that_moves_between_two_updated_users_belongs_to_the_second(make_api: Any) -> None:
    api = make_api(flags={"upsert-wallets": "replace", "upsert-match": "email"})
    await api.bulk(
        {"email": "a@example.com", "wallets": [wallet("a")]}, {"email": "b@example.com", "wallets": [wallet("b")]}
    )
    answer = await api.bulk(
        {"email": "b@example.com", "alias": "first"},
        {"email": "a@example.com", "wallets": [wallet("c")]},
        {"email": "b@example.com", "wallets": [wallet("a")]},
        upsert=True,
    )
    assert answer["failed"] == []
    owner = await api.bulk({"email": "c@example.com", "wallets": [wallet("a")]})
    assert owner["failed"][0]["code"] == "reassign_wallet_error"
    free = await api.bulk({"email": "c@example.com", "wallets": [wallet("b")]})
    assert len(free["created"]) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"jobTitle": "x" * 256},
        {"firstName": None},
        {"country": "Germany"},
        {"country": "de"},
        {"policiesConsent": "true"},
        {"emailVerifiedAt": "yesterday"},
        {"metadata": "text"},
        {"mfaBackupCodeAcknowledgement": "maybe"},
        {"wallets": [{"publicWalletAddress": "0x" + "a" * 40, "chain": "EVM"}]},
        {"wallets": [{**wallet("a"), "publicWalletAddress": "kaspa:qqqqqqqqqqqqqqqqqqqqqq"}]},
        {"wallets": [{**wallet("a"), "publicWalletAddress": "0x12"}]},
        {"wallets": [{**wallet("a"), "additionalWalletAddresses": [{"address": "x", "type": "unknown"}]}]},
        {"oauthAccounts": [{"provider": "google"}]},
    ],
)
async def test_a_row_that_violates_the_schema_refuses_the_whole_request(api: Any, bad: dict[str, Any]) -> None:
    response = await api("POST", "ENV/users/bulk", [{"email": "fine@example.com"}, bad])
    assert response.status_code == 400
    assert response.json()["error"].startswith("body/1")
    assert (await api.get("ENV/users"))["count"] == 40


@pytest.mark.parametrize(
    "row", [{"firstName": "Jean-Luc d'Arc_2, Ph.D."}, {"lastName": "陽菜 Ngọc"}, {"country": None}]
)
async def test_names_in_all_scripts_are_accepted(api: Any, row: dict[str, Any]) -> None:
    assert len((await api.bulk(row))["created"]) == 1


async def test_unknown_chains_and_providers_are_accepted(api: Any) -> None:
    answer = await api.bulk(
        {"wallets": [wallet("a", "STELLAR")], "oauthAccounts": [{"provider": "mastodon", "accountId": "1"}]}
    )
    assert answer["created"][0]["wallets"][0]["chain"] == "STELLAR"


@pytest.mark.parametrize("body", [{"email": "a@example.com"}, "text", [[]], ["x"], None])
async def test_a_body_that_is_no_array_of_objects_is_refused(api: Any, body: Any) -> None:
    assert (await api("POST", "ENV/users/bulk", body)).status_code == 400


async def test_broken_json_is_refused(api: Any) -> None:
    url = f"/api/v0/environments/{api.sandbox.environment_id}/users/bulk"
    response = await api.http.post(url, content=b'[{"email":', headers={"Authorization": f"Bearer {api.token}"})
    assert response.status_code == 400


async def test_an_id_in_a_row_is_ignored(api: Any) -> None:
    chosen = "11111111-2222-4333-8444-555555555555"
    assert (await api.bulk({"id": chosen, "email": "a@example.com"}))["created"][0]["id"] != chosen
