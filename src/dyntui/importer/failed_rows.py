"""Write failed rows in the columns and format of the source file, ready to be fixed and imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TextIO

from dyntui.core.formula_escaping import escape_formula, shield
from dyntui.core.text import visible_controls
from dyntui.importer.source_types import REPORT_COLUMNS, Cell, SourceInfo

__all__ = ["RAW_KEY", "FailedRowsWriter", "cell_text", "failed_rows_suffix"]

RAW_KEY = "_dyntui_raw"
"""The column with the text of a line that is not a JSON object."""

_JSON = ("json", "ndjson")


def failed_rows_suffix(info: SourceInfo) -> str:
    """Return the suffix of the failed-rows file for a source; spreadsheets are written as CSV."""
    return f".{info.format}" if info.format in ("csv", "tsv", *_JSON) else ".csv"


def cell_text(cell: Cell) -> str:
    """Return a cell as text for a CSV file. A number with lost digits stays recognizable as such."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if abs(cell) >= 1e15:
            return f"{cell:.16E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell) if isinstance(cell, int) else json.dumps(cell, ensure_ascii=False)


class FailedRowsWriter:
    """Writes failed rows to a new private file (0600, never over an existing one); a context manager.

    The file is complete or absent: it has its name after `close`, and there is none when the block ends with an error.

    safe: escape formulas and start with a byte order mark; otherwise the values are exact. JSON is always exact.
    """

    def __init__(self, path: Path, info: SourceInfo, *, safe: bool = True) -> None:
        from dyntui.config.private_files import new_whole_text

        self._info = info
        self._json = info.format in _JSON
        self._protect = escape_formula if safe else shield
        encoding = "utf-8-sig" if safe and not self._json else "utf-8"
        self._stack = ExitStack()
        self._file: TextIO = self._stack.enter_context(new_whole_text(path, encoding))
        self._closed = False
        self.count = 0
        if self._json:
            if info.format == "json":
                self._file.write("[")
        else:
            self._csv = csv.writer(self._file, delimiter=info.delimiter or ",", lineterminator="\r\n")
            self._csv.writerow([self._protect(name) for name in (*info.columns, *REPORT_COLUMNS)])

    def write(
        self,
        number: int,
        cells: Sequence[Cell],
        code: str,
        field: str,
        message: str,
        extra: Sequence[tuple[str, Cell]] = (),
    ) -> None:
        """Write one row (cells and extra values as in `Row`) and why it failed."""
        report: tuple[Cell, ...] = (number, *map(visible_controls, (code, field, message)))
        if self._json:
            self._write_json(cells, extra, report)
        else:
            values = [cell_text(cell) for cell in (*cells, *report, *(cell for _, cell in extra))]
            self._csv.writerow([self._protect(value) for value in values])
        self.count += 1

    def _write_json(self, cells: Sequence[Cell], extra: Sequence[tuple[str, Cell]], report: Sequence[Cell]) -> None:
        record: dict[str, Cell] = dict(zip(self._info.columns, cells, strict=True))
        for key, value in extra:
            record[str(key) or RAW_KEY] = value
        record.update(zip(REPORT_COLUMNS, report, strict=True))
        text = json.dumps(record, ensure_ascii=False)
        if not _encodable(text):
            text = json.dumps(record)
        if self._info.format == "json":
            self._file.write(",\n" if self.count else "\n")
            self._file.write(text)
        else:
            self._file.write(text + "\n")

    def close(self) -> None:
        """Complete the file and give it its name."""
        if self._info.format == "json" and not self._closed:
            self._file.write("\n]\n")
        self._closed = True
        self._stack.close()

    def __enter__(self) -> FailedRowsWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self._stack.__exit__(kind, error, tb)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
