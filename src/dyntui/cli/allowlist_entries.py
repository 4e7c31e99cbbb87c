"""`dyntui allowlists entries|add|remove|edit-entry`: list and change the entries of a list."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.allowlists import find_list
from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.field_arguments import data_option, parse_fields
from dyntui.cli.input_text import STDIN, read_text
from dyntui.cli.list_filters import check_order, filter_options
from dyntui.cli.resource_lists import all_option, limit_option, match_options, parse_match, print_list
from dyntui.cli.shared_options import combine_options, confirm_options
from dyntui.cli.targets import LeftOut, ignore_missing_option, read_targets
from dyntui.cli.watch import watch_option
from dyntui.cli.write_helpers import confirm_access_options, perform_and_report, report_results
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.resources.allowlists import ALLOWLIST_ENTRIES

if TYPE_CHECKING:
    from dyntui.services.access.drafts import EntryDraft
    from dyntui.services.actions.target_lookup import TargetMatches
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_conditions import RowConditions
    from dyntui.services.lists.row_match import Match, RowFilter

__all__ = ["add", "edit", "entries", "entry_filter", "remove", "search_options"]


search_options = combine_options(
    click.option("--search", metavar="TEXT", help="Only entries whose alias or identifier contains TEXT."),
    match_options,
)


@click.command("entries", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@search_options
@click.option(
    "--order",
    metavar="COLUMN-asc|desc",
    callback=check_order,
    help="Order by the server: email, emailDomain, walletPublicKey, alias, createdAt, ...",
)
@limit_option
@all_option
@watch_option
@filter_options(ALLOWLIST_ENTRIES)
@pass_context
def entries(
    context: CliContext,
    /,
    name: str,
    search: str | None,
    match: str | None,
    exact: bool,
    order: str,
    conditions: RowConditions,
    **options: Any,
) -> None:
    """List the entries of a list."""
    from dyntui.services.lists.list_source import ListQuery

    async def find_list_id(connection: Connection) -> str:
        return str((await find_list(connection, name))["id"])

    print_list(
        context,
        ALLOWLIST_ENTRIES,
        ListQuery(order=order),
        entry_filter(search, parse_match(match, exact)),
        conditions,
        find_parent=find_list_id,
        text=search or "",
        **options,
    )


def entry_filter(search: str | None, match: Match | None) -> RowFilter | None:
    """Return the filter for the values of `search_options`; None without a search text.

    Raises UsageError for a match mode without a search text.
    """
    from dyntui.services.lists.row_match import Match, row_filter

    if match is not None and not search:
        raise UsageError("--exact and --match need a search text.", hint="Add --search TEXT.")
    return row_filter(ALLOWLIST_ENTRIES, search, match or Match.CONTAINS) if search else None


@click.command("add", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@click.argument("identifiers", nargs=-1, metavar="[IDENTIFIER]...")
@click.option("--alias", metavar="TEXT", help="Label of the entry; only with one identifier.")
@click.option("--region", metavar="XX", help="Country of phone numbers without a country code: US, DE, ...")
@click.option("--skip-invalid", is_flag=True, help="Skip invalid identifiers and add the others.")
@confirm_options
@pass_context
def add(
    context: CliContext,
    name: str,
    identifiers: tuple[str, ...],
    alias: str | None,
    region: str | None,
    skip_invalid: bool,
    confirmation: Confirmation,
) -> int:
    """Add entries to LIST.

    An IDENTIFIER is an email, wallet, phone number or email domain, or has a prefix: twitter:ada, discord:ada,
    farcaster:ada, fid:77, external:u-1. Without arguments, reads an export or one "identifier, alias" per line from
    standard input.
    """
    from dyntui.services.access.access_policy import read_lists
    from dyntui.services.access.drafts import DraftState, draft_of, parse_identifiers, parse_lines
    from dyntui.services.access.entries import add_entries, check_existing, entry_target
    from dyntui.services.actions.write_types import WriteResults

    live = context.profile().kind == "live"
    if identifiers and list(identifiers) != ["-"]:
        drafts = parse_identifiers(identifiers, region=region, live=live)
    elif sys.stdin.isatty():
        raise UsageError("No identifiers.", hint="Pass them as arguments, or one per line on standard input.")
    else:
        drafts = parse_lines(read_text(STDIN, "The list of identifiers"), region=region, live=live)
    if not drafts:
        return report_results(context, WriteResults(add_entries({"name": name}), ()))
    if alias is not None:
        if len(drafts) != 1:
            raise UsageError(
                "--alias works only with one identifier.", hint="Pass `identifier, alias` lines on standard input."
            )
        drafts = [draft_of({**drafts[0].entry, "alias": alias}, text=drafts[0].text, live=live)]

    async def work(connection: Connection) -> int:
        connection.write_gate.check(add_entries({"name": name}))
        row = await find_list(connection, name)
        checked = await check_existing(connection.client, row, drafts, await read_lists(connection.client))
        _print_drafts(context, checked)
        invalid = [draft for draft in checked if draft.state is DraftState.INVALID]
        if invalid and not skip_invalid:
            raise UsageError(
                f"Invalid: {len(invalid):,} of {quantity(len(checked), 'identifier')}. "
                f"The first is {invalid[0].text!r}: {invalid[0].problem_text}",
                hint="Nothing was added. Use --skip-invalid to add the valid ones.",
            )
        valid = [draft for draft in checked if draft.state in (DraftState.NEW, DraftState.EXISTS)]
        targets = [entry_target(draft.entry) for draft in valid]
        code = await perform_and_report(context, connection, add_entries(row), targets, confirmation)
        return code or (1 if invalid else 0)

    return context.run_connected(work)


def _print_drafts(context: CliContext, drafts: Sequence[EntryDraft]) -> None:
    """Print how the identifiers were parsed: the first 20, then counts by state."""
    from dyntui.resources.allowlists import IDENTIFIER_TITLES

    for draft in drafts[:20]:
        kind = IDENTIFIER_TITLES.get(draft.kind, "?")
        context.print_message(
            f"  {draft.state.value:<9}  {kind:<16} {draft.value}"
            + (f"  ({draft.problem_text})" if draft.problem_text else "")
        )
    if len(drafts) > 20:
        counts: dict[str, int] = {}
        for draft in drafts:
            counts[draft.state.value] = counts.get(draft.state.value, 0) + 1
        context.print_message(
            f"  … {len(drafts):,} in total: " + ", ".join(f"{n:,} {state}" for state, n in counts.items())
        )


async def _find_entries(
    connection: Connection, row: dict[str, Any], arguments: Sequence[str]
) -> tuple[list[Row], list[TargetMatches]]:
    """Return the entries of a list with these ids or identifiers, and the arguments that are not on the list."""
    from dyntui.core.ids import is_uuid
    from dyntui.resources.allowlists import ALLOWLIST_ENTRIES
    from dyntui.services.access.drafts import DraftState, parse_identifiers
    from dyntui.services.access.entry_search import find_entries, read_by_id
    from dyntui.services.actions.target_lookup import TargetMatches

    list_id = str(row["id"])
    by_id = await read_by_id(connection.client, list_id, filter(is_uuid, arguments))
    drafts = parse_identifiers([argument for argument in arguments if not is_uuid(argument)])
    if invalid := [draft for draft in drafts if draft.state is DraftState.INVALID]:
        raise UsageError(f"{invalid[0].text!r} is neither an id nor an identifier: {invalid[0].problem_text}")
    by_key = await find_entries(connection.client, list_id, [draft.entry for draft in drafts])
    found: dict[str, Row] = {}
    missing: list[TargetMatches] = []
    keys = {draft.text: draft.key for draft in drafts}
    for argument in arguments:
        match = by_id.get(argument) or by_key.get(keys.get(argument, ""))
        if match is None:
            missing.append(TargetMatches(ALLOWLIST_ENTRIES, argument, ()))
        else:
            found[str(match.get("id"))] = match
    return list(found.values()), missing


@click.command("remove", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@click.argument("arguments", nargs=-1, metavar="[ENTRY]...")
@ignore_missing_option
@confirm_access_options
@pass_context
def remove(
    context: CliContext, name: str, arguments: tuple[str, ...], ignore_missing: bool, confirmation: Confirmation
) -> int:
    """Remove entries from LIST.

    An ENTRY is an id or an identifier. @FILE reads them from a file and - from standard input, one a line. You can undo
    this with `dyntui allowlists undo`.
    """
    from dyntui.services.access.entries import removal_target, remove_entries
    from dyntui.services.actions.write_types import WriteResults

    texts = read_targets(arguments)
    if not texts:
        return report_results(context, WriteResults(remove_entries({"name": name}), ()))

    async def work(connection: Connection) -> int:
        connection.write_gate.check(remove_entries({"name": name}))
        row = await find_list(connection, name)
        entries, missing = await _find_entries(connection, row, texts)
        targets = [removal_target(entry) for entry in entries]
        left_out = LeftOut(missing, ignore_missing=ignore_missing)
        return await perform_and_report(context, connection, remove_entries(row), targets, confirmation, left_out)

    return context.run_connected(work)


@click.command("edit-entry", cls=BaseCommand)
@click.argument("name", metavar="LIST")
@click.argument("argument", metavar="ENTRY")
@click.argument("pairs", nargs=-1, metavar="FIELD=VALUE...")
@data_option
@click.option("--allow-gap", is_flag=True, help="Allow the entry to be missing for a moment.")
@confirm_options
@pass_context
def edit(
    context: CliContext,
    name: str,
    argument: str,
    pairs: tuple[str, ...],
    data: str | None,
    allow_gap: bool,
    confirmation: Confirmation,
) -> int:
    """Change an entry of LIST.

    ENTRY is an id or an identifier. Write fields as email=new@example.com or alias=Ada.

    The API cannot change an entry, so the new entry is added and then the old one is deleted. To change only the alias,
    the old entry has to be deleted first; if the list is enabled, this needs --allow-gap.
    """
    from dyntui.services.access.drafts import DraftState, draft_of
    from dyntui.services.access.entries import ENTRY_EXPORT, body_of, replace_entry, replacement_target
    from dyntui.services.body_check import did_you_mean
    from dyntui.services.forms import field_text

    changes = {name: field_text(value) for name, value in parse_fields(pairs, data).typed().items()}
    if unknown := [name for name in changes if name not in ENTRY_EXPORT]:
        raise UsageError(
            f"An entry has no field {unknown[0]!r}.{did_you_mean(unknown[0], ENTRY_EXPORT)}",
            hint=f"Fields: {', '.join(ENTRY_EXPORT)}.",
        )
    if not changes:
        raise UsageError("No change was given.", hint="Give FIELD=VALUE, such as alias=Ada.")

    async def work(connection: Connection) -> int:
        connection.write_gate.check(replace_entry({"name": name}))
        row = await find_list(connection, name)
        found, missing = await _find_entries(connection, row, [argument])
        if missing:
            missing[0].only()
        old = found[0]
        fields = body_of(old)
        if any(field != "alias" for field in changes):
            fields = {"alias": fields["alias"]} if "alias" in fields else {}
        draft = draft_of({key: value for key, value in {**fields, **changes}.items() if value != ""})
        if draft.state is DraftState.INVALID:
            raise UsageError(draft.problem_text, hint="Nothing was changed.")
        action, target = replace_entry(row, gap=allow_gap), replacement_target(old, draft.entry)
        return await perform_and_report(context, connection, action, [target], confirmation)

    return context.run_connected(work)
