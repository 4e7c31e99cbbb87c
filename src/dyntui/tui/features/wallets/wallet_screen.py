"""The wallet screen: the fields of one wallet, and the wallet as JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget

from dyntui.core.json_types import Row
from dyntui.core.text import shorten
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Target
from dyntui.tui.features.wallets.actions import WALLETS_ACTIONS
from dyntui.tui.features.wallets.wallet_fields import EXPLORER, SIGNER, USER, USER_ID, wallet_lines
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.balances_tab import BALANCES_TAB, BalancesTabMixin
from dyntui.tui.shell.console_app import ConsoleApp
from dyntui.tui.shell.detail_screen import Tab
from dyntui.tui.shell.route_target import RouteTarget
from dyntui.tui.shell.sibling_navigation import SiblingScreen

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["WalletScreen"]


class WalletScreen(BalancesTabMixin, SiblingScreen):
    """One wallet."""

    BINDINGS = [*bindings(WALLETS_ACTIONS, "wallet"), *bindings(SHELL_ACTIONS, "copying")]
    record = RESOURCES["wallets"]
    TABS = (Tab("wallet", "Wallet"), Tab("raw", "Raw"), BALANCES_TAB)
    owner = ""
    """The label of the owner; "" when it is not known."""

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        screen = cls.for_target(console, target)
        screen.owner = target.parent_label
        console.visit(screen)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        from_user = self.owner and self.source_list is None
        return ("users", self.owner, shorten(self.label, 13)) if from_user else ("wallets", shorten(self.label, 13))

    async def fetch_one(self, client: Client, object_id: str, known: Row) -> Row:
        from dyntui.api.errors import NotFound

        try:
            return {**known, **(await client.wallets.get(object_id)).raw}
        except NotFound:
            if known.get("deletedAt"):
                return known  # only the list operation returns deleted wallets
            raise

    def pane(self, tab: Tab) -> ComposeResult:
        if tab is BALANCES_TAB:
            yield self.balances_table()
        else:
            yield from super().pane(tab)

    def fill(self, tab: Tab, document: Row) -> None:
        if tab is not BALANCES_TAB:
            super().fill(tab, document)
        elif self.user_id:
            self.load_balances(self.user_id, [document])

    def fill_preview(self, tab: Tab, row: Row) -> None:
        if tab is BALANCES_TAB:
            self.show_no_balances()
        else:
            self.fill(tab, dict(row))

    def document_loaded(self, document: Row) -> None:
        self.label = str(document.get("publicKey") or self.label)

    def field_lines(self, document: Row) -> list[FieldLine]:
        return wallet_lines(document, self.owner)

    def object_changed(self) -> None:
        self.owner = ""

    def document_shown(self) -> None:
        super().document_shown()
        connection = self.console.session.connection
        if connection is not None and self.user_id and not self.owner:
            self.run_worker_then(
                partial(connection.client.users.get_raw, self.user_id),
                partial(self._on_owner_loaded, self.object_id),
                lambda error: None,  # deleted or not readable: the screen shows the id of the owner
                group="owner",
                exclusive=True,
            )

    def _on_owner_loaded(self, wallet_id: str, owner: Row) -> None:
        if wallet_id == self.object_id and self.document is not None:
            self.owner = RESOURCES["users"].label_of(owner)
            self.fill(self.TABS[0], self.document)
            self.refresh_status()

    # Actions

    @property
    def user_id(self) -> str:
        """The id of the owner; "" if it is not known."""
        return str({**self.known, **(self.document or {})}.get("userId") or "")

    def delete_disabled_reason(self) -> str | None:
        if self.document is None:
            return self.not_loaded_reason("The wallet")
        return "The wallet is already deleted." if self.document.get("deletedAt") else None

    def recover_disabled_reason(self) -> str | None:
        return None if self.user_id else "The owner of this wallet is not known."

    def action_delete(self) -> None:
        target = Target(self.object_id, self.label)
        run_action(
            self.console,
            write_action("wallets.delete"),
            [target],
            opening_key="d",
            done=self.leave_after_delete,
        )

    def action_signature_policies(self) -> None:
        self.console.open_list(RESOURCES["signature-policies"], self.object_id, self.label)

    def action_recover(self) -> None:
        target = Target(self.user_id, self.owner or self.user_id)
        run_action(self.console, write_action("users.recover-wallets"), [target], opening_key="u")

    def reload(self) -> None:
        self.action_refresh()  # also after it was deleted, because it can be recovered

    # Links

    def openable(self, pane: Widget | None) -> bool:
        field = pane.current_field if isinstance(pane, FieldList) else None
        return field is not None and bool(field.value) and field.label in (USER, USER_ID, EXPLORER, SIGNER)

    def open_under_cursor(self, pane: Widget | None) -> None:
        assert isinstance(pane, FieldList)
        assert pane.current_field is not None
        label, value = pane.current_field.label, str(pane.current_field.value)
        if label == EXPLORER:
            from dyntui.tui.shell.link_dialog import LinkDialog

            note = "The explorer of the main network of the chain."
            self.console.ask(LinkDialog(f"{shorten(self.label, 13)} in Block Explorer", value, note=note))
        elif label == SIGNER:
            target = RouteTarget(row_id=value, label=value, row={"userId": self.user_id}, parent_label=self.owner)
            self.open(self.console, target)
        else:
            self.console.open_route("user", RouteTarget(row_id=self.user_id, label=self.owner or self.user_id))
