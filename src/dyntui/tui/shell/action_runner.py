"""Runs a write action from a screen: assess its impact, confirm it, perform it with progress, show the results."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.core.errors import DyntuiError, UsageError, join_sentences
from dyntui.services.actions.write_types import (
    ACCEPTED_NOT_DONE,
    Confirmation,
    ConfirmationLevel,
    Requirement,
    Target,
    WriteAction,
    WriteOutcome,
    WriteResults,
    one_time_value,
)
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.confirm_dialog import ConfirmDialog, Preview
from dyntui.tui.shell.console_state import NOT_OPEN
from dyntui.tui.shell.error_hints import error_hint

if TYPE_CHECKING:
    from textual.screen import Screen

    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = [
    "ProgressDialog",
    "close_or_reopen_form",
    "deliver_result",
    "is_in_use",
    "lockout_preview",
    "notify_results",
    "run_action",
    "run_assessment",
    "run_read_worker",
]

T = TypeVar("T")

_SHOW_ASSESSMENT_AFTER_S = 1.0
"""Seconds after which it is shown that the impact of an action is being assessed."""


class ProgressDialog(BaseDialog[None]):
    """Shows the progress of an action. esc stops after the requests in flight."""

    BINDINGS = bindings(SHELL_ACTIONS, "progress")
    footer_keys = (("dialog.cancel", "stop"), ("progress.quit", "quit"))

    def __init__(self, title: str, total: int, stop: asyncio.Event) -> None:
        super().__init__(title)
        self._total = total
        self._stop = stop

    def content(self) -> ComposeResult:
        yield Static(f"0 of {self._total:,}", id="progress", markup=False)

    def show(self, done: int) -> None:
        """Show that `done` targets are done, while the dialog is open."""
        stopping = "; stopping" if self._stop.is_set() else ""
        for line in self.query("#progress").results(Static):
            line.update(f"{done:,} of {self._total:,}{stopping}")

    def action_cancel(self) -> None:
        self._stop.set()

    def action_leave(self) -> None:
        cast("ConsoleApp", self.app).action_leave()


def lockout_preview(connection: Connection, requirement: Requirement) -> Preview | None:
    """Return a function that counts the users whom a change of access affects; None for any other action."""
    if requirement.policy_change is None:
        return None

    async def count() -> list[str]:
        from dyntui.services.access.lockout_count import lockout_lines

        return await lockout_lines(connection, requirement)

    return count


def run_read_worker(
    console: ConsoleApp,
    work: Callable[[Connection], Awaitable[T]],
    then: Callable[[T], None],
    failed: Callable[[DyntuiError], None] = lambda error: None,
) -> None:
    """Run `work` with the connection in a worker, then call `then`; an error is shown and passed to `failed`."""
    connection = console.session.connection

    async def read() -> T:
        if connection is None:
            raise UsageError(NOT_OPEN)
        return await work(connection)

    async def wait() -> None:
        await deliver_result(console, read(), then, failed)

    console.run_worker(wait, group="access")


async def deliver_result(
    console: ConsoleApp,
    work: Awaitable[T],
    then: Callable[[T], None],
    failed: Callable[[DyntuiError], None] = lambda error: None,
    *,
    ended: Callable[[], None] = lambda: None,
) -> None:
    """Wait for `work` in a worker, then call `then` in the console; an error is shown and passed to `failed`.

    ended: called before, in both cases, such as to close a dialog.
    """
    try:
        found = await work
    except DyntuiError as error:
        console.call_next(ended)
        console.call_next(console.notify_error, error)
        console.call_next(failed, error)
    else:
        console.call_next(ended)
        console.call_next(then, found)


class AssessmentDialog(BaseDialog[None]):
    """Shown while the impact of an action is assessed for long. esc cancels the action."""

    title_text = "Checking Before the Confirmation"
    footer_keys = (("dialog.cancel", "cancel"),)

    def content(self) -> ComposeResult:
        yield Static("The server has not responded yet. Nothing was changed.", markup=False)


def run_assessment(
    console: ConsoleApp,
    work: Callable[[], Coroutine[Any, Any, T]],
    then: Callable[[T], None],
    failed: Callable[[DyntuiError | str], None],
) -> None:
    """Run `work`, which asks the server what an action does, then call `then`. esc cancels it when it takes long.

    failed: called with the error, which is shown, or with "" when it was canceled.
    """

    async def run() -> None:
        dialog = AssessmentDialog()
        task = asyncio.create_task(work())
        finished, _ = await asyncio.wait([task], timeout=_SHOW_ASSESSMENT_AFTER_S)
        if not finished:
            console.call_next(console.ask, dialog, lambda _: task.cancel() if dialog.was_left else None)
        try:
            found = await task
        except asyncio.CancelledError:
            if not dialog.was_left:
                task.cancel()
                raise
            console.call_next(failed, "")
        except DyntuiError as error:
            console.call_next(dialog.finish)
            console.call_next(console.notify_error, error)
            console.call_next(failed, error)
        else:
            console.call_next(dialog.finish)
            if dialog.was_left:
                console.call_next(failed, "")
            else:
                console.call_next(then, found)

    console.run_worker(run, group="access")


def close_or_reopen_form(form: BaseDialog[Any] | None, results: WriteResults) -> None:
    """Close a submitted form when something was done, else reopen it with the reason."""
    if form is None:
        return
    if any(item.outcome.is_received for item in results.items):
        form.finish()
    else:
        form.reopen(str(results.first_error or "Nothing was changed."))


def run_action(
    console: ConsoleApp,
    action: WriteAction,
    targets: Sequence[Target],
    *,
    opening_key: str = "",
    summary_lines: Sequence[str] = (),
    form: BaseDialog[Any] | None = None,
    done: Callable[[WriteResults], None] = lambda results: None,
    reread: bool = False,
    typed_before: int | None = None,
) -> None:
    """Run `action` on `targets` after it was confirmed, and show the results.

    opening_key: the key that ran the action, which never confirms it.
    summary_lines: lines of the confirmation instead of the targets.
    form: the form with the input; it stays open below the confirmation and reopens unless something was done.
    done: receives the results, unless another environment was opened meanwhile.
    reread: whether `done` needs the targets as they are after the write; screens refresh on their own.
    typed_before: as in `ConfirmDialog`; by default the keys that were typed until now.
    """
    connection = console.session.connection
    reason = connection.write_gate.refusal(action) if connection is not None else NOT_OPEN
    if connection is None or reason:
        console.notify(reason, "warning")
        if form is not None:
            form.reopen(reason)
        return
    run = _ActionRun(
        console,
        connection,
        action if reread else replace(action, reread=None),
        targets,
        opening_key,
        form,
        done,
        console.screen_stack[0],
        console.typed_keys if typed_before is None else typed_before,
    )
    run.assess(summary_lines)


def _label(action: WriteAction) -> str:
    """Return the label of the key that confirms: the first word of the question."""
    return action.verb.split()[0]


@dataclass(slots=True)
class _ActionRun:
    """One run of an action; the fields are the arguments of `run_action`."""

    console: ConsoleApp
    connection: Connection
    action: WriteAction
    targets: Sequence[Target]
    opening_key: str
    form: BaseDialog[Any] | None
    done: Callable[[WriteResults], None]
    shown: Screen[Any]
    """The screen that it began on, below any dialog."""
    typed_before: int

    def assess(self, summary_lines: Sequence[str]) -> None:
        from dyntui.services.actions.resource_actions import with_warnings

        async def assess() -> WriteAction:
            action = await with_warnings(self.connection, self.action, self.targets)
            return await self.connection.write_gate.with_impact(action, self.targets)

        run_assessment(self.console, assess, lambda action: self._confirm(action, summary_lines), self._reopen_form)

    def _reopen_form(self, problem: DyntuiError | str = "") -> None:
        if self.form is not None:
            self.form.reopen(str(problem))

    def _confirm(self, assessed: WriteAction, summary_lines: Sequence[str]) -> None:
        if not is_in_use(self.console, self.connection) or (self.form is not None and self.form.was_left):
            return
        requirement = self.connection.write_gate.requirement(assessed, self.targets)
        if requirement.level is ConfirmationLevel.NONE:
            self._start(Confirmation(yes=True))
            return
        if self.console.screen_stack[0] is not self.shown:
            text = f"{_label(self.action)} was not confirmed: you opened another screen first. Nothing was changed."
            self.console.notify(text, "warning")
            return

        def on_confirmation(confirmation: Confirmation | None) -> None:
            if confirmation is not None:
                self._start(confirmation)
            else:
                self._reopen_form()

        dialog = ConfirmDialog(
            requirement,
            verb=_label(self.action),
            opening_key=self.opening_key,
            summary_lines=summary_lines,
            preview=lockout_preview(self.connection, requirement),
            typed_before=self.typed_before,
        )
        self.console.ask(dialog, on_confirmation)

    def _start(self, confirmation: Confirmation) -> None:
        """Perform the action in a worker of the app, because leaving the screen must not cancel a request."""
        stop = asyncio.Event()
        total = len(self.targets)
        dialog = ProgressDialog(f"{_label(self.action)} …", total, stop) if total > 1 else None

        def show_progress(count: int, total: int) -> None:
            if dialog is not None:
                dialog.show(count)

        async def work() -> None:
            try:
                results = await self.connection.write_gate.perform(
                    self.action, self.targets, confirmation, on_progress=show_progress, cancel=stop
                )
            except DyntuiError as error:
                self.console.call_next(self._failed, dialog, error)
            else:
                self.console.call_next(self._finished, dialog, results)

        if dialog is not None:
            self.console.ask(dialog)
        self.console.run_worker(work, group="writes")

    def _failed(self, dialog: ProgressDialog | None, error: DyntuiError) -> None:
        if dialog is not None:
            dialog.finish()
        self.console.notify_error(error)
        self._reopen_form(error)

    def _finished(self, dialog: ProgressDialog | None, results: WriteResults) -> None:
        if dialog is not None:
            dialog.finish()
        in_use = is_in_use(self.console, self.connection)
        if in_use:
            close_or_reopen_form(self.form, results)
        secret = one_time_value(results)
        if secret is not None:
            from dyntui.tui.kit.dialogs.secret_dialog import SecretDialog

            self.console.ask(SecretDialog(*secret))
        if secret is None or not in_use:
            notify_results(self.console, results, "" if in_use else self.connection.profile.name)
        if in_use:
            self.done(results)


def is_in_use(console: ConsoleApp, connection: Connection) -> bool:
    """Return whether `connection` is still the one that the screens show; false after another was opened."""
    return console.session.connection is connection


def _offer_undo(console: ConsoleApp, results: WriteResults) -> str:
    """Remember a write that can be undone, and return how to undo it, for its notification."""
    from dyntui.services.actions.undo import is_undoable

    connection = console.session.connection
    if connection is None or not is_undoable(results):
        console.session.last_change = None
        return ""
    console.session.last_change = (connection, results.action.job)
    return f". Press {key_of('app.undo')} to undo it"


def notify_results(console: ConsoleApp, results: WriteResults, environment: str = "") -> None:
    """Show the result of a write; of a failure also the reason and what to do next.

    environment: its name, when it is no longer the environment in use.
    """
    from dyntui.services.actions.result_sentence import result_sentence

    text = result_sentence(results)
    if environment:
        text = f"{environment}: {text}"
    error = results.first_error
    if error is None:
        offer = "" if environment else _offer_undo(console, results)
        if results.count(WriteOutcome.ACCEPTED):
            console.notify(join_sentences(f"{text}{offer}", ACCEPTED_NOT_DONE), "warning")
        else:
            console.notify(f"{text}{offer}")
        return
    if len(results.items) > 1:
        hint = "" if environment else "Unfinished rows stay marked."
    elif results.items[0].outcome is WriteOutcome.UNKNOWN:
        hint = "Check before you try again."
    else:
        hint = error_hint(error)
    console.notify(f"{text}: {join_sentences(error.message, hint)}", "error")
