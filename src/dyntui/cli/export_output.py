"""Rows of a list into a file or a pipe: what the exports of users, wallets and entries share."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.context import CliContext, run
from dyntui.cli.output import make_exporter as output_exporter
from dyntui.cli.output import print_lines, show_progress
from dyntui.cli.write_helpers import read_ids
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.resources import Resource
    from dyntui.services.connection import Connection
    from dyntui.services.lists.list_source import ListQuery

__all__ = ["export_options", "export_rows", "output_options", "write_rows"]

F = TypeVar("F", bound=Callable[..., Any])


def output_options(command: F) -> F:
    """Adds --format and --output."""
    for option in (
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A new file; standard output otherwise.",
        ),
        click.option(
            "--format",
            "kind",
            type=click.Choice(["csv", "csv-exact", "ndjson", "json"]),
            help="csv is safe to open in a spreadsheet; csv-exact has raw values.  [default: csv; with --json, json]",
        ),
    ):
        command = option(command)
    return command


def export_options(command: F) -> F:
    """Adds ids, --format, --fields and --output."""
    command = click.option("--fields", metavar="A,B,...", help="Columns of a CSV; the usual ones otherwise.")(command)
    return click.argument("ids", nargs=-1, metavar="[ID]...")(output_options(command))


def export_rows(
    context: CliContext,
    record: Resource,
    columns: Sequence[str],
    *,
    ids: Sequence[str],
    query: ListQuery | None,
    kind: str | None,
    fields: str | None,
    output: Path | None,
) -> None:
    """Export the rows with those ids, or all that `query` finds, oldest first."""
    wanted = read_ids(ids) if ids else []
    chosen = [name.strip() for name in fields.split(",")] if fields else list(columns)

    async def work() -> int:
        async with context.connection() as connection:
            return await write_rows(context, _rows(connection, record, wanted, query), chosen, kind, output)

    written = run(work())
    context.print_message(f"{written:,} {record.singular if written == 1 else record.name} exported")


async def write_rows(
    context: CliContext,
    rows: AsyncIterator[dict[str, Any]],
    columns: Sequence[str],
    kind: str | None,
    output: Path | None,
) -> int:
    """Write rows to standard output or a new file; how many. What fails leaves no file."""
    from dyntui.services.exports import ExportFormat, export, export_file

    if output is None:
        if context.json and kind not in (None, "json"):
            raise UsageError(
                f"--json prints one JSON document, and --format {kind} is none.", hint="Leave one out, or add -o FILE."
            )
        exporter = output_exporter(ExportFormat(kind or ("json" if context.json else "csv")), columns)
        try:
            return await export(rows, exporter)
        finally:
            context.printed = exporter.written
    written = await export_file(output, rows, ExportFormat(kind or "csv"), columns)
    assert written is not None, "nothing stops it"
    context.emit_json({"exported": written, "file": str(output)})
    return written


async def _rows(
    connection: Connection, record: Resource, ids: Sequence[str], query: ListQuery | None
) -> AsyncIterator[dict[str, Any]]:
    from dyntui.services.actions.resource_actions import read_one
    from dyntui.services.lists.list_source import scan

    if ids:
        for row_id in ids:
            yield await read_one(connection.client, record, row_id)
        return
    told = False
    try:
        async for scanned in scan(connection.client, record, query=query):
            if sys.stderr.isatty() and scanned.seen % 100 == 0:
                show_progress(f"{scanned.seen:,} of {scanned.reported or 0:,}")
                told = True
            yield scanned.row
    finally:
        if told:
            print_lines("", err=True)
