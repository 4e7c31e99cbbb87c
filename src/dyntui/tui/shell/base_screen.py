"""The base class of all console screens: header, footer, prompt, and reactions to changes of the environment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.color import Color, ColorParseError
from textual.containers import Horizontal
from textual.reactive import Reactive
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.core.text import safe
from dyntui.core.times import age, now
from dyntui.tui.kit.action_registry import active_actions, bindings, key_of
from dyntui.tui.kit.messages import LatestMessage
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.header_footer import Breadcrumbs, StatusBar, StatusIndicator
from dyntui.tui.shell.prompt_screen import PromptScreen

if TYPE_CHECKING:
    from dyntui.services.actions.resource_changes import Change
    from dyntui.services.connection import Connection
    from dyntui.store.cache import RowCache
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["WIDE", "ConsoleScreen", "age_label", "error_label"]

T = TypeVar("T")

WIDE = 100
"""The width in columns from which panes are side by side."""


class ConsoleScreen(PromptScreen):
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

    def compose(self) -> ComposeResult:
        with Horizontal(id="header"):
            yield Breadcrumbs(id="breadcrumbs")
            yield StatusIndicator(id="indicator")
        with Horizontal(id="body"):
            yield from self.body()
        with Horizontal(id="footer"):
            yield StatusBar(id="status-bar")

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
