"""Two screens: compare an allowlist with another one or a file and sync it; find identifiers on several allowlists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partialmethod
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row, as_object
from dyntui.core.typed_path import PathRule, to_path
from dyntui.resources.resource import Column
from dyntui.services.access.access_policy import name_of, read_lists
from dyntui.services.access.compare import (
    ComparisonSide,
    EntryDiff,
    compare,
    find_duplicates,
    plan_sync,
    read_file,
    read_list,
    sync_action,
)
from dyntui.services.access.drafts import entry_label
from dyntui.services.access.entries import add_entries, entry_target
from dyntui.services.access.entry_search import entries_of
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.fuzzy_select_dialog import named_choices
from dyntui.tui.kit.dialogs.select_dialog import Choice
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.action_runner import run_action, run_read_worker
from dyntui.tui.shell.table_screen import ReadTableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["CompareAllowlistScreen", "DuplicateEntriesScreen", "ask_comparison"]

_THIS_ONLY, _OTHER_ONLY, _BOTH, _OTHER_ALIAS = "this list only", "other only", "both", "alias differs"
"""The values of the column `found on`, by which the table can be filtered."""

_FILE = "file"
"""The key of the choice of a file. The other keys are ids of allowlists."""


def ask_comparison(console: ConsoleApp, row: Row) -> None:
    """Ask for another allowlist or a file and open the comparison with it."""

    def on_lists(lists: Sequence[Row]) -> None:
        others = [other for other in lists if other.get("id") != row.get("id")]
        choices = [Choice(str(other.get("id")), name_of(other), note="allowlist") for other in others]
        choices.append(Choice(_FILE, "File …", note="CSV, XLSX, JSON, ..."))

        def on_choice(key: str) -> None:
            if key == _FILE:
                title = f"Compare {name_of(row)} with File"
                form = FormDialog(title, (FormInput("path", "file", path=PathRule()),), verb="compare")
                console.ask_then(form, on_file)
            else:
                other = next(other for other in others if other.get("id") == key)
                console.visit(CompareAllowlistScreen(row, other))

        console.ask_then(named_choices(f"Compare {name_of(row)} With", choices, verb="compare"), on_choice)

    def on_file(values: Values) -> None:
        console.visit(CompareAllowlistScreen(row, to_path(values["path"])))

    run_read_worker(console, lambda connection: read_lists(connection.client), on_lists)


class CompareAllowlistScreen(ReadTableScreen[EntryDiff]):
    """The entries that only the allowlist has, only the other side (an allowlist or a file), or both."""

    BINDINGS = bindings(ACCESS_ACTIONS, "compare")
    shown_resources = frozenset({"allowlist-entries", "allowlists"})
    COLUMNS = (
        Column("found_on", "found on", 14, priority=0),
        Column("identifier", "identifier", 34, grow=True, priority=0),
        Column("alias", "alias", 18, priority=1),
        Column("other_alias", "other alias", 18, priority=2),
    )
    KEY = "key"
    MARKABLE = True
    HAS_SUMMARY = True

    def __init__(self, row: Row, other: Row | Path) -> None:
        super().__init__()
        self.row = row
        self.other = other
        self.diff: EntryDiff | None = None
        """The comparison; None until both sides are loaded."""
        self.shown_value = ""
        """The value of `found on` that is shown; "" for all."""

    @property
    def other_name(self) -> str:
        """The name of the other list or file."""
        return self.other.name if isinstance(self.other, Path) else name_of(self.other)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("allowlists", name_of(self.row), f"compare with {self.other_name}")

    def empty_text(self) -> str:
        return f"No entries are in “{self.shown_value}”." if self.shown_value else "Both sides are empty."

    async def read(self, connection: Connection) -> EntryDiff:
        this_side = await read_list(connection.client, self.row)
        return compare(this_side, await self._read_other_side(connection))

    async def _read_other_side(self, connection: Connection) -> ComparisonSide:
        import asyncio

        if not isinstance(self.other, Path):
            return await read_list(connection.client, self.other)
        live = connection.profile.kind == "live"
        try:
            return await asyncio.to_thread(read_file, self.other, live=live)
        except OSError as error:
            raise DyntuiError(
                f"{self.other} cannot be read: {error.strerror}.",
                hint=f"Press {key_of('compare.refresh')} to try again.",
            ) from error

    def show_result(self, result: EntryDiff) -> None:
        self.diff = result
        self._show_diff()

    def _show_diff(self) -> None:
        diff = self.diff
        if diff is None:
            return
        renamed = {id(left) for left, _ in diff.other_alias}
        rows = [_row(_THIS_ONLY, entry, entry, None) for entry in diff.only_left]
        rows += [_row(_OTHER_ONLY, entry, None, entry) for entry in diff.only_right]
        rows += [_row(_OTHER_ALIAS if id(left) in renamed else _BOTH, left, left, right) for left, right in diff.both]
        self.set_rows([row for row in rows if self.shown_value in ("", row["found_on"])])
        counts = {
            _THIS_ONLY: len(diff.only_left),
            _OTHER_ONLY: len(diff.only_right),
            _BOTH: len(diff.both) - len(renamed),
        }
        if renamed:
            counts[_OTHER_ALIAS] = len(renamed)
        lines = [
            f"This list: {name_of(self.row)} · other: {self.other_name}",
            " · ".join(f"{value}: {count:,}" for value, count in counts.items()),
        ]
        if diff.right.invalid:
            line, problem = diff.right.invalid[0]
            lines.append(f"Invalid lines in {self.other_name}: {len(diff.right.invalid):,}; line {line}: {problem}")
        self.show_summary(*lines)
        self.refresh_status()

    def status(self) -> Sequence[Piece]:
        if self.diff is None:
            return [("loading", "")]
        table = self.table
        parts = self.position()
        if table.marks:
            parts.append((f"{len(table.marks):,} marked", ""))
        return [*parts, (self.shown_value, "")] if self.shown_value else parts

    # Why an action is not available

    def comparison_disabled_reason(self) -> str | None:
        return None if self.diff is not None else "The entries are still loading."

    def add_missing_disabled_reason(self) -> str | None:
        return self.comparison_disabled_reason() or (
            None if self._missing_entries() else "Select an entry that only the other side has."
        )

    def sync_disabled_reason(self) -> str | None:
        has_all = self.diff is not None and not self.diff.only_right
        return self.comparison_disabled_reason() or (
            "The allowlist has all entries of the other side." if has_all else None
        )

    def match_disabled_reason(self) -> str | None:
        return self.comparison_disabled_reason() or (
            "Both sides have the same entries." if self.diff is not None and self.diff.is_equal else None
        )

    def _missing_entries(self) -> list[Row]:
        """Return the marked entries or the current one, as far as only the other side has them."""
        marks = self.table.marks
        rows = [row for row in self.rows_view.rows if row["key"] in marks] if marks else [self.table.row]
        return [as_object(row["entry"]) for row in rows if row is not None and row["found_on"] == _OTHER_ONLY]

    # Actions

    def action_filter(self) -> None:
        values = ["", _THIS_ONLY, _OTHER_ONLY, _BOTH, _OTHER_ALIAS]
        self.shown_value = values[(values.index(self.shown_value) + 1) % len(values)]
        self.table.marks.clear()
        self._show_diff()

    def action_add(self) -> None:
        targets = [entry_target(entry) for entry in self._missing_entries()]
        run_action(self.console, add_entries(self.row), targets, opening_key="plus", done=self._on_results)

    def _sync(self, *, remove: bool) -> None:
        diff = self.diff
        assert diff is not None
        try:
            plan = plan_sync(self.row, diff.left, diff.right, remove=remove)
        except DyntuiError as error:
            self.console.notify_error(error)
            return
        action, targets = sync_action(plan)
        run_action(
            self.console,
            action,
            targets,
            opening_key="S" if remove else "s",
            summary_lines=plan.lines(),
            done=self._on_results,
        )

    action_sync = partialmethod(_sync, remove=False)
    action_match = partialmethod(_sync, remove=True)

    def _on_results(self, results: WriteResults) -> None:
        self.table.marks.clear()
        self.table.repaint()


def _row(found_on: str, entry: Row, this_entry: Row | None, other_entry: Row | None) -> Row:
    """Return a row of the comparison. this_entry, other_entry: the entry on each side; None where it is missing."""
    return {
        "key": f"{found_on} {entry_label(entry)}",
        "found_on": found_on,
        "identifier": entry_label(entry),
        "alias": this_entry.get("alias") if this_entry else None,
        "other_alias": other_entry.get("alias") if other_entry else None,
        "entry": entry,
    }


class DuplicateEntriesScreen(ReadTableScreen[list[Row]]):
    """The identifiers that are on several allowlists, or more than one time on one allowlist."""

    BINDINGS = bindings(ACCESS_ACTIONS, "duplicates")
    breadcrumbs = ("allowlists", "duplicates")
    shown_resources = frozenset({"allowlist-entries", "allowlists"})
    COLUMNS = (
        Column("identifier", "identifier", 34, grow=True, priority=0),
        Column("count", "entries", 7, right=True, priority=1),
        Column("lists", "allowlists", 40, grow=True, priority=0),
    )
    EMPTY = "No identifier is on several allowlists."

    async def read(self, connection: Connection) -> list[Row]:
        lists = await read_lists(connection.client)
        rows = [(row, entry) for row in lists async for entry in entries_of(connection.client, str(row.get("id")))]
        return [
            {
                "identifier": entry_label(same[0][1]),
                "count": len(same),
                "lists": ", ".join(name_of(row) for row, _ in same),
            }
            for same in find_duplicates(rows).values()
        ]

    def show_result(self, result: list[Row]) -> None:
        self.set_rows(result)
