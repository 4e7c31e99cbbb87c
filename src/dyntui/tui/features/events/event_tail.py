"""The event stream as it happens: paused, filtered, over a range; the newest below, as a tail is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.times import now
from dyntui.resources import Column
from dyntui.resources.cell_formats import short_id
from dyntui.resources.events import user_of
from dyntui.services.events import EventFilter, EventTail, parse_since
from dyntui.tui.features.events.actions import EVENTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import ConsoleScreen, error_label
from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["EventTailScreen"]

_EVERY = 2.0
_KEPT = 5_000
_BACKLOG = 1_000
_FIRST, _FIRST_WORDS = timedelta(days=1), "last day"


def _short(event: Any) -> str:
    """What an event is about, in a few words."""
    data = event.get("data")
    if not isinstance(data, dict):
        return ""
    names = ("email", "alias", "username", "publicKey", "address", "url", "name", "note", "chain", "id")
    return "  ".join(str(data[name]) for name in names if isinstance(data.get(name), str) and data[name])


_COLUMNS = (
    Column("at", "at (UTC)", 19, priority=0),
    Column("eventName", "event", 26, priority=0),
    Column(title="about", width=30, grow=True, pick=_short, priority=2),
    Column("user", "user", 11, format=short_id, priority=1),
    Column("eventId", "id", 11, format=short_id, priority=3),
)


class EventTailScreen(ConsoleScreen):
    """wanted: what of the stream; every: seconds between looks."""

    BINDINGS = bindings(EVENTS_ACTIONS, "tail")
    EVERY = _EVERY

    class Came(Message):
        """The server was asked. error: why it gave no answer."""

        def __init__(self, tail: EventTail, events: list[dict[str, Any]], error: DyntuiError | None) -> None:
            super().__init__()
            self.tail = tail
            self.events = events
            self.error = error

    def __init__(self, filter_text: str = "") -> None:
        super().__init__()
        self.wanted = EventFilter(start=now() - _FIRST)
        self.range_words = _FIRST_WORDS
        self.filter_text = filter_text
        self.paused = False
        self.error: DyntuiError | None = None
        self._asked = False
        self._tail: EventTail | None = None
        self._looking: EventTail | None = None
        self._events: list[dict[str, Any]] = []
        self._view = StaticRows(key="eventId", is_loaded=False)

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.filter_text))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        parts = ["events", self.range_words]
        parts += [self.wanted.resource] if self.wanted.resource else []
        return (*parts, f"/{self.filter_text}") if self.filter_text else tuple(parts)

    def body(self) -> ComposeResult:
        yield Table(_COLUMNS, self._view, empty=self._empty, id="events")

    @property
    def table(self) -> Table:
        return self.query_one("#events", Table)

    def _empty(self) -> str:
        if self.filter_text:
            return f"No event of this range has `{self.filter_text}` in it. esc clears the filter."
        return f"Nothing in the {self.range_words} so far; d chooses another range."

    # The tail

    def connected(self, connection: Connection) -> None:
        self._restart()

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(self.EVERY, self._look)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._look()

    def _restart(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return
        self._tail = EventTail(connection.client, self.wanted, backlog=_BACKLOG)
        self._events.clear()
        self._asked = False
        self._look()

    def _look(self) -> None:
        ended = self._asked and self.wanted.end is not None
        if self._tail is None or self._looking is self._tail or self.paused or ended or not self.is_active:
            return
        self._looking = self._tail
        self.run_worker(self._poll(self._tail), group="tail")

    async def _poll(self, tail: EventTail) -> None:
        try:
            found = await tail.poll()
        except DyntuiError as error:
            self.post_message(self.Came(tail, [], error))
        else:
            self.post_message(self.Came(tail, found, None))

    @on(Came)
    def _came(self, event: Came) -> None:
        if event.tail is not self._tail:
            return
        self._looking = None
        was, self.error = self.error, event.error
        if event.error is None:
            first, self._asked = not self._asked, True
            if event.events or first:
                self._events = [*self._events, *event.events][-_KEPT:]
                self._show(follow=first)
        elif was is None:
            if not self._asked:
                self._view.error = event.error
                self.table.view_changed()
            self.console.notify_error(event.error)
        if self.error is not was or event.events:
            self.refresh_status()

    def _show(self, *, follow: bool = False) -> None:
        """Show what passes the filter; a cursor on the last line stays on the last line."""
        table = self.table
        at_end = follow or table.cursor >= table.count - 1
        passing = EventFilter(text=self.filter_text)
        rows = [
            {**event, "at": str(event.get("timestamp") or "")[:19].replace("T", " "), "user": user_of(event)}
            for event in self._events
            if passing.matches(event)
        ]
        self._view.error = None
        self._view.set_rows(rows)
        table.view_changed()
        if at_end and rows:
            table.move_to(len(rows) - 1)
        self.refresh_status()

    def status(self) -> Sequence[Piece]:
        parts: list[Piece] = []
        if self.error is not None:
            parts.append((error_label(self.error), "warn"))
        if self.paused:
            parts.append(("paused", "warn"))
        elif self._asked:
            parts.append(("ended" if self.wanted.end is not None else "live", ""))
        if self.table.count:
            parts.append((f"{self.table.cursor + 1:,} of {self.table.count:,}", ""))
        if self._tail is not None and self._tail.missed:
            parts.append(("more at once than is read: some are missing", "warn"))
        return parts

    # Reasons

    def selection_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else "There is no event under the cursor."

    def user_disabled_reason(self) -> str | None:
        row = self.table.row
        if row is None:
            return self.selection_disabled_reason()
        return None if row.get("user") else "The event names no user: it came through an API token, or from nobody."

    # Actions

    def action_pause(self) -> None:
        self.paused = not self.paused
        self._look()
        self.refresh_status()

    def action_filter(self) -> None:
        self.ask_filter(self.filter_text, "user.created   ada@example.com   an id")

    def filter_entered(self, text: str) -> None:
        self.filter_text = text.strip()
        self._show(follow=True)

    def back_label(self) -> str | None:
        return "the filter" if self.filter_text else None

    def handle_back(self) -> None:
        self.filter_entered("")

    @on(Table.Opened)
    async def _clicked(self) -> None:
        await self.action_do("tail.open")

    def action_open(self) -> None:
        from dyntui.tui.features.events.event_screen import EventScreen

        row = self.table.row
        assert row is not None
        self.console.visit(EventScreen({name: value for name, value in row.items() if name not in ("at", "user")}))

    def action_user(self) -> None:
        row = self.table.row
        assert row is not None
        self.console.open_route("user", RouteTarget(row_id=str(row["user"]), label=str(row["user"])))

    def action_copy(self) -> None:
        send_to_clipboard(self.console, str(self.table.row_id), "event id")

    def action_clear(self) -> None:
        self._events.clear()
        self._show()

    def action_resource(self) -> None:
        def named(values: Values | None) -> None:
            if values is not None:
                self._set(resource=values["resource"].strip())

        known = "user, user.session, wallet, visit, admin; empty for all"
        field = FormInput("resource", "resource", self.wanted.resource, help=known)
        self.console.ask(FormDialog("Events of", [field], verb="show"), named)

    def action_range(self) -> None:
        def check(values: Values) -> dict[str, str]:
            wrong = {}
            for name, text in values.items():
                try:
                    parse_since(text.strip()) if text.strip() else None
                except UsageError as error:
                    wrong[name] = str(error)
            return wrong

        def ranged(values: Values | None) -> None:
            if values is None:
                return
            start, end = values["start"].strip(), values["end"].strip()
            self.range_words = f"{f'since {start}' if start else _FIRST_WORDS}{f' until {end}' if end else ''}"
            begin = parse_since(start) if start else now() - _FIRST
            self._set(start=begin, end=parse_since(end) if end else None)

        fields = [
            FormInput("start", "from", help="30m, 12h, 7d, 2026-01-31, or empty for the last day"),
            FormInput("end", "until", help="the same; empty goes on for ever"),
        ]
        self.console.ask(FormDialog("Time range", fields, check=check, verb="show"), ranged)

    def _set(self, **changes: Any) -> None:
        from dataclasses import replace

        self.wanted = replace(self.wanted, **changes)
        self.paused = False
        self._restart()
        self.refresh_status()
