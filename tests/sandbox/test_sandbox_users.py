"""Users: list, read, create, update, delete."""

from __future__ import annotations

import re
from typing import Any

import pytest

UNKNOWN_ID = "11111111-2222-4333-8444-555555555555"


async def test_a_page_has_20_users_by_default_and_100_at_most(make_api: Any) -> None:
    api = make_api(users=130)
    page = await api.get("ENV/users")
    assert (page["count"], len(page["users"])) == (130, 20)
    assert len(await api.users(limit=100)) == 100
    for bad in (
        {"limit": 0},
        {"limit": 101},
        {"limit": "x"},
        {"offset": -1},
        {"offset": "9" * 5000},
        {"offset": 10**30},
        {"includeSessions": "1"},
    ):
        assert (await api("GET", "ENV/users", **bad)).status_code == 400, bad


async def test_pages_contain_each_user_once_in_order(make_api: Any) -> None:
    api = make_api(users=95)
    users = [
        user
        for offset in range(0, 100, 10)
        for user in await api.users(offset=offset, limit=10, orderBy="createdAt-asc")
    ]
    assert len({user["id"] for user in users}) == 95
    assert [user["createdAt"] for user in users] == sorted(user["createdAt"] for user in users)
    assert await api.users(offset=95, limit=10) == await api.users(offset=10**14) == []


@pytest.mark.parametrize(
    "column", ["createdAt", "updatedAt", "lastVisit", "email", "lastName", "username", "country", "id", "phoneNumber"]
)
async def test_users_are_sorted_by_each_column_in_both_directions(api: Any, column: str) -> None:
    def key(user: dict[str, Any]) -> Any:
        value = user[column]
        return (value is None, (value or "").lower())

    upwards = await api.users(limit=100, orderBy=f"{column}-asc")
    assert [key(user) for user in upwards] == sorted(map(key, upwards))
    downwards = await api.users(limit=100, orderBy=f"{column}-desc")
    assert [user["id"] for user in downwards] == [user["id"] for user in reversed(upwards)]


@pytest.mark.parametrize("order", ["createdAt", "createdAt-up", "-desc", "metadata-asc", "password-desc"])
async def test_an_invalid_order_is_refused(api: Any, order: str) -> None:
    assert (await api("GET", "ENV/users", orderBy=order)).status_code == 400


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email", "GRÜNE@Example.com".replace("Ü", "ue")),
        ("firstName", "zOË"),
        ("lastName", "ångström"),
        ("alias", "the z"),
        ("phoneNumber", "5550199"),
        ("jobTitle", "r&d"),
        ("username", "zoe_99"),
        ("walletPublicKey", "0xABCDEF"),
        ("wallet", "rabby"),
        ("accountId", "90125"),
    ],
)
async def test_a_filter_finds_contained_text_ignoring_case(api: Any, column: str, value: str) -> None:
    made = await api.create(
        email="gruene@example.com",
        firstName="Zoë",
        lastName="Ångström",
        alias="The Z",
        phoneNumber="+12025550199",
        jobTitle="R&D Lead",
        username="zoe_99",
        wallets=[
            {
                "publicWalletAddress": "0x" + "abcdef" * 7,
                "chain": "EVM",
                "walletName": "rabby wallet",
                "walletProvider": "qrCode",
            }
        ],
        oauthAccounts=[{"provider": "line", "accountId": "901250"}],
    )
    for filter_column in (column, "all"):
        query = {"filter[filterValue]": value, "filter[filterColumn]": filter_column, "limit": 100}
        assert made["id"] in [user["id"] for user in await api.users(**query)], filter_column
    other_column = "jobTitle" if column != "jobTitle" else "email"
    query = {"filter[filterValue]": value, "filter[filterColumn]": other_column, "limit": 100}
    assert made["id"] not in [user["id"] for user in await api.users(**query)]


async def test_a_filter_finds_an_id_and_counts_all_matches(api: Any) -> None:
    some = (await api.users(limit=1))[0]
    assert [u["id"] for u in await api.users(**{"filter[filterValue]": some["id"], "filter[filterColumn]": "id"})] == [
        some["id"]
    ]
    page = await api.get("ENV/users", **{"filter[filterValue]": "@", "filter[filterColumn]": "email", "limit": 3})
    assert len(page["users"]) == 3 < page["count"] <= 40


async def test_chain_and_social_provider_filter_a_list(api: Any) -> None:
    everybody = await api.users(limit=100)
    for chain in ("EVM", "SOL"):
        found = {user["id"] for user in await api.users(**{"filter[chain]": chain, "limit": 100})}
        assert (
            found
            == {user["id"] for user in everybody if any(wallet["chain"] == chain for wallet in user["wallets"])}
            != set()
        )
    found = {user["id"] for user in await api.users(**{"filter[filterSocialProvider]": "google", "limit": 100})}
    assert (
        found
        == {user["id"] for user in everybody if any(a["provider"] == "google" for a in user["oauthAccounts"])}
        != set()
    )


async def test_a_filter_column_that_does_not_exist_is_refused(api: Any) -> None:
    response = await api("GET", "ENV/users", **{"filter[filterValue]": "x", "filter[filterColumn]": "shoeSize"})
    assert response.status_code == 400


async def test_sessions_are_included_on_request(api: Any) -> None:
    assert all("sessions" not in user for user in await api.users())
    assert any(user["sessions"] for user in await api.users(includeSessions="true"))


async def test_credentials_mix_snake_case_and_camel_case(api: Any) -> None:
    credentials = [each for user in await api.users(limit=100) for each in user["verifiedCredentials"]]
    by_format = {each["format"]: set(each) for each in credentials}
    assert {
        "public_identifier",
        "wallet_name",
        "wallet_provider",
        "wallet_properties",
        "embedded_wallet_id",
    } <= by_format["blockchain"]
    assert {"wallet_additional_addresses", "name_service", "signInEnabled"} <= by_format["blockchain"]
    assert {"oauth_provider", "oauth_username", "oauth_display_name", "oauth_account_id", "oauth_emails"} <= by_format[
        "oauth"
    ]
    assert {"phoneNumber", "phoneCountryCode", "isoCountryCode"} <= by_format["phoneNumber"]
    assert any("verifiedAt" in each and each["signInEnabled"] for each in credentials if each["format"] == "email")
    camel = re.compile("walletName|walletProvider|oauthProvider|publicIdentifier")
    assert not any(camel.match(name) for names in by_format.values() for name in names)


async def test_previous_users_are_in_the_single_read_only(api: Any) -> None:
    users = [user for user in await api.users(limit=100) if user["verifiedCredentials"]]
    assert not any("previous_users" in each for user in users for each in user["verifiedCredentials"])
    alone = (await api.get(f"ENV/users/{users[0]['id']}"))["user"]
    assert "previous_users" in alone["verifiedCredentials"][0]


async def test_a_created_user_is_read_with_all_fields(api: Any) -> None:
    made = await api.create(
        email="New@Example.com", emailVerifiedAt="2026-01-02T03:04:05Z", metadata={"plan": "pro"}, country="DE"
    )
    read = (await api.get(f"ENV/users/{made['id']}"))["user"]
    assert (read["email"], read["metadata"], read["country"]) == ("New@Example.com", {"plan": "pro"}, "DE")
    assert read["createdAt"] == "2026-11-22T12:30:00.000Z"
    credential = read["verifiedCredentials"][0]
    assert (credential["signInEnabled"], credential["verifiedAt"]) == (True, "2026-01-02T03:04:05Z")
    assert (await api.users(limit=1))[0]["id"] == made["id"]


async def test_an_email_that_was_not_verified_cannot_sign_in(api: Any) -> None:
    made = await api.create(email="new@example.com")
    assert made["verifiedCredentials"][0]["signInEnabled"] is False
    assert "verifiedAt" not in made["verifiedCredentials"][0]


async def test_a_client_can_choose_a_unique_id(api: Any) -> None:
    assert (await api.create(id=UNKNOWN_ID, firstName="Ana"))["id"] == UNKNOWN_ID
    repeated = await api("POST", "ENV/users", {"id": UNKNOWN_ID, "firstName": "Ana"})
    assert (repeated.status_code, repeated.json()["code"]) == (422, "duplicate_exists")
    assert (await api("POST", "ENV/users", {"id": "x", "firstName": "Ana"})).status_code == 400


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"email": "Taken@Example.com"}, "email_already_exists"),
        ({"username": "TAKEN"}, "username_already_exists"),
        (
            {"phoneNumber": "+1 (202) 555-0199".replace("(", "").replace(")", "")},
            "user_has_already_account_with_phone_number",
        ),
        ({"oauthAccounts": [{"provider": "google", "accountId": "77"}]}, "social_account_already_exists"),
        (
            {
                "wallets": [
                    {
                        "publicWalletAddress": "0x" + "AB" * 20,
                        "chain": "ETH",
                        "walletName": "x",
                        "walletProvider": "qrCode",
                    }
                ]
            },
            "reassign_wallet_error",
        ),
        ({"email": "no-at-sign"}, "invalid_email"),
        ({"username": "with space"}, "invalid_username"),
        ({"phoneNumber": "call me"}, "invalid_phone"),
        ({"metadata": {"text": "x" * 3000}}, "metadata_size_exceeded"),
        ({}, "invalid_user"),
    ],
)
async def test_each_rule_has_its_code_in_single_and_in_bulk_create(api: Any, row: dict[str, Any], code: str) -> None:
    await api.create(
        email="taken@example.com",
        username="taken",
        phoneNumber="+12025550199",
        oauthAccounts=[{"provider": "google", "accountId": "77"}],
        wallets=[
            {"publicWalletAddress": "0x" + "ab" * 20, "chain": "EVM", "walletName": "x", "walletProvider": "qrCode"}
        ],
    )
    api.sandbox.flags.set("field-patterns", "any")
    alone = await api("POST", "ENV/users", row)
    assert (alone.status_code, alone.json()["code"]) == (422, code)
    failed = (await api.bulk(row))["failed"]
    assert [entry["code"] for entry in failed] == [code]


async def test_accounts_of_other_providers_and_chains_are_different(api: Any) -> None:
    await api.create(oauthAccounts=[{"provider": "google", "accountId": "77"}])
    await api.create(oauthAccounts=[{"provider": "discord", "accountId": "77"}])
    address = "A" * 44
    for chain in ("SOL", "SUI"):
        await api.create(
            wallets=[{"publicWalletAddress": address, "chain": chain, "walletName": "x", "walletProvider": "qrCode"}]
        )


async def test_an_update_changes_the_given_fields_except_the_email(api: Any) -> None:
    made = await api.create(email="a@example.com", firstName="Ana", username="ana", metadata={"plan": "pro"})
    response = await api(
        "PUT", f"ENV/users/{made['id']}", {"username": None, "lastName": "Ruiz", "email": "b@example.com"}
    )
    user = response.json()["user"]
    assert (user["email"], user["firstName"], user["lastName"], user["username"]) == (
        "a@example.com",
        "Ana",
        "Ruiz",
        None,
    )
    assert user["metadata"] == {"plan": "pro"}
    await api.create(username="ana")  # the name is free again


async def test_an_updated_sample_user_is_stored_and_found(api: Any) -> None:
    someone = (await api.users(limit=1, offset=7))[0]
    await api("PUT", f"ENV/users/{someone['id']}", {"lastName": "Quetzalcoatl"})
    found = await api.users(**{"filter[filterValue]": "quetzal", "filter[filterColumn]": "lastName"})
    assert [user["id"] for user in found] == [someone["id"]]
    assert found[0]["wallets"] == someone["wallets"]


async def test_a_deleted_user_releases_its_keys_and_leaves_its_wallets(api: Any) -> None:
    wallet = {"publicWalletAddress": "0x" + "ab" * 20, "chain": "EVM", "walletName": "x", "walletProvider": "qrCode"}
    made = await api.create(email="a@example.com", wallets=[wallet])
    assert (await api("DELETE", f"ENV/users/{made['id']}")).status_code == 204
    assert (await api("GET", f"ENV/users/{made['id']}")).status_code == 404
    assert (await api("DELETE", f"ENV/users/{made['id']}")).status_code == 404
    assert (await api.get("ENV/users"))["count"] == 40
    total = (await api.get("ENV/wallets"))["count"]
    last = (await api.get("ENV/wallets", offset=total - 1))["wallets"][0]
    assert (last["deletedUserId"], last["publicKey"]) == (made["id"], wallet["publicWalletAddress"])
    await api.create(email="a@example.com", wallets=[wallet])


async def test_malformed_numbers_and_ids_are_refused(api: Any) -> None:
    for path in ("ENV/users/..%2Ftokens", "ENV/users/%00", "ENV/users/" + "a" * 5000):
        assert (await api("GET", path)).status_code == 404
