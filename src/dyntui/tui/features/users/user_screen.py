"""The user screen: one user in tabs. `user_actions` has its actions, `user_tables` the columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Column
from dyntui.resources.sessions import SESSIONS_UNKNOWN
from dyntui.services.metadata import USUAL_LIMIT, metadata_of, metadata_size
from dyntui.tui.features.users.actions import USERS_ACTIONS
from dyntui.tui.features.users.user_actions import UserActionsMixin
from dyntui.tui.features.users.user_tables import LINKED, USER_TABLES, access_lines, linked_rows, profile_lines
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.balances_tab import BALANCES_TAB, BalancesTabMixin
from dyntui.tui.shell.detail_screen import Tab
from dyntui.tui.shell.recent_users import record_opened_user
from dyntui.tui.shell.route_target import RouteTarget

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["UserScreen"]


_NOTHING_LINKED = "This user has no credentials, MFA devices or address checks."


class UserScreen(BalancesTabMixin, UserActionsMixin):
    """One user."""

    BINDINGS = [*bindings(USERS_ACTIONS, "user"), *bindings(SHELL_ACTIONS, "copying")]
    record = RESOURCES["users"]
    shown_resources = frozenset({"users", "wallets", "sessions", "allowlists", "allowlist-entries"})
    TABS = (
        Tab("profile", "Profile"),
        Tab("credentials", "Credentials"),
        Tab("wallets", "Wallets"),
        Tab("sessions", "Sessions"),
        Tab("social", "Social"),
        Tab("mfa", "MFA"),
        Tab("access", "Access"),
        Tab("checks", "Checks"),
        Tab("metadata", "Metadata"),
        Tab("raw", "Raw"),
        BALANCES_TAB,
    )

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("users", self.label or self.object_id)

    def pane(self, tab: Tab) -> ComposeResult:
        match tab.name:
            case "profile":
                with Horizontal(classes="two"):
                    yield FieldList(id="details")
                    yield _table(
                        "linked", LINKED, lambda: "This user has no credentials, MFA devices or address checks."
                    )
            case "access":
                yield FieldList(id="access")
            case "metadata":
                yield JsonTree(id="metadata", unfolded=2)
            case "raw":
                yield from super().pane(tab)
            case "balances":
                yield self.balances_table()
            case name:
                table = USER_TABLES[name]
                yield _table(name, table.columns, partial(self._empty_text, name))

    async def fetch_one(self, client: Client, object_id: str, known: Row) -> Row:
        from dyntui.services.lists.session_rows import with_sessions

        return await with_sessions(client, (await client.users.get(object_id)).raw)

    def document_loaded(self, document: Row) -> None:
        self.label = self.record.label_of(document) or self.object_id
        record_opened_user(self, self.console.session, self.object_id, self.label)

    def field_lines(self, document: Row) -> list[FieldLine]:
        return profile_lines(document)

    def counts(self, document: Row) -> Sequence[int | None]:
        counts = (
            {name: len(table.rows(self.user)) for name, table in USER_TABLES.items()} if self.user is not None else {}
        )
        counts["metadata"] = len(metadata_of(document))
        if "sessions" not in document:
            counts.pop("sessions", None)
        return [counts.get(tab.name) for tab in self.TABS]

    def status(self) -> Sequence[Piece]:
        parts: list[Piece] = []
        if self.object_id in self.console.session.drafts:
            parts.append(("unsaved metadata", "warn"))
        if self.document is not None and self.TABS[self.tab].name == "metadata":
            size = metadata_size(metadata_of(self.document))
            parts.append((quantity(size, "byte"), "warn" if size > USUAL_LIMIT else ""))
        return [*parts, *super().status()]

    def refresh_paused_reason(self) -> str:
        if self.object_id in self.console.session.drafts:
            return "unsaved metadata"
        return super().refresh_paused_reason()

    def fill(self, tab: Tab, document: Row) -> None:
        if (user := self.user) is None:
            return
        match tab.name:
            case "profile":
                super().fill(tab, document)
                self.query_one("#linked", Table).set_rows(linked_rows(user))
            case "access":
                self.query_one("#access", FieldList).show(access_lines(user))
            case "metadata":
                self.query_one("#metadata", JsonTree).show(metadata_of(document))
            case "raw":
                super().fill(tab, document)
            case "balances":
                self.load_balances(self.object_id, [wallet.raw for wallet in user.wallets])
            case name:
                self.query_one(f"#{name}", Table).set_rows(USER_TABLES[name].rows(user))

    def fill_preview(self, tab: Tab, row: Row) -> None:
        match tab.name:
            case "profile":
                super().fill(tab, row)
                self._show_loading("linked")
            case "access":
                self.query_one("#access", FieldList).show(())
            case "metadata" | "raw":
                self.query_one(f"#{tab.name}", JsonTree).show({})
            case "balances":
                self.show_no_balances()
            case name:
                self._show_loading(name)

    def _empty_text(self, name: str) -> str:
        if name == "sessions" and self.document is not None and "sessions" not in self.document:
            return SESSIONS_UNKNOWN
        return USER_TABLES[name].empty

    def _show_loading(self, name: str) -> None:
        self.query_one(f"#{name}", Table).show(StaticRows(is_loaded=False))

    def action_access(self) -> None:
        self.console.open_route("user-access", RouteTarget(row_id=self.object_id, label=self.label))

    def openable(self, pane: Widget | None) -> bool:
        return isinstance(pane, Table) and pane.row is not None and bool(pane.row.get("wallet"))

    def open_under_cursor(self, pane: Widget | None) -> None:
        assert isinstance(pane, Table)
        assert pane.row is not None
        wallet_id = str(pane.row["wallet"])
        wallets = self.user.wallets if self.user is not None else ()
        known: Row = next((wallet.raw for wallet in wallets if wallet.id == wallet_id), {})
        row = {"userId": self.object_id, **known}
        target = RouteTarget(
            row_id=wallet_id,
            label=str(pane.row.get("copy", "")),
            row=row,
            parent=self.object_id,
            parent_label=self.label,
        )
        self.console.open_route("wallet", target)


def _table(name: str, columns: Sequence[Column], empty: Callable[[], str]) -> Table:
    return Table(columns, StaticRows(is_loaded=False), empty=empty, id=name)
