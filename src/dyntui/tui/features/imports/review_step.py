"""Step 4: the rows, and what is wrong with them: put right one by one or a kind at a time, left out, undone again."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dyntui.services.imports.wizard_review import Review, ReviewSummary, column_of
from dyntui.services.imports.wizard_service import WizardService
from dyntui.store import review_queries as rows_of
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.bulk_fix import BulkFixMixin
from dyntui.tui.features.imports.cell_editor import CellEditor
from dyntui.tui.features.imports.message_line import MessageLine
from dyntui.tui.features.imports.problem_groups import KINDS, kind_rows
from dyntui.tui.features.imports.review_row import RowPane
from dyntui.tui.features.imports.review_snapshot import ReviewSnapshot, empty_words, look_at, title_of, widths_of
from dyntui.tui.features.imports.review_table import ReviewRows, ReviewTable, row_of
from dyntui.tui.features.imports.row_loading import RowLoadingMixin
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.spinner import Spinner
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import WIDE

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["ReviewStep"]


class ReviewStep(RowLoadingMixin, BulkFixMixin):
    """The rows as they will be sent; made ready first when they are not."""

    NAME, TITLE = "review", "Review"
    BINDINGS = bindings(IMPORTS_ACTIONS, "review")

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.summary: ReviewSummary | None = None
        self.which: str | None = None
        self._problems: array[int] = array("q")
        self._seen: ReviewSnapshot | None = None
        self._to_problem = False
        self._taking = False

    def compose(self) -> ComposeResult:
        yield Spinner("making the rows ready", id="preparing")
        with Horizontal(classes="panes"):
            yield Table(KINDS, StaticRows(key="key", is_loaded=False), titles=False, id="kinds")
            with Vertical(id="rows-pane"):
                yield ReviewTable(id="rows")
                yield CellEditor()
        yield MessageLine()
        yield RowPane()

    def on_mount(self) -> None:
        self.query_one("#kinds").border_title = "problems by kind"
        self.query_one("#rows-pane").border_title = "rows"
        self.query_one(CellEditor).display = False
        self.table.markable = True
        self._rows = ReviewRows(self._fetch)
        self.table.view = self._rows

    @property
    def table(self) -> ReviewTable:
        return self.query_one("#rows", ReviewTable)

    def default_focus(self) -> Widget | None:
        return self.table

    # Coming here

    def forget(self) -> None:
        self.summary = None

    def load(self) -> None:
        which = self.which

        def look(bench: WizardService) -> tuple[ReviewSnapshot, dict[int, int]]:
            seen = look_at(bench.review(), which)
            return seen, widths_of(bench.review(), seen.numbers)

        self.wizard.hand(look, self._loaded, latest="review")

    def _loaded(self, found: tuple[ReviewSnapshot, dict[int, int]]) -> None:
        seen, widths = found
        self._ready()
        mapping = self.draft.mapping
        assert mapping is not None
        self.table.set_up(mapping, widths)
        self._to_problem = self.which is None
        self._take(seen)
        if not self.has_focus_within:
            self.wizard.go_home()

    def _take(self, seen: ReviewSnapshot) -> None:
        """Show what the clerk found."""
        self._taking = True
        self._seen = seen
        new = self.which != seen.which
        self.summary, self.which, self._problems = seen.summary, seen.which, seen.problems
        self._rows.show(seen.numbers)
        if new:
            self.table.show(self._rows)
        else:
            self.table.view_changed()
        kinds = self.query_one("#kinds", Table)
        assert isinstance(kinds.view, StaticRows)
        kinds.view.set_rows(kind_rows(seen.summary))
        kinds.view_changed()
        kinds.move_to(kinds.view.index_of(seen.which) or 0)
        pane = self.query_one("#rows-pane")
        pane.border_title = title_of(seen.which)
        self.table.empty = lambda: empty_words(seen.which)
        self._row_shown()
        if self.draft.note != self.note:
            self.draft.note = self.note
            self.wizard.save()
        self._taking = False
        self.changed()

    def _fetch(self, wanted: Sequence[int]) -> None:
        def fetch(bench: WizardService) -> list[rows_of.ReviewRow]:
            return rows_of.window(bench.review().journal, wanted)

        def fetched(found: list[rows_of.ReviewRow]) -> None:
            self._rows.put({each.number: row_of(each) for each in found})
            self.table.view_changed()
            self._row_shown()

        self.wizard.hand(fetch, fetched)

    # What is said

    @property
    def note(self) -> str:
        found = self.summary.counts.problems if self.summary is not None else 0
        return f"{found:,} problem{'s' if found != 1 else ''}" if found else ""

    def status(self) -> Sequence[Piece]:
        if self.summary is None:
            return [("making the rows ready", "")]
        sums = self.summary.counts
        parts = [f"{sums.ready:,} ready", f"{sums.problems:,} problems"]
        parts += [f"{sums.excluded:,} left out"] if sums.excluded else []
        rows = "" if self.app.size.width < WIDE else f"{sums.total:,} rows = "
        return [(rows + " + ".join(parts), "warn" if sums.problems else "")]

    def blocked(self) -> str | None:
        if self.summary is None:
            return "The rows are still being made ready."
        if not self.summary.counts.ready:
            return "No row is ready to be sent: put some right first."
        return None

    def lines_moved(self, lines: LineList) -> None:
        if lines.id == "rows":
            self._row_shown()
        elif lines.id == "kinds" and not self._taking:
            self._kind_moved()

    def _row_shown(self) -> None:
        row = self.table.row
        self.query_one(RowPane).show(row, self.draft.mapping)
        self.query_one(MessageLine).say(str(row["problem"]) if row is not None else "")
        if row is not None and self._to_problem:
            self._to_problem = False
            if row["problems"] and self.draft.mapping is not None:
                place = column_of(self.draft.mapping, row["problems"][0].field)
                if place is not None:
                    self.table.go_to_cell(place)

    def _kind_moved(self) -> None:
        which = self.query_one("#kinds", Table).row_id
        if which is not None and self.summary is not None and which != self.which:
            self._show_kind(which)

    def _show_kind(self, which: str) -> None:
        self._to_problem = True
        known = self._seen
        self.wizard.hand(lambda bench: look_at(bench.review(), which, known=known), self._take, latest="review")

    # Doing things

    def do(self, work: Callable[[Review], Any], say: Callable[[Any], str]) -> None:
        """Have something done, and show how things are afterwards."""
        which = self.which

        def done(bench: WizardService) -> ReviewSnapshot:
            did = work(bench.review())
            return look_at(bench.review(), which, did)

        def show(seen: ReviewSnapshot) -> None:
            self.table.marks.clear()
            self._take(seen)
            if words := say(seen.did):
                self.console.say(words)

        self.wizard.hand(done, show)

    def row_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else "There is no row under the cursor."

    def edit_cell_disabled_reason(self) -> str | None:
        if self.query_one("#kinds").has_focus:
            return None if self.table.count else "There are no rows of this kind to look at."
        return self.row_disabled_reason() or (
            None if self.table.place is not None else "No cell of this row goes anywhere."
        )

    def fix_disabled_reason(self) -> str | None:
        return None if self._kind() else "This row has no problem to fix."

    def undo_disabled_reason(self) -> str | None:
        return None if self.summary is not None and self.summary.undo_label else "Nothing was changed yet."

    def redo_disabled_reason(self) -> str | None:
        return None if self.summary is not None and self.summary.redo_label else "Nothing was undone."

    def problem_disabled_reason(self) -> str | None:
        return None if self._problems else "No row has a problem."

    def action_edit(self) -> None:
        """Change the cell under the cursor, in its place; on the kinds, go to the rows."""
        if self.query_one("#kinds").has_focus:
            self.table.focus()
            return
        span = self.table.cell_span()
        if span is None:
            return
        self.query_one(CellEditor).open(self.table.cell_value, self._suggestion(), span, self.table.size.width)

    @on(LineList.Opened, "#rows")
    async def _row_clicked(self) -> None:
        await self.action_do("review.edit")

    @property
    def editing(self) -> bool:
        return bool(self.query_one(CellEditor).display)

    @on(CellEditor.Closed)
    def _cell_closed(self, event: CellEditor.Closed) -> None:
        """The cell was changed, or left as it was."""
        self.query_one(CellEditor).display = False
        self.screen.set_focus(self.table, scroll_visible=False)
        row, place = self.table.row, self.table.place
        if row is None or place is None or event.value is None or event.value == self.table.cell_value:
            return
        number, value = int(row["number"]), event.value
        self.do(lambda review: review.edit(number, place, value), lambda did: "")

    def _suggestion(self) -> str:
        row, mapping = self.table.row, self.draft.mapping
        if row is None or mapping is None:
            return ""
        for problem in row["problems"]:
            if problem.suggestion is not None and column_of(mapping, problem.field) == self.table.place:
                return str(problem.suggestion)
        return ""

    def back_label(self) -> str | None:
        return "reading" if self.preparing else "the cell" if self.editing else None

    def handle_back(self) -> None:
        if self.preparing:
            self._stop.set()
            self._ready()
            self.wizard.show_step("map")
        else:
            self.query_one(CellEditor).action_leave()

    def action_exclude(self) -> None:
        """Leave the marked rows out, or the one under the cursor; take it in again when it is out."""
        row = self.table.row
        assert row is not None
        marked = sorted(int(each) for each in self.table.marks)
        if not marked and row["out"]:
            self.do(lambda review: review.include([int(row["number"])]), lambda did: "")
        else:
            numbers = marked or [int(row["number"])]
            self.do(lambda review: review.exclude(numbers), lambda did: "")

    def action_undo(self) -> None:
        self.do(lambda review: review.undo(), lambda label: f"Undone: {label}.")

    def action_redo(self) -> None:
        self.do(lambda review: review.redo(), lambda label: f"Done again: {label}.")

    def action_next_problem(self) -> None:
        self._to_place(1)

    def action_previous_problem(self) -> None:
        self._to_place(-1)

    def _to_place(self, way: int) -> None:
        """Go to the next row with a problem, or the one before; after the last comes the first."""
        here = self._rows.number_at(self.table.cursor) or 0
        wanted = (
            next((n for n in self._problems if n > here), self._problems[0])
            if way > 0
            else next((n for n in reversed(self._problems) if n < here), self._problems[-1])
        )
        place = self._rows.index_of(str(wanted))
        self._to_problem = True
        self.table.focus()
        if place is not None:
            self.table.move_to(place)
            self._row_shown()
            return

        def seen(found: ReviewSnapshot) -> None:
            self._take(found)
            self._to_problem = True
            self.table.move_to(self._rows.place_of(wanted))
            self._row_shown()

        self.wizard.hand(lambda bench: look_at(bench.review(), rows_of.PROBLEMS), seen, latest="review")

    def action_all(self) -> None:
        """All rows, or only those with problems."""
        self._show_kind(rows_of.PROBLEMS if self.which == rows_of.ALL else rows_of.ALL)

    def action_look(self) -> None:
        """The row in full: its cells, then the JSON that is sent, then nothing."""
        pane = self.query_one(RowPane)
        if not self.has_class("-row"):
            self.add_class("-row")
        elif pane.mode == "cells":
            pane.turn()
        else:
            pane.turn()
            self.remove_class("-row")
            self.wizard.go_home()

    def action_panes(self) -> None:
        """Go to the next pane that is shown: the kinds, the rows, the row in full."""
        panes = [pane for pane in (self.query_one("#kinds"), self.table, self.query_one(RowPane)) if pane.display]
        at = next((place for place, pane in enumerate(panes) if pane.has_focus), -1)
        self.screen.set_focus(panes[(at + 1) % len(panes)], scroll_visible=False)
