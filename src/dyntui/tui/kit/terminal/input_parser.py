"""A parser of what is typed: Textual's, without the errors that it ends with at keys that no keyboard has."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys

__all__ = ["InputParser"]


class InputParser(XTermParser):
    """Textual's parser. A key whose number is no character is ignored: beyond Unicode, or half of a pair."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if sequence == "\n":
            sequence = "\r"  # enter, typed before the terminal was taken over: it translated the key
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
            for key in keys:
                (key.character or "").encode()
        except (ValueError, OverflowError):
            return [events.Key(Keys.Ignore, sequence)]
        return keys
