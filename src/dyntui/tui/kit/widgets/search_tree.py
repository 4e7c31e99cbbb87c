"""A JSON tree that can be searched: by a part of a name or of a value, anywhere in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dyntui.tui.kit.widgets.json_tree import JsonTree

__all__ = ["SearchTree"]

Way = tuple[str, ...]


class SearchTree(JsonTree):
    """find: the text that is searched for, "" for none."""

    find = ""

    def show(self, document: Any) -> None:
        """Show another document, the cursor on the same name where that is still there."""
        way = self.way
        super().show(document)
        if way and self.way != way:
            self.go_to(way)

    @property
    def way(self) -> Way:
        """The keys that lead to the line under the cursor."""
        return self._rows[self.cursor].path if self.cursor < len(self._rows) else ()

    def go_to(self, way: Way) -> bool:
        """Put the cursor on a line, unfolding what it is in; whether it is there."""
        for depth in range(1, len(way)):
            self._folds[way[:depth]] = True
        self._flatten()
        for index, node in enumerate(self._rows):
            if node.path == way:
                self.move_to(index)
                return True
        return False

    def matches(self) -> list[Way]:
        """Every line that has the text in its name or its value, from the top."""
        text = self.find.casefold()
        return [way for way, key, value in _walk(self._document) if text and _fits(text, key, value)]

    def find_line(self, text: str) -> tuple[int, int]:
        self.find = text
        return self.next_match()

    def next_match(self) -> tuple[int, int]:
        """Go to the next line that fits, around the end; its number and how many there are, (0, 0) for none."""
        found = self.matches()
        if not found:
            return 0, 0
        here, order = self.way, {way: place for place, (way, _, _) in enumerate(_walk(self._document))}
        at = order.get(here, -1)
        number = next((number for number, way in enumerate(found) if order[way] > at), 0)
        self.go_to(found[number])
        return number + 1, len(found)


def _fits(text: str, key: str, value: Any) -> bool:
    return text in key.casefold() or (not isinstance(value, (dict, list)) and text in str(value).casefold())


def _walk(value: Any, way: Way = ()) -> Iterator[tuple[Way, str, Any]]:
    stack: list[tuple[Way, Any]] = [(way, value)]
    while stack:
        here, each = stack.pop()
        if here:
            yield here, here[-1], each
        if isinstance(each, dict):
            stack += [((*here, str(key)), part) for key, part in reversed(each.items())]
        elif isinstance(each, list):
            stack += [((*here, str(index)), part) for index, part in reversed(list(enumerate(each)))]
