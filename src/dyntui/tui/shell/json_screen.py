"""A screen with a JSON document as a tree."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.base_screen import ConsoleScreen

__all__ = ["JsonScreen"]


class JsonScreen(ConsoleScreen):
    """A document as it was when the screen was opened."""

    BINDINGS = bindings(SHELL_ACTIONS, "json")
    UNFOLDED_LEVELS = 2
    DOCUMENT_NAME = "document"
    """What the whole document is called when it is copied."""
    breadcrumbs: tuple[str, ...] = ()
    shown_resources: frozenset[str] = frozenset()

    def __init__(self, breadcrumbs: tuple[str, ...], document: object, resources: frozenset[str] = frozenset()) -> None:
        """breadcrumbs: those of the screen it was opened from. resources: the names of the resources it is from."""
        super().__init__()
        self.breadcrumbs = (*breadcrumbs, "raw")
        self.shown_resources = resources
        self._document = document

    def body(self) -> ComposeResult:
        yield JsonTree(self._document, unfolded=self.UNFOLDED_LEVELS, id="tree")

    @property
    def _tree(self) -> JsonTree:
        return self.query_one("#tree", JsonTree)

    def status(self) -> Sequence[Piece]:
        tree = self._tree
        return [(f"{tree.cursor + 1:,} of {tree.count:,}", ""), (tree.path, "dim")] if tree.count else []

    def action_copy(self) -> None:
        self._tree.copy_value(self.console, self.DOCUMENT_NAME)
