"""Token balances of wallets, derived from the address: the same for each request. For `operations.balances`."""

from __future__ import annotations

from dyntui.sandbox.addresses import chain_family
from dyntui.sandbox.chain_tokens import NATIVE, PRICES, TOKENS
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document

__all__ = ["make_balances"]
_DECIMALS = {"WETH": 18, "DAI": 18, "BONK": 5}


def make_balances(
    ids: Ids, chain: str, address: str, network: int, *, native: bool = True, prices: bool = True
) -> list[Document]:
    """Return the balances of an address on one network."""
    chain = chain_family(chain)
    out: list[Document] = []
    if native and chain in NATIVE:
        name, symbol, decimals = NATIVE[chain]
        amount = _amount(ids, f"{address} {symbol} {network}", 3.0)
        out.append(_balance(network, "native", name, symbol, decimals, amount, prices) | {"isNative": True})
    for name, symbol, addresses in TOKENS.get(chain, ()):
        amount = _amount(ids, f"{address} {symbol} {network}", 2500.0 / (PRICES[symbol] or 1))
        if network in addresses and amount:
            decimals = _DECIMALS.get(symbol, 6)
            out.append(_balance(network, addresses[network], name, symbol, decimals, amount, prices))
    return out


def _amount(ids: Ids, name: str, most: float) -> float:
    """Return an amount up to `most`; a third of the amounts is zero."""
    share = int.from_bytes(ids.digest(f"balance {name}", 4), "big") / 2**32
    return round(max(0.0, share * 1.5 - 0.5) ** 3 * most, 6)


def _balance(
    network: int, address: str, name: str, symbol: str, decimals: int, amount: float, prices: bool
) -> Document:
    out: Document = {
        "networkId": network,
        "address": address,
        "name": name,
        "symbol": symbol,
        "decimals": decimals,
        "logoURI": f"https://icons.example/{symbol.lower()}.svg",
        "balance": amount,
        "rawBalance": float(round(amount * 10**decimals)),
        "isNative": False,
    }
    if prices:
        out |= {"price": PRICES[symbol], "marketValue": round(amount * PRICES[symbol], 2)}
    return out
