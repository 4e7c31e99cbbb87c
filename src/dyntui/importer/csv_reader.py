"""Read CSV and TSV as a stream: any delimiter, ragged rows, quoted values over many lines, values of any length."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import cast

from dyntui.core.formula_escaping import unescape_formula
from dyntui.importer.header_synonyms import KNOWN_NAMES
from dyntui.importer.row_reader import RowReader
from dyntui.importer.source_file import SourceFile
from dyntui.importer.source_types import Cell, SourceError, SourceRow
from dyntui.importer.text_detection import find_dialect, find_header

__all__ = ["LONGEST_LINE", "LONGEST_VALUE", "DelimitedReader"]

LONGEST_VALUE = 16 * 1024 * 1024
LONGEST_LINE = 4 * LONGEST_VALUE
_SAMPLE = 256 * 1024
_HEAD = 60


class DelimitedReader(RowReader):
    """A delimited text file as records."""

    def __init__(self, opened: SourceFile, encoding: str, delimiter: str | None, header_row: int | None) -> None:
        csv.field_size_limit(LONGEST_VALUE)
        self._opened = opened
        self.encoding = encoding
        with self._text() as text:
            sample = text.read(_SAMPLE)
            if text.read(1):
                sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
        self._dialect = find_dialect(sample, KNOWN_NAMES, None if delimiter is None else _delimiter(delimiter))
        self.delimiter = self._dialect.delimiter
        self.quoting = self._dialect.quoting
        self.format = "tsv" if self.delimiter == "\t" else "csv"
        head = list(islice(self._records(), max(0, header_row or 0) + _HEAD))
        if header_row is None:
            place = find_header(head, KNOWN_NAMES)
        else:
            place = header_row - 1 if header_row else None
            if not 0 <= header_row <= len(head):
                raise SourceError(f"{opened.name} has no row {header_row}.", hint="Rows count from 1.")
        self._set_header(cast("list[list[Cell]]", head), place)

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._opened.reader(), self.encoding, newline="")

    def _records(self) -> Iterator[list[str]]:
        with self._text() as text:
            for _ in range(self._dialect.skip):
                text.readline()
            reader = self._dialect.reader(self._lines(text))
            try:
                yield from reader
            except csv.Error as error:
                raise self._unreadable(reader.line_num, error) from error

    def rows(self) -> Iterator[SourceRow]:
        width, keep = self.width, self.keep
        number = 0
        lines: list[str] = []
        with self._text() as text:
            for _ in range(self._dialect.skip):
                text.readline()
            reader = self._dialect.reader(self._lines(text, lines))
            try:
                for _ in range(self.first):
                    next(reader, None)
                lines.clear()
                for cells in reader:
                    number += 1
                    damaged = len(lines) > 1 and self._is_damaged(lines, number)
                    lines.clear()
                    if damaged or len(cells) != width:
                        if any(cells):
                            yield self._odd_row(number, [unescape_formula(cell) for cell in cells], damaged)
                        continue
                    if not any(cells):
                        continue
                    for cell in cells:
                        if "'" in cell or cell[:2] == '="':
                            cells = [unescape_formula(cell) for cell in cells]
                            break
                    yield SourceRow(number, tuple(cells) if keep is None else tuple([cells[index] for index in keep]))
            except csv.Error as error:
                raise self._unreadable(reader.line_num, error) from error
            except UnicodeError as error:
                self._opened.check_unchanged()
                raise SourceError(f"{self._opened.name} is not valid {self.encoding}.") from error
        self._opened.check_unchanged()

    def _lines(self, text: io.TextIOWrapper, read: list[str] | None = None) -> Iterator[str]:
        """Yield the lines of a text. Each is also appended to `read`, which the reader of the records clears."""
        for line in iter(partial(text.readline, LONGEST_LINE), ""):
            if len(line) == LONGEST_LINE:
                raise SourceError(
                    f"{self._opened.name} has a line with more than {LONGEST_LINE:,} characters.",
                    hint="Probably it is not a table, or its lines do not end in a line break. Export it again.",
                )
            if read is not None:
                read.append(line)
            yield line

    def _is_damaged(self, lines: list[str], number: int) -> bool:
        """Return whether a record has several lines because a quotation mark was not closed."""
        try:
            for _ in self._dialect.reader(lines, strict=True):
                pass
        except csv.Error as error:
            if "end of data" not in str(error):
                return True
            raise SourceError(
                f"Row {number} of {self._opened.name} has an opening quotation mark that is not closed.",
                hint='Close it, or write "" for a quotation mark in a text.',
            ) from error
        return False

    def _unreadable(self, line: int, error: csv.Error) -> SourceError:
        if "field limit" in str(error):
            return SourceError(
                f"Line {line} of {self._opened.name} has a value with more than {LONGEST_VALUE:,} characters.",
                hint="Probably a quotation mark before it is not closed.",
            )
        return SourceError(f"Line {line} of {self._opened.name} cannot be read: {error}.")


_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "bar": "|", "space": " ", "none": ""}


def _delimiter(text: str) -> str:
    """Return the delimiter for one character or its name."""
    found = _WORDS.get(text.casefold(), text)
    if len(found) > 1 or found in ('"', "\n", "\r", "\\"):
        raise SourceError(
            f"{text!r} cannot be a delimiter.", hint="Use one character, or tab, comma, semicolon, pipe or none."
        )
    return found
