"""The base class of all console screens: header, footer, prompt, and reactions to changes of the environment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar, Unpack, cast

from textual import on
from textual.app import ComposeResult
from textual.color import Color, ColorParseError
from textual.containers import Horizontal
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity, safe
from dyntui.core.times import age, now
from dyntui.tui.kit.action_registry import ActionMixin, active_actions, bindings, key_of
from dyntui.tui.kit.messages import LatestMessage
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.prompt import Prompt, PromptOptions, Suggestions
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.header_footer import Breadcrumbs, StatusBar, StatusIndicator

if TYPE_CHECKING:
    from dyntui.services.actions.resource_changes import Change
    from dyntui.services.connection import Connection
    from dyntui.store.cache import RowCache
    from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["WIDE", "ConsoleScreen", "age_label", "error_label"]

T = TypeVar("T")

WIDE = 100
"""The width in columns from which panes are side by side."""
_MAX_ROWS_WHILE_TYPING = 5_000
"""A longer table is filtered on enter, not while the text is typed, so that no key waits."""


class ConsoleScreen(ActionMixin, Screen[None]):
    """A screen with header and footer. A subclass defines `breadcrumbs` and `body`, and optionally `status`."""

    # Textual paints the whole screen whenever another widget gets the focus; the two widgets paint themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS = bindings(SHELL_ACTIONS, "panes")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]

    class StatusChanged(LatestMessage):
        """The header, the footer or the available actions may have changed."""

    _color = ""
    """The color of the profile that the header is painted in; "" for the color of the theme."""
    _warned_about = ""
    """The unsaved input that `handle_back` has warned about; "" for none."""
    _find_text = ""
    """The text that was searched last, for the next search."""
    _on_prompt_text: Callable[[str], None]
    """Called with the text of the prompt that is open."""
    _on_prompt_cancel: Callable[[], None] | None = None
    """Called when the prompt that is open is closed without an answer."""
    prompt_key = 0
    """The number of the key that opened the prompt last, as `console.handled_keys` counts."""
    open_action = ""
    """The id of the action that a click on the line under the cursor runs; "" for none."""
    enter_shows_row = False
    """Whether enter shows all that a row of the table has, also what is cut."""
    out_of_date = False
    """Whether a write changed the resources that are shown, and they were not read again since."""
    change_count = 0
    """The number of changes of the resources that are shown, since the screen was made."""

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        """Make the screen for `target` and go to it. Called by the route table."""
        console.visit(cls())

    # Overridden by subclasses

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The path of the screen for the header, in raw text."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """Yield the widgets between header and footer."""
        raise NotImplementedError

    def status(self) -> Sequence[Piece]:
        """Return the status for the right of the footer, the most important part first."""
        return ()

    def cached_rows_loaded(self, rows: RowCache) -> None:
        """Show cached rows while the environment is opened."""

    def connected(self, connection: Connection) -> None:
        """Load what the screen shows. Called when the environment is open."""

    def not_connected(self, error: DyntuiError) -> None:
        """Show why the environment could not be opened."""

    def unsaved(self) -> str:
        """Return what leaving the screen would lose, such as `the new entry`; "" for nothing."""
        return ""

    @property
    def shown_resources(self) -> frozenset[str]:
        """The names of the resources that are shown. A write to one of them makes the screen out of date."""
        return frozenset()

    def reload(self) -> None:
        """Read the shown resources again, then call `mark_up_to_date`. The default does nothing."""

    def back_label(self) -> str | None:
        """Return what going back clears before it leaves the screen, such as `the filter`; None for nothing."""
        unsaved = self.unsaved()
        return unsaved if unsaved and unsaved != self._warned_about else None

    def handle_back(self) -> None:
        """Clear what `back_label` names. Unsaved input is kept the first time, with a warning."""
        self._warned_about = self.unsaved()
        self.console.notify(f"Press {key_of('app.back')} again to discard {self._warned_about}.", "warning")

    def filter_entered(self, text: str) -> None:
        """Apply the filter that was entered in the prompt."""

    def jobs_changed(self) -> None:
        """Update the screen after an import job on this machine changed."""

    def traffic_changed(self) -> None:
        """Update the screen after a request began or ended."""

    def server_reachable(self) -> None:
        """Continue what failed while the server did not respond."""

    def update_ages(self) -> None:
        """Update the ages that are shown. Called every 20 seconds."""

    def time_format_changed(self) -> None:
        """Show times in the format that was chosen. Nothing is read again, and only what differs is painted."""
        for widget in self.query(LineWidget):
            widget.repaint()

    # Header and footer

    @property
    def console(self) -> ConsoleApp:
        return cast("ConsoleApp", self.app)

    def compose(self) -> ComposeResult:
        with Horizontal(id="header"):
            yield Breadcrumbs(id="breadcrumbs")
            yield StatusIndicator(id="indicator")
        with Horizontal(id="body"):
            yield from self.body()
        yield Suggestions()
        with Horizontal(id="footer"):
            yield StatusBar(id="status-bar")
            yield Prompt()

    @property
    def is_mounted(self) -> bool:
        """Whether the widgets are there: the screen is composed, and neither it nor the console is being closed."""
        return super().is_mounted and self.display and self.app.is_running

    def on_mount(self) -> None:
        session = self.console.session
        if session.connection is not None:
            self.connected(session.connection)
        elif session.error is not None:
            self.not_connected(session.error)

    def refresh_status(self) -> None:
        """Schedule an update of the header and the footer."""
        self.post_message(self.StatusChanged())

    @on(StatusChanged)
    def paint_header_footer(self) -> None:
        """Paint what changed in the header and the footer."""
        self.console.retry_postponed()
        if self.is_active and self.is_mounted:
            self.query_one(StatusBar).actions = tuple(active_actions(self))
            self._paint_status()
            self.console.show_tour_hint(self)

    def _paint_status(self) -> None:
        self._paint_header_color()
        breadcrumbs = self.query_one(Breadcrumbs)
        breadcrumbs.breadcrumbs = self.breadcrumbs
        breadcrumbs.repaint()
        indicator = self.query_one(StatusIndicator)
        indicator.in_flight = self.console.in_flight
        indicator.set_class(self.console.session.job_elsewhere, "-elsewhere")
        indicator.repaint()
        table = self.focused
        hides_text = isinstance(table, Table) and table.hides_text and not self.enter_shows_row
        self.query_one(StatusBar).show(self._status_parts(), "table.row" if hides_text else "")

    def _wait_parts(self) -> tuple[Piece, ...]:
        """Return the longest wait of a request, such as for the rate limit."""
        connection = self.console.session.connection
        if connection is None:
            return ()
        return tuple((f"waiting for {wait}", "warn") for wait in connection.log.waits.current()[:1])

    def _status_parts(self) -> tuple[Piece, ...]:
        """Return the status of the screen; that the server does not respond comes first."""
        parts = (*self._wait_parts(), *self.status())
        if (table := self.filtered_table) is not None:
            parts = (*parts, (f"filter: {safe(table.filter_text, 30)}", ""))
        if self.out_of_date:
            parts = (("out of date", "warn"), *parts)
        offline = self.console.offline_label
        if not offline or any(text.startswith("offline since") for text, _ in parts):
            return parts
        return ((offline, "warn"), *(part for part in parts if part[0] != "offline"))

    def _paint_header_color(self) -> None:
        """Paint the header in the color of the profile. The header of a live environment is always red."""
        profile = self.console.session.profile
        color = profile.color if profile is not None and profile.kind != "live" else ""
        if color == self._color:
            return
        self._color = color
        header = self.query_one("#header")
        header.styles.background = header.styles.color = None
        if color:
            try:
                header.styles.background = Color.parse(color)
            except ColorParseError:
                return  # saved by a newer version; the header also names the kind
            header.styles.color = header.styles.background.get_contrast_text()

    def on_screen_resume(self) -> None:
        self._warned_about = ""
        if self.is_mounted:
            self.update_ages()
            self.time_format_changed()
            self.reload_if_out_of_date()
        self.refresh_status()

    def on_descendant_focus(self) -> None:
        self.refresh_status()

    def lines_moved(self, lines: LineList) -> None:
        """Show the new position of the cursor in the footer, in the same frame as the list."""
        if self.is_active and self.is_mounted:
            self._paint_status()

    @on(Table.RowRequested)
    def _row_requested(self, event: Table.RowRequested) -> None:
        from dyntui.tui.kit.dialogs.row_dialog import RowDialog

        self.console.ask(RowDialog(event.cells))

    @on(LineList.Opened)
    async def _line_opened(self) -> None:
        if self.open_action:
            await self.action_do(self.open_action)

    # Background work

    def run_worker_then(
        self,
        work: Callable[[], Awaitable[T]],
        then: Callable[[T], object],
        failed: Callable[[DyntuiError], object] | None = None,
        *,
        group: str = "actions",
        exclusive: bool = False,
    ) -> None:
        """Run `work` in a worker, then call `then` with its result in the message loop of the screen.

        failed: called with the error instead; by default it is shown as a notification.
        exclusive: cancel the workers of the same group.
        """

        async def run() -> None:
            try:
                result = await work()
            except DyntuiError as error:
                self.call_later(failed or self.console.notify_error, error)
            else:
                self.call_later(then, result)

        start_worker(self, run, group=group, exclusive=exclusive)

    # Changes on the server

    def server_changed(self, change: Change) -> None:
        """Mark the screen as out of date after a write to a shown resource. It is read again when it is in front."""
        if not self.shown_resources.isdisjoint(change.resources):
            self.change_count += 1
            if not self.out_of_date:
                self.out_of_date = True
                self.refresh_status()

    def reload_if_out_of_date(self) -> None:
        """Reload the screen when it is out of date."""
        if self.out_of_date:
            self.reload()

    def mark_up_to_date(self, change_count: int) -> None:
        """Mark the screen as up to date, unless it changed while it was read.

        change_count: `self.change_count` when reading began.
        """
        if change_count == self.change_count:
            self.out_of_date = False

    # Panes

    def next_pane_disabled_reason(self) -> str | None:
        panes = sum(isinstance(widget, LineList) for widget in self.focus_chain)
        return None if panes > 1 else "There is one pane."

    def action_next_pane(self) -> None:
        self.focus_next()

    # The prompt

    @property
    def has_prompt(self) -> bool:
        """Whether the prompt is open."""
        return self.is_mounted and self.query_one(Prompt).is_open

    @cached_property
    def after_prompt(self) -> list[Callable[..., None]]:
        """Functions to call when the prompt is closed, or with `is_canceled=True` when the screen is removed."""
        return []

    def ask_jump(self) -> None:
        """Open the jump bar."""
        self.prompt_key = self.console.handled_keys
        self.query_one(Prompt).ask(
            ":",
            placeholder="users, allowlists, 5000, nora@example.com, 0x…, an id, a full name",
            suggest=self.console.suggest_jumps,
        )

    def ask_filter(
        self,
        text: str,
        placeholder: str = "",
        *,
        sign: str = "/",
        on_text: Callable[[str], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
        **options: Unpack[PromptOptions],
    ) -> None:
        """Open the prompt with `text` in it.

        on_text: called with the entered text; by default `filter_entered`.
        on_cancel: called when the prompt is closed without an answer.
        """
        self._on_prompt_text = on_text or self.filter_entered
        self._on_prompt_cancel = on_cancel
        self.prompt_key = self.console.handled_keys
        self.query_one(Prompt).ask(sign, text, placeholder, **options)

    def show_prompt_note(self, text: str) -> None:
        """Show a note at the right of the text of the prompt that is open; "" for none."""
        self.query_one(Prompt).show_note(text)

    def ask_find(self) -> None:
        """Open the prompt to filter the table of the screen; for text to find on a screen without one."""
        lines = self.focused if isinstance(self.focused, Table) else self.default_focus()
        if isinstance(lines, Table) and isinstance(lines.view, StaticRows):
            self._ask_table_filter(lines, lines.view)
            return
        self.ask_filter(self._find_text, "part of a line; enter finds the next line", label="find", on_text=self.find)

    def _ask_table_filter(self, table: Table, rows: StaticRows) -> None:
        before = table.filter_text
        self.ask_filter(
            before,
            "part of any value",
            label="rows",
            on_text=partial(self._filter_table, table),
            on_change=partial(self._filter_table, table) if len(rows.rows) <= _MAX_ROWS_WHILE_TYPING else None,
            on_cancel=partial(self._filter_table, table, before),
        )

    def _filter_table(self, table: Table, text: str) -> None:
        table.filter_rows(text)
        if self.has_prompt and isinstance(table.view, StaticRows):
            self.show_prompt_note(f"{table.count:,} of {quantity(len(table.view.rows), 'row')}")
        self.refresh_status()

    @property
    def filtered_table(self) -> Table | None:
        """The table with the focus, when it is filtered by `ask_find`; None without one."""
        table = self.focused
        return table if isinstance(table, Table) and table.filter_text else None

    @property
    def find_text(self) -> str:
        """The text that `find_next` looks for; "" before a search."""
        table = self.filtered_table
        return table.filter_text if table is not None else self._find_text

    def find_next(self, *, backward: bool = False) -> None:
        """Go to the next line with the text that was searched last, or to the previous one.

        In a filtered table every row matches.
        """
        table = self.filtered_table
        if table is not None:
            table.move_to(table.cursor + (-1 if backward else 1))
        else:
            self.find(self._find_text, backward=backward)

    def find(self, text: str, *, backward: bool = False) -> None:
        """Go to the next line of the screen that contains `text`, or to the previous one."""
        self._find_text = text = " ".join(text.split())
        if not text:
            return
        lines = self.default_focus()
        number, count = lines.find_line(text, backward=backward) if isinstance(lines, LineList) else (0, 0)
        if count:
            self.console.notify(f"Line {number:,} of {count:,} with `{text}`.")
        else:
            self.console.notify(f"No line contains `{text}`.", "warning")

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        if event.sign == ":":
            self.console.jump(event.text, event.chosen)
        else:
            self._on_prompt_text(event.text)

    @on(Prompt.Closed)
    def _prompt_closed(self, event: Prompt.Closed) -> None:
        cancel, self._on_prompt_cancel = self._on_prompt_cancel, None
        if cancel is not None and not event.is_answered:
            cancel()
        if (target := self.default_focus()) is not None:
            self.set_focus(target, scroll_visible=False)
        self.refresh_status()
        callbacks, self.after_prompt[:] = [*self.after_prompt], []
        for callback in callbacks:
            self.call_later(callback)  # after `Answered`, which may open another screen

    def default_focus(self) -> Widget | None:
        """Return the widget that gets the focus when the prompt is closed."""
        return next((widget for widget in self.query("#body LineList").results(Widget) if widget.focusable), None)

    def show_failure(self, error: DyntuiError | None) -> None:
        """Show the error of a read and its hint in the widget `#failure`; None hides the widget."""
        from textual.widgets import Static

        from dyntui.tui.shell.error_hints import error_hint

        failure = self.query_one("#failure", Static)
        failure.display = error is not None
        if error is not None:
            refresh = [active.action.id for active in active_actions(self) if active.action.id.endswith(".refresh")]
            retry = f"Press {key_of(refresh[0])} to try again." if refresh else ""
            lines = [error.message, error_hint(error), retry]
            failure.update("\n".join(safe(line, 500) for line in lines if line))


def age_label(moment: datetime | None) -> str:
    """Return the age of the data for the footer. It changes only every minute, so an idle screen paints nothing."""
    if moment is None:
        return ""
    return "just now" if (now() - moment).total_seconds() < 60 else age(moment)


def error_label(error: DyntuiError) -> str:
    """Return the kind of an error for the footer, such as `offline`."""
    from dyntui.api.errors import Forbidden, RateLimited, Unauthorized, Unreachable
    from dyntui.core.errors import NotAuthorized

    match error:
        case RateLimited():
            return "rate-limited"
        case Unreachable():
            return "offline"
        case Unauthorized() | Forbidden() | NotAuthorized():
            return "not authorized"
        case _:
            return "error"
