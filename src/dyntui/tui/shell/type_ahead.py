"""Keys typed ahead: those that arrive before their screen is ready wait and run in order."""

from __future__ import annotations

from collections import deque
from time import monotonic

from textual import events
from textual.app import App
from textual.widget import Widget
from textual.widgets import Input, TextArea

from dyntui.tui.kit.action_registry import ActionMixin
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.shell.base_screen import ConsoleScreen

__all__ = ["TypeAheadMixin"]


class TypeAheadMixin(ActionMixin, App[int], inherit_bindings=False):
    """The part of the app that takes keys and pastes.

    Each one has had its effect before the next is looked at: a screen that it opens is composed and has its focus, a
    dialog or field that it closes is gone. Until then the others wait, in order. This holds from the very first key,
    which waits for the first screen.
    """

    typed_at = 0.0
    """The monotonic time of the last key or paste, in seconds."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed_ahead: deque[events.Key | events.Paste] = deque()
        self._holds = 0
        self.hold_keys()

    @property
    def in_key(self) -> bool:
        """Whether a key is having its effect now."""
        return self._holds > 0

    def hold_keys(self) -> None:
        """Let what is typed wait. Every hold ends with `release_keys`."""
        self._holds += 1

    def release_keys(self) -> None:
        """End a hold as soon as the screen in front has been composed and has handled what it was sent so far."""
        stack = self.screen_stack
        if not stack or not stack[-1].call_later(self.call_later, self._end_hold):
            self.call_later(self._end_hold)

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self.typed_at = monotonic()
        if self._holds or self._typed_ahead:
            self._typed_ahead.append(event)
        else:
            await self._dispatch_typed(event)

    async def _end_hold(self) -> None:
        self._holds -= 1
        while self._typed_ahead and not self._holds:
            await self._dispatch_typed(self._typed_ahead.popleft())

    async def _dispatch_typed(self, event: events.Key | events.Paste) -> None:
        screen, focused = self.screen, self.screen.focused
        at_list = isinstance(screen, ConsoleScreen) and isinstance(focused, LineList | None)
        if at_list and isinstance(event, events.Key) and self.app_focus:
            # A list takes no text: what its keys do is done now, not when the key has been offered to every widget.
            moves = focused is not None and event.key in focused._bindings.key_to_bindings
            if await self._check_bindings(event.key):
                if not moves:
                    self._hold_until_done(screen.focused or screen)
                return
        await super().on_event(event)
        is_text = isinstance(event, events.Paste) or event.is_printable
        if not (is_text and isinstance(focused, Input | TextArea)):
            self._hold_until_done(focused or screen)

    def _hold_until_done(self, target: Widget) -> None:
        """Hold what is typed until a key sent to `target` has had its effect."""
        self.hold_keys()
        # Up to the app, which finds the action; and again for messages of the action to the widget. Two turns at each
        # node, so that messages to its parents are handled first.
        above = [node for node in target.ancestors_with_self if isinstance(node, Widget)]
        route = iter([node for _ in range(2) for node in (*(each for each in above for _ in range(2)), self)])

        def go_on() -> None:
            if not any(node.call_later(go_on) for node in route):
                self.call_later(self._end_hold)

        go_on()
