"""A JSON tree with a search in names and values, also of folded nodes."""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.tui.kit.widgets.json_tree import JsonTree

__all__ = ["SearchTree"]

Path = tuple[str, ...]


class SearchTree(JsonTree):
    """A JSON tree with a search."""

    find = ""
    """The text that is searched for; "" for no search."""

    def show(self, document: object) -> None:
        """Show another document; the cursor stays on the same path if it still exists."""
        path = self.key_path
        super().show(document)
        if path and self.key_path != path:
            self.go_to(path)

    @property
    def key_path(self) -> Path:
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

    def find_line(self, text: str) -> tuple[int, int]:
        self.find = text
        return self.next_match()

    def next_match(self) -> tuple[int, int]:
        """Go to the next match, wrapping around; return its number and the number of matches, (0, 0) for none."""
        found = self.matches()
        if not found:
            return 0, 0
        order = {path: index for index, (path, _, _) in enumerate(_walk(self._document))}
        current = order.get(self.key_path, -1)
        number = next((number for number, path in enumerate(found) if order[path] > current), 0)
        self.go_to(found[number])
        return number + 1, len(found)


def _matches(text: str, key: str, value: object) -> bool:
    return text in key.casefold() or (not isinstance(value, (dict, list)) and text in str(value).casefold())


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
