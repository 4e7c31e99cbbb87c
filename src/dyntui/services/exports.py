"""Lists into files: CSV in two profiles, NDJSON and JSON. New files only, private, raw values in."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from dyntui.config.files import create_new
from dyntui.core.errors import DyntuiError
from dyntui.importer.protect import protect, shield
from dyntui.resources.formats import dig

__all__ = ["USER_FIELDS", "WALLET_FIELDS", "ExportFormat", "Exporter", "export", "export_file"]

_BOM = b"\xef\xbb\xbf"


class ExportFormat(StrEnum):
    """CSV: safe to open in a spreadsheet. EXACT: CSV with raw values, for pipes. NDJSON, JSON: everything."""

    CSV = "csv"
    EXACT = "csv-exact"
    NDJSON = "ndjson"
    JSON = "json"


USER_FIELDS = (
    "id",
    "email",
    "firstName",
    "lastName",
    "alias",
    "username",
    "phoneNumber",
    "country",
    "jobTitle",
    "team",
    "tShirtSize",
    "policiesConsent",
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
"""The columns of an export of users, unless others are asked for; nested values are JSON in a cell."""

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
"""The columns of an export of wallets, unless others are asked for."""


@dataclass
class Exporter:
    """Writes rows to a binary stream as they come.

    columns: the fields of a CSV, dot paths too; nested values are JSON in a cell.
    """

    stream: BinaryIO
    format: ExportFormat
    columns: Sequence[str] = ()
    written: int = 0
    _begun: bool = False

    def begin(self) -> None:
        """Write what stands before the first row. Done when there is one, or none at all: what fails before that has
        written nothing."""
        if self._begun:
            return
        self._begun = True
        if self.format is ExportFormat.CSV:
            self.stream.write(_BOM)
        if self.format in (ExportFormat.CSV, ExportFormat.EXACT):
            self._line(self.columns)
        elif self.format is ExportFormat.JSON:
            self.stream.write(b"[")

    def row(self, row: dict[str, Any]) -> None:
        self.begin()
        if self.format is ExportFormat.NDJSON:
            self.stream.write(orjson.dumps(row) + b"\n")
        elif self.format is ExportFormat.JSON:
            self.stream.write((b",\n" if self.written else b"\n") + orjson.dumps(row))
        else:
            self._line([_text(row[name] if name in row else dig(row, name)) for name in self.columns])
        self.written += 1

    def end(self) -> None:
        self.begin()
        if self.format is ExportFormat.JSON:
            self.stream.write(b"\n]\n")
        self.stream.flush()

    def _line(self, cells: Sequence[str]) -> None:
        guard = protect if self.format is ExportFormat.CSV else shield
        text = io.StringIO(newline="")
        csv.writer(text).writerow([guard(cell) for cell in cells])
        self.stream.write(text.getvalue().encode("utf-8", "surrogatepass"))


async def export(rows: AsyncIterator[dict[str, Any]], exporter: Exporter) -> int:
    """Write every row of `rows`; returns how many."""
    async for row in rows:
        exporter.row(row)
    exporter.end()
    return exporter.written


async def export_file(
    path: Path,
    rows: AsyncIterator[dict[str, Any]],
    format: ExportFormat,
    columns: Sequence[str],
    *,
    stopped: Callable[[], bool] = lambda: False,
) -> int | None:
    """Write every row of `rows` to a new private file; how many. None when it was stopped: then no file is left, nor
    is one after an error."""
    whole = False
    try:
        stream = create_new(path)
    except OSError as error:
        raise DyntuiError(f"{path} cannot be written: {error.strerror}.", hint="Name another file.") from error
    try:
        with stream:
            written = await export(rows, Exporter(stream, format, columns))
        whole = not stopped()
    except OSError as error:
        raise DyntuiError(f"{path} cannot be written: {error.strerror}.", hint="Make room, or name another.") from error
    finally:
        if not whole:
            await asyncio.to_thread(path.unlink, missing_ok=True)
    return written if whole else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode() if value else ""
    return str(value)
