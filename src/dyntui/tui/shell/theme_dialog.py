"""The dialog to choose a theme: the whole console shows the one under the cursor until the choice is made."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from dyntui.core.errors import DyntuiError
from dyntui.core.meanings import role_of
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.themes import find_theme, theme_names
from dyntui.tui.kit.widgets.line_list import LineList, Piece
from dyntui.tui.kit.widgets.line_widget import LineWidget
from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ThemeSample", "choose_theme"]

_SAMPLE: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("State", (("status", "delivered"), ("status", "pending"), ("status", "failed"), ("kind", "● live"))),
    ("HTTP", (("method", "GET"), ("method", "POST"), ("method", "DELETE"), ("status", "200"), ("status", "503"))),
)
_LABEL_WIDTH = 9
_VISIBLE_THEMES = 8


class ThemeSample(LineWidget):
    """Lines in every style that has a meaning, on a normal, a selected and a marked row."""

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        if y < len(_SAMPLE):
            label, values = _SAMPLE[y]
            pieces: list[Piece] = [(f"  {label:<{_LABEL_WIDTH}}", "dim")]
            for field, text in values:
                pieces += [(text, role_of(field, text)), ("  ", "")]
            return pieces, ""
        if y == len(_SAMPLE):
            return [
                (f"  {'JSON':<{_LABEL_WIDTH}}name  ", "dim"),
                ('"Ada"  ', ""),
                ("12  ", "number"),
                ("null", "constant"),
            ], ""
        selected, marked = ("▌ ", "accent"), ("• ", "")
        sign, text, base = (
            (selected, "selected row  ", "cursor") if y == len(_SAMPLE) + 1 else (marked, "marked row    ", "marked")
        )
        return [sign, (text, ""), ("enabled  ", "good"), ("disabled  ", "warn"), ("blocked", "bad")], base


class _ThemeDialog(SelectDialog):
    """Returns the name of the chosen theme."""

    def __init__(self, console: ConsoleApp, names: Sequence[str], current: str) -> None:
        choices = [Choice(name, name, note="dark" if find_theme(name).dark else "light") for name in names]
        start = list(names).index(current) if current in names else 0
        super().__init__("Theme", choices, start=start, max_height=_VISIBLE_THEMES)
        self.add_class("themes")
        self._set_theme = console.set_theme

    def content(self) -> ComposeResult:
        yield from super().content()
        yield ThemeSample(id="sample")

    @on(LineList.Moved)
    def _preview(self) -> None:
        if (choice := self.current) is not None:
            self._set_theme(choice.key)


def choose_theme(console: ConsoleApp) -> None:
    """Ask for a theme and save the choice; esc restores the theme that was used before."""
    before = console.theme

    def on_chosen(name: str | None) -> None:
        console.set_theme(name or before)
        if name is None or name == before:
            return
        try:
            console.settings.save_theme(name)
        except DyntuiError as error:
            console.notify_error(error)
        else:
            console.notify(f"Theme {name} saved.")

    console.ask(_ThemeDialog(console, theme_names(), before), on_chosen)
