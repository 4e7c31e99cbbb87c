"""Read JSON and NDJSON as streams: an array, an array inside an object, or one object per line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from dyntui.core.strict_json import decode_first, parse_json
from dyntui.importer.failed_rows import RAW_KEY
from dyntui.importer.problems import Problem
from dyntui.importer.row_reader import RowReader
from dyntui.importer.source_file import SourceFile
from dyntui.importer.source_types import REPORT_COLUMNS, Cell, SourceError, SourceRow

__all__ = ["LONGEST_RECORD", "JsonReader", "looks_like_json"]

LONGEST_RECORD = 16 * 1024 * 1024
_SCANNED = 64 * 1024 * 1024
_BLOCK = 1 << 16
_SPACE = " \t\r\n"


def looks_like_json(text: str) -> str | None:
    """Return `json`, `ndjson` or None, from the first characters of a text."""
    start = text.lstrip(_SPACE)
    if start[:1] == "[":
        return "json" if start[1:].lstrip(_SPACE)[:1] in ("{", "]", '"', "") else None
    if start[:1] != "{":
        return None
    lines = [line for line in start.splitlines()[:50] if line.strip()]
    if len(lines) == 1:
        whole = _parsed(lines[0])
        return "ndjson" if isinstance(whole, dict) and not _has_records(whole) else "json"
    if lines[0].rstrip().endswith("}") and any(isinstance(_parsed(line), dict) for line in lines):
        return "ndjson"
    return "json" if start[1:].lstrip(_SPACE)[:1] in ('"', "}") else None


def _has_records(value: dict[str, object]) -> bool:
    """Return whether an object contains the records, in a list of objects named users or data, and is not a record."""
    return any(isinstance(value.get(name), list) for name in ("users", "data", "results", "records"))


def _parsed(text: str) -> object:
    try:
        return parse_json(text)
    except ValueError:
        return None


class JsonReader(RowReader):
    """Reads the records of a JSON file. The columns are the keys of all records in the order of appearance."""

    def __init__(self, opened: SourceFile, encoding: str, format: str) -> None:
        self._opened = opened
        self.encoding = encoding
        self.format = format
        keys: dict[str, None] = {}
        scanned, whole, count = 0, True, 0
        reader = opened.reader()
        with io.TextIOWrapper(reader, encoding, newline="\n") as text:
            for record in self._records(text):
                count += 1
                if isinstance(record, dict):
                    keys.update(dict.fromkeys(record))
                scanned = reader.tell()
                if scanned > _SCANNED:
                    whole = False
                    break
        if not keys and count == 0:
            self.notes += ("There are no records in the file.",)
        if not whole:
            self.notes += (
                f"The columns are the keys of the first {count:,} records. New keys in later records are reported.",
            )
        self.columns = tuple(str(key) for key in keys if key not in REPORT_COLUMNS and key != RAW_KEY)
        if any(name in keys for name in REPORT_COLUMNS):
            self.notes += ("The columns of an earlier report (_dyntui_row, _error...) are ignored.",)
        self.width = len(self.columns)

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._opened.reader(), self.encoding, newline="\n")

    def rows(self) -> Iterator[SourceRow]:
        columns = self.columns
        known = frozenset((*columns, *REPORT_COLUMNS))
        empty: tuple[Cell, ...] = (None,) * len(columns)
        number = 0
        with self._text() as text:
            for record in self._records(text):
                number += 1
                if isinstance(record, dict) and RAW_KEY in record:
                    record = _again(record[RAW_KEY])
                if not isinstance(record, dict):
                    broken = (
                        record if isinstance(record, _Broken) else _Broken(json.dumps(record), "it is a single value")
                    )
                    problem = Problem(
                        "error", "bad_json_record", "", f"Record {number} is not an object: {broken.reason}."
                    )
                    yield SourceRow(number, empty, (problem,), (("", broken.text),))
                    continue
                cells = tuple([record.get(column) for column in columns])
                if record.keys() <= known:
                    if record:
                        yield SourceRow(number, cells)
                    continue
                extra = tuple((str(key), value) for key, value in record.items() if key not in known)
                names = ", ".join(key for key, _ in extra)
                problem = Problem(
                    "warning", "unexpected_key", extra[0][0], f"{names}: not a known column, so not imported."
                )
                yield SourceRow(number, cells, (problem,), extra)
        self._opened.check_unchanged()

    def _records(self, text: io.TextIOWrapper) -> Iterator[object]:
        try:
            if self.format == "ndjson":
                yield from self._lines(text)
            else:
                yield from _Stream(text, self._opened.name).records()
        except UnicodeError as error:
            self._opened.check_unchanged()
            raise SourceError(f"{self._opened.name} is not valid {self.encoding}.") from error

    def _lines(self, text: io.TextIOWrapper) -> Iterator[object]:
        number = 0
        while line := text.readline(LONGEST_RECORD):
            number += 1
            if len(line) == LONGEST_RECORD and not line.endswith("\n"):
                raise SourceError(f"Line {number} of {self._opened.name} is longer than {LONGEST_RECORD:,} characters.")
            if line.isspace():
                continue
            try:
                yield parse_json(line)
            except ValueError as error:
                yield _Broken(line.strip(_SPACE), str(error))


class _Broken:
    """The text of a record that is not JSON, and the reason."""

    __slots__ = ("reason", "text")

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason


def _again(raw: object) -> object:
    """Parse a record that was invalid when it was reported; it may have been fixed since."""
    text = raw if isinstance(raw, str) else json.dumps(raw)
    try:
        return parse_json(text)
    except ValueError as error:
        return _Broken(text, str(error))


class _Stream:
    """Reads the values of a JSON document one after the other; the text is never in memory as a whole."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self._text = text
        self._name = name
        self._buffer = ""
        self._place = 0
        self._passed = 0

    def records(self) -> Iterator[object]:
        """Yield the elements of the array, or of the first array of objects in the object; else the object itself."""
        first = self._peek()
        if first == "[":
            yield from self._array()
            self._expect_end()
        elif first == "{":
            yield from self._object()
        else:
            raise self._error("it begins with neither [ nor {")

    def _array(self) -> Iterator[object]:
        self._place += 1
        if self._peek() == "]":
            self._place += 1
            return
        while True:
            yield self._value()
            mark = self._peek()
            self._place += 1
            if mark == "]":
                return
            if mark != ",":
                raise self._error("a comma or ] is missing")
            if self._peek() == "]":
                raise self._error("there is a comma before ]")

    def _object(self) -> Iterator[object]:
        self._place += 1
        record: dict[str, object] = {}
        while self._peek() != "}":
            key = self._value()
            if not isinstance(key, str) or self._peek() != ":":
                raise self._error("a key and a colon are missing")
            self._place += 1
            if self._peek() == "[" and self._array_of_objects():
                yield from self._array()
                return
            record[key] = self._value()
            mark = self._peek()
            if mark == ",":
                self._place += 1
            elif mark != "}":
                raise self._error("a comma or } is missing")
        self._place += 1
        self._expect_end()
        if record:
            yield record

    def _array_of_objects(self) -> bool:
        ahead = self._place + 1
        while True:
            while ahead < len(self._buffer) and self._buffer[ahead] in _SPACE:
                ahead += 1
            if ahead < len(self._buffer):
                return self._buffer[ahead] in "{]"
            if not self._more():
                raise self._error("it is incomplete")

    def _peek(self) -> str:
        while True:
            while self._place < len(self._buffer) and self._buffer[self._place] in _SPACE:
                self._place += 1
            if self._place < len(self._buffer):
                return self._buffer[self._place]
            if not self._more():
                raise self._error("it is incomplete")

    def _expect_end(self) -> None:
        rest = self._buffer[self._place :].strip(_SPACE) or self._text.read(_BLOCK).strip(_SPACE)
        if rest:
            raise self._error("there is text after its end")

    def _value(self) -> object:
        self._peek()
        if self._place > _BLOCK:
            self._passed += self._place
            self._buffer, self._place = self._buffer[self._place :], 0
        size = _BLOCK
        while True:
            try:
                value, end = decode_first(self._buffer, self._place)
            except ValueError as error:
                if "nested" in str(error):
                    raise self._error(str(error)) from error
                if len(self._buffer) - self._place > LONGEST_RECORD:
                    raise self._error("a value is too large") from error
                if not self._more(size):
                    raise self._error(*_place_in(error)) from error
                size *= 2
                continue
            if end == len(self._buffer) and self._more():
                continue  # a number may go on in the next block
            self._place = end
            return value

    def _more(self, size: int = _BLOCK) -> bool:
        block = self._text.read(size)
        self._buffer += block
        return bool(block)

    def _error(self, reason: str, at: int | None = None) -> SourceError:
        place = self._passed + (self._place if at is None else at) + 1
        return SourceError(f"{self._name} is not valid JSON: {reason} (character {place:,}).")


def _place_in(error: ValueError) -> tuple[str, int | None]:
    """Return the message and position of a parser error."""
    if isinstance(error, json.JSONDecodeError):
        return ("it is incomplete", None) if error.pos >= len(error.doc) else (error.msg, error.pos)
    return str(error), None
