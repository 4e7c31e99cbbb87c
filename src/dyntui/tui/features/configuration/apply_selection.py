"""Apply what is marked in a comparison: ask for missing values, show the plan, confirm it, send it, say the result."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from dyntui.config.settings import Settings
from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.services.actions.write_types import Confirmation, WriteOutcome
from dyntui.services.configuration.apply import ApplyResult, PreparedPlan, apply_plan, prepare_plan
from dyntui.services.configuration.compare import change_lines
from dyntui.services.configuration.comparison import Comparison
from dyntui.services.configuration.model import LeafPath, ObjectKey, text_of_path
from dyntui.services.configuration.normal_form import is_secret_place
from dyntui.services.configuration.plan import ConfigPlan, MissingValue, select_changes
from dyntui.services.configuration.plan_text import plan_lines
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.shell.action_runner import ProgressDialog, is_in_use, run_assessment
from dyntui.tui.shell.confirm_dialog import ConfirmDialog

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["Chosen", "apply_selection"]

Chosen = Mapping[ObjectKey, Iterable[LeafPath] | None]
"""The objects to change, each with the paths of the values to set; None for the whole object."""

_MAX_LEFT_LINES = 20
"""How many lines about what still differs are listed; the comparison shows all."""
_MAX_PLAN_LINES = 100
"""A longer plan is confirmed without the values, which the comparison shows: all of its lines have to be read."""


def apply_selection(
    console: ConsoleApp, comparison: Comparison, chosen: Chosen, source: str, *, done: Callable[[bool], None]
) -> None:
    """Give the environment in use what is chosen of a comparison, after it was confirmed.

    source: the name of the other side. done: called when something may have changed since the comparison: True after
    writes, unless another environment was opened meanwhile.
    """
    connection = console.session.connection
    assert connection is not None, "the action needs a comparison"
    run = _ApplyRun(console, connection, comparison, source, done)

    async def select() -> ConfigPlan:
        return await asyncio.to_thread(select_changes, comparison.plan, chosen)

    run_assessment(console, select, run.ask_values, run.failed)


@dataclass(frozen=True, slots=True)
class _ApplyRun:
    """One run; the fields are the arguments of `apply_selection`."""

    console: ConsoleApp
    connection: Connection
    comparison: Comparison
    source: str
    done: Callable[[bool], None]

    def failed(self, error: DyntuiError | str) -> None:
        """Read both sides again after an error: the environment may have changed."""
        if error and is_in_use(self.console, self.connection):
            self.done(False)

    def ask_values(self, plan: ConfigPlan) -> None:
        """Ask for the values that have to be sent and are not known, such as secrets; then prepare the plan."""
        missing = {each.name: each for each in plan.missing(os.environ)}
        if not missing:
            self._prepare(plan, os.environ)
            return
        form = FormDialog(
            "Enter Values That Are Not Known",
            [self._field(each) for each in missing.values()],
            verb="continue",
            note="They are sent and saved nowhere else. Environment variables of these names are used without asking.",
        )
        self.console.ask_then(form, lambda values: self._prepare(plan, {**os.environ, **values}))

    def _field(self, missing: MissingValue) -> FormInput:
        each = missing.change.object
        place = each.leaf_places().get(missing.path)
        return FormInput(
            missing.name,
            text_of_path(missing.path),
            secret=place is None or is_secret_place(place, self.comparison.rules),
            help=f"{each.title}: {missing.name}",
            required=f"Enter the value, or unmark {each.title}.",
        )

    def _prepare(self, plan: ConfigPlan, values: Mapping[str, str]) -> None:
        rules = self.comparison.rules
        run_assessment(
            self.console,
            lambda: prepare_plan(self.connection, plan, rules),
            partial(self._confirm, plan, values, self.console.typed_keys),
            self.failed,
        )

    def _confirm(self, plan: ConfigPlan, values: Mapping[str, str], typed_before: int, prepared: PreparedPlan) -> None:
        if not is_in_use(self.console, self.connection):
            return
        if prepared.plan.is_empty:
            self.console.notify("There is nothing to apply: it is done already.")
            self.done(False)
            return
        requirement = prepared.impact.requirement
        lines = [*plan_lines(prepared.plan, values)]
        if len(lines) > _MAX_PLAN_LINES:
            lines = [line for line in lines if not line.startswith(" ")]
        dialog = ConfirmDialog(
            requirement,
            verb="Apply",
            opening_key="ctrl+s",
            summary_lines=[
                f"Copied from {self.source}:",
                *lines,
                *requirement.target_lines,
                *prepared.impact.lockout,
                "A snapshot of the configuration is saved before.",
            ],
            typed_before=typed_before,
        )
        total = sum(write.size for write in prepared.impact.writes)
        self.console.ask_then(dialog, partial(self._apply, plan, values, total))

    def _apply(self, plan: ConfigPlan, values: Mapping[str, str], total: int, confirmation: Confirmation) -> None:
        """Apply the plan in a worker of the app, because leaving the screen must not cancel a request."""
        stop = asyncio.Event()
        dialog = ProgressDialog("Apply …", total, stop)

        async def work() -> None:
            settings = await asyncio.to_thread(Settings.load)
            try:
                result = await apply_plan(
                    self.connection,
                    plan,
                    self.comparison.rules,
                    confirmation,
                    values=values,
                    settle_s=settings.settle_seconds,
                    cancel=stop,
                    on_progress=dialog.show,
                )
            except DyntuiError as error:
                self.console.call_next(dialog.finish)
                self.console.call_next(self.console.notify_error, error)
                self.console.call_next(self.failed, error)
            else:
                self.console.call_next(dialog.finish)
                self.console.call_next(self._show_result, result)

        self.console.ask(dialog)
        self.console.run_worker(work, group="writes")

    def _show_result(self, result: ApplyResult) -> None:
        name, snapshot = self.connection.profile.name, result.snapshot.id
        count = len(result.steps) - result.count_failed()
        text = f"{name}: {count:,} of {quantity(len(result.steps), 'step')} done"
        waiting = (WriteOutcome.NOT_TRIED, WriteOutcome.ACCEPTED)
        lines = [
            f"{'!' if step.outcome in waiting else '✕'} {step.write.title}: {step.detail}"
            for step in result.steps
            if step.outcome is not WriteOutcome.DONE
        ]
        if result.left is None:
            lines.append(f"{name} could not be read again: {result.left_error}")
        elif left := [
            *(line for change in result.left.changes for line in change_lines(change)),
            *(f"! {each.line}" for each in result.left.impossible),
        ]:
            more = [f"… and {len(left) - _MAX_LEFT_LINES:,} more lines"] if len(left) > _MAX_LEFT_LINES else []
            lines += ["Still different:", *left[:_MAX_LEFT_LINES], *more]
        restore = f"dyntui config apply --snapshot {snapshot} --prune"
        if lines:
            self.console.ask(MessageDialog(text, "\n".join([*lines, "", f"To restore what was before: {restore}"])))
        else:
            self.console.notify(f"{text}. To restore what was before: {restore}")
        if is_in_use(self.console, self.connection):
            self.console.session.last_change = None  # it is not the last one any more, and a snapshot undoes this one
            self.done(True)
