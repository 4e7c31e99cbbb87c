"""How a screen of access control does something: weighed, read, confirmed, done with progress, and told what became of
each. What failed stays marked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.core.errors import DyntuiError
from dyntui.services.actions.write_types import (
    Cancel,
    Confirmation,
    ConfirmationLevel,
    Requirement,
    Target,
    WriteAction,
    WriteOutcome,
    WriteResults,
)
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.shell.impact_dialog import ImpactDialog, Preview

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["Perform", "close_or_reopen_form", "lockout_preview", "outcome_message", "run_action", "run_read_worker"]

Perform = Callable[[Confirmation, Callable[[int, int], None], Cancel], Awaitable[WriteResults]]
"""Does it, when not simply through `Writes.perform`."""


class ProgressDialog(BaseDialog[None]):
    """How far it is. esc stops after the request that is under way."""

    def __init__(self, title: str, total: int, stop: asyncio.Event) -> None:
        super().__init__()
        self.title_text = title
        self._total = total
        self._stop = stop

    def content(self) -> ComposeResult:
        yield Static(f"0 of {self._total:,}", id="far", markup=False)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("esc", "stop after this one"),)

    def show(self, done: int) -> None:
        """So many are done."""
        if self.is_mounted:
            stopping = "; stopping" if self._stop.is_set() else ""
            self.query_one("#far", Static).update(f"{done:,} of {self._total:,}{stopping}")

    def action_cancel(self) -> Any:
        self._stop.set()


def lockout_preview(connection: Connection, needed: Requirement) -> Preview | None:
    """How to count whom something concerns that decides who comes in; None for anything else."""
    if needed.policy_change is None:
        return None

    async def count() -> list[str]:
        from dyntui.services.access.lockout_count import lockout_lines

        return await lockout_lines(connection, needed)

    return count


def run_read_worker(
    console: ConsoleApp,
    work: Awaitable[Any],
    then: Callable[[Any], None],
    failed: Callable[[DyntuiError], None] = lambda error: None,
) -> None:
    """Ask the server something, then go on; what goes wrong is told, and `failed` called."""

    async def wait() -> None:
        try:
            found = await work
        except DyntuiError as error:
            console.call_next(console.say_error, error)
            console.call_next(failed, error)
        else:
            console.call_next(then, found)

    console.run_worker(wait(), group="access")


def close_or_reopen_form(form: BaseDialog[Any] | None, results: WriteResults) -> None:
    """Close the form that was submitted, or give it back with the reason when nothing of it was done."""
    if form is None:
        return
    if results.count(WriteOutcome.DONE):
        form.finish()
    else:
        form.reopen(str(results.first_error or "Nothing was done."))


def run_action(
    console: ConsoleApp,
    action: WriteAction,
    targets: Sequence[Target],
    *,
    verb: str,
    opening_key: str = "",
    summary_lines: Sequence[str] = (),
    perform: Perform | None = None,
    form: BaseDialog[Any] | None = None,
    done: Callable[[WriteResults], None] = lambda results: None,
    reread: bool = False,
) -> None:
    """Do `action` to `targets` once a person has read what it does and confirmed it. done: told the results.

    reread: whether `done` needs the targets as they are afterwards; the screens read again on their own.
    form: what was filled in for it; it stays open below the confirmation and comes back unless something was done.
    """
    if not reread:
        action = replace(action, reread=None)

    def give_back(problem: DyntuiError | str = "") -> None:
        if form is not None:
            form.reopen(str(problem))

    connection = console.session.connection
    reason = connection.write_gate.refusal(action) if connection is not None else "The environment is not open."
    if connection is None or reason:
        console.say(reason, "warning")
        give_back(reason)
        return

    async def weigh() -> WriteAction:
        return await connection.write_gate.with_impact(action, targets)

    def ask(weighed: WriteAction) -> None:
        if form is not None and form.was_left:
            return
        needed = connection.write_gate.requirement(weighed, targets)
        if needed.level is ConfirmationLevel.NONE:
            _go(console, connection, action, targets, Confirmation(yes=True), verb, perform, form, done)
            return

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is not None:
                _go(console, connection, action, targets, confirmation, verb, perform, form, done)
            else:
                give_back()

        preview = lockout_preview(connection, needed)
        console.ask(
            ImpactDialog(needed, verb=verb, opening_key=opening_key, summary_lines=summary_lines, preview=preview),
            answered,
        )

    run_read_worker(console, weigh(), ask, give_back)


def _go(
    console: ConsoleApp,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    confirmation: Confirmation,
    verb: str,
    perform: Perform | None,
    form: BaseDialog[Any] | None,
    done: Callable[[WriteResults], None],
) -> None:
    stop = asyncio.Event()
    dialog = ProgressDialog(f"{verb} …", len(targets), stop) if len(targets) > 1 else None

    def progress(count: int, total: int) -> None:
        if dialog is not None:
            dialog.show(count)

    async def work() -> None:
        try:
            if perform is not None:
                results = await perform(confirmation, progress, stop)
            else:
                results = await connection.write_gate.perform(
                    action, targets, confirmation, on_progress=progress, cancel=stop
                )
        except DyntuiError as error:
            console.call_next(ended, None, error)
        else:
            console.call_next(ended, results, None)

    def ended(results: WriteResults | None, error: DyntuiError | None) -> None:
        if dialog is not None and dialog.is_current:
            dialog.dismiss(None)
        if error is not None:
            console.say_error(error)
            if form is not None:
                form.reopen(str(error))
        if results is not None:
            close_or_reopen_form(form, results)
            done(results)
            _tell(console, results)

    if dialog is not None:
        console.ask(dialog)
    # Of the app, not of a screen: leaving a screen must not cut a request in two.
    console.run_worker(work(), group="writes")


def _tell(console: ConsoleApp, results: WriteResults) -> None:
    text = outcome_message(results)
    error = results.first_error
    console.say(f"{text} {error or ''}".strip(), "error" if error is not None else "information")


def outcome_message(results: WriteResults) -> str:
    """What became of all of them: `3 done, 1 was there already, 2 failed.`"""
    from dyntui.services.access.entries import already_existed

    there = sum(already_existed(item.value) for item in results.items)
    counts = {
        "done": results.count(WriteOutcome.DONE) - there,
        "there already": there,
        "failed": results.count(WriteOutcome.FAILED),
        "not known (the answer was lost)": results.count(WriteOutcome.UNKNOWN),
        "not tried": results.count(WriteOutcome.NOT_TRIED),
    }
    verb = results.action.verb.rstrip(":")
    if len(results.items) == 1:
        ((words, _),) = [pair for pair in counts.items() if pair[1]]
        target = results.items[0].target
        return f"{verb} {target.label or target.id}: {words}."
    return f"{verb} {', '.join(f'{n:,} {words}' for words, n in counts.items() if n)}."
