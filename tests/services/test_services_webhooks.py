"""Webhooks: what was sent is recorded, its signature can be checked, what failed is found and sent again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.resource_fixtures import FLAGS, connected, rows_of
from tests.services.webhook_receiver import receiving

from dyntui.api.models import Webhook
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.webhook_payloads import body_text, parse_nested, request_header, request_payload
from dyntui.resources.webhooks import is_delivered, latency_ms, response_status
from dyntui.services.actions.resource_actions import (
    check_values,
    find_action,
    make_target,
    make_write_action,
    write_action,
)
from dyntui.services.actions.write_types import Confirmation, Target, one_time_value
from dyntui.services.connection import Connection
from dyntui.services.webhooks import (
    SIGNATURE_HEADER,
    disabled_cause,
    failed_view,
    read_deliveries,
    scan_failed,
    verify_delivery,
    verify_signature,
)

YES = Confirmation(yes=True)
SECRET = "a secret of this test"


def signed(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@given(st.binary(max_size=200))
def test_a_signature_of_exactly_these_bytes_is_valid(body: bytes) -> None:
    assert verify_signature(SECRET, body, signed(body)).valid
    assert verify_signature(SECRET, body, f" sha256={signed(body).upper()}\n").valid
    assert not verify_signature("the secret or the body differs", body, signed(body)).valid
    assert not verify_signature(SECRET, body + b"x", signed(body)).valid


def test_other_newlines_are_tried_and_reported() -> None:
    body = b'{"a": 1}'
    assert "without the newline" in verify_signature(SECRET, body + b"\r\n", signed(body)).message
    lines = b'{\n"a": 1\n}'
    assert "LF instead of CRLF" in verify_signature(SECRET, lines.replace(b"\n", b"\r\n"), signed(lines)).message


def test_an_indented_body_is_checked_as_the_compact_json_that_was_signed() -> None:
    compact = '{"name":"Zoë 👋","size":1,"half":0.5}'.encode()
    indented = '{\n  "name": "Zo\\u00eb 👋",\n  "size": 1.0,\n  "half": 0.5\n}\n'.encode()
    found = verify_signature(SECRET, indented, f"sha256={signed(compact)}")
    assert found.valid and "compact JSON" in found.message
    assert not verify_signature(SECRET, indented.replace(b"0.5", b"0.6"), signed(compact)).valid


@pytest.mark.parametrize(("signature", "why"), [("", "missing"), ("abc", "64 hex"), ("z" * 64, "64 hex")])
def test_invalid_signatures_are_reported_with_the_reason(signature: str, why: str) -> None:
    found = verify_signature(SECRET, b"x", signature)
    assert not found.valid
    assert why in found.message


def test_requests_and_responses_may_be_text_or_objects() -> None:
    whole = {"headers": {"X-Dynamic-Signature-256": "s"}, "body": '{"eventName": "user.created"}'}
    for request in (whole, json.dumps(whole), {**whole, "headers": json.dumps(whole["headers"])}):
        assert request_payload(request) == {"eventName": "user.created"}
        assert request_header(request, SIGNATURE_HEADER) == "s"
        assert body_text(request) == '{"eventName": "user.created"}'
    assert body_text({"body": {"eventName": "x"}}) is None
    assert cast(dict[str, Any], parse_nested(json.dumps(whole)))["body"] == {"eventName": "user.created"}
    nothing: object
    for nothing in (None, "", "no JSON", 7, [], {}):
        assert request_payload(nothing) == {}
        assert request_header(nothing, SIGNATURE_HEADER) == ""


@pytest.mark.parametrize(
    ("row", "answer", "is_delivered_expected"),
    [
        ({"status": "delivered", "response": {"status": 200}}, "200", True),
        ({"status": "delivered", "response": {"statusCode": "503"}}, "503", False),
        ({"status": "failed", "response": {"error": "refused"}}, "refused", False),
        ({"status": "SUCCESS", "response": None}, "", True),
        ({"status": "odd", "response": {}}, "", None),
    ],
)
def test_the_response_of_the_receiver_is_read_from_all_its_forms(
    row: dict[str, Any], answer: str, is_delivered_expected: bool | None
) -> None:
    assert (response_status(row), is_delivered(row)) == (answer, is_delivered_expected)


def test_the_latency_is_that_of_the_receiver_if_it_is_recorded() -> None:
    times = {"messageCreatedAt": "2026-01-01T00:00:00.000Z", "deliveredAt": "2026-01-01T00:00:01.500Z"}
    assert latency_ms({"response": {"durationMs": 12}, **times}) == 12
    assert latency_ms({"response": {}, **times}) == 1500
    assert latency_ms({"response": {}}) is None


def test_the_signature_of_a_body_stored_as_an_object_is_checked_approximately() -> None:
    body = b'{"a":1}'
    row: dict[str, Any] = {"request": {"body": {"a": 1}, "headers": {SIGNATURE_HEADER: signed(body)}}}
    assert verify_delivery(row, SECRET).valid
    row["request"]["headers"][SIGNATURE_HEADER] = signed(b"other")
    assert "cannot be checked" in verify_delivery(row, SECRET).message
    assert "no x-dynamic" in verify_delivery({"request": {"body": "{}"}}, SECRET).message


FAILED = {"status": "failed", "response": {"status": 500}}
FINE = {"status": "delivered", "response": {"status": 200}}


@pytest.mark.parametrize(
    ("messages", "words"),
    [([FAILED, FAILED], "keep failing"), ([FAILED, FINE], "1 of the last 2"), ([FINE], "a member"), ([], "a member")],
)
def test_the_cause_of_a_disabled_webhook(messages: list[Any], words: str) -> None:
    webhook = {"isEnabled": False, "updatedAt": "2026-01-01T00:00:00.000Z"}
    assert words in disabled_cause(Webhook.of(webhook), messages)
    assert disabled_cause(Webhook.of({**webhook, "isEnabled": True}), messages) == ""


async def until(check: Callable[[], Any]) -> Any:
    """Wait until `check` (awaited when it has to be) gives something."""
    end = time.monotonic() + 20
    while True:
        found = check()
        found = await found if asyncio.iscoroutine(found) else found
        if found:
            return found
        assert time.monotonic() < end, "it did not come to be"
        await asyncio.sleep(0)


async def make_webhook(connection: Connection, url: str) -> str:
    record = RESOURCES["webhooks"]
    action = find_action(record, "create")
    filled = check_values(connection.client, action, {"url": url, "events": "user.created", "isEnabled": "true"})
    results = await connection.write_gate.perform(
        make_write_action(record, action, filled), [make_target(record, None)], YES
    )
    assert results.first_error is None
    return str(results.items[0].value["webhookId"])


async def secret_of(connection: Connection, webhook_id: str) -> str:
    record = RESOURCES["webhooks"]
    action = find_action(record, "reveal-secret")
    write = make_write_action(record, action)
    results = await connection.write_gate.perform(write, [make_target(record, {"webhookId": webhook_id})], YES)
    shown = one_time_value(results)
    assert shown is not None
    return shown[1]


async def test_a_delivery_is_recorded_and_redelivered(tmp_path: Path) -> None:
    flags = {**FLAGS, "webhook-url": "loopback", "webhook-second-ms": "5"}
    with receiving() as receiver:
        async with connected(tmp_path, flags=flags, now=None) as connection:
            webhook_id = await make_webhook(connection, receiver.url)
            await until(lambda: receiver.got)  # the ping
            receiver.status = 503
            fields = {"fields": {"email": "told@example.com"}}
            await connection.write_gate.perform(write_action("users.create"), [Target("", "told", fields)], YES)

            async def failed_twice() -> Any:
                view = failed_view(connection.client, webhook_id)
                view.set_viewport(0, 10)
                await view.wait_until_idle()
                rows = [view.get(index) for index in range(view.total)]
                return next((row for row in rows if row and cast(int, row["deliveryAttempt"]) >= 2), None)

            message = await until(failed_twice)
            assert (
                cast(dict[str, Any], request_payload(cast(dict[str, Any], message)["request"]))["eventName"]
                == "user.created"
            )
            assert is_delivered(message) is False
            secret = await secret_of(connection, webhook_id)
            assert secret
            assert verify_delivery(message, secret).valid
            headers, body = receiver.got[-1]
            assert verify_signature(secret, body, headers[SIGNATURE_HEADER]).valid

            receiver.status = 200
            record = RESOURCES["webhook-messages"]
            write = make_write_action(record, find_action(record, "redeliver"), parent=webhook_id)
            results = await connection.write_gate.perform(write, [make_target(record, message)], YES)
            assert results.first_error is None

            async def arrived() -> Any:
                found = await read_deliveries(connection.client, webhook_id, message["messageId"])
                return found if is_delivered(found[0]) else None

            attempts = await until(arrived)
            assert len(attempts) >= 3
            assert attempts[0]["deliveryAttempt"] > attempts[-1]["deliveryAttempt"]
            audit = [(line.action, line.outcome) for line in connection.audit.lines()]
            assert ("webhooks.reveal-secret", "done") in audit
            assert ("webhook-messages.redeliver", "done") in audit
            assert not any(secret in line.detail for line in connection.audit.lines())


async def test_failed_messages_are_found_across_pages(tmp_path: Path) -> None:
    async with connected(tmp_path, flags={**FLAGS, "page-size": "3"}) as connection:
        for webhook in await rows_of(connection, "webhooks"):
            messages = await rows_of(connection, "webhook-messages", webhook["webhookId"])
            expected = [row["messageId"] for row in messages if is_delivered(row) is False]
            view = failed_view(connection.client, webhook["webhookId"])
            view.set_viewport(0, 1000)
            await view.wait_until_idle()
            assert [view.id_at(index) for index in range(view.total)] == expected
            scanned = scan_failed(connection.client, webhook["webhookId"])
            assert [found.row["messageId"] async for found in scanned] == expected
