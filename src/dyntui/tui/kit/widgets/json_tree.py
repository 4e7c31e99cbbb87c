"""A JSON document as a foldable tree with a search in names and values, also of folded nodes.

Long values take several lines. Values are escaped, so that they cannot control the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from dyntui.core.json_types import as_list
from dyntui.core.masking import mask_counted
from dyntui.core.meanings import role_of
from dyntui.core.redact import redactor
from dyntui.core.text import json_text, plain_json, quantity, safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.clipboard import ClipboardApp, send_to_clipboard
from dyntui.tui.kit.plain.plain_text import join_texts
from dyntui.tui.kit.widgets.line_list import next_place
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedList, hang

__all__ = ["JsonTree"]

Path = tuple[str, ...]

_NAME_FIELDS = ("name", "displayName", "label", "title", "chainName", "key", "email", "type", "provider", "event", "id")
"""The fields that name an object, the best first."""


@dataclass(slots=True)
class _Node:
    key: str
    value: object
    depth: int
    path: Path
    open: bool

    @property
    def folds(self) -> bool:
        return isinstance(self.value, (dict, list)) and bool(self.value)

    def children(self) -> list[tuple[str, object]]:
        if isinstance(self.value, dict):
            return [(str(key), value) for key, value in self.value.items()]
        return [(str(index), value) for index, value in enumerate(as_list(self.value))]


class JsonTree(WrappedList):
    """A tree of a raw document. Levels deeper than `unfolded` are folded at first.

    Secrets are masked by their names until they are revealed, also where they are copied and searched.
    """

    BINDINGS = bindings(KIT_ACTIONS, "tree")
    find = ""
    """The text that is searched for; "" for no search."""

    def __init__(self, document: object = None, *, unfolded: int = 1, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source = document
        self._reveals = False
        self._masked = 0
        self._mask_document()
        self._unfolded = unfolded
        self._folds: dict[Path, bool] = {}
        self._rows: list[_Node] = self._visible_nodes()

    def show(self, document: object) -> None:
        """Show another document; folded nodes stay folded, and the cursor stays on its path if that still exists."""
        path = self.selected_keys
        self._source = document
        self._mask_document()
        self._update_rows()
        if path and self.selected_keys != path:
            self.go_to(path)

    def _mask_document(self) -> None:
        """Make the document that is shown: the source without its secrets, unless they are revealed."""
        self._document, self._masked = mask_counted(self._source)
        if self._reveals:
            self._document = self._source

    def _update_rows(self) -> None:
        self._rows = self._visible_nodes()
        self.count_changed()

    def _visible_nodes(self) -> list[_Node]:
        nodes: list[_Node] = []
        stack: list[tuple[str, object, Path]] = []
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

    def copy_value(self, console: ClipboardApp, document_name: str) -> None:
        """Copy the value under the cursor to the clipboard. document_name: what the whole document is called."""
        send_to_clipboard(console, self.value_text, self.path or document_name, lines=not isinstance(self.value, str))

    @property
    def path(self) -> str:
        """The dot path of the line under the cursor."""
        return ".".join(self._rows[self.cursor].path)

    # Search

    @property
    def selected_keys(self) -> Path:
        """The keys that lead to the line under the cursor."""
        return self._rows[self.cursor].path if self.cursor < len(self._rows) else ()

    def go_to(self, path: Path) -> bool:
        """Put the cursor on the line of a path and unfold its parents; return whether the path exists."""
        for depth in range(1, len(path)):
            self._folds[path[:depth]] = True
        self._update_rows()
        for index, node in enumerate(self._rows):
            if node.path == path:
                self.move_to(index)
                return True
        return False

    def matches(self) -> list[Path]:
        """Return the paths of all lines with the text in their name or value, from the top."""
        text = self.find.casefold()
        return [path for path, key, value in _walk(self._document) if text and _matches(text, key, value)]

    def find_line(self, text: str, *, backward: bool = False) -> tuple[int, int]:
        self.find = text
        return self.next_match(backward=backward)

    def next_match(self, *, backward: bool = False) -> tuple[int, int]:
        """Go to the next match or the previous one, wrapping around.

        Returns its number and the number of matches; (0, 0) for none.
        """
        found = self.matches()
        if not found:
            return 0, 0
        order = {path: index for index, (path, _, _) in enumerate(_walk(self._document))}
        number = next_place([order[path] for path in found], order.get(self.selected_keys, -1), backward=backward)
        self.go_to(found[number])
        return number + 1, len(found)

    def accessible_line(self, index: int) -> str:
        node = self._rows[index]
        value = _value_text(node.value)
        if node.folds:
            kind = "list" if isinstance(node.value, list) else "object"
            value = f"{kind} of {quantity(len(node.children()), 'item')}"
            value = join_texts(value, _item_name(node.value), "unfolded" if node.open else "folded")
        key = safe(node.key, 100)
        return join_texts(f"{key}: {value}" if key else value, f"level {node.depth + 1}" if node.depth else "")

    # Drawing and folding

    def item_lines(self, index: int, width: int) -> ItemLines:
        node = self._rows[index]
        sign = ("▾ " if node.open else "▸ ") if node.folds else "  "
        key = f"{' ' * (2 * node.depth)}{sign}{safe(node.key)}"
        if node.folds and node.open:
            return hang([(key, "dim")], "", "", width)
        style = role_of(node.key, _plain_text(node.value)) or _syntax_style(node.value)
        text = "  ".join(part for part in (_value_text(node.value), _item_name(node.value)) if part)
        return hang([(key + ("  " if node.key else ""), "dim")], text, style, width)

    def bar(self, index: int) -> Piece:
        return ("▌", "accent") if index == self.cursor else (" ", "")

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        # Without a masked value the key is the screen's.
        return self._masked > 0 or parameters != ("tree.reveal",)

    def action_reveal(self) -> None:
        self._reveals = not self._reveals
        if self._reveals:
            redactor.add_revealed(self._source)
        self.show(self._source)

    def _set_folded(self, index: int, opened: bool) -> None:
        self._folds[self._rows[index].path] = opened
        self._update_rows()


def _plain_text(value: object) -> str:
    """Return a single value as the words of its meaning: `yes` for true."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str() | int():
            return str(value)
    return ""


def _syntax_style(value: object) -> str:
    """Return the style of a value by its JSON type; text has none, because most values are text."""
    match value:
        case True | False:
            return "constant"
        case int() | float():
            return "number"
        case None | dict() | list():
            return "dim"
    return ""


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


def _item_name(value: object) -> str:
    """Return what names an object, which its folded line shows; "" when no field does."""
    names = (value.get(field) for field in _NAME_FIELDS) if isinstance(value, dict) else ()
    return next((safe(name) for name in names if isinstance(name, str) and name), "")


def _matches(text: str, key: str, value: object) -> bool:
    return text in key.casefold() or (not isinstance(value, (dict, list)) and text in json_text(value).casefold())


def _walk(document: object) -> Iterator[tuple[Path, str, object]]:
    """Yield path, key and value of every node below the root, from the top."""
    stack: list[tuple[Path, object]] = [((), document)]
    while stack:
        path, node = stack.pop()
        if path:
            yield path, path[-1], node
        if isinstance(node, dict):
            stack += [((*path, str(key)), part) for key, part in reversed(node.items())]
        elif isinstance(node, list):
            stack += [((*path, str(index)), part) for index, part in reversed(list(enumerate(node)))]
