"""Read many rows with a progress dialog; for exports and for marking rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.shell.action_runner import deliver_result

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

T = TypeVar("T")

__all__ = ["ScanDialog", "scan_with_progress"]

_SHOW_INTERVAL_S = 0.1


class ScanDialog(BaseDialog[None]):
    """Shows how many rows were read, and how many the server reports. esc stops."""

    footer_keys = (("dialog.cancel", "stop"),)

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.stopped = False
        self._seen = 0
        self._reported: int | None = None

    def content(self) -> ComposeResult:
        yield Static("0 rows read", id="progress", markup=False)

    def show(self, seen: int, reported: int | None) -> None:
        """Show the number of rows that were read with the next frame. It may be called for every row, in any thread.

        reported: the total by the server; None when it is unknown.
        """
        self._seen, self._reported = seen, reported

    def on_mount(self) -> None:
        self.set_interval(_SHOW_INTERVAL_S, self._show_progress)

    def _show_progress(self) -> None:
        if self._seen:
            total = f" of {self._reported:,}" if self._reported is not None else ""
            self.query_one("#progress", Static).update(f"{self._seen:,}{total} rows read")

    def action_cancel(self) -> None:
        self.stopped = True


def scan_with_progress(
    console: ConsoleApp,
    title: str,
    work: Callable[[ScanDialog], Awaitable[T]],
    then: Callable[[T], None],
) -> None:
    """Run `work` while a dialog shows its progress, then call `then` with its result. An error is shown."""
    dialog = ScanDialog(title)
    shown = asyncio.Event()

    async def run() -> None:
        await shown.wait()
        await deliver_result(console, work(dialog), then, ended=dialog.finish)

    console.ask(dialog)
    dialog.call_after_refresh(shown.set)
    console.run_worker(run, group="scans")
