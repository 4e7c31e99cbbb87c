"""Look up rows whose response was lost.

The newest users are listed once when that takes fewer requests than a look-up for each row; rows that the list does
not settle are looked up one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from dyntui.services.imports.destination import (
    Destination,
    FoundRow,
    LookupInconclusive,
    ServerReader,
    find_in_list,
    is_taken,
)
from dyntui.services.imports.precheck import PRECHECKED
from dyntui.services.imports.reconcile import resolve_row
from dyntui.store.journal import Journal, JournalOutcome, WorkRow
from dyntui.store.states import RowState

if TYPE_CHECKING:
    from dyntui.api.errors import ApiProblem

__all__ = ["ACCEPTS_IDS", "Recovery"]

ACCEPTS_IDS = "ids_kept"
"""The fact that is false once the server gave a row another id than the one it was sent with."""

_WORTH_A_WALK = 8
_PAGE = 100
_MARGIN_MS = 1000


class Recovery:
    """Settles the unknown rows of one job."""

    def __init__(
        self, journal: Journal, destination: Destination, read_server: ServerReader, upsert: bool = False
    ) -> None:
        self._journal = journal
        self._destination = destination
        self._read_server = read_server
        self._upsert = upsert

    async def recover(self, rows: Sequence[WorkRow]) -> ApiProblem | None:
        """Settle these rows. Returns the problem that prevented some look-ups, or None."""
        from dyntui.api.errors import ApiProblem, FilterUnsupported

        if PRECHECKED in self._journal.facts:
            rows = [row if row.precheck else row._replace(precheck="new") for row in rows]
        try:
            rows = await self._resolve_from_newest(rows)
            rows = await self._resolve_from_list(rows)
        except ApiProblem as problem:
            return problem
        outcomes: list[JournalOutcome] = []
        failure = None
        unsearched: list[WorkRow] = []

        async def look_up(row: WorkRow) -> JournalOutcome | ApiProblem | None:
            try:
                return await self._look_up(row)
            except FilterUnsupported:
                unsearched.append(row)
                return None
            except ApiProblem as problem:
                return problem

        run = self._read_server.open_run(self._destination.list_operation)
        try:
            async for result in run.in_order(rows, look_up):
                if isinstance(result, ApiProblem):
                    failure = result
                elif result is not None:
                    outcomes.append(result)
        finally:
            self._journal.settle(RowState.UNKNOWN, outcomes)
        if unsearched:
            try:
                await self._read_list(unsearched)
            except ApiProblem as problem:
                return problem
        return failure

    async def _look_up(self, row: WorkRow) -> JournalOutcome:
        try:
            found = await self._destination.find(self._read_server, row)
        except LookupInconclusive as undecided:
            return JournalOutcome(row.number, RowState.REVIEW, "", "undecided", "", str(undecided))
        return self._resolve(row, found)

    def _resolve(self, row: WorkRow, found: Sequence[FoundRow]) -> JournalOutcome:
        if row.chosen_id and not found and not self._journal.facts.get(ACCEPTS_IDS, True):
            message = "The response was lost, and the server does not keep the id that the row was sent with."
            return JournalOutcome(row.number, RowState.REVIEW, "", "no_key", "", message)
        return resolve_row(row, found, self._destination, upsert=self._upsert)

    async def _resolve_from_newest(self, rows: Sequence[WorkRow]) -> Sequence[WorkRow]:
        """Settle rows from one pass over the newest objects; return the rows that need their own look-up."""
        since = min((row.first_sent for row in rows if row.first_sent is not None), default=None)
        if since is None or len(rows) < _WORTH_A_WALK:
            return rows
        pages = self._journal.settled_since(since) // _PAGE + 2
        if pages > len(rows) // 2:
            return rows
        found, complete = await self._find_in_newest(rows, since - _MARGIN_MS, 2 * pages * _PAGE)
        outcomes: list[JournalOutcome] = []
        left: list[WorkRow] = []
        for row in rows:
            if (there := found.get(row.number)) is not None and there.has_first_key:
                outcomes.append(self._resolve(row, [there]))
            elif there is None and complete and row.precheck == "new" and not is_taken(row.code):
                # It was not there before, and nothing that came since is it.
                outcomes.append(self._resolve(row, []))
            else:
                left.append(row)
        self._journal.settle(RowState.UNKNOWN, outcomes)
        return left

    async def _resolve_from_list(self, rows: Sequence[WorkRow]) -> Sequence[WorkRow]:
        """Settle the rows that no search finds by reading the whole list; return the other rows."""
        unsearched = [row for row in rows if row.keys and not self._destination.can_search(row)]
        if not unsearched:
            return rows
        await self._read_list(unsearched)
        settled = {row.number for row in unsearched}
        return [row for row in rows if row.number not in settled]

    async def _read_list(self, rows: Sequence[WorkRow]) -> None:
        """Settle rows with keys by reading the whole list."""
        found = await find_in_list(self._destination, self._read_server, rows)
        outcomes = [self._resolve(row, found.get(row.number, [])) for row in rows]
        self._journal.settle(RowState.UNKNOWN, outcomes)

    async def _find_in_newest(
        self, rows: Sequence[WorkRow], since: int, max_rows: int
    ) -> tuple[dict[int, FoundRow], bool]:
        """Return the objects created since then by row number, and whether all of them were seen.

        max_rows: the maximum of objects to read.
        """
        by_key: dict[str, WorkRow] = {key: row for row in rows for key in row.key_list}
        by_key |= {f"id:{row.chosen_id}": row for row in rows if row.chosen_id}
        out: dict[int, FoundRow] = {}
        newest: int | None = None
        pages = count = 0
        async with aclosing(self._destination.list_newest(self._read_server, max_rows)) as found:
            async for page in found:
                times: list[int] = []
                for document in page:
                    created = self._match(document, by_key, out)
                    if created is None or (times and created > times[-1]):
                        return out, False  # not in the requested order
                    times.append(created)
                if times and newest is not None and times[0] > newest:
                    return out, False
                if times and times[-1] < since:
                    return out, True
                newest = times[0] if times else newest
                pages += 1
                count += len(page)
        return out, pages > 0 and count < max_rows

    def _match(
        self, document: Mapping[str, object], by_key: Mapping[str, WorkRow], out: dict[int, FoundRow]
    ) -> int | None:
        keys = self._destination.keys_of(document) | {f"id:{document.get('id')}"}
        for number, row in {row.number: row for key in keys if (row := by_key.get(key)) is not None}.items():
            found = self._destination.to_found_row(document, row)
            if number not in out or found.has_first_key:
                out[number] = found
        return self._destination.created_at(document)
