"""`dyntui allowlists copy|export|undo`: copy entries to another list, export them, undo changes of entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.allowlist_entries import entry_filter, search_options
from dyntui.cli.allowlists import find_list
from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.export_output import check_export_output, rows_file_option, write_rows
from dyntui.cli.resource_lists import parse_match, record_fields
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.write_helpers import confirm_access_options, perform_and_report
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.services.access.undo import EntryJob
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["copy", "export", "undo"]


@click.command("copy", cls=BaseCommand)
@click.argument("source", metavar="FROM")
@click.argument("name", metavar="TO")
@search_options
@confirm_options
@pass_context
def copy(
    context: CliContext,
    source: str,
    name: str,
    search: str | None,
    match: str | None,
    exact: bool,
    confirmation: Confirmation,
) -> int:
    """Copy the entries of list FROM to list TO. Entries that already exist are not changed."""
    from dyntui.services.access.entries import add_entries, entry_target
    from dyntui.services.access.entry_search import entries_of

    matching = entry_filter(search, parse_match(match, exact))

    async def work(connection: Connection) -> int:
        connection.write_gate.check(add_entries({"name": name}))
        from_list, to_list = await find_list(connection, source), await find_list(connection, name)
        entries = entries_of(connection.client, str(from_list["id"]))
        targets = [entry_target(entry) async for entry in entries if matching is None or matching.fits(entry)]
        if not targets:
            context.print_message(f"“{from_list.get('name')}” has no {'matching ' if search else ''}entries to copy.")
        return await perform_and_report(context, connection, add_entries(to_list), targets, confirmation)

    return context.run_connected(work)


@click.command("export", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@rows_file_option
@pass_context
def export(context: CliContext, name: str, output: Path | None) -> None:
    """Export the entries of a list to a file for `allowlists import` or `sync`."""
    from dyntui.resources.allowlists import ALLOWLIST_ENTRIES
    from dyntui.services.access.entries import ENTRY_EXPORT
    from dyntui.services.access.entry_search import entries_of

    check_export_output(context, output)

    async def work(connection: Connection) -> int:
        row = await find_list(connection, name)
        rows = entries_of(connection.client, str(row["id"]))
        return await write_rows(context, rows, ENTRY_EXPORT, output, record_fields(context, ALLOWLIST_ENTRIES))

    count = context.run_connected(work)
    context.print_message(f"{quantity(count, 'entry', 'entries')} exported")


@click.command("undo", cls=BaseCommand)
@click.argument("job", metavar="[JOB]", default="")
@confirm_access_options
@pass_context
def undo(context: CliContext, job: str, confirmation: Confirmation) -> int:
    """Undo a change or an import of entries. Without JOB, list the jobs that can be undone."""
    from dyntui.services.access.entries import change_entries
    from dyntui.services.access.undo import jobs_of, plan_any_undo, undo_action
    from dyntui.services.imports.jobs import JobLocation

    async def work(connection: Connection) -> int:
        if not job:
            _print_jobs(context, jobs_of(connection.audit, JobLocation.of(connection.profile)))
            return 0
        connection.write_gate.check(change_entries({"name": job}, "allowlists.undo"))
        plan = await plan_any_undo(connection, job)
        context.print_message(*plan.lines())
        if plan.is_empty:
            context.print_data({"job": job, "items": [], "total": 0, "next": None})
            return 0
        action, targets = undo_action(plan)
        return await perform_and_report(context, connection, action, targets, confirmation)

    return context.run_connected(work)


def _print_jobs(context: CliContext, jobs: list[EntryJob]) -> None:
    from dyntui.resources.cell_formats import time
    from dyntui.resources.resource import Column

    items = (
        {
            "job": job.id,
            "time": job.time,
            "added": job.added,
            "removed": job.removed,
            "lists": sorted(job.lists),
            "source": job.source,
            "changes": job.summary,
        }
        for job in jobs
    )
    context.print_items(items, (Column("job"), Column("time", format=time), Column("changes")))
