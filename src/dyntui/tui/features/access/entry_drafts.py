"""Add many entries by paste: the paste dialog, and the screen that reviews the parsed lines before they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from dyntui.resources import Column
from dyntui.resources.allowlists import IDENTIFIER_TITLES
from dyntui.services.access.access_policy import Row, name_of
from dyntui.services.access.drafts import DraftState, EntryDraft, mark_duplicates, parse_lines, with_kind
from dyntui.services.access.entries import add_entries, check_existing, entry_target, new_job
from dyntui.services.actions.write_types import WriteOutcome, WriteResults
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_runner import run_action, run_read_worker
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["EntryDraftsScreen", "PasteEntriesDialog", "open_drafts"]

_COLUMNS = (
    Column("value", "identifier", 24, grow=True, priority=0),
    Column("kind", "kind", 12, priority=0),
    Column("state", "state", 9, priority=0),
    Column("why", "problem", 22, grow=True, priority=1),
    Column("alias", "alias", 16, priority=3),
    Column("line", "line", 5, right=True, priority=2),
)
_SENT = "sent"


class PasteEntriesDialog(BaseDialog[str]):
    """Ask for entries, one per line; the result is the text."""

    BINDINGS = bindings(ACCESS_ACTIONS, "pasting")

    def __init__(self, name: str) -> None:
        super().__init__(classes="large paste")
        self.title_text = f"Paste entries for {name}"

    def content(self) -> ComposeResult:
        yield Static(
            "One per line: email, 0x…, +49…, example.com, twitter:ada, fid:77, external:u-1; an alias after a comma.",
            markup=False,
        )
        area = TextArea("", show_line_numbers=False, tab_behavior="focus", id="rows")
        area.cursor_blink = False
        yield area

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("ctrl+s", "review"), ("esc", "cancel"))

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()

    def current_input(self) -> str:
        return self.query_one(TextArea).text

    def action_take(self) -> Any:
        self.submit(self.current_input())


def open_drafts(console: ConsoleApp, row: Row, lists: Sequence[Row], text: str) -> None:
    """Parse the pasted text and open the review screen."""
    profile = console.session.profile
    live = profile is not None and profile.kind == "live"
    console.visit(EntryDraftsScreen(row, lists, parse_lines(text, live=live), live=live))


class EntryDraftsScreen(TableScreen):
    """Review parsed entries before they are added to a list."""

    BINDINGS = bindings(ACCESS_ACTIONS, "drafts")

    def __init__(self, row: Row, lists: Sequence[Row], drafts: Sequence[EntryDraft], *, live: bool) -> None:
        super().__init__()
        self.row = row
        self.lists = tuple(lists)
        self.drafts = list(drafts)
        self.live = live
        self.checked = False

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("allowlists", name_of(self.row), "pasted")

    def body(self) -> ComposeResult:
        with Vertical():
            yield SummaryText()
            yield Table(_COLUMNS, StaticRows(), empty=lambda: "No entries left to add. esc goes back.", id="list")

    def connected(self, connection: Connection) -> None:
        self._show()
        self._check()

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"allowlist-entries"})

    def reload(self) -> None:
        self._check()

    def _check(self) -> None:
        connection = self.console.session.connection
        if connection is not None:
            seen = self.change_count
            work = check_existing(connection.client, self.row, self.drafts, self.lists)
            run_read_worker(self.console, work, lambda drafts: self._checked(drafts, seen))

    def _checked(self, drafts: list[EntryDraft], change_count: int) -> None:
        if change_count != self.change_count:
            return  # a newer check is running
        self.mark_up_to_date(change_count)
        self.drafts, self.checked = drafts, True
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        self.set_rows([_row(draft) for draft in self.drafts])
        counts = {state: self._count(state) for state in DraftState}
        words = {
            DraftState.NEW: "new",
            DraftState.EXISTS: "already on the list",
            DraftState.DUPLICATE: "duplicate",
            DraftState.INVALID: "invalid",
        }
        parts = [f"{counts[state]:,} {words[state]}" for state in DraftState if counts[state]]
        total = len(self.drafts)
        says = f"{total:,} {'entries' if total != 1 else 'entry'}: {', '.join(parts)}" if parts else ""
        self.query_one(SummaryText).set_lines(
            [says if self.checked else f"{says}; checking which are already on the list ···"]
        )
        self.refresh_status()

    def _count(self, state: DraftState) -> int:
        return sum(draft.state is state for draft in self.drafts)

    def status(self) -> Sequence[Piece]:
        at = f"{self.table.cursor + 1:,} of {len(self.drafts):,}" if self.drafts else ""
        return [(at, "")] if at else []

    def unsaved(self) -> str:
        count = self._count(DraftState.NEW)
        return f"adding the {count:,} {'entries' if count != 1 else 'entry'}" if count else ""

    # Reasons

    def selection_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else "No line is selected."

    def send_disabled_reason(self) -> str | None:
        return None if self._count(DraftState.NEW) else "There are no valid entries to add."

    # Actions

    def action_kind(self) -> None:
        index = self.table.cursor
        draft = self.drafts[index]
        choices = [Choice(name, title) for name, title in IDENTIFIER_TITLES.items()]

        def picked(kind: str | None) -> None:
            if kind is not None:
                self.drafts[index] = with_kind(draft, kind, live=self.live)
                self.drafts = mark_duplicates(self.drafts)
                self._show()
                self._check()

        self.console.ask(SelectDialog(f"Type of {draft.text}", choices), picked)

    def action_leave(self) -> None:
        del self.drafts[self.table.cursor]
        self.drafts = mark_duplicates(self.drafts)
        self._show()

    def action_send(self) -> None:
        sending = [draft for draft in self.drafts if draft.state is DraftState.NEW]
        targets = [entry_target(draft.entry) for draft in sending]
        action = add_entries(self.row, job=new_job())
        run_action(self.console, action, targets, verb="Add", opening_key="enter", done=self._sent)

    def _sent(self, results: WriteResults) -> None:
        """Drop the added entries; keep the failed ones, with the reason."""
        by_key = {f"entry:{item.target.id}": item for item in results.items}
        left: list[EntryDraft] = []
        for draft in self.drafts:
            item = by_key.get(draft.key) if draft.state is DraftState.NEW else None
            if item is None:
                left.append(draft)
            elif item.outcome is not WriteOutcome.DONE:
                left.append(replace(draft, note=str(item.error or "not tried")))
        self.drafts = left
        if self.is_mounted:
            self._show()


def _row(draft: EntryDraft) -> dict[str, Any]:
    return {
        "line": draft.line,
        "value": draft.value,
        "kind": IDENTIFIER_TITLES.get(draft.kind, "?"),
        "alias": draft.entry.get("alias"),
        "state": draft.state.value,
        "why": draft.problem_text,
    }
