"""The audit log: the changes made from this machine, the newest first. Older ones are read as the cursor nears them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import shorten
from dyntui.resources.columns import time_column
from dyntui.resources.resource import Column
from dyntui.services.actions.audit_log import AuditEntry, AuditFilter, read_newest_first
from dyntui.services.actions.undo import undo_disabled_reason
from dyntui.tui.features.audit.actions import AUDIT_ACTIONS
from dyntui.tui.features.audit.change_screen import ChangeScreen, entry_text, environment_of, undo_entry
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.workers import run_in_thread
from dyntui.tui.shell.table_screen import FilteredTableScreen

__all__ = ["AuditScreen"]

_PAGE = 500
_AHEAD = 100
"""The next page is read when fewer rows than this are below the cursor."""


def _row(entry: AuditEntry) -> Row:
    line = entry.line
    if line is None:
        text = f"line {entry.number:,} cannot be read"
        return {"number": entry.number, "action": text, "outcome": entry.outcome}
    targets = line.object_ids
    label = next(iter(line.labels), "")
    target = f"{len(targets):,} objects" if len(targets) > 1 else label or shorten(next(iter(targets), "new"), 13)
    return {
        "number": entry.number,
        "time": line.time,
        "profile": line.profile,
        "action": line.action,
        "target": target,
        "outcome": entry.outcome,
        "environment": line.environment,
        "change": line.change_text or line.detail,
    }


class AuditScreen(FilteredTableScreen):
    """The changes of the environment in use, or of all environments."""

    BINDINGS = bindings(AUDIT_ACTIONS, "audit")
    open_action = "audit.open"
    enter_shows_row = True
    COLUMNS = (
        time_column("time", "time", priority=0),
        Column("profile", "profile", 14, priority=3),
        Column("action", "action", 26, priority=0),
        Column("target", "target", 18, priority=1),
        Column("outcome", "outcome", 10, priority=0),
        Column("change", "change", 24, grow=True, priority=2),
    )
    KEY = "number"
    ROWS_NAME = "changes"
    FILTER_HINT = "delete failed   an email or id   since:7d   since:2026-01-31"
    NO_SELECTION = "There is no change under the cursor."

    all_environments = False
    """Whether the changes of all environments are shown."""
    _rest: Iterator[AuditEntry] | None = None
    """The entries that were not read yet; None when the end of the log was read."""
    _is_reading = False

    def __init__(self, filter_text: str = "") -> None:
        super().__init__(filter_text)
        self.entries: list[AuditEntry] = []

    @property
    def unfiltered_breadcrumbs(self) -> tuple[str, ...]:
        return ("audit log", "all environments") if self.all_environments else ("audit log",)

    def unfiltered_empty_text(self) -> str:
        if self.all_environments:
            return "No changes were made from this machine yet."
        return (
            "No changes were made in this environment from this machine. "
            f"Press {key_of('audit.environments')} to show those of all environments."
        )

    def position(self) -> list[Piece]:
        pieces = super().position()
        if self._rest is None or not pieces:
            return pieces
        return [(f"{pieces[0][0]} read, more below", "")]

    def status(self) -> Sequence[Piece]:
        return [*([("reading", "dim")] if self._is_reading else []), *self.position()]

    # Reading

    def on_mount(self) -> None:
        self.show_filtered_rows()

    def on_screen_resume(self) -> None:
        """Read the changes that were made meanwhile."""
        if self.is_mounted and not self._is_reading:
            self.action_refresh()

    def action_refresh(self) -> None:
        self.show_filtered_rows()

    def show_filtered_rows(self) -> None:
        connection = self.console.session.connection
        environment = None if self.all_environments else environment_of(self.console)
        if connection is None or (environment is None and not self.all_environments):
            return
        try:
            filter_ = AuditFilter.parse(self.filter_text, environment)
        except UsageError as error:
            self.console.notify_error(error)
            return
        self._read(read_newest_first(connection.audit, filter_), (), max(_PAGE, len(self.entries)))

    def connected(self, connection: object) -> None:
        self.show_filtered_rows()

    def _read(self, entries: Iterator[AuditEntry], shown: Sequence[AuditEntry], count: int) -> None:
        """Read the next `count` of `entries` and show them below those of `shown`."""
        self._is_reading, self._rest = True, entries

        def show(page: list[AuditEntry]) -> None:
            self._is_reading = False
            self._rest = entries if len(page) == count else None
            self.entries = [*shown, *page]
            self.set_rows([_row(entry) for entry in self.entries])
            self.refresh_status()

        def fail(error: DyntuiError) -> None:
            self._is_reading, self._rest = False, None
            self.set_rows([])
            self.console.notify_error(error)

        run_in_thread(self, lambda: list(islice(entries, count)), show, fail, group="audit", exclusive=True)

    def lines_moved(self, lines: LineList) -> None:
        super().lines_moved(lines)
        if self._rest is not None and not self._is_reading and self.table.count - self.table.cursor < _AHEAD:
            self._read(self._rest, self.entries, _PAGE)

    # Actions

    def action_filter(self) -> None:
        """Ask for the filter. The file is searched when it is entered, not after every letter."""
        self.ask_filter(self.filter_text, self.FILTER_HINT)

    @property
    def selected(self) -> AuditEntry | None:
        """The change under the cursor; None without one."""
        row = self.table.row
        return next((entry for entry in self.entries if row and entry.number == row["number"]), None)

    def action_open(self) -> None:
        if (entry := self.selected) is not None:
            self.console.visit(ChangeScreen(entry))

    def action_environments(self) -> None:
        self.all_environments = not self.all_environments
        self.show_filtered_rows()

    def action_copy(self) -> None:
        if (entry := self.selected) is not None:
            send_to_clipboard(self.console, entry_text(entry), "change")

    def undo_disabled_reason(self) -> str | None:
        entry = self.selected
        return self.NO_SELECTION if entry is None else undo_disabled_reason(entry, environment_of(self.console))

    def action_undo(self) -> None:
        if (entry := self.selected) is not None:
            undo_entry(self.console, entry)
