"""URLs of chain explorers and of the vendor's dashboard.

They are made from constants: values of the server only become one quoted part of a path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["chain_name", "dashboard_url", "explorer_url"]

_EXPLORERS: Mapping[str, str] = {
    "ETH": "https://etherscan.io/address/{}",
    "EVM": "https://etherscan.io/address/{}",
    "SOL": "https://explorer.solana.com/address/{}",
    "SVM": "https://explorer.solana.com/address/{}",
    "BTC": "https://mempool.space/address/{}",
    "SUI": "https://suiscan.xyz/mainnet/account/{}",
    "TON": "https://tonviewer.com/{}",
    "TRON": "https://tronscan.org/#/address/{}",
    "FLOW": "https://www.flowscan.io/account/{}",
    "STARK": "https://voyager.online/contract/{}",
    "ALGO": "https://allo.info/account/{}",
    "COSMOS": "https://www.mintscan.io/cosmos/address/{}",
    "APTOS": "https://explorer.aptoslabs.com/account/{}",
    "ECLIPSE": "https://eclipsescan.xyz/account/{}",
    "SPARK": "https://sparkscan.io/address/{}",
}
_NAMES = {
    "eip155": "EVM", "ethereum": "EVM", "solana": "SOL", "bip122": "BTC", "bitcoin": "BTC", "algorand": "ALGO",
    "starknet": "STARK",
}  # fmt: skip


def chain_name(chain: object) -> str:
    """Return the name of a chain, such as `BTC`, also for those in credentials (`bip122`) and settings (`bitcoin`)."""
    name = str(chain or "")
    return _NAMES.get(name.lower(), name.upper())


def explorer_url(chain: object, address: object) -> str:
    """Return the explorer URL of an address on the main network; "" for an unknown chain."""
    pattern = _EXPLORERS.get(chain_name(chain), "")
    return pattern.format(quote(str(address), safe="")) if pattern and address else ""


def dashboard_url(profile: Profile, pattern: str, object_id: str) -> str:
    """Return the dashboard URL of an object; "" for servers without a dashboard, such as the sandbox.

    pattern: the setting `dashboard_url`; `{id}` in it stands for the object id, `{environment}` for the environment id.
    """
    from dyntui.config.urls import VENDOR_HOSTS

    if urlsplit(profile.base_url).hostname not in VENDOR_HOSTS:
        return ""
    ids = {"{id}": object_id, "{environment}": profile.environment_id}
    for name, value in ids.items():
        pattern = pattern.replace(name, quote(value, safe=""))
    return pattern
