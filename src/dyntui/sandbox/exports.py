"""Exports: CSV files of all users or visitors, made in the background, with a signed download URL that expires."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

import orjson

from dyntui.sandbox.clock import Clock
from dyntui.sandbox.store import Document, Store
from dyntui.sandbox.user_record import Record
from dyntui.sandbox.user_repository import UserFilter, UserRepository

__all__ = ["PREFIX", "USER_COLUMNS", "VISITOR_COLUMNS", "Exports", "PendingExport"]
PREFIX = "/__exports__/"
_PAGE = 500
_IN_MEMORY = 4 << 20
USER_COLUMNS = (
    "id", "createdAt", "updatedAt", "firstVisit", "lastVisit", "email", "alias", "firstName", "lastName", "username",
    "phoneNumber", "jobTitle", "team", "tShirtSize", "country", "policiesConsent", "walletPublicKey", "wallet", "chain",
    "lists", "scope", "metadata",
)  # fmt: skip
VISITOR_COLUMNS = ("id", "createdAt", "address", "chain", "walletName", "provider")


@dataclass(slots=True)
class PendingExport:
    """One export, pending or completed."""

    started: int | None = None
    """When it started, in ms since 1970; None before."""
    completed: int | None = None
    """When it was completed, in ms since 1970; None before."""
    file: IO[bytes] = field(
        default_factory=lambda: tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 Exports closes it
    )
    lock: threading.Lock = field(default_factory=threading.Lock)


class Exports:
    """The exports of one run of the sandbox. Their files are removed when the sandbox is closed."""

    def __init__(self, store: Store, users: UserRepository, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._clock = clock
        self._users = users
        self._secret = secret
        self._made: dict[str, PendingExport] = {}
        self._stopped = threading.Event()

    def start(self, id: str, delay_s: float, columns: Sequence[str], rows: Callable[[], Iterable[Document]]) -> None:
        """Make the CSV file of the export with that id in the background, after a delay.

        rows: returns the rows as the API shows them.
        """
        export = self._made[id] = PendingExport()
        arguments = (export, delay_s, columns, rows)
        threading.Thread(target=self._write_file, args=arguments, name=f"export {id}", daemon=True).start()

    def get(self, id: str) -> PendingExport | None:
        """Return the export with an id; None when this run has not made it."""
        return self._made.get(id)

    def close(self) -> None:
        """Stop the pending exports and remove all files."""
        self._stopped.set()
        for export in self._made.values():
            with export.lock:
                export.file.close()

    def _write_file(
        self, export: PendingExport, delay_s: float, columns: Sequence[str], rows: Callable[[], Iterable[Document]]
    ) -> None:
        if self._stopped.wait(delay_s):
            return
        export.started = self._clock.now()
        with export.lock:
            export.file.write(_csv_line(columns))
            for row in rows():
                if self._stopped.is_set():
                    return
                export.file.write(_csv_line(_csv_cell(row.get(name)) for name in columns))
        export.completed = self._clock.now()

    def path(self, id: str, lifetime_s: int) -> str:
        """Return the signed path of the file, which expires after `lifetime_s` seconds."""
        expires = int(time.time()) + lifetime_s
        return f"{PREFIX}{id}/{expires}-{self._sign(id, expires)}.csv"

    def open(self, path: str) -> Iterator[bytes] | int:
        """Return the file of a signed path in pieces, or the HTTP status of a refusal."""
        id, _, name = path.removeprefix(PREFIX).partition("/")
        expires, _, signature = name.removesuffix(".csv").partition("-")
        export = self._made.get(id)
        if not (expires.isascii() and expires.isdigit()) or export is None or export.completed is None:
            return 404
        if not hmac.compare_digest(signature.encode(), self._sign(id, int(expires)).encode()):
            return 403
        return _read_pieces(export) if int(expires) >= time.time() else 403

    def _sign(self, id: str, expires: int) -> str:
        return hmac.new(self._secret, f"{id} {expires}".encode(), hashlib.sha256).hexdigest()

    def users(self, serialize: Callable[[Record, int], Document]) -> Iterator[Document]:
        """Yield all users. `serialize` returns the API user for a record and its position."""
        offset = 0
        while True:
            with self._store.lock:
                if self._stopped.is_set():
                    return
                _, positions = self._users.page(UserFilter(), "createdAt-asc", offset, _PAGE)
                records = self._users.load_many(positions)
                users = [serialize(records[position], position) for position in positions]
            if not users:
                return
            yield from users
            offset += len(users)


def _csv_line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value)
    return orjson.dumps(value).decode() if isinstance(value, (dict, list)) else str(value)


def _read_pieces(export: PendingExport) -> Iterator[bytes]:
    with export.lock:
        size = export.file.seek(0, io.SEEK_END)
    for start in range(0, size, 1 << 16):
        with export.lock:
            export.file.seek(start)
            piece = export.file.read(1 << 16)
        yield piece
