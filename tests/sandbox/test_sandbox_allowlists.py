"""Allowlists, their entries, and the lists of users."""

from __future__ import annotations

from typing import Any

import pytest


async def new_list(api: Any, **fields: Any) -> dict[str, Any]:
    response = await api("POST", "ENV/allowlists", fields)
    assert response.status_code == 201
    return dict(response.json())


async def test_lists_come_as_a_bare_array(api: Any) -> None:
    lists = await api.get("ENV/allowlists")
    assert isinstance(lists, list)
    assert {each["outcome"] for each in lists} == {"scope", "siteAccess", "block"}
    assert {each["enabledAt"] is None for each in lists} == {True, False}


async def test_a_list_is_created_updated_and_deleted(api: Any) -> None:
    made = await new_list(api, name="Guests", outcome="scope", scope="guest vip")
    assert made["enabledAt"] is None
    assert (await api("POST", "ENV/allowlists", {"name": "Guests"})).json()["code"] == "allowlist_already_exists"
    path = f"/allowlists/{made['id']}"
    assert (await api("PUT", path, {"name": "Visitors"})).json()["name"] == "Visitors"
    assert (await api("PUT", path, {"name": "Staff"})).json()["code"] == "allowlist_already_exists"
    assert (await api("PUT", path + "/enable")).json()["enabledAt"] == "2026-11-22T12:30:00.000Z"
    assert (await api("PUT", path + "/disable")).json()["enabledAt"] is None
    assert (await api("DELETE", path)).status_code == 204
    assert (await api("GET", path)).status_code == 404
    assert (await api("GET", path + "/entries")).status_code == 404


@pytest.mark.parametrize("fields", [{"name": " x"}, {"name": "x" * 256}, {"outcome": "maybe"}, {"name": "a#b"}])
async def test_an_invalid_list_is_refused(api: Any, fields: dict[str, Any]) -> None:
    assert (await api("POST", "ENV/allowlists", fields)).status_code == 400


@pytest.mark.parametrize(
    ("entry", "same"),
    [
        ({"email": "Guest@Example.com"}, {"email": "guest@example.com", "alias": "again"}),
        ({"emailDomain": "https://example.com"}, {"emailDomain": "EXAMPLE.com"}),
        ({"walletPublicKey": "0x" + "aB" * 20}, {"walletPublicKey": "0x" + "Ab" * 20}),
        ({"phoneNumber": "+12025550123"}, {"phoneNumber": "+12025550123"}),
        ({"farcasterFid": 77}, {"farcasterFid": 77}),
        ({"externalUserId": "x"}, {"externalUserId": "X"}),
    ],
)
async def test_an_entry_is_unique_until_it_is_deleted(api: Any, entry: dict[str, Any], same: dict[str, Any]) -> None:
    path = f"/allowlists/{(await new_list(api, name='Guests'))['id']}/entries"
    made = await api("POST", path, entry)
    assert made.status_code == 201
    assert made.json() == {**entry, "id": made.json()["id"], "allowListId": path.split("/")[2]}
    repeated = await api("POST", path, same)
    assert (repeated.status_code, repeated.json()["code"]) == (422, "allowlist_entry_already_exists")
    assert (await api("DELETE", f"/allowlistEntries/{made.json()['id']}")).status_code == 204
    assert (await api("DELETE", f"/allowlistEntries/{made.json()['id']}")).status_code == 404
    assert (await api("POST", path, same)).status_code == 201


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"alias": "only"},
        {"email": "a@example.com", "phoneNumber": "+1"},
        {"email": ""},
        {"walletPublicKey": "short"},
    ],
)
async def test_an_entry_has_exactly_one_identifier(api: Any, entry: dict[str, Any]) -> None:
    path = f"/allowlists/{(await new_list(api, name='Guests'))['id']}/entries"
    assert (await api("POST", path, entry)).status_code == 400


async def test_entries_are_paged_ordered_and_searched(api: Any) -> None:
    path = f"/allowlists/{(await new_list(api, name='Guests'))['id']}/entries"
    for name in ("carol", "alice", "bob", "dave"):
        await api("POST", path, {"email": f"{name}@example.com", "alias": name.title()})

    async def emails(**query: Any) -> list[str]:
        return [entry["email"].partition("@")[0] for entry in (await api.get(path, **query))["entries"]]

    assert await emails() == ["carol", "alice", "bob", "dave"]
    assert await emails(orderBy="email-asc", limit=2, offset=1) == ["bob", "carol"]
    assert await emails(orderBy="alias-desc") == ["dave", "carol", "bob", "alice"]
    assert await emails(orderBy="createdAt-desc") == ["dave", "bob", "alice", "carol"]
    assert await emails(query="AL") == ["alice"]
    page = await api.get(path, limit=1, query="example")
    assert (page["count"], len(page["entries"])) == (4, 1)
    assert (await api("GET", path, orderBy="nonsense")).status_code == 400


async def test_entries_are_sorted_by_number_with_empty_values_first(api: Any) -> None:
    path = f"/allowlists/{(await new_list(api, name='Guests'))['id']}/entries"
    for fid in (100, 9, 77):
        await api("POST", path, {"farcasterFid": fid})
    await api("POST", path, {"email": "nobody@example.com"})

    async def fids(**query: Any) -> list[int | None]:
        return [entry.get("farcasterFid") for entry in (await api.get(path, **query))["entries"]]

    assert await fids(orderBy="farcasterFid-asc") == [None, 9, 77, 100]
    assert await fids(orderBy="farcasterFid-desc") == [100, 77, 9, None]
    assert await fids(orderBy="createdAt-desc", limit=2) == [None, 77]
    assert await fids(query="7") == []
    api.sandbox.flags.set("entry-query", "all")
    assert await fids(query="7") == [77]
    assert (await api("GET", path, orderBy="shoeSize-asc")).status_code == 400
    api.sandbox.flags.set("unknown-order", "ignore")
    assert await fids(orderBy="shoeSize-asc") == [100, 9, 77, None]


async def test_a_user_has_its_enabled_lists_and_their_scopes(api: Any) -> None:
    user = await api.create(email="guest@partner.example", wallets=[make_wallet()])
    made = await new_list(api, name="Partners", outcome="scope", scope="partner")
    path = f"/allowlists/{made['id']}"
    await api("POST", path + "/entries", {"emailDomain": "partner.example"})
    await api("POST", path + "/entries", {"walletPublicKey": "0x" + "AB" * 20})

    async def on() -> tuple[list[str], str]:
        read = (await api.get(f"ENV/users/{user['id']}"))["user"]
        return read["lists"], read["scope"]

    assert await on() == ([], "")
    await api("PUT", path + "/enable")
    assert await on() == (["Partners"], "partner")
    await api("DELETE", path)
    assert await on() == ([], "")


def make_wallet() -> dict[str, Any]:
    return {"publicWalletAddress": "0x" + "ab" * 20, "chain": "EVM", "walletName": "x", "walletProvider": "qrCode"}
