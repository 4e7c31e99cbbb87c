"""What every step of the wizard is: a part of one screen that reads and changes one draft."""

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
    look: FilePreview | None
    counted: FileTotals | None
    away: bool
    change_count: int

    def mark_read(self, change_count: int) -> None:
        """What is shown was read, beginning when `change_count` changes had been seen."""

    def step_changed(self) -> None:
        """Trail and frame may have to say something else."""

    def save(self) -> None:
        """Put the draft on the disk, in its turn."""

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

    def options(self) -> JobOptions:
        """How the job is to run."""

    def begin(self, confirmation: Confirmation, first: int | None) -> None:
        """Let the job run: from here on the journal knows everything, and the draft goes."""

    def start_over(self, draft: ImportDraft) -> None:
        """Go on with another draft, in the same place."""

    def go_on(self) -> None:
        """Go on with a job that was paused; it was confirmed when it began."""

    def show_step(self, name: str) -> None:
        """Go to a step."""

    def go_home(self) -> None:
        """Put the focus where it belongs, unless somebody is typing."""


class WizardStep(ActionMixin, Vertical):
    """A subclass names itself, composes its part and says where it stands."""

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(id=f"step-{self.NAME}", classes="step")
        self.wizard = wizard

    # What a subclass says

    def current_input(self) -> None:
        """The step is shown, perhaps again: look at the draft."""

    @property
    def shown_resources(self) -> frozenset[str]:
        """The resources that are shown (services.actions.resource_changes)."""
        return frozenset()

    def reload(self) -> None:
        """Read what is shown again, as in `Framed`."""

    def left(self) -> None:
        """Another step is shown."""

    def away(self) -> None:
        """Another screen is shown; the step is entered again when this one is back."""
        self.left()

    def blocked(self) -> str | None:
        """Why the next step cannot be reached, in one sentence; None when it can."""
        return None

    @property
    def note(self) -> str:
        """What the trail says beside the name."""
        return ""

    def status(self) -> Sequence[Piece]:
        """The right of the bottom line."""
        return ()

    def default_focus(self) -> Widget | None:
        """Where the focus belongs."""
        return next((widget for widget in self.query("LineList").results(Widget) if widget.focusable), None)

    def back_label(self) -> str | None:
        """What going back undoes before it leaves the step; None for nothing."""
        return None

    def handle_back(self) -> None:
        """Undo that."""

    def lines_moved(self, lines: LineList) -> None:
        """The cursor of a list is on another line, or there are more or fewer of them."""

    def filter_entered(self, text: str) -> None:
        """The prompt was answered."""

    # What it works with

    @property
    def console(self) -> ConsoleApp:
        return cast("ConsoleApp", self.app)

    @property
    def draft(self) -> ImportDraft:
        return self.wizard.draft

    def copy(self) -> ImportDraft:
        """The draft as it is now, for another thread."""
        return replace(self.draft)

    def changed(self) -> None:
        """The trail or the frame may have to say something else."""
        self.wizard.step_changed()
