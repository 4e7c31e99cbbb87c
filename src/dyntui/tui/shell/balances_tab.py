"""The tab of token balances of the screens of a user and of a wallet. It is read when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dyntui.core.errors import DyntuiError, join_sentences
from dyntui.core.json_types import Row
from dyntui.resources.balances import BALANCES
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.detail_screen import Tab
from dyntui.tui.shell.sibling_navigation import SiblingScreen

__all__ = ["BALANCES_TAB", "BalancesTabMixin"]

BALANCES_TAB = Tab("balances", "Balances")


class BalancesTabMixin(SiblingScreen):
    """A detail screen with BALANCES_TAB among its TABS."""

    _balances_error = ""

    def balances_table(self) -> Table:
        """Return the widget of the tab."""
        columns = StaticRows(is_loaded=False)
        return Table(BALANCES.columns, columns, empty=lambda: self._balances_error or BALANCES.empty, id="balances")

    def show_no_balances(self) -> None:
        """Show that another object is loading."""
        self.query_one("#balances", Table).show(StaticRows(is_loaded=False))

    def load_balances(self, user_id: str, wallets: Sequence[Row] | None = None) -> None:
        """Read and show the balances. wallets: some wallets of the user; by default all."""
        from dyntui.services.lists.balance_rows import read_balances

        connection = self.console.session.connection
        if connection is None:
            return
        self.run_worker_then(
            partial(read_balances, connection.client, user_id, wallets),
            partial(self._on_balances, self.object_id),
            partial(self._on_balances_failed, self.object_id),
            group="balances",
            exclusive=True,
        )

    def _on_balances(self, object_id: str, rows: Sequence[Row], error: str = "") -> None:
        if object_id == self.object_id:
            self._balances_error = error
            self.query_one("#balances", Table).set_rows([{**row, "copy": row.get("address")} for row in rows])

    def _on_balances_failed(self, object_id: str, error: DyntuiError) -> None:
        self._on_balances(object_id, (), join_sentences("The balances cannot be read:", error.message, error.hint))
