"""A dialog to choose any number of options from a list."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.filterable_dialog import FilterableDialog
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["MultiSelectDialog"]


_MAX_LINES = 16
"""The most lines of options that are shown at once."""


class _Options(WrappedItemList[str]):
    def __init__(self, options: Sequence[str], chosen: set[str], multiple: bool) -> None:
        super().__init__(options, id="options")
        self.chosen = chosen
        self.multiple = multiple

    def item_lines(self, index: int, width: int) -> ItemLines:
        option = self.items[index]
        sign = ("[x] " if option in self.chosen else "[ ] ") if self.multiple else ""
        return hang([(sign, "strong")], safe(option), "", width)


class MultiSelectDialog(FilterableDialog[list[str]]):
    """Returns the chosen options in the order of the list. Typing filters a long list.

    multiple: whether more than one can be chosen.
    """

    BINDINGS = bindings(KIT_ACTIONS, "multi-select")

    def __init__(self, title: str, options: Sequence[str], chosen: Sequence[str], *, multiple: bool = True) -> None:
        super().__init__(title)
        # Values that were typed are options too.
        self.options = [*options, *(value for value in chosen if value not in options)]
        self.multiple = multiple
        toggle = (("multi-select.toggle", "select"),) if multiple else ()
        submit = ("multi-select.submit", "apply" if multiple else "choose")
        self.footer_keys = (*toggle, submit, ("dialog.cancel", "cancel"))
        self._lines = _Options(self.options, set(chosen), multiple)

    def content(self) -> ComposeResult:
        yield from self.filterable(self._lines, max_height=_MAX_LINES, space_selects=self.multiple)

    def on_mount(self) -> None:
        first = next((index for index, option in enumerate(self.options) if option in self._lines.chosen), 0)
        self._lines.move_to(first)

    def on_key(self, event: events.Key) -> None:
        if event.key == "space" and self.is_filtering:
            self.action_toggle_option()

    def action_toggle_option(self) -> None:
        if (option := self._lines.current) is not None and self.multiple:
            self._lines.chosen ^= {option}
            self._lines.repaint()

    def apply_filter(self, text: str) -> None:
        pattern = text.strip().casefold()
        self._lines.cursor = self._lines.top = self._lines.first_line = 0
        self._lines.set_items([option for option in self.options if pattern in option.casefold()])

    def submit_choice(self) -> None:
        self.action_submit()

    def current_input(self) -> frozenset[str]:
        return frozenset(self._lines.chosen)

    def action_submit(self) -> None:
        if not self.multiple:
            if (option := self._lines.current) is not None or not self.options:
                self.dismiss([option] if option is not None else [])
            return
        self.dismiss([option for option in self.options if option in self._lines.chosen])
