"""Link an external wallet to a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dyntui.services.actions.user_actions import link_wallet
from dyntui.services.actions.write_types import Target
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.shell.action_runner import run_action

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ask_link"]

_CHAINS = ("EVM", "SOL", "BTC", "FLOW", "ALGO", "STARK", "COSMOS", "ECLIPSE", "SUI", "SPARK", "TRON", "APTOS", "TON")
_PROVIDERS = ("browserExtension", "walletConnect", "qrCode", "deepLink", "custodialService", "smartContractWallet")


def ask_link(console: ConsoleApp, target: Target) -> None:
    """Ask which wallet, show what is sent, link it."""
    fields = (
        FormInput("publicWalletAddress", "address"),
        FormInput("chain", "chain", "EVM", {chain: chain for chain in _CHAINS}),
        FormInput("walletName", "wallet", help="What wallet it is: metamask, phantom, ..."),
        FormInput("walletProvider", "provider", "browserExtension", {name: name for name in _PROVIDERS}),
    )

    def check(values: Values) -> Mapping[str, str]:
        wanted = {"publicWalletAddress": "A wallet has an address.", "walletName": "Say what wallet it is."}
        return {name: words for name, words in wanted.items() if not values[name].strip()}

    form = FormDialog(f"Link a wallet to {target.label}", fields, check=check, verb="go on")

    def filled(values: Values) -> None:
        wallet = {name: text.strip() for name, text in values.items()}
        lines = [f"{field.label}: {wallet[field.name]}" for field in fields]
        run_action(console, link_wallet(wallet), [target], verb="Link", opening_key="w", summary_lines=lines, form=form)

    console.open_form(form, filled)
