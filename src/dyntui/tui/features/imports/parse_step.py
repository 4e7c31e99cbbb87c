"""Step 2: how the file is read. What was found, each of it changeable, beside the rows as they come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from dyntui.core.errors import DyntuiError
from dyntui.core.text import safe
from dyntui.resources import Column
from dyntui.services.imports.wizard_service import FilePreview, FileTotals
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.formatting import cell_text
from dyntui.tui.features.imports.parse_summary import (
    DELIMITERS,
    FORMATS,
    FOUND,
    TEXT_FORMATS,
    ParseSummary,
    SummaryLine,
    reading_lines,
)
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["ParseStep", "column_of_file", "preview_rows"]


class ParseStep(WizardStep):
    """Look at the file as it is understood, and put that right."""

    NAME, TITLE = "parse", "Parse"
    BINDINGS = bindings(IMPORTS_ACTIONS, "parse")

    class Counting(Message):
        """So many rows were counted."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ParseStep.Counting)

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.error: DyntuiError | None = None
        self._rows = 0
        self._stop = Event()

    def compose(self) -> ComposeResult:
        with Horizontal(classes="panes"):
            yield ParseSummary()
            yield Table((Column("row", " "),), StaticRows(is_loaded=False), empty=self._empty, id="preview")

    def on_mount(self) -> None:
        self.query_one(ParseSummary).border_title = "how it is read"
        self.query_one(Table).border_title = "the first rows"

    def current_input(self) -> None:
        if self.wizard.look is not None:
            self._show(self.wizard.look)
        elif self.draft.path or self.draft.job:
            self._look()

    def left(self) -> None:
        self._stop.set()

    # Reading

    def _look(self) -> None:
        self._stop.set()
        self.wizard.look = self.wizard.counted = None
        draft = self.copy()
        self.wizard.hand(lambda bench: bench.preview(draft), self._show, self._cannot, latest="look")

    def _show(self, look: FilePreview) -> None:
        self.error = None
        self.wizard.look = look
        table = self.query_one("#preview", Table)
        table.view = StaticRows(preview_rows(look), key="row")
        table.columns = tuple(column_of_file(look, place) for place in range(len(look.info.columns))) or table.columns
        table.offset_columns = 0
        table.layout_changed()
        table.show(table.view)
        self._arrange()
        if self.wizard.counted is None:
            self._count()
        self.changed()

    def _cannot(self, error: DyntuiError) -> None:
        self.error = error
        table = self.query_one("#preview", Table)
        view = StaticRows(())
        view.error = error
        table.show(view)
        self._arrange()
        self.changed()

    def _count(self) -> None:
        self._stop.set()
        self._stop = stop = Event()
        self._rows = 0
        draft = self.copy()

        def tell(rows: int) -> None:
            self.post_message(self.Counting(rows))

        self.wizard.hand(lambda bench: bench.count(draft, tell, stop), self._counted, self._cannot, latest="count")

    @on(Counting)
    def _counting(self, event: Counting) -> None:
        self._rows = event.rows
        self._arrange()
        self.changed()

    def _counted(self, counted: FileTotals) -> None:
        self.wizard.counted = counted
        self._arrange()
        self.changed()

    # What is said

    def _arrange(self) -> None:
        look = self.wizard.look
        lines = (
            reading_lines(look.info, self.draft.read_options, self._count_words())
            if look is not None
            else self._error_lines()
        )
        self.query_one(ParseSummary).put(lines)

    def _count_words(self) -> str:
        counted = self.wizard.counted
        return f"{counted.rows:,}" if counted is not None else f"counting, {self._rows:,}"

    def _error_lines(self) -> list[SummaryLine]:
        from dyntui.importer import UnknownEncoding

        reading = self.draft.read_options
        lines = [
            SummaryLine("format", FORMATS.get(reading.format or "", "not known"), "format"),
            SummaryLine("encoding", reading.encoding or "not known: choose one", "encoding", "warn"),
        ]
        if isinstance(self.error, UnknownEncoding):
            lines.append(SummaryLine.heading("the first odd text reads"))
            lines += [SummaryLine(name, safe(text, 200)) for name, text in self.error.candidates]
        return lines

    def _empty(self) -> str:
        return "There are no rows below the names. Choose another row of names."

    def status(self) -> Sequence[Piece]:
        if self.error is not None:
            return [("not readable as it is", "warn")]
        counted = self.wizard.counted
        if counted is None:
            return [(f"counting {self._rows:,}", "")]
        parts: list[Piece] = [(f"{counted.rows:,} rows", "")]
        if odd := sum(counted.problems.values()):
            parts.append((f"{odd:,} odd", "warn"))
        return parts

    def blocked(self) -> str | None:
        if self.error is not None:
            return f"The file cannot be read like this: {safe(self.error.message, 200)}"
        return None if self.wizard.look is not None else "The file is still being read."

    # Changing it

    def selection_disabled_reason(self) -> str | None:
        line = self.query_one(ParseSummary).line_here
        if not self.draft.path:
            return "These rows come from an earlier job: they are not read again."
        return None if line is not None and line.key else "This follows from the rest."

    def found_disabled_reason(self) -> str | None:
        reading = self.draft.read_options
        return "Everything is as it was found." if reading == type(reading)() else None

    @on(LineList.Opened, "#reading")
    async def _clicked(self) -> None:
        await self.action_do("parse.change")

    def action_change(self) -> None:
        line = self.query_one(ParseSummary).line_here
        assert line is not None
        if line.key == "header_row":
            draft = self.copy()
            self.wizard.hand(lambda bench: bench.header_candidates(draft), self._pick_header)
        else:
            title, choices = self._choices(line.key)
            self._pick(line.key, title, choices)

    def action_found(self) -> None:
        """Read it as it is found again."""
        self.draft.read_options = type(self.draft.read_options)()
        self._changed()

    def _choices(self, key: str) -> tuple[str, list[Choice]]:
        from dyntui.importer import UnknownEncoding
        from dyntui.importer.text_detection import ENCODINGS_TO_TRY

        look = self.wizard.look
        first = Choice(FOUND, "as it is found", note="told from the bytes of the file")
        match key:
            case "format":
                return "Format", [first, *(Choice(name, FORMATS[name]) for name in TEXT_FORMATS)]
            case "delimiter":
                return "Between values", [first, *(Choice(sign, words) for sign, words in DELIMITERS.items())]
            case "sheet":
                sheets = look.info.sheets if look is not None else ()
                return "Sheet", [Choice(sheet, sheet) for sheet in sheets]
        if isinstance(self.error, UnknownEncoding):
            return "Encoding: which of these reads right?", [Choice(*each) for each in self.error.candidates]
        names = ("utf-8", "utf-16", *ENCODINGS_TO_TRY)
        return "Encoding", [first, *(Choice(name, name) for name in names)]

    def _pick_header(self, head: Mapping[int, str]) -> None:
        choices = [Choice(FOUND, "as it is found"), Choice("0", "none", note="every row is data")]
        choices += [Choice(str(number), f"row {number}", note=text) for number, text in head.items()]
        self._pick("header_row", "The row with the names", choices)

    def _pick(self, key: str, title: str, choices: list[Choice]) -> None:
        def picked(value: str | None) -> None:
            if value is not None:
                self._set(key, value)

        self.console.ask(SelectDialog(title, choices), picked)

    def _set(self, key: str, value: str) -> None:
        wanted: Any = None if value == FOUND else int(value) if key == "header_row" else value
        self.draft.read_options = replace(self.draft.read_options, **{key: wanted})
        if key in ("format", "encoding"):
            self.draft.read_options = replace(self.draft.read_options, header_row=None, delimiter=None)
        self._changed()

    def _changed(self) -> None:
        self.wizard.save()
        self._look()


def column_of_file(look: FilePreview, place: int) -> Column:
    """A column of the file as a table shows it, as wide as its values need."""
    name = safe(look.info.columns[place], 40)
    values = [safe(cell_text(row.cells[place]), 60) for row in look.rows[:50]]
    width = max([width_of(name), *(width_of(value) for value in values)], default=4)

    def pick(row: Mapping[str, Any]) -> Any:
        return cell_text(row["cells"][place])

    return Column(title=name, width=max(3, min(width, 28)), priority=place, pick=pick)


def preview_rows(look: FilePreview) -> list[dict[str, Any]]:
    """The first rows for a table."""
    return [{"row": str(row.number), "cells": row.cells} for row in look.rows]
