"""Visitors, who connected a wallet without sign-in: sample visitors made from the seed, and added ones."""

from __future__ import annotations

from dyntui.sandbox.addresses import ADDRESS
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document, Store

__all__ = ["Visitors"]
_SPAN_MS = 420 * 86_400_000
_MAX_VISITORS = 20_000
_CHAINS = ["EVM"] * 170 + ["SOL"] * 60 + ["BTC"] * 14 + ["SUI"] * 12
_WALLET_NAMES = {
    "EVM": ("metamask", "rainbow", "coinbase", "trust"),
    "SOL": ("phantom", "solflare", "backpack"),
    "BTC": ("xverse", "leather"),
    "SUI": ("suiet", "slush"),
}


class Visitors:
    """The visitors of a sandbox. There is one sample visitor for two sample users, at most 20,000."""

    def __init__(self, store: Store, ids: Ids, user_count: int, newest_ms: int) -> None:
        self._store = store
        self._ids = ids
        self._count = min(user_count // 2, _MAX_VISITORS)
        self._newest_ms = newest_ms
        self._sample: list[Document] = []
        self._all: tuple[int, list[Document]] = (-1, [])

    def all(self) -> list[Document]:
        """Return all visitors, oldest first: id, address, chain, walletName, provider, at (ms since 1970)."""
        if len(self._sample) != self._count:
            self._sample = [self._visitor(number) for number in range(self._count)]
        version = self._store.kind_version("visitors")
        if self._all[0] != version:
            self._all = (version, self._sample + self._store.all("visitors"))
        return self._all[1]

    def list_newest(self, number: int) -> list[Document]:
        """Return the latest `number` sample visitors, oldest first."""
        return [self._visitor(each) for each in range(max(0, self._count - number), self._count)]

    def add(self, visitor: Document) -> bool:
        """Store a new visitor. Returns False when the address has visited before."""
        known = {(each["chain"], each["address"].lower()) for each in self.all()}
        if (visitor["chain"], visitor["address"].lower()) in known:
            return False
        self._store.put("visitors", visitor)
        return True

    def _visitor(self, number: int) -> Document:
        digest = self._ids.digest(f"visitor {number}", 40)
        chain = _CHAINS[digest[32]]
        names = _WALLET_NAMES[chain]
        share = (number + digest[33] / 256) / self._count
        return {
            "id": self._ids.uuid(f"visitor {number}"),
            "address": ADDRESS[chain](digest[:32]),
            "chain": chain,
            "walletName": names[digest[34] % len(names)],
            "provider": "walletConnect" if digest[35] < 60 else "browserExtension",
            "at": self._newest_ms - int(_SPAN_MS * (1 - share) ** 1.4),
        }
