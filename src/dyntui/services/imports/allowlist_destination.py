"""Send rows as allowlist entries, one request for each, and look entries up; used by the import runner and the
pre-check.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence

from dyntui.core.json_types import as_object
from dyntui.importer import entry_keys
from dyntui.services.access.entry_search import SEARCHED, is_searched
from dyntui.services.imports.destination import BatchRequest, FoundRow, SendQueue, ServerReader
from dyntui.services.imports.response_outcome import ResponseOutcome
from dyntui.services.imports.server_reader import read_pages
from dyntui.store.journal import JournalOutcome, WorkRow
from dyntui.store.states import RowState

__all__ = ["EntryDestination"]

ENTRY = SendQueue(0, "postEntryByAllowlistId", max_rows=1)


class EntryDestination:
    """Rows become entries of one allowlist. An entry that exists already has the row outcome `exists`."""

    noun = "entry"
    queues: tuple[SendQueue, ...] = (ENTRY,)
    list_operation = "getEntriesByAllowlistId"

    def __init__(self, allowlist_id: str) -> None:
        self._path = {"allowlistId": allowlist_id}

    def build_request(self, queue: SendQueue, rows: Sequence[WorkRow]) -> BatchRequest:
        (row,) = rows
        return BatchRequest(queue.operation, row.body, path=self._path)

    def read_response(
        self, queue: SendQueue, rows: Sequence[WorkRow], response: ResponseOutcome
    ) -> list[JournalOutcome]:
        entry = response.document
        if isinstance(entry, Mapping):
            entry = entry.get("entry", entry)
        if not isinstance(entry, Mapping) or not isinstance(entry.get("id"), str):
            return []
        return [JournalOutcome(rows[0].number, RowState.CREATED, entry["id"])]

    def can_search(self, row: WorkRow) -> bool:
        return is_searched(row.document)

    async def find(self, read_server: ServerReader, row: WorkRow, *, thorough: bool = False) -> list[FoundRow]:
        keys = set(row.key_list)
        body = row.document
        out: dict[str, FoundRow] = {}
        for value in (str(body[name]) for name in SEARCHED if body.get(name)):
            # The server may compare exactly, and may store what it was sent or its lower-case form.
            for form in dict.fromkeys((value, value.lower())):
                async for page in read_pages(
                    read_server, self.list_operation, "entries", path=self._path, query={"query": form}
                ):
                    for entry in page:
                        if keys & set(entry_keys(entry)):
                            found = self.to_found_row(entry, row)
                            out[found.id] = found
        return list(out.values())

    async def count(self, read_server: ServerReader) -> int | None:
        answer = await read_server(self.list_operation, path=self._path, query={"limit": 1})
        count = as_object(answer).get("count")
        return int(count) if isinstance(count, (int, float)) else None

    def list_all(self, read_server: ServerReader) -> AsyncIterator[list[Mapping[str, object]]]:
        return read_pages(read_server, self.list_operation, "entries", path=self._path)

    async def list_newest(
        self, read_server: ServerReader, max_rows: int | None = None
    ) -> AsyncGenerator[list[Mapping[str, object]], None]:
        nothing: list[list[Mapping[str, object]]] = []  # entries have no time of creation
        for page in nothing:
            yield page

    def to_found_row(self, document: Mapping[str, object], row: WorkRow) -> FoundRow:
        return FoundRow(str(document.get("id", "")), None, None, row.key_list[0] in entry_keys(document), document)

    def created_at(self, document: Mapping[str, object]) -> int | None:
        return None

    def keys_of(self, document: Mapping[str, object]) -> set[str]:
        return set(entry_keys(document))

    def diff(self, document: Mapping[str, object], body: Mapping[str, object]) -> dict[str, tuple[object, object]]:
        return {}
