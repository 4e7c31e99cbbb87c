"""Write rows to a file or standard output: shared by the exports of users, wallets and allowlist entries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.context import CliContext
from dyntui.cli.output import make_exporter
from dyntui.cli.output_options import FORMATS
from dyntui.cli.resource_lists import record_fields
from dyntui.cli.shared_options import combine_options
from dyntui.cli.targets import LeftOut, ignore_missing_option, read_targets
from dyntui.core.errors import EXIT_SOME_FAILED, UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.resources.resource import Resource
    from dyntui.services.actions.target_lookup import TargetMatches
    from dyntui.services.connection import Connection
    from dyntui.services.exports import ExportFormat
    from dyntui.services.field_names import FieldNames
    from dyntui.services.lists.list_source import ListQuery
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["check_export_output", "export_options", "export_rows", "file_option", "rows_file_option", "write_rows"]

F = TypeVar("F", bound=Callable[..., Any])


def file_option(help_text: str) -> Callable[[F], F]:
    """Return a decorator that adds -O to a command that writes a file."""
    path = click.Path(path_type=Path)
    return click.option("-O", "--output-file", "output", type=path, metavar="FILE", help=help_text)


rows_file_option = file_option("New file; its ending selects the format, if there is no -o.")
export_options = combine_options(
    click.argument("targets", nargs=-1, metavar="[TARGET]..."), rows_file_option, ignore_missing_option
)


def export_rows(
    context: CliContext,
    record: Resource,
    columns: Sequence[str],
    *,
    targets: Sequence[str],
    query: ListQuery | None,
    conditions: RowConditions | None = None,
    output: Path | None,
    ignore_missing: bool,
) -> int:
    """Export the rows of these targets, or without targets all rows that match `query` and `conditions`.

    columns: the columns of a CSV or TSV, if no fields are requested. output: a new file; None for standard output.
    ignore_missing: whether a target that does not exist counts as exported. Returns the exit code.
    """
    check_export_output(context, output)
    texts = read_targets(targets) if targets else None
    unresolved: list[TargetMatches] = []
    names = record_fields(context, record)

    async def work(connection: Connection) -> int:
        if texts is None:
            rows = _read_all(context, connection, record, query, conditions)
        else:
            rows = _read_targets(connection, record, texts, unresolved, ignore_missing=ignore_missing)
        return await write_rows(context, rows, columns, output, names)

    count = context.run_connected(work)
    left_out = LeftOut(unresolved, ignore_missing=ignore_missing)
    context.print_message(f"{quantity(count, record.singular, record.name)} exported", *left_out.lines())
    return EXIT_SOME_FAILED if left_out.is_failure else 0


def check_export_output(context: CliContext, output: Path | None) -> None:
    """Raise UsageError for a format that an export does not have, before anything is read. output: the file."""
    options = context.output
    if options.format == "table" or options.jq or options.template:
        used = "-o table" if options.format == "table" else "--jq" if options.jq else "--template"
        raise UsageError(f"An export has no {used}.", hint="Use `list --all`, or another format: -o csv|tsv|json|….")
    _format_of(context, output)


def _format_of(context: CliContext, output: Path | None) -> ExportFormat:
    """Return the format of an export: that of -o, else that of the ending of the file, else CSV. Raises UsageError."""
    from dyntui.services.exports import ExportFormat

    ending = output.suffix.lower().removeprefix(".") if output is not None else ""
    format = context.output.format or _ENDINGS.get(ending, ending) or "csv"
    if format not in FORMATS[1:]:
        raise UsageError(
            f"The ending .{ending} selects no format.",
            hint=f"Add -o {'|'.join(FORMATS[1:])}, or choose another ending.",
        )
    return ExportFormat(format)


_ENDINGS = {"jsonl": "ndjson", "yml": "yaml"}
"""Other endings of files in a format."""


async def write_rows(
    context: CliContext,
    rows: AsyncIterator[Row],
    columns: Sequence[str],
    output: Path | None,
    names: FieldNames | None = None,
) -> int:
    """Write rows to standard output or a new file, and return their number. After an error no file remains.

    columns: of a CSV or TSV, if no fields are requested. names: the fields that the rows can have.
    """
    from dyntui.services.exports import export, export_file

    options = context.output
    if names is not None and options.fields:
        names.check(options.fields, [])
    columns = options.fields or columns
    format = _format_of(context, output)
    if output is None:
        exporter = make_exporter(format, columns, options.fields)
        try:
            return await export(rows, exporter, reveals=options.reveal)
        finally:
            context.printed = exporter.written
            context.masked = exporter.masked
            context.announce_masked(always=True)

    def on_masked(masked: int) -> None:
        context.masked = masked
        context.announce_masked(always=True)

    count = await export_file(
        output, rows, format, columns, fields=options.fields, reveals=options.reveal, on_masked=on_masked
    )
    assert count is not None, "only a cancel flag stops it"
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
    context.print_message(filtered.message)
    context.activity = lambda: filtered.progress
    async with aclosing(filtered.pages(connection.client)) as pages:
        async for rows in pages:
            for row in rows:
                yield row
    context.print_message(filtered.dropped_message)
