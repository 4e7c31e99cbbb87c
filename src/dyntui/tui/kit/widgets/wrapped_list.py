"""A list whose items take as many lines as their texts need: nothing in it is cut.

A subclass defines `count` and the lines of one item (`item_lines`). The cursor goes from item to item, and through the
lines of one that is higher than the view.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from textual.geometry import Size

from dyntui.tui.kit.widgets.cells import width_of, wrapped
from dyntui.tui.kit.widgets.line_list import UNLIMITED_WIDTH, ItemList, LineList, Piece

__all__ = ["ItemLines", "WrappedItemList", "WrappedList", "hang"]

T = TypeVar("T")
ItemLines = Sequence[Sequence[Piece]]
"""The lines of one item, each in its pieces."""

_MIN_TEXT_WIDTH, _INDENT = 18, 4
"""The least width of a text on the line of its head, and the indentation of a text below it."""
_BAR_WIDTH, _SIGN_WIDTH = 2, 1


def hang(head: Sequence[Piece], text: str, style: str, width: int) -> ItemLines:
    """Return `head` with `text` after it, wrapped to `width` cells, or below it when there is little room."""
    indent = sum(width_of(part) for part, _ in head)
    if width_of(text) <= width - indent:
        return [[*head, (text, style)]]
    if width - indent >= _MIN_TEXT_WIDTH:
        first, *others = wrapped(text, width - indent)
        return [[*head, (first, style)], *([(" " * indent, ""), (line, style)] for line in others)]
    below = [[(" " * _INDENT, ""), (line, style)] for line in wrapped(text, width - _INDENT)]
    return [*_wrapped_head(head, width), *below]


def _wrapped_head(head: Sequence[Piece], width: int) -> ItemLines:
    """Return a head without a text: as it is when it fits, else wrapped in the style of its last piece."""
    text = "".join(part for part, _ in head).rstrip()
    if width_of(text) <= width:
        return [list(head)]
    indent = len(text) - len(text.lstrip())
    return [[(" " * indent + line, head[-1][1])] for line in wrapped(text.lstrip(), width - indent)]


class WrappedList(LineList):
    """A list of items that take one line or more. `top` is the first item in view, and `first_line` its first line."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.first_line = 0
        self._items_lines: dict[tuple[int, int], ItemLines] = {}
        """The lines of items, by index and width, until the list is painted anew."""

    def item_lines(self, index: int, width: int) -> ItemLines:
        """Return the lines of item `index`, wrapped to `width` cells, without the bar of the cursor."""
        raise NotImplementedError

    def _lines_at(self, index: int, width: int = 0) -> ItemLines:
        width = width or self._text_width
        lines = self._items_lines.get((index, width))
        if lines is None:
            lines = self._items_lines[index, width] = self.item_lines(index, width)
        return lines

    @property
    def _text_width(self) -> int:
        return max(1, self.size.width - _BAR_WIDTH - _SIGN_WIDTH)

    def _height_at(self, index: int, width: int = 0) -> int:
        return len(self._lines_at(index, width))

    # Drawing

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        return [self.bar(index), *self._lines_at(index, width - _BAR_WIDTH)[0]]

    def text_at(self, index: int) -> str:
        return " ".join("".join(text for text, _ in line) for line in self.item_lines(index, UNLIMITED_WIDTH))

    def draw_part(self, index: int, part: int, width: int) -> Sequence[Piece]:
        return [self.bar(index), *self._lines_at(index)[part]]

    def scroll_sign(self, y: int, index: int, part: int) -> str:
        is_last_line = (index, part + 1) >= (self.count - 1, self._height_at(self.count - 1))
        if y == self.size.height - 1 and not is_last_line:
            return "↓"
        return "↑" if y == self.head and (self.top or self.first_line) else ""

    def item_at(self, y: int) -> tuple[int, int]:
        index, part, width = self.top, self.first_line + y - self.head, self._text_width
        while index < self.count and part >= (height := self._height_at(index, width)):
            part -= height
            index += 1
        return index, part

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height of all items, for a list whose height is `auto`."""
        text_width = max(1, width - _BAR_WIDTH - _SIGN_WIDTH)
        return self.head + sum(len(self._lines_at(index, text_width)) for index in range(self.count))

    def show_whole(self, max_height: int) -> None:
        """Make the widget as high as its items, with at most `max_height` lines."""
        self.styles.height = "auto"
        self.styles.min_height = 1
        self.styles.max_height = max(1, max_height)

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        # An item may have more lines than the changed one, so all are compared; only those that differ are painted.
        self._items_lines.clear()
        super().repaint()

    # Moving

    @property
    def visible_count(self) -> int:
        """The number of items that are whole in view, at least 1."""
        room, count, width = self._room + self.first_line, 0, self._text_width
        for index in range(self.top, self.count):
            room -= self._height_at(index, width)
            if room < 0:
                break
            count += 1
        return max(1, count)

    @property
    def _room(self) -> int:
        return max(1, self.size.height - self.head)

    def _scroll_to_cursor(self) -> None:
        if not self.size:
            return  # there is no layout yet
        self._items_lines.clear()
        if not self.count:
            self.top = self.first_line = 0
            return
        position = (self.top, self.first_line)
        if self.cursor <= self.top:
            hidden = max(0, self._height_at(self.cursor) - self._room)
            position = (self.cursor, min(self.first_line, hidden) if self.cursor == self.top else 0)
        else:
            first, line = self._position_with_end(self.cursor)
            position = max(position, (first, 0 if first == self.cursor else line))
        self.top, self.first_line = min(position, self._position_with_end(self.count - 1))

    def _position_with_end(self, index: int) -> tuple[int, int]:
        """Return the first item and line in view when item `index` ends on the last line of the view."""
        room, width = self._room, self._text_width
        for first in range(index, -1, -1):
            room -= self._height_at(first, width)
            if room <= 0:
                return first, -room
        return 0, 0

    def _scroll_inside(self, lines: int) -> bool:
        """Scroll by `lines` within the item under the cursor; return False when it has no more lines out of view."""
        if not self.count or self.cursor != self.top:
            return False
        hidden = max(0, self._height_at(self.cursor) - self._room)
        first_line = max(0, min(self.first_line + lines, hidden))
        if first_line == self.first_line:
            return False
        self.first_line = first_line
        self.repaint()
        return True

    def action_down(self) -> None:
        if not self._scroll_inside(1):
            super().action_down()

    def action_up(self) -> None:
        if not self._scroll_inside(-1):
            super().action_up()

    def _scroll_with_cursor(self, lines: int) -> None:
        if not self._scroll_inside(lines):
            self.top, self.first_line = max(0, min(self.top + lines, self.count - 1)), 0
            self.move_to(self.cursor + lines)

    def _scroll_with_wheel(self, lines: int) -> None:
        if not self._scroll_inside(lines):
            self.first_line = 0
            super()._scroll_with_wheel(lines)

    def _index_at(self, y: int) -> int:
        return self.item_at(y)[0]


class WrappedItemList(WrappedList, ItemList[T], Generic[T]):
    """A list of items in memory that take one line or more."""

    def __init__(self, items: Sequence[T] = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.items = items
