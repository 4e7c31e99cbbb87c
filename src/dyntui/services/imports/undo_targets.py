"""What undo needs to know about the users or entries of a job: how to read them again, what counts as a change, how
to delete.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

from dyntui.core.json_types import Row, as_object, as_objects
from dyntui.core.times import parse_time
from dyntui.importer import entry_keys
from dyntui.resources.action import ResourceAction
from dyntui.services.actions.registry import declaration
from dyntui.services.imports.destination import ServerReader
from dyntui.services.imports.server_reader import read_pages
from dyntui.services.imports.user_destination import updated_at, user_keys
from dyntui.store.journal import KEY_SEPARATOR, Journal
from dyntui.store.journal_types import row_document
from dyntui.store.undo_journal import CreatedRow

__all__ = ["UndoTarget", "undo_labels", "undo_target_for"]

_SLACK_S = 5.0


class UndoTarget(Protocol):
    """The kind of object that a job created."""

    noun: str
    plural: str
    action: ResourceAction
    """The action that deletes the objects."""
    parameter: str
    """The path parameter of its operation."""
    read_size: int
    """For how many rows `read` is called right before they are deleted."""

    async def read(self, read_server: ServerReader, rows: Sequence[CreatedRow]) -> dict[str, Row]:
        """Return the current objects of these rows by id; deleted ones are missing."""
        ...

    def list_pages(self, read_server: ServerReader) -> AsyncGenerator[list[Row], None]:
        """Iterate over all objects at the server page by page."""
        ...

    def changed_reason(self, document: Row, row: CreatedRow) -> str:
        """Return how the object differs from what the import created; "" when it does not."""
        ...


def undo_target_for(journal: Journal) -> UndoTarget:
    """Return the kind of object that this job created."""
    return _EntryTarget(str(journal.facts["allowlist"]["id"])) if journal.kind == "allowlist" else _UserTarget()


def undo_labels(kind: str) -> type[UndoTarget]:
    """Return the class with noun, plural and warning for jobs of a kind (`users`, `allowlist`)."""
    return _EntryTarget if kind == "allowlist" else _UserTarget


class _UserTarget:
    noun = "user"
    plural = "users"
    action = declaration("users.import-undo").action
    parameter = "userId"
    read_size = 1

    async def read(self, read_server: ServerReader, rows: Sequence[CreatedRow]) -> dict[str, Row]:
        from dyntui.api.errors import NotFound

        found: dict[str, Row] = {}
        for row in rows:
            try:
                answer = await read_server("getUser", path={"userId": row.user_id})
            except NotFound:
                continue
            found[row.user_id] = as_object(as_object(answer).get("user", answer))
        return found

    def list_pages(self, read_server: ServerReader) -> AsyncGenerator[list[Row], None]:
        return read_pages(
            read_server, "getEnvironmentUsers", "users", order="createdAt-asc", query={"includeSessions": True}
        )

    def changed_reason(self, document: Row, row: CreatedRow) -> str:
        if sessions := len(as_objects(document.get("sessions"))):
            return f"has signed in ({sessions} sessions)"
        wallets = {key for key in user_keys(document) if key.startswith("wallet:")}
        if new := wallets - set(row.keys.split(KEY_SEPARATOR)):
            return f"has new wallets ({len(new)})"
        stamp = updated_at(document)
        if row.stamp:
            return f"was changed at {stamp}" if stamp != row.stamp else ""
        created, updated = parse_time(document.get("createdAt")), parse_time(stamp)
        if created and updated and (updated - created).total_seconds() > _SLACK_S:
            return f"was changed at {stamp}"
        return ""


class _EntryTarget:
    noun = "entry"
    plural = "entries"
    action = declaration("allowlists.import-undo").action
    parameter = "allowlistEntryId"
    read_size = 1000
    """Entries cannot be changed through the API: the list is read once for many deletions."""

    def __init__(self, list_id: str) -> None:
        self._path = {"allowlistId": list_id}

    async def read(self, read_server: ServerReader, rows: Sequence[CreatedRow]) -> dict[str, Row]:
        # The API reads no entry by its id, and its search does not look at every kind of identifier.
        user_ids = {row.user_id for row in rows}
        found: dict[str, Row] = {}
        async with aclosing(self.list_pages(read_server)) as pages:
            async for page in pages:
                found |= {str(entry["id"]): entry for entry in page if entry.get("id") in user_ids}
                if len(found) == len(user_ids):
                    break
        return found

    def list_pages(self, read_server: ServerReader) -> AsyncGenerator[list[Row], None]:
        return read_pages(read_server, "getEntriesByAllowlistId", "entries", path=self._path)

    def changed_reason(self, document: Row, row: CreatedRow) -> str:
        alias = row_document(row.row, row.body).get("alias") or ""
        if (document.get("alias") or "") != alias:
            return "has another alias now"
        same = not set(entry_keys(document)).isdisjoint(row.keys.split(KEY_SEPARATOR))
        return "" if same else "identifies another user now"
