"""Write lists as CSV in two variants, TSV, NDJSON, JSON or YAML, also to files, which are new and private."""

from __future__ import annotations

import csv
import errno
import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from dyntui.config.private_files import new_whole_file
from dyntui.core.errors import DyntuiError
from dyntui.core.formula_escaping import escape_formula, shield
from dyntui.core.json_types import Row
from dyntui.core.masking import mask_counted
from dyntui.core.strict_json import dump_json
from dyntui.core.text import plain_json, safe, visible_controls, without_surrogates
from dyntui.resources.users import PROFILE_FIELDS
from dyntui.services.field_names import select_fields, value_at

__all__ = ["USER_FIELDS", "WALLET_FIELDS", "ExportFormat", "Exporter", "cell_text", "export", "export_file"]

_BOM = b"\xef\xbb\xbf"
_LONGEST_CELL = 1_000_000


class ExportFormat(StrEnum):
    """CSV: safe to open in a spreadsheet. EXACT: CSV with raw values, for pipes. TSV: without a header, for `cut`.

    NDJSON, JSON, YAML: all fields; JSON and YAML are one document with `items`, `total` and `next`.
    """

    CSV = "csv"
    EXACT = "csv-exact"
    TSV = "tsv"
    NDJSON = "ndjson"
    JSON = "json"
    YAML = "yaml"


USER_FIELDS = (
    "id",
    "email",
    *PROFILE_FIELDS,
    "newUser",
    "firstVisit",
    "lastVisit",
    "createdAt",
    "updatedAt",
    "scope",
    "lists",
    "walletPublicKey",
    "chain",
    "metadata",
)
"""The columns of an export of users, by default; nested values are JSON in a cell."""

WALLET_FIELDS = (
    "id",
    "userId",
    "chain",
    "publicKey",
    "name",
    "provider",
    "signInEnabled",
    "lastSelectedAt",
    "createdAt",
    "updatedAt",
    "deletedAt",
    "deletedUserId",
    "walletAdditionalAddresses",
    "properties",
)
"""The columns of an export of wallets, by default."""


_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""As jq writes TSV."""


_TABLES = frozenset({ExportFormat.CSV, ExportFormat.EXACT, ExportFormat.TSV})
"""The formats with columns."""


@dataclass
class Exporter:
    """Writes rows to a binary stream, one by one."""

    stream: BinaryIO
    format: ExportFormat
    columns: Sequence[str] = ()
    """The fields of a CSV or TSV, also dot paths; nested values are JSON in a cell."""
    fields: Sequence[str] = ()
    """The only fields of the rows in the other formats; all when it is empty."""
    written: int = 0
    masks: bool = False
    """Whether secrets are masked by their names."""
    masked: int = 0
    """How many were."""
    on_terminal: bool = False
    """Escape characters that a terminal would hide or interpret with `safe()` in a CSV, as always in the others."""
    paint_json: Callable[[str], str] | None = None
    """Adds colors to JSON for a terminal; None for none."""
    _begun: bool = False
    _names: Sequence[str] = ()
    _parts: Sequence[str] = ()
    """The fields of a row of which `_names` are parts."""

    def begin(self) -> None:
        """Write the header. The first row or the end does this, so that an earlier failure writes nothing."""
        if self._begun:
            return
        self._begun = True
        if self.format is ExportFormat.CSV and not self.on_terminal:
            self.stream.write(_BOM)
        if self.format in (ExportFormat.CSV, ExportFormat.EXACT):
            self._line(self.columns)
        elif self.format is ExportFormat.JSON:
            self.stream.write(self._painted('{"items": ['))

    def row(self, row: Row) -> None:
        """Write one row."""
        self.begin()
        if self.masks:
            row, count = mask_counted(self._written_part(row))
            self.masked += count
        match self.format:
            case ExportFormat.NDJSON:
                self.stream.write(self._json(row) + b"\n")
            case ExportFormat.JSON:
                self.stream.write((b",\n" if self.written else b"\n") + self._json(row))
            case ExportFormat.YAML:
                from dyntui.core.yaml_text import dump_yaml

                head = "" if self.written else "items:\n"
                self.stream.write(f"{head}{dump_yaml([select_fields(row, self.fields)])}".encode())
            case _:
                self._line([cell_text(value_at(row, name)) for name in self.columns])
        self.written += 1

    def _written_part(self, row: Row) -> Row:
        """Return a row without the fields of which nothing is written."""
        names = self.columns if self.format in _TABLES else self.fields
        if not names:
            return row
        if names is not self._names:
            self._names = names
            self._parts = tuple(dict.fromkeys(part for name in names for part in (name, name.partition(".")[0])))
        return {name: row[name] for name in self._parts if name in row}

    def end(self, total: int | None = None, next: int | None = None, **extra: object) -> None:
        """Write the end. total, next: of the list, for JSON and YAML; by default, all rows were written.

        extra: further fields of the document.
        """
        self.begin()
        rest = {"total": self.written if total is None else total, "next": next, **extra}
        if self.format is ExportFormat.JSON:
            self.stream.write(b"\n], " + self._json_text(rest)[1:] + b"\n")
        elif self.format is ExportFormat.YAML:
            from dyntui.core.yaml_text import dump_yaml

            self.stream.write((("" if self.written else "items: []\n") + dump_yaml(rest)).encode())
        self.stream.flush()

    def _json(self, row: Row) -> bytes:
        return self._json_text(select_fields(row, self.fields))

    def _json_text(self, value: object) -> bytes:
        return self._painted(plain_json(dump_json(value).decode()))

    def _painted(self, text: str) -> bytes:
        return (self.paint_json(text) if self.paint_json is not None else text).encode()

    def _line(self, cells: Sequence[str]) -> None:
        if self.format is ExportFormat.TSV:  # is mostly read by people, after grep or head
            line = "\t".join(safe(cell.translate(_TSV_ESCAPES), _LONGEST_CELL) for cell in cells) + "\n"
            self.stream.write(line.encode())
            return
        if self.on_terminal:
            cells = [safe(cell, _LONGEST_CELL) for cell in cells]
        elif self.format is ExportFormat.CSV:
            cells = [visible_controls(cell) if cell else cell for cell in cells]
        guard = escape_formula if self.format is ExportFormat.CSV else shield
        text = io.StringIO(newline="")
        ends_as_on_windows = self.format is ExportFormat.CSV and not self.on_terminal
        csv.writer(text, lineterminator="\r\n" if ends_as_on_windows else "\n").writerow(
            [guard(cell) if cell else cell for cell in cells]
        )
        self.stream.write(without_surrogates(text.getvalue()).encode())


async def export(rows: AsyncIterator[Row], exporter: Exporter, *, reveals: bool = False) -> int:
    """Write every row of `rows`; returns how many. reveals: whether values that are secrets by name are written."""
    exporter.masks = not reveals
    async for row in rows:
        exporter.row(row)
    exporter.end()
    return exporter.written


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class _Stopped(Exception):
    """The export was stopped."""


async def export_file(
    path: Path,
    rows: AsyncIterator[Row],
    format: ExportFormat,
    columns: Sequence[str],
    *,
    fields: Sequence[str] = (),
    stopped: Callable[[], bool] = lambda: False,
    reveals: bool = False,
    on_masked: Callable[[int], None] = lambda count: None,
) -> int | None:
    """Write every row of `rows` to a new private file; returns the number of rows, None when it was stopped.

    columns, fields: as in Exporter. reveals: as in `export`. on_masked: gets the number of values that were masked.

    The file is complete or absent: after a stop, an error or a signal there is none.
    """
    try:
        with new_whole_file(path) as stream:
            exporter = Exporter(stream, format, columns, fields)
            written = await export(rows, exporter, reveals=reveals)
            if stopped():
                raise _Stopped
    except _Stopped:
        return None
    except OSError as error:
        hint = "Free disk space, or use another file." if error.errno in _NO_ROOM else "Use another file."
        raise DyntuiError(f"{path} cannot be written: {error.strerror}.", hint=hint) from error
    on_masked(exporter.masked)
    return written


def cell_text(value: object) -> str:
    """Return a JSON value as the text of a cell of a CSV or TSV: "" for no value, JSON for nested values."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return dump_json(value).decode() if value else ""
    return str(value)
