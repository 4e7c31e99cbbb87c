"""Step 5 of the wizard: compare the rows with the server before anything is sent."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from dyntui.core.errors import DyntuiError, StoppedError
from dyntui.core.ids import short_id
from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.importer import describe_key
from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column
from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.wizard_service import WizardService
from dyntui.store.precheck_matches import PrecheckRow, found_numbers, found_rows
from dyntui.store.states import RowState
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.formatting import draw_bar
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, text_line, value_line
from dyntui.tui.features.imports.review_table import ReviewRows
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.progress import Progressed, progress_callback
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.console_state import NOT_OPEN

__all__ = ["CheckStep"]

_FINDING_COLUMNS = (
    Column("number", "row", 6, right=True, priority=0, format=thousands),
    Column("finding", "result", 34, grow=True, priority=1),
    Column("key", "matched by", 24, grow=True, priority=0),
    Column("users", "user", 24, priority=2),
)
_FINDINGS = {
    "exists": "exists",
    "conflict": "! matches two users",
    "taken": "! value of another user",
}

_COUNTS = ("new", "exists", "conflict", "taken", "unchanged")


class CheckStep(WizardStep):
    """Compare the rows with the server, and choose whether existing users are updated."""

    NAME = "check"
    BINDINGS = bindings(IMPORTS_ACTIONS, "check")
    BORDER_TITLES = {"check-report": "check", "found": "existing rows"}

    summary: Mapping[str, int] | None = None
    """The counts of the check; None when the rows were not checked."""
    _row_count = 0
    _control: JobControl | None = None
    """Stops the check; None while none is running."""
    _progress = Progressed(0)

    @property
    def shown_resources(self) -> frozenset[str]:
        if self.summary is None:
            return frozenset()
        return frozenset({"users" if self.draft.kind == "users" else "allowlist-entries"})

    def compose(self) -> ComposeResult:
        yield ReportView(id="check-report")
        self._rows = ReviewRows(self._fetch)
        self._rows.show(array("q"))
        yield Table(_FINDING_COLUMNS, self._rows, empty=self._empty, id="found")

    def default_focus(self) -> Widget | None:
        return self.query_one("#found")

    def on_step_shown(self) -> None:
        options = self.wizard.options()

        def load(service: WizardService) -> tuple[int, Mapping[str, int] | None, array[int]]:
            from dyntui.services.imports.precheck import PRECHECKED

            service.open_job(self.draft)
            journal = service.finish_review(options)
            found = journal.facts.get(PRECHECKED)
            summary = {name: int(found.get(name, 0)) for name in _COUNTS} if found is not None else None
            numbers = found_numbers(journal) if found is not None else array("q")
            row_count = sum(
                journal.counts.get(state, 0) for state in (RowState.PENDING, RowState.EXISTS, RowState.REVIEW)
            )
            return row_count, summary, numbers

        self.wizard.submit(load, self._on_loaded, latest="check")

    def on_step_left(self) -> None:
        self._stop()

    def on_wizard_suspended(self) -> None:
        """Another screen is shown: the check continues."""

    def _on_loaded(self, loaded: tuple[int, Mapping[str, int] | None, array[int]]) -> None:
        self._row_count, self.summary, numbers = loaded
        self._rows.show(numbers)
        self.query_one("#found", Table).show(self._rows)
        self._show()

    def _fetch(self, numbers: Sequence[int]) -> None:
        def fetched(found: dict[int, PrecheckRow]) -> None:
            self._rows.add_rows({number: _row(row) for number, row in found.items()})
            self.query_one("#found", Table).view_changed()

        self.wizard.submit(lambda service: found_rows(service.job(), numbers), fetched)

    # The check

    @property
    def is_checking(self) -> bool:
        return self._control is not None

    def check_disabled_reason(self) -> str | None:
        if self.console.session.connection is None:
            return NOT_OPEN
        return self.blocked_reason()

    def upsert_disabled_reason(self) -> str | None:
        if self.draft.kind != "users":
            return "Existing allowlist entries are never updated."
        if self.draft.mapping is not None and "id" in self.draft.mapping.targets:
            return "Users that keep their ids are created one by one, so existing users cannot be updated."
        return self.blocked_reason()

    def action_check(self) -> None:
        connection = self.console.session.connection
        assert connection is not None
        self._control = control = JobControl()
        self._progress = Progressed(0)
        self.summary = None
        self._show()
        change_count = self.wizard.change_count

        def check(service: WizardService) -> bool:
            try:
                service.check(connection, control, progress_callback(self))
            except StoppedError:
                return False
            return True

        def checked(is_complete: bool) -> None:
            self.wizard.mark_up_to_date(change_count)
            self._on_checked(is_complete)

        self.wizard.submit(check, checked, self._on_failed)

    def _on_checked(self, is_complete: bool) -> None:
        self._control = None
        if not is_complete:
            self.console.notify("Check stopped. Nothing was changed.")
        if not self.wizard.is_suspended:
            self.on_step_shown()

    def _on_failed(self, error: DyntuiError) -> None:
        self._control = None
        self._show()
        self.console.notify_error(error)

    @on(Progressed)
    def _on_progressed(self, event: Progressed) -> None:
        self._progress = event
        self._show()

    def _stop(self) -> None:
        if self._control is not None:
            self._control.request_stop(StopRequest.PAUSE, "stopped by you")

    def back_label(self) -> str | None:
        return "the check" if self.is_checking else None

    def handle_back(self) -> None:
        self._stop()

    def action_upsert(self) -> None:
        """Turn upsert on or off; the check has to run again."""
        self.draft.upsert = not self.draft.upsert
        self.wizard.save()
        self.on_step_shown()

    # Display

    def _show(self) -> None:
        upsert = self.draft.upsert
        lines = [
            value_line(
                "existing users",
                "updated (upsert)" if upsert else "unchanged",
                note=f"{key_of('check.upsert')} to change",
            )
            if self.draft.kind == "users"
            else value_line("existing entries", "unchanged"),
            value_line("rows to check", f"{self._row_count:,}"),
        ]
        if self.is_checking:
            done, total = self._progress.done, self._progress.total
            lines += [
                value_line("checked", f"{done:,} of {total:,}" if total else f"{done:,}"),
                value_line("", draw_bar(done, total), note=f"{key_of('app.back')} to stop"),
            ]
        elif self.summary is None:
            lines += [
                value_line(""),
                heading("not checked"),
                text_line("The check only reads; nothing is changed on the server."),
            ]
        else:
            lines += self._summary_lines(self.summary)
        self.query_one("#check-report", ReportView).set_lines(lines)
        self.changed()

    def _summary_lines(self, found: Mapping[str, int]) -> list[ReportLine]:
        notes = {
            "new": ("new", "to be created"),
            "exists": ("existing", "to be updated" if self.draft.upsert else "stay unchanged"),
            "taken": ("taken", "value of another user; may be refused"),
            "conflict": ("conflicts", "the row matches two users; not sent"),
        }
        if self.draft.upsert:
            notes["unchanged"] = ("unchanged", "already up to date")
        lines = [value_line(""), heading(f"{quantity(self._row_count, 'row')} checked")]
        for name, (label, note) in notes.items():
            style = "warn" if found[name] and name in ("taken", "conflict") else ""
            lines.append(value_line(label, f"{found[name]:,}", note=note, style=style))
        return lines

    def _empty(self) -> str:
        if self.is_checking:
            return "checking ···"
        if self.summary is None:
            return (
                f"Press {key_of('check.check')} to check now, or {key_of('wizard.next')} to let the "
                "job check at its start."
            )
        return f"No row exists on the server. Press {key_of('wizard.next')} to continue."

    @property
    def note(self) -> str:
        if self.summary is None and self.draft.step == "plan":
            return "skipped"
        conflicts = self.summary["conflict"] if self.summary is not None else 0
        return quantity(conflicts, "conflict") if conflicts else ""

    def status(self) -> Sequence[Piece]:
        if self.is_checking:
            return [("checking", "")]
        return [("checked", "") if self.summary is not None else ("not checked", "warn")]

    def blocked_reason(self) -> str | None:
        return f"The check is running. Press {key_of('app.back')} to stop it." if self.is_checking else None


def _row(found: PrecheckRow) -> Row:
    shown = found.keys[:1] if found.what == "exists" else found.keys
    users = ", ".join(short_id(user) for user in found.users)
    return {
        "number": found.number,
        "finding": _FINDINGS[found.what],
        "key": ", ".join(describe_key(key) for key in shown),
        "users": users,
    }
