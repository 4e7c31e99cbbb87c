"""`dyntui wallets`: list, show, link, pre-generate, delete, recover and export wallets."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.export_output import export_options, export_rows
from dyntui.cli.field_arguments import data_option, parse_fields, print_warnings, split_arguments, warned_before_errors
from dyntui.cli.list_filters import filter_options, refuse_empty
from dyntui.cli.resource_commands import add_action_command, add_resource_commands
from dyntui.cli.resource_lists import (
    all_option,
    limit_option,
    list_of_one,
    match_options,
    object_fields,
    parse_match,
    print_list,
)
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.watch import watch_option
from dyntui.cli.write_helpers import perform_and_report, run_write
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import json_text
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.cell_formats import time
from dyntui.resources.resource import Column, ListOperation
from dyntui.resources.users import USERS, WALLETS
from dyntui.services.actions.user_actions import PREGENERATE_TYPES

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["wallets"]

wallets = CommandGroup("wallets", help="List, link, pre-generate, delete and recover wallets.")

_COLUMNS = (
    Column("chain"),
    Column("publicKey", "address"),
    Column("name", "wallet"),
    Column("provider"),
    Column("userId", "user"),
    Column("deletedAt", "deleted", format=time),
)
_RECOVER = next(action for action in USERS.actions if action.name == "recover-wallets")
add_resource_commands(wallets, WALLETS, without={"list", "get"})
add_action_command(wallets, USERS, _RECOVER, "recover")


@wallets.command("list")
@click.option("--user", metavar="USER", callback=refuse_empty, help="Only the wallets of this user.")
@click.option(
    "--filter",
    "address",
    metavar="TEXT",
    callback=refuse_empty,
    help="Only wallets with this address, or of users with this email, or a part of it.",
)
@match_options
@limit_option
@all_option
@watch_option
@filter_options(WALLETS)
@pass_context
def list_wallets(
    context: CliContext,
    user: str | None,
    address: str | None,
    match: str | None,
    exact: bool,
    limit: int,
    offset: int,
    all_rows: bool,
    conditions: RowConditions,
) -> None:
    """List the wallets of the environment, of one user, with an address, or of an email.

    --filter searches the wallets of all users, or of the user of --user; deleted wallets are not searched.
    """
    from dyntui.resources.filters import parse_filter
    from dyntui.services.lists.list_source import ListQuery
    from dyntui.services.lists.row_match import Match, row_filter

    record = WALLETS
    match_kind = parse_match(match, exact) or (Match.CONTAINS if user and address else None)
    server_filter = parse_filter(WALLETS.filter, address) if address and WALLETS.filter is not None else {}
    if address and not server_filter:
        hint = "Type an email, at least 0x and 4 digits, or 20 characters of an address."
        raise UsageError(f"{address!r} is not an address or email.", hint=hint)
    if address and user and "@" in address:
        raise UsageError("--user already selects the owner.", hint="Leave out --user, or filter by an address.")
    if user:
        record = replace(WALLETS, list=ListOperation("getWalletsByUserId", "wallets"), parent_resource="users")
    print_list(
        context,
        record,
        ListQuery(filter={} if user else server_filter),
        row_filter(WALLETS, address or "", match_kind) if match_kind is not None else None,
        conditions,
        find_parent=partial(_find_user_id, user) if user else None,
        limit=limit,
        offset=offset,
        all_rows=all_rows or bool(user),
        text=address or "",
        columns=_COLUMNS,
    )


async def _find_user_id(user: str, connection: Connection) -> str:
    """Return the id of the user that a text identifies."""
    from dyntui.services.actions.target_lookup import look_up_one

    return str((await look_up_one(connection.client, USERS, user))["id"])


@wallets.command("get")
@click.argument("wallet", metavar="WALLET")
@pass_context
def get_wallet(context: CliContext, wallet: str) -> None:
    """Show one wallet in full. WALLET is its id or address."""
    from dyntui.services.actions.target_lookup import read_object
    from dyntui.services.web_links import explorer_url

    document = context.run_connected(lambda connection: read_object(connection.client, WALLETS, wallet))
    url = explorer_url(document.get("chain"), document.get("publicKey"))
    if url and not context.prints_data:
        document = {**document, "explorer": url}
    context.print_object(document, object_fields(context, WALLETS))


@wallets.command("balances")
@list_of_one("wallet", RESOURCES["balances"])
@pass_context
def list_balances(context: CliContext, wallet: str, conditions: RowConditions) -> None:
    """List the tokens that a wallet holds on the enabled networks of the environment. WALLET is its id or address."""
    from dyntui.cli.user_subresources import print_balances
    from dyntui.services.actions.target_lookup import look_up_one
    from dyntui.services.lists.balance_rows import read_balances

    async def read(connection: Connection) -> list[Row]:
        row = await look_up_one(connection.client, WALLETS, wallet)
        user_id = str(row.get("userId") or "")
        if not user_id:
            raise UsageError("The owner of this wallet is not known.", hint="Use `dyntui users balances USER`.")
        return await read_balances(connection.client, user_id, [row])

    print_balances(context, context.run_connected(read), conditions)


_LINK_OPTIONS = {"publicWalletAddress": "--address", "chain": "--chain", "walletName": "--name"}
"""The required fields of a linked wallet, and the options that give them."""


@wallets.command("link")
@click.argument("user", metavar="USER")
@click.argument("pairs", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--address", "publicWalletAddress", metavar="TEXT", help="Address of the wallet.")
@click.option("--chain", metavar="TEXT", help="Chain of the wallet: EVM, SOL, BTC, ...")
@click.option("--name", "walletName", metavar="TEXT", help="Name of the wallet app: metamask, phantom, ...")
@click.option(
    "--provider", "walletProvider", metavar="TEXT", help="How the wallet connects.  [default: browserExtension]"
)
@data_option
@confirm_options
@pass_context
def link_external_wallet(
    context: CliContext,
    /,
    user: str,
    pairs: tuple[str, ...],
    data: str | None,
    confirmation: Confirmation,
    **options: str | None,
) -> int:
    """Link an external wallet to a user.

    Address, chain and name are required. They are options, or the fields publicWalletAddress, chain, walletName and
    walletProvider; an option overrides its field.
    """
    from dyntui.services.actions.target_lookup import look_up_one
    from dyntui.services.actions.user_actions import link_wallet, user_target

    given = {name: value for name, value in options.items() if value is not None}
    fields = {"walletProvider": "browserExtension", **parse_fields(pairs, data).body("createWallet"), **given}
    print_warnings(context, "createWallet", fields)
    for name, option in _LINK_OPTIONS.items():
        if not fields.get(name):
            raise UsageError(f"The wallet has no {name}.", hint=f"Give {option}, or {name}=VALUE.")
    action = link_wallet(fields)

    async def work(connection: Connection) -> int:
        connection.write_gate.check(action)
        target = user_target(await look_up_one(connection.client, USERS, user))
        return await perform_and_report(context, connection, action, [target], confirmation)

    return context.run_connected(work)


@wallets.command("pregenerate")
@click.argument("arguments", nargs=-1, metavar="[IDENTIFIER] [FIELD=VALUE]...")
@click.option(
    "--type",
    "kind",
    type=click.Choice(PREGENERATE_TYPES),
    help="Type of IDENTIFIER. Phone numbers start with the country code: +14155550100.  [default: email]",
)
@click.option(
    "--chain",
    "chains",
    multiple=True,
    metavar="CHAIN",
    help="Chain, such as EVM, SVM, SUI, BTC, TON or TRON (repeatable).",
)
@click.option("--social", metavar="PROVIDER", help="Provider of a social identifier: google, github, ...")
@click.option("--legacy", is_flag=True, help="Use the older endpoint, where Solana is SOL.")
@click.option(
    "--farcaster-fid",
    type=int,
    metavar="FID",
    help="Farcaster id, for the older endpoint; IDENTIFIER is an email.",
)
@data_option
@confirm_options
@pass_context
def pregenerate_wallets(
    context: CliContext,
    arguments: tuple[str, ...],
    kind: str | None,
    chains: tuple[str, ...],
    social: str | None,
    legacy: bool,
    farcaster_fid: int | None,
    data: str | None,
    confirmation: Confirmation,
) -> int:
    """Pre-generate embedded wallets for an identifier. A user with it claims them at the first sign-in.

    An identifier and a chain are required. Instead of options they can be the fields identifier, type, chains and
    socialProvider; an option overrides its field.
    """
    from dyntui.services.actions.user_actions import pregenerate, pregeneration, pregeneration_operation
    from dyntui.services.actions.write_types import Target

    identifiers, pairs = split_arguments(arguments)
    if len(identifiers) > 1:
        raise UsageError(f"{identifiers[1]!r} is a second identifier.", hint="Pre-generate for one at a time.")
    is_farcaster = farcaster_fid is not None
    endpoint = pregeneration_operation(legacy=legacy, is_farcaster=is_farcaster)
    fields = parse_fields(pairs, data).body(endpoint)
    options = {
        "email" if is_farcaster else "identifier": next(iter(identifiers), None),
        "type": kind,
        "chains": list(chains) or None,
        "socialProvider": social,
        "fid": farcaster_fid,
    }
    fields |= {name: value for name, value in options.items() if value is not None}
    with warned_before_errors(context, endpoint, dict(fields)):
        operation, body = pregeneration(
            _take_text(fields, "email" if is_farcaster else "identifier"),
            _take_text(fields, "type") or "email",
            _take_texts(fields, "chains"),
            social=_take_text(fields, "socialProvider"),
            legacy=legacy,
            farcaster_fid=fields.pop("fid", None) if is_farcaster else None,
            more=fields,
        )
    print_warnings(context, operation, body)
    identifier = str(body["email" if is_farcaster else "identifier"])
    return run_write(context, pregenerate(operation, body), [Target(identifier, identifier)], confirmation)


def _take_text(fields: dict[str, Any], name: str) -> str:
    """Remove a field and return its text; "" when it is not given. Raises UsageError when it is no text."""
    value = fields.pop(name, None)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{name} is not a text: {json_text(value)}.", hint=f"Use {name}=TEXT.")
    return value or ""


def _take_texts(fields: dict[str, Any], name: str) -> list[str]:
    """Remove a field and return its texts; [] when it is not given. Raises UsageError when it is no list of texts."""
    value = fields.pop(name, None) or []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise UsageError(f"{name} is not a list of texts: {json_text(value)}.", hint=f"Use {name}=A,B.")
    return value


@wallets.command("export")
@export_options
@filter_options(WALLETS)
@pass_context
def export_wallets(context: CliContext, /, conditions: RowConditions, **options: Any) -> int:
    """Export all wallets, or the wallets that are given.

    TARGET is the id or address of a wallet. @FILE reads them from a file and - from standard input, one a line.
    """
    from dyntui.services.exports import WALLET_FIELDS

    if options["targets"] and conditions:
        raise UsageError("Wallets and a filter cannot be used together.", hint="Leave out one of them.")
    return export_rows(context, WALLETS, WALLET_FIELDS, query=None, conditions=conditions, **options)
