"""Write rows to a file or standard output: shared by the exports of users, wallets and allowlist entries."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.context import CliContext, combine_options
from dyntui.cli.output import is_plain, print_lines, show_progress
from dyntui.cli.output import make_exporter as output_exporter
from dyntui.cli.write_helpers import read_ids
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.resources import Resource
    from dyntui.services.connection import Connection
    from dyntui.services.lists.list_source import ListQuery

__all__ = ["export_options", "export_rows", "output_options", "write_rows"]

output_options = combine_options(
    click.option(
        "--format",
        "format_name",
        type=click.Choice(["csv", "csv-exact", "ndjson", "json"]),
        help="csv escapes formulas for spreadsheets; csv-exact has raw values.  [default: csv; json with --json]",
    ),
    click.option(
        "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="New file.  [default: standard output]"
    ),
)
export_options = combine_options(
    click.argument("ids", nargs=-1, metavar="[ID]..."),
    output_options,
    click.option("--fields", metavar="A,B,...", help="Columns of the CSV file."),
)


def export_rows(
    context: CliContext,
    record: Resource,
    columns: Sequence[str],
    *,
    ids: Sequence[str],
    query: ListQuery | None,
    format_name: str | None,
    fields: str | None,
    output: Path | None,
) -> None:
    """Export the rows with these ids, or all rows that match `query`, oldest first.

    columns: the default columns of a CSV file. fields: comma-separated columns that replace them.
    """
    row_ids = read_ids(ids) if ids else []
    selected_columns = [name.strip() for name in fields.split(",")] if fields else list(columns)

    async def work(connection: Connection) -> int:
        rows = _read_rows(connection, record, row_ids, query)
        return await write_rows(context, rows, selected_columns, format_name, output)

    count = context.run_connected(work)
    context.print_message(f"{quantity(count, record.singular, record.name)} exported")


async def write_rows(
    context: CliContext,
    rows: AsyncIterator[Row],
    columns: Sequence[str],
    format_name: str | None,
    output: Path | None,
) -> int:
    """Write rows to standard output or a new file, and return their number. After an error no file remains."""
    from dyntui.services.exports import ExportFormat, export, export_file

    if output is None:
        if context.json and format_name not in (None, "json"):
            raise UsageError(
                f"--json and --format {format_name} cannot be combined on standard output.",
                hint="Use one of them, or -o FILE.",
            )
        exporter = output_exporter(ExportFormat(format_name or ("json" if context.json else "csv")), columns)
        try:
            return await export(rows, exporter)
        finally:
            context.printed = exporter.written
    count = await export_file(output, rows, ExportFormat(format_name or "csv"), columns)
    assert count is not None, "only a cancel flag stops it"
    context.emit_json({"exported": count, "file": str(output)})
    return count


async def _read_rows(
    connection: Connection, record: Resource, ids: Sequence[str], query: ListQuery | None
) -> AsyncIterator[Row]:
    from dyntui.services.actions.resource_actions import read_one
    from dyntui.services.bulk import BulkRun
    from dyntui.services.lists.list_source import scan

    if ids:
        run = BulkRun(connection.client, record.detail)
        async for row in run.in_order(ids, lambda row_id: read_one(connection.client, record, row_id)):
            yield row
        return
    has_progress = False  # whether a line of progress is open
    try:
        async for scanned in scan(connection.client, record, query=query):
            if sys.stderr.isatty() and scanned.seen % 100 == 0:
                show_progress(f"{scanned.seen:,} of {scanned.reported or 0:,}")
                has_progress = not is_plain()
            yield scanned.row
    finally:
        if has_progress:
            print_lines("", err=True)
