"""Webhooks: signatures, retries, deliveries, redelivery, disabling; requests to this machine only."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.sandbox.listener import Listener, listening

from dyntui.sandbox import webhook_sender
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.sandbox import Sandbox


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as running:
        yield running


@pytest.fixture
def api(make_api: Any) -> Any:
    return make_api(flags={"webhook-url": "loopback", "webhook-second-ms": "0"})


async def register(api: Any, url: str, *events: str) -> str:
    body = {"url": url, "isEnabled": True, "events": list(events or ("user.created",))}
    response = await api("POST", "ENV/webhooks", body)
    assert response.status_code == 201, response.text
    return str(response.json()["webhookId"])


def settled(api: Any) -> None:
    api.wait_for(lambda: not api.sandbox.webhooks.pending())


async def messages(api: Any, id: str) -> list[dict[str, Any]]:
    return list((await api.get(f"ENV/webhooks/{id}/messages"))["data"])


def signed(secret: str, body: bytes) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


async def test_a_new_user_sends_a_message_with_a_valid_signature(api: Any, listener: Listener) -> None:
    id = await register(api, listener.url)
    user = await api.create(email="ada@example.com", metadata={"points": 3.0})
    settled(api)
    assert sorted(listener.names()) == ["ping", "user.created"]
    secret = (await api.get(f"ENV/webhooks/{id}", includeSecret="true"))["secret"]
    for headers, body in listener.requests:
        assert headers["x-dynamic-signature-256"] == signed(secret, body)
        assert headers["content-type"] == "application/json"
    event = listener.event(listener.names().index("user.created"))
    assert any(b'"points":3}' in body for _, body in listener.requests), "as JSON.stringify writes it"
    assert event["data"]["email"] == "ada@example.com" and event["data"]["id"] == user["id"]
    assert event["webhookId"] == id and "userId" not in event, "a token leaves no name"
    assert (await api.get(f"ENV/events/{event['eventId']}"))["eventName"] == "user.created"


async def test_each_attempt_is_recorded_with_request_and_response(api: Any, listener: Listener) -> None:
    id = await register(api, listener.url)
    settled(api)
    listener.statuses += [500]
    await api.create(email="ada@example.com")
    settled(api)
    latest = (await messages(api, id))[0]
    assert (latest["status"], latest["deliveryAttempt"]) == ("delivered", 2)
    assert latest["response"]["status"] == 200 and latest["response"]["body"] == "thanks"
    assert latest["response"]["durationMs"] >= 0
    tries = (await api.get(f"ENV/webhooks/{id}/messages/{latest['messageId']}"))["data"]
    assert [(each["status"], each["deliveryAttempt"]) for each in tries] == [("failed", 1), ("delivered", 2)]
    assert len({each["deliveryId"] for each in tries}) == 2 and len({each["eventId"] for each in tries}) == 1
    assert tries[0]["response"]["status"] == 500
    sent = tries[0]["request"]
    assert (sent["method"], sent["url"]) == ("POST", listener.url)
    assert sent["body"].encode() == listener.requests[1][1] == listener.requests[2][1]


async def test_a_redelivered_message_is_marked(api: Any, listener: Listener) -> None:
    id = await register(api, listener.url)
    await api.create(email="ada@example.com")
    settled(api)
    message = next(each for each in await messages(api, id) if "user.created" in each["request"]["body"])
    path = f"ENV/webhooks/{id}/messages/{message['messageId']}"
    assert (await api("POST", f"{path}/redeliver")).json()["message"]
    settled(api)
    assert listener.names().count("user.created") == 2
    redelivery = listener.event(2)
    assert redelivery["redelivery"] is True and redelivery["messageId"] == message["messageId"]
    assert [each["deliveryAttempt"] for each in (await api.get(path))["data"]] == [1, 2]
    other = "11111111-2222-4333-8444-555555555555"
    assert (await api("POST", f"ENV/webhooks/{id}/messages/{other}/redeliver")).status_code == 404
    assert (await api("GET", f"ENV/webhooks/{id}/messages/{other}")).status_code == 404


async def test_a_redelivery_requested_during_delivery_is_sent(api: Any, listener: Listener) -> None:
    id = await register(api, listener.url)
    settled(api)
    listener.released.clear()
    await api.create(email="ada@example.com")
    api.wait_for(lambda: listener.waiting == 1)
    row = api.sandbox.store.db.execute("SELECT id FROM messages WHERE due IS NOT NULL").fetchone()
    assert (await api("POST", f"ENV/webhooks/{id}/messages/{row[0]}/redeliver")).status_code == 200
    listener.released.set()
    settled(api)
    assert [listener.event(number).get("redelivery") for number in (1, 2)] == [None, True]


@pytest.mark.parametrize(("environment", "attempts"), [("sandbox", 3), ("live", 6)])
async def test_attempts_follow_the_documented_schedule(
    api: Any, listener: Listener, environment: str, attempts: int
) -> None:
    api.sandbox.flags.set("environment-name", environment)
    id = await register(api, listener.url)
    settled(api)
    listener.statuses += [503] * 20
    await api.create(email="ada@example.com")
    settled(api)
    assert len(listener.requests) == 1 + attempts
    assert (await messages(api, id))[0]["deliveryAttempt"] == attempts
    assert (await api.get(f"ENV/webhooks/{id}"))["isEnabled"], "one failed message is not enough"


async def test_a_failing_webhook_is_disabled_until_it_is_enabled(api: Any, listener: Listener) -> None:
    api.sandbox.flags.set("webhook-disable-after", "2")
    id = await register(api, listener.url)
    settled(api)
    listener.statuses += [500] * 6
    await api.bulk(*({"email": f"p{n}@example.com"} for n in range(2)))
    settled(api)
    hook = await api.get(f"ENV/webhooks/{id}")
    assert not hook["isEnabled"] and "enabledAt" not in hook
    count = len(listener.requests)
    await api.create(email="missed@example.com")
    settled(api)
    assert len(listener.requests) == count, "what happens meanwhile is not queued"
    body = {"url": hook["url"], "events": hook["events"], "isEnabled": True}
    assert (await api("PUT", f"ENV/webhooks/{id}", body)).json()["enabledAt"]
    await api.create(email="told@example.com")
    settled(api)
    assert len(listener.requests) == count + 1


async def test_a_refused_connection_is_a_failed_attempt(api: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        id = await register(api, f"http://127.0.0.1:{unused.getsockname()[1]}/hook")
        settled(api)
    (ping,) = await messages(api, id)
    assert ping["status"] == "failed" and "refused" in ping["response"]["error"].lower()


async def test_only_selected_events_are_sent(api: Any, listener: Listener) -> None:
    await register(api, listener.url, "user.deleted", "admin.gate.deleted")
    user = await api.create(email="ada@example.com")
    await api("PUT", f"ENV/users/{user['id']}", {"alias": "Ada"})
    await api("DELETE", f"ENV/users/{user['id']}")
    settled(api)
    assert sorted(listener.names()) == ["ping", "user.deleted"]


async def test_rolled_back_events_are_not_sent(api: Any, listener: Listener) -> None:
    await register(api, listener.url)
    settled(api)
    with pytest.raises(ZeroDivisionError), api.sandbox.store.write():
        api.sandbox.events.emit("user.created", {}, at=0)
        raise ZeroDivisionError
    await api.create(email="ada@example.com")
    settled(api)
    assert len(listener.requests) == 2


async def test_messages_are_paged_by_cursor(api: Any, listener: Listener) -> None:
    api.sandbox.flags.set("page-size", "3")
    id = await register(api, listener.url)
    await api.bulk(*({"email": f"p{n}@example.com"} for n in range(7)))
    settled(api)
    ids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await api.get(f"ENV/webhooks/{id}/messages", **cursor)
        ids += [each["messageId"] for each in page["data"]]
        if "cursor" not in page:
            break
        cursor = {"cursor": page["cursor"]}
    assert len(ids) == len(set(ids)) == 8
    assert (await api("GET", f"ENV/webhooks/{id}/messages", cursor="nonsense!")).status_code == 400


async def test_nothing_is_sent_to_another_machine(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "dyntui.sandbox.webhook_sender.http.client.HTTPConnection", lambda host, *_, **__: opened.append(host)
    )
    id = await register(api, "https://hooks.example.com/x")
    settled(api)
    (ping,) = await messages(api, id)
    assert opened == [] and "to this machine only" in ping["response"]["body"]


@pytest.mark.parametrize(
    ("url", "documented", "loopback"),
    [
        ("https://hooks.example.com/x", True, True),
        ("arn:aws:sns:eu-west-1:123456789012:topic", True, True),
        ("https://hooks.example.com:8443/x", False, False),
        ("https://HOOKS.example.com", False, False),
        ("http://hooks.example.com", False, False),
        ("http://127.0.0.1:8000/x", False, True),
        ("http://localhost:8000", False, True),
        ("http://[::1]:8000", False, True),
        ("http://127.0.0.1.example.com", False, False),
        ("http://10.0.0.1", False, False),
        ("ftp://localhost", False, False),
        ("http://localhost:99999", False, False),
        ("http://[::1", False, False),
        ("", False, False),
    ],
)
async def test_the_url_has_the_documented_form(make_api: Any, url: str, documented: bool, loopback: bool) -> None:
    for value, allowed in (("documented", documented), ("loopback", loopback)):
        api = make_api(flags={"webhook-url": value})
        body = {"url": url, "isEnabled": False, "events": []}
        assert (await api("POST", "ENV/webhooks", body)).status_code == (201 if allowed else 400), value


async def test_the_secret_is_included_on_request(api: Any, listener: Listener) -> None:
    id = await register(api, listener.url)
    assert "secret" not in await api.get(f"ENV/webhooks/{id}")
    assert all("secret" not in each and "failures" not in each for each in (await api.get("ENV/webhooks"))["data"])
    assert (await api.get(f"ENV/webhooks/{id}", includeSecret="true"))["secret"].startswith("dyn_")


async def test_a_deleted_webhook_deletes_its_messages(api: Any, listener: Listener) -> None:
    id = await register(api, listener.url)
    settled(api)
    assert (await api("DELETE", f"ENV/webhooks/{id}")).status_code == 204
    for path in ("", "/messages"):
        assert (await api("GET", f"ENV/webhooks/{id}{path}")).status_code == 404
    await api.create(email="ada@example.com")
    settled(api)
    assert listener.names() == ["ping"]


def test_closing_does_not_wait_for_a_hanging_endpoint(listener: Listener) -> None:
    others = set(threading.enumerate())
    sandbox = Sandbox(SandboxOptions(users=0, flags={"webhook-url": "loopback"}))
    listener.released.clear()
    headers = {"authorization": f"Bearer {sandbox.token}"}
    body = f'{{"url": "{listener.url}", "isEnabled": true, "events": []}}'.encode()
    assert sandbox.handle("POST", f"/environments/{sandbox.environment_id}/webhooks", "", headers, body).status == 201
    started = time.monotonic()
    sandbox.close()
    assert time.monotonic() - started < webhook_sender.TIMEOUT_S
    listener.released.set()
    assert not any(thread.name.startswith("webhooks") for thread in set(threading.enumerate()) - others)


async def test_pending_messages_survive_a_restart(make_api: Any, listener: Listener, tmp_path: Any) -> None:
    """Retries are stored with the state, and the next run sends them."""
    flags = {"webhook-url": "loopback"}
    first = make_api(data=tmp_path / "state", flags=flags)
    id = await register(first, listener.url)
    settled(first)
    listener.statuses += [500]
    await first.create(email="ada@example.com")
    first.wait_for(lambda: len(first.sandbox.webhooks.messages(id, None)[0]) == 2)
    first.sandbox.close()
    second = make_api(data=tmp_path / "state", flags=flags)
    assert second.sandbox.webhooks.pending() == 1
    second.sandbox.store.db.execute("UPDATE messages SET due = 0 WHERE due IS NOT NULL")
    await second.create(email="later@example.com")
    settled(second)
    assert listener.names().count("user.created") == 3
    assert len(await messages(second, id)) == 3
