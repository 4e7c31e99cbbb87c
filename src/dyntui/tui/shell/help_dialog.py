"""The help screen: every key of the current screen with what it does, and why some actions are not available."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from dyntui.tui.kit.action_registry import ACTIONS, ActiveAction, heading_of, key_label
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.cells import pad, width_of
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["HelpDialog"]

_MAX_KEYS_WIDTH, _NARROW_MAX_KEYS_WIDTH, _MAX_TITLE_WIDTH = 22, 13, 16
_NARROW_BELOW = 80
"""Up to this width of the dialog in cells, the column of keys has the narrow maximum."""
_LAST_SCOPES = ("rows", "table", "app")
"""The scopes of every screen, after those of the current one."""


class _HelpLines(WrappedItemList[str | ActiveAction]):
    """Headings and actions."""

    def __init__(self, actions: Sequence[ActiveAction]) -> None:
        super().__init__(id="help")
        order = {action_id: number for number, action_id in enumerate(ACTIONS)}
        scopes = list(dict.fromkeys(active.action.scope for active in actions))
        scopes.sort(key=lambda scope: _LAST_SCOPES.index(scope) + 1 if scope in _LAST_SCOPES else 0)
        groups: dict[str, list[ActiveAction]] = {}
        for scope in scopes:
            found = [active for active in actions if active.action.scope == scope]
            groups.setdefault(heading_of(scope), []).extend(sorted(found, key=lambda active: order[active.action.id]))
        rows: list[str | ActiveAction] = []
        for heading, group in groups.items():
            rows += ["", heading, *group] if rows else [heading, *group]
        self.items = rows
        self._widest_keys = max((width_of(_keys(active)) for active in actions), default=0)
        self._title_width = min(_MAX_TITLE_WIDTH, max((width_of(active.action.title) for active in actions), default=0))

    def accessible_line(self, index: int) -> str:
        row = self.items[index]
        if isinstance(row, str):
            return f"heading: {row}" if row else "blank"
        return join_texts(plain_text(_keys(row)), row.action.title, row.description)

    def item_lines(self, index: int, width: int) -> ItemLines:
        row = self.items[index]
        if isinstance(row, str):
            return hang((), row, "head", width)
        keys_width = min(self._widest_keys, _MAX_KEYS_WIDTH if width > _NARROW_BELOW else _NARROW_MAX_KEYS_WIDTH)
        keys, title = pad(_keys(row), keys_width) + "  ", pad(row.action.title, self._title_width) + "  "
        return hang([(keys, "strong"), (title, "")], row.description, "warn" if row.disabled_reason else "dim", width)


def _keys(active: ActiveAction) -> str:
    return "1 … 9" if active.action.each else "  ".join(key_label(key) for key in active.keys)


class HelpDialog(BaseDialog[None]):
    """The help screen of `actions`; it scrolls like any list."""

    title_text = "Keys"
    footer_keys = (("esc", "close"), ("keymap.toml", "configures keys"))

    def __init__(self, actions: Sequence[ActiveAction]) -> None:
        super().__init__(classes="large")
        self._actions = actions

    def content(self) -> ComposeResult:
        yield _HelpLines(self._actions)
