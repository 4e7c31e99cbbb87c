"""The import wizard: eight steps on one screen, one draft, and a clerk who does the slow work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from dyntui.core.errors import DyntuiError, StoppedError
from dyntui.services.imports.wizard_draft import ImportDraft, remove_draft, save_draft
from dyntui.services.imports.wizard_thread import WizardThread
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.step_bar import StepBar, StepMark
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.prompt import Prompt
from dyntui.tui.shell.base_screen import ConsoleScreen

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection
    from dyntui.services.imports.job_service import JobOptions
    from dyntui.services.imports.wizard_service import FilePreview, FileTotals, WizardService
    from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["WizardScreen"]

T = TypeVar("T")

_PACKAGE = "dyntui.tui.features.imports"
_STEPS = (
    ("source", "Source", f"{_PACKAGE}.source_step:SourceStep"),
    ("parse", "Parse", f"{_PACKAGE}.parse_step:ParseStep"),
    ("map", "Map", f"{_PACKAGE}.map_step:MapStep"),
    ("review", "Review", f"{_PACKAGE}.review_step:ReviewStep"),
    ("check", "Check", f"{_PACKAGE}.check_step:CheckStep"),
    ("plan", "Plan", f"{_PACKAGE}.plan_step:PlanStep"),
    ("run", "Run", f"{_PACKAGE}.run_step:RunStep"),
    ("finish", "Finish", f"{_PACKAGE}.finish_step:FinishStep"),
)
"""The steps in order: name, title, and the class, whose module is loaded when the step is first shown."""
_NAMES = tuple(name for name, _, _ in _STEPS)
_CLASSES = {name: path for name, _, path in _STEPS}


def _class_of(name: str) -> type[WizardStep]:
    found: type[WizardStep] = resolve_name(_CLASSES[name])
    return found


class WizardScreen(ConsoleScreen):
    """One import. draft: what was decided so far; it goes on where it was left. begun: its job has sent something."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "wizard")

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        """Start a new import; into the allowlist `target.parent` when it names one."""
        from dyntui.services.imports.wizard_draft import new_draft

        profile = console.session.profile
        if profile is None:
            console.say("Open an environment first: an import goes into one.", "warning")
            return
        draft = new_draft(profile, "allowlist" if target.parent else "users")
        if target.parent:
            draft.allowlist_id, draft.allowlist_name = target.parent, target.parent_label
        console.visit(cls(draft))

    def __init__(self, draft: ImportDraft, *, begun: bool = False) -> None:
        super().__init__()
        self.draft = draft
        self.begun = begun
        self.clerk = WizardThread(lambda: self.console.typed_at)
        self.look: FilePreview | None = None
        self.counted: FileTotals | None = None
        self._steps: dict[str, WizardStep] = {}
        self.away = False
        self._shown = False
        self._showing = asyncio.Lock()

    # The frame

    @property
    def crumbs(self) -> tuple[str, ...]:
        to = ("allowlists", self.draft.allowlist_name) if self.draft.allowlist_name else ()
        return (*to, "import", *([self.draft.name] if self.draft.name else ()))

    def body(self) -> ComposeResult:
        name = self.draft.step if self.draft.step in _NAMES else _NAMES[0]
        self.draft.step = name
        self._steps[name] = step = _class_of(name)(self)
        with Vertical(id="wizard"):
            yield StepBar()
            with Vertical(id="steps"):
                yield step

    def on_mount(self) -> None:
        self.call_later(self._show_step, self.draft.step)

    @property
    def step(self) -> WizardStep | None:
        """The step that is shown; None until all that it is made of is there."""
        step = self._steps.get(self.draft.step)
        return step if step is not None and step.is_mounted else None

    def connected(self, connection: Connection) -> None:
        if self._shown and self.step is not None:
            self.step.current_input()

    def not_connected(self, error: DyntuiError) -> None:
        self.console.say_error(error)

    def status(self) -> Sequence[Piece]:
        step = self.step
        if step is None:
            return ()
        return list(step.status())

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

    def filter_entered(self, text: str) -> None:
        if self.step is not None:
            self.step.filter_entered(text)

    def time_passed(self) -> None:
        if self.step is not None:
            self.step.refresh()

    def step_changed(self) -> None:
        """Trail and frame may have to say something else."""
        at = self._at
        trail = self.query_one(StepBar)
        trail.marks = tuple(
            StepMark(
                name,
                title,
                done=place < at,
                current=place == at,
                note=self._steps[name].note if name in self._steps else "",
            )
            for place, (name, title, _) in enumerate(_STEPS)
        )
        last = at == len(_STEPS) - 1
        trail.onward = None if last or self.step is None else self.step.blocked() or ""
        trail.repaint()
        self.changed()

    # Life

    def on_screen_suspend(self) -> None:
        """Another screen is shown: let go of the file and the job, so that they can be opened there."""
        if isinstance(self.app.screen, ModalScreen) or self.away:
            return
        self.away = True
        if self.step is not None:
            self.step.away()
        self.save()
        self.hand(lambda bench: bench.close(), lambda closed: self._let_go_of())

    def _let_go_of(self) -> None:
        """The job is free: whoever lists it may say so."""
        if isinstance(shown := self.console.shown, ConsoleScreen):
            shown.jobs_changed()

    def on_screen_resume(self) -> None:
        if self.away:
            self.away = False
            if self.step is not None:
                self.step.current_input()
        super().on_screen_resume()

    def on_unmount(self) -> None:
        if self.step is not None:
            self.step.left()
        if self._worth_keeping:
            draft = replace(self.draft)
            self.clerk.submit(lambda bench: save_draft(draft))
        self.clerk.close()

    @property
    def _worth_keeping(self) -> bool:
        return not self.begun and bool(self.draft.path or self.draft.job)

    def save(self) -> None:
        """Put the draft on the disk, in its turn."""
        if self._worth_keeping:
            copy = replace(self.draft)
            self.hand(lambda bench: save_draft(copy))

    def hand(
        self,
        work: Callable[[WizardService], T],
        then: Callable[[T], None] = lambda result: None,
        failed: Callable[[DyntuiError], None] | None = None,
        *,
        latest: str = "",
    ) -> None:
        """Give the clerk slow work; `then` is called with what comes of it, `failed` with what went wrong.

        latest: a name for looks of which only the last counts: one that still waits is dropped for a newer one.
        """
        self.run_worker(self._wait(work, then, failed), group=latest or "clerk", exclusive=bool(latest))

    async def _wait(
        self,
        work: Callable[[WizardService], T],
        then: Callable[[T], None],
        failed: Callable[[DyntuiError], None] | None,
    ) -> None:
        try:
            result = await asyncio.wrap_future(self.clerk.submit(work))
        except StoppedError:
            return
        except DyntuiError as error:
            if self.is_attached:
                (failed or self.console.say_error)(error)
            return
        if self.is_attached:
            then(result)

    def options(self) -> JobOptions:
        """How the job is to run."""
        from dyntui.services.imports.job_service import JobOptions

        return JobOptions(upsert=self.draft.upsert, settle=float(self.console.settings.settle_seconds))

    # The job

    def begin(self, confirmation: Confirmation, first: int | None) -> None:
        """Let the job run: from here on the journal knows everything, and the draft goes."""
        connection = self.console.session.connection
        if connection is None:
            return
        draft = self.draft

        def hand_over(bench: WizardService) -> tuple[Path, WritePermit]:
            bench.open_job(draft)
            path, permit = bench.release_job(connection, confirmation)
            remove_draft(draft)
            return path, permit

        def start(found: tuple[Path, WritePermit]) -> None:
            from dyntui.tui.features.imports.running_job import RunningJob

            self.begun = True
            self.out_of_date = False  # the job asks for itself
            RunningJob(self.console, found[0], connection, found[1], first).start()
            self.show_step("run")

        self.hand(hand_over, start)

    def start_over(self, draft: ImportDraft) -> None:
        """Go on with another draft, in the same place."""
        self.call_later(self._start_over, draft)

    async def _start_over(self, draft: ImportDraft) -> None:
        for step in self._steps.values():
            step.left()
        self._steps.clear()
        await self.query_one("#steps").remove_children()
        self.draft = draft
        self.begun = False
        self.look = self.counted = None
        self.show_step(draft.step)

    def go_on(self) -> None:
        """Go on with a job that was paused; it was confirmed when it began."""
        connection, job = self.console.session.connection, self.draft.job
        if connection is None:
            self.console.say("The environment is not open.", "warning")
            return

        def start(found: tuple[Path, WritePermit]) -> None:
            from dyntui.tui.features.imports.running_job import RunningJob

            RunningJob(self.console, found[0], connection, found[1], None).start()
            self.show_step("run")

        self.hand(lambda bench: bench.resume_job(job, connection), start)

    # Steps

    @property
    def _at(self) -> int:
        return _NAMES.index(self.draft.step)

    def show_step(self, name: str) -> None:
        """Go to a step."""
        before = self.step
        if before is not None and name != before.NAME:
            before.left()
        self.draft.step = name
        self.save()
        self.console.batch_screen_change(lambda: self._show_step(name))

    async def _show_step(self, name: str) -> None:
        async with self._showing:
            if self.draft.step != name:
                return  # it was left again already
            if name not in self._steps:
                self._steps[name] = step = _class_of(name)(self)
                step.display = False
                await self.query_one("#steps").mount(step)
        for other in self._steps.values():
            other.display = name == other.NAME
        if self.is_current and not self.away:
            self.go_home()
            self._steps[name].current_input()
        self._shown = True
        self.step_changed()

    def go_home(self) -> None:
        """Put the focus where it belongs, unless somebody is typing."""
        if self.is_current and not self.query_one(Prompt).is_open and (home := self.default_focus()) is not None:
            self.set_focus(home, scroll_visible=False)

    def back_label(self) -> str | None:
        step = self.step
        if step is None:
            return None
        return step.back_label() or (f"the step {step.TITLE}" if self.previous_step_disabled_reason() is None else None)

    def handle_back(self) -> None:
        step = self.step
        assert step is not None
        if step.back_label():
            step.handle_back()
        else:
            self.action_previous()

    # Reasons

    def previous_step_disabled_reason(self) -> str | None:
        if self.begun:
            return "Rows were sent already; what was decided before cannot be changed any more."
        return None if self._at else "This is the first step."

    def next_disabled_reason(self) -> str | None:
        if self._at == len(_STEPS) - 1:
            return "This is the last step."
        return "The step is not there yet." if self.step is None else self.step.blocked()

    # Actions

    def action_next(self) -> None:
        self.show_step(_NAMES[self._at + 1])

    def action_previous(self) -> None:
        self.show_step(_NAMES[self._at - 1])

    def action_step(self, number: str) -> None:
        self._go(_NAMES[int(number) - 1])

    @on(StepBar.Clicked)
    def _clicked(self, event: StepBar.Clicked) -> None:
        self._go(event.name)

    def _go(self, name: str) -> None:
        to = _NAMES.index(name)
        if to < self._at and (reason := self.previous_step_disabled_reason()):
            self.console.say(reason, "warning")
        elif to < self._at:
            self.show_step(name)
        elif to == self._at + 1 and (reason := self.next_disabled_reason()) is None:
            self.action_next()
        elif to > self._at:
            reason = self.next_disabled_reason() or "Go on step by step with ]."
            self.console.say(reason, "warning")
