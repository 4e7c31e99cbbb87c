"""Users or wallets into a new file: the marked ones, those of the filter or all; how many were seen of how many."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dyntui.core.text import safe
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.shell.lists.scan_dialog import ScanDialog, scan_with_progress

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Target
    from dyntui.services.connection import Connection
    from dyntui.services.lists.list_source import ScannedRow
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

__all__ = ["open_export_dialog"]

_FORMATS = {
    "csv": "CSV, safe in a spreadsheet",
    "csv-exact": "CSV, raw values",
    "ndjson": "NDJSON",
    "json": "JSON",
    "shown": "CSV, safe, only the columns shown",
}


def open_export_dialog(screen: ResourceScreen, targets: Sequence[Target]) -> None:
    """Ask what, in which format and where to; write it."""
    name = screen.record.name
    marked = len(screen.table.marks)
    what = {"marked": f"the {marked:,} marked" if marked > 1 else "the marked one"} if marked else {}
    if screen.filter_text:
        what["filter"] = f"those that match {safe(screen.filter_text, 40)}"
    if screen.local is not None and screen.local.query.text:
        what["here"] = f"the {len(screen.local.ids):,} found among the rows here"
    what["all"] = f"all {name}"
    fields = (
        FormInput("what", "what", next(iter(what)), what),
        FormInput("format", "format", "csv", _FORMATS),
        FormInput("path", "file", f"{name}.csv", help="A new file; nothing is overwritten."),
    )

    def check(values: Values) -> dict[str, str]:
        if not values["path"].strip():
            return {"path": "The file needs a name."}
        return {"path": "There is such a file already."} if _path(values).exists() else {}

    def filled(values: Values | None) -> None:
        if values is not None:
            _begin(screen, targets, values)

    screen.console.ask(FormDialog(f"Export {name}", fields, check=check, verb="write"), filled)


def _path(values: Values) -> Path:
    return Path(values["path"].strip()).expanduser()


def _begin(screen: ResourceScreen, targets: Sequence[Target], values: Values) -> None:
    console, path = screen.console, _path(values)
    connection = console.session.connection
    if connection is None:
        return
    what, gone = values["what"], list[str]()
    ids: Sequence[str] = [target.id for target in targets] if what == "marked" else ()
    if what == "here" and screen.local is not None:
        ids = screen.local.ids
    columns = [column.field for column in screen.shown_columns if column.field] if values["format"] == "shown" else ()

    async def work(dialog: ScanDialog) -> int | None:
        some = what in ("marked", "here")
        rows = _marked(screen, connection, ids, gone) if some else _scanned(screen, connection, what == "filter")
        return await _write(path, values["format"], screen.record.name, rows, dialog, columns)

    def done(written: int | None) -> None:
        if written is None:
            console.notify("Stopped; nothing was kept.", "warning")
        else:
            words = f"{screen.record.singular} is" if written == 1 else f"{screen.record.name} are"
            left_out = f" {len(gone):,} of those marked are not on the server any more." if gone else ""
            console.notify(f"{written:,} {words} in {path}.{left_out}", "warning" if gone else "information")

    scan_with_progress(console, f"Export to {path.name}", work, done)


def _scanned(screen: ResourceScreen, connection: Connection, filtered: bool) -> AsyncIterator[ScannedRow]:
    from dyntui.services.lists.list_source import ListQuery, scan

    query = screen.view.query if filtered and screen.view is not None else ListQuery()
    return scan(connection.client, screen.record, query=query)


async def _marked(
    screen: ResourceScreen, connection: Connection, ids: Sequence[str], gone: list[str]
) -> AsyncIterator[ScannedRow]:
    """The marked ones as they are now, one by one, with what only the list says of them. gone: takes the ids of those
    that are not there any more."""
    from dyntui.api.errors import NotFound
    from dyntui.services.actions.resource_actions import read_one
    from dyntui.services.lists.list_source import ScannedRow

    for number, (row_id, known) in enumerate(zip(ids, screen.rows_of(ids), strict=True), 1):
        try:
            fresh = await read_one(connection.client, screen.record, row_id)
        except NotFound:
            if not known.get("deletedAt"):
                gone.append(row_id)
                continue
            fresh = {}  # a deleted wallet is in the list, and nowhere else
        yield ScannedRow({**known, **fresh}, number, len(ids))


async def _write(
    path: Path,
    kind: str,
    name: str,
    found: AsyncIterator[ScannedRow],
    dialog: ScanDialog,
    columns: Sequence[str],
) -> int | None:
    """Write the rows to a new file; how many, or None when it was stopped. columns: of a CSV, the usual ones when there
    are none."""
    from dyntui.services.exports import USER_FIELDS, WALLET_FIELDS, ExportFormat, export_file

    fields = columns or (WALLET_FIELDS if name == "wallets" else USER_FIELDS)

    async def rows() -> AsyncIterator[dict[str, Any]]:
        async for scanned in found:
            if dialog.stopped:
                return
            dialog.show(scanned.seen, scanned.reported)
            yield scanned.row

    chosen = ExportFormat("csv" if kind == "shown" else kind)
    return await export_file(path, rows(), chosen, fields, stopped=lambda: dialog.stopped)
