"""Compare an allowlist with another list or a file and synchronize it; and find identifiers on several lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical

from dyntui.core.errors import DyntuiError
from dyntui.resources import Column
from dyntui.services.access.access_policy import Row, name_of, read_lists
from dyntui.services.access.compare import (
    ComparisonSide,
    EntryDiff,
    compare,
    find_duplicates,
    plan_sync,
    read_file,
    read_list,
    sync,
    sync_action,
)
from dyntui.services.access.drafts import entry_label
from dyntui.services.access.entries import add_entries, entry_target, new_job
from dyntui.services.access.entry_search import entries_of
from dyntui.services.actions.write_types import Cancel, Confirmation, WriteResults
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_runner import run_action, run_read_worker
from dyntui.tui.shell.error_hints import error_hint
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["CompareAllowlistScreen", "DuplicateEntriesScreen", "ask_other_side"]

_COLUMNS = (
    Column("where", "where", 10, priority=0),
    Column("identifier", "identifier", 34, grow=True, priority=0),
    Column("here", "alias here", 18, priority=1),
    Column("there", "alias there", 18, priority=2),
)
_HERE, _THERE, _BOTH, _ALIAS = "only here", "only there", "both", "alias"
_FILE = "file"


def ask_other_side(console: ConsoleApp, row: Row) -> None:
    """Ask for another list or a file and open the comparison with it."""
    connection = console.session.connection
    if connection is None:
        return

    def listed(lists: list[dict[str, Any]]) -> None:
        others = [other for other in lists if other.get("id") != row.get("id")]
        choices = [Choice(str(other.get("id")), name_of(other), note="allowlist") for other in others]
        choices.append(Choice(_FILE, "a file …", note="CSV, XLSX, JSON, ..."))

        def picked(key: str | None) -> None:
            if key == _FILE:
                console.ask(
                    FormDialog("Compare with", (FormInput("path", "file"),), check=_no_file, verb="compare"), typed
                )
            elif key is not None:
                other = next(other for other in others if other.get("id") == key)
                console.visit(CompareAllowlistScreen(row, other))

        console.ask(SelectDialog(f"Compare {name_of(row)} with", choices), picked)

    def typed(values: Values | None) -> None:
        if values is not None:
            console.visit(CompareAllowlistScreen(row, Path(values["path"]).expanduser()))

    run_read_worker(console, read_lists(connection.client), listed)


def _no_file(values: Values) -> dict[str, str]:
    path = Path(values["path"]).expanduser()
    return {} if values["path"].strip() and path.is_file() else {"path": "File not found."}


class CompareAllowlistScreen(TableScreen):
    """Show which entries are only on the list, only on the other side (a list or a file), or on both."""

    BINDINGS = bindings(ACCESS_ACTIONS, "compare")

    def __init__(self, row: Row, other: Row | Path) -> None:
        super().__init__()
        self.row = row
        self.other = other
        self.diff: EntryDiff | None = None
        self.shown = ""
        self._entries: list[Mapping[str, Any]] = []

    @property
    def other_name(self) -> str:
        return self.other.name if isinstance(self.other, Path) else name_of(self.other)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("allowlists", name_of(self.row), f"against {self.other_name}")

    def body(self) -> ComposeResult:
        with Vertical():
            yield SummaryText()
            view = StaticRows(key="key", is_loaded=False)
            yield Table(
                _COLUMNS,
                view,
                empty=self._empty,
                retry="Press r to try again.",
                error_hint=error_hint,
                markable=True,
                id="list",
            )

    def _empty(self) -> str:
        return f"No entries match “{self.shown}”." if self.shown else "Both sides are empty."

    def connected(self, connection: Connection) -> None:
        self.load()

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"allowlist-entries", "allowlists"})

    def reload(self) -> None:
        self.load()

    def load(self) -> None:
        """Load both sides and compare them."""
        connection = self.console.session.connection
        if connection is None:
            return
        seen = self.change_count

        async def work() -> EntryDiff:
            here = await read_list(connection.client, self.row)
            return compare(here, await self._other(connection))

        run_read_worker(self.console, work(), lambda diff: self._compared(diff, seen))

    async def _other(self, connection: Connection) -> ComparisonSide:
        import asyncio

        if not isinstance(self.other, Path):
            return await read_list(connection.client, self.other)
        live = connection.profile.kind == "live"
        try:
            return await asyncio.to_thread(read_file, self.other, live=live)
        except OSError as error:
            raise DyntuiError(f"{self.other} cannot be read: {error.strerror}.", hint="Press r to retry.") from error

    def _compared(self, diff: EntryDiff, change_count: int) -> None:
        self.mark_up_to_date(change_count)
        self.diff = diff
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        diff = self.diff
        if diff is None:
            return
        relabelled = {id(pair[0]) for pair in diff.other_alias}
        rows = [_row(_HERE, entry, entry, None) for entry in diff.only_left]
        rows += [_row(_THERE, entry, None, entry) for entry in diff.only_right]
        rows += [_row(_ALIAS if id(old) in relabelled else _BOTH, old, old, new) for old, new in diff.both]
        rows = [row for row in rows if self.shown in ("", row["where"])]
        self.set_rows(rows)
        both = len(diff.both) - len(relabelled)
        counts = f"only here {len(diff.only_left):,} · only there {len(diff.only_right):,} · both {both:,}"
        counts += f" · different alias {len(relabelled):,}" if relabelled else ""
        lines = [f"here {name_of(self.row)} · there {self.other_name}", counts]
        if diff.right.invalid:
            line, why = diff.right.invalid[0]
            lines.append(f"{len(diff.right.invalid):,} invalid in {self.other_name}; line {line}: {why}")
        self.query_one(SummaryText).set_lines(lines)
        self.refresh_status()

    def status(self) -> Sequence[Piece]:
        if self.diff is None:
            return [("loading both sides", "")]
        table = self.table
        parts = self.position()
        if table.marks:
            parts.append((f"{len(table.marks):,} marked", ""))
        return [*parts, (self.shown, "")] if self.shown else parts

    # Reasons

    def comparison_disabled_reason(self) -> str | None:
        return None if self.diff is not None else "Both sides are still loading."

    def add_missing_disabled_reason(self) -> str | None:
        return self.comparison_disabled_reason() or (None if self._there() else "No selected entry is only there.")

    def sync_disabled_reason(self) -> str | None:
        if reason := self.comparison_disabled_reason():
            return reason
        return None if self.diff is not None and self.diff.only_right else "No entry is only there."

    def match_disabled_reason(self) -> str | None:
        return self.comparison_disabled_reason() or (
            "Both sides have the same entries." if self.diff is not None and self.diff.is_equal else None
        )

    def _there(self) -> list[Mapping[str, Any]]:
        marks = self.table.marks
        chosen = [row for row in self.rows_view.rows if row["key"] in marks] if marks else [self.table.row]
        return [row["entry"] for row in chosen if row is not None and row["where"] == _THERE]

    # Actions

    def action_filter(self) -> None:
        turns = ["", _HERE, _THERE, _BOTH, _ALIAS]
        self.shown = turns[(turns.index(self.shown) + 1) % len(turns)]
        self.table.marks.clear()
        self._show()

    def action_refresh(self) -> None:
        self.load()

    def action_add(self) -> None:
        targets = [entry_target(entry) for entry in self._there()]
        done = self._done
        run_action(
            self.console, add_entries(self.row, job=new_job()), targets, verb="Add", opening_key="plus", done=done
        )

    def action_sync(self) -> None:
        self._sync(remove=False, opening_key="s")

    def action_match(self) -> None:
        self._sync(remove=True, opening_key="S")

    def _sync(self, *, remove: bool, opening_key: str) -> None:
        diff, connection = self.diff, self.console.session.connection
        assert diff is not None
        assert connection is not None
        try:
            plan = plan_sync(self.row, diff.left, diff.right, remove=remove)
        except DyntuiError as error:
            self.console.notify_error(error)
            return
        job = new_job()
        action, targets = sync_action(plan, job=job)
        writes = connection.write_gate

        async def perform(confirmation: Confirmation, progress: Any, cancel: Cancel) -> WriteResults:
            return await sync(writes, plan, confirmation, job=job, on_progress=progress, cancel=cancel)

        run_action(
            self.console,
            action,
            targets,
            verb="Sync",
            opening_key=opening_key,
            summary_lines=plan.lines(),
            perform=perform,
            done=self._done,
        )

    def _done(self, results: WriteResults) -> None:
        self.table.marks.clear()
        self.table.repaint()


def _row(where: str, entry: Mapping[str, Any], here: Any, there: Any) -> dict[str, Any]:
    return {
        "key": f"{where} {entry_label(entry)}",
        "where": where,
        "identifier": entry_label(entry),
        "here": here.get("alias") if here else None,
        "there": there.get("alias") if there else None,
        "entry": entry,
    }


_DUPLICATE_COLUMNS = (
    Column("identifier", "identifier", 34, grow=True, priority=0),
    Column("times", "times", 5, right=True, priority=1),
    Column("lists", "on", 40, grow=True, priority=0),
)


class DuplicateEntriesScreen(TableScreen):
    """Identifiers that are on several lists, or twice on one."""

    BINDINGS = bindings(ACCESS_ACTIONS, "duplicates")

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("allowlists", "duplicates")

    def body(self) -> ComposeResult:
        yield Table(_DUPLICATE_COLUMNS, StaticRows(is_loaded=False), empty=lambda: "No duplicates found.", id="list")

    def connected(self, connection: Connection) -> None:
        self.load()

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"allowlist-entries", "allowlists"})

    def reload(self) -> None:
        self.load()

    def load(self) -> None:
        """Load all lists."""
        connection = self.console.session.connection
        if connection is None:
            return
        seen = self.change_count

        async def work() -> list[dict[str, Any]]:
            lists = await read_lists(connection.client)
            rows = [(row, entry) for row in lists async for entry in entries_of(connection.client, str(row.get("id")))]
            return [
                {
                    "identifier": entry_label(several[0][1]),
                    "times": len(several),
                    "lists": ", ".join(name_of(row) for row, _ in several),
                }
                for several in find_duplicates(rows).values()
            ]

        run_read_worker(self.console, work(), lambda rows: self._found(rows, seen))

    def _found(self, rows: list[dict[str, Any]], change_count: int) -> None:
        self.mark_up_to_date(change_count)
        if self.is_mounted:
            self.set_rows(rows)
            self.refresh_status()

    def status(self) -> Sequence[Piece]:
        return self.position()

    def action_refresh(self) -> None:
        self.load()
