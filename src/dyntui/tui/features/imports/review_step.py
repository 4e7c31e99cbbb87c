"""Step 4 of the wizard: rows and their problems. Edit cells, fix all rows with a problem, exclude, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partialmethod

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dyntui.core.text import quantity
from dyntui.services.imports.wizard_review import Fix, Review, column_of
from dyntui.services.imports.wizard_service import WizardService
from dyntui.store import review_queries
from dyntui.store.states import RowState
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.cell_editor import CellEditor
from dyntui.tui.features.imports.message_line import MessageLine
from dyntui.tui.features.imports.review_row import RowPane
from dyntui.tui.features.imports.review_snapshot import (
    GROUP_COLUMNS,
    ReviewSnapshot,
    column_widths,
    empty_text,
    group_rows,
    rows_title,
    take_snapshot,
)
from dyntui.tui.features.imports.review_table import ReviewRows, ReviewTable, problem_text, table_row
from dyntui.tui.features.imports.row_loading import RowLoadingMixin
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.spinner import Spinner
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import WIDE

__all__ = ["ReviewStep"]


class ReviewStep(RowLoadingMixin):
    """The rows as they will be sent; they are loaded first when necessary."""

    NAME = "review"
    BINDINGS = bindings(IMPORTS_ACTIONS, "review")
    BORDER_TITLES = {"problem-groups": "problems", "rows-pane": "rows"}
    OPEN_ACTIONS = {"rows": "review.edit"}

    group: str | None = None
    """The group of problems whose rows are shown; None until rows are shown."""
    _problems: Sequence[int] = ()
    """The numbers of the rows with problems."""
    _snapshot: ReviewSnapshot | None = None
    _focus_problem = False
    """Whether the cursor has to go to the cell with the first problem."""
    _is_applying = False

    def compose(self) -> ComposeResult:
        self._rows = ReviewRows(self._fetch)
        yield Spinner("loading rows", id="preparing")
        with Horizontal(classes="panes"):
            yield Table(GROUP_COLUMNS, StaticRows(key="key", is_loaded=False), titles=False, id="problem-groups")
            with Vertical(id="rows-pane"):
                yield ReviewTable(self._rows)
                yield CellEditor()
        yield MessageLine()
        yield RowPane()

    def on_mount(self) -> None:
        self.query_one(CellEditor).display = False

    @property
    def table(self) -> ReviewTable:
        return self.query_one("#rows", ReviewTable)

    def default_focus(self) -> Widget | None:
        return self.table

    # Loading

    def show_rows(self) -> None:
        group = self.group

        def load(service: WizardService) -> tuple[ReviewSnapshot, dict[int, int]]:
            snapshot = take_snapshot(service.review(), group)
            return snapshot, column_widths(service.review(), snapshot.numbers)

        self.wizard.submit(load, self._on_loaded, latest="review")

    def _on_loaded(self, found: tuple[ReviewSnapshot, dict[int, int]]) -> None:
        snapshot, widths = found
        self._set_ready()
        mapping = self.draft.mapping
        assert mapping is not None
        self.table.set_columns(mapping, widths)
        self._focus_problem = True
        self._apply_snapshot(snapshot)
        if not self.has_focus_within:
            self.wizard.restore_focus()

    def _apply_snapshot(self, snapshot: ReviewSnapshot) -> None:
        self._is_applying = True
        self._snapshot = snapshot
        new = self.group != snapshot.group
        self.summary, self.group, self._problems = snapshot.summary, snapshot.group, snapshot.problems
        self._rows.show(snapshot.numbers)
        if new:
            self.table.show(self._rows)
        else:
            self.table.view_changed()
        groups = self.query_one("#problem-groups", Table)
        groups.set_rows(group_rows(snapshot.summary))
        groups.move_to(groups.view.index_of(snapshot.group) or 0)
        self.query_one("#rows-pane").border_title = rows_title(snapshot.group)
        self.table.empty = lambda: empty_text(snapshot.group)
        self._show_row()
        if self.draft.note != self.note:
            self.draft.note = self.note
            self.wizard.save()
        self._is_applying = False
        self.changed()

    def _fetch(self, numbers: Sequence[int]) -> None:
        def fetch(service: WizardService) -> list[review_queries.ReviewRow]:
            return review_queries.window(service.review().journal, numbers)

        def fetched(found: list[review_queries.ReviewRow]) -> None:
            self._rows.add_rows({row.number: table_row(row) for row in found})
            self.table.view_changed()
            self._show_row()

        self.wizard.submit(fetch, fetched)

    # Display

    @property
    def note(self) -> str:
        found = self.summary.counts.problems if self.summary is not None else 0
        return quantity(found, "problem") if found else ""

    def status(self) -> Sequence[Piece]:
        if self.summary is None:
            return [("loading rows", "")]
        counts = self.summary.counts
        total = "" if self.app.size.width < WIDE else f" of {counts.total:,}"
        parts: list[Piece] = [(f"{counts.ready:,}{total} ready", "")]
        parts.append((f"{counts.problems:,} with problems", "warn" if counts.problems else ""))
        return [*parts, *([(f"{counts.excluded:,} excluded", "")] if counts.excluded else [])]

    def blocked_reason(self) -> str | None:
        if self.summary is None:
            return "The rows are still loading."
        return None if self.summary.counts.ready else "No row is ready to send. Fix some rows first."

    def lines_moved(self, lines: LineList) -> None:
        if lines.id == "rows":
            self._show_row()
        elif lines.id == "problem-groups" and not self._is_applying:
            group = self.query_one("#problem-groups", Table).row_id
            if group is not None and self.summary is not None and group != self.group:
                self._show_group(group)

    def _show_row(self) -> None:
        row = self.table.review_row
        self.query_one(RowPane).show(row, self.draft.mapping)
        self.query_one(MessageLine).show_text(problem_text(row) if row is not None else "")
        if row is not None and self._focus_problem:
            self._focus_problem = False
            if row.problems and self.draft.mapping is not None:
                file_column = column_of(self.draft.mapping, row.problems[0].field)
                if file_column is not None:
                    self.table.move_to_cell(file_column)

    def _show_group(self, group: str) -> None:
        self._focus_problem = True
        previous = self._snapshot
        self.wizard.submit(
            lambda service: take_snapshot(service.review(), group, previous=previous),
            self._apply_snapshot,
            latest="review",
        )

    # Actions

    def _change(self, work: Callable[[Review], object], message: Callable[[object], str] = lambda result: "") -> None:
        """Run a change of the review and show its result. message: the text to show for the result, "" for none."""
        group = self.group

        def apply(service: WizardService) -> ReviewSnapshot:
            result = work(service.review())
            return take_snapshot(service.review(), group, result)

        def show(snapshot: ReviewSnapshot) -> None:
            self.table.marks.clear()
            self._apply_snapshot(snapshot)
            if text := message(snapshot.result):
                self.console.notify(text)

        self.wizard.submit(apply, show)

    def row_disabled_reason(self) -> str | None:
        return None if self.table.review_row is not None else "There is no row under the cursor."

    def edit_cell_disabled_reason(self) -> str | None:
        if self.query_one("#problem-groups").has_focus:
            return None if self.table.count else "There are no rows with this problem."
        return self.row_disabled_reason() or (
            None if self.table.file_column is not None else "No column is mapped to a field."
        )

    def fix_disabled_reason(self) -> str | None:
        return None if self._problem_code() else "This row has no problem."

    def undo_disabled_reason(self) -> str | None:
        return None if self.summary is not None and self.summary.undo_label else "There is nothing to undo."

    def redo_disabled_reason(self) -> str | None:
        return None if self.summary is not None and self.summary.redo_label else "There is nothing to redo."

    def problem_disabled_reason(self) -> str | None:
        return None if self._problems else "No row has a problem."

    def action_edit(self) -> None:
        """Edit the cell under the cursor; from the list of problems, go to the rows."""
        if self.query_one("#problem-groups").has_focus:
            self.table.focus()
            return
        span = self.table.cell_span()
        if span is None:
            return
        self.query_one(CellEditor).open(self.table.cell_value, self._suggestion(), span, self.table.size.width)

    @property
    def is_editing(self) -> bool:
        return bool(self.query_one(CellEditor).display)

    @on(CellEditor.Closed)
    def _cell_closed(self, event: CellEditor.Closed) -> None:
        self.query_one(CellEditor).display = False
        self.screen.set_focus(self.table, scroll_visible=False)
        row, file_column = self.table.review_row, self.table.file_column
        if row is None or file_column is None or event.value is None or event.value == self.table.cell_value:
            return
        number, value = row.number, event.value
        self._change(lambda review: review.edit(number, file_column, value))

    def _suggestion(self) -> str:
        row, mapping = self.table.review_row, self.draft.mapping
        if row is None or mapping is None:
            return ""
        for problem in row.problems:
            if problem.suggestion is not None and column_of(mapping, problem.field) == self.table.file_column:
                return problem.suggestion
        return ""

    def back_label(self) -> str | None:
        return "loading" if self.is_preparing else "the cell" if self.is_editing else None

    def handle_back(self) -> None:
        if self.is_preparing:
            self._stop.set()
            self._set_ready()
            self.wizard.show_step("map")
        else:
            self.query_one(CellEditor).action_cancel()

    def action_exclude(self) -> None:
        row = self.table.review_row
        assert row is not None
        marked = sorted(int(mark) for mark in self.table.marks)
        if not marked and row.code == review_queries.EXCLUDED and row.state is RowState.SKIPPED:
            self._change(lambda review: review.include([row.number]))
        else:
            numbers = marked or [row.number]
            self._change(lambda review: review.exclude(numbers))

    def action_undo(self) -> None:
        self._change(lambda review: review.undo(), lambda label: f"Undone: {label}.")

    def action_redo(self) -> None:
        self._change(lambda review: review.redo(), lambda label: f"Redone: {label}.")

    def _go_to_problem(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) row with a problem, and around at the end."""
        current = self._rows.number_at(self.table.cursor) or 0
        target = (
            next((n for n in self._problems if n > current), self._problems[0])
            if direction > 0
            else next((n for n in reversed(self._problems) if n < current), self._problems[-1])
        )
        index = self._rows.index_of(str(target))
        self._focus_problem = True
        self.table.focus()
        if index is not None:
            self.table.move_to(index)
            self._show_row()
            return

        def on_loaded(found: ReviewSnapshot) -> None:
            self._apply_snapshot(found)
            self._focus_problem = True
            self.table.move_to(self._rows.insertion_index(target))
            self._show_row()

        self.wizard.submit(
            lambda service: take_snapshot(service.review(), review_queries.PROBLEMS), on_loaded, latest="review"
        )

    action_next_problem = partialmethod(_go_to_problem, 1)
    action_previous_problem = partialmethod(_go_to_problem, -1)

    def action_all(self) -> None:
        self._show_group(review_queries.PROBLEMS if self.group == review_queries.ALL else review_queries.ALL)

    def action_details(self) -> None:
        pane = self.query_one(RowPane)
        if not self.has_class("-row"):
            self.add_class("-row")
        elif pane.mode == "cells":
            pane.toggle_mode()
        else:
            pane.toggle_mode()
            self.remove_class("-row")
            self.wizard.restore_focus()

    def action_panes(self) -> None:
        panes = [
            pane for pane in (self.query_one("#problem-groups"), self.table, self.query_one(RowPane)) if pane.display
        ]
        focused = next((index for index, pane in enumerate(panes) if pane.has_focus), -1)
        self.screen.set_focus(panes[(focused + 1) % len(panes)], scroll_visible=False)

    # Fixing all rows with the same problem

    def _problem_code(self) -> str:
        """Return the code of the shown problem, or of the current row."""
        if self.group not in (None, review_queries.ALL, review_queries.PROBLEMS):
            return self.group or ""
        row = self.table.review_row
        if row is None:
            return ""
        if row.problems:
            return row.problems[0].code
        return row.code if row.code == review_queries.DUPLICATE else ""

    def action_fix(self) -> None:
        code = self._problem_code()
        self.wizard.submit(lambda service: service.review().fixes(code), lambda fixes: self._ask_fix(code, fixes))

    def _ask_fix(self, code: str, fixes: list[Fix]) -> None:
        by_name = {fix.name: fix for fix in fixes}
        choices = [Choice(fix.name, fix.title, note=quantity(fix.rows, "row")) for fix in fixes]

        def on_selected(name: str) -> None:
            if name in ("value", "replace"):
                self._ask_value(code, by_name[name])
            else:
                self._apply_fix(code, name)

        self.console.ask_then(SelectDialog(f"All Rows with {code}", choices), on_selected)

    def _ask_value(self, code: str, fix: Fix) -> None:
        fields = [FormInput("value", "value", help="The new value of this cell in all of these rows.")]
        if fix.name == "replace":
            fields = [
                FormInput("value", "find"),
                FormInput("replacement", "replace with", help="Empty removes the text."),
            ]

        def on_submit(values: Values) -> None:
            self._apply_fix(code, fix.name, values["value"], values.get("replacement", ""))

        self.console.ask_then(FormDialog(f"{fix.title}: {quantity(fix.rows, 'row')}", fields, verb="fix"), on_submit)

    def _apply_fix(self, code: str, fix_name: str, value: str = "", replacement: str = "") -> None:
        def fix(review: Review) -> str:
            changed = review.fix(code, fix_name, value=value, replacement=replacement)
            return f"{quantity(changed, 'row')} changed. Press {key_of('review.undo')} to undo."

        self._change(fix, str)
