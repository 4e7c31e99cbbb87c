"""Webhooks, their messages and deliveries, and redelivery."""

from __future__ import annotations

import re

from dyntui.sandbox.document_resource import admin_event
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, RequestRefused, bad_request, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time
from dyntui.sandbox.webhook_sender import is_local_url

_URL = re.compile(
    r"(https://)[a-z0-9]+([-.]+[a-z0-9]+)*\.[a-z]{2,10}(/.*)?\Z|arn:aws:sns:[a-z0-9-]*:[0-9]{12}:[a-zA-Z0-9-_]+\Z"
)
_PRIVATE_FIELDS = frozenset({"secret", "failures"})


def serialize_webhook(webhook: Document, *, secret: bool = False) -> Document:
    """Return a webhook as the API shows it. `secret`: with the secret."""
    return {
        name: value for name, value in webhook.items() if name not in _PRIVATE_FIELDS or (secret and name == "secret")
    }


def _find(call: OperationCall) -> Document:
    return call.find("webhooks", "Webhook", call.path["webhookId"], call.path["environmentId"])


def _save_webhook(call: OperationCall, webhook: Document, body: Document) -> Document:
    """Replace the fields of a webhook and store it. Enabling resets the count of failures."""
    is_local = is_local_url(body["url"])
    if not (_URL.match(body["url"]) or (is_local and call.sandbox.flags["webhook-url"] == "loopback")):
        hint = "; this sandbox accepts http on this machine with --flag webhook-url=loopback" if is_local else ""
        raise bad_request(f"body/url must be https without a port, or the ARN of an SNS topic{hint}")
    now = format_time(call.now)
    if body["isEnabled"] and not webhook.get("isEnabled"):
        webhook |= {"enabledAt": now, "failures": 0}
    if not body["isEnabled"]:
        webhook.pop("enabledAt", None)
    events = list(dict.fromkeys(body["events"]))
    webhook |= {"url": body["url"], "isEnabled": body["isEnabled"], "events": events, "updatedAt": now}
    call.sandbox.store.put("webhooks", webhook, call.path["environmentId"], id=webhook["webhookId"])
    return webhook


@operation("getWebhooks")
def list_webhooks(call: OperationCall) -> Document:
    return {
        "data": [serialize_webhook(each) for each in call.sandbox.store.all("webhooks", call.path["environmentId"])]
    }


@operation("createWebhook")
def create_webhook(call: OperationCall) -> Reply:
    sandbox, environment = call.sandbox, call.path["environmentId"]
    limit = sandbox.flags.number("max-webhooks")
    if 0 < limit <= len(sandbox.store.all("webhooks", environment)):
        raise RequestRefused(Reply(422, {"error": f"An environment can have at most {limit} webhooks"}))
    id = call.new_id("webhooks")
    fixed = {
        "environmentId": environment,
        "webhookId": id,
        "version": "v1",
        "createdAt": format_time(call.now),
        "secret": f"dyn_{sandbox.ids.digest(f'webhook secret {id}', 24).hex()}",
        "failures": 0,
    }
    made = _save_webhook(call, fixed, call.body)
    if made["isEnabled"]:
        sandbox.webhooks.ping(made)
    admin_event(call, "webhook", "created", serialize_webhook(made))
    return Reply(201, serialize_webhook(made))


@operation("getWebhook")
def get_webhook(call: OperationCall) -> Document:
    return serialize_webhook(_find(call), secret=bool(call.query.get("includeSecret")))


@operation("updateWebhookById")
def update_webhook(call: OperationCall) -> Document:
    changed = _save_webhook(call, _find(call), call.body)
    admin_event(call, "webhook", "updated", serialize_webhook(changed))
    return serialize_webhook(changed)


@operation("deleteWebhookById")
def delete_webhook(call: OperationCall) -> None:
    webhook = _find(call)
    call.sandbox.store.remove("webhooks", webhook["webhookId"])
    call.sandbox.webhooks.delete_messages(webhook["webhookId"])
    admin_event(call, "webhook", "deleted", serialize_webhook(webhook))


@operation("getWebhookMessages")
def list_messages(call: OperationCall) -> Document:
    messages, cursor = call.sandbox.webhooks.messages(_find(call)["webhookId"], call.query.get("cursor"))
    return {"data": messages, **({"cursor": cursor} if cursor else {})}


@operation("getWebhookMessageDeliveries")
def list_deliveries(call: OperationCall) -> Document:
    found = call.sandbox.webhooks.deliveries(_find(call)["webhookId"], call.path["messageId"])
    if not found:
        raise not_found("Message")
    return {"data": found}


@operation("redeliverWebhookMessage")
def redeliver(call: OperationCall) -> Document:
    if not call.sandbox.webhooks.redeliver(_find(call), call.path["messageId"]):
        raise not_found("Message")
    return {"message": "The message will be sent again"}
