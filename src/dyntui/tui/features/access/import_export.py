"""Dialogs that export the entries of an allowlist, and undo an earlier change of entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.core.typed_path import PathRule, to_path
from dyntui.services.access.access_policy import name_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.shell.action_runner import run_read_worker
from dyntui.tui.shell.console_app import ConsoleApp
from dyntui.tui.shell.lists.export_dialog import FORMATS, ExportName
from dyntui.tui.shell.undo import undo_change

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ask_export", "ask_undo"]


def ask_export(console: ConsoleApp, row: Row) -> None:
    """Ask for a file and export the entries of an allowlist to it."""
    file = ExportName(_file_name(name_of(row)))
    inputs = (
        FormInput("format", "format", "csv", FORMATS),
        FormInput("path", "file", file.text, help="Must be a new file.", path=PathRule(is_new=True)),
    )

    def on_submit(values: Values) -> None:
        path = to_path(values["path"])

        async def export(connection: Connection) -> int | None:
            from dyntui.services.access.entries import ENTRY_EXPORT
            from dyntui.services.access.entry_search import entries_of
            from dyntui.services.exports import ExportFormat, export_file

            rows = entries_of(connection.client, str(row.get("id")))
            return await export_file(path, rows, ExportFormat(values["format"]), ENTRY_EXPORT)

        run_read_worker(
            console,
            export,
            lambda count: console.notify(f"{quantity(count or 0, 'entry', 'entries')} exported to {values['path']}"),
        )

    form = FormDialog(f"Export {name_of(row)}", inputs, on_choice=file.follow_format, verb="export")
    console.ask_then(form, on_submit)


def _file_name(name: str) -> str:
    """Return a name without special characters."""
    return "".join(char if char.isalnum() else "-" for char in name.lower()).strip("-") or "entries"


def ask_undo(console: ConsoleApp, row: Row) -> None:
    """Ask for an earlier change of entries, by an action or an import, and undo it after a confirmation."""
    from dyntui.services.access.undo import jobs_of
    from dyntui.services.imports.jobs import JobLocation

    connection = console.session.connection
    if connection is None:
        return
    all_jobs = jobs_of(connection.audit, JobLocation.of(connection.profile))
    jobs = [job for job in all_jobs if str(row.get("id")) in job.lists][:20]
    if not jobs:
        console.notify("There is no change of this list to undo.", "warning")
        return
    choices = [Choice(job.id, job.time[:19].replace("T", " "), note=job.summary) for job in jobs]
    dialog = SelectDialog(f"Undo Change of {name_of(row)}", choices)
    console.ask_then(dialog, lambda job_id: undo_change(console, job_id, opening_key="u"))
