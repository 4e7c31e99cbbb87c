"""Webhooks and the messages that were sent to them; records for `dyntui.resources.RESOURCES`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dyntui.core.effect import Effect
from dyntui.core.times import parse_time
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.cell_formats import NOTHING, age, item_count, short_id, thousands, yes_no
from dyntui.resources.resource import Column, ListOperation, Paging, Resource, Row, Scope

__all__ = ["RECORDS", "answer_of", "delivered", "latency_ms"]


def answer_of(row: Row) -> str:
    """What the receiver said: its status, else the error. Its place in the free object is not documented."""
    response = row.get("response")
    if not isinstance(response, Mapping):
        return ""
    for name in ("status", "statusCode", "error", "message"):
        if response.get(name) not in (None, ""):
            return str(response[name])
    return ""


def delivered(row: Row) -> bool | None:
    """Whether the receiver took the message; None when the server does not say so in a word or number we know."""
    answer = answer_of(row)
    if answer.isdigit():
        return 200 <= int(answer) < 300
    status = str(row.get("status") or "").lower()
    if status in ("delivered", "success", "succeeded", "ok"):
        return True
    return False if status in ("failed", "failure", "error") or answer else None


def latency_ms(row: Row) -> int | None:
    """How long the receiver took, or, where that is not told, how long after the message it was delivered."""
    response = row.get("response")
    if isinstance(response, Mapping):
        for name in ("durationMs", "duration", "latencyMs"):
            value = response.get(name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return round(value)
    made, done = parse_time(row.get("messageCreatedAt")), parse_time(row.get("deliveredAt"))
    return None if made is None or done is None else max(0, round((done - made).total_seconds() * 1000))


def _milliseconds(value: Any, at: datetime) -> str:
    if not isinstance(value, int):
        return NOTHING
    return f"{value:,} ms" if value < 10_000 else f"{value / 1000:,.0f} s"


def _enable_disabled_reason(row: Row) -> str | None:
    return "It is on already." if row.get("isEnabled") else None


def _disable_disabled_reason(row: Row) -> str | None:
    return None if row.get("isEnabled") else "It is off already."


WEBHOOKS = Resource(
    name="webhooks",
    aliases=("wh", "webhook"),
    title="Webhooks",
    singular="webhook",
    command="webhooks",
    group="Webhooks",
    key="webhookId",
    list=ListOperation("getWebhooks", "data"),
    columns=(
        Column("url", "URL", 40, grow=True, priority=0),
        Column("isEnabled", "on", 4, format=yes_no, priority=0),
        Column("events", "events", 6, right=True, format=item_count, priority=1),
        Column("enabledAt", "since", 12, format=age, priority=2),
        Column("updatedAt", "changed", 12, format=age, priority=3),
        Column("webhookId", "id", 11, format=short_id, priority=4),
    ),
    detail="getWebhook",
    detail_path="webhookId",
    route="webhook",
    cached=False,
    secrets=("secret",),
    empty="There is no webhook. n makes one.",
    label=lambda row: str(row.get("url") or ""),
    actions=(
        ResourceAction("create", "createWebhook", "Tell a URL what happens; it gets a ping at once.", "new", target=ActionTarget.LIST,
            key="n", fields=("url", "events", "isEnabled")),
        ResourceAction("edit", "updateWebhookById", "Change its URL and what it is told.", key="e", single_row=True, replaces_all=True,
            fields=("url", "events", "isEnabled")),
        ResourceAction("enable", "updateWebhookById", "Tell it again what happens.", replaces_all=True, disabled_reason=_enable_disabled_reason,
            fields=(), body=lambda row, values: {**_writable(row), "isEnabled": True}),
        ResourceAction("disable", "updateWebhookById", "Tell it nothing more.", replaces_all=True, disabled_reason=_disable_disabled_reason,
            body=lambda row, values: {**_writable(row), "isEnabled": False},
            warning="What happens meanwhile is not told later."),
        ResourceAction("reveal-secret", "getWebhook", "Show the secret that its messages are signed with.", "secret", key="S",
            effect=Effect.READ, single_row=True, sensitive=True, query=(("includeSecret", True),),
            reveals=("secret", "webhook secret"),
            warning="Whoever has it can make up messages. It is shown once and kept nowhere."),
        ResourceAction("delete", "deleteWebhookById", "Delete the webhook and the record of its messages.", key="d",
            effect=Effect.DESTRUCTIVE, warning="Its URL is told nothing more, and its messages cannot be read again."),
    ),
)  # fmt: skip


def _writable(row: Row) -> dict[str, Any]:
    return {name: row.get(name) for name in ("url", "events", "isEnabled")}


MESSAGES = Resource(
    name="webhook-messages",
    aliases=("messages-of-webhook",),
    title="Messages",
    singular="message",
    command="webhooks",
    group="Webhooks",
    scope=Scope.PARENT,
    parent="webhookId",
    parent_resource="webhooks",
    key="messageId",
    list=ListOperation("getWebhookMessages", "data", Paging.CURSOR),
    columns=(
        Column("deliveredAt", "sent", 12, format=age, priority=0),
        Column("status", "status", 10, priority=0),
        Column(title="answer", width=18, pick=answer_of, priority=0),
        Column("deliveryAttempt", "try", 3, right=True, format=thousands, priority=1),
        Column(title="latency", width=9, right=True, pick=latency_ms, format=_milliseconds, priority=1),
        Column(title="event", width=24, grow=True, pick=lambda row: _event_name(row), priority=0),
        Column("eventId", "event id", 11, format=short_id, priority=2),
        Column("messageId", "id", 11, format=short_id, priority=3),
    ),
    route="message",
    cached=False,
    empty="No message has been sent to it yet.",
    label=lambda row: _event_name(row),
    extra_operations=("getWebhookMessageDeliveries",),
    actions=(
        ResourceAction("redeliver", "redeliverWebhookMessage", "Send the message once more.", key="d", single_row=False),
    ),
)  # fmt: skip


def _event_name(row: Row) -> str:
    from dyntui.resources.webhook_payloads import request_payload

    body = request_payload(row.get("request"))
    return str(body.get("eventName") or "") if isinstance(body, Mapping) else ""


RECORDS = (WEBHOOKS, MESSAGES)
