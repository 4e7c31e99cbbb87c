"""Lines with a cursor: what every list, tree and log of the console is drawn by. Only lines that changed are painted.

A subclass says how many lines there are (`count`) and draws one (`draw`); this class knows cursor, scrolling, mouse and
repainting. There is no scroll bar: the bottom line says the position, and a repaint stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from textual import events
from textual.message import Message

from dyntui.tui.kit.action_registry import ActionMixin, bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["LineList", "Piece"]

_WHEEL = 3
_WHOLE_WIDTH = 1000
"""Cells in which every line has room, for a search."""


@runtime_checkable
class Host(Protocol):
    """A screen that wants to know at once where the cursor is; `Moved` comes a frame later."""

    def lines_moved(self, lines: LineList) -> None: ...


class LineList(ActionMixin, LineWidget, can_focus=True):
    """Lines of one row each, one of them under the cursor. head: lines at the top that do not scroll."""

    BINDINGS = bindings(KIT_ACTIONS, "rows")

    class Moved(Message):
        """The cursor is on another line, or there are more or fewer of them."""

        def __init__(self, lines: LineList) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> LineList:
            return self.lines

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LineList.Moved) and message.lines is self.lines

    class Opened(Message):
        """A line was clicked while the cursor was on it."""

        def __init__(self, lines: LineList) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> LineList:
            return self.lines

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self.top = 0
        self.head = 0
        self._painted_from = 0

    # What a subclass says

    @property
    def count(self) -> int:
        """How many lines there are, the head not counted."""
        raise NotImplementedError

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        """Line `index` in pieces, `width` cells wide at most: one less than there are, the last is for a sign."""
        raise NotImplementedError

    def draw_head(self, y: int, width: int) -> Sequence[Piece]:
        """Line `y` of the head."""
        raise NotImplementedError

    def draw_empty(self, y: int, width: int) -> Sequence[Piece]:
        """Line `y` below the last one; says why when there are none at all."""
        return ()

    def moved(self) -> None:
        """The cursor or the view moved; for what has to be fetched."""

    # Search

    def text_at(self, index: int) -> str:
        """Return the text of line `index`, not cut to the width there is."""
        return "".join(text for text, _ in self.draw(index, _WHOLE_WIDTH))

    def find_line(self, text: str) -> tuple[int, int]:
        """Go to the next line that has `text` in it, around the end.

        Returns its number among the lines that have it, and how many these are; (0, 0) for none.
        """
        wanted = text.casefold()
        found = [index for index in range(self.count) if wanted in self.text_at(index).casefold()]
        if not found:
            return 0, 0
        number = next((number for number, index in enumerate(found) if index > self.cursor), 0)
        self.move_to(found[number])
        return number + 1, len(found)

    # Painting

    @property
    def room(self) -> int:
        """How many lines are in view."""
        return max(1, self.size.height - self.head)

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        if y < self.head:
            return self.draw_head(y, width), ""
        index = self.top + y - self.head
        if index >= self.count:
            return self.draw_empty(y - self.head, width), ""
        pieces = self.draw(index, width - 1)
        if sign := self._more(y, index):
            used = sum(width_of(text) for text, _ in pieces)
            pieces = [*pieces, (" " * max(0, width - 1 - used), ""), (sign, "dim")]
        if index != self.cursor:
            return pieces, ""
        return pieces, "cursor" if self.has_focus else "cursor-blurred"

    def _more(self, y: int, index: int) -> str:
        """The sign at the end of the first or last line in view that there are more beyond it."""
        if y == self.head and self.top:
            return "↑"
        return "↓" if y == self.head + self.room - 1 and index < self.count - 1 else ""

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        if lines is None:
            self._painted_from = self.top
        super().repaint(lines)

    # Moving

    def move_to(self, index: int) -> None:
        """Put the cursor on line `index`, in view."""
        before = self.cursor
        self.cursor = max(0, min(index, self.count - 1))
        self._follow()
        self.moved()
        if self._painted_from == self.top:
            self.repaint(self.head + line - self.top for line in (before, self.cursor))
        else:
            self.repaint()
        if before != self.cursor:
            self._tell()

    def _follow(self) -> None:
        if not self.size:
            return  # not laid out yet: it would scroll for one line of room
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + self.room:
            self.top = self.cursor - self.room + 1
        self.top = max(0, min(self.top, self.count - self.room))

    def count_changed(self) -> None:
        """There may be more or fewer lines, or other ones: keep the cursor among them and paint what changed."""
        self.cursor = max(0, min(self.cursor, self.count - 1))
        self._follow()
        self.repaint()
        self.moved()
        self._tell()

    def _tell(self) -> None:
        if isinstance(self.screen, Host):
            self.screen.lines_moved(self)
        else:
            self.post_message(self.Moved(self))

    def _turn(self, lines: int) -> None:
        """Scroll by that many lines and take the cursor along."""
        self.top = max(0, min(self.top + lines, self.count - self.room))
        self.move_to(self.cursor + lines)

    def action_down(self) -> None:
        self.move_to(self.cursor + 1)

    def action_up(self) -> None:
        self.move_to(self.cursor - 1)

    def action_page_down(self) -> None:
        self._turn(self.room)

    def action_page_up(self) -> None:
        self._turn(-self.room)

    def action_half_down(self) -> None:
        self._turn(max(1, self.room // 2))

    def action_half_up(self) -> None:
        self._turn(-max(1, self.room // 2))

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.count - 1)

    # Events

    def on_resize(self, event: events.Resize) -> None:
        self._follow()
        self.repaint()
        self.moved()

    def on_focus(self, event: events.Focus) -> None:
        self._focus_changed(event, True)

    def on_blur(self, event: events.Blur) -> None:
        self._focus_changed(event, False)

    def _focus_changed(self, event: events.Event, focused: bool) -> None:
        # What the base class does, but for painting every line.
        event.prevent_default()
        self.has_focus = focused
        if self.parent is not None:
            said = events.DescendantFocus(self) if focused else events.DescendantBlur(self)
            self.parent.post_message(said)
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._wheel(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._wheel(-_WHEEL)

    def _wheel(self, lines: int) -> None:
        self.top = max(0, min(self.top + lines, self.count - self.room))
        self.move_to(max(self.top, min(self.cursor, self.top + self.room - 1)))

    def on_click(self, event: events.Click) -> None:
        index = self.top + event.y - self.head
        if event.y < self.head or index >= self.count:
            return
        if index == self.cursor:
            self.post_message(self.Opened(self))
        else:
            self.move_to(index)
