"""Well-known tokens by chain, and balances of wallets, derived from the address: the same for each request."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.sandbox.addresses import chain_family
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document

__all__ = ["NATIVE", "PRICES", "TOKENS", "make_balances"]

TOKENS: Mapping[str, tuple[tuple[str, str, Mapping[int, str]], ...]] = {
    "EVM": (
        (
            "USD Coin",
            "USDC",
            {
                1: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
                137: "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359",
                8453: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
            },
        ),
        ("Tether USD", "USDT", {1: "0xdAC17F958D2ee523a2206206994597C13D831ec7"}),
        ("Dai Stablecoin", "DAI", {1: "0x6B175474E89094C44Da98b954EedeAC495271d0F"}),
        ("Wrapped Ether", "WETH", {1: "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"}),
    ),
    "SOL": (
        ("USD Coin", "USDC", {101: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"}),
        ("Bonk", "BONK", {101: "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"}),
    ),
}
"""Name, symbol, and contract addresses by network id, of the tokens of each chain."""

NATIVE: Mapping[str, tuple[str, str, int]] = {
    "EVM": ("Ether", "ETH", 18),
    "SOL": ("Solana", "SOL", 9),
    "BTC": ("Bitcoin", "BTC", 8),
    "SUI": ("Sui", "SUI", 9),
    "TON": ("Toncoin", "TON", 9),
}
"""Name, symbol and decimals of the native coin of each chain."""

PRICES: Mapping[str, float] = {
    "ETH": 3200.0, "SOL": 150.0, "BTC": 91000.0, "SUI": 1.6, "TON": 1.8, "USDC": 1.0, "USDT": 1.0, "DAI": 1.0,
    "WETH": 3200.0, "BONK": 0.00001,
}  # fmt: skip
"""Invented prices in US dollars, by symbol."""

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
