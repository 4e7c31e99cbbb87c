"""The help screen: every key of the current screen with what it does, and why some actions are not available.

Typing searches keys, names, descriptions and action ids, also those of other screens. Enter changes the key of an
action, which is saved in keymap.toml.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input

from dyntui.tui.kit.action_registry import ACTIONS, Action, active_actions, heading_of, key_label
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.cells import pad, width_of
from dyntui.tui.kit.widgets.line_list import LineList, Piece
from dyntui.tui.kit.widgets.search_field import SearchField
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang
from dyntui.tui.shell.console_app import ConsoleApp
from dyntui.tui.shell.error_hints import errors_shown
from dyntui.tui.shell.header_footer import StatusBar
from dyntui.tui.shell.key_dialog import KeyDialog
from dyntui.tui.shell.keymap import change_keys, describe_conflict, keys_of

__all__ = ["HelpDialog"]

_MAX_KEYS_WIDTH, _NARROW_MAX_KEYS_WIDTH, _MAX_TITLE_WIDTH, _MAX_ID_WIDTH = 22, 13, 16, 30
_NARROW_BELOW = 80
"""Up to this width of the list in cells, the column of keys has the narrow maximum and there is no column of ids."""
_LAST_SCOPES = ("rows", "panes", "table", "app")
"""The scopes of every screen, after those of the current one."""
_OTHER_SCREENS = "Other screens"


@dataclass(frozen=True, slots=True)
class _KeyRow:
    """An action with its keys."""

    action: Action
    keys: str
    """Its keys now, for people."""
    description: str
    """What it does, or why it is not available."""
    is_available: bool = True

    def matches(self, text: str) -> bool:
        """Return whether a text is one of the keys, or a part of the id, the name or the description.

        One character is only searched as a key.
        """
        fields = (self.action.id, self.action.title, self.action.help, self.description, heading_of(self.action.scope))
        is_key = text in self.keys.split("  ")
        return is_key or (len(text) > 1 and any(text.casefold() in field.casefold() for field in fields))


class _HelpLines(WrappedItemList[str | _KeyRow], can_focus=False):
    """Headings and actions. The field for the search keeps the focus."""

    LOOKS_FOCUSED = True

    def __init__(self) -> None:
        super().__init__(id="help")
        self._widths = (0, 0, 0)

    def show(self, rows: Sequence[str | _KeyRow]) -> None:
        """Show these rows with the cursor on the first action."""
        actions = [row for row in rows if isinstance(row, _KeyRow)]
        self._widths = (
            max((width_of(row.keys) for row in actions), default=0),
            min(_MAX_TITLE_WIDTH, max((width_of(row.action.title) for row in actions), default=0)),
            min(_MAX_ID_WIDTH, max((width_of(row.action.id) for row in actions), default=0)),
        )
        self.cursor = self.top = 0
        self.set_items(rows)
        self.move_to(next((index for index, row in enumerate(rows) if isinstance(row, _KeyRow)), 0))

    def accessible_line(self, index: int) -> str:
        row = self.items[index]
        if isinstance(row, str):
            return f"heading: {row}" if row else "blank"
        return join_texts(plain_text(row.keys), row.action.title, row.description, row.action.id)

    def item_lines(self, index: int, width: int) -> ItemLines:
        row = self.items[index]
        if isinstance(row, str):
            return hang((), row, "head", width)
        is_narrow = width <= _NARROW_BELOW
        keys, title, action_id = self._widths
        keys = min(keys, _NARROW_MAX_KEYS_WIDTH if is_narrow else _MAX_KEYS_WIDTH)
        key_style, style = ("strong", "") if row.is_available else ("dim", "dim")
        head = [(pad(row.keys, keys) + "  ", key_style), (pad(row.action.title, title) + "  ", style)]
        if not is_narrow:
            head.append((pad(row.action.id, action_id) + "  ", "dim"))
        return hang(head, row.description, "dim", width)

    def draw_empty(self, y: int, width: int) -> Sequence[Piece]:
        return [("  No key, name or action id contains this text.", "dim")] if not self.count and y == 0 else ()

    def moved(self) -> None:
        self.post_message(self.Moved(self))


def _title_of(screen: Screen[Any]) -> str:
    """Return the title, with the breadcrumbs and the status in full: header and footer may have no room for them."""
    parts = [f"Keys: {' › '.join(getattr(screen, 'breadcrumbs', ()))}".removesuffix(": ")]
    parts += [text for bar in screen.query(StatusBar) for text, _ in bar.parts]
    return " · ".join(parts)


class HelpDialog(BaseDialog[None]):
    """The help screen of `screen`, the screen below it."""

    title_text = "Keys"
    footer_keys = (("↑ ↓", "move"), ("enter", "change key"), ("dialog.cancel", "close"))

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__(_title_of(screen), classes="large help")
        self._explained = screen

    def content(self) -> ComposeResult:
        lines = _HelpLines()
        yield SearchField(lines, placeholder="Type to search keys, names and action ids")
        yield lines

    def on_mount(self) -> None:
        self.set_focus(self.query_one(SearchField), scroll_visible=False)
        self._show_rows()

    @property
    def console(self) -> ConsoleApp:
        return cast("ConsoleApp", self.app)

    def _rows(self) -> Iterator[str | _KeyRow]:
        """Yield the rows that match the typed text; without a text those of the screen below."""
        text = self.query_one(SearchField).value.strip()
        actives = active_actions(self._explained)
        order = {action_id: number for number, action_id in enumerate(ACTIONS)}
        scopes = list(dict.fromkeys(active.action.scope for active in actives))
        scopes.sort(key=lambda scope: _LAST_SCOPES.index(scope) + 1 if scope in _LAST_SCOPES else 0)
        groups: dict[str, list[_KeyRow]] = {}
        for scope in scopes:
            found = [active for active in actives if active.action.scope == scope]
            found.sort(key=lambda active: order[active.action.id])
            groups.setdefault(heading_of(scope), []).extend(
                _KeyRow(
                    active.action,
                    _shown_keys(active.action, active.keys),
                    active.description,
                    active.disabled_reason is None,
                )
                for active in found
            )
        if text:
            groups[_OTHER_SCREENS] = self._rows_of_other_screens({active.action.id for active in actives})
        is_first = True
        for heading, group in groups.items():
            if group := [row for row in group if not text or row.matches(text)]:
                if not is_first:
                    yield ""
                is_first = False
                yield heading
                yield from group

    def _rows_of_other_screens(self, shown_ids: set[str]) -> list[_KeyRow]:
        from dyntui.tui.shell.all_actions import ALL_ACTIONS

        keymap = self.console.custom_keys
        return [
            _KeyRow(action, _shown_keys(action, keys_of(action, keymap)), action.help)
            for action in ALL_ACTIONS
            if action.id not in shown_ids
        ]

    @on(Input.Changed)
    def _show_rows(self) -> None:
        self.query_one(_HelpLines).show([*self._rows()])

    @on(LineList.Moved)
    def _show_id(self) -> None:
        row = self.query_one(_HelpLines).current
        self.show_footer_message(f"Action id: {row.action.id}" if isinstance(row, _KeyRow) else "", "dim")

    # Changing a key

    @on(Input.Submitted)
    @on(LineList.Opened)
    def _ask_for_key(self) -> None:
        row = self.query_one(_HelpLines).current
        if not isinstance(row, _KeyRow):
            return
        if row.action.each:
            self.show_footer_message("The numbers of tabs and steps cannot be changed.", "warn")
            return
        active_ids = {active.action.id for active in active_actions(self._explained)}
        find_conflict = partial(describe_conflict, row.action, keymap=self.console.custom_keys, active_ids=active_ids)
        dialog = KeyDialog(row.action, row.keys, lambda key: find_conflict(key))
        self.app.push_screen(dialog, lambda key: self._change_key(row.action, key))

    def _change_key(self, action: Action, key: str | None) -> None:
        if key is None:
            return
        with errors_shown(self.console):
            change_keys(self.console, action, key or None)
            lines = self.query_one(_HelpLines)
            cursor, top = lines.cursor, lines.top
            self._show_rows()
            lines.top = top
            lines.move_to(cursor)
            keys = "  ".join(key_label(each) for each in keys_of(action, self.console.custom_keys))
            self.console.notify(f"{action.title}: {keys}. Saved in keymap.toml.")


def _shown_keys(action: Action, keys: Sequence[str]) -> str:
    return "1 … 9" if action.each else "  ".join(key_label(key) for key in keys)
