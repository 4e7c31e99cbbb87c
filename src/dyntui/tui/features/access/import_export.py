"""Export the entries of a list to a file, import from one, and undo a change of many entries."""

from __future__ import annotations

from pathlib import Path

from dyntui.services.access.access_policy import Row, name_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.shell.action_runner import run_action, run_read_worker
from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["ask_export", "ask_import", "ask_undo"]

_FORMATS = {"csv": "CSV, safe in a spreadsheet", "csv-exact": "CSV, raw values", "ndjson": "NDJSON", "json": "JSON"}


def ask_export(console: ConsoleApp, row: Row) -> None:
    """Ask for a file and write the entries of a list to it."""
    connection = console.session.connection
    if connection is None:
        return
    fields = (
        FormInput("path", "file", f"{_plain(name_of(row))}.csv", help="A new file; nothing is overwritten."),
        FormInput("format", "format", "csv", _FORMATS),
    )

    def filled(values: Values | None) -> None:
        if values is not None:
            work = _export(console, row, Path(values["path"]).expanduser(), values["format"])
            run_read_worker(
                console, work, lambda count: console.notify(f"{count:,} entries saved to {values['path']}.")
            )

    console.ask(FormDialog(f"Export {name_of(row)}", fields, verb="export"), filled)


async def _export(console: ConsoleApp, row: Row, path: Path, format: str) -> int | None:
    from dyntui.services.access.entries import ENTRY_EXPORT
    from dyntui.services.access.entry_search import entries_of
    from dyntui.services.exports import ExportFormat, export_file

    connection = console.session.connection
    assert connection is not None
    rows = entries_of(connection.client, str(row.get("id")))
    return await export_file(path, rows, ExportFormat(format), ENTRY_EXPORT)


def _plain(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name.lower()).strip("-") or "entries"


def ask_import(console: ConsoleApp, row: Row) -> None:
    """Open the import wizard for a list."""
    console.open_route("import", RouteTarget(parent=str(row.get("id")), parent_label=name_of(row)))


def ask_undo(console: ConsoleApp, row: Row) -> None:
    """Choose a past change of entries (by hand or by an import) and undo it."""
    from dyntui.services.access.undo import jobs_of
    from dyntui.services.imports.jobs import JobLocation

    connection = console.session.connection
    if connection is None:
        return
    known = jobs_of(connection.audit, JobLocation.of(connection.profile))
    jobs = [job for job in known if str(row.get("id")) in job.lists][:20]
    if not jobs:
        console.notify("There is no change to undo.", "warning")
        return
    choices = [Choice(job.id, job.time[:19].replace("T", " "), note=job.summary) for job in jobs]

    def picked(job: str | None) -> None:
        if job is not None:
            _undo(console, job)

    console.ask(SelectDialog("Undo the change of", choices), picked)


def _undo(console: ConsoleApp, job: str) -> None:
    from dyntui.services.access.entries import new_job
    from dyntui.services.access.undo import EntryUndo, plan_any_undo, undo_action

    connection = console.session.connection
    assert connection is not None

    def planned(plan: EntryUndo) -> None:
        if plan.is_empty:
            console.notify(" ".join(plan.lines()))
            return
        action, targets = undo_action(plan, job=new_job())
        run_action(console, action, targets, verb="Undo", opening_key="u", summary_lines=plan.lines())

    run_read_worker(console, plan_any_undo(connection, job), planned)
