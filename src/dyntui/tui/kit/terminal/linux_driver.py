"""The driver of the console on POSIX terminals. The app selects it in `LeanDisplayMixin.get_driver_class`."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

from dyntui.tui.kit.terminal.driver import LeanDriverMixin, TerminalDriverMixin

__all__ = ["ConsoleLinuxDriver"]


class ConsoleLinuxDriver(LeanDriverMixin, TerminalDriverMixin, LinuxDriver):
    """Textual's driver of POSIX terminals with the size, the title, the input and the output of the console."""
