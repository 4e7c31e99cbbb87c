"""All keys that work here, and why some do not: made from the registry."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from dyntui.tui.kit.action_registry import ACTIONS, SCOPES, ActiveAction, key_label
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.cells import cut, fit
from dyntui.tui.kit.widgets.line_list import LineList, Piece

__all__ = ["HelpDialog"]

_KEYS, _TITLE = 22, 16
_NARROW, _FEW_KEYS = 80, 13


class _HelpLines(LineList):
    def __init__(self, here: Sequence[ActiveAction]) -> None:
        super().__init__(id="help")
        order = {id_: place for place, id_ in enumerate(ACTIONS)}
        self.rows: list[str | ActiveAction] = []
        scopes = list(dict.fromkeys(item.action.scope for item in here))
        scopes.sort(key=lambda name: (name == "app", name in ("rows", "table")))
        for scope in scopes:
            self.rows += ["", SCOPES.get(scope, scope.capitalize())] if self.rows else [SCOPES.get(scope, scope)]
            found = [item for item in here if item.action.scope == scope]
            found.sort(key=lambda item: order[item.action.id])
            self.rows += found

    @property
    def count(self) -> int:
        return len(self.rows)

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        row = self.rows[index]
        bar: Piece = ("▌ ", "accent") if index == self.cursor else ("  ", "")
        if isinstance(row, str):
            return [bar, (row.upper(), "head")]
        keys = "1 … 9" if row.action.each else "  ".join(key_label(key) for key in row.keys)
        head, title = fit(keys, self._keys) + "  ", fit(row.action.title, _TITLE) + "  "
        return [bar, (head, "strong"), (title, ""), (cut(_said(row), self._room), "warn" if row.reason else "dim")]

    @property
    def _keys(self) -> int:
        """Cells for the keys."""
        return _KEYS if self.size.width > _NARROW else _FEW_KEYS

    @property
    def _room(self) -> int:
        """Cells for what is said of them."""
        return max(0, self.size.width - 1 - 2 - self._keys - 2 - _TITLE - 2)

    def moved(self) -> None:
        row = self.rows[self.cursor]
        if isinstance(self.screen, BaseDialog):
            self.screen.show_full_text("" if isinstance(row, str) else _said(row), self._room)


def _said(here: ActiveAction) -> str:
    return f"not now: {here.reason}" if here.reason else here.action.help


class HelpDialog(BaseDialog[None]):
    """Scrolls like any list."""

    title_text = "Keys"

    def __init__(self, here: Sequence[ActiveAction]) -> None:
        super().__init__(classes="large")
        self._here = here

    def content(self) -> ComposeResult:
        yield _HelpLines(self._here)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("esc", "close"), ("keymap.toml", "puts actions on other keys, by their id"))
