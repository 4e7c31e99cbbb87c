"""Write rows to a file or standard output: shared by the exports of users, wallets and allowlist entries."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.context import CliContext, combine_options
from dyntui.cli.output import is_plain, print_lines, show_progress
from dyntui.cli.output import make_exporter as output_exporter
from dyntui.cli.targets import LeftOut, ignore_missing_option, read_targets
from dyntui.core.errors import EXIT_SOME_FAILED, UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.resources import Resource
    from dyntui.services.actions.target_lookup import TargetMatches
    from dyntui.services.connection import Connection
    from dyntui.services.lists.list_source import ListQuery
    from dyntui.services.lists.row_conditions import RowConditions

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
    click.argument("targets", nargs=-1, metavar="[TARGET]..."),
    output_options,
    ignore_missing_option,
    click.option("--fields", metavar="A,B,...", help="Columns of the CSV file."),
)


def export_rows(
    context: CliContext,
    record: Resource,
    columns: Sequence[str],
    *,
    targets: Sequence[str],
    query: ListQuery | None,
    conditions: RowConditions | None = None,
    format_name: str | None,
    fields: str | None,
    output: Path | None,
    ignore_missing: bool,
) -> int:
    """Export the rows of these targets, or without targets all rows that match `query` and `conditions`.

    columns: the default columns of a CSV file. fields: comma-separated columns that replace them. ignore_missing:
    whether a target that does not exist counts as exported. Returns the exit code.
    """
    texts = read_targets(targets) if targets else None
    selected_columns = [name.strip() for name in fields.split(",")] if fields else list(columns)
    unresolved: list[TargetMatches] = []

    async def work(connection: Connection) -> int:
        if texts is None:
            rows = _read_all(context, connection, record, query, conditions)
        else:
            rows = _read_targets(connection, record, texts, unresolved, ignore_missing=ignore_missing)
        return await write_rows(context, rows, selected_columns, format_name, output)

    count = context.run_connected(work)
    left_out = LeftOut(unresolved, ignore_missing=ignore_missing)
    context.print_message(f"{quantity(count, record.singular, record.name)} exported", *left_out.lines())
    return EXIT_SOME_FAILED if left_out.is_failure else 0


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


async def _read_targets(
    connection: Connection,
    record: Resource,
    texts: Sequence[str],
    unresolved: list[TargetMatches],
    *,
    ignore_missing: bool,
) -> AsyncIterator[Row]:
    """Yield the rows of the targets. Those without exactly one match are added to `unresolved`.

    Raises TargetNotFound or AmbiguousTarget when there is no row at all, unless nothing is a result too.
    """
    from dyntui.services.actions.target_lookup import find_matches

    async for matches in find_matches(connection.client, record, texts):
        if len(matches.rows) == 1:
            yield matches.rows[0]
        else:
            unresolved.append(matches)
    if len(unresolved) == len(texts) and LeftOut(unresolved, ignore_missing=ignore_missing).is_failure:
        unresolved[0].only()


async def _read_all(
    context: CliContext,
    connection: Connection,
    record: Resource,
    query: ListQuery | None,
    conditions: RowConditions | None,
) -> AsyncIterator[Row]:
    from dyntui.services.lists.filtered_list import FilteredList
    from dyntui.services.lists.list_source import ListQuery
    from dyntui.services.lists.row_conditions import RowConditions

    filtered = FilteredList(record, query or ListQuery(), conditions or RowConditions())
    has_progress = False  # whether a line of progress is open
    try:
        async with aclosing(filtered.pages(connection.client)) as pages:
            async for rows in pages:
                if sys.stderr.isatty():
                    show_progress(f"{filtered.read:,} of {filtered.reported or 0:,}")
                    has_progress = not is_plain()
                for row in rows:
                    yield row
    finally:
        if has_progress:
            print_lines("", err=True)
    context.print_message(*filtered.messages)
