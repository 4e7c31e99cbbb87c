"""`dyntui allowlists copy|export|undo`: entries to another list, to a file, and back to what they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.allowlist_entries import search_options, some_entries
from dyntui.cli.allowlists import found_list
from dyntui.cli.context import BaseCommand, CliContext, confirm_options, pass_context, run
from dyntui.cli.export_output import output_options, write_rows
from dyntui.cli.resource_lists import parse_match
from dyntui.cli.write_helpers import perform, read_option, report_results
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.access.undo import EntryJob

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
    yes: bool,
    confirm_environment: str,
) -> int:
    """Add the entries of one list to another. Those that are there already are left alone."""
    from dyntui.services.access.entries import add_entries, entry_target, new_job

    async def work() -> int:
        async with context.connection() as connection:
            connection.write_gate.check(add_entries({"name": name}))
            old, new = await found_list(connection, source), await found_list(connection, name)
            entries = some_entries(connection, old, search, parse_match(match, exact))
            targets = [entry_target(entry) async for entry, _ in entries]
            if not targets:
                raise UsageError(f"“{old.get('name')}” has no such entries.")
            job = new_job()
            action = add_entries(new, job=job)
            done = await perform(context, connection, action, targets, yes=yes, confirm_environment=confirm_environment)
            context.note(f"to undo it: dyntui allowlists undo {job}")
            return report_results(context, done)

    return run(work())


@click.command("export", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@output_options
@pass_context
def export(context: CliContext, name: str, kind: str | None, output: Path | None) -> None:
    """Write the entries of a list to a file that `allowlists import` and `sync` read again."""
    from dyntui.services.access.entries import ENTRY_EXPORT
    from dyntui.services.access.entry_search import entries_of

    async def work() -> int:
        async with context.connection() as connection:
            row = await found_list(connection, name)
            rows = entries_of(connection.client, str(row["id"]))
            return await write_rows(context, rows, ENTRY_EXPORT, kind, output)

    context.note(f"{run(work()):,} entries exported")


@click.command("undo", cls=BaseCommand)
@click.argument("job", metavar="[JOB]", default="")
@confirm_options
@read_option
@pass_context
def undo(context: CliContext, job: str, yes: bool, confirm_environment: str, read: str) -> int:
    """Undo entries that were added or removed together, or imported. Without JOB, list what can be undone."""
    from dyntui.services.access.entries import change_entries, new_job
    from dyntui.services.access.undo import jobs_of, plan_any_undo, undo_action
    from dyntui.services.imports.jobs import JobLocation

    async def work() -> int:
        async with context.connection() as connection:
            if not job:
                _list_jobs(context, jobs_of(connection.audit, JobLocation.of(connection.profile)))
                return 0
            connection.write_gate.check(change_entries({"name": job}, "allowlist.undo", "Undo"))
            plan = await plan_any_undo(connection, job)
            context.note(*plan.lines())
            if plan.is_empty:
                context.emit({"job": job, "targets": []})
                return 0
            action, targets = undo_action(plan, job=new_job())
            done = await perform(
                context, connection, action, targets, yes=yes, confirm_environment=confirm_environment, read=read
            )
            return report_results(context, done)

    return run(work())


def _list_jobs(context: CliContext, jobs: list[EntryJob]) -> None:
    context.emit(
        [
            {
                "job": job.id,
                "time": job.time,
                "added": job.added,
                "removed": job.removed,
                "lists": sorted(job.lists),
                "source": job.source,
            }
            for job in jobs
        ]
    )
    context.table(("job", "time", "what"), ((job.id, job.time[:19], job.summary) for job in jobs))
