"""`dyntui allowlists diff|sync|duplicates`: lists and files held against each other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.allowlists import found_list
from dyntui.cli.context import BaseCommand, CliContext, confirm_options, pass_context, run
from dyntui.cli.write_helpers import ask_confirmation, make_progress_line, read_option, report_results
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.access.compare import ComparisonSide
    from dyntui.services.connection import Connection

__all__ = ["diff", "duplicates", "sync"]

_SIDE = "a list by name or id, a file, list:NAME or file:PATH where both exist, - for standard input"


async def _side(context: CliContext, connection: Connection, text: str, region: str | None) -> ComparisonSide:
    from dyntui.services.access.access_policy import find_policy, read_lists
    from dyntui.services.access.compare import read_file, read_list

    live = connection.profile.kind == "live"
    word, colon, rest = text.partition(":")
    if colon and word == "file":
        return read_file(Path(rest), region=region, live=live)
    if text == "-":
        return read_file(sys.stdin.buffer, name="standard input", region=region, live=live)
    lists = await read_lists(connection.client)
    name = rest if colon and word == "list" else text
    known = any(name in (row.get("id"), row.get("name")) for row in lists)
    if name is text and _is_file(text):
        if known:
            raise UsageError(f"{text} is a list and a file.", hint=f"Write list:{text} or file:{text}.")
        return read_file(Path(text), region=region, live=live)
    return await read_list(connection.client, find_policy(lists, name))


def _is_file(text: str) -> bool:
    return Path(text).exists()


@click.command("diff", cls=BaseCommand)
@click.argument("left", metavar="LEFT")
@click.argument("right", metavar="RIGHT")
@click.option("--region", metavar="XX", help="Country of phone numbers that say none, in a file.")
@pass_context
def diff(context: CliContext, left: str, right: str, region: str | None) -> int:
    """Compare two sides: what only one has, and what both have. Each is a list by name or id, or a file.

    \b
    exit: 0 when both name the same, 1 when they differ
    """
    from dyntui.services.access.compare import compare
    from dyntui.services.access.drafts import entry_label
    from dyntui.services.access.entries import body_of

    async def work() -> Any:
        async with context.connection() as connection:
            one = await _side(context, connection, left, region)
            return compare(one, await _side(context, connection, right, region))

    found = run(work())
    for side in (found.left, found.right):
        for line, why in side.wrong[:5]:
            context.note(f"{side.name}, line {line}: {why}")
    context.emit(
        {
            "left": [body_of(entry) for entry in found.only_left],
            "right": [body_of(entry) for entry in found.only_right],
            "both": len(found.both),
            "relabelled": [{"left": body_of(old), "right": body_of(new)} for old, new in found.relabelled],
        }
    )
    for entry in found.only_left:
        context.say(f"< {entry_label(entry)}")
    for entry in found.only_right:
        context.say(f"> {entry_label(entry)}")
    for old, new in found.relabelled:
        context.say(f"~ {entry_label(old)}  {old.get('alias') or '—'} | {new.get('alias') or '—'}")
    if not context.json:
        context.note(
            f"only {found.left.name} (<): {len(found.only_left):,}; only {found.right.name} (>): "
            f"{len(found.only_right):,}; both: {len(found.both):,}, with another alias (~): {len(found.relabelled):,}"
        )
    return 0 if found.same else 1


@click.command("sync", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@click.argument("source", metavar="SOURCE")
@click.option("--remove", is_flag=True, help="Also remove what only the list has.")
@click.option("--dry-run", is_flag=True, help="Show the plan, send nothing.")
@click.option("--region", metavar="XX", help="Country of phone numbers that say none, in a file.")
@confirm_options
@read_option
@pass_context
def sync(
    context: CliContext,
    name: str,
    source: str,
    remove: bool,
    dry_run: bool,
    region: str | None,
    yes: bool,
    confirm_environment: str,
    read: str,
) -> int:
    """Make LIST as SOURCE is (a file, or another list): shows the plan, then applies it.

    What is missing is added first; with --remove, what only the list has is removed then, and only when everything
    could be added. Applied again it does nothing, so a run that was stopped is simply run again.
    """
    from dyntui.services.access.compare import plan_sync, read_list, sync_action
    from dyntui.services.access.compare import sync as apply
    from dyntui.services.access.entries import body_of, change_entries, new_job

    async def work() -> int:
        async with context.connection() as connection:
            if not dry_run:
                connection.write_gate.check(change_entries({"name": name}, "allowlist.sync", "Sync"))
            row = await found_list(connection, name)
            wanted = await _side(context, connection, source, region)
            plan = plan_sync(row, await read_list(connection.client, row), wanted, remove=remove)
            context.note(*plan.lines())
            if plan.extra:
                context.note("--remove takes away what only the list has.")
            if plan.is_empty or dry_run:
                context.emit(
                    {
                        "list": row.get("id"),
                        "add": [body_of(entry) for entry in plan.add],
                        "remove": [dict(entry) for entry in plan.remove],
                        "keep": plan.unchanged,
                        "extra": plan.extra,
                        "wrong": [{"line": line, "why": why} for line, why in plan.source.invalid],
                        "applied": False,
                    }
                )
                return 1 if plan.source.invalid else 0
            job = new_job()
            action, targets = sync_action(plan, job=job)
            confirmation = await ask_confirmation(
                context, connection, action, targets, yes=yes, confirm_environment=confirm_environment, read=read
            )
            done = await apply(
                connection.write_gate, plan, confirmation, job=job, on_progress=make_progress_line(len(targets))
            )
            context.note(f"to undo it: dyntui allowlists undo {job}")
            return report_results(context, done) or (1 if plan.source.invalid else 0)

    return run(work())


@click.command("duplicates", cls=BaseCommand)
@click.argument("names", nargs=-1, metavar="[LIST]...")
@pass_context
def duplicates(context: CliContext, names: tuple[str, ...]) -> int:
    """Find entries that stand twice, on one list or on several (all of them, unless some are named)."""
    from dyntui.services.access.access_policy import find_policy, read_lists
    from dyntui.services.access.compare import find_duplicates
    from dyntui.services.access.drafts import entry_label
    from dyntui.services.access.entry_search import entries_of

    async def work() -> Any:
        async with context.connection() as connection:
            lists = await read_lists(connection.client)
            chosen = [find_policy(lists, name) for name in names] if names else lists
            nameless = [row for row in chosen if not row.get("id")]
            if nameless:
                context.note(f"{len(nameless)} lists have no id on the server, and are left out")
            chosen = [row for row in chosen if row.get("id")]
            rows = [(row, entry) for row in chosen async for entry in entries_of(connection.client, str(row["id"]))]
            return find_duplicates(rows)

    found = run(work())
    context.emit(
        [
            [{"list": row.get("id"), "name": row.get("name"), "entry": entry} for row, entry in several]
            for several in found.values()
        ]
    )
    context.table(
        ("identifier", "on", "times"),
        (
            (entry_label(several[0][1]), ", ".join(str(row.get("name")) for row, _ in several), len(several))
            for several in found.values()
        ),
    )
    if not context.json:
        context.note(f"{len(found):,} identifiers stand more than once")
    return 0
