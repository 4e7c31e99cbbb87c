"""What the runner needs to know about where rows go, so that users and allowlist entries run on one machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dyntui.services.imports.response_outcome import RETRYABLE_CODES, ResponseOutcome
from dyntui.store.journal import JournalOutcome, WorkRow
from dyntui.store.states import RowState

__all__ = [
    "BatchRequest",
    "Destination",
    "FoundRow",
    "LookupInconclusive",
    "SendQueue",
    "ServerReader",
    "find_in_list",
    "is_taken",
    "refused_row_outcome",
]


class ServerReader(Protocol):
    """Read something from the server; raises an ApiProblem."""

    def __call__(
        self, operation: str, *, path: Mapping[str, object] | None = None, query: Mapping[str, object] | None = None
    ) -> Awaitable[Any]: ...


class LookupInconclusive(Exception):
    """The server's answers do not tell whether a row is there; the message says why. The row goes to review."""


@dataclass(frozen=True, slots=True)
class SendQueue:
    """Rows that travel alike. number: as in the journal. at_most: rows in a request, None for as many as is set."""

    number: int
    operation: str
    max_rows: int | None = None


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A request, ready to leave."""

    operation: str
    content: bytes
    path: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """Something on the server that has a key of a row. created, updated: ms at the server, None when it does not say.

    primary: whether it has the row's first key, which is what the row is about.
    """

    id: str
    created_ms: int | None
    updated_ms: int | None
    has_first_key: bool
    document: Mapping[str, Any]


class Destination(Protocol):
    """Where rows go. noun: `user`, as in messages."""

    noun: str
    queues: tuple[SendQueue, ...]

    def build_request(self, queue: SendQueue, rows: Sequence[WorkRow]) -> BatchRequest:
        """The request that sends these rows."""
        ...

    def read_response(
        self, queue: SendQueue, rows: Sequence[WorkRow], response: ResponseOutcome
    ) -> list[JournalOutcome]:
        """What a successful answer says of each row that can be recognised in it."""
        ...

    def can_search(self, row: WorkRow) -> bool:
        """Whether the server's search looks at what the row is known by; rows that it does not find are looked for by
        reading everything (`find_in_list`)."""
        ...

    async def find(self, read_server: ServerReader, row: WorkRow, *, thorough: bool = False) -> list[FoundRow]:
        """What is on the server and has a key of the row, compared exactly here. Empty: it is not there.

        Unless thorough, the search ends with whoever has the row's first key.
        """
        ...

    async def count(self, read_server: ServerReader) -> int | None:
        """How many there are on the server; None when it does not say."""
        ...

    def list_all(self, read_server: ServerReader) -> AsyncIterator[list[Mapping[str, Any]]]:
        """All there are on the server, page by page; some may come twice."""
        ...

    def list_newest(self, read_server: ServerReader) -> AsyncIterator[list[Mapping[str, Any]]]:
        """The same, latest first; nothing when the server cannot give them so."""
        ...

    def to_found_row(self, document: Mapping[str, Any], row: WorkRow) -> FoundRow:
        """Something on the server that has a key of the row."""
        ...

    def created_at(self, document: Mapping[str, Any]) -> int | None:
        """When it was created (ms at the server); None when it does not say."""
        ...

    def keys_of(self, document: Mapping[str, Any]) -> set[str]:
        """Every natural key of something on the server."""
        ...

    def diff(self, document: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """What sending a row would change in something that is there: field to (now, then)."""
        ...


async def find_in_list(
    destination: Destination, read_server: ServerReader, rows: Sequence[WorkRow]
) -> dict[int, list[FoundRow]]:
    """What is on the server and has a key of one of these rows, by row number: everything is read, once for all."""
    by_key: dict[str, list[WorkRow]] = {}
    for row in rows:
        for key in row.key_list:
            by_key.setdefault(key, []).append(row)
    found: dict[int, dict[str, FoundRow]] = {}
    if by_key:
        async for page in destination.list_all(read_server):
            for document in page:
                for row in (row for key in destination.keys_of(document) for row in by_key.get(key, ())):
                    one = destination.to_found_row(document, row)
                    found.setdefault(row.number, {})[one.id] = one
    return {number: list(each.values()) for number, each in found.items()}


_KINDS = {
    "email": ("email", "email"),
    "phone": ("phone", "phoneNumber"),
    "username": ("username", "username"),
    "social": ("oauth", "oauthAccounts"),
    "wallet": ("wallet", "wallets"),
    "metadata": ("", "metadata"),
    "country": ("", "country"),
}
_TAKEN_PARTS = ("already", "exists", "not_unique", "linked", "reassign", "tied_to")


def is_taken(code: str) -> bool:
    """Whether an error code says that something of the row is there already: `email_already_exists` and its kin."""
    return any(part in code for part in _TAKEN_PARTS)


def refused_row_outcome(row: WorkRow, code: str, message: str) -> JournalOutcome:
    """What becomes of a row that the server refused by itself, with its own error code.

    A row that was sent before may meet its own earlier attempt: `already exists` then says nothing yet.
    """
    kind, field = next((found for part, found in _KINDS.items() if part in code), ("", ""))
    if code in RETRYABLE_CODES:
        return JournalOutcome(row.number, RowState.PENDING, "", code, field, message)
    if is_taken(code):
        if row.attempts:
            return JournalOutcome(row.number, RowState.UNKNOWN, "", code, field, message)
        primary = row.keys.partition(":")[0]
        # A code that names no field is not about the row's first key where the check found another value taken.
        if kind == primary or (not kind and row.precheck != "taken"):
            return JournalOutcome(row.number, RowState.EXISTS, "", code, field, message)
    return JournalOutcome(row.number, RowState.FAILED, "", code, field, message)
