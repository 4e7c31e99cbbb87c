"""`dyntui allowlists diff|sync|duplicates`: compare allowlists and files, and make a list match a source."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.allowlists import find_list
from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.targets import EMPTY_INPUT
from dyntui.cli.write_helpers import (
    confirm_access_options,
    confirm_action,
    make_progress_line,
    report_results,
)
from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_objects

if TYPE_CHECKING:
    from dyntui.core.json_types import Row
    from dyntui.services.access.compare import ComparisonSide, EntryDiff
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["diff", "duplicates", "sync"]

_REGION_HELP = "Country of phone numbers in a file that have no country code: US, DE, ..."


async def _read_side(connection: Connection, argument: str, region: str | None) -> ComparisonSide:
    """Read the entries of one side of a comparison.

    argument: name or id of a list, path of a file, `list:NAME` or `file:PATH` to be explicit, `-` for standard input.
    """
    from dyntui.importer.source_types import EmptySource
    from dyntui.services.access.access_policy import find_policy, read_lists
    from dyntui.services.access.compare import make_side, read_file, read_list

    live = connection.profile.kind == "live"
    prefix, colon, rest = argument.partition(":")
    if colon and prefix == "file":
        return read_file(Path(rest), region=region, live=live)
    if argument == "-":
        try:
            return read_file(sys.stdin.buffer, name="standard input", region=region, live=live)
        except EmptySource:
            return make_side("standard input", ())
    lists = await read_lists(connection.client)
    if colon and prefix == "list":
        return await read_list(connection.client, find_policy(lists, rest))
    if _file_exists(argument):
        if any(argument in (row.get("id"), row.get("name")) for row in lists):
            raise UsageError(f"{argument} is both a list and a file.", hint=f"Use list:{argument} or file:{argument}.")
        return read_file(Path(argument), region=region, live=live)
    return await read_list(connection.client, find_policy(lists, argument))


def _file_exists(argument: str) -> bool:
    return Path(argument).exists()


@click.command("diff", cls=BaseCommand)
@click.argument("left", metavar="LEFT")
@click.argument("right", metavar="RIGHT")
@click.option("--region", metavar="XX", help=_REGION_HELP)
@pass_context
def diff(context: CliContext, left: str, right: str, region: str | None) -> int:
    """Compare the entries of two lists, or of a list and a file.

    LEFT and RIGHT are names or ids of lists, or paths of files. Use list:NAME or file:PATH where both exist, and - for
    standard input.

    \b
    Exit status: 0 if both have the same identifiers, 1 if they differ.
    """
    from dyntui.services.access.compare import compare
    from dyntui.services.access.drafts import entry_label
    from dyntui.services.access.entries import body_of

    async def work(connection: Connection) -> EntryDiff:
        left_side = await _read_side(connection, left, region)
        return compare(left_side, await _read_side(connection, right, region))

    difference = context.run_connected(work)
    for side in (difference.left, difference.right):
        context.print_message(*(f"{side.name}, line {line}: {problem}" for line, problem in side.invalid[:5]))
    context.print_data(
        {
            "left": [body_of(entry) for entry in difference.only_left],
            "right": [body_of(entry) for entry in difference.only_right],
            "both": len(difference.both),
            "different_alias": [{"left": body_of(old), "right": body_of(new)} for old, new in difference.other_alias],
        }
    )
    context.print_result(*(f"< {entry_label(entry)}" for entry in difference.only_left))
    context.print_result(*(f"> {entry_label(entry)}" for entry in difference.only_right))
    for old, new in difference.other_alias:
        context.print_result(f"~ {entry_label(old)}  {old.get('alias') or '—'} | {new.get('alias') or '—'}")
    if not context.prints_data:
        context.print_message(
            f"Only in {difference.left.name} (<): {len(difference.only_left):,}. "
            f"Only in {difference.right.name} (>): {len(difference.only_right):,}. "
            f"In both: {len(difference.both):,}, with a different alias (~): {len(difference.other_alias):,}."
        )
    return 0 if difference.is_equal else 1


@click.command("sync", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@click.argument("source", metavar="SOURCE")
@click.option("--remove", is_flag=True, help="Also remove entries that are not in SOURCE.")
@click.option(
    "--max-remove",
    metavar="N|N%",
    help="Refuse to remove more than N entries, or N% of the list.  [default: 50% if no question is asked, else none]",
)
@click.option("--region", metavar="XX", help=_REGION_HELP)
@confirm_access_options
@pass_context
def sync(
    context: CliContext,
    name: str,
    source: str,
    remove: bool,
    max_remove: str | None,
    region: str | None,
    confirmation: Confirmation,
) -> int:
    """Make LIST match SOURCE, a file or another list.

    Shows the plan and applies it after a confirmation. Missing entries are added first. With --remove, the other
    entries are removed afterwards, and only if all entries could be added. You can repeat an interrupted sync.
    """
    from dyntui.services.access.compare import RemovalLimit, plan_sync, read_list, sync_action
    from dyntui.services.access.entries import body_of, change_entries

    limit = (
        RemovalLimit.parse(max_remove) if max_remove else None if context.can_ask else RemovalLimit(50, is_percent=True)
    )

    async def work(connection: Connection) -> int:
        if not context.dry_run:
            connection.write_gate.check(change_entries({"name": name}, "allowlists.sync"))
        row = await find_list(connection, name)
        source_side = await _read_side(connection, source, region)
        has_no_input = source == "-" and not source_side.entries and not source_side.invalid
        current_side = await read_list(connection.client, row)
        plan = plan_sync(row, current_side, source_side, remove=remove and not has_no_input)
        context.print_message(*[EMPTY_INPUT] if has_no_input else plan.lines())
        if plan.extra and not has_no_input:
            context.print_message("Use --remove to remove entries that are only on the list.")
        if limit is not None and not context.dry_run:
            limit.check(plan)
        if plan.is_empty or context.dry_run:
            context.print_data(
                {
                    "list": row.get("id"),
                    "add": [body_of(entry) for entry in plan.add],
                    "remove": [dict(entry) for entry in plan.remove],
                    "keep": plan.unchanged,
                    "extra": plan.extra,
                    "invalid": [{"line": line, "reason": problem} for line, problem in plan.source.invalid],
                    "applied": False,
                }
            )
            return 1 if plan.source.invalid else 0
        action, targets = sync_action(plan)
        confirmed = await confirm_action(context, connection, action, targets, confirmation)
        results = await connection.write_gate.perform(
            action, targets, confirmed, on_progress=make_progress_line(len(targets))
        )
        return report_results(context, results) or (1 if plan.source.invalid else 0)

    return context.run_connected(work)


@click.command("duplicates", cls=BaseCommand)
@click.argument("names", nargs=-1, metavar="[LIST]...")
@pass_context
def duplicates(context: CliContext, names: tuple[str, ...]) -> int:
    """Find duplicate entries on the named lists, or on all lists."""
    from dyntui.resources.resource import Column
    from dyntui.services.access.access_policy import find_policy, read_lists
    from dyntui.services.access.compare import find_duplicates
    from dyntui.services.access.drafts import entry_label
    from dyntui.services.access.entry_search import entries_of

    async def work(connection: Connection) -> list[list[tuple[Row, Mapping[str, object]]]]:
        lists = await read_lists(connection.client)
        selected = [find_policy(lists, name) for name in names] if names else lists
        with_id = [row for row in selected if row.get("id")]
        if len(with_id) < len(selected):
            context.print_message(f"Lists without an id on the server, left out: {len(selected) - len(with_id)}.")
        rows = [(row, entry) for row in with_id async for entry in entries_of(connection.client, str(row["id"]))]
        return list(find_duplicates(rows).values())

    groups = context.run_connected(work)
    items = (
        {
            "identifier": entry_label(group[0][1]),
            "count": len(group),
            "entries": [{"list": row.get("id"), "name": row.get("name"), "entry": entry} for row, entry in group],
        }
        for group in groups
    )
    columns = (
        Column("identifier"),
        Column("lists", pick=lambda item: ", ".join(str(each["name"]) for each in as_objects(item["entries"]))),
        Column("count", right=True),
    )
    context.print_items(items, columns)
    if not context.prints_data:
        context.print_message(f"Duplicate identifiers: {len(groups):,}")
    return 0
