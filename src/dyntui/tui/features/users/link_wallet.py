"""The dialog that links an external wallet to a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.api.catalog import catalog
from dyntui.services.actions.user_actions import link_wallet
from dyntui.services.actions.write_types import Target
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.shell.action_runner import run_action

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ask_wallet"]

_FIRST_CHAINS = ("EVM", "SOL", "BTC")
_NAME_HELP = "The wallet app, such as metamask or phantom."
_PROVIDERS = ("browserExtension", "walletConnect", "qrCode", "deepLink", "custodialService", "smartContractWallet")


def ask_wallet(console: ConsoleApp, user: Target) -> None:
    """Ask for an external wallet and link it to `user` after a confirmation."""
    known = (chain for chain in catalog().schemas["ChainEnum"]["enum"] if chain != "ETH")  # the former name of EVM
    chains = dict.fromkeys((*_FIRST_CHAINS, *known))
    inputs = (
        FormInput("publicWalletAddress", "address", required="Enter the address of the wallet."),
        FormInput("chain", "chain", "EVM", {chain: chain for chain in chains}),
        FormInput("walletName", "wallet name", help=_NAME_HELP, required="Enter the wallet name."),
        FormInput("walletProvider", "provider", "browserExtension", {name: name for name in _PROVIDERS}),
    )

    form = FormDialog(f"Link Wallet to {user.label}", inputs, verb="continue")

    def on_submit(values: Values) -> None:
        wallet = {name: text.strip() for name, text in values.items()}
        lines = [f"{item.label}: {wallet[item.name]}" for item in inputs]
        run_action(console, link_wallet(wallet), [user], opening_key="J", summary_lines=lines, form=form)

    console.open_form(form, on_submit)
