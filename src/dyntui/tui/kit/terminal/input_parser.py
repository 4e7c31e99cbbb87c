"""Textual's parser of terminal input, without the errors that it raises for key codes that are no characters."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys

__all__ = ["InputParser"]


class InputParser(XTermParser):
    """Textual's parser. A key code that is no character is ignored: beyond Unicode, or a surrogate."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if sequence == "\n":
            sequence = "\r"  # enter that was pressed before the terminal was in raw mode, which translated the key
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
            for key in keys:
                (key.character or "").encode()
        except (ValueError, OverflowError):
            return [events.Key(Keys.Ignore, sequence)]
        return keys
