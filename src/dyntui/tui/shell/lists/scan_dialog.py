"""Read a whole list behind a dialog that shows how far it is; used by exports and by marking all rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.core.errors import DyntuiError
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ScanDialog", "scan_with_progress"]


class ScanDialog(BaseDialog[None]):
    """How many were seen of how many the server reports. esc stops."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title_text = title
        self.stopped = False

    def content(self) -> ComposeResult:
        yield Static("0 seen", id="progress", markup=False)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("esc", "stop"),)

    def show(self, seen: int, reported: int | None) -> None:
        """So many were seen."""
        if self.is_mounted:
            of = f" of {reported:,} reported" if reported is not None else ""
            self.query_one("#progress", Static).update(f"{seen:,} seen{of}")

    def action_cancel(self) -> Any:
        self.stopped = True


def scan_with_progress(
    console: ConsoleApp,
    title: str,
    work: Callable[[ScanDialog], Any],
    then: Callable[[Any], None],
) -> None:
    """Do `work` behind a dialog that says how far it is; then go on with what it gave. An error is shown."""
    dialog = ScanDialog(title)
    shown = asyncio.Event()

    def ended(found: Any, error: DyntuiError | None) -> None:
        if dialog.is_current:
            dialog.dismiss(None)
        if error is not None:
            console.notify_error(error)
        else:
            then(found)

    async def run() -> None:
        await shown.wait()
        try:
            found = await work(dialog)
        except DyntuiError as error:
            console.call_next(ended, None, error)
        else:
            console.call_next(ended, found, None)

    console.ask(dialog)
    dialog.call_after_refresh(shown.set)
    console.run_worker(run(), group="scans")
