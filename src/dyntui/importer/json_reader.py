"""Read the records of JSON and NDJSON files as rows, as a stream."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dyntui.core.strict_json import parse_json
from dyntui.importer.failed_rows import RAW_KEY
from dyntui.importer.json_records import RecordScan, read_records, select_records
from dyntui.importer.json_stream import LONGEST_RECORD, SPACE, JsonStream
from dyntui.importer.problems import Problem
from dyntui.importer.row_reader import RowReader
from dyntui.importer.source_file import SourceFile
from dyntui.importer.source_types import REPORT_COLUMNS, Cell, SourceError, SourceRow
from dyntui.importer.typed_json import has_typed_values, plain_value

__all__ = ["JsonReader", "looks_like_json"]

_SCANNED = 64 * 1024 * 1024
_SAMPLE = 256 * 1024
_KEY_COLUMNS = ("key", "record key", "record key (1)")
"""Names for the column with the key of each record; the first that no record has."""


def looks_like_json(text: str) -> str | None:
    """Return `json`, `ndjson` or None, from the first characters of a text."""
    start = text.lstrip(SPACE)
    if start[:1] == "[":
        inside = start.lstrip("[" + SPACE)  # [[users]] is TOML
        return "json" if inside[:1] in ("{", "]", '"', "") else None
    if start[:1] != "{":
        return None
    lines = [line for line in start.splitlines()[:50] if line.strip()]
    if len(lines) > 1 and lines[0].rstrip().endswith("}") and any(isinstance(_parsed(line), dict) for line in lines):
        return "ndjson"
    if len(lines) == 1 and isinstance(whole := _parsed(lines[0]), dict):
        return "ndjson" if not any(isinstance(value, (list, dict)) for value in whole.values()) else "json"
    return "json" if start[1:].lstrip(SPACE)[:1] in ('"', "}") else None


def _parsed(text: str) -> object:
    try:
        return parse_json(text)
    except ValueError:
        return None


class JsonReader(RowReader):
    """Reads the records of a JSON file. The columns are the keys of all records in the order of appearance.

    records: the place of the records, as `RecordPlace.name`; None to find it.
    """

    def __init__(self, opened: SourceFile, encoding: str, format: str, records: str | None = None) -> None:
        self._opened = opened
        self.encoding = encoding
        self.format = format
        self._convert: Callable[[object], object] | None = None
        with self._text() as text, self._decode_errors():
            if has_typed_values(text.read(_SAMPLE)):
                self._convert = plain_value
        scan, is_whole = self._scan()
        place = scan.choose(records)
        self._path = place.path
        self.records = place.name
        self.other_records = scan.other_names(place)
        self.notes = scan.notes(place)
        if self._convert is not None:
            self.notes += (
                'Typed values such as {"S": "text"}, as DynamoDB and MongoDB export them, are read as plain values.',
            )
        names = [key for key in place.keys if key not in REPORT_COLUMNS and key != RAW_KEY]
        self._key_column = ""
        if place.is_keyed:
            self._key_column = next(name for name in _KEY_COLUMNS if name not in names)
            names.append(self._key_column)
            self.notes += (f"The key of each record is in the column “{self._key_column}”.",)
        if not place.count and not scan.documents:
            self.notes += ("There are no records in the file.",)
        elif not place.count and place.path:
            self.notes += (f"There are no records in “{place.name}”.",)
        if not is_whole:
            self.notes += (
                f"The columns are the keys of the first {place.count:,} records. "
                "New keys in later records are reported.",
            )
        if any(name in place.keys for name in REPORT_COLUMNS):
            self.notes += ("The columns of an earlier report (_dyntui_row, _error...) are ignored.",)
        self.columns = tuple(names)
        self.width = len(names)

    def _scan(self) -> tuple[RecordScan, bool]:
        """Return what is in the file, and whether all of it was read."""
        scan = RecordScan(is_lines=self.format == "ndjson")
        reader = self._opened.reader()
        with io.TextIOWrapper(reader, self.encoding, newline="\n") as text, self._decode_errors():
            if self.format == "ndjson":
                for document in self._lines(text):
                    scan.add_value(document)
                    if reader.tell() > _SCANNED:
                        return scan, False
            else:
                stream = JsonStream(text, self._opened.name, self._convert)
                while not self._at_end(stream):
                    scan.add_stream(stream)
        return scan, True

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._opened.reader(), self.encoding, newline="\n")

    def rows(self) -> Iterator[SourceRow]:
        columns = self.columns
        known = frozenset((*columns, *REPORT_COLUMNS))
        empty: tuple[Cell, ...] = (None,) * len(columns)
        number = 0
        with self._text() as text:
            for key, record in self._records(text):
                number += 1
                if isinstance(record, dict) and RAW_KEY in record:
                    record = _parse_reported(record[RAW_KEY])
                if not isinstance(record, dict):
                    invalid = record
                    if not isinstance(invalid, _InvalidRecord):
                        invalid = _InvalidRecord(json.dumps(record), "it is a single value")
                    problem = Problem(
                        "error", "bad_json_record", "", f"Record {number} is not an object: {invalid.reason}."
                    )
                    yield SourceRow(number, empty, (problem,), (("", invalid.text),))
                    continue
                if key is not None:
                    record = {**record, self._key_column: key}
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

    def _records(self, text: io.TextIOWrapper) -> Iterator[tuple[str | None, object]]:
        with self._decode_errors():
            if self.format == "ndjson":
                for document in self._lines(text):
                    if isinstance(document, _InvalidRecord):
                        yield None, document
                    else:
                        yield from select_records(document, self._path)
                return
            stream = JsonStream(text, self._opened.name, self._convert)
            while not self._at_end(stream):
                yield from read_records(stream, self._path)

    def _at_end(self, stream: JsonStream) -> bool:
        """Return whether there is no further document."""
        if stream.at_end():
            return True
        if (mark := stream.peek()) not in "[{":
            raise stream.error(
                "there is a comma after its end; write [ before the first record and ] after the last one"
                if mark == ","
                else "there is text that is neither an object nor an array"
            )
        return False

    @contextmanager
    def _decode_errors(self) -> Iterator[None]:
        """Turn text that is not valid in the encoding into a SourceError."""
        try:
            yield
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
                value = parse_json(line)
                yield value if self._convert is None else self._convert(value)
            except ValueError as error:
                yield _InvalidRecord(line.strip(SPACE), str(error))


class _InvalidRecord:
    """The text of a record that is not JSON, and the reason."""

    __slots__ = ("reason", "text")

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason


def _parse_reported(raw: object) -> object:
    """Parse a record that was invalid when it was reported; it may have been fixed since."""
    text = raw if isinstance(raw, str) else json.dumps(raw)
    try:
        return parse_json(text)
    except ValueError as error:
        return _InvalidRecord(text, str(error))
