"""`dyntui exports`: create, watch and download CSV exports of all users or visits, which the server writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.export_output import file_option
from dyntui.cli.progress import show_progress
from dyntui.cli.resource_commands import make_resource_group
from dyntui.core.errors import EXIT_SOME_FAILED
from dyntui.core.text import quantity
from dyntui.resources.all_resources import RESOURCES

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.services.vendor_exports import SavedExport

__all__ = ["exports"]


exports = make_resource_group(
    "exports",
    "Create and download CSV exports of all users or visits.\n\nTo export some users, use `dyntui users export`.",
)


@exports.command("watch")
@click.argument("export_id", metavar="ID")
@pass_context
def watch(context: CliContext, export_id: str) -> int:
    """Wait until an export is finished, and show its status."""
    from dyntui.services.actions.resource_actions import mask_fields
    from dyntui.services.vendor_exports import wait_for_export

    export = context.run_connected(
        lambda connection: wait_for_export(
            connection.client, export_id, on_change=lambda export: show_progress(export.status)
        )
    )
    context.print_data(export.raw if context.output.reveal else mask_fields(RESOURCES["exports"], export.raw))
    context.print_result(f"{export.status}  {export.error_line if export.is_failed else export.model}")
    return EXIT_SOME_FAILED if export.is_failed else 0


@exports.command("download")
@click.argument("export_id", metavar="ID")
@file_option("New file.  [default: named after the export]")
@click.option("--wait", is_flag=True, help="Wait until the export is finished.")
@pass_context
def download_export(context: CliContext, export_id: str, output: Path | None, wait: bool) -> None:
    """Download a finished export to a new file that only you can read.

    The token is not sent to the host of the file.
    """
    from dyntui.services.vendor_exports import download, export_file_name, wait_for_export

    def on_progress(done: int, total: int | None) -> None:
        total_text = f" of {total:,}" if total else ""
        show_progress(f"{done:,}{total_text} bytes", end=done == total)

    async def work(connection: Connection) -> SavedExport:
        if wait:
            await wait_for_export(connection.client, export_id)
        path = output
        if path is None:
            path = Path(export_file_name(await connection.client.exports.get(export_id)))
        return await download(connection, export_id, path, on_progress=on_progress)

    saved = context.run_connected(work)
    context.print_data({"path": str(saved.path), "bytes": saved.size, "host": saved.host})
    context.print_result(f"{quantity(saved.size, 'byte')} from {saved.host} saved to {saved.path}")
