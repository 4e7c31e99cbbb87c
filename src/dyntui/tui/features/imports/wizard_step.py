"""Base class of the steps of the import wizard, and the interface of the wizard that they use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, cast

from textual.containers import Vertical
from textual.widget import Widget

from dyntui.tui.kit.action_registry import ActionMixin
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece

if TYPE_CHECKING:
    from collections.abc import Callable

    from dyntui.core.errors import DyntuiError
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.imports.job_service import JobOptions
    from dyntui.services.imports.wizard_draft import ImportDraft
    from dyntui.services.imports.wizard_service import FilePreview, FileTotals, WizardService
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["Wizard", "WizardStep"]


T = TypeVar("T")


class Wizard(Protocol):
    """The wizard, as its steps see it."""

    draft: ImportDraft
    preview: FilePreview | None
    totals: FileTotals | None
    is_suspended: bool
    change_count: int

    def mark_up_to_date(self, change_count: int) -> None:
        """Record that the shown rows were read when `change_count` changes were known."""

    def step_changed(self) -> None:
        """Update the step bar, the header and the footer."""

    def save(self) -> None:
        """Save the draft in the wizard thread."""

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

    def options(self) -> JobOptions:
        """Return the options of the job."""

    def start_job(self, confirmation: Confirmation, first: int | None) -> None:
        """Start the job. first: rows to send before a pause; None for all."""

    def replace_draft(self, draft: ImportDraft) -> None:
        """Show another draft on this screen."""

    def resume_job(self) -> None:
        """Resume a paused job; it was confirmed when it started."""

    def show_step(self, name: str) -> None:
        """Show a step."""

    def restore_focus(self) -> None:
        """Move the focus to the default widget, unless a prompt is open."""


class WizardStep(ActionMixin, Vertical):
    """One step. A subclass gives NAME and TITLE, its widgets, and the methods below that it needs."""

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(id=f"step-{self.NAME}", classes="step")
        self.wizard = wizard

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

    def filter_entered(self, text: str) -> None:
        """A filter was entered in the prompt."""

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

    def changed(self) -> None:
        """Update the step bar, the header and the footer."""
        self.wizard.step_changed()
