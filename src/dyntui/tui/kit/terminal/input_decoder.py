"""Decodes the input of the terminal. Textual's strict decoder would end the program at the first invalid byte."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from time import monotonic

from textual import constants

__all__ = ["InputDecoder"]

_MOUSE_REPORT = b"\x1b[M"
_COORDINATES = 3
"""Bytes after the start of an X10 mouse report: buttons, column and line, each plus 32."""


class InputDecoder:
    """Decodes UTF-8 incrementally, with U+FFFD for invalid bytes.

    The coordinates of an X10 mouse report may be any bytes and are replaced by blanks. Textual ignores such a report if
    it has the right number of characters, and would treat parts of it as keys if its bytes formed fewer characters.
    """

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._clock = clock
        self._seen = 0
        """The number of bytes of an incomplete mouse report."""
        self._read_at = 0.0

    def decode(self, data: bytes, final: bool = False) -> str:
        """Return the text of `data`. An incomplete character at its end is returned with the next bytes."""
        now = self._clock()
        if now - self._read_at > constants.ESCAPE_DELAY:
            self._seen = 0  # an escape key that was pressed some time ago does not start a report
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
