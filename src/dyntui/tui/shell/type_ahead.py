"""Keys and pastes that arrive before their screen is ready are queued and handled in order."""

from __future__ import annotations

from collections import deque
from time import monotonic

from textual import events
from textual.app import App
from textual.widget import Widget

from dyntui.tui.kit.action_registry import ActionMixin
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.shell.base_screen import ConsoleScreen

__all__ = ["TypeAheadMixin"]

_ALT = "alt+"


class TypeAheadMixin(ActionMixin, App[int], inherit_bindings=False):
    """The part of the app that handles keys and pastes.

    Each one is handled completely before the next: a screen that it opens is composed and has the focus, a dialog that
    it closes is removed. Until then the others are queued. The first key waits for the first screen.
    """

    typed_at = 0.0
    """The monotonic time of the last key or paste, in seconds."""
    handled_keys = 0
    """The number of keys and pastes that were handled or are being handled."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed_ahead: deque[events.Key | events.Paste] = deque()
        self._holds = 0
        self.hold_keys()

    @property
    def in_key(self) -> bool:
        """Whether a key is being handled."""
        return self._holds > 0

    @property
    def typed_keys(self) -> int:
        """The number of keys and pastes that were typed, also of those that wait."""
        return self.handled_keys + len(self._typed_ahead)

    def hold_keys(self) -> None:
        """Queue keys and pastes until `release_keys`. Holds are counted, so each needs its own release."""
        self._holds += 1

    def release_keys(self) -> None:
        """End a hold when the screen in front is composed and has handled its messages so far."""
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
        self.handled_keys += 1
        if (
            isinstance(event, events.Key)
            and event.key.startswith(_ALT)
            and event.key not in self.screen.active_bindings
        ):
            # A terminal sends alt with a key in the same way as esc and the key in quick succession. Textual names
            # that of a capital letter `alt+shift+q`.
            character, key = event.character, event.key.removeprefix(_ALT)
            if character is not None and character.isalnum():
                key = character
            self._typed_ahead.appendleft(events.Key(key, character or (key if len(key) == 1 else None)))
            event = events.Key("escape", "\x1b")
        screen, focused = self.screen, self.screen.focused
        at_list = isinstance(screen, ConsoleScreen) and isinstance(focused, LineList | None)
        if at_list and isinstance(event, events.Key) and self.app_focus:
            # A list accepts no text, so the bindings are checked now, before the key is offered to every widget.
            moves = focused is not None and event.key in focused._bindings.key_to_bindings
            if await self._check_bindings(event.key):
                if not moves:
                    self._hold_until_done(screen.focused or screen)
                return
        await super().on_event(event)
        is_text = isinstance(event, events.Paste) or event.is_printable
        takes_text = focused is not None and focused.check_consume_key("a", "a")
        if not (is_text and takes_text):
            self._hold_until_done(focused or screen)

    def _hold_until_done(self, target: Widget) -> None:
        """Queue further keys until a key that was sent to `target` is handled completely."""
        self.hold_keys()
        # The callback passes through the message loops up to the app, which runs the action, and a second time for
        # messages of the action. It passes each node twice, so that messages to its parents are handled before.
        ancestors = [node for node in target.ancestors_with_self if isinstance(node, Widget)]
        route = iter([node for _ in range(2) for node in (*(parent for parent in ancestors for _ in range(2)), self)])

        def pass_on() -> None:
            if not any(node.call_later(pass_on) for node in route):
                self.call_later(self._end_hold)

        pass_on()
