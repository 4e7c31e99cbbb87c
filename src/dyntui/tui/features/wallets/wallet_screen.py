"""One wallet: what it is, whose it is, and the whole of it as the server wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.core.text import shorten
from dyntui.resources import RESOURCES
from dyntui.services.actions.user_actions import DELETE_WALLET, RECOVER_WALLETS
from dyntui.services.actions.write_types import Target, WriteOutcome, WriteResults
from dyntui.tui.features.wallets.actions import WALLETS_ACTIONS
from dyntui.tui.features.wallets.wallet_fields import EXPLORER, SIGNER, USER, wallet_facts
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.field_list import FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.search_tree import SearchTree
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget
from dyntui.tui.shell.detail_screen import Tab
from dyntui.tui.shell.sibling_navigation import SiblingScreen, list_in_front

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

__all__ = ["WalletScreen"]


class WalletScreen(SiblingScreen):
    """A wallet by id. owner: the crumb before it, when one came from a user.

    known: what the list said about it; the server's detail of one wallet leaves some of it out.
    """

    BINDINGS = [*bindings(WALLETS_ACTIONS, "wallet"), *bindings(SHELL_ACTIONS, "copying")]
    NOUN = "wallet"
    RESOURCE = "wallets"
    TABS = (Tab("wallet", "Wallet"), Tab("raw", "Raw"))

    class OwnerFound(Message):
        """It is known what the owner is called."""

        def __init__(self, wallet_id: str, label: str) -> None:
            super().__init__()
            self.wallet_id = wallet_id
            self.label = label

    def __init__(
        self,
        object_id: str,
        label: str,
        *,
        owner: str = "",
        known: Mapping[str, Any] | None = None,
        source_list: ResourceScreen | None = None,
    ) -> None:
        super().__init__(object_id, label, known=known, source_list=source_list)
        self.owner = owner

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        source_list = list_in_front(console, "wallets")
        console.visit(
            cls(target.row_id, target.label, owner=target.parent_label, known=target.row, source_list=source_list)
        )

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        from_user = self.owner and self.source_list is None
        return ("users", self.owner, shorten(self.label, 13)) if from_user else ("wallets", shorten(self.label, 13))

    def pane(self, tab: Tab) -> ComposeResult:
        if tab.name == "wallet":
            yield FieldList(id="facts")
        else:
            yield SearchTree(id="raw")

    async def fetch_one(self, client: Client, object_id: str, known: Mapping[str, Any]) -> dict[str, Any]:
        from dyntui.api.errors import NotFound

        try:
            answer = await client.call("getWalletById", path={"walletId": object_id})
        except NotFound:
            if known.get("deletedAt"):
                return dict(known)  # the list has deleted wallets, the detail has not
            raise
        wallet = answer.get("wallet", answer) if isinstance(answer, dict) else {}
        return {**known, **wallet} if isinstance(wallet, dict) else dict(known)

    def fill_preview(self, tab: Tab, row: Mapping[str, Any]) -> None:
        self.fill(tab, dict(row))

    def counts(self, document: dict[str, Any]) -> Sequence[int | None]:
        self.label = str(document.get("publicKey") or self.label)
        return (None, None)

    def fill(self, tab: Tab, document: dict[str, Any]) -> None:
        if tab.name == "raw":
            self.query_one("#raw", JsonTree).show(document)
            return
        self.query_one("#facts", FieldList).show(wallet_facts(document, self.owner))

    def object_changed(self) -> None:
        self.owner = ""

    def document_shown(self) -> None:
        super().document_shown()
        connection = self.console.session.connection
        if connection is not None and self.user_id and not self.owner:
            self.run_worker(
                self._find_owner(connection.client, self.object_id, self.user_id), exclusive=True, group="owner"
            )

    async def _find_owner(self, client: Client, wallet_id: str, user_id: str) -> None:
        try:
            user = await client.users.get_raw(user_id)
        except DyntuiError:
            return  # the owner is gone, or not to be read: the id says who it was
        label = RESOURCES["users"].label_of(user.get("user", user))
        self.post_message(self.OwnerFound(wallet_id, label))

    @on(OwnerFound)
    def _owner_found(self, event: OwnerFound) -> None:
        if event.wallet_id == self.object_id and self.document is not None:
            self.owner = event.label
            self.fill(self.TABS[0], self.document)
            self.refresh_status()

    # Actions

    @property
    def user_id(self) -> str:
        """Whose it is, "" when nothing says it."""
        return str({**self.known, **(self.document or {})}.get("userId") or "")

    def delete_disabled_reason(self) -> str | None:
        if self.document is None:
            return "The wallet is not read yet."
        return "This wallet is deleted already." if self.document.get("deletedAt") else None

    def recover_disabled_reason(self) -> str | None:
        return None if self.user_id else "Nothing says whose wallet this is."

    def action_delete(self) -> None:
        target = Target(self.object_id, self.label)
        run_action(self.console, DELETE_WALLET, [target], verb="Delete", opening_key="d", done=self._gone)

    def action_recover(self) -> None:
        target = Target(self.user_id, self.owner or self.user_id)
        run_action(self.console, RECOVER_WALLETS, [target], verb="Recover", opening_key="u")

    def reload(self) -> None:
        self.read()  # also when it was deleted: wallets can be recovered

    def _gone(self, results: WriteResults) -> None:
        done = results.items[0].outcome is WriteOutcome.DONE
        if done and self.console.shown is self and self.console.back_disabled_reason() is None:
            self.console.call_later(self.console.action_back)

    # To take along

    def copy_as_disabled_reason(self) -> str | None:
        return None if self.document or self.known else "The wallet is not read yet."

    def action_copy_as(self) -> None:
        from dyntui.tui.shell.copy_menu import open_copy_menu

        open_copy_menu(self.console, RESOURCES["wallets"], [self.document or self.known])

    def action_open_dashboard(self) -> None:
        from dyntui.tui.shell.copy_menu import show_dashboard_link

        show_dashboard_link(self.console, self.object_id, self.label)

    # What Enter opens

    def openable(self, pane: Widget | None) -> bool:
        fact = pane.current_field if isinstance(pane, FieldList) else None
        return fact is not None and bool(fact.value) and fact.label in (USER, EXPLORER, SIGNER)

    def open_under_cursor(self, pane: Widget | None) -> None:
        assert isinstance(pane, FieldList)
        assert pane.current_field is not None
        label, value = pane.current_field.label, str(pane.current_field.value)
        if label == EXPLORER:
            from dyntui.tui.shell.link_dialog import LinkDialog

            note = "Of the main network of its chain."
            self.console.ask(LinkDialog(f"{shorten(self.label, 13)} in the explorer", value, note=note))
        elif label == SIGNER:
            self.console.visit(WalletScreen(value, value, owner=self.owner, known={"userId": self.user_id}))
        else:
            self.console.open_route("user", RouteTarget(row_id=value, label=self.owner or value))
