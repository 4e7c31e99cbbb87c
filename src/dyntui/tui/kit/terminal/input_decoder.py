"""Bytes of a terminal as text, whatever they are: Textual's strict decoder ends the program at the first bad one."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from time import monotonic

from textual import constants

__all__ = ["InputDecoder"]

_MOUSE_REPORT = b"\x1b[M"
_COORDINATES = 3
"""Bytes after the start of a mouse report in the form of X10: buttons, column and line, each 32 more than it says."""


class InputDecoder:
    """Decode UTF-8 incrementally. U+FFFD stands for what is not UTF-8.

    The coordinates of a mouse report in the form of X10 may be any bytes; they become blanks. Textual ignores such a
    report when it is complete, and would take parts of it for keys when its bytes made fewer characters.
    """

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._clock = clock
        self._seen = 0
        """How many bytes of a mouse report have come last."""
        self._read_at = 0.0

    def decode(self, data: bytes, final: bool = False) -> str:
        """Return the text of `data`; a character that is incomplete at its end comes with the next bytes."""
        now = self._clock()
        if now - self._read_at > constants.ESCAPE_DELAY:
            self._seen = 0  # an escape key that was pressed a while ago begins no report
        self._read_at = now
        if self._seen or _MOUSE_REPORT[:1] in data:
            data = bytes(map(self._blank_coordinate, data))
        return self._decoder.decode(data, final)

    def _blank_coordinate(self, byte: int) -> int:
        if self._seen >= len(_MOUSE_REPORT):
            self._seen = (self._seen + 1) % (len(_MOUSE_REPORT) + _COORDINATES)
            return ord(" ")
        if byte == _MOUSE_REPORT[self._seen]:
            self._seen += 1
        else:
            self._seen = int(byte == _MOUSE_REPORT[0])
        return byte
