"""Export users or wallets to a new file: the marked rows, those of the filter, or all."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.core.text import quantity, safe
from dyntui.core.typed_path import PathRule, free_name, to_path
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.shell.lists.scan_dialog import ScanDialog, scan_with_progress

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.resources.resource import Resource
    from dyntui.services.lists.list_source import ScannedRow
    from dyntui.tui.shell.lists.marked_list_screen import MarkedListScreen

__all__ = ["FORMATS", "ExportName", "open_export_dialog"]

FORMATS = {
    "csv": "CSV, safe in a spreadsheet",
    "csv-exact": "CSV, raw values",
    "ndjson": "NDJSON",
    "json": "JSON",
}
"""The formats of every export: value -> label."""
_LIST_FORMATS = {**FORMATS, "shown": "CSV, safe, only the shown columns"}
_ENDINGS = {"ndjson": ".ndjson", "json": ".json"}
"""The endings of file names by format; those of all others are `.csv`."""


class ExportName:
    """The file name that an export form proposes: new, and with the ending of the chosen format."""

    def __init__(self, stem: str) -> None:
        """stem: the name without its ending."""
        self._stem = stem
        self.text = free_name(stem, _ending("csv"))
        """The name that is proposed now."""

    def follow_format(self, values: Values) -> dict[str, str]:
        """Return the file for the chosen format. In a name that was typed, only a known ending is replaced."""
        typed, ending = values["path"].strip(), _ending(values["format"])
        if typed == self.text:
            self.text = free_name(self._stem, ending)
            return {"path": self.text}
        path = Path(typed)
        is_known = path.suffix.lower() in (".csv", *_ENDINGS.values()) and path.suffix != ending
        return {"path": f"{typed.removesuffix(path.suffix)}{ending}"} if is_known else {}


def _ending(chosen: str) -> str:
    return _ENDINGS.get(chosen, ".csv")


def open_export_dialog(screen: MarkedListScreen) -> None:
    """Ask which rows to export, the format and the file; then export them with a progress dialog."""
    name = screen.record.name
    marked = len(screen.table.marks)
    marked_ids = [str(row[screen.record.key]) for row in screen.marked]
    what = {"marked": f"the {marked:,} marked rows" if marked > 1 else "the marked row"} if marked else {}
    if screen.filter_text:
        what["filter"] = f"rows that match {safe(screen.filter_text, 40)}"
    if screen.search is not None and screen.search.query.text:
        what["search"] = f"the {quantity(len(screen.search.ids), 'row')} of the local search"
    what["all"] = f"all {name}"
    file = ExportName(name)
    fields = (
        FormInput("what", "rows", next(iter(what)), what),
        FormInput("format", "format", "csv", _LIST_FORMATS),
        FormInput("path", "file", file.text, help="Must be a new file.", path=PathRule(is_new=True)),
    )

    def filled(values: Values) -> None:
        _start_export(screen, marked_ids, values)

    form = FormDialog(f"Export {screen.record.title}", fields, on_choice=file.follow_format, verb="export")
    screen.console.ask_then(form, filled)


def _start_export(screen: MarkedListScreen, marked_ids: Sequence[str], values: Values) -> None:
    console, path = screen.console, to_path(values["path"])
    connection = console.session.connection
    if connection is None:
        return
    what, missing = values["what"], list[str]()
    ids = marked_ids if what == "marked" else ()
    if what == "search" and screen.search is not None:
        ids = screen.search.ids
    columns = [column.field for column in screen.shown_columns if column.field] if values["format"] == "shown" else ()
    by_id = what in ("marked", "search")
    cached_rows = screen.rows_of(ids) if by_id else ()
    query = screen.view.query if what == "filter" and screen.view is not None else None

    async def export(dialog: ScanDialog) -> int | None:
        from dyntui.services.lists.filtered_list import scan_matching

        async with connection.new_client() as client:
            rows = (
                _read_rows(client, screen.record, ids, cached_rows, missing)
                if by_id
                else scan_matching(client, screen.record, query=query)
            )
            return await _write(path, values["format"], screen.record.name, rows, dialog, columns)

    async def work(dialog: ScanDialog) -> int | None:
        from dyntui.services.thread_loop import run_in_thread

        return await run_in_thread(lambda: export(dialog))

    def done(written: int | None) -> None:
        if written is None:
            console.notify("Stopped. No file was written.", "warning")
        else:
            verb = "exists" if len(missing) == 1 else "exist"
            omitted = f", {quantity(len(missing), 'marked row')} no longer {verb}" if missing else ""
            console.notify(
                f"{quantity(written, screen.record.singular, screen.record.name)} exported to {path}{omitted}",
                "warning" if missing else "information",
            )

    scan_with_progress(console, f"Export to {path.name}", work, done)


async def _read_rows(
    client: Client, record: Resource, ids: Sequence[str], cached_rows: Sequence[Row], missing: list[str]
) -> AsyncGenerator[ScannedRow, None]:
    """Yield the rows with these ids, with the fields that only the list has.

    cached_rows: the row of each id as the list shows it. missing: gets the ids of rows that no longer exist.
    """
    from dyntui.api.errors import NotFound
    from dyntui.services.actions.resource_actions import read_one
    from dyntui.services.bulk import BulkRun
    from dyntui.services.lists.list_source import ScannedRow

    async def read(item: tuple[str, Row]) -> Row | None:
        row_id, cached_row = item
        try:
            return {**cached_row, **await read_one(client, record, row_id)}
        except NotFound:
            if cached_row.get("deletedAt"):
                return cached_row  # a deleted wallet is only in the list
            missing.append(row_id)
            return None

    run, number = BulkRun(client, record.detail), 0
    async with aclosing(run.in_order(zip(ids, cached_rows, strict=True), read)) as rows:
        async for row in rows:
            number += 1
            if row is not None:
                yield ScannedRow(row, number, len(ids))


async def _write(
    path: Path,
    kind: str,
    name: str,
    found: AsyncGenerator[ScannedRow, None],
    dialog: ScanDialog,
    columns: Sequence[str],
) -> int | None:
    """Write the rows to a new file; return their number, or None when it was stopped.

    columns: fields of a CSV; the default fields when it is empty.
    """
    from dyntui.services.exports import USER_FIELDS, WALLET_FIELDS, ExportFormat, export_file

    fields = columns or (WALLET_FIELDS if name == "wallets" else USER_FIELDS)

    async def rows() -> AsyncIterator[Row]:
        async with aclosing(found):
            async for scanned in found:
                if dialog.stopped:
                    return
                dialog.show(scanned.seen, scanned.reported)
                yield scanned.row

    chosen = ExportFormat("csv" if kind == "shown" else kind)
    return await export_file(path, rows(), chosen, fields, stopped=lambda: dialog.stopped)
