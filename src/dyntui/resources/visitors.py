"""Visitors who connected a wallet without signing in; a record for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.resources.columns import id_column, time_column
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource

__all__ = ["VISITORS"]

VISITORS = Resource(
    name="visitors",
    description="Wallets that connected, with or without signing in",
    aliases=("visitor", "visits"),
    list=ListOperation("getEnvironmentVisitors", "visitors", Paging.OFFSET, order="createdAt-desc"),
    filter=Filter(
        "filter", "filterValue", "filterColumn", columns=("all", "id", "walletPublicKey"), other_keys=("chain",)
    ),
    columns=(
        Column("address", "address", 20, grow=True, priority=0),
        Column("chain", "chain", 8, priority=0),
        Column("walletName", "wallet", 18, priority=1),
        Column("provider", "provider", 18, priority=2),
        time_column("createdAt", "visited", priority=1, order="createdAt", former_titles=("came",)),
        id_column(priority=3),
    ),
    route="detail",
    empty="There are no visitors: every wallet that connected has also signed in.",
    not_configuration="It is data of running apps, not configuration.",
)  # fmt: skip
