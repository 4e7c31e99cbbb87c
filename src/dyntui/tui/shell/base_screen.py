"""The base class of all console screens: header, footer, prompt, and reactions to the environment and to changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.color import Color, ColorParseError
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from dyntui.core.times import age, now
from dyntui.tui.kit.action_registry import ActionMixin, active_actions
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.prompt import Prompt, Suggest, Suggestions
from dyntui.tui.shell.header_footer import Breadcrumbs, StatusBar, StatusIndicator

if TYPE_CHECKING:
    from dyntui.core.errors import DyntuiError
    from dyntui.services.actions.resource_changes import Change
    from dyntui.services.connection import Connection
    from dyntui.store.cache import RowCache
    from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["WIDE", "ConsoleScreen", "age_label", "error_label"]

WIDE = 100
"""From so many columns on panes stand side by side."""


class ConsoleScreen(ActionMixin, Screen[None]):
    """A screen between the two lines of the frame. A subclass gives `breadcrumbs`, `body` and perhaps `status`."""

    # Textual paints the whole screen whenever another widget gets the focus; the two widgets paint themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]

    class StatusChanged(Message):
        """The header, the footer or the available actions may have changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ConsoleScreen.StatusChanged)

    _color = ""
    _asked_about = ""
    _found_text = ""
    _on_answer: Callable[[str], None]
    out_of_date = False
    """Whether something has changed what is shown, and it was not read again since."""
    change_count = 0
    """How many changes of what is shown there have been."""

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        """Open the screen for `target`, as the route table asks."""
        console.visit(cls())

    # Defined by a subclass

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The breadcrumbs of the screen, raw."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """The screen itself."""
        raise NotImplementedError

    def status(self) -> Sequence[Piece]:
        """The right of the bottom line: the first part says most."""
        return ()

    def cached_rows_loaded(self, rows: RowCache) -> None:
        """The environment is being opened, and there are rows from before."""

    def connected(self, connection: Connection) -> None:
        """The environment is open."""

    def not_connected(self, error: DyntuiError) -> None:
        """The environment could not be opened."""

    def unsaved(self) -> str:
        """What leaving the screen would lose, in words; "" for nothing. It is asked about once."""
        return ""

    @property
    def shown_resources(self) -> frozenset[str]:
        """The names of the resources that are shown; a write that changes one makes the screen out of date."""
        return frozenset()

    def reload(self) -> None:
        """Read what is shown again, and call `was_read` with the answer. A screen that cannot stays out of date."""

    def back_label(self) -> str | None:
        """Return what going back clears before it leaves the screen, such as `the filter`; None for nothing."""
        unsaved = self.unsaved()
        return unsaved if unsaved and unsaved != self._asked_about else None

    def handle_back(self) -> None:
        """Clear that, or ask about unsaved input."""
        self._asked_about = self.unsaved()
        self.console.notify(f"Press esc again to leave without {self._asked_about}.", "warning")

    def filter_entered(self, text: str) -> None:
        """A filter was typed."""

    def jobs_changed(self) -> None:
        """A job on this machine was closed or changed."""

    def traffic_changed(self) -> None:
        """A request began or ended."""

    def server_reachable(self) -> None:
        """The server answers again."""

    def time_passed(self) -> None:
        """A minute has gone by: ages are out of date."""

    # The frame

    @property
    def console(self) -> ConsoleApp:
        return cast("ConsoleApp", self.app)

    def compose(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Breadcrumbs(id="where")
            yield StatusIndicator(id="machine")
        with Horizontal(id="body"):
            yield from self.body()
        yield Suggestions()
        with Horizontal(id="bottom"):
            yield StatusBar(id="bottom-line")
            yield Prompt()

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
        if self.is_active and self.is_mounted:
            self.query_one(StatusBar).actions = tuple(active_actions(self))
            self._paint_lines()

    def _paint_lines(self) -> None:
        self._paint_top()
        where = self.query_one(Breadcrumbs)
        where.breadcrumbs = self.breadcrumbs
        where.repaint()
        machine = self.query_one(StatusIndicator)
        machine.in_flight = self.console.in_flight
        machine.set_class(self.console.session.job_elsewhere, "-elsewhere")
        machine.repaint()
        bottom = self.query_one(StatusBar)
        bottom.parts = self._parts()
        bottom.repaint()

    def _waits(self) -> tuple[Piece, ...]:
        """What is waited for longer than a person should wonder at, and until when."""
        connection = self.console.session.connection
        return (
            tuple((f"waiting for {wait}", "warn") for wait in connection.log.waits.current()[:1]) if connection else ()
        )

    def _parts(self) -> tuple[Piece, ...]:
        """What the screen says of itself; that there is no server comes first, with since when."""
        parts = (*self._waits(), *self.status())
        if self.out_of_date:
            parts = (("out of date", "warn"), *parts)
        away = self.console.offline_label
        if not away or any(text.startswith("offline since") for text, _ in parts):
            return parts
        return ((away, "warn"), *(part for part in parts if part[0] != "offline"))

    def _paint_top(self) -> None:
        """The profile's own color; live is always red."""
        profile = self.console.session.profile
        wanted = profile.color if profile is not None and profile.kind != "live" else ""
        if wanted == self._color:
            return
        self._color = wanted
        top = self.query_one("#top")
        top.styles.background = top.styles.color = None
        if wanted:
            try:
                top.styles.background = Color.parse(wanted)
            except ColorParseError:
                return  # a color of a newer version; the word says the kind all the same
            top.styles.color = top.styles.background.get_contrast_text()

    def on_screen_resume(self) -> None:
        self._asked_about = ""
        if self.is_mounted:
            self.time_passed()
            self.catch_up()
        self.refresh_status()

    def on_descendant_focus(self) -> None:
        self.refresh_status()

    def lines_moved(self, lines: LineList) -> None:
        """Show the new cursor position in the same frame as the line."""
        if self.is_active and self.is_mounted:
            self._paint_lines()

    # Changes on the server

    def server_changed(self, change: Change) -> None:
        """Writes have changed something; it is read again when this screen is in front."""
        if not self.shown_resources.isdisjoint(change.resources):
            self.out_of_date = True
            self.change_count += 1
            self.refresh_status()

    def catch_up(self) -> None:
        """Read again what is out of date."""
        if self.out_of_date:
            self.reload()

    def mark_read(self, change_count: int) -> None:
        """What is shown was read, beginning when so many changes were seen."""
        if change_count == self.change_count:
            self.out_of_date = False

    # The prompt

    @property
    def has_prompt(self) -> bool:
        """Whether the prompt is open and takes what is typed."""
        return self.is_mounted and self.query_one(Prompt).is_open

    @cached_property
    def after_prompt(self) -> list[Callable[[], None]]:
        """What waits until the prompt is closed."""
        return []

    def ask_jump(self) -> None:
        """Open the jump bar."""
        self.query_one(Prompt).ask(
            ":",
            placeholder="users, allowlists, environments, 5000, ...",
            suggest=self.console.suggest_jumps,
        )

    def ask_filter(
        self,
        text: str,
        placeholder: str = "",
        *,
        sign: str = "/",
        label: str = "",
        suggest: Suggest | None = None,
        on_answer: Callable[[str], None] | None = None,
    ) -> None:
        """Open the filter line with the filter that is set. on_answer: what takes the text; `answered` by default."""
        self._on_answer = on_answer or self.filter_entered
        self.query_one(Prompt).ask(sign, text, label=label, placeholder=placeholder, suggest=suggest)

    def ask_find(self) -> None:
        """Open the filter line for text to find: what `/` does on a screen that has nothing to filter."""
        self.ask_filter(
            self._found_text, "part of a line; enter goes to the next one", label="find", on_answer=self.find
        )

    def find(self, text: str) -> None:
        """Go to the next line of the screen that has `text` in it."""
        self._found_text = text = " ".join(text.split())
        if not text:
            return
        lines = self.default_focus()
        number, count = lines.find_line(text) if isinstance(lines, LineList) else (0, 0)
        if count:
            self.console.notify(f"{number:,} of {count:,} lines with `{text}`.")
        else:
            self.console.notify(f"No line of this screen has `{text}` in it.", "warning")

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        if event.sign == ":":
            self.console.jump(event.text, event.chosen)
        else:
            self._on_answer(event.text)

    @on(Prompt.Closed)
    def _prompt_closed(self) -> None:
        if (target := self.default_focus()) is not None:
            self.set_focus(target, scroll_visible=False)
        self.refresh_status()
        waiting, self.after_prompt[:] = [*self.after_prompt], []
        for go_on in waiting:
            self.call_later(go_on)  # after the answer, which may lead to another screen

    def default_focus(self) -> Widget | None:
        """Where the focus belongs."""
        return next((widget for widget in self.query("#body LineList").results(Widget) if widget.focusable), None)


def age_label(moment: datetime | None) -> str:
    """The age of data for the bottom line. It changes once a minute at most, so a resting screen sends nothing."""
    if moment is None:
        return ""
    return "just now" if (now() - moment).total_seconds() < 60 else age(moment)


def error_label(error: DyntuiError) -> str:
    """What is wrong, in a word or two, for the bottom line."""
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
