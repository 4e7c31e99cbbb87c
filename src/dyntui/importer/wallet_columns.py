"""What the name of a column says about the wallets in it, and what a wallet needs besides its address."""

from __future__ import annotations

import itertools
import re

from dyntui.importer.vendor_formats import CHAIN_WORDS

__all__ = [
    "EVERY_WALLET",
    "WALLET_PARTS",
    "is_of_another",
    "is_wallet_column",
    "proposed_provider",
    "proposed_wallet_name",
    "wallet_chain",
]

EVERY_WALLET = "wallets.N."
"""The start of a constant for every wallet of a row, such as `wallets.N.walletName`."""
WALLET_PARTS = ("walletName", "walletProvider")
"""The parts of a wallet that files with addresses often lack, and that are asked for once."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_CHAINS = {
    **{word: chain for word, chain in CHAIN_WORDS.items() if "-" not in word and word != "base"},
    **dict.fromkeys(("eth", "matic", "bsc", "bnb", "avax", "avalanche", "metamask"), "EVM"),
    "sol": "SOL",
    "phantom": "SOL",
    "btc": "BTC",
    "tron": "TRON",
    "trx": "TRON",
    "ton": "TON",
    "sui": "SUI",
    "aptos": "APTOS",
    "apt": "APTOS",
    "cosmos": "COSMOS",
    "algo": "ALGO",
    "stellar": "STELLAR",
    "xlm": "STELLAR",
    "stark": "STARK",
    "flow": "FLOW",
    "aleo": "ALEO",
    "spark": "SPARK",
    "erc20": "EVM",
    "trc20": "TRON",
}
_WALLET_WORDS = frozenset({"wallet", "wallets", "address", "addr", "addresses", "pubkey", "publickey", "walletaddress"})
_OTHERS = _words(
    "manager supervisor boss approver assistant guardian emergency spouse sponsor referrer referer referral referred "
    "inviter invited invite payer sender counterparty creator created updated modified deployer treasury contract "
    "token nft collection hash tx txn transaction billing reply"
)
"""Words in the names of columns whose emails, numbers or addresses belong to somebody or something else."""
_NAMES = {
    "SOL": "phantom",
    "BTC": "phantom",
    "SUI": "phantom",
    "TRON": "tronlink",
    "TON": "tonkeeper",
    "COSMOS": "keplr",
    "APTOS": "petra",
    "STARK": "argentx",
    "ALGO": "perawallet",
}


def _tokens(column: str) -> list[str]:
    """Return the words of a name, and each two words in a row as one: `trc20`, `publickey`."""
    tokens = [token.lower() for token in _TOKEN.findall(column)]
    return [*tokens, *(first + second for first, second in itertools.pairwise(tokens))]


def wallet_chain(column: str) -> str | None:
    """Return the chain that the name of a column states, such as SOL for `solana_wallet`; None for none."""
    return next((_CHAINS[token] for token in _tokens(column) if token in _CHAINS), None)


def is_wallet_column(column: str) -> bool:
    """Return whether the name of a column says that it has wallet addresses of one chain."""
    return wallet_chain(column) is not None and not _WALLET_WORDS.isdisjoint(_tokens(column))


def is_of_another(column: str) -> bool:
    """Return whether the name of a column says that its values are not those of the user: `manager_email`."""
    return not _OTHERS.isdisjoint(_tokens(column))


def proposed_wallet_name(chain: object) -> str:
    """Return the wallet that most users of a chain have, to be proposed."""
    return _NAMES.get(str(chain), "metamask")


def proposed_provider() -> str:
    """Return the provider of a wallet that a user connects in the browser, to be proposed."""
    return "browserExtension"
