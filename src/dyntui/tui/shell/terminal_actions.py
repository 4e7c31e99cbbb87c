"""The app's actions on the terminal: theme, suspend, repaint, interrupt; and the window title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from textual.actions import SkipAction
from textual.app import SuspendNotSupported
from textual.widgets import Input

from dyntui.config.settings import Settings
from dyntui.tui.kit.action_registry import key_of, use_custom_keys
from dyntui.tui.kit.terminal.app_mixin import LeanDisplayMixin
from dyntui.tui.kit.terminal.environment import has_job_control, stop_process_group
from dyntui.tui.kit.themes import DEFAULT_THEME, NO_COLOR_THEME, SIXTEEN_COLORS_THEME, find_theme, theme_names
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.server_updates import ServerUpdatesMixin

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["TerminalActionsMixin", "window_title"]

_NO_JOB_CONTROL = "Not suspended: dyntui was not started by a shell that can continue it."


def window_title(session: ConsoleState) -> str:
    """Return the title of the terminal's window: environment, kind and whether it is read-only."""
    profile = session.profile
    if profile is None:
        return "demo (sandbox) · dyntui" if session.demo is not None else "dyntui"
    read_only = ", read-only" if profile.read_only or session.read_only else ""
    return f"{profile.name} ({profile.kind}{read_only}) · dyntui"


class TerminalActionsMixin(LeanDisplayMixin[int], ServerUpdatesMixin):
    """The part of the app that colors, suspends, repaints and names the terminal."""

    settings: Settings
    custom_keys: Mapping[str, str]
    """Keys of keymap.toml, by action id."""

    def use_keymap(self, keymap: Mapping[str, str]) -> None:
        self.custom_keys = keymap
        use_custom_keys(keymap)
        self.set_keymap(keymap)
        self.refresh_status()

    def _update_kind_style(self) -> None:
        super()._update_kind_style()
        self.update_title()

    def update_title(self) -> None:
        """Show the environment in use in the window title."""
        self.set_terminal_title(window_title(self.session))

    def _refresh_status(self) -> None:
        super()._refresh_status()
        self.update_title()

    def set_theme(self, name: str) -> None:
        """Use a theme for this session: the default in place of an unknown one, or what the terminal is capable of."""
        if self.no_color:
            self.theme = NO_COLOR_THEME
            return
        if self._has_sixteen_colors:
            name = SIXTEEN_COLORS_THEME.name
        elif name not in theme_names():
            name = DEFAULT_THEME
        self.register_theme(find_theme(name))
        self.theme = name

    @property
    def _has_sixteen_colors(self) -> bool:
        return self.console.color_system == "standard"

    def check_theme(self) -> None:
        """Tell when the theme of the settings is not known."""
        name = self.settings.theme
        if name and not self.no_color and name not in theme_names():
            self.notify(
                f"Unknown theme {name!r}; using {self.theme}. Press {key_of('app.theme')} to choose one.",
                severity="warning",
            )

    def theme_disabled_reason(self) -> str | None:
        if self.no_color:
            return "Colors are off, because NO_COLOR is set."
        return "This terminal has 16 colors, for which there is one theme." if self._has_sixteen_colors else None

    def action_theme(self) -> None:
        from dyntui.tui.shell.theme_dialog import choose_theme

        choose_theme(cast("ConsoleApp", self))

    def plain_greeting(self) -> str:
        """Return the first line of plain mode, with the keys that one needs first."""
        help_key, read_key, quit_key = map(key_of, ("app.help", "app.repaint", "app.quit"))
        return (
            f"dyntui in plain mode. {help_key} lists the keys of a screen, {read_key} reads the screen again, "
            f"{quit_key} quits."
        )

    def action_suspend(self) -> None:
        """Return to the shell until it continues this process."""
        from textual.widgets import TextArea  # takes 6 ms, which the first frame would wait for

        if isinstance(self.focused, TextArea):
            raise SkipAction  # ctrl+z is undo in a text area
        if not has_job_control():
            self.notify(_NO_JOB_CONTROL, severity="warning")
            return
        try:
            with self.suspend():
                stopped = stop_process_group()
        except SuspendNotSupported:
            stopped = False
        if not stopped:
            self.notify(_NO_JOB_CONTROL, severity="warning")

    def action_repaint(self) -> None:
        if self.announcer is not None:
            self.announcer.read_screen()
            return
        if self.lean is not None:
            self.output_bypassed()
        self.refresh(layout=True)

    def action_interrupt(self) -> None:
        """Show how to quit, unless there is a selection to copy."""
        from textual.widgets import TextArea

        focused = self.focused
        selected = focused.selected_text if isinstance(focused, Input | TextArea) else self.screen.get_selected_text()
        if selected:
            raise SkipAction
        quit_key = key_of("app.quit")
        if self.shown is None:
            self.notify(f"Press {key_of('dialog.cancel')} to close this, then {quit_key} to quit dyntui.")
        else:
            self.notify(f"Press {quit_key} to quit dyntui.")
