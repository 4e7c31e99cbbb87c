"""Read JSON text piece by piece: several documents in a row, arrays and objects that do not fit into memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Final

from dyntui.core.strict_json import DEEPEST, decode_first
from dyntui.importer.source_types import SourceError

__all__ = ["BLOCK", "INCOMPLETE", "LONGEST_RECORD", "SPACE", "JsonStream"]

LONGEST_RECORD = 16 * 1024 * 1024
"""Most characters of one record."""
BLOCK = 1 << 16
SPACE = " \t\r\n"
ENDS_EARLY = "it ends early"
INCOMPLETE: Final = object()
"""Returned by `JsonStream.small_value` for a value that is not small."""


class JsonStream:
    """A cursor in JSON text. The text is never in memory as a whole.

    name: the file, for errors; convert: called with each value that is returned, None for no change. Every method
    raises SourceError for text that is not JSON.
    """

    def __init__(self, text: io.TextIOBase, name: str, convert: Callable[[object], object] | None = None) -> None:
        self._text = text
        self._name = name
        self._convert = convert
        self._buffer = ""
        self._place = 0
        self._passed = 0
        self._depth = 0

    def at_end(self) -> bool:
        """Return whether only white space follows."""
        return not self._find_text()

    def peek(self) -> str:
        """Return the next character that is not white space."""
        if not self._find_text():
            raise self.error(ENDS_EARLY)
        return self._buffer[self._place]

    def items(self) -> Iterator[None]:
        """Enter an array and yield before each item, which the caller has to read or skip."""
        for place, _ in enumerate(self._members("]")):
            if place and self.peek() == "]":
                raise self.error("there is a comma before ]")
            yield

    def entries(self) -> Iterator[str]:
        """Enter an object and yield each key; the caller has to read or skip the value."""
        for _ in self._members("}"):
            key = self.value() if self.peek() == '"' else None
            if not isinstance(key, str) or self.peek() != ":":
                raise self.error("a key and a colon are missing")
            self._place += 1
            yield key

    def _members(self, end: str) -> Iterator[None]:
        """Enter an array or an object and yield before each member, which the caller has to read or skip."""
        self._enter()
        mark = self.peek()
        while mark != end:
            yield
            mark = self.peek()
            if mark not in (",", end):
                self._place += 1
                raise self.error(f"a comma or {end} is missing")
            if mark == ",":
                self._place += 1
        self._leave()

    def value(self) -> object:
        """Return the next value as a whole. A value that is too large is an error."""
        self.peek()
        self._drop_passed()
        size = BLOCK
        while True:
            try:
                value, end = decode_first(self._buffer, self._place)
            except ValueError as error:
                if not isinstance(error, json.JSONDecodeError):  # more text does not help
                    raise self.error(str(error)) from error
                if len(self._buffer) - self._place > LONGEST_RECORD:
                    raise self.error("a value is too large") from error
                if not self._load(size):
                    raise self.error(*_explain_parser_error(error)) from error
                size *= 2
                continue
            if end == len(self._buffer) and self._load():
                continue  # a number may go on in the next block
            self._place = end
            return value if self._convert is None else self._convert(value)

    def small_value(self) -> object:
        """Return the next array or object when it is shorter than a block; else INCOMPLETE, and nothing is read."""
        self.peek()
        self._drop_passed()
        while len(self._buffer) - self._place < BLOCK and self._load():
            pass
        try:
            value, self._place = decode_first(self._buffer, self._place)
        except ValueError as error:
            if "nested" in str(error):
                raise self.error(str(error)) from error
            return INCOMPLETE  # reading it piece by piece shows where the error is
        return value if self._convert is None else self._convert(value)

    def skip(self) -> None:
        """Pass the next value, of any size."""
        mark = self.peek()
        if mark not in "[{":
            self.value()
        elif self.small_value() is INCOMPLETE:
            for _ in self.items() if mark == "[" else self.entries():
                self.skip()

    def error(self, reason: str, position: int | None = None) -> SourceError:
        """Return the error for the current place, or for a position in the buffer."""
        place = self._passed + (self._place if position is None else position) + 1
        hint = "The end is missing: export or download the file again." if reason == ENDS_EARLY else ""
        return SourceError(f"{self._name} is not valid JSON: {reason} (character {place:,}).", hint=hint)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.error(f"it is nested more than {DEEPEST} levels deep")
        self._place += 1

    def _leave(self) -> None:
        self._depth -= 1
        self._place += 1

    def _find_text(self) -> bool:
        """Move to the next character that is not white space, and return whether there is one."""
        while True:
            while self._place < len(self._buffer) and self._buffer[self._place] in SPACE:
                self._place += 1
            if self._place < len(self._buffer):
                return True
            self._drop_passed()
            if not self._load():
                return False

    def _drop_passed(self) -> None:
        if self._place > BLOCK:
            self._passed += self._place
            self._buffer, self._place = self._buffer[self._place :], 0

    def _load(self, size: int = BLOCK) -> bool:
        block = self._text.read(size)
        self._buffer += block
        return bool(block)


def _explain_parser_error(error: json.JSONDecodeError) -> tuple[str, int | None]:
    """Return the message and position of a parser error at the end of the text."""
    is_end = error.pos >= len(error.doc) or error.msg.startswith("Unterminated string")
    return (ENDS_EARLY, None) if is_end else (error.msg, error.pos)
