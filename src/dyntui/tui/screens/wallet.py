"""One wallet: what it is, whose it is, and the whole of it as the server wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.widget import Widget

from dyntui.core.text import shorten
from dyntui.tui.screens.detail import DetailScreen, Tab
from dyntui.tui.widgets.facts import Fact, Facts
from dyntui.tui.widgets.json_tree import JsonTree

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["WalletScreen"]

_FIELDS = (
    ("publicKey", "address"),
    ("chain", "chain"),
    ("name", "wallet"),
    ("provider", "provider"),
    ("signInEnabled", "sign-in"),
    ("lastSelectedAt", "last used"),
    ("createdAt", "created"),
    ("updatedAt", "updated"),
    ("deletedAt", "deleted"),
)


class WalletScreen(DetailScreen):
    """A wallet by id. owner: the crumb before it, when one came from a user.

    known: what the list said about it; the server's detail of one wallet leaves some of it out.
    """

    NOUN = "wallet"
    TABS = (Tab("wallet", "Wallet"), Tab("raw", "Raw"))

    def __init__(self, thing_id: str, label: str, *, owner: str = "", known: Mapping[str, Any] | None = None) -> None:
        super().__init__(thing_id, label)
        self.owner = owner
        self.known = dict(known or {})

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("users", self.owner, shorten(self.label, 13)) if self.owner else ("wallets", shorten(self.label, 13))

    def pane(self, tab: Tab) -> ComposeResult:
        if tab.name == "wallet":
            yield Facts(id="facts")
        else:
            yield JsonTree(id="raw")

    async def fetch(self, client: Client) -> dict[str, Any]:
        answer = await client.call("getWalletById", path={"walletId": self.thing_id})
        wallet = answer.get("wallet", answer) if isinstance(answer, dict) else {}
        return {**self.known, **wallet} if isinstance(wallet, dict) else self.known

    def counts(self, document: dict[str, Any]) -> Sequence[int | None]:
        self.label = str(document.get("publicKey") or self.label)
        return (None, None)

    def fill(self, tab: Tab, document: dict[str, Any]) -> None:
        if tab.name == "raw":
            self.query_one("#raw", JsonTree).show(document)
            return
        facts = [Fact("wallet", heading=True)]
        facts += [Fact(label, document.get(key)) for key, label in _FIELDS]
        facts += [Fact("owner", heading=True), Fact("user", document.get("userId"))]
        for address in document.get("walletAdditionalAddresses") or ():
            if isinstance(address, dict):
                facts.append(Fact(f"{address.get('type') or 'further'} address", address.get("address")))
        properties = document.get("properties")
        if isinstance(properties, dict) and properties:
            facts.append(Fact("properties", heading=True))
            facts += [Fact(str(key), value) for key, value in properties.items()]
        named = {key for key, _ in _FIELDS} | {"userId", "walletAdditionalAddresses", "properties"}
        facts.append(Fact("more", heading=True))
        facts += [
            Fact(str(key), value)
            for key, value in document.items()
            if key not in named and value not in (None, "", [], {})
        ]
        self.query_one("#facts", Facts).show(facts)

    def openable(self, pane: Widget | None) -> bool:
        return self._owner(pane) is not None

    def _owner(self, pane: Widget | None) -> str | None:
        fact = pane.fact if isinstance(pane, Facts) else None
        return str(fact.value) if fact is not None and fact.label == "user" and fact.value else None

    def open_under_cursor(self, pane: Widget | None) -> None:
        from dyntui.tui.screens.user import UserScreen

        owner = self._owner(pane)
        assert owner is not None
        self.console.visit(UserScreen(owner, self.owner or owner))
