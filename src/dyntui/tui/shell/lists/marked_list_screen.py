"""Marking rows beyond those in view: ranges, and all rows of a filter, which are read with a progress dialog."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from textual import on

from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.console_state import NOT_OPEN
from dyntui.tui.shell.lists.local_list_screen import LocalListScreen

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.services.actions.resource_changes import Change
    from dyntui.services.actions.write_types import WriteResults
    from dyntui.services.lists.list_source import ScannedRow
    from dyntui.tui.shell.lists.scan_dialog import ScanDialog

__all__ = ["MarkedListScreen"]


class MarkedListScreen(LocalListScreen):
    """A list whose rows are marked by id, whether they are in view or not."""

    def rows_of(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows with these ids: from memory, else from the row cache, else a row with only the id."""
        view, cache = self.table.view, self.view.cached if self.view is not None else None
        rows: dict[str, Row] = {}
        for row_id in ids:
            index = view.index_of(row_id)
            row = view.get(index) if index is not None else None
            if row is not None:
                rows[row_id] = row
        missing = [row_id for row_id in ids if row_id not in rows]
        for start in range(0, len(missing), 500):
            if cache is None:
                break
            part = missing[start : start + 500]
            rows |= {row_id: row for row_id, row in zip(part, cache.rows(part), strict=True) if row is not None}
        return [rows.get(row_id, {self.record.key: row_id}) for row_id in ids]

    @property
    def marked(self) -> list[Row]:
        """The marked rows in the order of the list, those that are not loaded last; else the row under the cursor."""
        table = self.table
        indexes = {row_id: table.view.index_of(row_id) for row_id in table.marks}
        rows = self.rows_of(sorted(indexes, key=lambda row_id: (indexes[row_id] is None, indexes[row_id] or 0, row_id)))
        return rows or ([table.row] if table.row is not None else [])

    def update_marks(self, results: WriteResults, unfinished_ids: Collection[str] | None = None) -> None:
        """Update the marks after an action: all rows stay marked, or only the unfinished ones when there are some.

        Rows for which the server has accepted the action are unmarked, so that it is not sent again.

        unfinished_ids: the ids of the rows for which the action was not done; those of the results by default.
        """
        if results.remaining:
            if unfinished_ids is None:
                unfinished_ids = {target.id for target in results.remaining}
            self.table.marks &= set(unfinished_ids)
        self.table.marks -= results.accepted_ids
        self.marks_after_action = frozenset(self.table.marks)
        self.table.repaint()
        self.refresh_status()

    def server_changed(self, change: Change) -> None:
        """Unmark the rows that were deleted."""
        super().server_changed(change)
        if self.is_mounted and (deleted := self.table.marks.intersection(change.deleted.get(self.record.name, ()))):
            self.table.marks -= deleted
            self.marks_after_action -= deleted
            self.table.repaint()

    def mark_all_disabled_reason(self) -> str | None:
        if self.search is None and self.console.session.connection is None:
            return NOT_OPEN
        return self.table.mark_disabled_reason()

    def action_mark_all(self) -> None:
        view = self.view
        assert view is not None
        if self.search is not None:
            self._mark(self.search.ids)
        elif view.is_complete:
            self._mark([str(row.get(self.record.key, "")) for row in view.loaded_rows()])
        else:
            from dyntui.services.thread_loop import run_in_thread

            connection = self.console.session.connection
            assert connection is not None

            async def ids(client: Client) -> AsyncGenerator[tuple[str, int, int | None], None]:
                async with aclosing(self.scan_rows(client)) as found:
                    async for scanned in found:
                        yield str(scanned.row.get(self.record.key, "")), scanned.seen, scanned.reported

            async def read(dialog: ScanDialog) -> list[str] | None:
                async with connection.new_client() as client:
                    return await _collect_ids(ids(client), dialog)

            title = "Mark All That Match" if self.filter_text else "Mark All"
            self._scan_and_mark(title, lambda dialog: run_in_thread(lambda: read(dialog)))

    def scan_rows(self, client: Client) -> AsyncGenerator[ScannedRow, None]:
        """Yield every row of the list, with a client of any event loop."""
        from dyntui.services.lists.filtered_list import scan_matching

        query = self.view.query if self.view else None
        return scan_matching(client, self.record, parent=self.parent_id, query=query)

    @on(Table.RangeRequested)
    def _range_requested(self, event: Table.RangeRequested) -> None:
        from dyntui.services.bulk import BulkRun

        view, connection = self.displayed_view(), self.console.session.connection
        if view is None or connection is None:
            return
        count = event.last + 1 - event.first
        run = BulkRun(connection.client, self.record.list.operation)

        async def ids() -> AsyncGenerator[tuple[str, int, int | None], None]:
            seen = 0
            async with aclosing(view.ids(run, event.first, event.last)) as found:
                async for row_id in found:
                    seen += 1
                    yield row_id, seen, count

        self._scan_and_mark(f"Mark {quantity(count, 'Row')}", lambda dialog: _collect_ids(ids(), dialog))

    def _scan_and_mark(self, title: str, work: Callable[[ScanDialog], Awaitable[list[str] | None]]) -> None:
        from dyntui.tui.shell.lists.scan_dialog import scan_with_progress

        def then(found: list[str] | None) -> None:
            if found is None:
                self.console.notify("Stopped. No rows were marked.", "warning")
            elif self.is_mounted:
                self._mark(found)

        scan_with_progress(self.console, title, work, then)

    def _mark(self, ids: Sequence[str]) -> None:
        self.table.mark(ids)
        self.refresh_status()
        self.console.notify(f"{quantity(len(ids), 'row')} marked")


async def _collect_ids(ids: AsyncGenerator[tuple[str, int, int | None], None], dialog: ScanDialog) -> list[str] | None:
    """Return the ids, or None when it was stopped. ids: each with the number of rows so far, and their total."""
    found: list[str] = []
    async with aclosing(ids):
        async for row_id, seen, total in ids:
            if dialog.stopped:
                return None
            dialog.show(seen, total)
            found.append(row_id)
    return found
