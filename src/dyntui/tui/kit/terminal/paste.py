"""A parser of what is typed that keeps a paste apart from keys, and ends one whose end was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START
from textual.message import Message

from dyntui.tui.kit.terminal.input_parser import InputParser

__all__ = ["PasteParser"]

_LIMIT_S = 3.0
"""Seconds without more of a paste after which it is taken as complete."""
_STEADY_S = 0.25
"""Seconds between two parts of which the second, however short, is more of the paste and not a key."""
_LEAST_PART = 32
"""Characters that are more than a key or a report of the mouse."""
_OVERLAP = len(BRACKETED_PASTE_END) - 1
"""Characters of a marker that may have come before."""


class PasteParser(InputParser):
    """Textual's parser, which sees no pasted text: it takes escape sequences in there for keys.

    All that follows the start of a paste is its text, until the end that the terminal sends. Where that end is lost,
    every key would be text for ever: keys and the mouse do not prolong the wait.
    """

    def __init__(self, debug: bool = False, *, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(debug)
        self._clock = clock
        self._pasted: list[str] | None = None
        self._before = ""
        self._found = False
        self._read_at = self._pasted_at = 0.0

    def feed(self, data: str) -> Iterable[Message]:
        if not data:
            yield from super().feed(data)
            return
        now = self._clock()
        if len(data) >= _LEAST_PART or now - self._read_at < _STEADY_S:
            self._pasted_at = now
        self._read_at = now
        while data:
            if self._pasted is None:
                size = self._end_of(BRACKETED_PASTE_START, data)
                yield from super().feed(data[:size])
                if self._found:
                    list(super().feed(BRACKETED_PASTE_END))  # the parser is in no paste; that it ends one says nothing
                    self._pasted, self._pasted_at = [], now
            else:
                size = self._end_of(BRACKETED_PASTE_END, data)
                self._pasted.append(data[:size])
                if self._found:
                    yield self._take_paste()
            data = data[size:]

    def tick(self) -> Iterable[Message]:
        yield from super().tick()
        if self._pasted is not None and self._clock() - self._pasted_at >= _LIMIT_S:
            yield self._take_paste()

    def _end_of(self, marker: str, data: str) -> int:
        """Return where `data` is past the marker, which may have begun before it; its length when it has none."""
        at = (self._before + data).find(marker)
        self._found = at >= 0
        end = at + len(marker) - len(self._before) if self._found else len(data)
        self._before = "" if self._found else (self._before + data)[-_OVERLAP:]
        return end

    def _take_paste(self) -> events.Paste:
        text = "".join(self._pasted or ()).removesuffix(BRACKETED_PASTE_END)
        self._pasted, self._before = None, ""
        return events.Paste(text.replace("\0", ""))
