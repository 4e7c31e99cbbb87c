"""Two parts of Textual that cost tests of the console a sixth of their CPU time, in a faster form."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from textual._queue import Queue
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot, WaitForScreenTimeout

_parse_rules = Stylesheet._parse_rules
_parsed: dict[tuple[object, ...], list[RuleSet]] = {}


def parse_rules_once(
    self: Stylesheet,
    css: str,
    read_from: tuple[str, str],
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    """`Stylesheet._parse_rules`, with the results of earlier consoles in this process."""
    key = (css, read_from, is_default_rules, tie_breaker, scope, tuple(self._variables.items()))
    if (rules := _parsed.get(key)) is None:
        rules = _parsed[key] = _parse_rules(self, css, read_from, is_default_rules, tie_breaker, scope)
    return rules


async def wait_until_handled(self: Pilot[Any], timeout: float = 30.0) -> bool:
    """`Pilot._wait_for_screen`: wait until the app and all widgets of the screen have handled their messages.

    Textual's own posts one more message to each of them, up to ten times a key, and waits until these are handled.
    """
    app = self.app
    if not app._screen_stack:
        return False
    pumps = [app, *app.screen.walk_children(with_self=True)]
    end = time.monotonic() + timeout
    turns = 0
    while not app._exception_event.is_set():
        turns += 1
        await asyncio.sleep(0.001 if turns % 20 == 0 else 0)
        if all(map(_has_handled_all, pumps)):
            return True
        if time.monotonic() > end:
            raise WaitForScreenTimeout("Timed out while waiting for widgets to process pending messages.")
    return False


def _has_handled_all(pump: MessagePump) -> bool:
    """Whether a pump waits for its next message, or is closed."""
    if pump._closing or pump._closed:
        return True
    queue: Queue[Message | None] = pump._message_queue
    is_waiting = any(not waiter.done() for waiter in queue.ready_event._waiters)
    return is_waiting and queue.empty() and not pump._next_callbacks
