"""Webhooks: makes messages of events and sends them in background threads, with retries. Each attempt is a delivery.

Messages are sent to this machine only. Deliveries to other machines are recorded as accepted or failed, without a
request (behavior flag `webhook-elsewhere`).
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from dyntui.core.strict_json import stringify_json
from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.sandbox.clock import Clock
from dyntui.sandbox.cursor_page import read_page
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document, Store
from dyntui.sandbox.user_record import format_time
from dyntui.sandbox.webhook_sender import TIMEOUT_S, WebhookSender, is_local_url

__all__ = ["SIGNATURE", "Webhooks"]
SIGNATURE = "x-dynamic-signature-256"

WORKER_COUNT = 4
_MAX_MESSAGES, _MAX_DELIVERIES, _MAX_PENDING_MESSAGES, _TRIM_EVERY = 4_000, 8_000, 20_000, 200
_RETRY_DELAYS_S: Mapping[str, tuple[int, ...]] = {"sandbox": (15, 60), "live": (15, 60, 600, 3600, 86_400)}
"""Seconds after each failed attempt (docs/vendor-api.md#deliveries)."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A message to send."""

    position: int
    webhook: Document
    payload: Document
    created: int
    attempts: int


class Webhooks:
    """The webhooks of the environment and their messages.

    Callers hold the lock of the store, except for `wake` and `close`. The field `failures` is not shown by the API.
    """

    def __init__(self, store: Store, ids: Ids, environment_id: str, clock: Clock, flags: BehaviorFlags) -> None:
        self._store = store
        self._environment_id = environment_id
        self._ids = ids
        self._clock = clock
        self._flags = flags
        self._enabled_webhooks: tuple[int, list[Document]] = (-1, [])
        self._condition = threading.Condition()
        self._signals = 0
        self._has_new_messages = False
        self._stopped = False
        self._threads: list[threading.Thread] = []
        self._busy: set[int] = set()
        self._sender = WebhookSender()

    def listens_to(self, name: str) -> bool:
        """Return whether an enabled webhook selects that event."""
        return any(name in each["events"] for each in self._list_enabled())

    def on_event(self, event: Document) -> None:
        """Queue a message for each enabled webhook that selects the event; disabled ones never get it.

        Source: docs/vendor-api.md#deliveries.
        """
        for webhook in self._list_enabled():
            if event["eventName"] in webhook["events"]:
                self._queue(webhook, event)

    def ping(self, webhook: Document) -> None:
        """Queue the test message that follows the registration of a webhook."""
        event = {
            "eventId": self._ids.uuid(f"ping of {webhook['webhookId']}"),
            "eventName": "ping",
            "environmentId": webhook["environmentId"],
            "environmentName": self._flags["environment-name"],
            "timestamp": format_time(self._clock.now()),
            "data": {},
            "context": {},
        }
        self._queue(webhook, event)

    def redeliver(self, webhook: Document, message: str) -> bool:
        """Send a message again now. Returns False when there is no such message."""
        row = self._store.db.execute(
            "SELECT pos, doc FROM messages WHERE id = ? AND webhook = ?", (message, webhook["webhookId"])
        ).fetchone()
        if row is None:
            return False
        payload = {**orjson.loads(row[1]), "redelivery": True}
        self._store.db.execute("UPDATE messages SET doc = ?, due = 0 WHERE pos = ?", (orjson.dumps(payload), row[0]))
        self._has_new_messages = True
        return True

    def delete_messages(self, webhook: str) -> None:
        """Delete all messages and deliveries of a webhook."""
        for table in ("messages", "deliveries"):
            self._store.db.execute(f"DELETE FROM {table} WHERE webhook = ?", (webhook,))

    def _list_enabled(self) -> list[Document]:
        version = self._store.kind_version("webhooks")
        if self._enabled_webhooks[0] != version:
            webhooks = self._store.all("webhooks", self._environment_id)
            self._enabled_webhooks = (version, [each for each in webhooks if each["isEnabled"]])
        return self._enabled_webhooks[1]

    def _queue(self, webhook: Document, event: Document) -> None:
        self.store_message(webhook, event, due=0.0)
        self._has_new_messages = True

    def store_message(self, webhook: Document, event: Document, *, due: float | None) -> Document:
        """Store the message of an event. `due`: when to send it, in seconds since 1970; None for never."""
        payload = {
            "eventId": event["eventId"],
            "messageId": self._ids.uuid(f"message {self._store.next_number('messages')}"),
            "webhookId": webhook["webhookId"],
            "eventName": event["eventName"],
            "environmentId": event["environmentId"],
            "environmentName": event["environmentName"],
            "timestamp": event["timestamp"],
            **({"userId": user} if (user := event["context"].get("userId")) else {}),
            "data": event["data"],
        }
        row = (payload["messageId"], webhook["webhookId"], orjson.dumps(payload), self._clock.now(), due)
        position = self._store.db.execute(
            "INSERT INTO messages(id, webhook, doc, created, due) VALUES (?, ?, ?, ?, ?)", row
        ).lastrowid
        if position and position % _TRIM_EVERY == 0:
            self._trim("messages", position - _MAX_MESSAGES, "due IS NULL")
            self._trim("messages", position - _MAX_PENDING_MESSAGES, "1")
        return payload

    def _trim(self, table: str, last: int, condition: str) -> None:
        self._store.db.execute(f"DELETE FROM {table} WHERE pos <= ? AND {condition}", (last,))

    def messages(self, webhook: str, cursor: str | None) -> tuple[list[Document], str]:
        """Return one page of the latest deliveries of each message, and the cursor of the next page."""
        select = "SELECT pos, doc FROM deliveries WHERE latest = 1"
        rows, next_cursor = read_page(self._store.db, select, {"webhook = ?": webhook}, cursor, self._flags)
        return [orjson.loads(row[1]) for row in rows], next_cursor

    def deliveries(self, webhook: str, message: str) -> list[Document]:
        """Return all deliveries of a message, oldest first."""
        rows = self._store.db.execute(
            "SELECT doc FROM deliveries WHERE message = ? AND webhook = ? ORDER BY pos", (message, webhook)
        )
        return [orjson.loads(row[0]) for row in rows]

    def record_delivery(
        self, webhook: Document, payload: Document, attempt: int, at: int, created: int, response: Document
    ) -> None:
        """Store a delivery. `at`: when it was attempted, `created`: when its message was made, in ms since 1970."""
        self._store.db.execute("UPDATE deliveries SET latest = 0 WHERE message = ?", (payload["messageId"],))
        doc = {
            "deliveryId": self._ids.uuid(f"delivery {self._store.next_number('deliveries')}"),
            "eventId": payload["eventId"],
            "messageId": payload["messageId"],
            "environmentId": payload["environmentId"],
            "webhookId": webhook["webhookId"],
            "status": "delivered" if _accepted(response) else "failed",
            "deliveredAt": format_time(at),
            "messageCreatedAt": format_time(created),
            "eventReceivedAt": payload["timestamp"],
            "eventCreatedAt": payload["timestamp"],
            "deliveryAttempt": attempt,
            "request": self._request(webhook, payload),
            "response": response,
            "updatedAt": format_time(at),
            "createdAt": format_time(at),
        }
        row = (webhook["webhookId"], payload["messageId"], orjson.dumps(doc))
        position = self._store.db.execute(
            "INSERT INTO deliveries(webhook, message, latest, doc) VALUES (?, ?, 1, ?)", row
        ).lastrowid
        if position and position % _TRIM_EVERY == 0:
            self._trim("deliveries", position - _MAX_DELIVERIES, "1")

    def _request(self, webhook: Document, payload: Document) -> Document:
        body = stringify_json(payload)
        digest = hmac.new(webhook["secret"].encode(), body, hashlib.sha256).hexdigest()
        prefix = "sha256=" if self._flags["webhook-signature"] == "prefixed" else ""
        headers = {"content-type": "application/json", "user-agent": "dynamic-webhooks", SIGNATURE: prefix + digest}
        return {"method": "POST", "url": webhook["url"], "headers": headers, "body": body.decode()}

    def resume(self) -> None:
        """Continue with the pending messages of an earlier run."""
        self._has_new_messages = self.pending() > 0
        self.wake()

    def wake(self) -> None:
        """Notify the threads after a transaction that made messages; start them at the first call."""
        if not self._has_new_messages:
            return
        with self._condition:
            self._has_new_messages = False
            self._signals += 1
            if not self._threads and not self._stopped:
                for number in range(WORKER_COUNT):
                    thread = threading.Thread(target=self._run_worker, name=f"webhooks {number}", daemon=True)
                    self._threads.append(thread)
                    thread.start()
            self._condition.notify_all()

    def close(self) -> None:
        """Stop the threads and cut their requests. Pending messages stay in the store."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        self._sender.close()
        for thread in self._threads:
            thread.join(TIMEOUT_S)

    def pending(self) -> int:
        """Return the number of messages that are still to be sent."""
        row = self._store.db.execute("SELECT count(*) FROM messages WHERE due IS NOT NULL").fetchone()
        return int(row[0])

    def _run_worker(self) -> None:
        while not self._stopped:
            signals = self._signals
            job, wait = self._next_job()
            if job is None:
                with self._condition:
                    if self._signals == signals and not self._stopped:
                        self._condition.wait(wait)
                continue
            response = self._send(self._request(job.webhook, job.payload))
            with self._store.lock:
                if not self._stopped:
                    with self._store.write(users_unchanged=True):
                        self._finish_job(job, response)
                self._busy.discard(job.position)

    def _next_job(self) -> tuple[_Job | None, float | None]:
        """Return the next due message, or the seconds until one is due; None for both when there is none."""
        with self._store.lock:
            if self._stopped:
                return None, None
            busy = ",".join(map(str, self._busy))
            row = self._store.db.execute(
                "SELECT pos, webhook, doc, created, attempts, due FROM messages "
                f"WHERE due IS NOT NULL AND pos NOT IN ({busy}) ORDER BY due, pos LIMIT 1"
            ).fetchone()
            if row is None:
                return None, None
            position, id, doc, created, attempts, due = row
            if (wait := due - time.time()) > 0:
                return None, wait
            webhook, payload = self._store.get("webhooks", id), orjson.loads(doc)
            if webhook is None or not (webhook["isEnabled"] or payload.get("redelivery")):
                self._store.db.execute("UPDATE messages SET due = NULL WHERE pos = ?", (position,))
                return None, 0.0
            self._busy.add(position)
            return _Job(position, webhook, payload, created, attempts), None

    def _finish_job(self, job: _Job, response: Document) -> None:
        now, attempt = self._clock.now(), job.attempts + 1
        webhook = self._store.get("webhooks", job.webhook["webhookId"])
        if webhook is None:
            return
        self.record_delivery(job.webhook, job.payload, attempt, now, job.created, response)
        due: float | None = None
        retries = _RETRY_DELAYS_S[self._flags["environment-name"]]
        if not _accepted(response):
            if attempt <= len(retries) and job.payload["eventName"] != "ping":
                due = time.time() + retries[attempt - 1] * self._flags.number("webhook-second-ms") / 1000
            elif attempt == len(retries) + 1:
                self._count_failure(webhook)
        if self._is_redelivery_requested(job):
            due = 0.0
        row = (attempt, due, job.position)
        self._store.db.execute("UPDATE messages SET attempts = ?, due = ? WHERE pos = ?", row)
        if due is not None:
            with self._condition:
                self._signals += 1
                self._condition.notify_all()

    def _is_redelivery_requested(self, job: _Job) -> bool:
        """Return whether a redelivery was requested while the message was being sent."""
        row = self._store.db.execute("SELECT doc FROM messages WHERE pos = ?", (job.position,)).fetchone()
        return row is not None and "redelivery" in orjson.loads(row[0]) and "redelivery" not in job.payload

    def _count_failure(self, webhook: Document) -> None:
        webhook["failures"] += 1
        limit = self._flags.number("webhook-disable-after")
        if 0 < limit <= webhook["failures"] and webhook["isEnabled"]:
            webhook |= {"isEnabled": False, "updatedAt": format_time(self._clock.now())}
            webhook.pop("enabledAt", None)
        self._store.put("webhooks", webhook, id=webhook["webhookId"])

    def _send(self, request: Document) -> Document:
        started = time.perf_counter()
        if is_local_url(request["url"]):
            response = self._sender.post(request["url"], request["headers"], request["body"].encode())
        else:
            response = self._skip_request()
        return {**response, "durationMs": round((time.perf_counter() - started) * 1000)}

    def _skip_request(self) -> Document:
        if self._flags["webhook-elsewhere"] == "failed":
            return {"error": "Not sent: the sandbox sends requests to this machine only"}
        return {"status": 200, "headers": {}, "body": "Not sent: the sandbox sends requests to this machine only"}


def _accepted(response: Document) -> bool:
    return 200 <= int(response.get("status", 0)) < 300
