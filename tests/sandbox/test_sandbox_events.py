"""Events: when they are written and how they are read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.sandbox import events
from dyntui.sandbox.cursor_page import decode_cursor, encode_cursor
from dyntui.sandbox.events import event_types
from dyntui.sandbox.replies import RequestRefused


async def names(api: Any, **query: str) -> list[str]:
    return [event["eventName"] for event in (await api.get("ENV/events", **query))["data"]]


def wallet(letter: str) -> dict[str, Any]:
    return {"publicWalletAddress": "0x" + letter * 40, "chain": "EVM", "walletName": "x", "walletProvider": "qrCode"}


async def test_changes_of_users_write_events(api: Any) -> None:
    user = await api.create(email="ada@example.com")
    path = f"ENV/users/{user['id']}"
    await api("PUT", path, {"alias": "Ada"})
    made = await api("POST", f"{path}/wallets", wallet("a"))
    await api("DELETE", f"ENV/wallets/{made.json()['id']}")
    await api.bulk(
        {"email": "ada@example.com", "alias": "A"}, {"email": "bob@example.com"}, {"email": "no"}, upsert=True
    )
    await api("DELETE", path)
    written = (await names(api))[:7]
    users = ["user.created", "user.updated", "wallet.linked", "wallet.deleted"]
    assert written[::-1] == [*users, "user.created", "user.updated", "user.deleted"]


async def test_a_revoked_session_writes_one_event(api: Any) -> None:
    users = await api.users(limit=100, includeSessions="true")
    user = next(each for each in users if any(session["revokedAt"] is None for session in each["sessions"]))
    open_ = [session["id"] for session in user["sessions"] if session["revokedAt"] is None]
    for _ in range(2):
        await api("POST", f"ENV/users/{user['id']}/sessions/revoke")
    found = (await api.get("ENV/events"))["data"]
    revoked = [event["data"] for event in found if event["eventName"] == "user.session.revoked"]
    assert sorted(each["id"] for each in revoked) == sorted(open_)
    assert all(each["userId"] == user["id"] for each in revoked)


async def test_events_name_the_user_but_not_a_token(api: Any) -> None:
    await api.create(email="ada@example.com")
    found = (await api.get("ENV/events"))["data"]
    assert "userId" not in found[0]["context"]
    signed_up = next(event for event in found[1:] if event["eventName"] == "user.created")
    assert signed_up["context"]["userId"] == signed_up["data"]["id"]


async def test_a_refused_request_leaves_no_event(api: Any) -> None:
    await api.create(email="ada@example.com")
    before = await names(api)
    assert (await api("POST", "ENV/users", {"email": "ADA@example.com"})).status_code == 422
    assert (await api("POST", "ENV/gates", {"name": "g", "outcome": "scope", "rules": []})).status_code == 422
    assert await names(api) == before


async def test_pages_contain_each_event_once_while_new_ones_are_written(make_api: Any) -> None:
    api = make_api(flags={"page-size": "7"})
    all_events = [row[0] for row in api.sandbox.store.db.execute("SELECT pos FROM events ORDER BY pos DESC")]
    ids: list[str] = []
    query: dict[str, str] = {}
    while True:
        page = await api.get("ENV/events", **query)
        ids += [event["eventId"] for event in page["data"]]
        await api.create(email=f"p{len(ids)}@example.com")
        if "cursor" not in page:
            break
        query = {"cursor": page["cursor"]}
    assert len(ids) == len(set(ids)) == len(all_events) > 50
    assert (await api("GET", "ENV/events", cursor="bm9wZQ")).status_code == 400


async def test_events_are_filtered_by_resource_and_time(api: Any) -> None:
    api.sandbox.clock.freeze("2026-11-22T13:00:00Z")
    await api.create(email="ada@example.com")
    api.sandbox.clock.freeze("2026-11-22T14:00:00Z")
    await api("POST", "ENV/allowlists", {"name": "New"})
    late = {"startDate": "2026-11-22T12:45:00Z"}
    assert await names(api, **late) == ["admin.allowlist.created", "user.created"]
    assert await names(api, **late, endDate="2026-11-22T13:30:00Z") == ["user.created"]
    assert await names(api, **late, resourceType="admin.allowlist") == ["admin.allowlist.created"]
    assert await names(api, **late, resourceType="wallet") == []
    assert await names(api, resourceType="use*") == [], "nothing in it is a wildcard"
    assert (await api("GET", "ENV/events", startDate="yesterday")).status_code == 400


async def test_one_event_is_read_by_its_id(api: Any) -> None:
    event = (await api.get("ENV/events"))["data"][3]
    assert await api.get(f"ENV/events/{event['eventId']}") == event
    for other in ("11111111-2222-4333-8444-555555555555", event["environmentId"]):
        assert (await api("GET", f"ENV/events/{other}")).status_code == 404


async def test_old_events_are_removed(make_api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_EVENTS", 100)
    api = make_api()
    for start in range(0, 700, 50):
        await api.bulk(*({"email": f"p{n}@example.com"} for n in range(start, start + 50)))
    assert api.sandbox.store.db.execute("SELECT count(*) FROM events").fetchone()[0] < 700


async def test_every_written_event_has_a_listed_name(api: Any) -> None:
    """The contract functions send each request that changes the configuration."""
    listed = {each["name"] for each in await api.get("/eventTypes")}
    assert listed == set(event_types())
    assert set(await names(api)) <= listed


@given(st.integers(min_value=0, max_value=2**53))
def test_a_cursor_decodes_to_its_position(position: int) -> None:
    assert decode_cursor(encode_cursor(position)) == position


@given(st.text())
def test_an_invalid_cursor_is_refused(text: str) -> None:
    try:
        assert isinstance(decode_cursor(text), int)
    except RequestRefused as refusal:
        assert refusal.reply.status == 400
