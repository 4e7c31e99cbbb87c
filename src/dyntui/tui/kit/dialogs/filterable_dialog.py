"""The base class of dialogs with a list of choices: typing filters a list that is long."""

from __future__ import annotations

from typing import TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input

from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.search_field import SearchField
from dyntui.tui.kit.widgets.wrapped_list import WrappedList

__all__ = ["FilterableDialog"]

T = TypeVar("T")

_SHARE, _CHROME = 0.9, 6
"""The share of the screen height that a dialog may use, and the lines of its title, keys and margin."""
_FILTERED_FROM = 9
"""The number of choices from which typing filters them."""


class FilterableDialog(BaseDialog[T]):
    """A dialog with a list of choices, which is filtered by typing when it is long.

    The first character that is no key of the dialog begins the filter, as `/` does, and is its first one. From then on
    all characters are text, and only the arrows move; the filter is cleared by esc. A subclass calls `filterable` in
    `content` and defines `apply_filter` and `submit_choice`.
    """

    AUTO_FOCUS = "LineList"
    _filtered: WrappedList
    """The list."""
    _field: SearchField | None = None
    """The field of the filter; None for a list that is not filtered."""

    def apply_filter(self, text: str) -> None:
        """Show only the choices that contain `text`; all for ""."""
        raise NotImplementedError

    def submit_choice(self) -> None:
        """Choose what is under the cursor. Called on enter in the field of the filter."""
        raise NotImplementedError

    def filterable(
        self, lines: WrappedList, *, max_height: int | None = None, has_keys: bool = False, space_selects: bool = False
    ) -> ComposeResult:
        """Yield `lines`, below the field of the filter when there are many.

        max_height: the most lines of choices that are shown at once; None for as many as fit.
        has_keys: whether the choices have keys, so that a character may choose one.
        space_selects: whether space acts on the choice under the cursor while the filter is typed.
        """
        self._filtered = lines
        if lines.count >= _FILTERED_FROM and not has_keys:
            self._field = SearchField(lines, takes_space=not space_selects)
            self._field.display = False
            self.footer_keys = (("type", "to filter"), *self.footer_keys)
        room = int(self.app.size.height * _SHARE) - _CHROME - (self._field is not None)
        lines.show_whole(min(max_height or room, room))
        if self._field is not None:
            yield self._field
        yield lines

    @property
    def is_filtering(self) -> bool:
        """Whether a filter is typed."""
        return self._field is not None and bool(self._field.display)

    def on_key(self, event: events.Key) -> None:
        field = self._field
        if field is None or self.is_filtering or not event.is_printable or event.character in (None, " "):
            return
        if event.key in self.active_bindings and event.character != "/":
            return  # such as j and k
        event.stop()
        event.prevent_default()
        self._filtered.styles.min_height = self._filtered.size.height  # the dialog does not move while one types
        field.value = "" if event.character == "/" else str(event.character)
        field.cursor_position = len(field.value)
        field.display = True
        clears = (
            ("dialog.cancel", "clear") if key == "dialog.cancel" else (key, title) for key, title in self.footer_keys
        )
        self.show_footer_keys(*clears)
        self.set_focus(field, scroll_visible=False)

    @on(Input.Changed, "#search")
    def _filter_changed(self, event: Input.Changed) -> None:
        if self._field is not None:
            self.apply_filter(event.value)

    @on(Input.Submitted, "#search")
    def _filter_submitted(self) -> None:
        if self._field is not None:
            self.submit_choice()

    def action_cancel(self) -> None:
        if self._field is None or not self.is_filtering:
            super().action_cancel()
            return
        self._field.value = ""
        self._field.display = False
        self.apply_filter("")
        self.show_footer_keys(*self.footer_keys)
        self.set_focus(self._filtered, scroll_visible=False)
