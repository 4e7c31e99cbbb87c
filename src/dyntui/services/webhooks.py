"""Webhooks: signature checks, failed messages, deliveries, and why a webhook is disabled."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row
from dyntui.core.redact import redactor
from dyntui.core.strict_json import load_json, stringify_json
from dyntui.core.text import quantity
from dyntui.core.times import time_text
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Paging
from dyntui.resources.webhook_payloads import body_text, request_header, request_payload
from dyntui.resources.webhooks import is_delivered
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.list_source import ScannedRow, scan
from dyntui.services.lists.page_scan import scan_by_cursor
from dyntui.services.lists.paged_view import PagedView
from dyntui.services.lists.response_rows import read_page

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.models import Webhook
    from dyntui.api.pagination import RowPage
    from dyntui.services.actions.write_types import WriteAction

__all__ = [
    "OPERATIONS_WITH_EVENTS",
    "SIGNATURE_HEADER",
    "SignatureCheck",
    "disabled_cause",
    "event_warnings",
    "failed_view",
    "read_deliveries",
    "read_event_names",
    "read_secret_action",
    "scan_failed",
    "verify_delivery",
    "verify_signature",
]

OPERATIONS_WITH_EVENTS = ("createWebhook", "updateWebhookById")
"""The operations of which the body has names of events."""
SIGNATURE_HEADER = "x-dynamic-signature-256"
_PAGE = 25
_MAX_PAGES = 40


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    valid: bool
    message: str


def read_secret_action() -> WriteAction:
    """Return the action that reads the secret of a webhook for a signature check, without showing it."""
    warning = "The secret is read for the check and is not shown. The audit log records that it was read."
    action = write_action("webhooks.reveal-secret")
    return replace(action, verb="Read the secret of", past="read", warning=warning, reveals=("", ""))


def verify_signature(secret: str, body: bytes, signature: str) -> SignatureCheck:
    """Check whether `signature`, with or without `sha256=`, is the HMAC-SHA256 of these bytes.

    A pasted body often has other newlines, and a saved one is often indented, but Dynamic signs compact JSON. These
    are tried as well, and the message says which ones fit.
    The secret is added to the redactor. Source: docs/vendor-api.md#signature.
    """
    redactor.add(secret)
    expected = signature.strip().lower().removeprefix("sha256=")
    if not expected:
        return SignatureCheck(False, "The signature is missing.")
    if len(expected) != 64 or any(char not in "0123456789abcdef" for char in expected):
        return SignatureCheck(
            False, f"A signature has 64 hexadecimal digits; this one has {quantity(len(expected), 'character')}."
        )
    attempts = (
        (body, "The signature is valid."),
        (body.rstrip(b"\r\n"), "The signature is valid for the body without the newline at its end."),
        (body.replace(b"\r\n", b"\n"), "The signature is valid for the body with LF instead of CRLF newlines."),
        (_compact(body), "The signature is valid for the body as compact JSON, which is what Dynamic signs."),
    )
    for data, message in attempts:
        if hmac.compare_digest(hmac.new(secret.encode(), data, hashlib.sha256).hexdigest(), expected):
            return SignatureCheck(True, message)
    return SignatureCheck(False, "The signature is not valid: the secret or the body differs from what was sent.")


def _compact(body: bytes) -> bytes:
    """Return JSON as the server writes it, and anything else as it is."""
    try:
        return stringify_json(load_json(body))
    except ValueError:
        return body


def verify_delivery(row: Row, secret: str) -> SignatureCheck:
    """Check the signature in the record of a delivery."""
    request = row.get("request")
    signature = request_header(request, SIGNATURE_HEADER)
    if not signature:
        return SignatureCheck(False, f"The record of the request has no {SIGNATURE_HEADER} header.")
    text = body_text(request)
    if text is not None:
        return verify_signature(secret, text.encode(), signature)
    # Stored as an object: the signed bytes can only be guessed.
    body = request_payload(request)
    # Compact JSON is tried too.
    spaced = json.dumps(body, ensure_ascii=False).encode()
    if (check := verify_signature(secret, spaced, signature)).valid:
        return check
    return SignatureCheck(False, "The record does not contain the exact body, so its signature cannot be checked.")


def disabled_cause(webhook: Webhook, messages: Sequence[Row]) -> str:
    """Return the probable reason why a webhook is disabled; "" when it is enabled. messages: its latest ones."""
    if webhook.is_enabled:
        return ""
    updated = f"Last updated {time_text(webhook.updated_at)}. " if webhook.updated_at is not None else ""
    failed = sum(is_delivered(row) is False for row in messages)
    if messages and failed == len(messages):
        cause = (
            f"All of the last {quantity(len(messages), 'message')} failed. "
            "Dynamic disables webhooks that keep failing. "
            "Fix the receiver, then enable the webhook."
        )
    elif failed:
        cause = (
            f"{failed} of the last {quantity(len(messages), 'message')} failed. "
            "A member or Dynamic disabled the webhook."
        )
    else:
        cause = "None of the last messages failed, so a member disabled the webhook."
    return f"{updated}{cause} Events while it is disabled are not delivered later."


async def read_event_names(client: Client) -> list[str]:
    """Return the names of all events; [] when they cannot be read, because they can be typed as well."""
    try:
        page = await client.page("getEventTypes", "")
    except DyntuiError:
        return []
    return [str(row.get("name")) for row in page.rows if row.get("name")]


async def event_warnings(client: Client, events: object) -> list[str]:
    """Return a warning for each event of a webhook that the server does not list, with the nearest name."""
    from dyntui.services.body_check import value_warnings

    if not isinstance(events, list) or not events:
        return []
    return value_warnings("events", events, await read_event_names(client))


async def read_deliveries(client: Client, webhook_id: str, message_id: str) -> list[Row]:
    """Return every delivery of one message, the latest first."""
    path = {"webhookId": webhook_id, "messageId": message_id}
    page = await client.page("getWebhookMessageDeliveries", "data", path=path)

    def sort_key(row: Row) -> tuple[str, float]:
        attempt = row.get("deliveryAttempt")
        return str(row.get("deliveredAt") or ""), attempt if isinstance(attempt, (int, float)) else 0.0

    return sorted(page.rows, key=sort_key, reverse=True)


async def scan_failed(client: Client, webhook_id: str) -> AsyncGenerator[ScannedRow, None]:
    """Yield the messages that failed. The API cannot filter them, so all messages are read."""
    async with aclosing(scan(client, RESOURCES["webhook-messages"], parent=webhook_id)) as found:
        async for scanned in found:
            if is_delivered(scanned.row) is False:
                yield scanned


def failed_view(client: Client, webhook_id: str) -> PagedView:
    """Return a view of the messages that failed.

    The API cannot filter them, so its pages are read until a page of this view is full. A cursor of this view consists
    of the number of rows to skip and the API's cursor: `12 abc`.
    """
    record = RESOURCES["webhook-messages"]

    async def fetch(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        from dyntui.api.pagination import RowPage

        async def read(api_cursor: str | None) -> RowPage:
            return await read_page(client, record.list, path={"webhookId": webhook_id}, query={"cursor": api_cursor})

        skip, _, api_cursor = (cursor or "0 ").partition(" ")
        start, failed, count = int(skip), list[Row](), 0
        async with aclosing(scan_by_cursor(read, key=record.key, cursor=api_cursor or None)) as pages:
            async for page in pages:
                for index, row in enumerate(page.rows[start:], start):
                    if is_delivered(row) is False:
                        failed.append(row)
                        if len(failed) == _PAGE:
                            return RowPage(failed, cursor=f"{index + 1} {api_cursor}")
                start, api_cursor, count = 0, page.cursor or "", count + 1
                if count == _MAX_PAGES:
                    break
        return RowPage(failed, cursor=f"0 {api_cursor}" if api_cursor else None)

    return PagedView(fetch, paging=Paging.CURSOR, key=record.key, page_size=_PAGE)
