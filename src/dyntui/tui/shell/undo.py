"""Undo a change after a confirmation: the last one or one of the audit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from dyntui.tui.shell.action_runner import run_action, run_read_worker

if TYPE_CHECKING:
    from dyntui.services.actions.audit import AuditLine
    from dyntui.services.actions.undo import ChangedSince, ChangeUndoPlan
    from dyntui.services.actions.write_types import WriteResults
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["undo_change", "undo_line"]

Planner = Callable[["Connection", bool], Awaitable["ChangeUndoPlan"]]
"""Plans an undo. Its last argument: whether later changes are overwritten."""


def undo_change(console: ConsoleApp, change: str, *, opening_key: str) -> None:
    """Undo a change. change: its id. opening_key: the key that was pressed, which does not confirm it."""
    from dyntui.services.actions.undo import plan_undo

    _undo(
        console,
        lambda connection, overwrites: plan_undo(connection, change, even_if_changed=overwrites),
        opening_key=opening_key,
    )


def undo_line(console: ConsoleApp, line: AuditLine, *, opening_key: str) -> None:
    """Undo the change that a line of the audit log belongs to."""
    from dyntui.services.actions.undo import plan_undo_of

    if line.job:
        undo_change(console, line.job, opening_key=opening_key)
        return
    _undo(
        console,
        lambda connection, overwrites: plan_undo_of(connection, [line], even_if_changed=overwrites),
        opening_key=opening_key,
    )


def _undo(console: ConsoleApp, planner: Planner, *, opening_key: str, overwrites: bool = False) -> None:
    """Plan an undo and do it after a confirmation. What changed since is shown first, and has to be confirmed too."""
    from dyntui.services.actions.undo import ChangedSince

    typed_before = console.typed_keys

    async def plan(connection: Connection) -> ChangeUndoPlan | ChangedSince:
        try:
            return await planner(connection, overwrites)
        except ChangedSince as changed:
            return changed

    def on_plan(found: ChangeUndoPlan | ChangedSince) -> None:
        if isinstance(found, ChangedSince):
            _ask_to_overwrite(console, found, lambda: _undo(console, planner, opening_key="", overwrites=True))
        else:
            _run(console, found, opening_key, typed_before)

    run_read_worker(console, plan, on_plan)


def _ask_to_overwrite(console: ConsoleApp, changed: ChangedSince, on_confirmed: Callable[[], None]) -> None:
    from dyntui.tui.shell.confirm_dialog import ask_confirmation

    connection = console.session.connection
    environment = connection.write_gate.environment_label if connection is not None else ""
    ask_confirmation(
        console, "Overwrite the later change?", changed.message, environment, on_confirmed, verb="Overwrite"
    )


def _run(console: ConsoleApp, plan: ChangeUndoPlan, opening_key: str = "", typed_before: int | None = None) -> None:
    def done(results: WriteResults) -> None:
        if (then := plan.then) is not None:
            run_read_worker(console, lambda _: then(results), run_next)

    def run_next(following: ChangeUndoPlan | None) -> None:
        if following is not None:
            _run(console, following)

    run_action(
        console,
        plan.write,
        plan.targets,
        opening_key=opening_key,
        summary_lines=plan.lines,
        done=done,
        typed_before=typed_before,
    )
