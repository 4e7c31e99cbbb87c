"""Navigation: the history of screens, as in a browser, and dialogs. Each change is painted in one frame."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen, ScreenResultCallbackType

from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.history import History
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.routes import first_screen
from dyntui.tui.shell.type_ahead import TypeAheadMixin

if TYPE_CHECKING:
    from dyntui.tui.kit.action_registry import Action
    from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
    from dyntui.tui.shell.tour import Tour

__all__ = ["NavigationMixin"]

T = TypeVar("T")


class NavigationMixin(TypeAheadMixin, inherit_bindings=False):
    """The part of the app with the history of screens and the screen in front."""

    tour: Tour | None = None
    """The tour of the demo; None without one."""

    def __init__(self, session: ConsoleState, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.session = session
        self.history = History("place-0")
        self._numbers = count(1)
        self._screens: dict[str, ConsoleScreen] = {}

    def get_default_screen(self) -> Screen[Any]:
        if not self.session.has_environment:
            self.complete_styles()
        return first_screen(self.session)

    def register_first_screen(self) -> None:
        """Add the screen that Textual showed first to the history."""
        first = self.screen
        assert isinstance(first, ConsoleScreen)
        self._screens[self.history.current] = first
        self.install_screen(first, self.history.current)
        # Textual does not push a result callback for the first screen, but `switch_screen` pops one.
        first._push_result_callback(first, None)
        self.release_keys()

    @property
    def shown(self) -> ConsoleScreen | None:
        """The screen in front; None while a dialog is in front, and before the first screen is mounted."""
        front = self.screen_stack[-1] if self.screen_stack else None
        return front if isinstance(front, ConsoleScreen) and front.is_mounted else None

    @property
    def open_screens(self) -> list[ConsoleScreen]:
        return [screen for screen in self._screens.values() if screen.is_mounted]

    def visit(self, screen: ConsoleScreen) -> None:
        self._show_new(screen, self.history.visit)

    def visit_first(self) -> None:
        self.visit(first_screen(self.session))

    def _restart_with(self, screen: ConsoleScreen) -> None:
        self._show_new(screen, self.history.restart)

    def _show_new(self, screen: ConsoleScreen, enter: Callable[[str], list[str]]) -> None:
        name = f"place-{next(self._numbers)}"
        self._close_dialogs()
        self._screens[name] = screen
        self.install_screen(screen, name)
        removed = [self._screens.pop(old) for old in enter(name)]
        self._switch(name)
        for old in removed:
            for open_or_cancel in old.after_prompt:
                open_or_cancel(is_canceled=True)
            self.uninstall_screen(old)
            if old is not self.screen and old.is_attached:
                start_worker(self, partial(self._remove, old), group="closing")

    def _switch(self, name: str) -> None:
        self.batch_screen_change(lambda: self.switch_screen(name))

    def ask_then(self, dialog: BaseDialog[T], then: Callable[[T], object]) -> None:
        def on_result(result: T | None) -> None:
            if result is not None:
                then(result)

        self.ask(dialog, on_result)

    def ask(self, dialog: Screen[T], answered: ScreenResultCallbackType[T] | None = None) -> None:
        """Open a dialog; `answered` gets its result, None when it was canceled.

        A dialog that was not opened by a key waits until an open prompt is closed, because the user is typing in it.
        The key that opens the prompt opens no dialog. A waiting dialog is canceled with the screen of the prompt. A
        dialog in a live environment says so.
        """
        profile = self.session.profile
        if profile is not None and profile.kind == "live" and hasattr(dialog, "badge"):
            dialog.badge = f"● live  {profile.name}"
        is_by_key = self.in_key and self.shown is not None and self.shown.prompt_key != self.handled_keys
        if self.shown is not None and self.shown.has_prompt and not is_by_key:

            def open_or_cancel(*, is_canceled: bool = False) -> None:
                if not is_canceled:
                    self.ask(dialog, answered)
                elif answered is not None:
                    answered(None)

            self.shown.after_prompt.append(open_or_cancel)
        else:
            self.batch_screen_change(lambda: self.push_screen(dialog, answered))

    def open_form(
        self, form: BaseDialog[T], submitted: Callable[[T], object], closed: Callable[[T | None], None] | None = None
    ) -> None:
        form.on_submit = submitted
        self.ask(form, closed)

    def batch_screen_change(self, change: Callable[[], Awaitable[object]]) -> None:
        """Change screens and paint them one time, at the end. Keys that are typed meanwhile wait for the new screen.

        Without the batch, opening a dialog paints six frames.
        """

        async def wait(done: Awaitable[object], batch: ExitStack) -> None:
            try:
                with batch:
                    await done
                self.screen.refresh()
            finally:
                self.release_keys()

        self.complete_styles()
        self.hold_keys()
        batch = ExitStack()
        batch.enter_context(self.batch_update())
        # Not awaited here: mounting a screen may need this message loop.
        start_worker(self, partial(wait, change(), batch), group="screens")

    def complete_styles(self) -> None:
        """Load the styles that the first screen does not need."""

    # The tour

    @property
    def _has_tour(self) -> bool:
        return self.tour is not None and not self.tour.is_over and self.session.demo is not None

    @property
    def is_at_start(self) -> bool:
        screen = self.shown
        is_clear = screen is not None and not screen.filtered_table and not screen.back_label()
        return is_clear and not self.history.previous

    def show_tour_hint(self, screen: ConsoleScreen) -> None:
        if self.tour is not None:
            self.tour.show_hint(screen)

    def on_action_done(self, action: Action) -> None:
        if self._has_tour and self.tour is not None:
            self.tour.action_done(action, self.shown)

    # History

    async def _remove(self, screen: ConsoleScreen) -> None:
        await screen.remove()

    def _close_dialogs(self) -> None:
        """Cancel every open dialog, so that the code that waits for its result continues without one."""
        while len(self.screen_stack) > 1:
            dialog = self.screen_stack[-1]
            if hasattr(dialog, "was_left"):  # the class of dialogs is not imported for the first screen
                dialog.was_left = True
            dialog.dismiss(None)

    def back_disabled_reason(self) -> str | None:
        if isinstance(self.screen, ConsoleScreen) and (self.screen.filtered_table or self.screen.back_label()):
            return None
        if self.history.previous or self._has_tour:
            return None
        return f"This is the first screen. Press {key_of('app.quit')} to quit."

    def forward_disabled_reason(self) -> str | None:
        return None if self.history.next else "There is no screen to go forward to."

    async def action_back(self) -> None:
        if isinstance(self.screen, ConsoleScreen) and (table := self.screen.filtered_table) is not None:
            table.filter_rows("")
            self.screen.refresh_status()
            return
        if isinstance(self.screen, ConsoleScreen) and self.screen.back_label():
            self.screen.handle_back()
            return
        if name := self.history.back():
            self._switch(name)
        elif self.tour is not None and self.shown is not None:
            self.tour.skip(self.shown)

    def action_forward(self) -> None:
        if name := self.history.forward():
            self._switch(name)
