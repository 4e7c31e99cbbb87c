"""Webhooks and the messages that were sent to them; records for `all_resources.RESOURCES`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dyntui.core.effect import Effect
from dyntui.core.times import parse_time
from dyntui.resources.action import (
    ResourceAction,
    create_action,
    delete_action,
    edit_action,
    while_disabled,
    while_enabled,
)
from dyntui.resources.cell_formats import NOTHING, item_count, short_id, thousands, time, yes_no
from dyntui.resources.columns import id_column, time_column
from dyntui.resources.configuration import WHOLE_ELEMENT, Configuration
from dyntui.resources.resource import Column, ListOperation, Paging, Resource, Row
from dyntui.resources.undo import created_again, irreversible, restored, undone_by, undone_by_deletion

__all__ = ["RECORDS", "is_delivered", "latency_ms", "response_status"]


def response_status(row: Row) -> str:
    """Return the HTTP status of the response of the receiver, else the error; "" when the delivery has neither.

    The API does not document where a delivery has them, so several names are tried.
    """
    response = row.get("response")
    if not isinstance(response, Mapping):
        return ""
    for name in ("status", "statusCode", "error", "message"):
        if response.get(name) not in (None, ""):
            return str(response[name])
    return ""


def is_delivered(row: Row) -> bool | None:
    """Return whether the receiver accepted the message; None when dyntui does not know the status of the delivery."""
    response = response_status(row)
    if response.isdigit():
        return 200 <= int(response) < 300
    status = str(row.get("status") or "").lower()
    if status in ("delivered", "success", "succeeded", "ok"):
        return True
    return False if status in ("failed", "failure", "error") or response else None


def latency_ms(row: Row) -> int | None:
    """Return the response time of the receiver; without one, the time from the message to its delivery."""
    response = row.get("response")
    if isinstance(response, Mapping):
        for name in ("durationMs", "duration", "latencyMs"):
            value = response.get(name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return round(value)
    created, sent = parse_time(row.get("messageCreatedAt")), parse_time(row.get("deliveredAt"))
    return None if created is None or sent is None else max(0, round((sent - created).total_seconds() * 1000))


def _milliseconds(value: object, now: datetime) -> str:
    if not isinstance(value, int):
        return NOTHING
    return f"{value:,} ms" if value < 10_000 else f"{value / 1000:,.0f} s"


WEBHOOKS = Resource(
    name="webhooks",
    description="Endpoints for events, and their deliveries",
    aliases=("wh", "webhook"),
    command="webhooks",
    key="webhookId",
    identified_by=("url",),
    list=ListOperation("getWebhooks", "data"),
    columns=(
        Column("url", "URL", 40, grow=True, priority=0),
        Column("isEnabled", "enabled", 7, format=yes_no, priority=0, former_titles=("on",)),
        Column("events", "events", 6, right=True, format=item_count, priority=1),
        time_column("enabledAt", "enabled at", priority=2, former_titles=("since",)),
        time_column("updatedAt", "updated", priority=3, former_titles=("changed",)),
        id_column("webhookId", priority=4),
        Column("version", "version", 7, wide=True),
        Column("createdAt", "created", 12, wide=True, format=time),
    ),
    detail="getWebhook",
    route="webhook",
    cached=False,
    secrets=("secret",),
    empty="There are no webhooks. Press {webhooks.create} to create one.",
    configuration=Configuration(
        identity=("url",),
        read_only=("version", "secret"),
        list_keys={"events": WHOLE_ELEMENT},
    ),
    actions=(
        create_action("createWebhook", "Create a webhook. A ping message is sent to its URL immediately.", fields=("url", "events", "isEnabled"), undo=undone_by_deletion()),
        edit_action("updateWebhookById", "Edit the URL and the events of the webhook.", replaces_all=True, fields=("url", "events", "isEnabled"), undo=restored()),
        ResourceAction("enable", "updateWebhookById", "Enable the webhook.", variant_of="webhooks.edit", undo=undone_by("disable"), replaces_all=True,
            disabled_reason=while_disabled("isEnabled"), fields=(), body=lambda row, values: {**_writable(row), "isEnabled": True}),
        ResourceAction("disable", "updateWebhookById", "Disable the webhook.", variant_of="webhooks.edit", undo=undone_by("enable"), replaces_all=True,
            disabled_reason=while_enabled("isEnabled"), body=lambda row, values: {**_writable(row), "isEnabled": False}, warning="Events that occur while a webhook is disabled are not delivered later."),
        ResourceAction("reveal-secret", "getWebhook", "Show the secret that signs the messages.", key="K",
            past="revealed", result_subject="Secret of",
            effect=Effect.READ, single_row=True, sensitive=True, query=(("includeSecret", True),),
            reveals=("secret", "webhook secret"),
            warning="Anyone who has the secret can forge messages. It is shown one time and is not saved."),
        delete_action("deleteWebhookById", "Delete the webhook and its messages.", undo=created_again(note="creates it again, with another id and another secret, and without messages"), warning="No more messages are sent, and the record of sent messages is deleted."),
    ),
)  # fmt: skip


def _writable(row: Row) -> dict[str, object]:
    return {name: row.get(name) for name in ("url", "events", "isEnabled")}


MESSAGES = Resource(
    name="webhook-messages",
    description="Deliveries to one webhook, to inspect or redeliver",
    aliases=("messages-of-webhook",),
    singular="message",
    command="webhooks",
    parent_resource="webhooks",
    key="messageId",
    list=ListOperation("getWebhookMessages", "data", Paging.CURSOR),
    time_field="deliveredAt",
    columns=(
        time_column("deliveredAt", "sent", priority=0),
        Column("status", "status", 10, priority=0),
        Column(title="response", width=18, pick=response_status, priority=0, former_titles=("answer",)),
        Column("deliveryAttempt", "attempt", 7, right=True, format=thousands, priority=1, former_titles=("try",)),
        Column(title="latency", width=9, right=True, pick=latency_ms, format=_milliseconds, priority=1),
        Column(title="event", width=24, grow=True, pick=lambda row: _event_name(row), priority=0),
        Column("eventId", "event id", 11, format=short_id, priority=2),
        id_column("messageId", priority=3),
    ),
    route="message",
    cached=False,
    empty="No messages have been sent to this webhook.",
    not_configuration="It is data of running apps, not configuration.",
    label=lambda row: _event_name(row),
    extra_operations=("getWebhookMessageDeliveries",),
    actions=(
        ResourceAction("redeliver", "redeliverWebhookMessage", "Send the message again.", undo=irreversible("A message that was sent cannot be taken back."), key="full_stop", single_row=False, in_parallel=True),
    ),
)  # fmt: skip


def _event_name(row: Row) -> str:
    from dyntui.resources.webhook_payloads import request_payload

    body = request_payload(row.get("request"))
    return str(body.get("eventName") or "") if isinstance(body, Mapping) else ""


RECORDS = (WEBHOOKS, MESSAGES)
