"""`dyntui config history`: snapshots of the configuration that pulls and applies saved on this machine."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.config import folder_argument
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.list_filters import keep_rows, local_filter_options
from dyntui.cli.watch import watch_option
from dyntui.core.errors import EXIT_DONE, EXIT_SOME_FAILED
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.services.configuration.history import Snapshot
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["history"]


class _HistoryGroup(CommandGroup):
    """A group that lists when no command is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_help = bool(args) and args[0] in ctx.help_option_names
        if not args or (args[0].startswith("-") and not is_help):
            args = ["list", *args]
        return super().parse_args(ctx, args)


history = _HistoryGroup(
    "history",
    help="List snapshots of the configuration, compare, export and delete them.\n\n"
    "Every pull and every apply saves one, without secrets, if something changed. The newest 200 are available. "
    "SNAPSHOT is the id of a snapshot, the start of the id, or `last`.",
)


@history.command("list")
@watch_option
@local_filter_options(has_time=True)
@pass_context
def list_history(context: CliContext, conditions: RowConditions) -> None:
    """List the snapshots, oldest first."""
    from dyntui.resources.cell_formats import thousands, time
    from dyntui.resources.resource import Column
    from dyntui.services.configuration.history import list_snapshots

    columns = (
        Column("id"),
        Column("time", format=time),
        Column("environment"),
        Column("objects", format=thousands),
        Column("reason"),
    )
    rows = [_about(each) for each in list_snapshots()]
    empty = "" if conditions else "There are no snapshots. `dyntui config pull` saves one."
    context.print_items(keep_rows(context, rows, conditions), columns, empty=empty)


@history.command("diff")
@click.argument("first", metavar="SNAPSHOT")
@click.argument("second", metavar="[SNAPSHOT]", default="last")
@pass_context
def diff_history(context: CliContext, first: str, second: str) -> int:
    """Compare two snapshots value by value: what changed from the first to the second, by default the newest.

    \b
    Exit status: 0 if both are the same, 1 if they differ.
    """
    from dyntui.services.configuration.compare import change_lines, change_rows, compare
    from dyntui.services.configuration.history import find_snapshot, read_snapshot

    before = find_snapshot(first)
    after = find_snapshot(second, before.environment_id)
    changes = compare(read_snapshot(before), read_snapshot(after))
    context.print_data({"from": _about(before), "to": _about(after), "changes": change_rows(changes)})
    context.print_result(*(line for change in changes for line in change_lines(change)))
    if not context.prints_data:
        context.print_message(f"{quantity(len(changes), 'difference')} from {before.id} to {after.id}.")
    return EXIT_SOME_FAILED if changes else EXIT_DONE


@history.command("export")
@click.argument("snapshot_id", metavar="SNAPSHOT")
@folder_argument
@pass_context
def export_history(context: CliContext, snapshot_id: str, folder: Path) -> None:
    """Write a snapshot into DIR as files, as `dyntui config pull` did at that time."""
    from dyntui.services.configuration.history import find_snapshot, read_snapshot
    from dyntui.services.configuration.manifest import Manifest, check_new_folder, read_manifest
    from dyntui.services.configuration.pull import write_folder

    snapshot = find_snapshot(snapshot_id)
    manifest = read_manifest(folder)
    if manifest is None:
        check_new_folder(folder)
        manifest = Manifest()
    found = read_snapshot(snapshot)
    result = write_folder(folder, found, manifest.with_pull(found.environment_id, found.environment, found.resources))
    context.print_data({"snapshot": _about(snapshot), "folder": str(folder), **asdict(result)})
    context.print_result(f"{quantity(len(found.objects), 'object')} of {snapshot.id} in {folder}")


@history.command("delete")
@click.argument("names", metavar="SNAPSHOT...", nargs=-1, required=True)
@pass_context
def delete_history(context: CliContext, names: tuple[str, ...]) -> None:
    """Delete snapshots from this machine, such as those with entries of allowlists."""
    from dyntui.services.configuration.history import delete_snapshot, find_snapshot

    snapshots = [find_snapshot(name) for name in names]
    for snapshot in snapshots:
        delete_snapshot(snapshot)
    context.print_data({"deleted": [snapshot.id for snapshot in snapshots]})
    context.print_result(*(f"deleted  {snapshot.id}" for snapshot in snapshots))


def _about(snapshot: Snapshot) -> dict[str, object]:
    return {**asdict(snapshot), "time": snapshot.time.isoformat()}
