"""Going from screen to screen: a history as in a browser, dialogs, and few frames on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events
from textual.app import App
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input

from dyntui.tui.actions import Acting
from dyntui.tui.history import History
from dyntui.tui.screens.framed import Framed
from dyntui.tui.session import Session
from dyntui.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from dyntui.tui.dialogs.base import Dialog

__all__ = ["Places"]

T = TypeVar("T")


class Places(Acting, App[int], inherit_bindings=False):
    """The part of the app that knows which screens are alive and which is shown."""

    def __init__(self, session: Session, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.session = session
        self.history = History("place-0")
        self._numbers = count(1)
        self._alive: dict[str, Framed] = {}
        self.typed_at = 0.0
        self._changing = 0
        self._held: deque[events.Key | events.Paste] = deque()

    def get_default_screen(self) -> Screen[Any]:
        from dyntui.tui.screens import first_screen

        return first_screen(self.session)

    def take_first_screen(self) -> None:
        """The screen that Textual showed first is the first place of the history."""
        first = self.screen
        assert isinstance(first, Framed)
        self._alive[self.history.current] = first
        self.install_screen(first, self.history.current)
        # Textual gives every screen but the very first one a place for its result, and `switch_screen` takes it away.
        first._push_result_callback(first, None)

    @property
    def shown(self) -> Framed | None:
        """The screen that is in front; None while a dialog is, and when there is none any more."""
        stack = self.screen_stack
        return stack[-1] if stack and isinstance(stack[-1], Framed) else None

    @property
    def open_screens(self) -> list[Framed]:
        """Every screen within reach of back and forward that is ready to be told something."""
        return [screen for screen in self._alive.values() if screen.is_mounted]

    def visit(self, screen: Framed) -> None:
        """Go to a new screen; `back` returns."""
        self._show_new(screen, self.history.visit)

    def visit_first(self) -> None:
        """Go to where the environment begins."""
        from dyntui.tui.screens import first_screen

        self.visit(first_screen(self.session))

    def _begin(self, screen: Framed) -> None:
        """Begin anew with one screen."""
        self._show_new(screen, self.history.restart)

    def _show_new(self, screen: Framed, enter: Callable[[str], list[str]]) -> None:
        name = f"place-{next(self._numbers)}"
        self._close_dialogs()
        self._alive[name] = screen
        self.install_screen(screen, name)
        gone = [self._alive.pop(old) for old in enter(name)]
        self._switch(name)
        for old in gone:
            self.uninstall_screen(old)
            if old is not self.screen and old.is_attached:
                self.run_worker(self._remove(old), group="closing")

    def _switch(self, name: str) -> None:
        self.at_once(lambda: self.switch_screen(name))

    def ask(self, dialog: Screen[T], answered: Callable[[T | None], Any] | None = None) -> None:
        """Open a dialog; `answered` gets its answer, None when it was left."""
        self.at_once(lambda: self.push_screen(dialog, answered))

    def open_form(
        self, form: Dialog[T], submitted: Callable[[T], Any], closed: Callable[[T | None], Any] | None = None
    ) -> None:
        """Open a dialog that stays open until what it submits is done: `submitted` ends in `finish` or `reopen`."""
        form.on_submit = submitted
        self.ask(form, closed)

    def at_once(self, change: Callable[[], Awaitable[Any]]) -> None:
        """Change screens with nothing painted on the way: a dialog would be six frames, most of them alike.

        Keys that are typed meanwhile wait for what is going to be there.
        """

        async def wait(done: Awaitable[Any], batch: ExitStack) -> None:
            try:
                with batch:
                    await done
                self.screen.refresh()
            finally:
                # What the screen has still to be told comes first: only then is the focus where it belongs.
                stack = self.screen_stack
                if not stack or not stack[-1].call_later(self.call_later, self._changed_over):
                    self.call_later(self._changed_over)

        self.complete_styles()
        self._changing += 1
        batch = ExitStack()
        batch.enter_context(self.batch_update())
        # Not awaited here: what a screen does when it is mounted may need this very message loop.
        self.run_worker(wait(change(), batch), group="screens")

    def complete_styles(self) -> None:
        """Read the styles that the first screen could do without."""

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """A key has done its work before the next one finds its way, so that what is typed in one go is not lost."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self.typed_at = monotonic()
        if self._changing or self._held:
            self._held.append(event)
        else:
            await self._typed(event)

    async def _typed(self, event: events.Key | events.Paste) -> None:
        screen = self.screen
        # A list takes no text: what its keys do is done here and now, not when the key has been offered to everybody.
        at_list = isinstance(screen, Framed) and isinstance(screen.focused, Lines | None)
        if at_list and isinstance(event, events.Key) and self.app_focus:
            for early in (True, False):
                if await self._check_bindings(event.key, priority=early):
                    return
        focused = screen.focused
        await super().on_event(event)
        text = isinstance(event, events.Paste) or (isinstance(focused, Input) and event.is_printable)
        if not text and (isinstance(focused, Input) or isinstance(screen, ModalScreen)):
            self._let_through(focused or screen)

    def _let_through(self, focused: Widget) -> None:
        """Hold what is typed until a key has had its effect: a field or dialog that it closes would swallow more."""
        self._changing += 1
        # Up to the app, where its action is found; and once more, for what the action has told the widget. Twice at
        # each: what the key makes a widget tell those above it goes before.
        above = [node for node in focused.ancestors_with_self if isinstance(node, Widget)]
        way = iter([node for _ in range(2) for node in (*(each for each in above for _ in range(2)), self)])

        def go_on() -> None:
            if not any(node.call_later(go_on) for node in way):
                self.call_later(self._changed_over)

        go_on()

    async def _changed_over(self) -> None:
        self._changing -= 1
        while self._held and not self._changing:
            await self._typed(self._held.popleft())

    # History

    async def _remove(self, screen: Framed) -> None:
        await screen.remove()

    def _close_dialogs(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def no_way_back(self) -> str | None:
        if isinstance(self.screen, Framed) and self.screen.inner():
            return None
        return None if self.history.previous else "This is the first screen. Q leaves dyntui."

    def no_way_forward(self) -> str | None:
        return None if self.history.next else "Nothing was gone back from."

    async def action_back(self) -> None:
        if isinstance(self.screen, Framed) and self.screen.inner():
            self.screen.leave_inner()
            return
        if name := self.history.back():
            self._switch(name)

    def action_forward(self) -> None:
        if name := self.history.forward():
            self._switch(name)
