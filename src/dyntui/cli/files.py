"""Rows of a list into a file or a pipe: what `users export` and `wallets export` share."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.acting import read_ids
from dyntui.cli.common import Context, run

if TYPE_CHECKING:
    from dyntui.resources import Resource
    from dyntui.services.connect import Connection
    from dyntui.services.listing import Query

__all__ = ["export_options", "export_rows"]

F = TypeVar("F", bound=Callable[..., Any])


def export_options(command: F) -> F:
    """Adds ids, --format, --fields and --output."""
    for option in (
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A new file; standard output otherwise.",
        ),
        click.option("--fields", metavar="A,B,...", help="Columns of a CSV; the usual ones otherwise."),
        click.option(
            "--format",
            "kind",
            type=click.Choice(["csv", "csv-exact", "ndjson", "json"]),
            default="csv",
            show_default=True,
            help="csv is safe to open in a spreadsheet; csv-exact has raw values.",
        ),
        click.argument("ids", nargs=-1, metavar="[ID]..."),
    ):
        command = option(command)
    return command


def export_rows(
    context: Context,
    record: Resource,
    columns: Sequence[str],
    *,
    ids: Sequence[str],
    query: Query | None,
    kind: str,
    fields: str | None,
    output: Path | None,
) -> None:
    """Write the rows with those ids, or all that `query` finds, oldest first. An export that fails leaves no file."""
    from dyntui.config.files import create_new
    from dyntui.services.exports import Exporter, ExportFormat, export

    wanted = read_ids(ids) if ids else []
    chosen = [name.strip() for name in fields.split(",")] if fields else list(columns)

    async def work() -> int:
        async with context.connection() as connection:
            stream = create_new(output) if output is not None else sys.stdout.buffer
            whole = False
            try:
                exporter = Exporter(stream, ExportFormat(kind), chosen)
                written = await export(_rows(connection, record, wanted, query), exporter)
                whole = True
            finally:
                if output is not None:
                    stream.close()
                    if not whole:
                        _forget(output)
            return written

    written = run(work())
    context.note(f"{written:,} {record.singular if written == 1 else record.name} exported")


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _rows(
    connection: Connection, record: Resource, ids: Sequence[str], query: Query | None
) -> AsyncIterator[dict[str, Any]]:
    from dyntui.services.listing import scan
    from dyntui.services.resources import read_one

    if ids:
        for row_id in ids:
            yield await read_one(connection.client, record, row_id)
        return
    async for scanned in scan(connection.client, record, query=query):
        if sys.stderr.isatty() and scanned.seen % 100 == 0:
            click.echo(f"\r{scanned.seen:,} of {scanned.reported or 0:,}", err=True, nl=False)
        yield scanned.row
