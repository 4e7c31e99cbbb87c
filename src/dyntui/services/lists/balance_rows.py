"""The token balances of wallets, on the networks that are enabled in the settings of the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row, as_object, as_objects
from dyntui.services.web_links import chain_name

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["environment_chains", "read_balances"]

_MOST_WALLETS = 5
"""The wallets of a request: `maxItems` of `balanceRequests` in the catalog."""


async def environment_chains(client: Client) -> dict[str, dict[int, str]]:
    """Return the enabled chains of the environment, such as EVM, with their enabled networks: name by network id.

    Raises an ApiProblem when the settings cannot be read.
    """
    found: dict[str, dict[int, str]] = {}
    settings = as_object(as_object(await client.call("getEnvironmentById")).get("settings"))
    for chain in as_objects(settings.get("chains")):
        if chain.get("enabled"):
            networks = found.setdefault(chain_name(chain.get("name")), {})
            for network in as_objects(chain.get("networks")):
                number = network.get("networkId")
                if network.get("enabled") and isinstance(number, int):
                    networks[number] = str(network.get("chainName") or number)
    return found


async def read_balances(client: Client, user_id: str, wallets: Sequence[Row] | None = None) -> list[Row]:
    """Return a row for each token that wallets of a user hold, those with the highest value first.

    wallets: some wallets of the user; by default all. Wallets on chains without an enabled network are left out.
    Raises an ApiProblem, such as Forbidden without the scope environment.balances.read.
    """
    chains = await environment_chains(client)
    if wallets is None:
        wallets = as_objects((await client.users.get_raw(user_id)).get("wallets"))
    addresses = dict.fromkeys((str(row.get("publicKey") or ""), chain_name(row.get("chain"))) for row in wallets)
    requests = [
        {"address": address, "chain": chain, "networkIds": list(chains[chain])}
        for address, chain in addresses
        if address and chains.get(chain)
    ]
    rows: list[Row] = []
    for start in range(0, len(requests), _MOST_WALLETS):
        body = {"balanceRequests": requests[start : start + _MOST_WALLETS]}
        document = as_object(await client.call("getUserAccountBalances", path={"userId": user_id}, body=body))
        rows += [row for part in as_objects(document.get("chainBalances")) for row in _rows(part, chains)]
    return sorted(rows, key=_value, reverse=True)


def _rows(part: Row, chains: Mapping[str, Mapping[int, str]]) -> list[Row]:
    """Return the rows of one wallet."""
    chain, wallet = chain_name(part.get("chain")), str(part.get("walletAddress") or "")
    names = chains.get(chain, {})
    rows: list[Row] = []
    for network in as_objects(part.get("networks")):
        number = network.get("networkId")
        name = names.get(number) if isinstance(number, int) else None
        for balance in as_objects(network.get("balances")):
            rows.append(
                {
                    "id": f"{wallet} {number} {balance.get('address')}",
                    "chain": chain,
                    "network": name or number,
                    "walletAddress": wallet,
                    **balance,
                }
            )
    return rows


def _value(row: Row) -> float:
    value = row.get("marketValue")
    return float(value) if isinstance(value, (int, float)) else 0.0
