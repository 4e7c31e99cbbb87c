"""`dyntui wallets`: list, show, link, pre-generate, delete, recover and export wallets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context
from dyntui.cli.export_output import export_options, export_rows
from dyntui.cli.resource_commands import add_action_command, add_resource_commands
from dyntui.cli.resource_lists import all_option, limit_option, ndjson_option, print_list, show_object
from dyntui.cli.watch import watch_option
from dyntui.cli.write_helpers import run_write
from dyntui.core.errors import UsageError
from dyntui.resources import USERS, WALLETS, Column, ListOperation
from dyntui.services.actions.user_actions import PREGENERATE_TYPES

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation

__all__ = ["wallets"]

wallets = CommandGroup("wallets", help="List, link, pre-generate, delete and recover wallets.")

_COLUMNS = (
    Column("chain"),
    Column("publicKey", "address"),
    Column("name", "wallet"),
    Column("provider"),
    Column("userId", "user"),
    Column(title="deleted", pick=lambda row: str(row.get("deletedAt") or "")[:10]),
)
_RECOVER = next(action for action in USERS.actions if action.name == "recover-wallets")
add_resource_commands(wallets, WALLETS, without={"list", "get"})
add_action_command(wallets, USERS, _RECOVER, "recover")


@wallets.command("list")
@click.option("--user", "user_id", metavar="ID", help="Only the wallets of this user.")
@click.option("--filter", "address", metavar="ADDRESS", help="Only wallets with this address, or a part of it.")
@limit_option
@all_option
@ndjson_option
@watch_option
@pass_context
def list_wallets(
    context: CliContext, user_id: str | None, address: str | None, limit: int, all_rows: bool, ndjson: bool
) -> None:
    """List the wallets of the environment, of one user, or with an address.

    --filter searches the wallets of all users, or of the user of --user; deleted wallets are not searched.
    """
    from dyntui.resources.filters import parse_filter
    from dyntui.services.lists.list_source import ListQuery
    from dyntui.services.lists.row_match import Match, RowFilter

    record = WALLETS
    server_filter = parse_filter(WALLETS.filter, address) if address and WALLETS.filter is not None else {}
    if address and not server_filter:
        raise UsageError(f"{address!r} is not an address.", hint="Type at least 0x and 4 digits, or 20 characters.")
    if user_id:
        record = replace(WALLETS, list=ListOperation("getWalletsByUserId", "wallets"), parent_resource="users")
    print_list(
        context,
        record,
        ListQuery(filter={} if user_id else server_filter),
        RowFilter(address, Match.CONTAINS, ("walletPublicKey",)) if user_id and address else None,
        parent=user_id or "",
        limit=limit,
        all_rows=all_rows or bool(user_id),
        ndjson=ndjson,
        text=address or "",
        items="wallets",
        columns=_COLUMNS,
    )


@wallets.command("get")
@click.argument("wallet_id", metavar="ID")
@pass_context
def get_wallet(context: CliContext, wallet_id: str) -> None:
    """Show one wallet in full."""

    from dyntui.services.web_links import explorer_url

    wallet = context.run_connected(lambda connection: connection.client.wallets.get_raw(wallet_id))
    show_object(context, wallet)
    if url := explorer_url(wallet.get("chain"), wallet.get("publicKey")):
        context.print_result(f"{'explorer':<28}  {url}")


@wallets.command("link")
@click.argument("user_id", metavar="USER-ID")
@click.option("--address", required=True, help="Address of the wallet.")
@click.option("--chain", required=True, help="Chain of the wallet: EVM, SOL, BTC, ...")
@click.option("--name", required=True, help="Name of the wallet app: metamask, phantom, ...")
@click.option("--provider", default="browserExtension", show_default=True, help="How the wallet connects.")
@confirm_options
@pass_context
def link_external_wallet(
    context: CliContext,
    user_id: str,
    address: str,
    chain: str,
    name: str,
    provider: str,
    confirmation: Confirmation,
) -> int:
    """Link an external wallet to a user."""
    from dyntui.services.actions.user_actions import link_wallet
    from dyntui.services.actions.write_types import Target

    fields = {"publicWalletAddress": address, "chain": chain, "walletName": name, "walletProvider": provider}
    return run_write(context, link_wallet(fields), [Target(user_id)], confirmation)


@wallets.command("pregenerate")
@click.argument("identifier")
@click.option(
    "--type",
    "kind",
    type=click.Choice(PREGENERATE_TYPES),
    default="email",
    show_default=True,
    help="Type of IDENTIFIER. Phone numbers start with the country code: +14155550100.",
)
@click.option(
    "--chain",
    "chains",
    multiple=True,
    required=True,
    metavar="CHAIN",
    help="Chain: EVM, SVM, SUI, BTC or TON (repeatable).",
)
@click.option("--social", metavar="PROVIDER", help="Provider of a social identifier: google, github, ...")
@click.option("--legacy", is_flag=True, help="Use the older endpoint, where Solana is SOL.")
@click.option(
    "--farcaster-fid",
    type=int,
    metavar="FID",
    help="Farcaster id, for the older endpoint; IDENTIFIER is an email.",
)
@confirm_options
@pass_context
def pregenerate_wallets(
    context: CliContext,
    identifier: str,
    kind: str,
    chains: tuple[str, ...],
    social: str | None,
    legacy: bool,
    farcaster_fid: int | None,
    confirmation: Confirmation,
) -> int:
    """Pre-generate embedded wallets for an identifier. A user with it claims them at the first sign-in."""
    from dyntui.services.actions.user_actions import pregenerate, pregeneration
    from dyntui.services.actions.write_types import Target

    operation, body = pregeneration(
        identifier, kind, chains, social=social or "", legacy=legacy, farcaster_fid=farcaster_fid
    )
    return run_write(context, pregenerate(operation, body), [Target(identifier, identifier)], confirmation)


@wallets.command("export")
@export_options
@pass_context
def export_wallets(context: CliContext, /, **options: Any) -> None:
    """Export all wallets, or the wallets with these ids. `-` reads the ids from standard input."""
    from dyntui.services.exports import WALLET_FIELDS

    export_rows(context, WALLETS, WALLET_FIELDS, query=None, **options)
