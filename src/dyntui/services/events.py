"""Tail of the event stream: polls events and returns each one time, in whichever order the server lists them.

The API has no ETag, no limit and no lasting cursor for events, so a poll asks for the events since a time. Events may
arrive late, so the seconds before the latest one are read again for half a minute. After that nothing is read again,
and a poll without new events reads an empty page.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import json_text
from dyntui.core.times import now, parse_time
from dyntui.core.validation import nearest_name
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.bulk import BulkRun
from dyntui.services.lists.page_scan import scan_by_cursor
from dyntui.services.lists.response_rows import read_page

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.pagination import RowPage
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["EventFilter", "EventTail", "check_event_resource"]

Event = Row
_OVERLAP = timedelta(seconds=5)
"""The seconds before the latest event are read again, because events of an earlier time may arrive late."""
_SETTLE_S = 30.0
"""Seconds after which no event arrives any more that is older than the latest one; then nothing is read again."""
_PAGES = 20
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class EventFilter:
    """A filter of events. The server filters by resource and time; `matches` compares all of it."""

    resource: str = ""
    """The resource that the events are about, such as `user` or `wallet`; "" for all."""
    names: tuple[str, ...] = ()
    """Parts of event names; one of them has to match."""
    text: str = ""
    """A text that one of the values has to contain."""
    start: datetime | None = None
    """The first time; None for the default of the tail."""
    end: datetime | None = None
    """The last time; None to follow new events."""
    conditions: RowConditions | None = None
    """What the fields of an event have to fulfill; None for nothing."""

    def matches(self, event: Row) -> bool:
        """Return whether an event matches, also the parts by which the server filters, because it may ignore them."""
        name = str(event.get("eventName") or "").lower()
        if self.resource and not name.startswith(f"{self.resource.lower()}."):
            return False
        moment = parse_time(event.get("timestamp")) if self.start is not None or self.end is not None else None
        if moment is not None and not (self.start or moment) <= moment <= (self.end or moment):
            return False
        if self.names and not any(part.lower() in name for part in self.names):
            return False
        if self.conditions is not None and not self.conditions.fits(event, RESOURCES["events"]):
            return False
        return not self.text or _contains(event, self.text.lower())


def check_event_resource(resource: str, event_names: Sequence[str]) -> None:
    """Raise UsageError if no event is about this resource: the server would find none, without an error.

    event_names: the names of all events, such as `user.session.created`; [] when they are not known.
    """
    parts = (name.split(".")[:-1] for name in event_names)
    known = {".".join(words[:count]) for words in parts for count in range(1, len(words) + 1)}
    if known and resource not in known:
        near = nearest_name(resource, known)
        names = ", ".join(sorted(name for name in known if "." not in name))
        raise UsageError(
            f"No event is about the resource {resource!r}.",
            hint=f"Did you mean {near}?" if near else f"Resources: {names}.",
        )


def _contains(value: object, text: str) -> bool:
    match value:
        case Mapping():
            return any(_contains(part, text) for part in value.values())
        case list():
            return any(_contains(part, text) for part in value)
    return text in json_text(value).lower()


class EventTail:
    """The events that match a filter, each one time, oldest first."""

    def __init__(
        self,
        client: Client,
        event_filter: EventFilter | None = None,
        *,
        backlog: int = 100,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """event_filter: without a start, the tail begins one hour ago. backlog: events of the first poll at most."""
        self._clock = clock
        self._client = client
        self._run = BulkRun(client, RESOURCES["events"].list.operation)
        """What all polls but the first belong to: they give way to other requests."""
        self.filter = event_filter or EventFilter()
        self._backlog = backlog
        self._seen: dict[str, None] = {}
        self._latest: datetime | None = None
        self._polls: deque[tuple[float, datetime]] = deque()
        """Of each poll whose events may be incomplete: when it started (`time.monotonic`), and its latest event."""
        self._complete_until: datetime | None = None
        """The time up to which all events were read; None before."""
        self._is_newest_first = False
        """Whether the server lists the newest events first, as far as it is known."""
        self.missed = 0
        """The number of polls in which older events were left out, because there were too many."""

    async def poll(self) -> list[Event]:
        """Return the events since the last call."""
        first = self._latest is None
        started_s = self._clock()
        found = await self._read(self._start())
        fresh = [event for event in found if self._is_new(event)]
        times = [moment for event in fresh if (moment := parse_time(event.get("timestamp"))) is not None]
        if times or first:
            # Use the server's clock as soon as it is known: the local clock may differ.
            self._latest = max([*times, *([self._latest] if self._latest else [])], default=self._start())
        self._record_poll(started_s, self._latest)
        fresh = [event for event in fresh if self.filter.matches(event)]
        fresh.sort(key=lambda event: str(event.get("timestamp") or ""))
        return fresh[-self._backlog :] if first else fresh

    def _start(self) -> datetime:
        """Return the time from which events are read. What is complete is not read again."""
        start = self.filter.start or now() - timedelta(hours=1)
        if self._latest is not None:
            start = max(start, self._latest - _OVERLAP)
        if self._complete_until is not None:
            start = max(start, self._complete_until + timedelta(milliseconds=1))
        return start

    def _record_poll(self, started_s: float, latest: datetime | None) -> None:
        """Record that all events up to the latest of an earlier poll were read now, if it is long enough ago."""
        while self._polls and started_s - self._polls[0][0] >= _SETTLE_S:
            self._complete_until = self._polls.popleft()[1]
        if latest is not None:
            self._polls.append((started_s, latest))

    async def _read(self, start: datetime) -> Sequence[Event]:
        record, is_first = RESOURCES["events"], self._latest is None
        query: dict[str, object] = {
            "resourceType": self.filter.resource or None,
            "startDate": _iso(start),
            "endDate": _iso(self.filter.end) if self.filter.end else None,
        }

        async def read(cursor: str | None) -> RowPage:
            if is_first:
                return await read_page(self._client, record.list, query={**query, "cursor": cursor})
            async with self._run.request():
                return await read_page(self._client, record.list, query={**query, "cursor": cursor})

        found: list[Event] = []
        count = 0
        async with aclosing(scan_by_cursor(read, key=record.key)) as pages:
            async for page in pages:
                found += page.rows
                count += 1
                if page.cursor is None or self._is_all_known(page.rows):
                    break
                if count == _PAGES:
                    self.missed += 1
                    break
        return found

    def _is_all_known(self, events: Sequence[Event]) -> bool:
        """Return whether a page, and so every older one, was returned before. Only for pages with the newest first."""
        times = [str(event.get("timestamp") or "") for event in events]
        if len(times) > 1 and times[0] != times[-1]:
            self._is_newest_first = times[0] > times[-1]
        return self._is_newest_first and all(str(event.get("eventId")) in self._seen for event in events)

    def _is_new(self, event: Event) -> bool:
        event_id = str(event.get("eventId"))
        if event_id in self._seen:
            return False
        self._seen[event_id] = None
        while len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
