"""A list whose columns can be chosen and whose views can be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.tui.shell.lists.marked_list_screen import MarkedListScreen

if TYPE_CHECKING:
    from dyntui.config.list_preferences import SavedView

__all__ = ["ListViewsScreen"]


class ListViewsScreen(MarkedListScreen):
    """A list whose columns can be chosen and whose views can be saved.

    The dialogs are imported when their key is pressed: the first frame does not wait for them.
    """

    def action_columns(self) -> None:
        from dyntui.tui.shell.lists.view_dialogs import open_columns_dialog

        open_columns_dialog(self)

    def action_views(self) -> None:
        from dyntui.tui.shell.lists.view_dialogs import open_saved_views

        open_saved_views(self, self.show_saved)

    def show_saved(self, view: SavedView) -> None:
        """Show the list with the columns, order and filter of a saved view."""
        self.set_columns(view.columns)
        self.filter_text = view.filter
        self._apply_query(view.order or self.record.list.order)
        self.filter_entered(view.filter)
