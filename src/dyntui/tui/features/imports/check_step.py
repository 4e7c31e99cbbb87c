"""Step 5: which rows are on the server already, asked before anything is sent."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from dyntui.core.errors import DyntuiError, StoppedError
from dyntui.core.ids import short_id
from dyntui.importer import describe_key
from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.wizard_service import WizardService
from dyntui.store.precheck_rows import PrecheckRow, found_numbers, found_rows
from dyntui.store.states import RowState
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.progress_bar import bar
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, line, words
from dyntui.tui.features.imports.review_table import ReviewRows
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["CheckStep"]

_FOUND = (
    Column("number", "row", 6, right=True, priority=0, format=thousands),
    Column("words", "found", 34, grow=True, priority=1),
    Column("key", "by", 24, grow=True, priority=0),
    Column("users", "user", 24, priority=2),
)
_WORDS = {
    "exists": "is there already",
    "conflict": "! matches two of them",
    "taken": "! another one has this value",
}


class CheckStep(WizardStep):
    """Compare the rows with the server; what is done with those that are there is decided here."""

    NAME, TITLE = "check", "Check"
    BINDINGS = bindings(IMPORTS_ACTIONS, "check")

    class Asked(Message):
        """So much was looked at."""

        def __init__(self, done: int, all_: int | None) -> None:
            super().__init__()
            self.done = done
            self.all = all_

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, CheckStep.Asked)

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.found: Mapping[str, Any] | None = None
        self._ready = 0
        self._control: JobControl | None = None
        self._done, self._all = 0, None  # type: int, int | None

    @property
    def shown_resources(self) -> frozenset[str]:
        if self.found is None:
            return frozenset()
        return frozenset({"users" if self.draft.kind == "users" else "allowlist-entries"})

    def compose(self) -> ComposeResult:
        yield ReportView(id="check-sheet")
        yield Table(_FOUND, ReviewRows(lambda wanted: None), empty=self._empty, id="found")

    def on_mount(self) -> None:
        self.query_one("#check-sheet").border_title = "against the server"
        table = self.query_one("#found", Table)
        table.border_title = "rows that were found"
        self._rows = ReviewRows(self._fetch)
        self._rows.show(array("q"))
        table.view = self._rows

    def default_focus(self) -> Widget | None:
        return self.query_one("#found")

    def current_input(self) -> None:
        options = self.wizard.options()

        def look(bench: WizardService) -> tuple[int, Mapping[str, Any] | None, array[int]]:
            from dyntui.services.imports.precheck import PRECHECKED

            bench.open_job(self.draft)
            journal = bench.finish_review(options)
            checked = journal.facts.get(PRECHECKED)
            settled = found_numbers(journal) if checked is not None else array("q")
            there = sum(journal.counts.get(state, 0) for state in (RowState.PENDING, RowState.EXISTS, RowState.REVIEW))
            return there, checked, settled

        self.wizard.hand(look, self._seen, latest="check-look")

    def left(self) -> None:
        self._stop()

    def away(self) -> None:
        """Another screen is shown: the server is asked meanwhile."""

    def _seen(self, seen: tuple[int, Mapping[str, Any] | None, array[int]]) -> None:
        self._ready, self.found, numbers = seen
        self._rows.show(numbers)
        self.query_one("#found", Table).show(self._rows)
        self._show()

    def _fetch(self, wanted: Sequence[int]) -> None:
        def fetched(found: dict[int, PrecheckRow]) -> None:
            self._rows.put({number: _row(row) for number, row in found.items()})
            self.query_one("#found", Table).view_changed()

        self.wizard.hand(lambda bench: found_rows(bench.job(), wanted), fetched)

    # Checking

    @property
    def checking(self) -> bool:
        return self._control is not None

    def check_disabled_reason(self) -> str | None:
        if self.console.session.connection is None:
            return "The environment is not open."
        return "It is being checked now. esc stops it." if self.checking else None

    def upsert_disabled_reason(self) -> str | None:
        if self.draft.kind != "users":
            return "Entries that are there are left alone."
        return "It is being checked now. esc stops it." if self.checking else None

    def action_check(self) -> None:
        connection = self.console.session.connection
        assert connection is not None
        self._control = control = JobControl()
        self._done, self._all = 0, None
        self.found = None
        self._show()
        seen = self.wizard.change_count

        def tell(done: int, all_: int | None) -> None:
            self.post_message(self.Asked(done, all_))

        def check(bench: WizardService) -> Mapping[str, Any] | None:
            try:
                return bench.check(connection, control, tell)
            except StoppedError:
                return None

        def checked(found: Mapping[str, Any] | None) -> None:
            self.wizard.mark_read(seen)
            self._checked(found)

        self.wizard.hand(check, checked, self._failed)

    def _checked(self, found: Mapping[str, Any] | None) -> None:
        self._control = None
        if found is None:
            self.console.say("The check was stopped. Nothing was changed.")
        if not self.wizard.away:
            self.current_input()

    def _failed(self, error: DyntuiError) -> None:
        self._control = None
        self._show()
        self.console.say_error(error)

    @on(Asked)
    def _asked(self, event: Asked) -> None:
        self._done, self._all = event.done, event.all
        self._show()

    def _stop(self) -> None:
        if self._control is not None:
            self._control.request_stop(StopRequest.PAUSE, "stopped")

    def back_label(self) -> str | None:
        return "the check" if self.checking else None

    def handle_back(self) -> None:
        self._stop()

    def action_upsert(self) -> None:
        """Update those who are there, or leave them alone; what was found before is asked anew."""
        self.draft.upsert = not self.draft.upsert
        self.wizard.save()
        self.current_input()

    # What is shown

    def _show(self) -> None:
        upsert = self.draft.upsert
        lines = [
            line("who is there already", "is updated (upsert)" if upsert else "is left alone", note="e changes it")
            if self.draft.kind == "users"
            else line("what is there already", "is left alone"),
            line("rows to look up", f"{self._ready:,}"),
        ]
        if self.checking:
            share = self._done / self._all if self._all else 0.0
            of = f" of {self._all:,}" if self._all else ""
            lines += [line("asked so far", f"{self._done:,}{of}"), line("", bar(share, 40), note="esc stops")]
        elif self.found is None:
            lines += [
                line(""),
                heading("not checked yet"),
                words("enter asks the server; nothing is sent or changed"),
            ]
        else:
            lines += self._outcome(self.found)
        self.query_one("#check-sheet", ReportView).put(lines)
        self.changed()

    def _outcome(self, found: Mapping[str, Any]) -> list[ReportLine]:
        new, exists, conflict, taken = (int(found[name]) for name in ("new", "exists", "conflict", "taken"))
        left = "are updated" if self.draft.upsert else "are left alone"
        lines = [
            line(""),
            heading(
                f"{self._ready:,} rows = {new:,} new + {exists:,} there + {taken:,} taken + {conflict:,} conflicts"
            ),
            line("new", f"{new:,}", note="are created"),
            line("there already", f"{exists:,}", note=left),
            line(
                "taken",
                f"{taken:,}",
                note="another one has a value of it; may be refused",
                style="warn" if taken else "",
            ),
            line(
                "conflicts",
                f"{conflict:,}",
                note="match two of them and are not sent",
                style="warn" if conflict else "",
            ),
        ]
        if self.draft.upsert:
            lines.append(line("unchanged", f"{int(found['unchanged']):,}", note="have all values already"))
        return lines

    def _empty(self) -> str:
        if self.checking:
            return "asking the server ···"
        if self.found is None:
            return "Not asked yet. enter asks; ] goes on without: the job asks when it starts."
        return "None of the rows is on the server. ] goes on."

    @property
    def note(self) -> str:
        if self.found is None and self.draft.step == "plan":
            return "skipped"
        conflicts = int(self.found["conflict"]) if self.found is not None else 0
        return f"{conflicts:,} conflict{'s' if conflicts != 1 else ''}" if conflicts else ""

    def status(self) -> Sequence[Piece]:
        if self.checking:
            return [("asking the server", "")]
        return [("checked", "")] if self.found is not None else [("not checked", "warn")]

    def blocked(self) -> str | None:
        return "It is being checked. esc stops it." if self.checking else None

    @on(LineList.Opened, "#found")
    def _clicked(self) -> None:
        """A row of what was found has no more to it."""


def _row(found: PrecheckRow) -> dict[str, Any]:
    shown = found.keys[:1] if found.what == "exists" else found.keys
    users = ", ".join(short_id(user) for user in found.users)
    return {
        "number": found.number,
        "words": _WORDS[found.what],
        "key": ", ".join(describe_key(key) for key in shown),
        "users": users,
    }
