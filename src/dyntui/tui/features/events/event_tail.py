"""The event tail: new events as they occur, with a filter and a time range. The newest event is the last line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from dyntui.config.list_preferences import ListPreferences
from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row
from dyntui.core.times import now, parse_since, parse_until
from dyntui.resources.cell_formats import short_id
from dyntui.resources.columns import time_column
from dyntui.resources.events import user_id_of
from dyntui.resources.resource import Column
from dyntui.services.events import EventFilter, EventTail
from dyntui.tui.features.events.actions import EVENTS_ACTIONS
from dyntui.tui.features.events.event_screen import NO_USER, EventScreen
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values, find_problems
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.auto_refresh import AutoRefreshMixin
from dyntui.tui.shell.base_screen import error_label
from dyntui.tui.shell.error_hints import errors_shown
from dyntui.tui.shell.lists.cached_names import CachedNames
from dyntui.tui.shell.route_target import RouteTarget
from dyntui.tui.shell.table_screen import FilteredTableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["EventTailScreen"]

_MAX_EVENTS = 5_000
"""Older events are dropped from the list."""
_BACKLOG = 1_000
"""Events that are shown at most when the tail starts."""
_DEFAULT_RANGE, _DEFAULT_RANGE_LABEL = timedelta(days=1), "last day"
_SUMMARY_FIELDS = ("email", "alias", "username", "publicKey", "address", "url", "name", "note", "chain", "id")


def _summary(event: Row) -> str:
    """Return the values that tell similar events apart, such as an email address or a URL."""
    data = event.get("data")
    if not isinstance(data, dict):
        return ""
    return "  ".join(str(data[name]) for name in _SUMMARY_FIELDS if isinstance(data.get(name), str) and data[name])


class EventTailScreen(AutoRefreshMixin, FilteredTableScreen):
    """The list of events, updated while the screen is active."""

    BINDINGS = bindings(EVENTS_ACTIONS, "tail")
    open_action = "tail.open"
    COLUMNS = (
        time_column("timestamp", "time", priority=0),
        Column("eventName", "event", 26, priority=0),
        Column(title="summary", width=30, grow=True, pick=_summary, priority=2),
        Column("user", "user", 24, grow=True, names="users", priority=1),
        Column("eventId", "id", 11, format=short_id, priority=3),
    )
    KEY = "eventId"
    ROWS_NAME = "events"
    FILTER_HINT = "user.created   ada@example.com   an id"
    NO_SELECTION = "There is no event under the cursor."
    REFRESH_INTERVALS_S = (2, 5, 15, 60)
    refresh_interval_s = 2
    refresh_name = "events"

    def __init__(self, filter_text: str = "") -> None:
        super().__init__(filter_text)
        self.server_filter = EventFilter(start=now() - _DEFAULT_RANGE)
        """Time range and resource, which the server filters."""
        self.range_label = _DEFAULT_RANGE_LABEL
        self.paused = False
        self.error: DyntuiError | None = None
        self._is_loaded = False
        self._is_cleared = False
        self._tail: EventTail | None = None
        self._polling: EventTail | None = None
        """The tail of the request in flight."""
        self._events: list[Row] = []
        self._names = CachedNames()

    def table_columns(self) -> Sequence[Column]:
        return [self._names.column(column) for column in self.COLUMNS]

    @property
    def unfiltered_breadcrumbs(self) -> tuple[str, ...]:
        resource = self.server_filter.resource
        return ("events", self.range_label, *([resource] if resource else []))

    def unfiltered_empty_text(self) -> str:
        if self._is_cleared:
            return "The list was cleared. New events appear here."
        is_default = self.range_label == _DEFAULT_RANGE_LABEL
        return (
            f"No events {'in the ' if is_default else ''}{self.range_label}. "
            f"Press {key_of('tail.range')} to change the time range."
        )

    # Polling

    def connected(self, connection: Connection) -> None:
        self._restart()

    def on_mount(self) -> None:
        with errors_shown(self.console):
            self.load_refresh_interval(ListPreferences.load())
        self.schedule_refresh()

    def on_screen_resume(self) -> None:
        self._poll()

    def refresh_in_background(self) -> None:
        self._poll()  # a page, or two

    def has_refresh_failed(self) -> bool:
        return self.error is not None

    def _restart(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return
        self._tail = EventTail(connection.client, self.server_filter, backlog=_BACKLOG)
        self._events.clear()
        self._is_loaded = self._is_cleared = False
        self._poll()

    def _poll(self) -> None:
        """Request new events, unless a request is in flight or no new events are wanted."""
        has_ended = self._is_loaded and self.server_filter.end is not None
        if self._tail is None or self._polling is self._tail or self.paused or has_ended or not self.is_active:
            return
        self._polling = tail = self._tail
        on_polled, on_failed = partial(self._on_polled, tail), partial(self._on_failed, tail)
        self.run_worker_then(tail.poll, on_polled, on_failed, group="tail")

    def _on_polled(self, tail: EventTail, events: list[Row]) -> None:
        if tail is not self._tail:
            return
        self._polling = None
        previous_error, self.error = self.error, None
        is_first, self._is_loaded = not self._is_loaded, True
        if events or is_first:
            self._events = [*self._events, *events][-_MAX_EVENTS:]
            self._update_rows(follow=is_first)
        if previous_error is not None or events:
            self.refresh_status()

    def _on_failed(self, tail: EventTail, error: DyntuiError) -> None:
        if tail is not self._tail:
            return
        self._polling = None
        is_first_error, self.error = self.error is None, error
        if is_first_error:
            if not self._is_loaded:
                self.rows_view.error = error
                self.table.view_changed()
            self.console.notify_error(error)
        self.refresh_status()

    def _update_rows(self, *, follow: bool = False) -> None:
        """Show the events that match the filter. The cursor follows new events when it is on the last line.

        follow: whether it moves to the last line in any case.
        """
        table = self.table
        at_end = follow or table.cursor >= table.count - 1
        text_filter = EventFilter(text=self.filter_text)
        rows = [{**event, "user": user_id_of(event)} for event in self._events if text_filter.matches(event)]
        self.rows_view.error = None
        self._names.load(self.console.session.rows, self.COLUMNS, rows)
        self.set_rows(rows)
        if at_end and rows:
            table.move_to(len(rows) - 1)
        self.refresh_status()

    def status(self) -> Sequence[Piece]:
        parts: list[Piece] = []
        if self.error is not None:
            parts.append((error_label(self.error), "warn"))
        if self.paused:
            parts.append(("paused", "warn"))
        elif self._is_loaded:
            parts += [("ended", "")] if self.server_filter.end is not None else [("live", ""), *self.refresh_parts()]
        parts += self.position()
        if self._tail is not None and self._tail.missed:
            parts.append(("too many events: some are missing", "warn"))
        return parts

    # Reasons

    def user_disabled_reason(self) -> str | None:
        row = self.table.row
        return self.selection_disabled_reason() or (None if row is not None and row.get("user") else NO_USER)

    # Actions

    def action_pause(self) -> None:
        self.paused = not self.paused
        self._poll()
        self.refresh_status()

    def show_filtered_rows(self) -> None:
        self._update_rows(follow=True)

    def action_open(self) -> None:
        event = {name: value for name, value in self.table.selected_row.items() if name != "user"}
        EventScreen.open(self.console, RouteTarget(row=event))

    def action_user(self) -> None:
        row = self.table.selected_row
        self.console.open_route("user", RouteTarget(row_id=str(row["user"]), label=str(row["user"])))

    def action_copy(self) -> None:
        send_to_clipboard(self.console, str(self.table.row_id), "event id")

    def action_clear(self) -> None:
        self._events.clear()
        self._is_cleared = True
        self._update_rows()

    def action_resource(self) -> None:
        def on_submit(values: Values) -> None:
            self._set_filter(replace(self.server_filter, resource=values["resource"].strip()))

        note = "user, user.session, wallet, visit or admin; empty for all"
        field = FormInput("resource", "resource", self.server_filter.resource, help=note)
        self.console.ask_then(FormDialog("Filter by Resource", [field], verb="show"), on_submit)

    def action_range(self) -> None:
        def check(values: Values) -> dict[str, str]:
            texts = {name: text.strip() for name, text in values.items() if text.strip()}
            return find_problems({name: partial(parse_since, text) for name, text in texts.items()})

        def on_submit(values: Values) -> None:
            start, end = values["start"].strip(), values["end"].strip()
            self.range_label = (f"since {start}" if start else _DEFAULT_RANGE_LABEL) + (f" until {end}" if end else "")
            start_time = parse_since(start) if start else now() - _DEFAULT_RANGE
            end_time = parse_until(end) if end else None
            self._set_filter(replace(self.server_filter, start=start_time, end=end_time))

        fields = [
            FormInput("start", "from", help="30m, 12h, 7d or 2026-01-31; empty for the last day"),
            FormInput("end", "until", help="the same, a date is included; empty to follow new events"),
        ]
        self.console.ask_then(FormDialog("Time Range", fields, check=check, verb="show"), on_submit)

    def _set_filter(self, server_filter: EventFilter) -> None:
        self.server_filter = server_filter
        self.paused = False
        self._restart()
        self.refresh_status()
