"""Sample events of the newest users of a new environment, and webhooks with messages about some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.core.times import parse_time
from dyntui.sandbox.operations.visits import serialize_visitor
from dyntui.sandbox.serializers import serialize_wallet, with_text_times
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time, live_wallets

if TYPE_CHECKING:
    from dyntui.sandbox.state import SandboxState

__all__ = ["create_history"]
_DAY_MS = 86_400_000
_USERS, _VISITORS, _MESSAGES = 25, 10, 30
_DISABLED_AFTER_MS = 90_000
"""Milliseconds from the last event that a webhook did not accept until the webhook was disabled."""
_WEBHOOKS = (
    ("https://hooks.northwind.example/dynamic", True, ("user.session.created", "wallet.created", "visit.created")),
    ("https://legacy.northwind.example/dynamic", False, ("user.created",)),
)
_REFUSED = {
    "status": 503,
    "headers": {"content-type": "text/plain"},
    "body": "upstream unavailable",
    "durationMs": 1204,
}


def create_history(sandbox: SandboxState) -> None:
    """Write the events, webhooks and messages."""
    positions = [sandbox.events.emit(name, data, at=at, user=user) for at, name, data, user in _sample_events(sandbox)]
    for number, (url, enabled, names) in enumerate(_WEBHOOKS):
        events = [event for event in map(sandbox.events.at, positions) if event["eventName"] in names]
        disabled_at = None if enabled else sandbox.newest_ms
        if not enabled and events:
            events = events[: (len(events) + 1) // 2]
            disabled_at = _parse_ms(events[-1]["timestamp"]) + _DISABLED_AFTER_MS
        webhook = _create_webhook(sandbox, number, url, disabled_at, names)
        for turn, event in enumerate(events[-_MESSAGES:]):
            _create_message(sandbox, webhook, event, turn)


def _sample_events(sandbox: SandboxState) -> list[tuple[int, str, Document, str | None]]:
    """Return time, name, data and user id of the sample events, in order. The users cause these events themselves."""
    out: list[tuple[int, str, Document, str | None]] = []
    last = sandbox.users.next_position()
    for position, record in sandbox.users.load_many(range(max(1, last - _USERS), last)).items():
        id = record["id"]
        user = sandbox.serializer.user(record, position, nulls=False, sessions=False)
        out.append((record["createdAt"], "user.created", user, id))
        for item in live_wallets(record):
            name = "wallet.created" if item["provider"] == "embeddedWallet" else "wallet.linked"
            out.append((item["createdAt"], name, {**serialize_wallet(item), "userId": id}, id))
        for item in record["sessions"]:
            out.append((item["createdAt"], "user.session.created", {**with_text_times(item), "userId": id}, id))
    for visitor in sandbox.visitors.list_newest(_VISITORS):
        out.append((visitor["at"], "visit.created", serialize_visitor(sandbox.environment_id, visitor), None))
    return sorted(out, key=lambda each: each[0])


def _create_webhook(
    sandbox: SandboxState, number: int, url: str, disabled_at: int | None, names: tuple[str, ...]
) -> Document:
    """Create a webhook. `disabled_at` is in ms since 1970; None for an enabled one."""
    at = sandbox.newest_ms - (200 - number) * _DAY_MS
    made: Document = {
        "environmentId": sandbox.environment_id,
        "webhookId": sandbox.ids.uuid(f"webhook {number}"),
        "url": url,
        "version": "v1",
        "events": list(names),
        "isEnabled": disabled_at is None,
        "createdAt": format_time(at),
        "updatedAt": format_time(disabled_at or at),
        "secret": f"dyn_{sandbox.ids.digest(f'webhook secret {number}', 24).hex()}",
        "failures": 0,
    }
    if disabled_at is None:
        made["enabledAt"] = format_time(at)
    sandbox.store.put("webhooks", made, sandbox.environment_id, id=made["webhookId"])
    return made


def _create_message(sandbox: SandboxState, webhook: Document, event: Document, turn: int) -> None:
    """Create a message and its deliveries.

    Most succeed at the first or second attempt, those of a disabled webhook fail.
    """
    payload = sandbox.webhooks.store_message(webhook, event, due=None)
    at = _parse_ms(event["timestamp"]) + 400
    failures = 3 if not webhook["isEnabled"] or turn % 13 == 12 else 1 if turn % 5 == 4 else 0
    for attempt in range(1, failures + 1):
        sandbox.webhooks.record_delivery(webhook, payload, attempt, at + (attempt - 1) * 30_000, at, dict(_REFUSED))
    if failures < 3:
        duration_ms = 40 + int.from_bytes(sandbox.ids.digest(f"delivery {event['eventId']}", 1), "big")
        accepted = {"status": 200, "headers": {"content-type": "application/json"}, "body": '{"ok":true}'}
        response = {**accepted, "durationMs": duration_ms}
        sandbox.webhooks.record_delivery(webhook, payload, failures + 1, at + failures * 30_000, at, response)


def _parse_ms(text: str) -> int:
    moment = parse_time(text)
    assert moment is not None, "events have times"
    return round(moment.timestamp() * 1000)
