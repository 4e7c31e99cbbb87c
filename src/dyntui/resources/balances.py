"""Token balances of the wallets of a user; a record for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column, ListOperation, Resource

__all__ = ["BALANCES"]

BALANCES = Resource(
    name="balances",
    description="Tokens that the wallets of one user hold",
    title="Balances",
    singular="balance",
    group="Wallets",
    parent_resource="users",
    list=ListOperation("getUserAccountBalances", "chainBalances"),
    columns=(
        Column("chain", "chain", 8, priority=0),
        Column("network", "network", 14, priority=1),
        Column("symbol", "token", 8, priority=0),
        Column("balance", "balance", 18, right=True, format=thousands, priority=0),
        Column("marketValue", "value", 14, right=True, format=thousands, priority=2),
        Column("walletAddress", "wallet", 14, grow=True, priority=1),
        Column("name", "name", 18, priority=3),
        Column("address", "contract", 14, wide=True),
    ),
    cached=False,
    empty="The wallets of this user hold no tokens on the enabled networks of the environment.",
    not_configuration="It is data of running apps, not configuration.",
)
