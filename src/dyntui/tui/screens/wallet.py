"""One wallet: what it is, whose it is, and the whole of it as the server wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.widget import Widget

from dyntui.core.text import shorten
from dyntui.services.people import DELETE_WALLET, RECOVER_WALLETS
from dyntui.services.writes import Outcome, Results, Target
from dyntui.tui.actions import bindings
from dyntui.tui.screens.access.doing import do
from dyntui.tui.screens.detail import DetailScreen, Tab
from dyntui.tui.screens.people.beside import BesideScreen
from dyntui.tui.screens.people.telling import tell_lists
from dyntui.tui.widgets.facts import Fact, Facts
from dyntui.tui.widgets.json_tree import JsonTree

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.tui.screens.resource_list import ResourceScreen

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


class WalletScreen(BesideScreen):
    """A wallet by id. owner: the crumb before it, when one came from a user.

    known: what the list said about it; the server's detail of one wallet leaves some of it out.
    """

    BINDINGS = bindings("wallet")
    NOUN = "wallet"
    TABS = (Tab("wallet", "Wallet"), Tab("raw", "Raw"))

    def __init__(
        self,
        thing_id: str,
        label: str,
        *,
        owner: str = "",
        known: Mapping[str, Any] | None = None,
        behind: ResourceScreen | None = None,
    ) -> None:
        super().__init__(thing_id, label, known=known, behind=behind)
        self.owner = owner

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("users", self.owner, shorten(self.label, 13)) if self.owner else ("wallets", shorten(self.label, 13))

    def pane(self, tab: Tab) -> ComposeResult:
        if tab.name == "wallet":
            yield Facts(id="facts")
        else:
            yield JsonTree(id="raw")

    async def fetch_one(self, client: Client, thing_id: str, known: Mapping[str, Any]) -> dict[str, Any]:
        answer = await client.call("getWalletById", path={"walletId": thing_id})
        wallet = answer.get("wallet", answer) if isinstance(answer, dict) else {}
        return {**known, **wallet} if isinstance(wallet, dict) else dict(known)

    def outline(self, tab: Tab, row: Mapping[str, Any]) -> None:
        self.fill(tab, dict(row))

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

    # Actions

    @property
    def user_id(self) -> str:
        """Whose it is, "" when nothing says it."""
        return str({**self.known, **(self.document or {})}.get("userId") or "")

    def no_deleting(self) -> str | None:
        if self.document is None:
            return "The wallet is not read yet."
        return "This wallet is deleted already." if self.document.get("deletedAt") else None

    def no_owner(self) -> str | None:
        return None if self.user_id else "Nothing says whose wallet this is."

    def action_delete(self) -> None:
        target = Target(self.thing_id, self.label)
        do(self.console, DELETE_WALLET, [target], verb="Delete", trigger="d", done=self._gone)

    def action_recover(self) -> None:
        target = Target(self.user_id, self.owner or self.user_id)
        do(self.console, RECOVER_WALLETS, [target], verb="Recover", trigger="u", done=self._recovered)

    def _gone(self, results: Results) -> None:
        tell_lists(self.console, "wallets", results, deleted=True)
        self._tell_owner()
        if results.items[0].outcome is not Outcome.DONE:
            self.read()
        elif self.console.shown is self and self.console.no_way_back() is None:
            self.console.call_later(self.console.action_back)

    def _recovered(self, results: Results) -> None:
        self._tell_owner()
        if self.is_mounted:
            self.read()

    def _tell_owner(self) -> None:
        """The screen of the owner, where it is open, reads again."""
        for screen in self.console.open_screens:
            if isinstance(screen, DetailScreen) and screen.thing_id == self.user_id:
                screen.read()

    # What Enter opens

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
