"""Pre-generated wallets: found users, created users, and the name of Solana in each operation."""

from __future__ import annotations

from typing import Any

import pytest

WAAS, OLD, FRAME = "ENV/waas/create", "ENV/embeddedWallets", "ENV/embeddedWallets/farcaster"


async def make(api: Any, path: str = WAAS, status: int = 201, **body: Any) -> dict[str, Any]:
    response = await api("POST", path, {"identifier": "ada@example.com", "type": "email", "chains": ["EVM"], **body})
    assert response.status_code == status, response.text
    return dict(response.json().get("user") or response.json())


async def test_an_unknown_user_is_created_with_unclaimed_wallets(api: Any) -> None:
    before = (await api.get("ENV/users"))["count"]
    user = await make(api, chains=["EVM", "SVM", "SUI", "BTC"])
    assert user["email"] == "ada@example.com" and (await api.get("ENV/users"))["count"] == before + 1
    assert [wallet["chain"] for wallet in user["wallets"]] == ["EVM", "SOL", "SUI", "BTC"]
    for wallet in user["wallets"]:
        assert wallet["provider"] == "embeddedWallet" and wallet["properties"]["claimed"] is False
    waas = [(await api.get(f"ENV/waas/{wallet['id']}"))["wallet"]["chainName"] for wallet in user["wallets"]]
    assert waas == ["EVM", "SVM", "SUI", "BTC"]
    listed = (await api.get("ENV/events"))["data"]
    assert [event["eventName"] for event in listed[:5]] == ["wallet.created"] * 4 + ["user.created"]


@pytest.mark.parametrize(("path", "chain"), [(WAAS, "EVM"), (OLD, "SOL")])
async def test_existing_wallets_are_200_and_stay_unchanged(api: Any, path: str, chain: str) -> None:
    first = await make(api, path, chains=[chain])
    repeated = await make(api, path, 200, identifier="ADA@example.com", chains=[chain])
    assert repeated == first
    more = await make(api, path, 201, chains=[chain, "SUI"])
    assert [wallet["chain"] for wallet in more["wallets"]] == [chain, "SUI"]


@pytest.mark.parametrize(("path", "wrong", "right"), [(WAAS, "SOL", "SVM"), (OLD, "SVM", "SOL")])
async def test_each_operation_has_its_name_for_solana(api: Any, path: str, wrong: str, right: str) -> None:
    await make(api, path, 400, chains=[wrong])
    assert (await make(api, path, chains=[right]))["wallets"][0]["chain"] == "SOL"


async def test_the_farcaster_operation_finds_users_by_email_and_account(api: Any) -> None:
    user = await api.create(email="ada@example.com")
    body = {"email": "ada@example.com", "fid": 77, "chains": ["EVM"]}
    response = await api("POST", FRAME, body)
    assert response.status_code == 201 and response.json()["user"]["id"] == user["id"]
    assert response.json()["user"]["oauthAccounts"][0]["provider"] == "farcaster"
    repeated = await api("POST", FRAME, {**body, "email": "other@example.com"})
    assert repeated.status_code == 200 and repeated.json()["user"]["id"] == user["id"]
    await api.create(email="bob@example.com")
    both = await api("POST", FRAME, {**body, "email": "bob@example.com"})
    assert (both.status_code, both.json()["code"]) == (422, "social_account_already_exists")


@pytest.mark.parametrize(
    "body",
    [
        {"type": "externalUserId", "identifier": "crm-7"},
        {
            "type": "phoneNumber",
            "identifier": "2025550177",
            "smsCountryCode": {"isoCountryCode": "US", "phoneCountryCode": "1"},
        },
        {"type": "socialAccountId", "identifier": "12345", "socialProvider": "google"},
        {"type": "socialUsername", "identifier": "ada", "socialProvider": "github"},
    ],
)
async def test_a_user_is_found_by_each_kind_of_identifier(api: Any, body: dict[str, Any]) -> None:
    first = await make(api, **body)
    assert (await make(api, status=200, **body))["id"] == first["id"]


async def test_an_existing_user_is_found_by_id_and_by_social_name(api: Any) -> None:
    account = {"provider": "github", "accountId": "991", "username": "adalove"}
    user = await api.create(email="a@example.com", oauthAccounts=[account])
    assert (await make(api, type="id", identifier=user["id"]))["id"] == user["id"]
    found = await make(api, status=200, type="socialUsername", identifier="AdaLove", socialProvider="github")
    assert found["id"] == user["id"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"type": "id", "identifier": "11111111-2222-4333-8444-555555555555"}, 404, "not_found"),
        ({"identifier": "no address"}, 422, "invalid_email"),
        ({"identifier": ""}, 400, None),
        ({"type": "phoneNumber", "identifier": "2025550177"}, 422, "invalid_phone"),
        ({"type": "socialUsername", "identifier": "ada"}, 400, None),
        ({"chains": ["TON"]}, 422, "invalid_embedded_wallet_chains_configuration"),
        ({"chains": []}, 400, None),
        ({"type": "passport"}, 400, None),
    ],
)
async def test_an_invalid_request_is_refused(api: Any, body: dict[str, Any], status: int, code: str | None) -> None:
    assert (await make(api, status=status, **body)).get("code") == code


async def test_chains_depend_on_the_settings(api: Any) -> None:
    settings = (await api.get("ENV"))["settings"]
    for each in settings["sdk"]["embeddedWallets"]["chainConfigurations"]:
        each["enabled"] = each["name"] == "TON"
    assert (await api("PUT", "ENV", settings)).status_code == 200
    await make(api, chains=["TON"])
    assert (await make(api, status=422))["code"] == "invalid_embedded_wallet_chains_configuration"


async def test_every_chain_that_the_catalog_knows_can_be_enabled(api: Any) -> None:
    from dyntui.api.catalog import catalog

    chains = catalog().schemas["EmbeddedWalletChainEnum"]["enum"]
    assert {"TRON", "STELLAR", "ALEO", "TEMPO", "MIDNIGHT"} <= set(chains)
    settings = (await api.get("ENV"))["settings"]
    settings["sdk"]["embeddedWallets"]["chainConfigurations"] = [
        {"name": chain, "enabled": True, "primary": chain == "EVM"} for chain in chains
    ]
    assert (await api("PUT", "ENV", settings)).status_code == 200
    user = await make(api, OLD, chains=chains)
    assert [wallet["chain"] for wallet in user["wallets"]] == chains
