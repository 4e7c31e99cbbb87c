"""Adding several entries by paste: the paste dialog, and the screen to review the entries before they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.resources.allowlists import IDENTIFIER_TITLES
from dyntui.resources.resource import Column
from dyntui.services.access.access_policy import name_of
from dyntui.services.access.drafts import DraftState, EntryDraft, mark_duplicates, parse_lines
from dyntui.services.access.entries import add_entries, check_existing, entry_target
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.features.access.entry_form import EntryForm, draft_from
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import Values
from dyntui.tui.shell.action_runner import run_action, run_read_worker
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["EntryDraftsScreen"]

_STATUS = {
    DraftState.NEW: "new",
    DraftState.EXISTS: "on list",
    DraftState.DUPLICATE: "duplicate",
    DraftState.INVALID: "invalid",
}
"""State of a draft -> the text of the column `status`."""
_COUNT_LABELS = {**_STATUS, DraftState.EXISTS: "already on the list"}


class EntryDraftsScreen(TableScreen):
    """The review of entries before they are added to an allowlist."""

    BINDINGS = bindings(ACCESS_ACTIONS, "entry-drafts")
    shown_resources = frozenset({"allowlist-entries"})
    COLUMNS = (
        Column("value", "identifier", 20, grow=True, priority=0),
        Column("type", "type", 16, priority=0),
        Column("status", "status", 10, priority=0),
        Column("problem", "problem", 22, grow=True, priority=1),
        Column("alias", "alias", 16, priority=3),
        Column("line", "line", 5, right=True, priority=2),
    )
    EMPTY = "No entries to add. Press {app.back} to go back."
    HAS_SUMMARY = True

    def __init__(self, row: Row, lists: Sequence[Row], text: str, *, is_live: bool) -> None:
        """row: the allowlist to add to. lists: all allowlists, where else an entry may be. text: the pasted lines."""
        super().__init__()
        self.row = row
        self.lists = tuple(lists)
        self.drafts = parse_lines(text, live=is_live)
        self.is_live = is_live
        self.is_checked = False
        """Whether the drafts were compared with the entries of the allowlist."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("allowlists", name_of(self.row), "pasted")

    def connected(self, connection: Connection) -> None:
        self._show_drafts()
        self._go_to_problem(0)
        self.reload()

    def reload(self) -> None:
        change_count, drafts = self.change_count, self.drafts
        run_read_worker(
            self.console,
            lambda connection: check_existing(connection.client, self.row, drafts, self.lists),
            lambda checked: self._on_checked(checked, change_count),
        )

    def _on_checked(self, drafts: list[EntryDraft], change_count: int) -> None:
        if change_count != self.change_count:
            return  # a newer check is running
        self.mark_up_to_date(change_count)
        self.drafts, self.is_checked = drafts, True
        if self.is_mounted:
            self._show_drafts()

    def _show_drafts(self) -> None:
        self.set_rows([_row(draft) for draft in self.drafts])
        total = len(self.drafts)
        counts = ", ".join(
            f"{self._count(state):,} {_COUNT_LABELS[state]}" for state in DraftState if self._count(state)
        )
        summary = f"{quantity(total, 'entry', 'entries')}: {counts}" if counts else ""
        if not self.is_checked:
            summary += " · checking which are already on the list ···"
        self.show_summary(summary)
        self.refresh_status()

    def _count(self, state: DraftState) -> int:
        return sum(draft.state is state for draft in self.drafts)

    def unsaved(self) -> str:
        count = self._count(DraftState.NEW)
        return quantity(count, "new entry", "new entries") if count else ""

    # Why an action is not available

    def add_disabled_reason(self) -> str | None:
        return None if self._count(DraftState.NEW) else "There are no new valid entries to add."

    # Actions

    def action_edit(self) -> None:
        index = self.table.cursor
        draft = self.drafts[index]
        alias = str(draft.entry.get("alias") or "")
        problem = draft.problem_text if draft.state is DraftState.INVALID or draft.note else ""
        form = EntryForm(
            f"Edit line {draft.line:,}", draft.value, draft.kind, alias, is_live=self.is_live, problem=problem
        )

        def on_submit(values: Values) -> None:
            edited = replace(draft_from(values, is_live=self.is_live), line=draft.line)
            self.drafts[index] = edited
            self.drafts = mark_duplicates(self.drafts)
            self._show_drafts()
            self._go_to_problem(index)
            self.reload()

        self.console.ask_then(form, on_submit)

    def next_problem_disabled_reason(self) -> str | None:
        return None if self._count(DraftState.INVALID) else "No line is invalid."

    def action_next_problem(self) -> None:
        self._go_to_problem(self.table.cursor + 1)

    def _go_to_problem(self, start: int) -> None:
        """Move the cursor to the first invalid line from row `start` on, or from the top; not without one."""
        rows = [index for index, draft in enumerate(self.drafts) if draft.state is DraftState.INVALID]
        if rows:
            self.table.move_to(next((index for index in rows if index >= start), rows[0]))

    def action_exclude(self) -> None:
        del self.drafts[self.table.cursor]
        self.drafts = mark_duplicates(self.drafts)
        self._show_drafts()

    def action_add(self) -> None:
        new_drafts = [draft for draft in self.drafts if draft.state is DraftState.NEW]
        targets = [entry_target(draft.entry) for draft in new_drafts]
        run_action(self.console, add_entries(self.row), targets, opening_key="enter", done=self._on_results)

    def _on_results(self, results: WriteResults) -> None:
        """Keep only the entries that were not added, with the reason."""
        items = {f"entry:{item.target.id}": item for item in results.items}
        remaining: list[EntryDraft] = []
        for draft in self.drafts:
            item = items.get(draft.key) if draft.state is DraftState.NEW else None
            if item is None:
                remaining.append(draft)
            elif not item.outcome.is_received:
                remaining.append(replace(draft, note=str(item.error or "not tried")))
        self.drafts = remaining
        if self.is_mounted:
            self._show_drafts()


def _row(draft: EntryDraft) -> Row:
    return {
        "line": draft.line,
        "value": draft.value,
        "type": IDENTIFIER_TITLES.get(draft.kind, "?"),
        "alias": draft.entry.get("alias"),
        "status": _STATUS[draft.state],
        "problem": draft.problem_text,
    }
