"""The interface between the import runner and the objects that rows become: users or allowlist entries."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from dyntui.services.imports.response_outcome import RETRYABLE_CODES, ResponseOutcome
from dyntui.store.journal import JournalOutcome, WorkRow
from dyntui.store.states import RowState

if TYPE_CHECKING:
    from dyntui.services.bulk import BulkRun

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
    """Reads from the server."""

    def __call__(
        self, operation: str, *, path: Mapping[str, object] | None = None, query: Mapping[str, object] | None = None
    ) -> Awaitable[object]:
        """Send a read operation and return its decoded response. Raises ApiProblem."""
        ...

    def open_run(self, operation: str) -> BulkRun:
        """Open a run for several requests of an operation."""
        ...


class LookupInconclusive(Exception):
    """The responses do not show whether a row exists. The message says why; the row goes to review."""


@dataclass(frozen=True, slots=True)
class SendQueue:
    """Rows that are sent with the same operation."""

    number: int
    """The number of the queue in the journal."""
    operation: str
    max_rows: int | None = None
    """Rows in one request; None for the batch size of the job."""


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """The operation, body, path parameters and query of one request."""

    operation: str
    content: bytes
    path: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """An object at the server that shares a natural key with a row."""

    id: str
    created_ms: int | None
    """Creation time in milliseconds at the server; None when the server does not say."""
    updated_ms: int | None
    """Time of the last change in milliseconds at the server; None when the server does not say."""
    has_first_key: bool
    """Whether it has the first key of the row, the one that identifies the row."""
    document: Mapping[str, object]


class Destination(Protocol):
    """Where rows go."""

    noun: str
    """The singular noun in messages, such as `user`."""
    queues: tuple[SendQueue, ...]
    list_operation: str
    """The operation that lists and searches the objects."""

    def build_request(self, queue: SendQueue, rows: Sequence[WorkRow]) -> BatchRequest: ...

    def read_response(
        self, queue: SendQueue, rows: Sequence[WorkRow], response: ResponseOutcome
    ) -> list[JournalOutcome]:
        """Return the outcome of each row that a successful response mentions."""
        ...

    def can_search(self, row: WorkRow) -> bool:
        """Return whether the server's search covers the keys of the row. Other rows are found with `find_in_list`."""
        ...

    async def find(self, read_server: ServerReader, row: WorkRow, *, thorough: bool = False) -> list[FoundRow]:
        """Return the objects that have a key of the row, compared exactly on this machine; empty when there is none.

        Unless thorough, the search ends with the first object that has the first key of the row.
        """
        ...

    async def count(self, read_server: ServerReader) -> int | None:
        """Return how many objects the server has; None when it does not say."""
        ...

    def list_all(self, read_server: ServerReader) -> AsyncIterator[list[Mapping[str, object]]]:
        """Iterate over all objects page by page."""
        ...

    def list_newest(
        self, read_server: ServerReader, max_rows: int | None = None
    ) -> AsyncGenerator[list[Mapping[str, object]], None]:
        """Yield the newest objects page by page, the newest first; nothing when the server cannot order them so.

        max_rows: the maximum of objects.
        """
        ...

    def to_found_row(self, document: Mapping[str, object], row: WorkRow) -> FoundRow:
        """Describe an object that has a key of the row."""
        ...

    def created_at(self, document: Mapping[str, object]) -> int | None:
        """Return the creation time in milliseconds at the server; None when the server does not say."""
        ...

    def keys_of(self, document: Mapping[str, object]) -> set[str]:
        """Return every natural key of an object."""
        ...

    def diff(self, document: Mapping[str, object], body: Mapping[str, object]) -> dict[str, tuple[object, object]]:
        """Return what sending the row would change in an existing object: field to (current, new)."""
        ...


async def find_in_list(
    destination: Destination, read_server: ServerReader, rows: Sequence[WorkRow]
) -> dict[int, list[FoundRow]]:
    """Read the whole list once and return the objects that have a key of one of the rows, by row number."""
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
    """Return whether an error code means that the object or a value of it exists already, such as
    `email_already_exists`.
    """
    return any(part in code for part in _TAKEN_PARTS)


def refused_row_outcome(row: WorkRow, code: str, message: str) -> JournalOutcome:
    """Return the outcome of a row that the server refused with its own error code.

    A row that was sent before may collide with its own earlier attempt: it becomes unknown, and recovery decides.
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
