"""The tree of a comparison: a table whose lines can be folded, and marked with all lines below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from dyntui.core.json_types import Row
from dyntui.core.text import safe
from dyntui.resources.resource import Column
from dyntui.services.configuration.compare import ChangeKind
from dyntui.services.configuration.model import LeafPath, ObjectKey
from dyntui.tui.features.configuration.comparison_nodes import ComparisonNode
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.plain.plain_text import join_texts
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table

__all__ = ["ComparisonTable"]


def _text(value: object, now: datetime) -> str:
    """Format the text of a cell; an empty one stays empty."""
    return safe(value, 200)


_COLUMNS = (
    Column("name", "name", 26, grow=True, priority=0, format=_text),
    Column("change", "difference", 13, priority=0, format=_text),
    Column("current", "this environment", 16, grow=True, priority=0, format=_text),
    Column("other", "other side", 16, grow=True, priority=0, format=_text),
)
_FOLD_ACTIONS = ("tree.close", "tree.open", "tree.all")


class ComparisonTable(Table):
    """The lines of a comparison that are not folded. `marks` has the ids of the choices of the marked lines."""

    BINDINGS = bindings((action for action in KIT_ACTIONS if action.id in _FOLD_ACTIONS), "tree")

    def __init__(self, *, empty: Callable[[], str]) -> None:
        """empty: returns the text for no lines."""
        super().__init__(_COLUMNS, StaticRows(key="id", is_loaded=False), empty=empty, markable=True, id="list")
        self.kind: ChangeKind | None = None
        """What is shown; None for all differences."""
        self._roots: Sequence[ComparisonNode] = ()
        self._by_id: dict[str, ComparisonNode] = {}
        self._parent_ids: dict[str, str] = {}
        self._folds: dict[str, bool] = {}

    def show_nodes(self, roots: Sequence[ComparisonNode]) -> None:
        """Show another comparison of the same sides; marks stay on what still differs."""
        self._roots = roots
        self._by_id = {node.id: node for root in roots for node in root.walk()}
        self._parent_ids = {child.id: node.id for node in self._by_id.values() for child in node.children}
        self.marks &= {choice for root in roots for choice in root.choices}
        self.update_rows()

    @property
    def node(self) -> ComparisonNode | None:
        """The line under the cursor; None for an empty table."""
        return self._by_id.get(self.row_id or "")

    def update_rows(self) -> None:
        """Show the lines of the kind that is shown and that are not folded."""
        self.set_rows([self._row(node) for root in self._roots for node in self._visible(root)])

    def _visible(self, node: ComparisonNode) -> Iterator[ComparisonNode]:
        if self.kind is None or self.kind in node.kinds:
            yield node
            for child in node.children if self._is_open(node) else ():
                yield from self._visible(child)

    def _is_open(self, node: ComparisonNode) -> bool:
        return bool(self.filter_text) or self._folds.get(node.id, node.is_open)

    def _row(self, node: ComparisonNode) -> Row:
        sign = ("▾ " if self._is_open(node) else "▸ ") if node.children else "  "
        name = f"{'  ' * node.depth}{sign}{node.name}"
        return {
            "id": node.id,
            "name": name,
            "change": node.change,
            "current": node.current,
            "other": node.other,
            "search": node.search_text,
        }

    def filter_rows(self, text: str) -> None:
        was_filtered = bool(self.filter_text)
        super().filter_rows(text)
        if bool(self.filter_text) != was_filtered:
            self.update_rows()

    def accessible_line(self, index: int) -> str:
        node = self._by_id[self.view.id_at(index) or ""]
        folded = "folded" if node.children and not self._is_open(node) else ""
        return join_texts(super().accessible_line(index), folded, f"level {node.depth + 1}")

    # Folding

    def _set_open(self, node: ComparisonNode, is_open: bool) -> None:
        self._folds[node.id] = is_open
        self.update_rows()

    @property
    def folds(self) -> bool:
        """Whether the line under the cursor has lines below it."""
        return self.node is not None and bool(self.node.children)

    def toggle_fold(self) -> None:
        """Fold or unfold the line under the cursor."""
        if (node := self.node) is not None:
            self._set_open(node, not self._is_open(node))

    def action_close(self) -> None:
        node = self.node
        if node is None:
            return
        if node.children and self._is_open(node) and not self.filter_text:
            self._set_open(node, False)
        elif parent := self._parent_ids.get(node.id):
            self.move_to(self.view.index_of(parent) or 0)

    def action_open(self) -> None:
        node = self.node
        if node is not None and node.children:
            if self._is_open(node):
                self.move_to(self.cursor + 1)
            else:
                self._set_open(node, True)

    def action_all(self) -> None:
        """Unfold all lines, or fold them when all are unfolded."""
        parents = [node for node in self._by_id.values() if node.children]
        is_open = not all(self._is_open(node) for node in parents)
        root = (self.row_id or "").partition("\0")[0]
        self._folds = {node.id: is_open for node in parents}
        self.update_rows()
        if not is_open:
            self.move_to(self.view.index_of(root) or 0)

    # Marks

    def mark_disabled_reason(self) -> str | None:
        return super().mark_disabled_reason() or (self.node.reason if self.node is not None else "") or None

    def action_mark(self) -> None:
        node = self.node
        assert node is not None
        choices = set(node.choices)
        self.marks = self.marks - choices if choices <= self.marks else self.marks | choices
        self._anchor = (node.id, self.cursor)
        self.move_to(self.cursor + 1)
        self.repaint()
        self._notify_moved()

    def chosen(self) -> dict[ObjectKey, set[LeafPath] | None]:
        """Return what is marked, or what the line under the cursor marks: by object the values; None for all."""
        ids = self.marks or (self.node.choices if self.node is not None else ())
        found: dict[ObjectKey, set[LeafPath] | None] = {}
        for choice in ids:
            node = self._by_id[choice]
            if node.leaf is None:
                found[node.key] = None
            elif (paths := found.setdefault(node.key, set())) is not None:
                paths.add(node.leaf)
        return found

    def mark(self, ids: Iterable[str]) -> None:
        super().mark(choice for row_id in ids for choice in self._by_id[row_id].choices)

    def is_marked(self, index: int) -> bool:
        return self._row_sign(index)[0] == "•"

    def _row_sign(self, index: int) -> Piece:
        """Return the sign before a line: `•` when all that can be marked with it is marked, `◦` for a part of it."""
        node = self._by_id.get(self.view.id_at(index) or "")
        if node is None or self.marks.isdisjoint(node.choices):
            return " ", ""
        return ("•" if self.marks.issuperset(node.choices) else "◦"), ""

    def action_show_row(self) -> None:
        node = self.node
        assert node is not None
        cells = [
            ("name", node.path),
            ("difference", node.change),
            ("this environment", node.current_whole or node.current),
            ("other side", node.other_whole or node.other),
            ("not applied", node.reason),
        ]
        self.post_message(self.RowRequested([(name, value) for name, value in cells if value]))
