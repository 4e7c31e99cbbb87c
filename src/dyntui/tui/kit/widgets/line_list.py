"""A list of one-line items with a cursor: the base of every list, tree, table and log. Only changed lines are painted.

A subclass defines the number of lines (`count`) and draws one (`draw`); this class handles cursor, scrolling, mouse and
repainting. There is no scroll bar, which keeps a repaint small; the footer shows the position.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from textual import events
from textual.message import Message

from dyntui.tui.kit.action_registry import ActionMixin, bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["UNLIMITED_WIDTH", "ItemList", "LineList", "Piece", "next_place"]

T = TypeVar("T")

_WHEEL_LINES = 3
UNLIMITED_WIDTH = 1000
"""A width in cells that truncates no line, for searches."""


@runtime_checkable
class Host(Protocol):
    """A screen that is called when the cursor moves, because the message `Moved` would arrive a frame later."""

    def lines_moved(self, lines: LineList) -> None: ...


class _LinesMessage(Message):
    """A message of a list of lines."""

    def __init__(self, lines: LineList) -> None:
        super().__init__()
        self.lines = lines


class LineList(ActionMixin, LineWidget, can_focus=True):
    """A list of lines with a cursor."""

    BAR_NEEDS_FOCUS: ClassVar[bool] = False
    """Whether the bar before the line under the cursor is shown only while the list has the focus."""

    LOOKS_FOCUSED: ClassVar[bool] = False
    """Whether the line under the cursor is always drawn as in a list that has the focus."""

    LINE_NOUN: ClassVar[str] = ""
    """What plain mode calls a line in its position, with a blank after it."""

    read_whole = False
    """Whether plain mode reads all lines in view, as of a text, and not only the line under the cursor."""

    BINDINGS = bindings(KIT_ACTIONS, "rows")

    class Moved(_LinesMessage):
        """Posted when the cursor is on another line, or the number of lines changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LineList.Moved) and message.lines is self.lines

    class Opened(_LinesMessage):
        """Posted when the line under the cursor was clicked."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        """The index of the line under the cursor."""
        self.top = 0
        """The index of the first line in view."""
        self.head = 0
        """The number of lines at the top that do not scroll."""
        self._painted_top = 0
        """The value of `top` when all lines were painted last."""

    # Overridden by subclasses

    @property
    def count(self) -> int:
        """The number of lines, without the head."""
        raise NotImplementedError

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        """Return the pieces of line `index`, in `width` cells. The last cell of the widget is for a scroll sign."""
        raise NotImplementedError

    def draw_head(self, y: int, width: int) -> Sequence[Piece]:
        """Return line `y` of the head."""
        raise NotImplementedError

    def draw_empty(self, y: int, width: int) -> Sequence[Piece]:
        """Return line `y` below the last item, such as a message for an empty list."""
        return ()

    def bar(self, index: int) -> Piece:
        """Return the first piece of line `index`: a bar on the line under the cursor."""
        is_shown = index == self.cursor and (self.has_focus or not self.BAR_NEEDS_FOCUS)
        return ("▌ ", "accent") if is_shown else ("  ", "")

    def is_marked(self, index: int) -> bool:
        """Return whether line `index` is marked."""
        return False

    def moved(self) -> None:
        """Called when the cursor moved or the view scrolled, for instance to load rows."""

    # Search

    def text_at(self, index: int) -> str:
        """Return the text of line `index`, not truncated."""
        return "".join(text for text, _ in self.draw(index, UNLIMITED_WIDTH))

    def find_line(self, text: str, *, backward: bool = False) -> tuple[int, int]:
        """Go to the next line that contains `text`, or to the previous one, wrapping around.

        Returns its number among the matching lines and how many match; (0, 0) for none.
        """
        text = text.casefold()
        found = [index for index in range(self.count) if text in self.text_at(index).casefold()]
        if not found:
            return 0, 0
        number = next_place(found, self.cursor, backward=backward)
        self.move_to(found[number])
        return number + 1, len(found)

    # Plain mode

    def accessible_line(self, index: int) -> str:
        """Return line `index` as plain mode reads it, without its position; "" while it is not loaded."""
        return plain_text(self.text_at(index).removeprefix("▌"))

    def accessible_state(self) -> object:
        """Return a value that changes when the line under the cursor has to be read again, but not with its age."""
        return self.cursor, self.accessible_line(self.cursor) if self.count else ""

    def accessible_summary(self) -> str:
        """Return what is true of the whole list and read when it changes, such as the number of marks."""
        return ""

    @property
    def accessible_cursor(self) -> str:
        """The line under the cursor with its position, or the text of an empty list; "" while it is not loaded."""
        if not self.count:
            lines = ("".join(text for text, _ in self.draw_empty(y, UNLIMITED_WIDTH)) for y in range(3))
            return join_texts(*map(plain_text, lines))
        line = self.accessible_line(self.cursor)
        return f"{line}, {self.LINE_NOUN}{self.cursor + 1:,} of {self.count:,}" if line else ""

    def accessible_lines(self) -> Sequence[str]:
        if self.read_whole:
            lines = map(self.accessible_line, range(self.top, min(self.count, self.top + self.visible_count)))
        else:
            lines = map(str, (self.accessible_cursor,) if self.LOOKS_FOCUSED else ())
        return [line for line in lines if line]

    # Painting

    @property
    def visible_count(self) -> int:
        """The number of lines in view."""
        return max(1, self.size.height - self.head)

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        if y < self.head:
            return self.draw_head(y, width), ""
        index, part = self.item_at(y)
        if index >= self.count:
            return self.draw_empty(y - self.head, width), ""
        pieces = self.draw_part(index, part, width - 1)
        if sign := self.scroll_sign(y, index, part):
            used = sum(width_of(text) for text, _ in pieces)
            pieces = [*pieces, (" " * max(0, width - 1 - used), ""), (sign, "dim")]
        if index != self.cursor:
            return pieces, "marked" if self.is_marked(index) else ""
        return pieces, "cursor" if self.has_focus or self.LOOKS_FOCUSED else "cursor-blurred"

    def item_at(self, y: int) -> tuple[int, int]:
        """Return the item on line `y` of the widget and which of its lines that is."""
        return self.top + y - self.head, 0

    def draw_part(self, index: int, part: int, width: int) -> Sequence[Piece]:
        """Return one line of an item: of an item with one line, `draw`."""
        return self.draw(index, width)

    def scroll_sign(self, y: int, index: int, part: int) -> str:
        """Return the sign for more lines above or below, for the first or last line in view."""
        if y == self.head and self.top:
            return "↑"
        return "↓" if y == self.head + self.visible_count - 1 and index < self.count - 1 else ""

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        if lines is None:
            self._painted_top = self.top
        super().repaint(lines)

    # Moving

    def move_to(self, index: int) -> None:
        """Move the cursor to line `index` and scroll it into view."""
        before = self.cursor
        self.cursor = max(0, min(index, self.count - 1))
        self._scroll_to_cursor()
        self.moved()
        if self._painted_top == self.top:
            self.repaint(self.head + line - self.top for line in (before, self.cursor))
        else:
            self.repaint()
        if before != self.cursor:
            self._notify_moved()

    def _scroll_to_cursor(self) -> None:
        if not self.size:
            return  # there is no layout yet
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + self.visible_count:
            self.top = self.cursor - self.visible_count + 1
        self.top = max(0, min(self.top, self.count - self.visible_count))

    def count_changed(self) -> None:
        """Update after the lines changed: keep the cursor in range and paint the changed lines."""
        self.cursor = max(0, min(self.cursor, self.count - 1))
        self._scroll_to_cursor()
        self.repaint()
        self.moved()
        self._notify_moved()

    def _notify_moved(self) -> None:
        if isinstance(self.screen, Host):
            self.screen.lines_moved(self)
        else:
            self.post_message(self.Moved(self))

    def _scroll_with_cursor(self, lines: int) -> None:
        """Scroll by `lines` and move the cursor with the view."""
        self.top = max(0, min(self.top + lines, self.count - self.visible_count))
        self.move_to(self.cursor + lines)

    def action_down(self) -> None:
        self.move_to(self.cursor + 1)

    def action_up(self) -> None:
        self.move_to(self.cursor - 1)

    def action_page_down(self) -> None:
        self._scroll_with_cursor(self.visible_count)

    def action_page_up(self) -> None:
        self._scroll_with_cursor(-self.visible_count)

    def action_half_down(self) -> None:
        self._scroll_with_cursor(max(1, self.visible_count // 2))

    def action_half_up(self) -> None:
        self._scroll_with_cursor(-max(1, self.visible_count // 2))

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.count - 1)

    # Events

    def on_resize(self, event: events.Resize) -> None:
        self._scroll_to_cursor()
        self.repaint()
        self.moved()

    def on_focus(self, event: events.Focus) -> None:
        self._focus_changed(event, True)

    def on_blur(self, event: events.Blur) -> None:
        self._focus_changed(event, False)

    def _focus_changed(self, event: events.Event, focused: bool) -> None:
        # Textual's handler would paint every line.
        event.prevent_default()
        self.has_focus = focused
        if self.parent is not None:
            message = events.DescendantFocus(self) if focused else events.DescendantBlur(self)
            self.parent.post_message(message)
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll_with_wheel(_WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll_with_wheel(-_WHEEL_LINES)

    def _scroll_with_wheel(self, lines: int) -> None:
        self.top = max(0, min(self.top + lines, self.count - self.visible_count))
        self.move_to(max(self.top, min(self.cursor, self.top + self.visible_count - 1)))

    def _index_at(self, y: int) -> int:
        """Return the index of the line at `y` of the widget."""
        return self.top + y - self.head

    def on_click(self, event: events.Click) -> None:
        index = self._index_at(event.y)
        if event.y < self.head or index >= self.count:
            return
        if index == self.cursor:
            self.post_message(self.Opened(self))
        else:
            self.move_to(index)


def next_place(found: Sequence[int], current: int, *, backward: bool) -> int:
    """Return the index in `found`, ascending positions, of the one after `current` or before it, wrapping around."""
    if backward:
        return bisect_left(found, current) - 1 if found[0] < current else len(found) - 1
    return bisect_right(found, current) % len(found)


class ItemList(LineList, Generic[T]):
    """A list with one line for each item in memory."""

    def __init__(self, items: Sequence[T] = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.items = items

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def current(self) -> T | None:
        """The item under the cursor; None in an empty list."""
        return self.items[self.cursor] if self.items else None

    def set_items(self, items: Sequence[T]) -> None:
        """Show these items."""
        self.items = items
        self.count_changed()
