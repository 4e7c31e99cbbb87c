"""`dyntui allowlists entries|add|remove|edit`: what is on a list."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.allowlists import found_list
from dyntui.cli.context import BaseCommand, CliContext, confirm_options, pass_context, run
from dyntui.cli.resource_lists import match_options, parse_match
from dyntui.cli.write_helpers import perform, read_option, report_results
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.access.drafts import EntryDraft
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_match import Match

__all__ = ["add", "edit", "entries", "remove", "search_options", "some_entries"]

_ORDERS = "email, emailDomain, walletPublicKey, alias, createdAt, ..."


def search_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--search, and how it compares."""
    text = "Only entries with TEXT in their alias or identifier."
    return click.option("--search", metavar="TEXT", help=text)(match_options(command))


@click.command("entries", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@search_options
@click.option("--order", metavar="FIELD-asc|desc", help=f"Server order: {_ORDERS}")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line, as they come.")
@pass_context
def entries(
    context: CliContext,
    name: str,
    search: str | None,
    match: str | None,
    exact: bool,
    order: str | None,
    limit: int,
    everything: bool,
    ndjson: bool,
) -> None:
    """List the entries of a list, ordered by the server. --search looks at the alias and every identifier."""
    from dyntui.resources.allowlists import IDENTIFIER_TITLES
    from dyntui.services.access.drafts import entry_label

    how = parse_match(match, exact)

    async def work() -> tuple[list[dict[str, Any]], int]:
        found: list[dict[str, Any]] = []
        count = 0
        async with context.connection() as connection:
            row = await found_list(connection, name)
            async for entry, total in some_entries(connection, row, search, how, order):
                count += 1
                if not everything and count > limit:
                    if search:
                        continue
                    return found, total or count
                if ndjson and everything:
                    context.emit_line(entry)
                else:
                    found.append(entry)
        return found, count

    found, total = run(work())
    if ndjson:
        for entry in found:
            context.emit_line(entry)
        if len(found) < total and not everything:
            context.note(f"{len(found):,} of {total:,} entries; --all prints all.")
        return
    context.emit({"count": total, "entries": found})
    context.table(
        ("identifier", "kind", "alias", "id"),
        (
            (
                entry_label(entry),
                next((title for field, title in IDENTIFIER_TITLES.items() if entry.get(field) not in (None, "")), ""),
                entry.get("alias"),
                entry.get("id"),
            )
            for entry in found
        ),
    )
    if not context.json:
        context.note(f"{len(found):,} of {total:,} entries" + (f" with {search!r} in them" if search else ""))


async def some_entries(
    connection: Connection, row: dict[str, Any], search: str | None, match: Match | None, order: str | None = None
) -> AsyncIterator[tuple[dict[str, Any], int | None]]:
    """The entries of a list that fit `search`, and how many the server says the list has."""
    from dyntui.resources import ALLOWLIST_ENTRIES
    from dyntui.services.lists.list_source import ListQuery, scan
    from dyntui.services.lists.row_match import Match, row_filter

    if match is not None and not search:
        raise UsageError("--exact and --match need a text to compare with.", hint="Give --search TEXT.")
    fitting = row_filter(ALLOWLIST_ENTRIES, search, match or Match.CONTAINS) if search else None
    query = ListQuery(order=order or "")
    async for scanned in scan(connection.client, ALLOWLIST_ENTRIES, parent=str(row["id"]), query=query):
        if fitting is None or fitting.fits(scanned.row):
            yield scanned.row, scanned.reported


@click.command("add", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@click.argument("identifiers", nargs=-1, metavar="[IDENTIFIER]...")
@click.option("--alias", metavar="TEXT", help="A label, for one identifier.")
@click.option("--region", metavar="XX", help="Country of phone numbers that say none: US, DE, ...")
@click.option("--skip-wrong", is_flag=True, help="Add the others when some are no identifier.")
@confirm_options
@pass_context
def add(
    context: CliContext,
    name: str,
    identifiers: tuple[str, ...],
    alias: str | None,
    region: str | None,
    skip_wrong: bool,
    yes: bool,
    confirm_environment: str,
) -> int:
    """Add entries to LIST: ada@example.com, 0x..., +4915..., example.com, twitter:ada, fid:77, external:u-1.

    Without identifiers, lines from standard input: an identifier and perhaps an alias, or an export.
    """
    from dyntui.services.access.access_policy import read_lists
    from dyntui.services.access.drafts import DraftState, draft_of, parse_identifiers, parse_lines
    from dyntui.services.access.entries import add_entries, check_existing, entry_target, new_job

    live = context.profile().kind == "live"
    if identifiers and list(identifiers) != ["-"]:
        drafts = parse_identifiers(identifiers, region=region, live=live)
    elif sys.stdin.isatty():
        raise UsageError("No identifiers were given.", hint="Give them as arguments, or lines on standard input.")
    else:
        drafts = parse_lines(sys.stdin.read(), region=region, live=live)
    if alias is not None:
        if len(drafts) != 1:
            raise UsageError("--alias is for one identifier.", hint="Give `identifier, alias` lines on standard input.")
        drafts = [draft_of({**drafts[0].entry, "alias": alias}, text=drafts[0].text, live=live)]
    if not drafts:
        raise UsageError("There is nothing to add.")

    async def work() -> int:
        async with context.connection() as connection:
            connection.write_gate.check(add_entries({"name": name}))
            row = await found_list(connection, name)
            checked = await check_existing(connection.client, row, drafts, await read_lists(connection.client))
            _show(context, checked)
            wrong = [draft for draft in checked if draft.state is DraftState.INVALID]
            if wrong and not skip_wrong:
                raise UsageError(
                    f"{len(wrong):,} of {len(checked):,} identifiers {'is' if len(wrong) == 1 else 'are'} invalid. "
                    f"The first is {wrong[0].text!r}: {wrong[0].problem_text}",
                    hint="Nothing was sent. --skip-wrong adds the others.",
                )
            wanted = [draft for draft in checked if draft.state in (DraftState.NEW, DraftState.EXISTS)]
            job = new_job()
            done = await perform(
                context,
                connection,
                add_entries(row, job=job),
                [entry_target(draft.entry) for draft in wanted],
                yes=yes,
                confirm_environment=confirm_environment,
            )
            context.note(f"to undo it: dyntui allowlists undo {job}")
            return report_results(context, done) or (1 if wrong else 0)

    return run(work())


def _show(context: CliContext, drafts: Sequence[EntryDraft]) -> None:
    """What was understood, before anything is sent."""
    from dyntui.resources.allowlists import IDENTIFIER_TITLES

    for draft in drafts[:20]:
        kind = IDENTIFIER_TITLES.get(draft.kind, "?")
        context.note(
            f"  {draft.state.value:<5}  {kind:<16} {draft.value}"
            + (f"  ({draft.problem_text})" if draft.problem_text else "")
        )
    if len(drafts) > 20:
        counts: dict[str, int] = {}
        for draft in drafts:
            counts[draft.state.value] = counts.get(draft.state.value, 0) + 1
        context.note(f"  … {len(drafts):,} in all: " + ", ".join(f"{n:,} {state}" for state, n in counts.items()))


async def _found(connection: Connection, row: dict[str, Any], words: Sequence[str]) -> list[dict[str, Any]]:
    """The entries of a list that are named by id or identifier. Usage for one that is not there."""
    from dyntui.core.ids import is_uuid
    from dyntui.services.access.drafts import DraftState, parse_identifiers
    from dyntui.services.access.entry_search import entries_of, find_entries

    list_id = str(row["id"])
    found: dict[str, dict[str, Any]] = {}
    if ids := {word for word in words if is_uuid(word)}:
        async for entry in entries_of(connection.client, list_id):
            if entry.get("id") in ids:
                found[str(entry["id"])] = entry
    drafts = parse_identifiers([word for word in words if not is_uuid(word)])
    if wrong := [draft for draft in drafts if draft.state is DraftState.INVALID]:
        raise UsageError(f"{wrong[0].text!r} is neither an id nor an identifier: {wrong[0].problem_text}")
    by_key = await find_entries(connection.client, list_id, [draft.entry for draft in drafts])
    out: dict[str, dict[str, Any]] = {}
    keys = {draft.text: draft.key for draft in drafts}
    for word in words:
        one = found.get(word) or by_key.get(keys.get(word, ""))
        if one is None:
            raise UsageError(f"{word} is not on “{row.get('name')}”.", hint="Nothing was done.")
        out[str(one.get("id"))] = one
    return list(out.values())


@click.command("remove", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@click.argument("words", nargs=-1, required=True, metavar="ENTRY...")
@confirm_options
@read_option
@pass_context
def remove(
    context: CliContext, name: str, words: tuple[str, ...], yes: bool, confirm_environment: str, read: str
) -> int:
    """Remove entries from LIST, named by id or by what they identify. `allowlists undo` adds them again."""
    from dyntui.services.access.entries import new_job, removal_target, remove_entries

    async def work() -> int:
        async with context.connection() as connection:
            connection.write_gate.check(remove_entries({"name": name}))
            row = await found_list(connection, name)
            targets = [removal_target(entry) for entry in await _found(connection, row, words)]
            job = new_job()
            action = remove_entries(row, job=job)
            done = await perform(
                context, connection, action, targets, yes=yes, confirm_environment=confirm_environment, read=read
            )
            context.note(f"to undo it: dyntui allowlists undo {job}")
            return report_results(context, done)

    return run(work())


@click.command("edit", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@click.argument("word", metavar="ENTRY")
@click.argument("pairs", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--allow-gap", is_flag=True, help="Let the entry be missing for a moment where there is no other way.")
@confirm_options
@pass_context
def edit(
    context: CliContext,
    name: str,
    word: str,
    pairs: tuple[str, ...],
    allow_gap: bool,
    yes: bool,
    confirm_environment: str,
) -> int:
    """Change an entry: email=new@example.com, alias=Ada. The API cannot; the new one is added, then the old deleted.

    The same identifier cannot stand twice: another alias means removing the entry for a moment, which needs --allow-gap
    while the list is on.
    """
    from dyntui.services.access.drafts import DraftState, draft_of
    from dyntui.services.access.entries import ENTRY_EXPORT, body_of, new_job, replace_entry, replacement_target

    changes: dict[str, str] = {}
    for pair in pairs:
        field, separator, value = pair.partition("=")
        if not separator or field not in ENTRY_EXPORT:
            raise UsageError(f"{pair!r} is not FIELD=VALUE.", hint=f"Fields: {', '.join(ENTRY_EXPORT)}.")
        changes[field] = value

    async def work() -> int:
        async with context.connection() as connection:
            connection.write_gate.check(replace_entry({"name": name}))
            row = await found_list(connection, name)
            (old,) = await _found(connection, row, [word])
            fields = body_of(old)
            if any(field != "alias" for field in changes):
                fields = {"alias": fields["alias"]} if "alias" in fields else {}
            draft = draft_of({key: value for key, value in {**fields, **changes}.items() if value != ""})
            if draft.state is DraftState.INVALID:
                raise UsageError(draft.problem_text, hint="Nothing was sent.")
            action = replace_entry(row, gap=allow_gap, job=new_job())
            target = replacement_target(old, draft.entry)
            done = await perform(
                context, connection, action, [target], yes=yes, confirm_environment=confirm_environment
            )
            return report_results(context, done)

    return run(work())
