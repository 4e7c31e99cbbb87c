"""A screen with the prompt: the jump bar, filters, and the search for a text on screens that are not lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Unpack, cast

from textual.screen import Screen
from textual.widget import Widget

from dyntui.core.text import quantity
from dyntui.tui.kit.action_registry import ActionMixin
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.tui.kit.widgets.prompt import Prompt, PromptOptions
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["PromptScreen"]

_MAX_ROWS_WHILE_TYPING = 5_000
"""A longer table is filtered on enter, not while the text is typed, so that no key waits."""


class PromptScreen(ActionMixin, Screen[None]):
    """A screen with the widget `Prompt`, which is added when it is opened first."""

    prompt: Prompt | None = None
    """The prompt; None until it is opened first."""

    _find_text = ""
    """The text that was searched last, for the next search."""
    _on_prompt_text: Callable[[str], None]
    """Called with the text of the prompt that is open."""
    _on_prompt_cancel: Callable[[], None] | None = None
    """Called when the prompt that is open is closed without an answer."""
    prompt_key = 0
    """The number of the key that opened the prompt last, as `console.handled_keys` counts."""

    @property
    def console(self) -> ConsoleApp:
        return cast("ConsoleApp", self.app)

    def refresh_status(self) -> None:
        """Schedule an update of the header and the footer."""
        raise NotImplementedError

    def filter_entered(self, text: str) -> None:
        """Apply the filter that was entered in the prompt."""

    @property
    def has_prompt(self) -> bool:
        """Whether the prompt is open."""
        return self.prompt is not None and self.prompt.is_open

    @cached_property
    def after_prompt(self) -> list[Callable[..., None]]:
        """Functions to call when the prompt is closed, or with `is_canceled=True` when the screen is removed."""
        return []

    def ask_jump(self) -> None:
        """Open the jump bar."""
        self._prompt_to_open().ask(
            ":",
            placeholder="users, allowlists, 5000, nora@example.com, 0x…, an id, a full name",
            suggest=self.console.suggest_jumps,
        )

    def ask_filter(
        self,
        text: str,
        placeholder: str = "",
        *,
        sign: str = "/",
        on_text: Callable[[str], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
        **options: Unpack[PromptOptions],
    ) -> None:
        """Open the prompt with `text` in it.

        on_text: called with the entered text; by default `filter_entered`.
        on_cancel: called when the prompt is closed without an answer.
        """
        self._on_prompt_text = on_text or self.filter_entered
        self._on_prompt_cancel = on_cancel
        self._prompt_to_open().ask(sign, text, placeholder, **options)

    def _prompt_to_open(self) -> Prompt:
        self.prompt_key = self.console.handled_keys
        if self.prompt is None:
            from dyntui.tui.kit.widgets.prompt import Prompt

            self.console.complete_styles()
            self.prompt = Prompt.mount_in(self)
        return self.prompt

    def show_prompt_note(self, text: str) -> None:
        """Show a note at the right of the text of the prompt that is open; "" for none."""
        if self.prompt is not None:
            self.prompt.show_note(text)

    def ask_find(self) -> None:
        """Open the prompt to filter the table of the screen; for text to find on a screen without one."""
        lines = self.focused if isinstance(self.focused, Table) else self.default_focus()
        if isinstance(lines, Table) and isinstance(lines.view, StaticRows):
            self._ask_table_filter(lines, lines.view)
            return
        self.ask_filter(self._find_text, "part of a line; enter finds the next line", label="find", on_text=self.find)

    def _ask_table_filter(self, table: Table, rows: StaticRows) -> None:
        before = table.filter_text
        self.ask_filter(
            before,
            "part of any value",
            label="rows",
            on_text=partial(self._filter_table, table),
            on_change=partial(self._filter_table, table) if len(rows.rows) <= _MAX_ROWS_WHILE_TYPING else None,
            on_cancel=partial(self._filter_table, table, before),
        )

    def _filter_table(self, table: Table, text: str) -> None:
        table.filter_rows(text)
        if self.has_prompt and isinstance(table.view, StaticRows):
            self.show_prompt_note(f"{table.count:,} of {quantity(len(table.view.rows), 'row')}")
        self.refresh_status()

    @property
    def filtered_table(self) -> Table | None:
        """The table with the focus, when it is filtered by `ask_find`; None without one."""
        table = self.focused
        return table if isinstance(table, Table) and table.filter_text else None

    @property
    def find_text(self) -> str:
        """The text that `find_next` looks for; "" before a search."""
        table = self.filtered_table
        return table.filter_text if table is not None else self._find_text

    def find_next(self, *, backward: bool = False) -> None:
        """Go to the next line with the text that was searched last, or to the previous one.

        In a filtered table every row matches.
        """
        table = self.filtered_table
        if table is not None:
            table.move_to(table.cursor + (-1 if backward else 1))
        else:
            self.find(self._find_text, backward=backward)

    def find(self, text: str, *, backward: bool = False) -> None:
        """Go to the next line of the screen that contains `text`, or to the previous one."""
        self._find_text = text = " ".join(text.split())
        if not text:
            return
        lines = self.default_focus()
        number, count = lines.find_line(text, backward=backward) if isinstance(lines, LineList) else (0, 0)
        if count:
            self.console.notify(f"Line {number:,} of {count:,} with `{text}`.")
        else:
            self.console.notify(f"No line contains `{text}`.", "warning")

    def on_prompt_answered(self, event: Prompt.Answered) -> None:
        if event.sign == ":":
            self.console.jump(event.text, event.chosen)
        else:
            self._on_prompt_text(event.text)

    def on_prompt_closed(self, event: Prompt.Closed) -> None:
        cancel, self._on_prompt_cancel = self._on_prompt_cancel, None
        if cancel is not None and not event.is_answered:
            cancel()
        if (target := self.default_focus()) is not None:
            self.set_focus(target, scroll_visible=False)
        self.refresh_status()
        callbacks, self.after_prompt[:] = [*self.after_prompt], []
        for callback in callbacks:
            self.call_later(callback)  # after `Answered`, which may open another screen

    def default_focus(self) -> Widget | None:
        """Return the widget that gets the focus when the prompt is closed."""
        return next((widget for widget in self.query("#body LineList").results(Widget) if widget.focusable), None)
