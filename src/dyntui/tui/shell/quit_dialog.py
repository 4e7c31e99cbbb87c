"""Quit the console: ask first while a write on several targets or an import is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.services.actions.write_types import ConfirmationLevel, Requirement
from dyntui.tui.shell.confirm_dialog import ConfirmDialog

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["QuitDialog", "ask_before_quitting"]

_UPDATE_INTERVAL_S = 0.2


class QuitDialog(ConfirmDialog):
    """Asks whether to quit. It shows how far the writes are and closes by itself when nothing is left to ask about."""

    def __init__(self, console: ConsoleApp, requirement: Requirement) -> None:
        super().__init__(requirement, verb=_verb(console), opening_key="Q")
        self._console_app = console

    def on_mount(self) -> None:
        self._timer = self.set_interval(_UPDATE_INTERVAL_S, self._update)

    def _update(self) -> None:
        requirement = _requirement(self._console_app)
        if requirement is None:
            if self.is_active:
                self._timer.stop()
                self.dismiss(None)
            return
        self.show_requirement(requirement)


def ask_before_quitting(console: ConsoleApp) -> None:
    """Quit the console. While a write on several targets or an import is running, ask first."""
    requirement = _requirement(console)
    if requirement is None:
        console.quit_after_requests()
    else:
        console.ask_then(QuitDialog(console, requirement), lambda confirmation: console.quit_after_requests())


def _verb(console: ConsoleApp) -> str:
    return "Quit" if console.running_writes else "Pause and quit"


def _requirement(console: ConsoleApp) -> Requirement | None:
    """Return what to ask; None when nothing but single requests is running."""
    job = console.session.running
    writes = [write for write in console.running_writes if write.total > 1]
    lines = [write.label for write in writes]
    if job is not None and job.active:
        lines.append(f"job {job.id} in {job.profile.name}")
    if not lines:
        return None
    question = "Quit dyntui while an import is running?"
    warnings = []
    if writes:
        remaining = sum(write.total - write.done for write in writes)
        question = f"Quit dyntui and leave {remaining:,} of {sum(write.total for write in writes):,} undone?"
        warnings.append("The requests in progress are completed first. What is done is in the audit log.")
    if job is not None and job.active:
        warnings.append("The job pauses after the requests in flight. You can resume it on the jobs screen.")
    return Requirement(ConfirmationLevel.CONFIRM, question, tuple(lines), " ".join(warnings), "this console")
