"""The rows are made ready before they are looked at: from the file, or anew from the job under another mapping."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from dyntui.api.errors import ApiProblem
from dyntui.core.errors import DyntuiError
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.services.imports.wizard_service import WizardService
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.widgets.spinner import Spinner
from dyntui.tui.shell.confirm_dialog import confirm

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["RowLoadingMixin"]


class RowLoadingMixin(WizardStep):
    """A step that needs the rows. A subclass gives `load`, which shows them."""

    class Prepared(Message):
        """So many rows were read."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, RowLoadingMixin.Prepared)

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.preparing = False
        self._stop = Event()

    def load(self) -> None:
        """Show the rows; they are ready."""
        raise NotImplementedError

    def forget(self) -> None:
        """What is shown does not hold any more."""

    def current_input(self) -> None:
        draft = self.draft

        def look(bench: WizardService) -> tuple[bool, int]:
            bench.open_job(draft)
            return bench.is_prepared(draft), bench.count_lost_edits(draft)

        self.wizard.hand(look, self._known, latest="prepare")

    def away(self) -> None:
        """Another screen is shown: the rows are made ready meanwhile."""

    def left(self) -> None:
        self._stop.set()

    def _known(self, found: tuple[bool, int]) -> None:
        prepared, edits = found
        if prepared:
            self.load()
        elif edits:
            self._confirm_reading(edits)
        else:
            self._prepare()

    def _confirm_reading(self, edits: int) -> None:
        """The file is read another way: what was put right in its rows cannot be taken along."""
        needed = Requirement(
            ConfirmationLevel.CONFIRM,
            f"Give up the changes to {edits:,} rows?",
            (),
            "The file is another one, or is read another way; changes to its rows do not fit any more.",
            "this draft",
        )

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is not None and confirmation.yes:
                self._prepare()
            else:
                self.wizard.show_step("parse")

        self.console.ask(confirm(needed, verb="Give them up"), answered)

    def _prepare(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return  # it comes here again when the environment is open
        self.forget()
        self._stop = Event()
        self.preparing = True
        self.add_class("-preparing")
        self._spin(self.Prepared(0))
        self.run_worker(self._make(connection, self._stop), group="prepare")

    async def _make(self, connection: Connection, stop: Event) -> None:
        from dyntui.services.imports.jobs import JobLocation, load_organization_id

        try:
            organisation = await load_organization_id(connection.client)
        except ApiProblem:
            organisation = ""  # the job is for this environment whoever it belongs to
        where = JobLocation.of(connection.profile, organisation)
        draft, options = self.draft, self.wizard.options()

        def tell(rows: int) -> None:
            self.post_message(self.Prepared(rows))

        def make(bench: WizardService) -> None:
            bench.prepare(draft, where, options, tell, stop)

        self.wizard.hand(make, lambda done: None if self.wizard.away else self.load(), self._cannot)

    @on(Prepared)
    def _spin(self, event: Prepared) -> None:
        spinner = self.query_one(Spinner)
        spinner.label = f"reading and checking rows: {event.rows:,}   esc stops"
        spinner.repaint()

    def _cannot(self, error: DyntuiError) -> None:
        self._ready()
        self.console.say_error(error)
        self.wizard.show_step("map")

    def _ready(self) -> None:
        self.preparing = False
        self.remove_class("-preparing")
