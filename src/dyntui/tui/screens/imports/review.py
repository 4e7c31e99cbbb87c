"""Step 4: the rows, and what is wrong with them: put right one by one or a kind at a time, left out, undone again."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from dyntui.api.errors import ApiProblem
from dyntui.core.errors import DyntuiError
from dyntui.core.text import safe
from dyntui.importer import CODES
from dyntui.services.imports.wizard_bench import Bench
from dyntui.services.imports.wizard_review import Fix, Review, Summary, column_of
from dyntui.services.writes import Confirmation, Level, Requirement
from dyntui.store import review as rows_of
from dyntui.tui.actions import bindings
from dyntui.tui.dialogs.confirm import confirm
from dyntui.tui.dialogs.form import Field, FormDialog, Values
from dyntui.tui.dialogs.pick import Choice, PickDialog
from dyntui.tui.screens.imports.cell import CellField
from dyntui.tui.screens.imports.review_kinds import KINDS, kind_rows
from dyntui.tui.screens.imports.review_row import RowPane
from dyntui.tui.screens.imports.review_table import ReviewRows, ReviewTable, row_of
from dyntui.tui.screens.imports.step import Step
from dyntui.tui.widgets.cells import width_of
from dyntui.tui.widgets.lines import Lines
from dyntui.tui.widgets.painted import Piece
from dyntui.tui.widgets.rows import ListView
from dyntui.tui.widgets.spinner import Spinner
from dyntui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.services.connect import Connection
    from dyntui.tui.screens.imports.screen import ImportScreen

__all__ = ["ReviewStep"]

_WIDTHS = 100


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the clerk found: the numbers, the rows to show, and which rows have a problem. did: what was done."""

    summary: Summary
    which: str
    numbers: array[int]
    problems: array[int]
    did: Any = None


class ReviewStep(Step):
    """The rows as they will be sent; made ready first when they are not."""

    NAME, TITLE = "review", "Review"
    BINDINGS = bindings("review")

    class Prepared(Message):
        """So many rows were read."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ReviewStep.Prepared)

    def __init__(self, wizard: ImportScreen) -> None:
        super().__init__(wizard)
        self.preparing = False
        self._stop = Event()
        self.summary: Summary | None = None
        self.which: str | None = None
        self._problems: array[int] = array("q")
        self._to_problem = False
        self._taking = False

    def compose(self) -> ComposeResult:
        yield Spinner("making the rows ready", id="preparing")
        with Horizontal(classes="panes"):
            yield Table(KINDS, ListView(key="key", loaded=False), titles=False, id="kinds")
            with Vertical(id="rows-pane"):
                yield ReviewTable(id="rows")
                yield CellField()
        yield RowPane()

    def on_mount(self) -> None:
        self.query_one("#kinds").border_title = "problems by kind"
        self.query_one("#rows-pane").border_title = "rows"
        self.query_one(CellField).display = False
        self.table.markable = True
        self._rows = ReviewRows(self._fetch)
        self.table.view = self._rows

    @property
    def table(self) -> ReviewTable:
        return self.query_one("#rows", ReviewTable)

    def home(self) -> Widget | None:
        return self.table

    # Coming here

    def entered(self) -> None:
        draft = self.draft

        def look(bench: Bench) -> tuple[bool, int]:
            bench.open_job(draft)
            return bench.is_prepared(draft), bench.edits(draft)

        self.wizard.hand(look, self._known, latest="prepare")

    def left(self) -> None:
        self._stop.set()

    def _known(self, found: tuple[bool, int]) -> None:
        prepared, edits = found
        if prepared:
            self._load()
        elif edits:
            self._confirm_reading(edits)
        else:
            self._prepare()

    def _confirm_reading(self, edits: int) -> None:
        """The file is read another way: what was put right in its rows cannot be taken along."""
        needed = Requirement(
            Level.CONFIRM,
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
        self.summary = None
        self._stop = Event()
        self.preparing = True
        self.add_class("-preparing")
        self._spin(self.Prepared(0))
        self.run_worker(self._make(connection, self._stop), group="prepare")

    async def _make(self, connection: Connection, stop: Event) -> None:
        from dyntui.services.imports.jobs import Where, organisation_of

        try:
            organisation = await organisation_of(connection.client)
        except ApiProblem:
            organisation = ""  # the job is for this environment whoever it belongs to
        where = Where.of(connection.profile, organisation)
        draft, options = self.draft, self.wizard.options()

        def tell(rows: int) -> None:
            self.post_message(self.Prepared(rows))

        def make(bench: Bench) -> None:
            bench.prepare(draft, where, options, tell, stop)

        self.wizard.hand(make, lambda done: self._load(), self._cannot)

    @on(Prepared)
    def _spin(self, event: Prepared) -> None:
        spinner = self.query_one(Spinner)
        spinner.words = f"reading and checking rows: {event.rows:,}   esc stops"
        spinner.repaint()

    def _cannot(self, error: DyntuiError) -> None:
        self._ready()
        self.console.say_error(error)
        self.wizard.show_step("map")

    def _ready(self) -> None:
        self.preparing = False
        self.remove_class("-preparing")

    def _load(self) -> None:
        which = self.which

        def look(bench: Bench) -> tuple[_Seen, dict[int, int]]:
            seen = _look(bench.review(), which)
            return seen, _widths(bench.review(), seen.numbers)

        self.wizard.hand(look, self._loaded, latest="review")

    def _loaded(self, found: tuple[_Seen, dict[int, int]]) -> None:
        seen, widths = found
        self._ready()
        mapping = self.draft.mapping
        assert mapping is not None
        self.table.set_up(mapping, widths)
        self._to_problem = self.which is None
        self._take(seen)
        if not self.has_focus_within:
            self.wizard.go_home()

    def _take(self, seen: _Seen) -> None:
        """Show what the clerk found."""
        self._taking = True
        new = self.which != seen.which
        self.summary, self.which, self._problems = seen.summary, seen.which, seen.problems
        self._rows.show(seen.numbers)
        if new:
            self.table.show(self._rows)
        else:
            self.table.view_changed()
        kinds = self.query_one("#kinds", Table)
        assert isinstance(kinds.view, ListView)
        kinds.view.put(kind_rows(seen.summary))
        kinds.view_changed()
        kinds.move_to(kinds.view.index_of(seen.which) or 0)
        pane = self.query_one("#rows-pane")
        pane.border_title = _title(seen.which)
        self.table.empty = lambda: _empty(seen.which)
        self._row_shown()
        if self.draft.note != self.note:
            self.draft.note = self.note
            self.wizard.save()
        self._taking = False
        self.changed()

    def _fetch(self, wanted: Sequence[int]) -> None:
        def fetch(bench: Bench) -> list[rows_of.ReviewRow]:
            return rows_of.window(bench.review().journal, wanted)

        def fetched(found: list[rows_of.ReviewRow]) -> None:
            self._rows.put({each.number: row_of(each) for each in found})
            self.table.view_changed()
            self._row_shown()

        self.wizard.hand(fetch, fetched)

    # What is said

    @property
    def note(self) -> str:
        found = self.summary.sums.problems if self.summary is not None else 0
        return f"{found:,} problem{'s' if found != 1 else ''}" if found else ""

    def status(self) -> Sequence[Piece]:
        if self.summary is None:
            return [("making the rows ready", "")]
        sums = self.summary.sums
        parts = [f"{sums.ready:,} ready", f"{sums.problems:,} problems"]
        parts += [f"{sums.excluded:,} left out"] if sums.excluded else []
        return [(f"{sums.total:,} rows = {' + '.join(parts)}", "warn" if sums.problems else "")]

    def blocked(self) -> str | None:
        if self.summary is None:
            return "The rows are still being made ready."
        if not self.summary.sums.ready:
            return "No row is ready to be sent: put some right first."
        return None

    def lines_moved(self, lines: Lines) -> None:
        if lines.id == "rows":
            self._row_shown()
        elif lines.id == "kinds" and not self._taking:
            self._kind_moved()

    def _row_shown(self) -> None:
        row = self.table.row
        self.query_one(RowPane).show(row, self.draft.mapping)
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
        self.wizard.hand(lambda bench: _look(bench.review(), which), self._take, latest="review")

    # Doing things

    def _do(self, work: Callable[[Review], Any], say: Callable[[Any], str]) -> None:
        """Have something done, and show how things are afterwards."""
        which = self.which

        def done(bench: Bench) -> _Seen:
            did = work(bench.review())
            return _look(bench.review(), which, did)

        def show(seen: _Seen) -> None:
            self.table.marks.clear()
            self._take(seen)
            if words := say(seen.did):
                self.console.say(words)

        self.wizard.hand(done, show)

    def no_row(self) -> str | None:
        return None if self.table.row is not None else "There is no row under the cursor."

    def no_cell(self) -> str | None:
        if self.query_one("#kinds").has_focus:
            return None if self.table.count else "There are no rows of this kind to look at."
        return self.no_row() or (None if self.table.place is not None else "No cell of this row goes anywhere.")

    def no_kind(self) -> str | None:
        return None if self._kind() else "This row has no problem to fix."

    def nothing_to_undo(self) -> str | None:
        return None if self.summary is not None and self.summary.undo else "Nothing was changed yet."

    def nothing_to_redo(self) -> str | None:
        return None if self.summary is not None and self.summary.redo else "Nothing was undone."

    def no_problems(self) -> str | None:
        return None if self._problems else "No row has a problem."

    def action_edit(self) -> None:
        """Change the cell under the cursor, in its place; on the kinds, go to the rows."""
        if self.query_one("#kinds").has_focus:
            self.table.focus()
            return
        span = self.table.cell_span()
        if span is None:
            return
        self.query_one(CellField).open(self.table.cell_value, self._suggestion(), span, self.table.size.width)

    @on(Lines.Opened, "#rows")
    async def _row_clicked(self) -> None:
        await self.action_do("review.edit")

    @property
    def editing(self) -> bool:
        return bool(self.query_one(CellField).display)

    @on(CellField.Closed)
    def _cell_closed(self, event: CellField.Closed) -> None:
        """The cell was changed, or left as it was."""
        self.query_one(CellField).display = False
        self.table.focus()
        row, place = self.table.row, self.table.place
        if row is None or place is None or event.value is None or event.value == self.table.cell_value:
            return
        number, value = int(row["number"]), event.value
        self._do(lambda review: review.edit(number, place, value), lambda did: "")

    def _suggestion(self) -> str:
        row, mapping = self.table.row, self.draft.mapping
        if row is None or mapping is None:
            return ""
        for problem in row["problems"]:
            if problem.suggestion is not None and column_of(mapping, problem.field) == self.table.place:
                return str(problem.suggestion)
        return ""

    def inner(self) -> str | None:
        return "reading" if self.preparing else "the cell" if self.editing else None

    def leave_inner(self) -> None:
        if self.preparing:
            self._stop.set()
            self._ready()
            self.wizard.show_step("map")
        else:
            self.query_one(CellField).action_leave()

    def action_exclude(self) -> None:
        """Leave the marked rows out, or the one under the cursor; take it in again when it is out."""
        row = self.table.row
        assert row is not None
        marked = sorted(int(each) for each in self.table.marks)
        if not marked and row["out"]:
            self._do(lambda review: review.include([int(row["number"])]), lambda did: "")
        else:
            numbers = marked or [int(row["number"])]
            self._do(lambda review: review.exclude(numbers), lambda did: "")

    def action_undo(self) -> None:
        self._do(lambda review: review.undo(), lambda label: f"Undone: {label}.")

    def action_redo(self) -> None:
        self._do(lambda review: review.redo(), lambda label: f"Done again: {label}.")

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

        def seen(found: _Seen) -> None:
            self._take(found)
            self._to_problem = True
            self.table.move_to(self._rows.place_of(wanted))
            self._row_shown()

        self.wizard.hand(lambda bench: _look(bench.review(), rows_of.PROBLEMS), seen, latest="review")

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

    def action_panes(self) -> None:
        kinds = self.query_one("#kinds")
        (self.table if kinds.has_focus else kinds).focus()

    # A whole kind

    def _kind(self) -> str:
        """The problem that the cursor is on: the kind, or that of the row."""
        if self.which not in (None, rows_of.ALL, rows_of.PROBLEMS):
            return self.which or ""
        row = self.table.row
        if row is None:
            return ""
        if row["problems"]:
            return str(row["problems"][0].code)
        return rows_of.DUPLICATE if str(row["problem"]).startswith("✕") else ""

    def action_fix(self) -> None:
        code = self._kind()
        self.wizard.hand(lambda bench: bench.review().fixes(code), lambda fixes: self._pick_fix(code, fixes))

    def _pick_fix(self, code: str, fixes: list[Fix]) -> None:
        by_name = {fix.name: fix for fix in fixes}
        choices = [Choice(fix.name, fix.title, note=f"{fix.rows:,} row{'s' if fix.rows != 1 else ''}") for fix in fixes]

        def picked(name: str | None) -> None:
            if name in ("value", "replace"):
                self._ask_value(code, by_name[name])
            elif name is not None:
                self._fix(code, name)

        self.console.ask(PickDialog(f"All rows with {code}", choices), picked)

    def _ask_value(self, code: str, fix: Fix) -> None:
        fields = [Field("value", "value", help="Put into the cell of every one of these rows.")]
        if fix.name == "replace":
            fields = [Field("value", "look for"), Field("instead", "put instead", help="Empty takes it away.")]

        def filled(values: Values | None) -> None:
            if values is not None:
                self._fix(code, fix.name, values["value"], values.get("instead", ""))

        self.console.ask(FormDialog(f"{fix.title}: {fix.rows:,} rows", fields, verb="do it"), filled)

    def _fix(self, code: str, how: str, value: str = "", instead: str = "") -> None:
        self._do(
            lambda review: review.fix(code, how, value=value, instead=instead),
            lambda did: f"{did:,} rows were changed. u takes it back.",
        )


def _look(review: Review, which: str | None, did: Any = None) -> _Seen:
    """How things are. which: the rows to show; None for those with problems when there are any."""
    journal = review.journal
    summary = review.summary()
    problems = rows_of.numbers(journal, rows_of.PROBLEMS)
    if which is None:
        which = rows_of.PROBLEMS if problems else rows_of.ALL
    codes = {group.code for group in summary.groups}
    if which not in (rows_of.ALL, rows_of.PROBLEMS, *codes):
        which = rows_of.PROBLEMS if problems else rows_of.ALL
    numbers = problems if which == rows_of.PROBLEMS else rows_of.numbers(journal, which)
    return _Seen(summary, which, numbers, problems, did)


def _widths(review: Review, numbers: array[int]) -> dict[int, int]:
    """How wide the columns of the file have to be, told from the first rows."""
    names = review.mapping.source_columns
    widths = {place: min(24, width_of(safe(name, 40))) for place, name in enumerate(names)}
    for row in rows_of.window(review.journal, numbers[:_WIDTHS].tolist()):
        for place, cell in enumerate(row.cells):
            if cell not in ("", None):
                widths[place] = max(widths[place], width_of(safe(cell, 60)))
    return widths


def _title(which: str) -> str:
    if which == rows_of.ALL:
        return "all rows"
    if which == rows_of.PROBLEMS:
        return "rows with problems"
    return "rows left out" if which == rows_of.EXCLUDED else f"{which}: {CODES.get(which, '')}".rstrip(": ")


def _empty(which: str) -> str:
    if which == rows_of.PROBLEMS:
        return "No row has a problem. ] goes on, a shows all rows."
    if which in (rows_of.ALL, rows_of.EXCLUDED):
        return "There are no rows."
    return "These values were put into another form on the way. They are counted, not listed."
