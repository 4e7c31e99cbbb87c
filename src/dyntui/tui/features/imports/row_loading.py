"""Load the rows of the draft into its journal: from the file, or from the journal with another mapping."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from textual import on

from dyntui.api.errors import ApiProblem
from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.services.imports.wizard_service import WizardService
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.progress import Progressed, progress_callback
from dyntui.tui.kit.widgets.spinner import Spinner
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.confirm_dialog import ask_confirmation

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.services.imports.wizard_review import ReviewSummary
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["RowLoadingMixin"]


class RowLoadingMixin(WizardStep):
    """A step that needs the rows in the journal. A subclass gives `show_rows`."""

    summary: ReviewSummary | None = None
    """The counts of the rows; None while they are loading."""
    is_preparing = False

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._stop = Event()

    def show_rows(self) -> None:
        """Show the rows; they are loaded."""
        raise NotImplementedError

    def on_step_shown(self) -> None:
        draft = self.draft

        def load(service: WizardService) -> tuple[bool, int]:
            service.open_job(draft)
            return service.is_prepared(draft), service.count_lost_edits(draft)

        self.wizard.submit(load, self._on_prepared_state, latest="prepare")

    def on_wizard_suspended(self) -> None:
        """Another screen is shown: loading continues."""

    def on_step_left(self) -> None:
        self._stop.set()

    def _on_prepared_state(self, found: tuple[bool, int]) -> None:
        prepared, edits = found
        if prepared:
            self.show_rows()
        elif edits:
            self._confirm_reload(edits)
        else:
            self._prepare()

    def _confirm_reload(self, edits: int) -> None:
        """Ask before edits are lost because the file is read differently."""
        ask_confirmation(
            self.console,
            f"Discard the edits of {quantity(edits, 'row')}?",
            "The file or its settings changed, so its rows have to be read again.",
            "this draft",
            self._prepare,
            lambda: self.wizard.show_step("parse"),
            verb="Discard",
        )

    def _prepare(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return  # called again when the environment is open
        self.summary = None
        self._stop = Event()
        self.is_preparing = True
        self.add_class("-preparing")
        self._show_progress(Progressed(0))
        start_worker(self, partial(self._load_rows, connection, self._stop), group="prepare")

    async def _load_rows(self, connection: Connection, stop: Event) -> None:
        from dyntui.services.imports.jobs import JobLocation, load_organization_id

        try:
            organization_id = await load_organization_id(connection.client)
        except ApiProblem:
            organization_id = ""  # the id is only used for display
        location = JobLocation.of(connection.profile, organization_id)
        draft, options = self.draft, self.wizard.options()
        on_rows = progress_callback(self)

        def make(service: WizardService) -> None:
            service.prepare(draft, location, options, on_rows, stop)

        self.wizard.submit(make, lambda done: None if self.wizard.is_suspended else self.show_rows(), self._on_failed)

    @on(Progressed)
    def _show_progress(self, event: Progressed) -> None:
        spinner = self.query_one(Spinner)
        spinner.label = f"loading rows: {event.done:,}   {key_of('app.back')} to stop"
        spinner.repaint()

    def _on_failed(self, error: DyntuiError) -> None:
        self._set_ready()
        self.console.notify_error(error)
        self.wizard.show_step("map")

    def _set_ready(self) -> None:
        self.is_preparing = False
        self.remove_class("-preparing")
