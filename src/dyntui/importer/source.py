"""Open any source file as rows; its format is detected."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from dyntui.core.formula_escaping import escaped_columns, without_escape
from dyntui.core.interface import by_interface
from dyntui.importer.compressed import unpack
from dyntui.importer.csv_reader import DelimitedReader
from dyntui.importer.json_reader import JsonReader, looks_like_json
from dyntui.importer.presets import recognize_preset
from dyntui.importer.problems import Problem
from dyntui.importer.row_reader import RowReader
from dyntui.importer.secrets import SecretFilter, is_private_key
from dyntui.importer.source_file import SourceFile, open_bytes
from dyntui.importer.source_types import SourceError, SourceInfo, SourceRow, fingerprint
from dyntui.importer.spreadsheet_reader import OLE_MAGIC, ZIP_MAGIC
from dyntui.importer.text_detection import check_encoding, find_encoding, non_ascii_excerpts
from dyntui.importer.unsupported_files import refuse_binary, refuse_text

__all__ = ["FORMATS", "Source", "open_source"]

_RECOGNIZED_ROWS = 100
_REPEATED = "The row repeats the column names, so it is not a user. Maybe several files were joined."
SPREADSHEETS = ("xlsx", "xls", "ods")
FORMATS = ("csv", "tsv", "json", "ndjson", *SPREADSHEETS)


class Source:
    """A source file that was recognized. `rows()` may be called repeatedly; a context manager."""

    def __init__(self, opened: SourceFile, table: RowReader, info: SourceInfo) -> None:
        self._opened = opened
        self._table = table
        self._secrets = SecretFilter(info.columns)
        self._escaped: dict[int, bool] = {}
        self.info = info
        if info.format not in ("json", "ndjson"):
            self._find_escaped_columns()

    def _find_escaped_columns(self) -> None:
        self._escaped = escaped_columns([row.cells for row in self.sample()])
        if self._escaped:
            names = ", ".join(name for place, name in enumerate(self.info.columns) if place in self._escaped)
            where = "before and after" if all(self._escaped.values()) else "before"
            self._escape_note = f"An apostrophe {where} each text is removed in: {names}."
            self.info = replace(self.info, notes=(*self.info.notes, self._escape_note))

    def rows(self) -> Iterator[SourceRow]:
        """Iterate over every row, without private keys. Raises SourceChanged at the end when the file changed
        meanwhile.
        """
        rows = self._table.rows()
        if self._table.header:
            rows = self._without_headers(rows)
        return map(self._secrets.apply, self._unescaped(rows) if self._escaped else rows)

    def _without_headers(self, rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
        """Add the error `header_repeated` to rows that are the header row again, as in files that were joined."""
        header = self._table.header
        first = (header[0], f"\ufeff{header[0]}")
        for row in rows:
            if row.cells[0] in first and tuple(str(cell).strip("\ufeff ") for cell in row.cells) == header:
                row = row._replace(problems=(*row.problems, Problem("error", "header_repeated", "", _REPEATED)))
            yield row

    def _unescaped(self, rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
        problems: tuple[Problem, ...] = (
            Problem("info", "escaped_text", "", self._escape_note),
        )  # reported once, with the first row
        for row in rows:
            yield row._replace(cells=without_escape(row.cells, self._escaped), problems=row.problems + problems)
            problems = ()

    def sample(self, limit: int = 200) -> tuple[SourceRow, ...]:
        """Return the first rows, for a preview and for proposing a mapping."""
        return tuple(islice(self.rows(), limit))

    def count(self) -> int:
        """Read the whole file and return the number of rows."""
        return sum(1 for _ in self.rows())

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def open_source(
    where: Path | BinaryIO,
    *,
    name: str = "",
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
    records: str | None = None,
) -> Source:
    """Open `where` as a Source. Raises SourceError with one line when it cannot be read.

    What is not given is detected: format by content, encoding (never guessed), delimiter, header row. header_row
    counts from 1; 0 means no header. delimiter "" means a single column. records: where the records of a JSON file
    are, as `SourceInfo.records` and `other_records` name it.
    """
    if format is not None and format not in FORMATS:
        raise SourceError(f"{format!r} is not a supported format.", hint=f"Formats: {', '.join(FORMATS)}.")
    opened = open_bytes(where, name)
    try:
        opened, compression = unpack(opened)
        table = _table(opened, format, encoding, delimiter, header_row, sheet, records)
        _refuse_secret_names(table)
        info = _info(opened, table, compression)
    except BaseException:
        opened.close()
        raise
    return Source(opened, table, info)


def _table(
    opened: SourceFile,
    format: str | None,
    encoding: str | None,
    delimiter: str | None,
    header_row: int | None,
    sheet: str | None,
    records: str | None,
) -> RowReader:
    head = opened.head(4096)
    packed = head.startswith((ZIP_MAGIC, OLE_MAGIC))
    if packed or format in SPREADSHEETS:
        if not packed:
            raise SourceError(f"{opened.name} is not a {format} file.", hint="Leave out the format to detect it.")
        if format is not None and format not in SPREADSHEETS:
            raise SourceError(f"{opened.name} is a spreadsheet, not {format}.", hint="Leave out the format.")
        from dyntui.importer.spreadsheet_reader import SpreadsheetReader

        return SpreadsheetReader(opened, sheet, header_row)
    if format is None:
        refuse_binary(opened.name, head)
    encoding = find_encoding(opened) if encoding is None else check_encoding(opened, encoding)
    if format is None:
        with io.TextIOWrapper(opened.reader(), encoding, newline="\n") as text:
            start = text.read(1 << 20)
        format = looks_like_json(start)
        if format is None:
            refuse_text(opened.name, start)
    if format in ("json", "ndjson"):
        return JsonReader(opened, encoding, format, records)
    if records is not None:
        raise SourceError(
            f"{opened.name} is not JSON, so it has no records to choose.",
            hint=by_interface("Leave out --records.", "Press {parse.reset} to detect the format."),
        )
    return DelimitedReader(opened, encoding, "\t" if format == "tsv" and delimiter is None else delimiter, header_row)


def _refuse_secret_names(table: RowReader) -> None:
    """Raise SourceError when a column name is a private key, because names are shown and stored."""
    for place, name in enumerate(table.columns, start=1):
        if is_private_key(name, hex_key=True):
            raise SourceError(
                f"The name of column {place} is a private key or a seed phrase.",
                hint="Delete it from the file; others may know it.",
            )


def _info(opened: SourceFile, table: RowReader, compression: str) -> SourceInfo:
    unpacked = (f"The file is compressed with {compression}; it was unpacked for reading.",) if compression else ()
    return SourceInfo(
        name=opened.name,
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        quoting=table.quoting,
        header_row=table.header_row,
        columns=table.columns,
        fingerprint=fingerprint(table.columns),
        preset=recognize_preset(table.columns, islice(table.rows(), _RECOGNIZED_ROWS)),
        notes=(*unpacked, *table.notes),
        sheets=table.sheets,
        sheet=table.sheet,
        records=table.records,
        other_records=table.other_records,
        non_ascii=non_ascii_excerpts(opened, table.encoding) if table.encoding else (),
        size=opened.size,
    )
