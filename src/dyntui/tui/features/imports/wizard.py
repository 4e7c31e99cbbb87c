"""The import wizard: eight steps on one screen that edit one draft. File and journal work runs in a wizard thread."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.services.imports.wizard_draft import ImportDraft, remove_draft, save_draft
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.step_bar import StepBar, StepMark
from dyntui.tui.features.imports.wizard_step import Wizard, WizardStep
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_state import NOT_OPEN

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection
    from dyntui.services.imports.wizard_service import WizardService
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["WizardScreen"]

_STEPS = ("source", "parse", "map", "review", "check", "plan", "run", "finish")
"""The names of the steps in order."""


def _load_step_class(name: str) -> type[WizardStep]:
    """Return the class of a step, such as `run_step.RunStep`; its module is loaded when the step is first shown."""
    found: type[WizardStep] = resolve_name(f"dyntui.tui.features.imports.{name}_step:{name.title()}Step")
    return found


class WizardScreen(Wizard):
    """One import, from the source file to the report.

    draft: the decisions so far; the wizard opens at the step of the draft. has_begun: the job has sent rows.
    """

    BINDINGS = bindings(IMPORTS_ACTIONS, "wizard")

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        """Start a new import; into the allowlist `target.parent` when it names one."""
        from dyntui.services.imports.wizard_draft import new_draft

        profile = console.session.profile
        if profile is None:
            console.notify("Open an environment first. Rows are imported into the open environment.", "warning")
            return
        draft = new_draft(profile, "allowlist" if target.parent else "users")
        if target.parent:
            draft.allowlist_id, draft.allowlist_name = target.parent, target.parent_label
        console.visit(cls(draft))

    def __init__(self, draft: ImportDraft, *, has_begun: bool = False) -> None:
        super().__init__(draft, has_begun=has_begun)
        self._steps: dict[str, WizardStep] = {}
        self._was_shown = False
        self._step_lock = asyncio.Lock()

    # Header and footer

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        to = ("allowlists", self.draft.allowlist_name) if self.draft.allowlist_name else ()
        return (*to, "import", *([self.draft.name] if self.draft.name else ()))

    def body(self) -> ComposeResult:
        name = self.draft.step if self.draft.step in _STEPS else _STEPS[0]
        self.draft.step = name
        self._steps[name] = step = _load_step_class(name)(self)
        with Vertical(id="wizard"):
            yield StepBar()
            with Vertical(id="steps"):
                yield step

    def on_mount(self) -> None:
        self.call_later(self._display_step, self.draft.step)

    @property
    def step(self) -> WizardStep | None:
        """The shown step; None until it is mounted."""
        step = self._steps.get(self.draft.step)
        return step if step is not None and step.is_mounted else None

    def connected(self, connection: Connection) -> None:
        if self._was_shown and self.step is not None:
            self.step.on_step_shown()

    def not_connected(self, error: DyntuiError) -> None:
        self.console.notify_error(error)

    def status(self) -> Sequence[Piece]:
        return self.step.status() if self.step is not None else ()

    @property
    def shown_resources(self) -> frozenset[str]:
        return self.step.shown_resources if self.step is not None else frozenset()

    def reload(self) -> None:
        if self.step is not None:
            self.step.reload()

    def default_focus(self) -> Widget | None:
        return self.step.default_focus() if self.step is not None else None

    def lines_moved(self, lines: LineList) -> None:
        super().lines_moved(lines)
        if self.step is not None:
            self.step.lines_moved(lines)

    def update_ages(self) -> None:
        if self.step is not None:
            self.step.refresh()

    def step_changed(self) -> None:
        current = self._index
        step_bar = self.query_one(StepBar)
        step_bar.marks = tuple(
            StepMark(
                name,
                is_done=index < current,
                is_current=index == current,
                note=self._steps[name].note if name in self._steps else "",
            )
            for index, name in enumerate(_STEPS)
        )
        is_last = current == len(_STEPS) - 1
        step_bar.blocked_reason = None if is_last or self.step is None else self.step.blocked_reason() or ""
        step_bar.repaint()
        self.refresh_status()

    # Closing and reopening

    def on_screen_suspend(self) -> None:
        """Another screen is shown: close the file and the job, so that they can be opened there."""
        if isinstance(self.app.screen, ModalScreen) or self.is_suspended:
            return
        self.is_suspended = True
        if self.step is not None:
            self.step.on_wizard_suspended()
        self.save()
        self.submit(lambda service: service.close(), lambda closed: self._on_job_closed())

    def _on_job_closed(self) -> None:
        """Refresh a list of jobs: the job is not in use any more."""
        if isinstance(shown := self.console.shown, ConsoleScreen):
            shown.jobs_changed()

    def on_screen_resume(self) -> None:
        if self.is_suspended:
            self.is_suspended = False
            if self.step is not None:
                self.step.on_step_shown()

    def on_unmount(self) -> None:
        if self.step is not None:
            self.step.on_step_left()
        if self.has_unsent_draft:
            draft = replace(self.draft)
            self.thread.submit(lambda service: save_draft(draft))
        self.thread.close()

    # The job

    def start_job(self, confirmation: Confirmation, first: int | None) -> None:
        connection = self.console.session.connection
        if connection is None:
            return
        draft = self.draft

        def release(service: WizardService) -> tuple[Path, WritePermit]:
            service.open_job(draft)
            path, permit = service.release_job(connection, confirmation)
            remove_draft(draft)
            return path, permit

        def start(released: tuple[Path, WritePermit]) -> None:
            self.has_begun = True
            self.out_of_date = False  # the job reads the server itself
            self._run_job(connection, released, first)

        self.submit(release, start)

    def replace_draft(self, draft: ImportDraft) -> None:
        self.call_later(self._replace_draft, draft)

    async def _replace_draft(self, draft: ImportDraft) -> None:
        for step in self._steps.values():
            step.on_step_left()
        self._steps.clear()
        await self.query_one("#steps").remove_children()
        self.draft = draft
        self.has_begun = False
        self.preview = self.totals = None
        self.show_step(draft.step)

    def resume_job(self) -> None:
        connection, job = self.console.session.connection, self.draft.job
        if connection is None:
            self.console.notify(NOT_OPEN, "warning")
            return
        self.submit(
            lambda service: service.resume_job(job, connection), lambda released: self._run_job(connection, released)
        )

    def _run_job(self, connection: Connection, released: tuple[Path, WritePermit], first: int | None = None) -> None:
        from dyntui.tui.features.imports.running_job import RunningJob

        path, permit = released
        RunningJob(self.console, path, connection, permit, first).start()
        self.show_step("run")

    # Steps

    @property
    def _index(self) -> int:
        return _STEPS.index(self.draft.step)

    def show_step(self, name: str) -> None:
        before = self.step
        if before is not None and name != before.NAME:
            before.on_step_left()
        self.draft.step = name
        self.save()
        self.console.batch_screen_change(lambda: self._display_step(name))

    async def _display_step(self, name: str) -> None:
        async with self._step_lock:
            if self.draft.step != name:
                return  # another step was chosen meanwhile
            if name not in self._steps:
                self._steps[name] = step = _load_step_class(name)(self)
                step.display = False
                await self.query_one("#steps").mount(step)
        for other in self._steps.values():
            other.display = name == other.NAME
        if self.is_current and not self.is_suspended:
            self.restore_focus()
            self._steps[name].on_step_shown()
        self._was_shown = True
        self.step_changed()

    def restore_focus(self) -> None:
        if self.is_current and not self.has_prompt and (home := self.default_focus()) is not None:
            self.set_focus(home, scroll_visible=False)

    def back_label(self) -> str | None:
        step = self.step
        if step is None:
            return None
        return step.back_label() or (
            f"step {step.NAME.title()}" if self.previous_step_disabled_reason() is None else None
        )

    def handle_back(self) -> None:
        step = self.step
        assert step is not None
        if step.back_label():
            step.handle_back()
        else:
            self.action_previous()

    # Reasons

    def previous_step_disabled_reason(self) -> str | None:
        if self.has_begun:
            return "Rows have been sent; earlier steps cannot be changed."
        return None if self._index else "This is the first step."

    def next_disabled_reason(self) -> str | None:
        if self._index == len(_STEPS) - 1:
            return "This is the last step."
        return "The step is still loading." if self.step is None else self.step.blocked_reason()

    # Actions

    def action_next(self) -> None:
        self.show_step(_STEPS[self._index + 1])

    def action_previous(self) -> None:
        self.show_step(_STEPS[self._index - 1])

    def action_step(self, number: str) -> None:
        self._go_to_step(_STEPS[int(number) - 1])

    @on(StepBar.Clicked)
    def _on_step_clicked(self, event: StepBar.Clicked) -> None:
        self._go_to_step(event.name)

    def _go_to_step(self, name: str) -> None:
        target = _STEPS.index(name)
        if target < self._index and (reason := self.previous_step_disabled_reason()):
            self.console.notify(reason, "warning")
        elif target < self._index:
            self.show_step(name)
        elif target == self._index + 1 and (reason := self.next_disabled_reason()) is None:
            self.action_next()
        elif target > self._index:
            reason = self.next_disabled_reason() or f"Go through the steps in order with {key_of('wizard.next')}."
            self.console.notify(reason, "warning")
