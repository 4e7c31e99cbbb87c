"""What a person does with the terminal itself: suspend, repaint, ctrl+c; and the title of its window."""

from __future__ import annotations

from textual.actions import SkipAction
from textual.app import SuspendNotSupported
from textual.widgets import Input, TextArea

from dyntui.config.settings import Settings
from dyntui.tui.kit.action_registry import ACTIONS, key_label
from dyntui.tui.kit.terminal.app_mixin import LeanDisplayMixin
from dyntui.tui.kit.terminal.environment import has_job_control, stop_process_group
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.server_changes import ServerChangesMixin

__all__ = ["TerminalActionsMixin", "window_title"]

_NO_JOB_CONTROL = "Not suspended: no shell here could continue dyntui."


def window_title(session: ConsoleState) -> str:
    """Return the title of the terminal's window: environment, kind and whether it is read-only."""
    profile = session.profile
    if profile is None:
        return "demo (sandbox) · dyntui" if session.demo is not None else "dyntui"
    read_only = ", read-only" if profile.read_only or session.read_only else ""
    return f"{profile.name} ({profile.kind}{read_only}) · dyntui"


class TerminalActionsMixin(LeanDisplayMixin[int], ServerChangesMixin):
    """The part of the app that gives the terminal away and takes it back."""

    settings: Settings

    def _colour(self) -> None:
        super()._colour()
        self.update_title()

    def update_title(self) -> None:
        """Show in the title of the terminal's window which environment is in use."""
        self.set_terminal_title(window_title(self.session))

    def frame_changed(self) -> None:
        super().frame_changed()
        self.update_title()

    def action_suspend(self) -> None:
        """Give the terminal to the shell until it continues this process."""
        if isinstance(self.focused, TextArea):
            raise SkipAction  # the key undoes there
        if not has_job_control():
            self.say(_NO_JOB_CONTROL, "warning")
            return
        try:
            with self.suspend():
                stopped = stop_process_group()
        except SuspendNotSupported:
            stopped = False
        if not stopped:
            self.say(_NO_JOB_CONTROL, "warning")

    def action_repaint(self) -> None:
        """Send the terminal every cell again."""
        if self.lean is not None:
            self.shown_otherwise()
        self.refresh(layout=True)

    def action_interrupt(self) -> None:
        """Say how to quit, unless there is a selection to copy."""
        focused = self.focused
        selected = focused.selected_text if isinstance(focused, Input | TextArea) else self.screen.get_selected_text()
        if selected:
            raise SkipAction
        quit_key = key_label(self._quit_key())
        if self.shown is None:
            self.say(f"Close this with esc; then {quit_key} quits dyntui.")
        else:
            self.say(f"Press {quit_key} to quit dyntui.")

    def _quit_key(self) -> str:
        keys = self.settings.keymap.get("app.quit") or ACTIONS["app.quit"].keys[0]
        return keys.split(",")[0].strip()
