"""The event log of the environment, for the event operations and the webhooks. Old events are removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import orjson

from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.sandbox.cursor_page import DatabaseRow, read_page
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document, Store
from dyntui.sandbox.user_record import format_time

__all__ = ["EventListener", "EventLog", "event_types"]

MAX_EVENTS = 20_000
_TRIM_EVERY = 500
_VERSION = "v1"
_SELECT = "SELECT pos, at, name, user, data FROM events WHERE"

_EVENT_TYPES: Mapping[str, str] = {
    "user.created": "Occurs whenever a user is created.",
    "user.updated": "Occurs whenever a user is updated.",
    "user.deleted": "Occurs whenever a user is deleted.",
    "user.merged": "Occurs whenever two users are merged.",
    "user.session.created": "Occurs whenever a user session is created.",
    "user.session.revoked": "Occurs whenever a user session is revoked.",
    "user.signInFailed": "Occurs whenever a sign-in fails.",
    "user.social.linked": "Occurs whenever a user links a social account.",
    "user.social.unlinked": "Occurs whenever a user unlinks a social account.",
    "user.passkeyRecovery.started": "Occurs whenever a user starts the passkey recovery process.",
    "user.passkeyRecovery.completed": "Occurs whenever a user completes the passkey recovery process.",
    "visit.created": "Occurs whenever a wallet connects without signing in.",
    "wallet.created": "Occurs whenever an embedded wallet is created.",
    "wallet.linked": "Occurs whenever a wallet is linked to a user.",
    "wallet.unlinked": "Occurs whenever a wallet is unlinked from a user.",
    "wallet.exported": "Occurs whenever an embedded wallet is exported.",
    "wallet.transferred": "Occurs whenever a wallet is transferred to another user.",
    "wallet.signature.requested": "Occurs whenever a signature of an embedded wallet is requested.",
    "wallet.activity": "Occurs whenever a transaction of an embedded wallet is confirmed.",
    "wallet.delegation.created": "Occurs whenever a user delegates access to a wallet.",
    "wallet.delegation.revoked": "Occurs whenever delegated access to a wallet is revoked.",
}
"""Events that a webhook can select. wallet.deleted is emitted, but cannot be selected.

Source: docs/vendor-api.md#event-types.
"""

_ADMIN_EVENTS: Mapping[str, str] = {
    "allowlist": "created updated deleted enabled disabled",
    "allowlistEntry": "created deleted",
    "chainalysis": "updated",
    "customField": "created updated deleted",
    "customHostname": "created deleted",
    "deeplinkUrl": "created deleted",
    "delegationKey": "created",
    "environment": "updated",
    "exchange": "created deleted enabled disabled",
    "gate": "created updated deleted enabled disabled",
    "globalWallet": "created updated enabled disabled",
    "globalWalletAccessControl": "created updated enabled disabled",
    "globalWalletDomain": "created deleted",
    "nameService": "created deleted enabled disabled",
    "origin": "created deleted",
    "provider": "created updated deleted enabled disabled",
    "sdkView": "updated",
    "testAccount": "created deleted",
    "token": "created deleted",
    "waasPolicy": "created updated deleted",
    "webhook": "created updated deleted",
}
"""Actions by resource of the `admin.` events. The vendor documents that they exist, but not their names."""


@cache
def event_types() -> Mapping[str, str]:
    """Return the descriptions of the events that can be selected, by name."""
    admin = {
        f"admin.{resource}.{action}": f"Occurs whenever this is {action} by an administrator: {resource}."
        for resource, actions in _ADMIN_EVENTS.items()
        for action in actions.split()
    }
    return {**_EVENT_TYPES, **admin}


class EventListener(Protocol):
    """A receiver of new events. It is called in the transaction that makes the event."""

    def listens_to(self, name: str) -> bool:
        """Return whether the listener receives events of that name."""

    def on_event(self, event: Document) -> None:
        """Receive one event."""


@dataclass(frozen=True, slots=True)
class EventLog:
    """Writes and reads events. Callers hold the lock of the store."""

    store: Store
    ids: Ids
    environment_id: str
    flags: BehaviorFlags
    listener: EventListener

    def emit(self, name: str, data: Document, *, at: int, user: str | None = None) -> int:
        """Write one event and return its position.

        `at` is in ms since 1970. `user` is the id of the user who caused it; None for an API token
        (docs/vendor-api.md#event-types).
        """
        db = self.store.db
        row = (at, name, user, orjson.dumps(data))
        position = db.execute("INSERT INTO events(at, name, user, data) VALUES (?, ?, ?, ?)", row).lastrowid or 0
        if self.listener.listens_to(name):
            self.listener.on_event(self._event(position, at, name, user, data))
        if position % _TRIM_EVERY == 0:
            self._trim()
        return position

    def emit_many(self, name: str, items: Sequence[Document], *, at: int) -> None:
        """Write an event of one name for each item."""
        if self.listener.listens_to(name):
            for data in items:
                self.emit(name, data, at=at)
            return
        rows = [(at, name, orjson.dumps(data)) for data in items]
        self.store.db.executemany("INSERT INTO events(at, name, data) VALUES (?, ?, ?)", rows)
        self._trim()

    def _trim(self) -> None:
        self.store.db.execute("DELETE FROM events WHERE pos <= (SELECT max(pos) FROM events) - ?", (MAX_EVENTS,))

    def at(self, position: int) -> Document:
        """Return the event at a position that `emit` returned."""
        return self._parse_row(self.store.db.execute(f"{_SELECT} pos = ?", (position,)).fetchone())

    def get(self, id: str) -> Document | None:
        position = self.ids.owner(id)
        found = self.store.db.execute(f"{_SELECT} pos = ?", (position,)).fetchone()
        if found is None or self._event_id(found[0]) != id:
            return None
        return self._parse_row(found)

    def page(self, cursor: str | None, resource: str, start: int | None, end: int | None) -> tuple[list[Document], str]:
        """Return one page of events, and the cursor of the next page; empty when it is the last one.

        `start` and `end` are in ms since 1970.
        """
        conditions: dict[str, object] = {"at >= ?": start, "at <= ?": end}
        if resource:
            conditions["name GLOB ?"] = f"{_escape_glob(resource)}.*"
            if self.flags["event-resource"] == "exact":
                conditions["name NOT GLOB ?"] = f"{_escape_glob(resource)}.*.*"
        rows, next_cursor = read_page(self.store.db, f"{_SELECT} 1", conditions, cursor, self.flags)
        return [self._parse_row(row) for row in rows], next_cursor

    def _parse_row(self, row: DatabaseRow) -> Document:
        position, at, name, user, data = row
        return self._event(position, at, name, user, orjson.loads(data))

    def _event_id(self, position: int) -> str:
        return self.ids.child(position, "event")

    def _event(self, position: int, at: int, name: str, user: str | None, data: Document) -> Document:
        resource, _, action = name.rpartition(".")
        return {
            "eventId": self._event_id(position),
            "environmentId": self.environment_id,
            "environmentName": self.flags["environment-name"],
            "eventName": name,
            "resourceType": resource,
            "eventAction": action,
            "timestamp": format_time(at),
            "data": data,
            "context": {"version": _VERSION, **({"userId": user} if user else {})},
        }


def _escape_glob(text: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)
