"""A parser of terminal input that accepts any key code, and ends a paste whose end marker was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import Keys
from textual.message import Message

__all__ = ["InputParser"]

_PASTE_TIMEOUT_S = 3.0
"""Seconds without further text after which a paste counts as complete."""
_MAX_PART_GAP_S = 0.25
"""A part that arrives within this time after another belongs to the paste, however short it is."""
_MIN_PART_SIZE = 32
"""Characters from which a part is more than a key or a mouse report."""
_OVERLAP = len(BRACKETED_PASTE_END) - 1
"""Characters of a marker that may be in the part before."""


class InputParser(XTermParser):
    """Textual's parser without pasted text, in which it would treat escape sequences as keys.

    All text after the start marker is pasted text until the end marker. When the end marker is lost, the paste ends
    after a timeout, which keys and mouse reports do not extend; else every key would become text.
    A key code that is no character is ignored: beyond Unicode, or a surrogate.
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
        if len(data) >= _MIN_PART_SIZE or now - self._read_at < _MAX_PART_GAP_S:
            self._pasted_at = now
        self._read_at = now
        while data:
            if self._pasted is None:
                size = self._find_marker_end(BRACKETED_PASTE_START, data)
                yield from super().feed(data[:size])
                if self._found:
                    list(super().feed(BRACKETED_PASTE_END))  # resets the state of the base class, which has no paste
                    self._pasted, self._pasted_at = [], now
            else:
                size = self._find_marker_end(BRACKETED_PASTE_END, data)
                self._pasted.append(data[:size])
                if self._found:
                    yield self._finish_paste()
            data = data[size:]

    def tick(self) -> Iterable[Message]:
        yield from super().tick()
        if self._pasted is not None and self._clock() - self._pasted_at >= _PASTE_TIMEOUT_S:
            yield self._finish_paste()

    def _find_marker_end(self, marker: str, data: str) -> int:
        """Return the index after the marker, which may start in earlier data; the length of `data` without one."""
        at = (self._before + data).find(marker)
        self._found = at >= 0
        end = at + len(marker) - len(self._before) if self._found else len(data)
        self._before = "" if self._found else (self._before + data)[-_OVERLAP:]
        return end

    def _finish_paste(self) -> events.Paste:
        text = "".join(self._pasted or ()).removesuffix(BRACKETED_PASTE_END)
        self._pasted, self._before = None, ""
        return events.Paste(text.replace("\0", ""))

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if sequence == "\n":
            sequence = "\r"  # enter that was pressed before the terminal was in raw mode, which translated the key
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
            for key in keys:
                (key.character or "").encode()
        except (ValueError, OverflowError):
            return [events.Key(Keys.Ignore, sequence)]
        if alt and not any(key.key.startswith("alt+") for key in keys):
            return [events.Key("escape", "\x1b"), *keys]  # the base class drops the esc before a sign such as `:`
        return keys
