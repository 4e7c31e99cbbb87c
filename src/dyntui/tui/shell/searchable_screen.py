"""The base class of screens with a searchable tree: settings, and responses of the API console."""

from __future__ import annotations

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.shell.base_screen import ConsoleScreen

__all__ = ["SearchableScreen"]


class SearchableScreen(ConsoleScreen):
    """A screen with a JsonTree."""

    search_state = ""
    """The state of the search for the footer, such as `2 of 7 found`."""
    document_name = ""
    """What the whole document is called when it is copied."""
    hint = ""
    """The placeholder of the search prompt."""

    @property
    def tree_shown(self) -> JsonTree:
        """The tree that is searched."""
        return self.query_one(JsonTree)

    def action_find(self) -> None:
        if self.tree_shown.display:
            self.ask_filter(self.tree_shown.find, self.hint)
        else:
            self.ask_find()

    def filter_entered(self, text: str) -> None:
        self.tree_shown.find = text.strip()
        self.search_state = ""
        if self.tree_shown.find:
            self.find_next()
            self.set_focus(self.tree_shown, scroll_visible=False)
        self.refresh_status()

    @property
    def find_text(self) -> str:
        return self.tree_shown.find or super().find_text

    def find_next(self, *, backward: bool = False) -> None:
        if not self.tree_shown.find:
            super().find_next(backward=backward)
            return
        number, count = self.tree_shown.next_match(backward=backward)
        self.search_state = f"{number} of {count} found" if count else f"`{safe(self.tree_shown.find, 40)}` not found"
        self.refresh_status()

    def back_label(self) -> str | None:
        return "the search" if self._has_search() else super().back_label()

    def handle_back(self) -> None:
        if self._has_search():
            self.filter_entered("")
        else:
            super().handle_back()

    def _has_search(self) -> bool:
        return self.is_mounted and bool(self.tree_shown.find)

    def action_copy(self) -> None:
        self.tree_shown.copy_value(self.console, self.document_name)
