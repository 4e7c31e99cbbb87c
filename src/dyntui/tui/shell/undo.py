"""Undo a change after a confirmation: the last one, one of the audit log, or a job on allowlist entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.tui.shell.action_runner import run_action, run_read_worker

if TYPE_CHECKING:
    from dyntui.services.access.undo import EntryUndo
    from dyntui.services.actions.undo_change import DoneChange
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["undo_change", "undo_entries"]


def undo_change(console: ConsoleApp, change: DoneChange, *, opening_key: str) -> None:
    """Do the action that reverses a change. opening_key: the key that was pressed, which does not confirm it."""
    from dyntui.services.actions.undo_change import undo_of

    run_read_worker(
        console,
        lambda connection: undo_of(connection, change),
        lambda found: run_action(console, *found, opening_key=opening_key),
    )


def undo_entries(console: ConsoleApp, job_id: str, *, opening_key: str) -> None:
    """Undo a job that added or removed allowlist entries, as far as they were not changed since."""
    from dyntui.services.access.undo import plan_any_undo, undo_action

    def on_plan(plan: EntryUndo) -> None:
        if plan.is_empty:
            console.notify(" ".join(plan.lines()))
            return
        action, targets = undo_action(plan)
        run_action(console, action, targets, opening_key=opening_key, summary_lines=plan.lines())

    run_read_worker(console, lambda connection: plan_any_undo(connection, job_id), on_plan)
