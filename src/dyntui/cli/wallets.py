"""`dyntui wallets`: wallets of the environment and of users."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context, run
from dyntui.cli.export_output import export_options, export_rows
from dyntui.cli.object_output import show_object
from dyntui.cli.write_helpers import ids_argument, read_targets, run_write
from dyntui.services.actions.user_actions import PREGENERATE_TYPES

__all__ = ["wallets"]


@click.group(cls=CommandGroup)
def wallets() -> None:
    """List, read, link, pre-generate, delete and recover wallets."""


@wallets.command("list")
@click.option("--user", "user_id", metavar="ID", help="Only the wallets of that user.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line.")
@pass_context
def list_wallets(context: CliContext, user_id: str | None, limit: int, everything: bool, ndjson: bool) -> None:
    """List wallets of the environment, or of one user."""
    from dyntui.resources import WALLETS
    from dyntui.services.lists.list_source import scan

    async def work() -> tuple[list[dict[str, Any]], int | None]:
        async with context.connection() as connection:
            if user_id:
                page = await connection.client.page("getWalletsByUserId", "wallets", path={"userId": user_id})
                return page.items, page.total
            found: list[dict[str, Any]] = []
            async for scanned in scan(connection.client, WALLETS):
                found.append(scanned.row)
                if not everything and len(found) >= limit:
                    return found, scanned.reported
            return found, len(found)

    found, total = run(work())
    if ndjson:
        for row in found:
            context.emit_json_line(row)
        return
    context.emit_json({"count": total, "wallets": found})
    context.print_table(
        ("chain", "address", "wallet", "provider", "user", "deleted", "id"),
        (
            (
                row.get("chain"),
                row.get("publicKey"),
                row.get("name"),
                row.get("provider"),
                row.get("userId"),
                str(row.get("deletedAt") or "")[:10],
                row.get("id"),
            )
            for row in found
        ),
    )
    context.print_message(f"{len(found):,} of {total:,} wallets" if total is not None else f"{len(found):,} wallets")


@wallets.command("get")
@click.argument("wallet_id", metavar="ID")
@pass_context
def get_wallet(context: CliContext, wallet_id: str) -> None:
    """Read one wallet."""

    async def work() -> Any:
        async with context.connection() as connection:
            return await connection.client.call("getWalletById", path={"walletId": wallet_id})

    found = run(work())
    show_object(context, found, "wallet")
    from dyntui.services.web_links import explorer_url

    wallet = found.get("wallet", found) if isinstance(found, dict) else {}
    if url := explorer_url(wallet.get("chain"), wallet.get("publicKey")):
        context.print_result(f"{'explorer':<28}  {url}")


@wallets.command("delete")
@ids_argument
@confirm_options
@pass_context
def delete_wallets(context: CliContext, ids: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Delete wallets softly: `wallets recover USER` brings them back."""
    from dyntui.services.actions.user_actions import DELETE_WALLET

    return run_write(context, DELETE_WALLET, read_targets(ids), yes, confirm_environment)


@wallets.command("recover")
@ids_argument
@confirm_options
@pass_context
def recover_wallets(context: CliContext, ids: tuple[str, ...], yes: bool, confirm_environment: str) -> int:
    """Bring back all deleted wallets of users, by user id."""
    from dyntui.services.actions.user_actions import RECOVER_WALLETS

    return run_write(context, RECOVER_WALLETS, read_targets(ids), yes, confirm_environment)


@wallets.command("link")
@click.argument("user_id", metavar="USER-ID")
@click.option("--address", required=True, help="The wallet's address.")
@click.option("--chain", required=True, help="EVM, SOL, BTC, ...")
@click.option("--name", required=True, help="What wallet it is: metamask, phantom, ...")
@click.option("--provider", default="browserExtension", show_default=True, help="How it connects.")
@confirm_options
@pass_context
def link_external_wallet(
    context: CliContext,
    user_id: str,
    address: str,
    chain: str,
    name: str,
    provider: str,
    yes: bool,
    confirm_environment: str,
) -> int:
    """Link an external wallet to a user."""
    from dyntui.services.actions.user_actions import link_wallet
    from dyntui.services.actions.write_types import Target

    fields = {"publicWalletAddress": address, "chain": chain, "walletName": name, "walletProvider": provider}
    return run_write(context, link_wallet(fields), [Target(user_id)], yes, confirm_environment)


@wallets.command("pregenerate")
@click.argument("identifier")
@click.option(
    "--type",
    "kind",
    type=click.Choice(PREGENERATE_TYPES),
    default="email",
    show_default=True,
    help="What IDENTIFIER is; a phone number has its country, as +14155550100.",
)
@click.option(
    "--chain", "chains", multiple=True, required=True, metavar="CHAIN", help="EVM, SVM, SUI, BTC, TON (repeatable)."
)
@click.option("--social", metavar="PROVIDER", help="The provider of a social identifier.")
@click.option("--legacy", is_flag=True, help="The older endpoint, where Solana is SOL.")
@click.option(
    "--farcaster-fid",
    type=int,
    metavar="FID",
    help="The Farcaster form of the older endpoint; IDENTIFIER is an e-mail.",
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
    yes: bool,
    confirm_environment: str,
) -> int:
    """Make embedded wallets for somebody who has not signed in yet; they are claimed by signing in."""
    from dyntui.services.actions.user_actions import pregenerate, pregeneration
    from dyntui.services.actions.write_types import Target

    operation, body = pregeneration(
        identifier, kind, chains, social=social or "", legacy=legacy, farcaster_fid=farcaster_fid
    )
    return run_write(context, pregenerate(operation, body), [Target(identifier, identifier)], yes, confirm_environment)


@wallets.command("export")
@export_options
@pass_context
def export_wallets(
    context: CliContext, ids: tuple[str, ...], kind: str | None, fields: str | None, output: Path | None
) -> None:
    """Export the wallets of the environment, or those whose ids are given (- reads them from standard input)."""
    from dyntui.resources import WALLETS
    from dyntui.services.exports import WALLET_FIELDS

    export_rows(context, WALLETS, WALLET_FIELDS, ids=ids, query=None, kind=kind, fields=fields, output=output)
