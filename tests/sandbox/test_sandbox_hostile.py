"""The hostile sandbox: every text of every response is a payload, and the sandbox stays usable."""

from __future__ import annotations

import re
from typing import Any

from dyntui.sandbox.hostile_payloads import PAYLOADS, inject_payloads

TIME = re.compile(r"\d{4}-\d\d-\d\dT")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


OTHERS = (
    "ENV/visitors", "ENV/events", "/eventTypes", "ENV/webhooks", "ENV/gates", "ENV/custom/fields", "ENV/origins",
    "ENV/deeplinkUrls", "ENV/custom/hostnames", "ENV/settings/providers", "ENV/settings/exchanges", "ENV/sdkViews",
    "ENV/globalWallet/settings", "ENV/globalWallet/accessControl", "ENV/globalWallet/connections", "ENV/waas/policies",
    "ENV/waas/delegatedAccess/encryptionPublicKeys", "ENV/integrations/chainalysis", "ENV/nameService/EVM",
    "/invites?status=pending", "/user/tokens", "/chains/EVM/tokens",
)  # fmt: skip


async def webhook(api: Any) -> str:
    hooks = (await api.get("ENV/webhooks"))["data"]
    return str(next(hook["webhookId"] for hook in hooks if hook["isEnabled"]))


def texts(value: Any, name: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in texts(item, key)]
    if isinstance(value, list):
        return [pair for item in value for pair in texts(item, name)]
    return [(name, value)] if isinstance(value, str) else []


async def test_every_text_of_every_response_is_a_payload(make_api: Any) -> None:
    api = make_api(hostile=True, flags={"organization-access": "yes"})
    users = (await api.get("ENV/users", limit=40, includeSessions="true"))["users"]
    lists = await api.get("ENV/allowlists")
    answers = [
        users,
        await api.get(f"ENV/users/{users[0]['id']}"),
        await api.get("ENV/wallets"),
        await api.get(f"ENV/users/{users[0]['id']}/wallets"),
        lists,
        await api.get(f"/allowlists/{lists[0]['id']}/entries"),
        await api.get("ENV"),
        await api.get("/organizations"),
        await api.get("ENV/tokens"),
        (await api("GET", "ENV/nothing")).json(),
        *[await api.get(path) for path in OTHERS],
        await api.get(f"ENV/webhooks/{await webhook(api)}/messages"),
    ]
    for answer in answers:
        found = texts(answer)
        assert found
        for name, text in found:
            assert text in PAYLOADS or UUID.match(text) or TIME.match(text) or name in ("code", "cursor"), (name, text)
    assert {text for _, text in texts(users)} >= set(PAYLOADS)


async def test_empty_fields_get_payloads(make_api: Any) -> None:
    user = (await make_api(hostile=True).users(limit=1))[0]
    for name in ("alias", "firstName", "lastName", "username", "phoneNumber", "team", "jobTitle", "btcWallet"):
        assert user[name] in PAYLOADS, name
    assert all(any(payload in key for payload in PAYLOADS) for key in user["metadata"])


async def test_ids_and_imports_work(make_api: Any) -> None:
    api = make_api(hostile=True)
    users = await api.users(limit=40)
    for user in users[:5]:
        assert (await api.get(f"ENV/users/{user['id']}"))["user"]["id"] == user["id"]
    assert (await api.bulk({"email": "a@example.com"}))["created"][0]["email"] == "a@example.com"
    assert (await api.get("ENV/users"))["count"] == 41


def test_payloads_cover_all_kinds_of_attack() -> None:
    all_flags = "".join(PAYLOADS)
    for part in (
        "[@click=",
        "[/x]",
        "\x1b]0;",
        "\x9b",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\U000e0041",
        "\x7f",
        "A" * 5000,
        "=HYPERLINK",
    ):
        assert part in all_flags


def test_values_other_than_text_stay() -> None:
    assert inject_payloads({"n": 1, "b": True, "x": None, "l": [2.5]}) == {"n": 1, "b": True, "x": None, "l": [2.5]}


async def test_pages_by_cursor_and_downloads_still_work(make_api: Any) -> None:
    api = make_api(hostile=True, flags={"page-size": "5", "export-delay-ms": "0"})
    first = await api.get("ENV/events")
    second = await api.get("ENV/events", cursor=first["cursor"])
    assert {each["eventId"] for each in first["data"]}.isdisjoint({each["eventId"] for each in second["data"]})
    id = (await api("POST", "ENV/exports", {"format": "csv", "model": "users"})).json()["id"]
    api.wait_for(lambda: api.sandbox.exports.get(id).completed is not None)
    url = (await api.get(f"ENV/exports/{id}"))["downloadUrl"]
    assert (await api.http.get(url)).status_code == 200
