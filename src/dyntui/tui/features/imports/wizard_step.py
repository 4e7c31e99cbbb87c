"""Base classes of the import wizard and of its steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import on
from textual.containers import Vertical
from textual.widget import Widget

from dyntui.core.errors import DyntuiError, StoppedError
from dyntui.services.imports.wizard_draft import ImportDraft, save_draft
from dyntui.services.imports.wizard_thread import WizardThread
from dyntui.tui.kit.action_registry import ActionMixin
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.base_screen import ConsoleScreen

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.imports.draft_source import FilePreview, FileTotals
    from dyntui.services.imports.runner import JobOptions
    from dyntui.services.imports.wizard_service import WizardService
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["Wizard", "WizardStep"]


T = TypeVar("T")


class Wizard(ConsoleScreen):
    """The wizard, as its steps use it: the draft, and work in the wizard thread.

    draft: the decisions so far. has_begun: whether the job has sent rows.
    """

    def __init__(self, draft: ImportDraft, *, has_begun: bool = False) -> None:
        super().__init__()
        self.draft = draft
        self.has_begun = has_begun
        self.thread = WizardThread(lambda: self.console.typed_at)
        self.preview: FilePreview | None = None
        self.totals: FileTotals | None = None
        self.is_suspended = False

    def step_changed(self) -> None:
        """Update the step bar, the header and the footer."""

    def start_job(self, confirmation: Confirmation, first: int | None) -> None:
        """Start the job and delete the draft. first: rows to send before a pause; None for all."""

    def resume_job(self) -> None:
        """Resume a paused job; it was confirmed when it started."""

    def replace_draft(self, draft: ImportDraft) -> None:
        """Show another draft on this screen."""

    def show_step(self, name: str) -> None:
        """Show a step."""

    def restore_focus(self) -> None:
        """Move the focus to the default widget, unless a prompt is open."""

    @property
    def has_unsent_draft(self) -> bool:
        """Whether there is something to save."""
        return not self.has_begun and bool(self.draft.path or self.draft.job)

    def save(self) -> None:
        """Save the draft in the wizard thread."""
        if self.has_unsent_draft:
            copy = replace(self.draft)
            self.submit(lambda service: save_draft(copy))

    def submit(
        self,
        work: Callable[[WizardService], T],
        then: Callable[[T], None] = lambda result: None,
        failed: Callable[[DyntuiError], None] | None = None,
        *,
        latest: str = "",
    ) -> None:
        """Run `work` in the wizard thread; call `then` with its result, or `failed` with its error.

        latest: a name for work of which only the newest matters: a waiting one of the same name is dropped.
        """

        async def run() -> None:
            try:
                result = await asyncio.wrap_future(self.thread.submit(work))
            except StoppedError:
                return
            except DyntuiError as error:
                if self.is_attached:
                    (failed or self.console.notify_error)(error)
                return
            if self.is_attached:
                then(result)

        start_worker(self, run, group=latest or "wizard", exclusive=bool(latest))

    def options(self) -> JobOptions:
        """Return the options of the job."""
        from dyntui.services.imports.runner import JobOptions

        return JobOptions(upsert=self.draft.upsert, settle=float(self.console.settings.settle_seconds))


class WizardStep(ActionMixin, Vertical):
    """One step. A subclass gives NAME, its widgets, and the methods below that it needs."""

    NAME: ClassVar[str] = ""
    BORDER_TITLES: ClassVar[Mapping[str, str]] = {}
    """The titles in the borders of widgets, by the id of the widget."""
    OPEN_ACTIONS: ClassVar[Mapping[str, str]] = {}
    """The ids of the actions that a click on the line under the cursor runs, by the id of the list."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(id=f"step-{self.NAME}", classes="step")
        self.wizard = wizard

    def on_mount(self) -> None:
        for widget_id, title in self.BORDER_TITLES.items():
            self.query_one(f"#{widget_id}").border_title = title

    @on(LineList.Opened)
    async def _line_opened(self, event: LineList.Opened) -> None:
        if action_id := self.OPEN_ACTIONS.get(event.lines.id or ""):
            await self.action_do(action_id)

    # For subclasses

    def on_step_shown(self) -> None:
        """The step is shown: load what the draft needs. Also called when the wizard is shown again."""

    @property
    def shown_resources(self) -> frozenset[str]:
        """Return the resources that the step shows; a change of one marks the step as out of date."""
        return frozenset()

    def reload(self) -> None:
        """Refresh the shown data."""

    def on_step_left(self) -> None:
        """Another step is shown: stop work that only this step needs."""

    def on_wizard_suspended(self) -> None:
        """Another screen is shown; `on_step_shown` is called on return."""
        self.on_step_left()

    def blocked_reason(self) -> str | None:
        """Return why the next step is not available, in one sentence; None when it is."""
        return None

    @property
    def note(self) -> str:
        """The text after the title in the step bar, such as `12 problems`."""
        return ""

    def status(self) -> Sequence[Piece]:
        """Return the text at the right of the footer."""
        return ()

    def default_focus(self) -> Widget | None:
        """Return the widget that gets the focus when the step is shown."""
        return next((widget for widget in self.query("LineList").results(Widget) if widget.focusable), None)

    def back_label(self) -> str | None:
        """Return what going back closes inside the step; None when it leaves the step."""
        return None

    def handle_back(self) -> None:
        """Close what `back_label` names."""

    def lines_moved(self, lines: LineList) -> None:
        """The cursor of a list moved, or its number of lines changed."""

    # Access to the wizard

    @property
    def console(self) -> ConsoleApp:
        return cast("ConsoleApp", self.app)

    @property
    def draft(self) -> ImportDraft:
        return self.wizard.draft

    def copy(self) -> ImportDraft:
        """Return a copy of the draft for the wizard thread."""
        return replace(self.draft)

    def show_imported(self, allowlist_id: str, allowlist_name: str) -> None:
        """Open the list with what was imported: the users, or the entries of the allowlist."""
        from dyntui.resources.all_resources import RESOURCES

        if self.draft.kind == "users":
            self.console.open_list(RESOURCES["users"], selects_newest=True)
        else:
            self.console.open_list(RESOURCES["allowlist-entries"], allowlist_id, allowlist_name, selects_newest=True)

    def changed(self) -> None:
        """Update the step bar, the header and the footer."""
        self.wizard.step_changed()
