"""A JSON document as a foldable tree of lines. Values are escaped, so that they cannot control the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dyntui.core.json_types import as_list
from dyntui.core.text import plain_json, safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.widgets.cells import cut
from dyntui.tui.kit.widgets.line_list import LineList, Piece

__all__ = ["JsonTree"]


@dataclass(slots=True)
class _Node:
    key: str
    value: object
    depth: int
    path: tuple[str, ...]
    open: bool

    @property
    def folds(self) -> bool:
        return isinstance(self.value, (dict, list)) and bool(self.value)

    def children(self) -> list[tuple[str, object]]:
        if isinstance(self.value, dict):
            return [(str(key), value) for key, value in self.value.items()]
        return [(str(index), value) for index, value in enumerate(as_list(self.value))]


class JsonTree(LineList):
    """A tree of a raw document. Levels deeper than `unfolded` are folded at first."""

    BINDINGS = bindings(KIT_ACTIONS, "tree")

    def __init__(self, document: object = None, *, unfolded: int = 1, id: str | None = None) -> None:
        super().__init__(id=id)
        self._document = document
        self._unfolded = unfolded
        self._folds: dict[tuple[str, ...], bool] = {}
        self._rows: list[_Node] = self._visible_nodes()

    def show(self, document: object) -> None:
        """Show another document; folded nodes stay folded."""
        self._document = document
        self._update_rows()

    def _update_rows(self) -> None:
        self._rows = self._visible_nodes()
        self.count_changed()

    def _visible_nodes(self) -> list[_Node]:
        nodes: list[_Node] = []
        stack: list[tuple[str, object, tuple[str, ...]]] = []
        root = _Node("", self._document, 0, (), True)
        if root.folds:
            stack = [(key, value, (key,)) for key, value in reversed(root.children())]
        else:
            nodes.append(root)
        while stack:
            key, value, path = stack.pop()
            depth = len(path) - 1
            node = _Node(key, value, depth, path, self._folds.get(path, depth < self._unfolded))
            nodes.append(node)
            if node.folds and node.open:
                stack += [(name, part, (*path, name)) for name, part in reversed(node.children())]
        return nodes

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def value(self) -> object:
        """The value under the cursor, raw."""
        return self._rows[self.cursor].value

    @property
    def value_text(self) -> str:
        """The value under the cursor for the clipboard: text unchanged, anything else as indented JSON."""
        value = self.value
        return value if isinstance(value, str) else plain_json(json.dumps(value, ensure_ascii=False, indent=2))

    @property
    def is_text(self) -> bool:
        """Whether the value under the cursor is a string."""
        return isinstance(self.value, str)

    @property
    def path(self) -> str:
        """The dot path of the line under the cursor."""
        return ".".join(self._rows[self.cursor].path)

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        node = self._rows[index]
        bar: Piece = ("▌", "accent") if index == self.cursor else (" ", "")
        sign = ("▾ " if node.open else "▸ ") if node.folds else "  "
        key = f"{' ' * (2 * node.depth)}{sign}{safe(node.key, 100)}"
        if node.folds and node.open:
            return [bar, (cut(key, width - 1), "dim")]
        key += "  " if node.key else ""
        key = cut(key, width - 1)
        return [bar, (key, "dim"), (cut(_value_text(node.value), max(0, width - 1 - len(key))), "")]

    def fold_disabled_reason(self) -> str | None:
        return None if self.count and self._rows[self.cursor].folds else "This line has no children to fold."

    def action_fold(self) -> None:
        self._set_folded(self.cursor, not self._rows[self.cursor].open)

    def action_close(self) -> None:
        node = self._rows[self.cursor]
        if node.folds and node.open:
            self._set_folded(self.cursor, False)
        elif node.depth:
            self.move_to(next(i for i, other in enumerate(self._rows) if other.path == node.path[:-1]))

    def action_open(self) -> None:
        node = self._rows[self.cursor]
        if node.folds and not node.open:
            self._set_folded(self.cursor, True)
        elif node.folds:
            self.move_to(self.cursor + 1)

    def action_all(self) -> None:
        opened = any(node.folds and node.open for node in self._rows)
        path = self._rows[self.cursor].path[:1] if self.count else ()
        self._folds.clear()
        self._unfolded = 0 if opened else 99
        self._update_rows()
        self.move_to(next((i for i, node in enumerate(self._rows) if node.path == path), 0))

    def _set_folded(self, index: int, opened: bool) -> None:
        self._folds[self._rows[index].path] = opened
        self._update_rows()


def _value_text(value: object) -> str:
    match value:
        case str():
            return f'"{safe(value)}"'
        case dict():
            return f"{{ {len(value)} }}" if value else "{}"
        case list():
            return f"[ {len(value)} ]" if value else "[]"
        case None | True | False:
            return json.dumps(value)
    return safe(value)
